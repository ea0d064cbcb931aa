//! Text messages: taken from the API, handed to carriers, taken from carriers, answered by applications.
//!
//! What decides is pure and elsewhere: whose turn it is and which carrier (`sms::dispatch`), the life of a message
//! (`sms::delivery`), what an application's answer means (`twiml`). Here they meet store, clock, carriers and webhooks.

mod order;
mod verbs;

pub use order::{
    CarrierCall, CarrierReply, CarrierStatus, ChangeTextError, HandsetError, HandsetText, SendText,
    SendTextError, TextSender,
};

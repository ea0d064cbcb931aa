//! The built binary and everything that can be wrong with what others send: applications, prompts, callers, carriers, packets.
//!
//! Each ends in the right SIP answer, with Twilio's error in a record one can read, and nothing is left over.

mod applications;
mod carriers;
mod endings;
mod house;
mod packets;
mod phones;
mod post;
mod smsc;
mod texts;
mod wire;

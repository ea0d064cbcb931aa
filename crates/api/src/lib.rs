//! Twilio-compatible REST, and a small API of our own for the command line.
//!
//! [`router`] is all of it: one route table (`routes.rs`), one file per resource, and handlers that extract, parse, make
//! one call and shape the answer. Nothing here decides about a call or touches a socket; [`engine::Engine`] does.
//! Shapes and codes: <https://www.twilio.com/docs/usage/api> and the response examples under `tests/golden`.

mod accounts;
mod ack;
mod api;
mod applications;
mod asked;
mod auth;
mod available_numbers;
mod calls;
mod countries;
mod dates;
mod errors;
mod failures;
mod health;
mod incoming_numbers;
mod magic;
mod messages;
mod notifications;
mod observed;
mod offer;
mod paging;
mod params;
mod recordings;
mod routes;
mod routing;
mod services;
mod settings;
mod short_codes;
mod table;
mod transcriptions;
mod twimlets;
mod v1;
mod written;

pub use offer::{NumberKind, NumberRange};
pub use routes::router;
pub use settings::{Settings, TrunkPing};

#[cfg(test)]
mod golden;

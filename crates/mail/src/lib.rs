//! E-mail over SMTP (RFC 5321): a [`Mailer`] hands one [`Letter`] after the other to a relay.
//!
//! It shuts in the SMTP library. It never keeps a letter and never tries twice: the outbox of the engine does.

mod address;
mod letter;
mod mailer;
mod settings;
mod wire;

pub use address::{InvalidAddress, check_address};
pub use letter::Letter;
pub use mailer::{Mailer, SendError};
pub use settings::{Settings, SettingsError};

//! Whether a person, a rota or a line can be kept as it was sent. Each refusal begins with the field that it is about.
//! Pure; what others have to say (who there is, whose a number is) is handed in.

mod line;
mod person;
mod rota;

use crate::errors::ApiError;
use crate::params::is_web_address;

pub(crate) use line::{Around, line, target};
pub(crate) use person::person;
pub(crate) use rota::{newcomers, rota};

/// Longest text for people: a display name, a label, a reason; in characters.
const LONGEST_DISPLAY: usize = 100;

fn refused<T>(field: impl std::fmt::Display, why: impl std::fmt::Display) -> Result<T, ApiError> {
    Err(ApiError::invalid(format!("{field}: {why}")))
}

/// A text that people see: one line, not too long.
pub(crate) fn display(field: impl std::fmt::Display, text: &str) -> Result<(), ApiError> {
    let length = text.chars().count();
    if length > LONGEST_DISPLAY {
        return refused(field, format!("{length} characters, at most {LONGEST_DISPLAY} are kept"));
    }
    if text.chars().any(char::is_control) {
        return refused(field, "write one line without control characters");
    }
    Ok(())
}

/// The name of uploaded audio (`alo://prompts/NAME`), if `text` is the address of such.
pub(crate) fn uploaded(text: &str) -> Option<&str> {
    text.strip_prefix("alo://prompts/")
}

/// An address of audio: uploaded, or a web address.
fn audio(field: impl std::fmt::Display, text: &str, around: &Around) -> Result<(), ApiError> {
    if let Some(name) = uploaded(text) {
        let known = around.audio.iter().any(|known| known.as_str() == name);
        return if known {
            Ok(())
        } else {
            let why = format!("there is no audio '{name}': PUT /v1/prompts/{name} uploads it");
            refused(field, why)
        };
    }
    if is_web_address(text) {
        return Ok(());
    }
    refused(field, format!("'{text}' is neither alo://prompts/NAME nor a web address"))
}

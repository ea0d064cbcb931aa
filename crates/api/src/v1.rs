//! Our own small JSON API, for what Twilio has no resource for and the command line needs.
//!
//! The same credentials as for Twilio's resources; refusals have the same shape. Keys are in lower case with
//! underscores, dates are ISO 8601. People, rotas, lines
//! and what happened on them are JSON documents; `openapi.rs` describes them all.

mod absences;
mod alerts;
mod bodies;
mod calendars;
mod carriers;
mod check;
mod crews;
mod duty;
mod import;
mod inbox;
mod line_calls;
mod lines;
mod named;
mod openapi;
mod overrides;
mod people;
mod phones;
mod prompts;
mod queries;
mod reports;
mod rotas;
pub(crate) mod routes;
mod short_codes;
mod status;
mod swaps;
mod trunks;

pub(crate) use queries::Query;

/// Longest name of a phone or trunk, in bytes.
const LONGEST_NAME: usize = 64;

/// Whether a phone or trunk may have this name: it is a user or a word in a SIP address, without need of escapes
/// (RFC 3261 §25.1, `unreserved`).
fn is_name(text: &str) -> bool {
    let fits = (1..=LONGEST_NAME).contains(&text.len());
    fits && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

#[test]
fn names_are_words_that_need_no_escape() {
    for name in ["ada", "front-desk_2", "a.b"] {
        assert!(is_name(name), "{name}");
    }
    for name in ["", "a b", "a@b", "é", "a/b", "a;b"] {
        assert!(!is_name(name), "{name}");
    }
}

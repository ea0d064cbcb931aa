//! Calendars (iCalendar, RFC 5545): feeds of shifts out, absences in.
//!
//! Reads and writes text that is handed in; never fetches an address. Zones are those that this program carries.

mod absence;
mod busy;
mod content;
mod event;
mod feed;
mod recurrence;

pub use absence::absences;
pub use busy::{Busy, busy_times};
pub use feed::feed;

/// The calendar can't be understood; nothing of it counts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct IcalError {
    /// Where, counted from 1.
    pub line: usize,
    /// What is wrong, and what is wanted.
    pub message: String,
}

impl IcalError {
    fn new(line: usize, message: impl Into<String>) -> IcalError {
        IcalError { line, message: message.into() }
    }
}

#[cfg(test)]
mod tests;

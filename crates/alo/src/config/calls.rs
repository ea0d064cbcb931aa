//! `[calls]`: how fast calls are placed, and how the server takes its leave.

use std::time::Duration;

use super::section::section;

section! {
    /// Calls that the API places, and the end of the server.
    Calls = "calls" {
        /// Calls a second that the API places; more wait.
        per_second: u32 = 10; 1..=10_000,
        /// Calls that may wait to be placed; more are refused with error 20429.
        queued: usize = 1_000; 1..=1_000_000,
        /// How long live calls may go on after SIGTERM before they are hung up.
        drain: Duration = Duration::from_secs(30); Duration::ZERO..=Duration::from_secs(86_400),
    }
}

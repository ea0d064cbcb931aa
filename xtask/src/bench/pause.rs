//! The one place where a bench lets time pass: its load is paced by the clock.

use std::time::Duration;

/// Waits for so long, on a thread that nobody else needs.
#[expect(
    clippy::disallowed_methods,
    reason = "a bench paces its load by the clock, on threads of its own"
)]
pub(super) fn pause(length: Duration) {
    std::thread::sleep(length);
}

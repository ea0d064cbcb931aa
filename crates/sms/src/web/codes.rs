//! Twilio's codes for messages that a carrier did not take or deliver: <https://www.twilio.com/docs/api/errors>.

use std::time::Duration;

/// Nothing better is known.
pub(super) const UNKNOWN: u32 = 30008;
/// The carrier was asked and did not answer in time.
pub(super) const LATE: u32 = 30410;
/// Too much at once.
pub(super) const OVERFLOW: u32 = 30001;

/// How long a carrier that takes no more is left alone, where it doesn't say.
pub(super) const PAUSE: Duration = Duration::from_secs(1);

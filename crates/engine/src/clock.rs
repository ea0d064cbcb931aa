//! The clock of a call: the wall's time at its beginning, then time that never jumps.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use model::Moment;

/// Longest sleep until a moment of the wall's clock: the clock may be set meanwhile.
pub(crate) const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// The time, read off the system's clock.
pub(crate) fn wall() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    Moment::EPOCH + since
}

/// A clock that starts at the wall's time and runs evenly, so that a call's durations survive a clock that is set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    started_at: Moment,
    started: Instant,
}

impl Clock {
    pub(crate) fn start() -> Clock {
        Clock { started_at: wall(), started: Instant::now() }
    }

    pub(crate) fn now(&self) -> Moment {
        self.started_at + self.started.elapsed()
    }

    /// The runtime's instant of `moment`.
    pub(crate) fn instant(&self, moment: Moment) -> tokio::time::Instant {
        tokio::time::Instant::from_std(self.started) + moment.since(self.started_at)
    }
}

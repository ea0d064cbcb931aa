//! Whose turn it is: calls of the API are placed so many a second, the rest wait.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Hands out turns at an even pace.
#[derive(Debug)]
pub(crate) struct Turns {
    apart: Duration,
    most: usize,
    next: Mutex<Option<Instant>>,
}

impl Turns {
    /// `per_second` turns a second, at most `most` of them in the future.
    pub(crate) fn new(per_second: u32, most: usize) -> Turns {
        let apart = Duration::from_secs(1) / per_second.max(1);
        Turns { apart, most, next: Mutex::new(None) }
    }

    /// How long until this one's turn; `Err` with how many wait if they are too many.
    pub(crate) fn take(&self) -> Result<Duration, usize> {
        self.take_at(Instant::now())
    }

    fn take_at(&self, now: Instant) -> Result<Duration, usize> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = next.map_or(now, |next| next.max(now));
        let wait = turn.duration_since(now);
        let waiting = wait.as_nanos().checked_div(self.apart.as_nanos()).unwrap_or(0);
        let waiting = usize::try_from(waiting).unwrap_or(usize::MAX);
        if waiting >= self.most {
            return Err(waiting);
        }
        *next = Some(turn + self.apart);
        Ok(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_evenly_apart_and_bounded() {
        let turns = Turns::new(10, 3);
        let now = Instant::now();
        let wait = |at| turns.take_at(at).map(|wait| wait.as_millis());
        assert_eq!(wait(now), Ok(0));
        assert_eq!(wait(now), Ok(100));
        assert_eq!(wait(now), Ok(200));
        assert_eq!(wait(now), Err(3));
        assert_eq!(wait(now + Duration::from_millis(150)), Ok(150));
        assert_eq!(wait(now + Duration::from_secs(60)), Ok(0));
    }
}

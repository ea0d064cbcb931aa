//! Whose turn it is: calls of the API are placed so many a second for each account, the rest wait.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use model::Sid;

/// Hands out turns at an even pace, to each account its own.
#[derive(Debug)]
pub(crate) struct Turns {
    apart: Duration,
    most: usize,
    /// When the next turn of an account is, for those who had one lately.
    next: Mutex<HashMap<Sid, Instant>>,
}

impl Turns {
    /// `per_second` turns a second, at most `most` of them in the future.
    pub(crate) fn new(per_second: u32, most: usize) -> Turns {
        let apart = Duration::from_secs(1) / per_second.max(1);
        Turns { apart, most, next: Mutex::default() }
    }

    /// How long until this one's turn; `Err` with how many of the account wait if they are too many.
    pub(crate) fn take(&self, account: Sid) -> Result<Duration, usize> {
        self.take_at(account, Instant::now())
    }

    fn take_at(&self, account: Sid, now: Instant) -> Result<Duration, usize> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        next.retain(|_, turn| *turn > now);
        let turn = next.get(&account).copied().unwrap_or(now);
        let wait = turn.duration_since(now);
        let waiting = wait.as_nanos().checked_div(self.apart.as_nanos()).unwrap_or(0);
        let waiting = usize::try_from(waiting).unwrap_or(usize::MAX);
        if waiting >= self.most {
            return Err(waiting);
        }
        next.insert(account, turn + self.apart);
        Ok(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::SidKind;

    const ONE: Sid = Sid::new(SidKind::Account, 1);
    const OTHER: Sid = Sid::new(SidKind::Account, 2);

    #[test]
    fn turns_are_evenly_apart_and_bounded() {
        let turns = Turns::new(10, 3);
        let now = Instant::now();
        let wait = |at| turns.take_at(ONE, at).map(|wait| wait.as_millis());
        assert_eq!(wait(now), Ok(0));
        assert_eq!(wait(now), Ok(100));
        assert_eq!(wait(now), Ok(200));
        assert_eq!(wait(now), Err(3));
        assert_eq!(wait(now + Duration::from_millis(150)), Ok(150));
        assert_eq!(wait(now + Duration::from_secs(60)), Ok(0));
    }

    #[test]
    fn an_account_does_not_wait_for_another_and_is_forgotten_when_nothing_waits() {
        let turns = Turns::new(1, 100);
        let now = Instant::now();
        for _ in 0..5 {
            turns.take_at(ONE, now).expect("room");
        }
        assert_eq!(turns.take_at(OTHER, now), Ok(Duration::ZERO));
        turns.take_at(OTHER, now + Duration::from_secs(60)).expect("room");
        assert_eq!(turns.next.lock().expect("nobody panicked").len(), 1);
    }
}

//! A clock that is set back: what is due stays as far away as it was.

use std::time::Duration;

use model::Moment;

use super::Escalation;
use super::pursuit::State;

/// A clock that goes back by less is only being adjusted.
const JUMP: Duration = Duration::from_secs(30);

impl Escalation {
    /// Says what time it is.
    pub(super) fn clock(&mut self, now: Moment) {
        let newest = self.incident.log.last().map(|entry| entry.at);
        let before = self.clock.or(newest).unwrap_or(now);
        self.clock = Some(now);
        let back = before.since(now);
        if back < JUMP {
            return;
        }
        if let Some(next_at) = &mut self.incident.next_at {
            *next_at = *next_at - back;
            self.changed = true;
        }
        for pursuit in self.pursuits.values_mut() {
            let (State::Underway { since: moment } | State::Failed { at: moment }) =
                &mut pursuit.state;
            *moment = *moment - back;
        }
    }
}

//! When a heartbeat is due, and how late it is.

use std::time::Duration;

use model::Moment;
use model::oncall::Zone;
use model::watch::{Probe, Schedule};

use super::JUMP;
use crate::cron::Cron;

/// The schedule of a heartbeat.
#[derive(Debug)]
pub(super) struct Clock {
    rhythm: Rhythm,
    grace: Duration,
    /// Since when it is waited for: the start, the end of maintenance, our own network's return.
    since: Option<Moment>,
    /// When it was looked at last.
    seen: Option<Moment>,
}

#[derive(Debug)]
enum Rhythm {
    Period(Duration),
    Cron(Cron, Zone),
}

impl Clock {
    /// `None`: no heartbeat, or one whose schedule can't be read (it was checked when it was saved).
    pub(super) fn of(probe: &Probe) -> Option<Clock> {
        let Probe::Heartbeat { schedule, grace_seconds, token: _ } = probe else { return None };
        let rhythm = match schedule {
            Schedule::Period(seconds) => Rhythm::Period(Duration::from_secs(u64::from(*seconds))),
            Schedule::Cron { expression, zone } => {
                Rhythm::Cron(expression.parse().ok()?, zone.clone())
            }
        };
        let grace = Duration::from_secs(u64::from(*grace_seconds));
        Some(Clock { rhythm, grace, since: None, seen: None })
    }

    /// From now on it is waited for anew.
    pub(super) fn begin(&mut self, now: Moment) {
        self.since = Some(now);
    }

    /// When it is late.
    pub(super) fn due(&self, beat_at: Option<Moment>) -> Option<Moment> {
        let from = beat_at.max(self.since)?;
        let expected = match &self.rhythm {
            Rhythm::Period(period) => from + *period,
            Rhythm::Cron(cron, zone) => cron.next(from, zone)?,
        };
        Some(expected + self.grace)
    }

    /// Looks at the time; if the heartbeat is late, why that is so. Where the clock was set, or the machine slept, it is waited
    /// for anew.
    pub(super) fn look(&mut self, now: Moment, beat_at: Option<Moment>) -> Option<String> {
        let seen = self.seen.replace(now);
        if seen.is_none_or(|seen| seen > now) {
            self.begin(now);
        }
        if beat_at.is_some_and(|beat_at| beat_at > now) {
            self.begin(now);
        }
        let due = self.due(beat_at.filter(|beat_at| *beat_at <= now))?;
        if now < due {
            return None;
        }
        if now.since(due) > JUMP && seen.is_some_and(|seen| seen < due) {
            self.begin(now);
            return None;
        }
        Some(match beat_at {
            Some(at) => format!("no heartbeat since {}", at.iso8601()),
            None => "no heartbeat has come yet".to_owned(),
        })
    }
}

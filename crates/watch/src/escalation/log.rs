//! The log of an incident, which stays short however long the incident lasts.
//!
//! What is dropped first is what was said again, then the oldest of what was told. Never dropped: how it began, and for
//! everybody who is to hear of the recovery, that they were reached.

use std::collections::BTreeSet;

use model::Moment;
use model::watch::{Incident, LogEntry, LogEvent};

use super::key::{Key, To};
use crate::cut::cut;

/// Entries of a log at most.
pub const LOG_LONGEST: usize = 1_000;
/// Entries at most that say what it was said again with.
const CHANGES_KEPT: usize = 20;
/// Longest detail that is kept, in characters.
pub(super) const DETAIL_LONGEST: usize = 1_000;
/// Longest title that is kept, in characters.
pub(super) const TITLE_LONGEST: usize = 200;
/// Longest word on what came of telling, in characters.
const TOLD_LONGEST: usize = 200;

/// Writes it down, and drops what the log has no room for.
pub(super) fn write(incident: &mut Incident, at: Moment, event: LogEvent) {
    let event = match event {
        LogEvent::Told { key, reached, detail } => {
            LogEvent::Told { key, reached, detail: cut(&detail, TOLD_LONGEST) }
        }
        LogEvent::Changed { .. } => {
            forget_changes(&mut incident.log);
            event
        }
        LogEvent::Opened { .. }
        | LogEvent::Telling { .. }
        | LogEvent::Acknowledged(_)
        | LogEvent::Escalated(_)
        | LogEvent::Quieted(_)
        | LogEvent::Resolved
        | LogEvent::Closed(_) => event,
    };
    incident.log.push(LogEntry { at, event });
    if incident.log.len() > LOG_LONGEST {
        shorten(incident);
    }
}

/// Makes room for one more.
fn forget_changes(log: &mut Vec<LogEntry>) {
    let is_change = |entry: &LogEntry| matches!(entry.event, LogEvent::Changed { .. });
    if log.iter().filter(|entry| is_change(entry)).count() >= CHANGES_KEPT
        && let Some(oldest) = log.iter().position(is_change)
    {
        log.remove(oldest);
    }
}

fn shorten(incident: &mut Incident) {
    let witnesses = witnesses(incident);
    let droppable = |entry: &LogEntry| match &entry.event {
        LogEvent::Opened { .. } | LogEvent::Resolved | LogEvent::Closed(_) => false,
        LogEvent::Telling { key, .. } | LogEvent::Told { key, .. } => !witnesses.contains(key),
        LogEvent::Changed { .. }
        | LogEvent::Acknowledged(_)
        | LogEvent::Escalated(_)
        | LogEvent::Quieted(_) => true,
    };
    // Half a tenth at once, so that a full log isn't walked through for each entry.
    let mut surplus = LOG_LONGEST / 20;
    let newest = incident.log.len() - LOG_LONGEST / 2;
    let mut place = 0;
    incident.log.retain(|entry| {
        let drop = surplus > 0 && place < newest && droppable(entry);
        place += 1;
        surplus -= usize::from(drop);
        !drop
    });
}

/// The first key by which each was reached, of the steps whose people hear of the recovery.
fn witnesses(incident: &Incident) -> BTreeSet<String> {
    let mut reached: BTreeSet<To> = BTreeSet::new();
    let mut keys = BTreeSet::new();
    for entry in &incident.log {
        if let LogEvent::Told { key: text, reached: true, .. } = &entry.event
            && let Ok(key) = text.parse::<Key>()
            && super::hears_recovery(incident, key.part)
            && reached.insert(key.to)
        {
            keys.insert(text.clone());
        }
    }
    keys
}

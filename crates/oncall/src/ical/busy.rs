//! When somebody is away, by their calendar.

use std::cell::Cell;
use std::collections::BTreeSet;

use model::Moment;
use model::oncall::Zone;

use super::IcalError;
use super::content::{Content, lines};
use super::event::{Event, event};
use crate::clock::{days_on, wall};

/// Most events of a calendar.
const MOST_EVENTS: usize = 10_000;
/// Most times that are given, and most occurrences that are gone through for them.
const MOST_OCCURRENCES: usize = 10_000;
/// Most days that recurring events are followed through, in all: over a thousand years of ten daily ones.
const MOST_DAYS: u32 = 5_000_000;
/// Longest summary that is kept, in characters.
const SUMMARY_MAX: usize = 200;

/// A time in which somebody is away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Busy {
    /// From then.
    pub from: Moment,
    /// Until then (exclusive).
    pub until: Moment,
    /// What the event is called.
    pub summary: String,
}

/// The events of a calendar that touch the time between two moments, by their beginning. Times without a zone, and whole
/// days, are those of `zone`. Cancelled events, and those that leave one free (TRANSP), don't count. A calendar of over
/// 1 MB, 10,000 events or 10,000 occurrences is refused.
pub fn busy_times(
    text: &str,
    zone: &Zone,
    from: Moment,
    until: Moment,
) -> Result<Vec<Busy>, IcalError> {
    let contents = lines(text)?;
    let mut events = events(&contents, zone)?;
    replace_moved(&mut events);
    let mut busy = Vec::new();
    let budget = Cell::new(MOST_DAYS);
    for (line, event) in &events {
        occurrences(event, (from, until), &mut busy, &budget)
            .map_err(|message| IcalError::new(*line, message))?;
    }
    busy.sort_by_key(|busy| (busy.from, busy.until));
    Ok(busy)
}

/// The events with the lines that they begin on.
fn events(contents: &[Content], zone: &Zone) -> Result<Vec<(usize, Event)>, IcalError> {
    let is = |content: &Content, name: &str, value: &str| {
        content.name == name && content.value.trim().eq_ignore_ascii_case(value)
    };
    let first = contents.first();
    if !first.is_some_and(|content| is(content, "BEGIN", "VCALENDAR")) {
        let line = first.map_or(1, |content| content.line);
        return Err(IcalError::new(line, "not a calendar: it must begin with BEGIN:VCALENDAR"));
    }
    let mut events = Vec::new();
    let mut begun: Option<usize> = None;
    let mut inner = 0;
    let mut own: Vec<Content> = Vec::new();
    for content in contents {
        let Some(line) = begun else {
            begun = is(content, "BEGIN", "VEVENT").then_some(content.line);
            continue;
        };
        if is(content, "END", "VEVENT") {
            events.extend(event(&own, line, zone)?.map(|event| (line, event)));
            own.clear();
            (begun, inner) = (None, 0);
            if events.len() > MOST_EVENTS {
                return Err(IcalError::new(line, format!("more than {MOST_EVENTS} events")));
            }
        } else if content.name == "BEGIN" {
            // Alarms have lines of the same names.
            inner += 1;
        } else if content.name == "END" {
            inner = usize::max(inner, 1) - 1;
        } else if inner == 0 {
            own.push(content.clone());
        }
    }
    match begun {
        Some(line) => Err(IcalError::new(line, "this event has no end: END:VEVENT is missing")),
        None => Ok(events),
    }
}

/// Occurrences that another event takes the place of (RECURRENCE-ID) are left out of their series.
fn replace_moved(events: &mut [(usize, Event)]) {
    let moved: BTreeSet<(String, Moment)> = events
        .iter()
        .filter_map(|(_, event)| event.in_place_of.map(|at| (event.uid.clone(), at)))
        .collect();
    for (_, event) in events.iter_mut().filter(|(_, event)| event.in_place_of.is_none()) {
        let theirs = (event.uid.clone(), Moment::from_micros(i64::MIN));
        let of_series = moved.range(theirs..).take_while(|(uid, _)| *uid == event.uid);
        event.left_out.extend(of_series.map(|(_, at)| *at));
    }
    for (_, event) in events {
        event.left_out.sort_unstable();
    }
}

fn occurrences(
    event: &Event,
    (from, until): (Moment, Moment),
    busy: &mut Vec<Busy>,
    budget: &Cell<u32>,
) -> Result<(), String> {
    let once = event.recurrence.is_none().then(|| event.start.at.date());
    let last = days_on(wall(&event.start.rules, until).date(), 1);
    let series = event.recurrence.iter().flat_map(|rule| rule.dates(&event.start, last, budget));
    for date in once.into_iter().chain(series) {
        let (begins, ends) = (event.start.on(date), event.end_of(date));
        if begins >= until {
            break;
        }
        let left_out = event.left_out.binary_search(&begins).is_ok();
        if left_out || ends <= begins || ends <= from {
            continue;
        }
        if busy.len() >= MOST_OCCURRENCES {
            return Err(format!("more than {MOST_OCCURRENCES} occurrences"));
        }
        let summary = event.summary.chars().take(SUMMARY_MAX).collect();
        busy.push(Busy { from: begins, until: ends, summary });
    }
    if budget.get() == 0 {
        return Err("events up to here recur too often since too long ago".to_owned());
    }
    Ok(())
}

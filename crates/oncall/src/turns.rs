//! Turns of a layer: counted from its start, never from the calendar's weeks or months.

use std::time::Duration;

use jiff::tz::TimeZone;
use model::Moment;
use model::oncall::{Layer, TurnUnit};

use crate::clock::{NEVER, days_between, days_on, moment, months_on, wall};

/// 60 minutes of real time.
const HOUR: Duration = Duration::from_secs(3600);

/// When the turn of this number begins; [`NEVER`] past the year 9999. An earlier turn has no length where clocks jump over
/// both of its ends.
pub(crate) fn start_of(layer: &Layer, rules: &TimeZone, turn: u32) -> Moment {
    let count = i64::from(turn) * i64::from(layer.turn.every);
    let date = match layer.turn.unit {
        TurnUnit::Hour => {
            let first = moment(rules, layer.start.to_datetime(layer.handoff));
            return first + HOUR.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX));
        }
        TurnUnit::Day => days_on(layer.start, count),
        TurnUnit::Week => days_on(layer.start, 7 * count),
        TurnUnit::Month => months_on(layer.start, count),
    };
    if date == jiff::civil::Date::MAX {
        NEVER
    } else {
        moment(rules, date.to_datetime(layer.handoff))
    }
}

/// The turn at a moment, with its beginning and end; `None` before the first.
pub(crate) fn turn_at(
    layer: &Layer,
    rules: &TimeZone,
    at: Moment,
) -> Option<(u32, Moment, Moment)> {
    let first = start_of(layer, rules, 0);
    if at < first {
        return None;
    }
    let mut turn = guess(layer, rules, first, at);
    let mut from = start_of(layer, rules, turn);
    while from > at && turn > 0 {
        turn -= 1;
        from = start_of(layer, rules, turn);
    }
    loop {
        let until = start_of(layer, rules, turn + 1);
        if at < until || until == NEVER {
            return Some((turn, from, until));
        }
        (turn, from) = (turn + 1, until);
    }
}

/// The number of the turn, or of a neighbour.
fn guess(layer: &Layer, rules: &TimeZone, first: Moment, at: Moment) -> u32 {
    let every = i64::from(layer.turn.every.max(1));
    let today = wall(rules, at).date();
    let count = match layer.turn.unit {
        TurnUnit::Hour => (at.since(first).as_secs() / HOUR.as_secs()) as i64 / every,
        TurnUnit::Day => days_between(layer.start, today) / every,
        TurnUnit::Week => days_between(layer.start, today) / (7 * every),
        TurnUnit::Month => {
            let years = i64::from(today.year()) - i64::from(layer.start.year());
            let months = i64::from(today.month()) - i64::from(layer.start.month());
            (12 * years + months) / every
        }
    };
    u32::try_from(count.max(0)).unwrap_or(u32::MAX - 1)
}

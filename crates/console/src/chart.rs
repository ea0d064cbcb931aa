//! The response times of a day, hour by hour, as lines to be drawn: half of the probes answered within one, 95 % within
//! the other.
//!
//! Points lie in a field of 24 by 100 that is stretched to whatever space there is, so that words beside it keep their size.

use std::fmt::Write as _;
use std::time::Duration;

use model::Moment;
use model::watch::Hour;

use crate::words::milliseconds;

/// Hours that are drawn, the one that has just begun included.
pub(crate) const HOURS: u32 = 24;
/// Height of the field.
const HEIGHT: f64 = 100.0;
/// Hours from one mark of the time axis to the next.
const MARKS: u32 = 6;
const HOUR: Duration = Duration::from_secs(3_600);

/// The chart of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chart {
    /// The whole time: half of the probes answered within so many milliseconds.
    pub(crate) p50: u32,
    /// The whole time: 95 % did.
    pub(crate) p95: u32,
    /// Path of the lower line.
    pub(crate) median: String,
    /// Path of the upper line.
    pub(crate) slow: String,
    /// Marks of the value axis, from the top: the greatest, half of it, 0.
    pub(crate) values: [String; 3],
    /// Marks of the time axis, from the left, at equal distances.
    pub(crate) times: Vec<String>,
    /// What each hour came to, for hovering: its place and its words.
    pub(crate) hours: Vec<(u32, String)>,
}

impl Chart {
    /// Of hours in order; `None` if none of them has a probe that was up.
    pub(crate) fn new(hours: &[Hour], now: Moment) -> Option<Chart> {
        let first = Moment::from_micros(
            now.micros().div_euclid(HOUR.as_micros() as i64) * HOUR.as_micros() as i64,
        ) - HOUR * (HOURS - 1);
        let of_hour = |place: u32| {
            let at = first + HOUR * place;
            let hour = hours.iter().rev().find(|hour| hour.at == at)?;
            Some((watch::percentile(&hour.times, 0.5)?, watch::percentile(&hour.times, 0.95)?))
        };
        let figures: Vec<Option<(u32, u32)>> = (0..HOURS).map(of_hour).collect();
        let top = scale(figures.iter().flatten().map(|(_, p95)| *p95).max()?);
        let all = sum(hours.iter().filter(|hour| hour.at >= first));
        let clock = |place| (first + HOUR * place).iso8601()[11..16].to_owned();
        let words = |place: u32, figures: Option<(u32, u32)>| {
            let figures = figures.map_or_else(
                || "no answer".to_owned(),
                |(p50, p95)| {
                    format!("median {}, 95% within {}", milliseconds(p50), milliseconds(p95))
                },
            );
            format!("{} to {} UTC: {figures}", clock(place), clock(place + 1))
        };
        let lower: Vec<_> = figures.iter().map(|it| it.map(|(p50, _)| p50)).collect();
        let upper: Vec<_> = figures.iter().map(|it| it.map(|(_, p95)| p95)).collect();
        Some(Chart {
            p50: watch::percentile(&all, 0.5)?,
            p95: watch::percentile(&all, 0.95)?,
            median: path(&lower, top),
            slow: path(&upper, top),
            values: [milliseconds(top), milliseconds(top / 2), "0".to_owned()],
            times: (0..HOURS).step_by(MARKS as usize).map(clock).collect(),
            hours: (0..HOURS).zip(figures).map(|(place, it)| (place, words(place, it))).collect(),
        })
    }

    /// In one sentence, for those who don't see it.
    pub(crate) fn summary(&self) -> String {
        let (p50, p95) = (milliseconds(self.p50), milliseconds(self.p95));
        format!("median {p50}, 95% within {p95}")
    }
}

/// The end of a value axis whose half is a round number too, in milliseconds, not below `greatest`.
fn scale(greatest: u32) -> u32 {
    let mut unit = 2;
    loop {
        for end in [unit, unit * 2, unit * 3, unit * 4] {
            if end >= greatest {
                return end;
            }
        }
        if unit > u32::MAX / 50 {
            return greatest;
        }
        unit = if unit.to_string().starts_with('2') { unit * 5 } else { unit * 2 };
    }
}

fn sum<'a>(hours: impl Iterator<Item = &'a Hour>) -> Vec<u32> {
    let mut all: Vec<u32> = Vec::new();
    for hour in hours {
        all.resize(all.len().max(hour.times.len()), 0);
        for (sum, count) in all.iter_mut().zip(&hour.times) {
            *sum = sum.saturating_add(*count);
        }
    }
    all
}

/// A line through the middle of each hour, broken where there is nothing. An hour alone is a dot: a line of no length, with
/// round ends.
fn path(figures: &[Option<u32>], top: u32) -> String {
    let mut path = String::new();
    let mut drawing = false;
    for (place, figure) in figures.iter().enumerate() {
        let Some(ms) = figure else {
            drawing = false;
            continue;
        };
        let y = HEIGHT - HEIGHT * f64::from(*ms) / f64::from(top.max(1));
        let x = place as f64 + 0.5;
        let order = if drawing { "L" } else { "M" };
        let _ = write!(path, "{order}{x:.1} {y:.1}");
        let alone = !drawing && figures.get(place + 1).is_none_or(Option::is_none);
        if alone {
            path.push_str("h0");
        }
        drawing = true;
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: u32) -> Moment {
        Moment::EPOCH + HOUR * hour
    }

    fn hour(place: u32, ms: u32) -> Hour {
        let mut times = vec![0; watch::BUCKETS.len()];
        times[watch::bucket(u64::from(ms) * 1_000)] = 60;
        Hour { at: at(place), probes: 60, up: 60, maintenance: 0, times }
    }

    #[test]
    fn a_line_breaks_where_nothing_answered() {
        let hours = [hour(100, 100), hour(101, 200), hour(105, 50)];
        let chart = Chart::new(&hours, at(110)).expect("there are answers");
        assert_eq!(chart.median, "M13.5 50.0L14.5 0.0M18.5 75.0h0");
        assert_eq!(chart.values, ["200 ms", "100 ms", "0"]);
        assert_eq!(chart.times, ["15:00", "21:00", "03:00", "09:00"]);
        assert_eq!(chart.summary(), "median 100 ms, 95% within 200 ms");
        assert_eq!(chart.hours[13].1, "04:00 to 05:00 UTC: median 100 ms, 95% within 100 ms");
        assert_eq!(chart.hours[0].1, "15:00 to 16:00 UTC: no answer");
    }

    #[test]
    fn without_an_answer_there_is_no_chart() {
        assert_eq!(Chart::new(&[], at(110)), None);
        assert_eq!(Chart::new(&[hour(10, 5)], at(110)), None, "too long ago");
    }

    #[test]
    fn an_axis_ends_at_a_round_number_above_the_greatest() {
        let ends = [1, 3, 7, 11, 99, 130, 320, 1_000, 1_600, 120_000].map(scale);
        assert_eq!(ends, [2, 4, 8, 20, 100, 200, 400, 1_000, 2_000, 200_000]);
    }
}

//! One check of a page: how it stands, its days, how fast it answered.

use std::time::Duration;

use model::Moment;
use model::watch::{Check, CheckState, Hour, Probe};

use super::DAYS;
use crate::chart::Chart;
use crate::facts::{days, midnight};
use crate::light::Light;
use crate::words::{When, percent, plain, span};

/// Below this share of probes that found it up, a day is bad rather than troubled.
const BAD: f64 = 0.95;
const HOUR: Duration = Duration::from_secs(3_600);

/// A check.
#[derive(Clone, Debug)]
pub(crate) struct CheckView {
    /// In URLs.
    pub(crate) name: String,
    /// For people.
    pub(crate) title: String,
    /// How it stands.
    pub(crate) light: Light,
    /// Why, on private pages.
    pub(crate) reason: Option<String>,
    /// Since when it is up or down.
    pub(crate) since: Option<Moment>,
    /// How long that is.
    pub(crate) lasting: Option<String>,
    /// The share of probes that found it up: over 24 hours, 7, 30 and 90 days.
    pub(crate) uptimes: [Uptime; 4],
    /// The last [`DAYS`], oldest first.
    pub(crate) days: Vec<Day>,
    /// The response time of the last 24 hours; `None` without one, as of heartbeats.
    pub(crate) chart: Option<Chart>,
}

/// How much of the time it was up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Uptime {
    /// Over what: `24h`, `7d`.
    pub(crate) over: &'static str,
    /// For people: `24 hours`.
    pub(crate) words: &'static str,
    /// 0 to 1; `None`: it wasn't looked at.
    pub(crate) fraction: Option<f64>,
}

impl Uptime {
    /// `99.98%`, or a dash.
    pub(crate) fn text(&self) -> String {
        self.fraction.map_or_else(|| "–".to_owned(), percent)
    }
}

/// How well a day went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// Nothing is known.
    None,
    /// Always up.
    Good,
    /// Down at times.
    Troubled,
    /// Down for long.
    Bad,
}

impl Level {
    /// For style sheets.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Level::None => "none",
            Level::Good => "good",
            Level::Troubled => "troubled",
            Level::Bad => "bad",
        }
    }
}

/// A day of a check.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Day {
    /// `2026-11-23`, in UTC.
    pub(crate) date: String,
    /// 0 to 1; `None`: nothing is known.
    pub(crate) fraction: Option<f64>,
    /// How well it went.
    pub(crate) level: Level,
}

impl Day {
    /// On hovering: `2026-11-23: 99.98% up`.
    pub(crate) fn words(&self) -> String {
        match self.fraction {
            None => format!("{}: not looked at", self.date),
            Some(fraction) => format!("{}: {} up", self.date, percent(fraction)),
        }
    }

    /// How much of the bar says that it was down, in percent: enough to be seen where there is any.
    pub(crate) fn down(&self) -> u32 {
        match (self.level, self.fraction) {
            (Level::None | Level::Good, _) | (_, None) => 0,
            (Level::Troubled | Level::Bad, Some(up)) => {
                (((1.0 - up) * 100.0).ceil() as u32).max(20)
            }
        }
    }
}

impl CheckView {
    pub(super) fn new(
        check: &Check,
        state: &CheckState,
        hours: &[Hour],
        public: bool,
        now: Moment,
    ) -> CheckView {
        let light = Light::of(check, state);
        let wrong = state.last.as_ref().filter(|last| !public && !last.up && !check.paused);
        let known = matches!(light, Light::Up | Light::Down);
        let since = state.since.filter(|_| known);
        let answers = !matches!(check.probe, Probe::Heartbeat { .. });
        CheckView {
            name: check.name.to_string(),
            title: plain(check.title()),
            light,
            reason: wrong.map(|last| plain(&last.reason)).filter(|reason| !reason.is_empty()),
            since,
            lasting: since.map(|since| span(now.since(since))),
            uptimes: uptimes(hours, now),
            days: by_day(hours, now),
            chart: Chart::new(hours, now).filter(|_| answers),
        }
    }

    /// Since when, for people.
    pub(crate) fn since(&self) -> Option<When> {
        self.since.map(When::from)
    }

    /// All days in one sentence, for those who don't see the bars.
    pub(crate) fn summary(&self) -> String {
        let ninety = self.uptimes[3].text();
        let worst = self.days.iter().filter(|day| day.down() > 0);
        let worst = worst.min_by(|a, b| {
            a.fraction.partial_cmp(&b.fraction).unwrap_or(std::cmp::Ordering::Equal)
        });
        match worst {
            Some(day) => format!("Uptime over 90 days: {ninety}. Worst day: {}.", day.words()),
            None => format!("Uptime over 90 days: {ninety}. No day with an outage."),
        }
    }
}

fn uptimes(hours: &[Hour], now: Moment) -> [Uptime; 4] {
    let spans = [
        ("24h", "24 hours", 24),
        ("7d", "7 days", 168),
        ("30d", "30 days", 720),
        ("90d", "90 days", 2_160),
    ];
    spans.map(|(over, words, count)| {
        // Hours are whole: the one that has just begun, and so many before it.
        let first = hours.partition_point(|hour| hour.at + HOUR <= now - HOUR * count);
        Uptime { over, words, fraction: watch::uptime(&hours[first..]) }
    })
}

fn by_day(hours: &[Hour], now: Moment) -> Vec<Day> {
    let first = midnight(now) - days(DAYS as u64 - 1);
    (0..DAYS as u64)
        .map(|day| {
            let begins = first + days(day);
            let from = hours.partition_point(|hour| hour.at < begins);
            let until = hours.partition_point(|hour| hour.at < begins + days(1));
            let fraction = watch::uptime(&hours[from..until.max(from)]);
            let level = match fraction {
                None => Level::None,
                Some(up) if up >= 1.0 => Level::Good,
                Some(up) if up >= BAD => Level::Troubled,
                Some(_) => Level::Bad,
            };
            Day { date: begins.iso8601()[..10].to_owned(), fraction, level }
        })
        .collect()
}

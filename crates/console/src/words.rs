//! Words for people: times, spans, percentages, milliseconds, and what others wrote made fit for a page.
//!
//! All times are UTC. Escaping is the templates' part, not done here.

use std::time::Duration;

use model::Moment;

/// Longest text of others on a page, in characters; more is cut.
const LONGEST: usize = 500;

/// A moment, as machines and as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct When {
    /// For `<time datetime>`.
    pub(crate) iso: String,
    /// `23 Nov 2026, 09:05 UTC`.
    pub(crate) text: String,
}

impl From<Moment> for When {
    fn from(moment: Moment) -> When {
        let text = moment.timestamp().strftime("%-d %b %Y, %H:%M UTC").to_string();
        When { iso: moment.iso8601(), text }
    }
}

/// `3 hours`: one unit, rounded down.
pub(crate) fn span(lasting: Duration) -> String {
    let seconds = lasting.as_secs();
    let (count, unit) = match seconds {
        0..60 => (seconds, "second"),
        60..3_600 => (seconds / 60, "minute"),
        3_600..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
}

/// `99.98%` of a fraction, rounded down, so that only what never failed is 100%.
pub(crate) fn percent(fraction: f64) -> String {
    // Half a millionth makes up for fractions that binary writes a little too small (0.9999 × 10,000 = 9,998.999…).
    let hundredths = (fraction.clamp(0.0, 1.0) * 10_000.0 + 5e-7).floor() as u32;
    match (hundredths / 100, hundredths % 100) {
        (100, _) => "100%".to_owned(),
        (whole, rest) => format!("{whole}.{rest:02}%"),
    }
}

/// `250 ms`, `1.3 s`.
pub(crate) fn milliseconds(ms: u32) -> String {
    match (ms / 1_000, ms % 1_000 / 100) {
        (0, _) => format!("{ms} ms"),
        (seconds, 0) => format!("{seconds} s"),
        (seconds, tenths) => format!("{seconds}.{tenths} s"),
    }
}

/// What somebody else wrote, without what XML forbids (XML 1.0 §2.2), line breaks, and marks that turn the direction of
/// what follows them; cut where it is too long.
pub(crate) fn plain(text: &str) -> String {
    let fit = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| {
        let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        !c.is_control() && !turns && !matches!(c, '\u{fffe}' | '\u{ffff}')
    });
    let mut plain: String = fit.take(LONGEST + 1).collect();
    if let Some((end, _)) = plain.char_indices().nth(LONGEST) {
        plain.truncate(end);
        plain.push('…');
    }
    plain.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_what_never_failed_is_a_hundred_percent() {
        assert_eq!(percent(1.0), "100%");
        assert_eq!(percent(0.999_999), "99.99%");
        assert_eq!(percent(0.9999), "99.99%");
        assert_eq!(percent(0.95), "95.00%");
        assert_eq!(percent(0.0), "0.00%");
        assert_eq!(percent(f64::NAN), "0.00%");
    }

    #[test]
    fn spans_have_one_unit() {
        let written =
            [1, 59, 60, 3_599, 3_600, 90_000, 172_800].map(|s| span(Duration::from_secs(s)));
        let expected =
            ["1 second", "59 seconds", "1 minute", "59 minutes", "1 hour", "25 hours", "2 days"];
        assert_eq!(written, expected.map(str::to_owned));
    }

    #[test]
    fn times_have_their_unit() {
        assert_eq!(
            [999, 1_000, 1_300, 10_000].map(milliseconds),
            ["999 ms", "1 s", "1.3 s", "10 s"]
        );
        let when = When::from(Moment::from_millis(1_692_853_305_000));
        assert_eq!(when.text, "24 Aug 2023, 05:01 UTC");
    }

    proptest! {
        #[test]
        fn plain_text_has_nothing_that_xml_forbids(text in "\\PC*|[\\x00-\\x7f\u{202e}\u{ffff}]*") {
            let plain = plain(&text);
            let forbidden = ['\u{202e}', '\u{ffff}'];
            let clean = plain.chars().all(|c| !c.is_control() && !forbidden.contains(&c));
            prop_assert!(clean, "{:?}", plain);
            prop_assert!(plain.chars().count() <= LONGEST + 1);
        }
    }
}

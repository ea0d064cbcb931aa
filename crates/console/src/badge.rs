//! Badges: a label and a value side by side as an SVG that brings no font along.
//!
//! Words are as wide as in a common sans-serif of 11 px; each says its width, so that a reader's font is fitted to it.

use askama::Template;

use crate::light::Light;
use crate::view::{CheckView, PageView};
use crate::words::{milliseconds, percent};

/// Longest words of one side, in characters; more is cut.
const LONGEST: usize = 60;
/// Space before and after words, in tenths of a pixel.
const PADDING: u32 = 60;
/// Of a character that isn't in the table, in tenths of a pixel: Latin with marks, Greek, Cyrillic.
const OTHER: u32 = 75;
/// Of a character as wide as high, in tenths of a pixel: from the scripts of East Asia on.
const WIDE: u32 = 110;
/// From which on they are: Hangul Jamo (Unicode 16, chapter 18).
const WIDE_FROM: char = '\u{1100}';
/// Of `' '` to `'~'`, in tenths of a pixel at 11 px.
const WIDTHS: [u8; 95] = [
    35, 44, 51, 92, 70, 105, 86, 30, 43, 43, 55, 92, 35, 40, 35, 37, 70, 70, 70, 70, 70, 70, 70,
    70, 70, 70, 37, 37, 92, 92, 92, 58, 110, 75, 75, 77, 85, 70, 63, 85, 83, 32, 32, 72, 61, 95,
    82, 87, 66, 87, 76, 70, 67, 81, 75, 109, 75, 67, 75, 43, 37, 43, 92, 55, 55, 67, 70, 60, 70,
    68, 39, 70, 70, 31, 31, 64, 31, 107, 70, 67, 70, 70, 45, 57, 43, 70, 65, 90, 65, 65, 58, 70,
    37, 70, 92,
];
/// From this share on an uptime is good.
const GOOD: f64 = 0.995;
/// From this share on it is troubled rather than bad.
const TROUBLED: f64 = 0.95;

/// What a badge says of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Figure {
    /// How it stands.
    Status,
    /// How much of the time it was up; one place of [`CheckView::uptimes`].
    Uptime(usize),
    /// Its median response time of 24 hours.
    Response,
}

impl Figure {
    /// As it stands in URLs: `status`, `uptime-7d`, `response`.
    pub(crate) fn named(name: &str) -> Option<Figure> {
        match name {
            "status" => Some(Figure::Status),
            "uptime-24h" => Some(Figure::Uptime(0)),
            "uptime-7d" => Some(Figure::Uptime(1)),
            "uptime-30d" => Some(Figure::Uptime(2)),
            "uptime-90d" => Some(Figure::Uptime(3)),
            "response" => Some(Figure::Response),
            _ => None,
        }
    }
}

/// Of a check.
pub(crate) fn of_check(check: &CheckView, figure: Figure) -> Result<String, askama::Error> {
    match figure {
        Figure::Status => draw(&check.title, check.light.word(), check.light.colour()),
        Figure::Uptime(place) => {
            let uptime = &check.uptimes[place];
            let colour = match uptime.fraction {
                None => Light::Pending.colour(),
                Some(up) if up >= GOOD => Light::Up.colour(),
                Some(up) if up >= TROUBLED => Light::Unsteady.colour(),
                Some(_) => Light::Down.colour(),
            };
            let value = uptime.fraction.map_or_else(|| "not known".to_owned(), percent);
            draw(&format!("uptime {}", uptime.over), &value, colour)
        }
        Figure::Response => match &check.chart {
            Some(chart) => draw("response", &milliseconds(chart.p50), Light::Maintenance.colour()),
            None => draw("response", "not known", Light::Pending.colour()),
        },
    }
}

/// Of a page.
pub(crate) fn of_page(page: &PageView) -> Result<String, askama::Error> {
    draw(&page.title, page.overall.light.word(), page.overall.light.colour())
}

/// A page's icon: its colour, and a shape that tells up from down without it.
pub(crate) fn icon(page: &PageView) -> Result<String, askama::Error> {
    let light = page.overall.light;
    let sign = match light {
        Light::Up => "M9 17l5 5 9-11",
        Light::Down => "M10 10l12 12M22 10L10 22",
        Light::Unsteady | Light::Maintenance | Light::Pending | Light::Unjudged | Light::Paused => {
            "M16 8v10M16 23.5v.5"
        }
    };
    Icon { colour: light.colour(), sign }.render()
}

#[derive(Template)]
#[template(path = "icon.svg")]
struct Icon {
    colour: &'static str,
    sign: &'static str,
}

#[derive(Template)]
#[template(path = "badge.svg")]
struct Badge<'a> {
    label: Side,
    value: Side,
    colour: &'a str,
}

/// One side; widths in pixels.
struct Side {
    words: String,
    /// Of the words.
    inner: String,
    /// With the space around them.
    outer: u32,
}

impl Side {
    fn new(words: &str) -> Side {
        let mut cut: String = words.chars().take(LONGEST).collect();
        if cut.len() < words.len() {
            cut.push('…');
        }
        let inner = cut.chars().map(width).sum::<u32>();
        let outer = (inner + 2 * PADDING).div_ceil(10);
        Side { words: cut, inner: format!("{}.{}", inner / 10, inner % 10), outer }
    }

    /// The middle of its words, in pixels, where it begins at `from`.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand fields as references")]
    fn middle(&self, from: &u32) -> String {
        let halves = 2 * from + self.outer;
        format!("{}.{}", halves / 2, halves % 2 * 5)
    }
}

fn draw(label: &str, value: &str, colour: &str) -> Result<String, askama::Error> {
    Badge { label: Side::new(label), value: Side::new(value), colour }.render()
}

/// In tenths of a pixel at 11 px.
fn width(c: char) -> u32 {
    let place = u32::from(c).checked_sub(u32::from(' ')).map(|place| place as usize);
    match place.and_then(|place| WIDTHS.get(place)) {
        Some(width) => u32::from(*width),
        None if c >= WIDE_FROM && !('\u{1e00}'..='\u{2bff}').contains(&c) => WIDE,
        None => OTHER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_badge_is_as_wide_as_its_words() {
        let badge = draw("The shop", "up", Light::Up.colour()).expect("it renders");
        crate::tests::is_golden("badge.svg", &badge);
    }

    #[test]
    fn words_of_others_stay_words() {
        let badge = draw("</text><script>alert(1)</script>", "\"&'", "#000").expect("it renders");
        assert!(!badge.contains("<script"), "{badge}");
        let document = quick_xml::Reader::from_str(&badge);
        assert!(crate::tests::is_well_formed(document), "{badge}");
    }

    #[test]
    fn long_words_are_cut_and_wide_ones_have_room() {
        assert_eq!(Side::new(&"x".repeat(1_000)).words.chars().count(), LONGEST + 1);
        assert_eq!(Side::new("稼働").inner, "22.0");
        assert_eq!(Side::new("é").inner, "7.5");
    }
}

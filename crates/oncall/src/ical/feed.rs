//! Shifts as a calendar that phones and desks subscribe to.

use std::collections::BTreeMap;
use std::fmt::Write;

use model::Moment;

use crate::duty::{Duty, Why};

/// Longest line in octets, without its break (RFC 5545 §3.1).
const LINE_MAX: usize = 75;

/// A calendar with one event for each shift: `display` is what it is called; gaps have none. `title` names the calendar and
/// tells feeds apart; `host` is ours, for UIDs (RFC 7986 §5.3) that stay the same for the same shift. `now` is written as
/// the time of the feed.
pub fn feed(title: &str, shifts: &[(Duty, String)], host: &str, now: Moment) -> String {
    let mut calendar = Calendar(String::new());
    calendar.line("BEGIN:VCALENDAR");
    calendar.line("VERSION:2.0");
    calendar.line("PRODID:-//alo//Support Roulette//EN");
    calendar.line("CALSCALE:GREGORIAN");
    calendar.line("METHOD:PUBLISH");
    calendar.line(&format!("X-WR-CALNAME:{}", escaped(title)));
    let mut seen = BTreeMap::new();
    for (duty, display) in shifts {
        let Some(person) = &duty.person else { continue };
        // By its end, since the one that runs may be given from now on only.
        let uid = format!("{}-{}-{person}", slug(title), utc(duty.until));
        let again = seen.entry(uid.clone()).or_insert(0u32);
        *again += 1;
        let uid = if *again > 1 { format!("{uid}-{again}") } else { uid };
        calendar.line("BEGIN:VEVENT");
        calendar.line(&format!("UID:{}@{}", uid, slug(host)));
        calendar.line(&format!("DTSTAMP:{}", utc(now)));
        calendar.line(&format!("DTSTART:{}", utc(duty.from)));
        calendar.line(&format!("DTEND:{}", utc(duty.until)));
        calendar.line(&format!("SUMMARY:{}", escaped(display)));
        if let Some(note) = note(&duty.why) {
            calendar.line(&format!("DESCRIPTION:{}", escaped(&note)));
        }
        calendar.line("TRANSP:TRANSPARENT");
        calendar.line("END:VEVENT");
    }
    calendar.line("END:VCALENDAR");
    calendar.0
}

fn note(why: &Why) -> Option<String> {
    match why {
        Why::Turn { layer, turn, .. } => Some(format!("{layer}, turn {turn}")),
        Why::Override { id, reason, .. } if reason.is_empty() => Some(format!("override {id}")),
        Why::Override { id, reason, .. } => Some(format!("override {id}: {reason}")),
        Why::Gap => None,
    }
}

struct Calendar(String);

impl Calendar {
    /// Writes a line, folded so that none is longer than 75 octets and no character is torn.
    fn line(&mut self, text: &str) {
        let mut width = 0;
        for character in text.chars() {
            if width + character.len_utf8() > LINE_MAX {
                self.0.push_str("\r\n ");
                width = 1;
            }
            self.0.push(character);
            width += character.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

/// DATE-TIME in UTC (RFC 5545 §3.3.5, form 2), in whole seconds.
fn utc(at: Moment) -> String {
    at.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// TEXT (RFC 5545 §3.3.11). Other control characters are left out.
fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | ';' | ',' => {
                let _ = write!(written, "\\{character}");
            }
            '\n' => written.push_str("\\n"),
            control if control.is_control() => {}
            plain => written.push(plain),
        }
    }
    written
}

fn slug(text: &str) -> String {
    let kept = |c: char| if c.is_ascii_alphanumeric() || ".-_".contains(c) { c } else { '-' };
    text.chars().map(kept).take(100).collect()
}

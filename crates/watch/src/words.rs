//! All that the watch says and writes to people, in English and Brazilian Portuguese.
//!
//! Spoken it is short: what, why, since when, and which keys there are. Written it names the number and how to answer. What
//! comes from outside (titles, details) may be any text of any length: it is put on one line and cut between characters.

mod english;
mod lengths;
mod mail;
mod phrase;
mod portuguese;
mod spoken;
#[cfg(test)]
mod tests;
mod texts;
mod webhook;

use model::oncall::Language;
use model::watch::{Incident, IncidentKind};

pub use mail::{mail, subject};
pub use spoken::{After, Key, after_key, spoken};
pub use texts::{LONGEST_TEXT, text};
pub use webhook::{Posted, posted};

use crate::cut::cut;
use lengths::length;
use phrase::Phrase;

/// Longest title that is said or written, in characters.
const TITLE: usize = 60;

/// Fills in each `{name}`. What is filled in is not looked at again.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, from)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, after)) = from.split_once('}') else { break };
        let value = values.iter().find(|(known, _)| *known == name);
        filled.push_str(value.map_or("", |(_, value)| value));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// `The shop is down`.
fn is_wrong(incident: &Incident, language: Language) -> String {
    let phrase = match incident.kind {
        IncidentKind::Down => Phrase::Down,
        IncidentKind::Certificate => Phrase::Certificate,
        IncidentKind::Flapping => Phrase::Flapping,
        IncidentKind::Blind => Phrase::Blind,
        IncidentKind::Alert => Phrase::Alert,
    };
    titled(phrase, incident, language)
}

/// `The shop is up again`.
fn is_right(incident: &Incident, language: Language) -> String {
    let phrase = match incident.kind {
        IncidentKind::Down => Phrase::UpAgain,
        IncidentKind::Certificate => Phrase::CertificateRenewed,
        IncidentKind::Flapping => Phrase::Stable,
        IncidentKind::Blind => Phrase::SeesAgain,
        IncidentKind::Alert => Phrase::AlertOver,
    };
    titled(phrase, incident, language)
}

fn titled(phrase: Phrase, incident: &Incident, language: Language) -> String {
    fill(phrase.text(language), &[("title", &title(incident))])
}

/// Something that can be said, whatever the source sent.
fn title(incident: &Incident) -> String {
    let title = plainly_cut(&incident.title, TITLE);
    match &incident.check {
        _ if !title.is_empty() => title,
        Some(check) => check.to_string(),
        None => plainly_cut(&incident.source, TITLE),
    }
}

/// `The shop is down: status 502.`
fn with_detail(what: &str, detail: &str, longest: usize) -> String {
    let detail = plainly_cut(detail, longest);
    let end = |text: &str| if text.ends_with(['.', '!', '?']) { "" } else { "." };
    if detail.is_empty() {
        return format!("{what}{}", end(what));
    }
    format!("{what}: {detail}{}", end(&detail))
}

/// Cut, with an end that is in every alphabet of texts.
fn plainly_cut(text: &str, longest: usize) -> String {
    let cut = cut(text, longest);
    match cut.strip_suffix('…') {
        Some(kept) => format!("{kept}..."),
        None => cut,
    }
}

/// Time from when it began to the newest entry of its log, which for what is told is that telling.
fn age(incident: &Incident, language: Language) -> Option<String> {
    let until = incident.log.last().map_or(incident.opened_at, |entry| entry.at);
    length(until.since(incident.opened_at), language)
}

/// How long it lasted.
fn lasted(incident: &Incident, language: Language) -> Option<String> {
    length(incident.ended_at()?.since(incident.opened_at), language)
}

//! What a call about incidents says, and the keys that it takes.

use model::oncall::Language;
use model::watch::Incident;

use super::{Phrase, age, fill, is_wrong, title, with_detail};
use crate::cut::cut;

/// Longest reason that is said of one incident, in characters: about ten seconds.
const REASON: usize = 140;
/// Longest reason that is said of each of several.
const REASON_OF_SEVERAL: usize = 60;
/// Incidents of which each is said what is wrong; of more there are only names.
const SAID_WHOLE: usize = 3;
/// Names that are said of many.
const NAMED: usize = 2;

/// A key of a call about incidents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// 4.
    Acknowledge,
    /// 5.
    Escalate,
    /// 6.
    Close,
    /// 1: I don't want to be called about it.
    Quiet,
    /// Star: say it again.
    Repeat,
}

impl Key {
    /// What was pressed; `None`: not one of the choices.
    pub const fn read(key: char) -> Option<Key> {
        match key {
            '4' => Some(Key::Acknowledge),
            '5' => Some(Key::Escalate),
            '6' => Some(Key::Close),
            '1' => Some(Key::Quiet),
            '*' => Some(Key::Repeat),
            _ => None,
        }
    }
}

/// What came of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After<'a> {
    /// They see to it now.
    Acknowledged,
    /// The next level is told.
    Escalated,
    /// It is closed.
    Closed,
    /// They aren't called again.
    Quieted,
    /// It was over before.
    Over,
    /// Somebody sees to it already.
    SeenTo(Option<&'a str>),
    /// It is none of the choices; they follow.
    Wrong,
    /// It can't be kept just now; the choices follow.
    NotNow,
    /// None was pressed.
    Silence,
}

/// What is said to somebody who is called about these; words only, no markup.
pub fn spoken(incidents: &[&Incident], language: Language) -> String {
    let what = match incidents {
        [] => return Phrase::Over.text(language).to_owned(),
        [only] => whole(only, language, REASON),
        several if several.len() <= SAID_WHOLE => {
            let each = several.iter().map(|it| whole(it, language, REASON_OF_SEVERAL));
            format!("{}. {}", alerts(several.len(), language), each.collect::<Vec<_>>().join(" "))
        }
        many => format!("{}: {}.", alerts(many.len(), language), names(many, language)),
    };
    format!("{what} {} {}", began(incidents, language), Phrase::Keys.text(language))
}

/// What is said after a key.
pub fn after_key(after: After<'_>, language: Language) -> String {
    let phrase = match after {
        After::Acknowledged => Phrase::Acknowledged,
        After::Escalated => Phrase::Escalated,
        After::Closed => Phrase::Closed,
        After::Quieted => Phrase::Quieted,
        After::Over => Phrase::Over,
        After::SeenTo(None) => Phrase::SeenTo,
        After::SeenTo(Some(person)) => {
            let person = pronounced(person);
            return fill(Phrase::SeenToBy.text(language), &[("person", &person)]);
        }
        After::Wrong => return with_keys(Phrase::WrongKey, language),
        After::NotNow => return with_keys(Phrase::NotNow, language),
        After::Silence => Phrase::Goodbye,
    };
    phrase.text(language).to_owned()
}

fn with_keys(phrase: Phrase, language: Language) -> String {
    format!("{} {}", phrase.text(language), Phrase::Keys.text(language))
}

fn whole(incident: &Incident, language: Language, reason: usize) -> String {
    pronounced(&with_detail(&is_wrong(incident, language), &incident.detail, reason))
}

pub(super) fn alerts(count: usize, language: Language) -> String {
    fill(Phrase::Alerts.text(language), &[("count", &count.to_string())])
}

/// `the shop, the API and 410 others`.
fn names(incidents: &[&Incident], language: Language) -> String {
    let named: Vec<String> =
        incidents.iter().take(NAMED).map(|incident| pronounced(&title(incident))).collect();
    let others = incidents.len().saturating_sub(NAMED).to_string();
    let others = fill(Phrase::Others.text(language), &[("count", &others)]);
    format!("{} {} {others}", named.join(", "), Phrase::And.text(language))
}

fn began(incidents: &[&Incident], language: Language) -> String {
    let first = incidents.iter().min_by_key(|incident| incident.opened_at);
    let Some(length) = first.and_then(|first| age(first, language)) else {
        return Phrase::JustNow.text(language).to_owned();
    };
    let phrase = if incidents.len() == 1 { Phrase::Began } else { Phrase::FirstBegan };
    fill(phrase.text(language), &[("length", &length)])
}

/// Without what no voice can say, and what could be taken for markup.
fn pronounced(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| if matches!(c, '<' | '>' | '&' | '{' | '}') { ' ' } else { c })
        .collect();
    cut(&plain, usize::MAX)
}

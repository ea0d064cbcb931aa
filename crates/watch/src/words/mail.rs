//! E-mails about incidents: with all that is known, since there is room.

use model::oncall::Language;
use model::watch::Incident;

use super::{Phrase, age, fill, is_right, is_wrong, plainly_cut, spoken::alerts, texts};
use crate::escalation::What;

/// Incidents that an e-mail tells in full; of more there is the number.
const TOLD_WHOLE: usize = 100;
/// Longest reason, in characters.
const REASON: usize = 1_000;
/// Longest link of a source, in characters.
const LINK: usize = 2_000;

/// Subject of an e-mail about these, on one line.
pub fn subject(tellings: &[(&Incident, What)], language: Language) -> String {
    match tellings {
        [(incident, What::Recovered)] => is_right(incident, language),
        [(incident, What::Reminder)] => {
            fill(Phrase::Still.text(language), &[("what", &is_wrong(incident, language))])
        }
        [(incident, What::Down | What::Acknowledged)] => is_wrong(incident, language),
        several => alerts(several.len(), language),
    }
}

/// An e-mail about these, as plain text; `link` is where the first that is wrong can be acknowledged.
pub fn mail(tellings: &[(&Incident, What)], language: Language, link: Option<&str>) -> String {
    let whole = tellings.iter().take(TOLD_WHOLE);
    let mut parts: Vec<String> = whole.map(|(it, what)| part(it, *what, language)).collect();
    let others = tellings.len().saturating_sub(TOLD_WHOLE);
    if others > 0 {
        let others = fill(Phrase::Others.text(language), &[("count", &others.to_string())]);
        parts.push(format!("{} {others}.", Phrase::And.text(language)));
    }
    let wrong = tellings.iter().find(|(_, what)| matches!(what, What::Down));
    if let Some((incident, _)) = wrong {
        let id = incident.id.to_string();
        let phrase = if link.is_some() { Phrase::AnswerByLink } else { Phrase::Answer };
        let values = [("id", id.as_str()), ("link", link.unwrap_or_default())];
        parts.push(fill(phrase.text(language), &values));
    }
    let mut mail = parts.join("\n\n");
    mail.push('\n');
    mail
}

fn part(incident: &Incident, what: What, language: Language) -> String {
    let mut lines = vec![texts::line(incident, what, language, REASON)];
    let mut row = |name: Phrase, value: &str| {
        lines.push(format!("{}: {value}", name.text(language)));
    };
    let since = incident.opened_at.iso8601();
    match age(incident, language) {
        Some(age) => row(Phrase::Since, &format!("{since} ({age})")),
        None => row(Phrase::Since, &since),
    }
    row(Phrase::Source, &plainly_cut(&incident.source, super::TITLE));
    row(Phrase::Number, &incident.id.to_string());
    if let Some(link) = incident.link.as_deref().filter(|link| link.len() <= LINK) {
        row(Phrase::More, &plainly_cut(link, LINK));
    }
    lines.join("\n")
}

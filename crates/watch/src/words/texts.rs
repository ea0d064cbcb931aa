//! Texts about incidents. Short, since each segment costs: of a flood only the first few are named.

use model::oncall::Language;
use model::watch::Incident;

use super::{Phrase, fill, is_right, is_wrong, lasted, plainly_cut, spoken::alerts, with_detail};
use crate::escalation::What;

/// Longest text that is written, in characters; as much as the API takes in `Body`.
pub const LONGEST_TEXT: usize = 1_600;
/// Longest reason in a text about one incident, in characters.
const REASON: usize = 200;
/// Longest reason in a text about several.
const REASON_OF_SEVERAL: usize = 60;
/// Incidents that are named in a text.
const NAMED: usize = 5;
/// Longer links are left out: they would push out what the text is about.
const LONGEST_LINK: usize = 400;

/// A text about these; `link` is where the first that is wrong can be acknowledged. At most [`LONGEST_TEXT`] characters.
pub fn text(tellings: &[(&Incident, What)], language: Language, link: Option<&str>) -> String {
    let mut lines: Vec<String> = Vec::new();
    match tellings {
        [] => {}
        [(incident, what)] => lines.push(line(incident, *what, language, REASON)),
        several => {
            lines.push(format!("{}:", alerts(several.len(), language)));
            let named = several.iter().take(NAMED);
            lines.extend(named.map(|(incident, what)| {
                let line = line(incident, *what, language, REASON_OF_SEVERAL);
                format!("{} {line}", incident.id)
            }));
            let others = several.len().saturating_sub(NAMED);
            if others > 0 {
                let others = others.to_string();
                let others = fill(Phrase::Others.text(language), &[("count", &others)]);
                lines.push(format!("{} {others}.", Phrase::And.text(language)));
            }
        }
    }
    let answer = how_to_answer(tellings, language);
    let link = link.filter(|link| answer.is_some() && link.chars().count() <= LONGEST_LINK);
    lines.extend(answer);
    lines.extend(link.map(str::to_owned));
    let joined = lines.join(if tellings.len() > 1 { "\n" } else { " " });
    // The parts are made to fit; this is for a number of digits that nobody foresaw.
    joined.chars().take(LONGEST_TEXT).collect()
}

/// What is told of one, as a sentence.
pub(super) fn line(incident: &Incident, what: What, language: Language, reason: usize) -> String {
    let wrong = || with_detail(&is_wrong(incident, language), &incident.detail, reason);
    match what {
        What::Down => wrong(),
        What::Reminder => fill(Phrase::Still.text(language), &[("what", &wrong())]),
        What::Recovered => {
            let right = with_detail(&is_right(incident, language), "", 0);
            match lasted(incident, language) {
                Some(length) => {
                    let lasted = fill(Phrase::Lasted.text(language), &[("length", &length)]);
                    format!("{right} {lasted}")
                }
                None => right,
            }
        }
        What::Acknowledged => {
            let by = incident.acknowledged.as_ref().and_then(|author| author.by.as_ref());
            let person = by.map(|name| plainly_cut(name.as_str(), super::TITLE));
            let phrase = if person.is_some() { Phrase::SeesTo } else { Phrase::SomebodySeesTo };
            let values = [("person", person.as_deref().unwrap_or_default()), ("what", &wrong())];
            fill(phrase.text(language), &values)
        }
    }
}

/// `Reply ACK 12, CLOSE 12 or ESCALATE 12.`; nothing where all is right.
fn how_to_answer(tellings: &[(&Incident, What)], language: Language) -> Option<String> {
    let mut open = tellings.iter().filter(|(_, what)| match what {
        What::Down | What::Reminder => true,
        What::Recovered | What::Acknowledged => false,
    });
    let (first, what) = open.next()?;
    let phrase = match what {
        _ if tellings.len() > 1 => Phrase::ReplyMany,
        What::Down => Phrase::Reply,
        What::Reminder | What::Recovered | What::Acknowledged => Phrase::ReplySeenTo,
    };
    Some(fill(phrase.text(language), &[("id", &first.id.to_string())]))
}

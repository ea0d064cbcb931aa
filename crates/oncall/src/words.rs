//! All that a line says and writes, in English and Brazilian Portuguese, and in the words that its owner put in their place.
//!
//! Natural spelling goes before cheap texts: Portuguese has letters that the GSM alphabet lacks (ã, ç, ê), so that its texts
//! go as UCS-2, in segments of 70 characters. English ones stay within one segment of 160 where names and links are short.

mod english;
mod phrase;
mod portuguese;
mod spoken;
mod texts;
mod times;

use model::oncall::{Language, Line, Prompt};

pub use phrase::Phrase;
pub use spoken::spoken;
pub use texts::{about_call, call_subject, handoff, not_now, stranger, subject};
pub use times::{length, when};

use crate::hunt::Step;

/// What is known of a call or a shift, to be put in place of `{line}`, `{caller}` and so on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filling {
    /// `{line}`: what it is called.
    pub line: Option<String>,
    /// `{caller}`.
    pub caller: Option<String>,
    /// `{person}`: who else it concerns.
    pub person: Option<String>,
    /// `{team}`.
    pub team: Option<String>,
    /// `{from}`: when a shift begins.
    pub from: Option<String>,
    /// `{until}`: when it ends.
    pub until: Option<String>,
    /// `{link}`: where the message can be heard.
    pub link: Option<String>,
    /// `{id}`: what `ACK` takes.
    pub id: Option<String>,
    /// `{key}`: what is to be pressed.
    pub key: Option<String>,
    /// `{transcript}`: what a message says.
    pub transcript: Option<String>,
    /// `{seconds}`: length of a message.
    pub seconds: Option<String>,
}

impl Filling {
    fn of(&self, name: &str) -> Option<&str> {
        let value = match name {
            "line" => &self.line,
            "caller" => &self.caller,
            "person" => &self.person,
            "team" => &self.team,
            "from" => &self.from,
            "until" => &self.until,
            "link" => &self.link,
            "id" => &self.id,
            "key" => &self.key,
            "transcript" => &self.transcript,
            "seconds" => &self.seconds,
            _ => return None,
        };
        value.as_deref()
    }
}

/// Fills in what is known. A placeholder that isn't known, and a brace that is none, stay as they are; what is filled in
/// is not looked at again.
pub fn fill(template: &str, filling: &Filling) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        filled.push_str(before);
        let value = from
            .find('}')
            .and_then(|close| filling.of(&from[1..close]).map(|value| (value, &from[close + 1..])));
        if let Some((value, after)) = value {
            filled.push_str(value);
            rest = after;
        } else {
            filled.push('{');
            rest = &from[1..];
        }
    }
    filled.push_str(rest);
    filled
}

/// What the line is called.
pub fn display(line: &Line) -> &str {
    if line.display.is_empty() { line.name.as_str() } else { &line.display }
}

/// Whether the line has its own words for it in this language.
pub fn is_own(line: &Line, phrase: Phrase, language: Language) -> bool {
    own(line, phrase, language).is_some()
}

/// The line's own words for it, in this language or for every language.
fn own(line: &Line, phrase: Phrase, language: Language) -> Option<&Prompt> {
    let languages = line.prompts.get(phrase.prompt()?)?;
    languages.get(language.as_str()).or_else(|| languages.get("*"))
}

/// What is said or played to a leg.
pub fn say(line: &Line, phrase: Phrase, language: Language, filling: &Filling) -> Step {
    let template = match own(line, phrase, language) {
        Some(Prompt::Audio(url)) => return Step::Play(url.clone()),
        Some(Prompt::Text(text)) => text.as_str(),
        None => phrase.with(filling).text(language),
    };
    Step::Say { text: fill(template, filling), language }
}

/// What is written. Audio in place of a text is ignored.
pub fn write(line: Option<&Line>, phrase: Phrase, language: Language, filling: &Filling) -> String {
    let template = match line.and_then(|line| own(line, phrase, language)) {
        Some(Prompt::Text(text)) => text.as_str(),
        Some(Prompt::Audio(_)) | None => phrase.with(filling).text(language),
    };
    fill(template, filling)
}

/// The key of each team, in their order: its own, or else its place. At most nine teams can be chosen.
pub fn team_keys(line: &Line) -> Vec<char> {
    let keys = line.teams.iter().zip('1'..='9');
    keys.map(|(team, place)| team.key.unwrap_or(place)).collect()
}

/// What callers hear of the teams that they can choose.
pub fn menu(line: &Line, language: Language, keys: &[char]) -> Step {
    let named = Filling { line: Some(display(line).to_owned()), ..Filling::default() };
    if own(line, Phrase::Menu, language).is_some() {
        return say(line, Phrase::Menu, language, &named);
    }
    let choices = line.teams.iter().zip(keys).map(|(team, key)| {
        let name = if team.display.is_empty() { key.to_string() } else { team.display.clone() };
        let key = Some(key.to_string());
        let filling = Filling { team: Some(name), key, ..Filling::default() };
        fill(Phrase::Menu.text(language), &filling)
    });
    Step::Say { text: choices.collect::<Vec<_>>().join(" "), language }
}

#[cfg(test)]
mod tests;

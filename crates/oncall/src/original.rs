//! What a team has already: the settings of the first Support Roulette (github.com/phstc/support-roulette, 2012), and
//! people in a spreadsheet. All of a file is taken over, or nothing.

mod people;
mod yaml;

use std::collections::BTreeSet;

use jiff::civil::{Date, Time, Weekday};
use model::oncall::{
    Crew, Language, Layer, Name, Order, Person, PersonPhone, Rota, Turn, TurnUnit, Zone,
};
use model::{Moment, Party};

use crate::clock::{days_on, wall};
use yaml::{Node, Value};

pub use people::csv;

/// Most people of one file.
const MOST_PEOPLE: usize = 1_000;

/// Why a file can't be taken over. Nothing of it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct ImportError {
    /// Where, counted from 1.
    pub line: usize,
    /// What is wrong, and what is wanted.
    pub message: String,
}

impl ImportError {
    fn new(line: usize, message: impl Into<String>) -> ImportError {
        ImportError { line, message: message.into() }
    }
}

/// What the settings came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The agents, in their order.
    pub people: Vec<Person>,
    /// Their rota `support`: a week each from Monday 00:00 of `zone` on.
    pub rota: Rota,
    /// What wasn't taken over, and why; for people, in English.
    pub left_out: Vec<String>,
}

/// Takes over `config/application.yml`: agents with name and phone. The original took the agent of the ISO week modulo their
/// number, less one; whoever that is at `now` stays on duty until Monday, and the others follow in the list's order, from
/// then on also over a year's end. Credentials are never taken over, nor are the numbers, which belong to a carrier.
pub fn import(application_yml: &str, zone: &Zone, now: Moment) -> Result<Imported, ImportError> {
    let document = yaml::read(application_yml)?;
    let agents = document.entry("agents").ok_or_else(|| {
        ImportError::new(document.line, "there is no 'agents:', the list of who takes turns")
    })?;
    let Value::List(list) = &agents.value else {
        return Err(ImportError::new(agents.line, "'agents' must be a list of name and phone"));
    };
    if list.is_empty() || list.len() > MOST_PEOPLE {
        let count = list.len();
        let message = format!("{count} agents: there must be 1 to {MOST_PEOPLE}");
        return Err(ImportError::new(agents.line, message));
    }
    let mut names = BTreeSet::new();
    let people: Result<Vec<Person>, ImportError> =
        list.iter().map(|agent| person(agent, &mut names)).collect();
    let people = people?;
    let crew = people.iter().map(|person| person.name.clone()).collect();
    let rota = rota(crew, zone, wall(&zone.rules(), now).date());
    crate::check_rota(&rota).map_err(|error| ImportError::new(agents.line, error.to_string()))?;
    Ok(Imported { people, rota, left_out: left_out(&document) })
}

fn person(agent: &Node, names: &mut BTreeSet<Name>) -> Result<Person, ImportError> {
    let text = |key: &str| match agent.entry(key).map(|node| (node.line, &node.value)) {
        Some((line, Value::Text(text))) if !text.trim().is_empty() => Ok((line, text.trim())),
        Some((line, _)) => Err(ImportError::new(line, format!("'{key}' is empty: write it there"))),
        None => Err(ImportError::new(agent.line, format!("an agent without '{key}'"))),
    };
    let (_, display) = text("name")?;
    let (line, phone) = text("phone")?;
    let at: Party = phone.parse().map_err(|_| {
        let what = "is not a phone number: write it with + and its country, as +5511987654321";
        ImportError::new(line, format!("'{phone}' {what}"))
    })?;
    let name = free_name(display, names);
    let phone = PersonPhone { at, label: String::new(), rings: true, texts: true };
    Ok(Person {
        name,
        display: display.to_owned(),
        phones: vec![phone],
        email: None,
        language: Language::default(),
        zone: None,
    })
}

/// A name made of what people are called: `Pablo Cantero` is `pablo-cantero`; the second one `pablo-cantero-2`.
fn free_name(display: &str, names: &mut BTreeSet<Name>) -> Name {
    let plain: String = display.to_lowercase().chars().map(without_accent).collect();
    let words: Vec<&str> =
        plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut base = words.join("-");
    base.truncate(NAME_MAX);
    let base = if base.is_empty() { "agent".to_owned() } else { base };
    let numbered = (2..).map(|number: usize| format!("{base}-{number}"));
    let mut names_of = std::iter::once(base.clone()).chain(numbered);
    let free = names_of.find_map(|text| text.parse().ok().filter(|name| !names.contains(name)));
    let name: Name = free.expect("a word of ASCII with a number is a name, and few are taken");
    names.insert(name.clone());
    name
}

/// Leaves room for a number within a name's 64 bytes.
const NAME_MAX: usize = 56;

/// Letters as Portuguese and its neighbours write them, without their accents.
fn without_accent(letter: char) -> char {
    const LETTERS: [(&str, char); 7] = [
        ("áàâãäå", 'a'),
        ("éèêë", 'e'),
        ("íìîï", 'i'),
        ("óòôõö", 'o'),
        ("úùûü", 'u'),
        ("ç", 'c'),
        ("ñ", 'n'),
    ];
    let plain = LETTERS.iter().find(|(accented, _)| accented.contains(letter));
    plain.map_or(letter, |(_, plain)| *plain)
}

/// Weeks from the Monday of this week on, beginning with whom the original has on duty today.
fn rota(people: Vec<Name>, zone: &Zone, today: Date) -> Rota {
    let week = today.iso_week_date().week() as usize;
    let first = (week % people.len() + people.len() - 1) % people.len();
    let since_monday = i64::from(today.weekday().since(Weekday::Monday));
    let layer = Layer {
        name: "primary".to_owned(),
        turn: Turn { every: 1, unit: TurnUnit::Week },
        start: days_on(today, -since_monday),
        handoff: Time::MIN,
        order: Order::InTurn,
        crews: vec![Crew { from_turn: 0, people, first: first as u32 }],
        hours: Vec::new(),
    };
    Rota {
        name: "support".parse().expect("a word of ASCII letters is a name"),
        display: "Support".to_owned(),
        zone: zone.clone(),
        layers: vec![layer],
        tell_before_minutes: None,
        tell_off: false,
        text_from: None,
    }
}

fn left_out(document: &Node) -> Vec<String> {
    let Value::Entries(entries) = &document.value else { return Vec::new() };
    let mut said = Vec::new();
    for (key, node) in entries.iter().filter(|(key, _)| key != "agents") {
        let Value::Entries(twilio) = &node.value else {
            said.push(format!("{key}: not a setting of the original"));
            continue;
        };
        for (key_of, _) in twilio {
            let why = match key_of.as_str() {
                "account_sid" | "auth_token" => {
                    "credentials are not taken over: alo has its own, see alo credentials"
                }
                "from_call" | "from_sms" => "add the number with alo numbers buy",
                _ => "not a setting of the original",
            };
            said.push(format!("{key}.{key_of}: {why}"));
        }
    }
    said
}

#[cfg(test)]
mod tests;

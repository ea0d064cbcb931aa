//! People from a spreadsheet (CSV, RFC 4180), with commas or semicolons.

use std::collections::BTreeSet;

use csv::{ReaderBuilder, StringRecord, Trim};
use model::Party;
use model::oncall::{Language, Name, Person, PersonPhone};

use super::{ImportError, MOST_PEOPLE};

/// Largest table, in bytes.
const LARGEST: usize = 1_000_000;
/// Most phones of somebody.
const MOST_PHONES: usize = 20;
const COLUMNS: &str = "name, display, phone, phone2 …, email, language and zone";

/// The people of a table whose first line names its columns: `name` and any of `display`, `phone`, `phone2` and so on,
/// `email`, `language` (`en`, `pt-BR`) and `zone`. Fields may be empty, but for the name.
pub fn csv(text: &str) -> Result<Vec<Person>, ImportError> {
    if text.len() > LARGEST {
        let message = format!("{} bytes: up to {LARGEST} are read", text.len());
        return Err(ImportError::new(1, message));
    }
    let text = text.trim_start_matches('\u{feff}');
    let heading = text.lines().next().unwrap_or_default();
    let delimiter = if heading.contains(';') && !heading.contains(',') { b';' } else { b',' };
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .trim(Trim::All)
        .flexible(true)
        .from_reader(text.as_bytes());
    let headings = reader.headers().map_err(|error| unreadable(&error))?.clone();
    let columns: Result<Vec<Column>, ImportError> = headings.iter().map(column).collect();
    let columns = columns?;
    if !columns.contains(&Column::Name) {
        return Err(ImportError::new(1, format!("no column 'name': the columns are {COLUMNS}")));
    }
    if let Some(twice) = (1..columns.len()).find(|at| columns[..*at].contains(&columns[*at])) {
        return Err(ImportError::new(1, format!("column '{}' is there twice", &headings[twice])));
    }
    let mut people = Vec::new();
    let mut names = BTreeSet::new();
    for record in reader.records() {
        let record = record.map_err(|error| unreadable(&error))?;
        let line = line_of(&record);
        let wrong = |message: String| ImportError::new(line, message);
        if record.iter().all(str::is_empty) {
            continue;
        }
        if record.len() != columns.len() {
            let (has, wanted) = (record.len(), columns.len());
            return Err(wrong(format!("{has} fields where the first line has {wanted} columns")));
        }
        let person = person(&columns, &record).map_err(wrong)?;
        if !names.insert(person.name.clone()) {
            return Err(wrong(format!("'{}' is there twice", person.name)));
        }
        people.push(person);
        if people.len() > MOST_PEOPLE {
            return Err(wrong(format!("more than {MOST_PEOPLE} people")));
        }
    }
    if people.is_empty() {
        return Err(ImportError::new(1, "there is nobody behind the first line"));
    }
    Ok(people)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    Name,
    Display,
    Phone(usize),
    Email,
    Language,
    Zone,
}

fn column(heading: &str) -> Result<Column, ImportError> {
    let heading = heading.to_lowercase();
    match heading.as_str() {
        "name" => Ok(Column::Name),
        "display" => Ok(Column::Display),
        "phone" => Ok(Column::Phone(1)),
        "email" | "e-mail" => Ok(Column::Email),
        "language" => Ok(Column::Language),
        "zone" => Ok(Column::Zone),
        other => {
            let number = other.strip_prefix("phone").and_then(|number| number.parse().ok());
            let phone = number.filter(|number| (1..=MOST_PHONES).contains(number));
            phone.map(Column::Phone).ok_or_else(|| {
                ImportError::new(1, format!("column '{heading}' isn't known, but {COLUMNS}"))
            })
        }
    }
}

fn person(columns: &[Column], record: &StringRecord) -> Result<Person, String> {
    let field = |wanted: Column| {
        let at = columns.iter().position(|column| *column == wanted);
        at.and_then(|at| record.get(at)).filter(|text| !text.is_empty())
    };
    let name = field(Column::Name).ok_or("there is no name")?;
    let name: Name = name.parse().map_err(|error| format!("{error}"))?;
    let mut phones = Vec::new();
    for number in 1..=MOST_PHONES {
        if let Some(text) = field(Column::Phone(number)) {
            let at: Party = text.parse().map_err(|error| format!("{error}"))?;
            phones.push(PersonPhone { at, label: String::new(), rings: true, texts: true });
        }
    }
    let language = match field(Column::Language) {
        Some(text) => language(text).ok_or_else(|| format!("'{text}' is not en or pt-BR"))?,
        None => Language::default(),
    };
    let zone = field(Column::Zone).map(str::parse).transpose();
    Ok(Person {
        name,
        display: field(Column::Display).unwrap_or_default().to_owned(),
        phones,
        email: field(Column::Email).map(email).transpose()?,
        language,
        zone: zone.map_err(|error: model::oncall::InvalidZone| error.to_string())?,
    })
}

fn email(text: &str) -> Result<String, String> {
    let parts = text.split_once('@').filter(|(user, host)| !user.is_empty() && !host.is_empty());
    let plain = !text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>,;".contains(c));
    match parts {
        Some(_) if plain => Ok(text.to_owned()),
        Some(_) | None => Err(format!("'{text}' is not an e-mail address")),
    }
}

fn language(text: &str) -> Option<Language> {
    let known = |language: &Language| {
        let (tag, written) = (language.as_str().to_ascii_lowercase(), text.to_ascii_lowercase());
        tag == written || tag.split('-').next() == written.split(['-', '_']).next()
    };
    Language::ALL.into_iter().find(known)
}

fn unreadable(error: &csv::Error) -> ImportError {
    let line = error.position().map_or(1, |position| position.line() as usize);
    ImportError::new(line, format!("not a table: {error}"))
}

fn line_of(record: &StringRecord) -> usize {
    record.position().map_or(1, |position| position.line() as usize)
}

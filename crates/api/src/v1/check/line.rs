//! Lines: teams and their keys, those they ring, times, prompts, music, numbers.

use model::oncall::{Level, Line, Music, Name, PROMPTS, Prompt, Shown, Team, VoicemailRules};
use model::{Party, PhoneNumber};

use super::person::{is_email, rings};
use super::{audio, display, refused};
use crate::errors::ApiError;

/// Most teams of a line: as many as there are keys, 1 to 9.
const MOST_TEAMS: usize = 9;
/// Most levels of a team.
const MOST_LEVELS: usize = 20;
/// How long a phone may ring, in seconds.
const RING_SECONDS: std::ops::RangeInclusive<u32> = 5..=120;
/// How long a message may be, in seconds.
const MESSAGE_SECONDS: std::ops::RangeInclusive<u32> = 5..=3600;
/// Most entries of a list of callers.
const MOST_CALLERS: usize = 1000;
/// Most windows of opening hours.
const MOST_WINDOWS: usize = 100;
/// Most people who get e-mails besides those on duty.
const MOST_ALSO: usize = 20;
/// Longest prompt, in characters: two minutes of speech.
const LONGEST_PROMPT: usize = 2000;
/// Built-in music.
const MUSIC: [&str; 6] = ["classical", "ambient", "electronica", "guitars", "rock", "soft-rock"];
/// Languages that a prompt can be written for.
const LANGUAGES: [&str; 3] = ["en", "pt-BR", "*"];

/// What there is in the account besides the line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Around {
    /// Rotas.
    pub(crate) rotas: Vec<Name>,
    /// People.
    pub(crate) people: Vec<Name>,
    /// Numbers of the line that are the account's.
    pub(crate) numbers: Vec<PhoneNumber>,
    /// Uploaded audio.
    pub(crate) audio: Vec<Name>,
}

/// 400 with the field that can't be kept.
pub(crate) fn line(line: &Line, around: &Around) -> Result<(), ApiError> {
    display("display", &line.display)?;
    teams(line, around)?;
    within("ring_seconds", line.ring_seconds, &RING_SECONDS)?;
    callers("allow", &line.allow)?;
    callers("block", &line.block)?;
    if let Some(hours) = &line.hours
        && hours.windows.len() > MOST_WINDOWS
    {
        return refused("hours.windows", format!("at most {MOST_WINDOWS} windows are kept"));
    }
    if let Some(rules) = &line.voicemail {
        voicemail(rules)?;
    }
    music(&line.music, around)?;
    prompts(line, around)?;
    target(line)?;
    own("text_from", line.text_from.as_ref(), around)?;
    match &line.shown {
        Shown::Number(number) => own("shown.number", Some(number), around),
        Shown::Line | Shown::Caller => Ok(()),
    }
}

/// 400 unless the line's target can be rung.
pub(crate) fn target(line: &Line) -> Result<(), ApiError> {
    line.target.as_ref().map_or(Ok(()), |target| rings("target", target))
}

fn teams(line: &Line, around: &Around) -> Result<(), ApiError> {
    let count = line.teams.len();
    if !(1..=MOST_TEAMS).contains(&count) {
        return refused("teams", format!("{count} teams: write 1 to {MOST_TEAMS}"));
    }
    for (at, team) in line.teams.iter().enumerate() {
        let field = format!("teams[{at}]");
        keyed(&field, at, line)?;
        display(format_args!("{field}.display"), &team.display)?;
        levels(&field, team, around)?;
    }
    Ok(())
}

fn keyed(field: &str, at: usize, line: &Line) -> Result<(), ApiError> {
    let team = &line.teams[at];
    match team.key {
        None if line.teams.len() == 1 => Ok(()),
        None => refused(
            format_args!("{field}.key"),
            "where there are several teams each needs its key, 1 to 9",
        ),
        Some(key) if !('1'..='9').contains(&key) => {
            refused(format_args!("{field}.key"), format!("'{key}' is no key from 1 to 9"))
        }
        Some(key) if line.teams[..at].iter().any(|earlier| earlier.key == Some(key)) => {
            refused(format_args!("{field}.key"), format!("{key} is another team's, too"))
        }
        Some(_) if team.display.is_empty() && line.teams.len() > 1 => refused(
            format_args!("{field}.display"),
            "callers hear it in the menu: write a word, as billing",
        ),
        Some(_) => Ok(()),
    }
}

fn levels(field: &str, team: &Team, around: &Around) -> Result<(), ApiError> {
    let count = team.levels.len();
    if !(1..=MOST_LEVELS).contains(&count) {
        return refused(
            format_args!("{field}.levels"),
            format!("{count} levels: write 1 to {MOST_LEVELS}"),
        );
    }
    for (at, level) in team.levels.iter().enumerate() {
        let field = format!("{field}.levels[{at}]");
        match level {
            Level::Rota(name) | Level::Next(name) | Level::Everyone(name) => {
                if !around.rotas.contains(name) {
                    return refused(field, format!("there is no rota '{name}'"));
                }
            }
            Level::Person(name) => {
                if !around.people.contains(name) {
                    return refused(field, format!("there is no person '{name}'"));
                }
            }
            Level::Phone(phone) => rings(format_args!("{field}.phone"), phone)?,
        }
    }
    Ok(())
}

fn within(field: &str, value: u32, range: &std::ops::RangeInclusive<u32>) -> Result<(), ApiError> {
    if range.contains(&value) {
        return Ok(());
    }
    refused(field, format!("{value} seconds: write {} to {}", range.start(), range.end()))
}

/// Numbers, or their beginning before a `*`, or `anonymous`.
fn callers(field: &str, patterns: &[String]) -> Result<(), ApiError> {
    if patterns.len() > MOST_CALLERS {
        return refused(field, format!("at most {MOST_CALLERS} entries are kept"));
    }
    let wrong = patterns.iter().position(|pattern| !is_pattern(pattern));
    match wrong {
        None => Ok(()),
        Some(at) => {
            let why = format!("'{}' is none of +551130000100, +5511*, anonymous", patterns[at]);
            refused(format_args!("{field}[{at}]"), why)
        }
    }
}

fn is_pattern(text: &str) -> bool {
    let begins = text.strip_suffix('*').and_then(|begins| begins.strip_prefix('+'));
    match begins {
        Some(digits) => digits.len() <= 15 && digits.bytes().all(|byte| byte.is_ascii_digit()),
        None => match text.parse::<Party>() {
            Ok(Party::Number(_) | Party::Client(_) | Party::Sip(_)) => true,
            Ok(Party::Other(_)) | Err(_) => text == "anonymous",
        },
    }
}

fn voicemail(rules: &VoicemailRules) -> Result<(), ApiError> {
    within("voicemail.max_seconds", rules.max_seconds, &MESSAGE_SECONDS)?;
    if rules.also.len() > MOST_ALSO {
        return refused("voicemail.also", format!("at most {MOST_ALSO} addresses are kept"));
    }
    match rules.also.iter().position(|email| !is_email(email)) {
        None => Ok(()),
        Some(at) => {
            let field = format!("voicemail.also[{at}]");
            refused(field, format!("'{}' is no e-mail address", rules.also[at]))
        }
    }
}

fn music(music: &Music, around: &Around) -> Result<(), ApiError> {
    match music {
        Music::Ringing => Ok(()),
        Music::BuiltIn(name) if MUSIC.contains(&name.as_str()) => Ok(()),
        Music::BuiltIn(name) => refused(
            "music.built_in",
            format!("there is no '{name}': there are {}", MUSIC.join(", ")),
        ),
        Music::Audio(address) => audio("music.audio", address, around),
    }
}

fn prompts(line: &Line, around: &Around) -> Result<(), ApiError> {
    for (name, languages) in &line.prompts {
        if !PROMPTS.contains(&name.as_str()) {
            let why = format!("there is no such prompt: there are {}", PROMPTS.join(", "));
            return refused(format_args!("prompts.{name}"), why);
        }
        for (language, prompt) in languages {
            let field = format!("prompts.{name}.{language}");
            if !LANGUAGES.contains(&language.as_str()) {
                return refused(field, format!("the language is none of {}", LANGUAGES.join(", ")));
            }
            match prompt {
                Prompt::Text(text) if text.chars().count() > LONGEST_PROMPT => {
                    return refused(field, format!("at most {LONGEST_PROMPT} characters are kept"));
                }
                Prompt::Text(_) => {}
                Prompt::Audio(_) if name.starts_with("text_") => {
                    return refused(field, "this is sent as a text: it can't be audio");
                }
                Prompt::Audio(address) => audio(field, address, around)?,
            }
        }
    }
    Ok(())
}

fn own(field: &str, number: Option<&PhoneNumber>, around: &Around) -> Result<(), ApiError> {
    match number {
        Some(number) if !around.numbers.contains(number) => {
            refused(field, format!("{number} is not a number of this account"))
        }
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests;

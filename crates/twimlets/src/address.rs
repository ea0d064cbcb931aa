//! URLs of Twimlets, written and checked: from parameters, and from the short cuts of the command line.

use crate::link::Link;
use crate::{Answer, Ask, Refusal, Rules, Twimlet, answer, catalogue};

/// Where Twimlets live that never leave the machine.
const HOME: &str = "alo://twimlets";

/// Why there is no such URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlError {
    /// Write one of those that there are.
    #[error("there is no Twimlet '{0}': there are {names}", names = names())]
    UnknownTwimlet(String),
    /// Write one of those that it takes.
    #[error("{twimlet} has no parameter '{name}': it has {known}")]
    UnknownParameter {
        /// Which Twimlet.
        twimlet: &'static str,
        /// What was written.
        name: String,
        /// What it takes.
        known: String,
    },
    /// Write it, too.
    #[error("{twimlet} needs {name}")]
    Missing {
        /// Which Twimlet.
        twimlet: &'static str,
        /// What is missing.
        name: &'static str,
    },
    /// A value can't be used: the Twimlet says why.
    #[error("{0}")]
    Refused(String),
}

/// Why a short cut leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ShortcutError {
    /// It has no name of a Twimlet before a colon.
    #[error("'{0}' is no Twimlet: write NAME:WHAT, as forward:+5511987654321; there are {names}", names = names())]
    Unknown(String),
    /// What stands behind the colon isn't what it takes.
    #[error(transparent)]
    Unfit(#[from] UrlError),
}

/// The URL of a Twimlet below `base`, once its parameters are known to be right.
///
/// What [`Rules`] allow isn't asked here: they count when the Twimlet is used.
pub fn url(base: &str, name: &str, parameters: &[(String, String)]) -> Result<String, UrlError> {
    let twimlet = twimlet(name).ok_or_else(|| UrlError::UnknownTwimlet(name.to_owned()))?;
    let written: Vec<&(String, String)> =
        parameters.iter().filter(|(_, value)| !value.trim().is_empty()).collect();
    for (key, _) in &written {
        if !twimlet.parameters.iter().any(|known| known.is(key)) {
            let known: Vec<&str> = twimlet.parameters.iter().map(|known| known.name).collect();
            let (twimlet, known) = (twimlet.name, known.join(", "));
            return Err(UrlError::UnknownParameter { twimlet, name: key.clone(), known });
        }
    }
    let missing = twimlet
        .parameters
        .iter()
        .find(|known| known.required && !written.iter().any(|(key, _)| known.is(key)));
    if let Some(missing) = missing {
        return Err(UrlError::Missing { twimlet: twimlet.name, name: missing.name });
    }
    check(twimlet, parameters)?;
    let link = written
        .into_iter()
        .fold(Link::to(base, twimlet.name), |link, (key, value)| link.with(key, value));
    Ok(link.finish())
}

impl crate::Parameter {
    /// Whether `key` names it, with brackets where there can be several.
    fn is(&self, key: &str) -> bool {
        let (name, rest) =
            key.split_once('[').map_or((key, None), |(name, rest)| (name, Some(rest)));
        let bracketed = rest.is_none_or(|rest| self.repeats && rest.ends_with(']'));
        bracketed && name.eq_ignore_ascii_case(self.name)
    }
}

/// What a short cut stands for: `forward:+5511987654321` is `alo://twimlets/forward?PhoneNumber=%2B5511987654321`.
///
/// `callme:NUMBER`, `findme:NUMBER,NUMBER`, `simulring:NUMBER,NUMBER`, `voicemail:ADDRESS`, `message:WORDS`,
/// `holdmusic:BUCKET`, `echo:TWIML`, and `menu:WORDS|1=forward:NUMBER|2=https://…`, whose options are short cuts or
/// addresses.
pub fn shortcut(text: &str) -> Result<String, ShortcutError> {
    let unknown = || ShortcutError::Unknown(text.to_owned());
    let (name, rest) = text.trim().split_once(':').ok_or_else(unknown)?;
    let twimlet = twimlet(name).ok_or_else(unknown)?;
    let one = |parameter: &str| vec![(parameter.to_owned(), rest.trim().to_owned())];
    let parameters = match twimlet.name {
        "forward" | "callme" => one("PhoneNumber"),
        "findme" | "simulring" => listed("PhoneNumbers", rest),
        "voicemail" => one("Email"),
        "message" | "whisper" => one("Message"),
        "holdmusic" => one("Bucket"),
        "echo" => one("Twiml"),
        "conference" => one("Name"),
        "menu" => menu(rest)?,
        _ => return Err(unknown()),
    };
    Ok(url(HOME, twimlet.name, &parameters)?)
}

fn listed(parameter: &str, rest: &str) -> Vec<(String, String)> {
    let values = rest.split(',').map(str::trim).filter(|value| !value.is_empty());
    values.enumerate().map(|(at, value)| (format!("{parameter}[{at}]"), value.to_owned())).collect()
}

fn menu(rest: &str) -> Result<Vec<(String, String)>, ShortcutError> {
    let mut parameters = Vec::new();
    for part in rest.split('|').map(str::trim).filter(|part| !part.is_empty()) {
        let is_keys = |keys: &str| {
            !keys.is_empty() && keys.chars().all(|key| key.is_ascii_digit() || "*#".contains(key))
        };
        match part.split_once('=').filter(|(keys, _)| is_keys(keys)) {
            Some((keys, to)) => {
                let name = to.split_once(':').map_or("", |(name, _)| name);
                // A menu in a menu has no short cut: nobody could tell whose options are whose.
                let short = twimlet(name).is_some_and(|twimlet| twimlet.name != "menu");
                let to = if short { shortcut(to)? } else { to.to_owned() };
                parameters.push((format!("Options[{keys}]"), to));
            }
            None => parameters.push(("Message".to_owned(), part.to_owned())),
        }
    }
    Ok(parameters)
}

fn twimlet(name: &str) -> Option<&'static Twimlet> {
    catalogue().iter().find(|twimlet| twimlet.name.eq_ignore_ascii_case(name.trim()))
}

fn names() -> String {
    let names: Vec<&str> = catalogue().iter().map(|twimlet| twimlet.name).collect();
    names.join(", ")
}

/// Asks the Twimlet itself, as if everything was allowed.
fn check(twimlet: &Twimlet, query: &[(String, String)]) -> Result<(), UrlError> {
    let rules = Rules::everything();
    let ask = Ask {
        name: twimlet.name,
        query,
        params: &[],
        base: HOME,
        recordings: "",
        rules: &rules,
        chance: 0,
    };
    match answer(&ask).answer {
        Answer::Refused(Refusal { message, .. }) => Err(UrlError::Refused(message)),
        Answer::Twiml(_) | Answer::Xml(_) | Answer::Redirect(_) => Ok(()),
    }
}

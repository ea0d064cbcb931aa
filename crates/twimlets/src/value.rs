//! Values of parameters as types: whom to dial, how long, what is said or played, an e-mail's address.

use std::time::Duration;

use model::Party;
use url::Url;

use crate::Ask;
use crate::given::Given;
use crate::refusal::{FAILED, FORBIDDEN_NUMBER, NO_NUMBER, NO_URL, Refusal, TEXT_TOO_LONG, shown};

/// Longest message, in characters: what a `<Say>` speaks.
const MESSAGE_LIMIT: usize = 4096;

/// Ringing time that can be asked for, in seconds: that of `<Dial timeout>`.
const TIMEOUTS: std::ops::RangeInclusive<u64> = 5..=600;

/// Longest e-mail address (RFC 5321 §4.5.3.1.3 without its brackets).
const ADDRESS_LIMIT: usize = 254;

/// What is heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Prompt {
    /// This, spoken.
    Say(String),
    /// The audio there.
    Play(String),
}

/// Reads a message: one that begins with `http` is played, and so is what is our own (`alo://prompts/NAME`); any other
/// is said. `None` where nothing can be heard of it.
pub(crate) fn prompt(parameter: &str, text: &str) -> Result<Option<Prompt>, Refusal> {
    let length = text.chars().count();
    if length > MESSAGE_LIMIT {
        let message = format!(
            "{parameter} has {length} characters: at most {MESSAGE_LIMIT} are spoken; write several \
             Message[], or play a file"
        );
        return Err(Refusal::too_large(TEXT_TOO_LONG, message));
    }
    let text = spoken(text);
    let begins = |scheme: &str| {
        text.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
    };
    if ["http://", "https://", "alo://"].into_iter().any(begins) {
        return audio(parameter, &text).map(|url| Some(Prompt::Play(url)));
    }
    Ok((!text.is_empty()).then_some(Prompt::Say(text)))
}

/// What a parameter says or plays, where it is there.
pub(crate) fn given_prompt(given: &Given<'_>, parameter: &str) -> Result<Option<Prompt>, Refusal> {
    given.text(parameter).map_or(Ok(None), |text| prompt(parameter, text))
}

/// An address of audio.
pub(crate) fn audio(parameter: &str, text: &str) -> Result<String, Refusal> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https" | "alo") && url.has_host() => {
            Ok(url.into())
        }
        Ok(_) | Err(_) => {
            let text = shown(text);
            let message = format!(
                "{parameter} '{text}' is no address of audio: write https://… or alo://prompts/NAME"
            );
            Err(Refusal::bad(NO_URL, message))
        }
    }
}

/// Words with one space between them, without what XML can't hold (XML 1.0 §2.2).
fn spoken(text: &str) -> String {
    let words: Vec<String> = text
        .split([' ', '\t', '\n', '\r'])
        .map(|word| word.chars().filter(|c| is_printable(*c)).collect::<String>())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ").trim().to_owned()
}

/// Whether it can stand in a document and in an e-mail.
pub(crate) fn is_printable(character: char) -> bool {
    !character.is_control() && !matches!(character, '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Whom to dial, if the rules allow it.
pub(crate) fn dialled(ask: &Ask<'_>, parameter: &str, text: &str) -> Result<Party, Refusal> {
    let party = party(parameter, text)?;
    if ask.rules.may_dial(&party) {
        return Ok(party);
    }
    let message = format!(
        "Twimlets may not dial {party}: add it, or how it begins, to `twimlets.numbers` in alo.toml"
    );
    Err(Refusal::forbidden(FORBIDDEN_NUMBER, message))
}

/// A number, a phone of ours or a SIP address. `Differs:` a number without `+` and country code is refused.
pub(crate) fn party(parameter: &str, text: &str) -> Result<Party, Refusal> {
    let written = plus_restored(text);
    let party = written.parse::<Party>().ok().filter(|_| written.chars().all(is_printable));
    party.ok_or_else(|| {
        let message = format!(
            "{parameter} '{}' can't be dialled: write + (in a URL: %2B) and the country code, as \
             {parameter}=%2B5511987654321, or client:NAME, or sip:USER@HOST",
            shown(text)
        );
        Refusal::bad(NO_NUMBER, message)
    })
}

/// A `+` that wasn't escaped in a URL has become a space.
pub(crate) fn plus_restored(text: &str) -> String {
    let trimmed = text.trim();
    let lost = text.starts_with(' ') && trimmed.starts_with(|c: char| c.is_ascii_digit());
    if lost { format!("+{trimmed}") } else { trimmed.to_owned() }
}

/// Ringing time: what is out of range is moved to its nearer end.
pub(crate) fn timeout(given: &Given<'_>, default: u64) -> Result<Duration, Refusal> {
    let (least, most) = (*TIMEOUTS.start(), *TIMEOUTS.end());
    let Some(text) = given.text("Timeout").map(str::trim) else {
        return Ok(Duration::from_secs(default));
    };
    let (digits, negative) = text.strip_prefix('-').map_or((text, false), |rest| (rest, true));
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        let text = shown(text);
        let message = format!("Timeout '{text}' is no number of seconds: write {least} to {most}");
        return Err(Refusal::bad(FAILED, message));
    }
    let seconds = if negative { least } else { digits.parse().unwrap_or(most) };
    Ok(Duration::from_secs(seconds.clamp(least, most)))
}

/// An e-mail address that the rules allow.
pub(crate) fn address<'a>(
    ask: &Ask<'_>,
    parameter: &str,
    text: &'a str,
) -> Result<&'a str, Refusal> {
    let text = text.trim();
    if !is_address(text) {
        let message = format!(
            "{parameter} '{}' is no e-mail address: write {parameter}=ada@example.com",
            shown(text)
        );
        return Err(Refusal::bad(FAILED, message));
    }
    if ask.rules.may_write_to(text) {
        return Ok(text);
    }
    let domain = text.rsplit_once('@').map_or(text, |(_, domain)| domain);
    let message = format!(
        "Twimlets may not write to {text}: add it, or \"@{domain}\", to `twimlets.addresses` in \
         alo.toml"
    );
    Err(Refusal::forbidden(FAILED, message))
}

/// One mailbox without a name or a comment (RFC 5321 §4.1.2, without quoted local parts).
fn is_address(text: &str) -> bool {
    let stray = |c: char| c.is_whitespace() || c.is_control() || "()<>[]:;,\\\"@".contains(c);
    text.len() <= ADDRESS_LIMIT
        && text.split_once('@').is_some_and(|(local, domain)| {
            let named = |part: &str| !part.is_empty() && !part.contains(stray);
            named(local) && named(domain) && !domain.starts_with('.') && !domain.ends_with('.')
        })
}

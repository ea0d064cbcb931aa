//! `callme`, `findme` and `simulring`: whoever is rung hears first who is calling, and may have to accept it.

use model::Party;
use twiml::Verb;

use crate::document::{dial, document};
use crate::forward::{after, after_dial, returning};
use crate::given::Given;
use crate::link::{Link, target};
use crate::refusal::Refusal;
use crate::value::{dialled, given_prompt, timeout};
use crate::{Answer, Ask};

/// Ringing time in seconds, unless said.
const TIMEOUT: u64 = 20;
/// That of `findme`.
const FIND_TIMEOUT: u64 = 60;
/// Numbers of a list that are rung, the first of them: as many as a `<Dial>` has nouns.
const NUMBERS: usize = 10;

/// Without a key the call is connected, too: somebody wants to be called.
pub(crate) fn callme(ask: &Ask<'_>, given: &Given<'_>) -> Result<Answer, Refusal> {
    if given.is_at("Dial", "true") {
        return after_dial(ask, given);
    }
    let missing = || Refusal::missing("callme", "PhoneNumber", "PhoneNumber=%2B5511987654321");
    let to = dialled(ask, "PhoneNumber", given.text("PhoneNumber").ok_or_else(missing)?)?;
    let (timeout, action) = (timeout(given, TIMEOUT)?, after("callme", ask, given)?);
    let whisper = whisper(ask, given, false)?;
    Ok(document([dial(vec![to], Some(&whisper), action, timeout, None)]))
}

/// One after the other: the rest of the list stands in the action.
pub(crate) fn findme(ask: &Ask<'_>, given: &Given<'_>) -> Result<Answer, Refusal> {
    let dialled_before = given.is_at("Dial", "true");
    if dialled_before && given.was_answered() {
        return Ok(document([Verb::Hangup]));
    }
    let numbers = numbers(ask, given)?;
    let Some((first, rest)) = numbers.split_first() else {
        return nobody("findme", ask, given, dialled_before);
    };
    let seconds = timeout(given, FIND_TIMEOUT)?;
    let mut next = returning("findme", ask, given)?
        .with_some("Message", given.text("Message"))
        .with("Timeout", &seconds.as_secs().to_string());
    for (index, number) in rest.iter().enumerate() {
        next = next.with(&format!("PhoneNumbers[{index}]"), &number.to_string());
    }
    let whisper = whisper(ask, given, true)?;
    Ok(document([dial(vec![first.clone()], Some(&whisper), next.finish(), seconds, None)]))
}

/// All at once; the first who accepts has the caller.
pub(crate) fn simulring(ask: &Ask<'_>, given: &Given<'_>) -> Result<Answer, Refusal> {
    if given.is_at("Dial", "true") {
        return after_dial(ask, given);
    }
    let mut numbers = numbers(ask, given)?;
    if numbers.is_empty() {
        return nobody("simulring", ask, given, false);
    }
    numbers.sort_by_key(Party::to_string);
    let (timeout, action) = (timeout(given, TIMEOUT)?, after("simulring", ask, given)?);
    let whisper = whisper(ask, given, true)?;
    Ok(document([dial(numbers, Some(&whisper), action, timeout, None)]))
}

/// Whom to ring, each once.
fn numbers(ask: &Ask<'_>, given: &Given<'_>) -> Result<Vec<Party>, Refusal> {
    let mut numbers = Vec::new();
    for text in given.list("PhoneNumbers").into_iter().take(NUMBERS) {
        let number = dialled(ask, "PhoneNumbers", text)?;
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    Ok(numbers)
}

/// The list is empty: nobody is left, or nobody was ever named.
fn nobody(
    name: &str,
    ask: &Ask<'_>,
    given: &Given<'_>,
    dialled_before: bool,
) -> Result<Answer, Refusal> {
    match given.text("FailUrl") {
        Some(fail) => target(ask, "FailUrl", fail).map(Answer::Redirect),
        None if dialled_before => Ok(document([Verb::Hangup])),
        None => {
            let example = "PhoneNumbers[0]=%2B5511987654321&PhoneNumbers[1]=%2B14155550123";
            Err(Refusal::missing(name, "PhoneNumbers", example))
        }
    }
}

/// What the called hears first. The message is read here already, so that a bad one is told to the author.
fn whisper(ask: &Ask<'_>, given: &Given<'_>, check: bool) -> Result<String, Refusal> {
    given_prompt(given, "Message")?;
    let link = Link::to(ask.base, "whisper").with_some("Message", given.text("Message"));
    Ok(link.with_some("HumanCheck", check.then_some("1")).finish())
}

//! `forward`: puts callers through to a number, and what follows a dial that a Twimlet made.

use twiml::Verb;

use crate::document::{dial, document, say};
use crate::given::Given;
use crate::link::{Link, target};
use crate::refusal::Refusal;
use crate::value::{dialled, party, plus_restored, timeout};
use crate::{Answer, Ask};

/// Ringing time in seconds, unless said.
const TIMEOUT: u64 = 20;

pub(crate) fn answer(ask: &Ask<'_>, given: &Given<'_>) -> Result<Answer, Refusal> {
    if given.is_at("Dial", "true") {
        return after_dial(ask, given);
    }
    let missing = || Refusal::missing("forward", "PhoneNumber", "PhoneNumber=%2B5511987654321");
    let to = dialled(ask, "PhoneNumber", given.text("PhoneNumber").ok_or_else(missing)?)?;
    let caller_id = given.text("CallerId").map(|text| party("CallerId", text)).transpose()?;
    let (timeout, action) = (timeout(given, TIMEOUT)?, after("forward", ask, given)?);
    let allowed = given.list("AllowedCallers");
    if !allowed.is_empty() && !allowed.iter().any(|number| is_same(number, given.caller())) {
        return Ok(document([say("Sorry, you are calling from a restricted number. Good bye.")]));
    }
    Ok(document([dial(vec![to], None, action, timeout, caller_id.as_ref())]))
}

/// The action of a dial: what to do if nobody was reached stands in it.
pub(crate) fn after(name: &str, ask: &Ask<'_>, given: &Given<'_>) -> Result<String, Refusal> {
    Ok(returning(name, ask, given)?.finish())
}

pub(crate) fn returning(name: &str, ask: &Ask<'_>, given: &Given<'_>) -> Result<Link, Refusal> {
    let fail = given.text("FailUrl").map(|text| target(ask, "FailUrl", text)).transpose()?;
    Ok(Link::to(ask.base, name).with("Dial", "true").with_some("FailUrl", fail.as_deref()))
}

/// Whoever has talked is done; for the others there is FailUrl.
pub(crate) fn after_dial(ask: &Ask<'_>, given: &Given<'_>) -> Result<Answer, Refusal> {
    match given.text("FailUrl") {
        Some(fail) if !given.was_answered() => target(ask, "FailUrl", fail).map(Answer::Redirect),
        Some(_) | None => Ok(document([Verb::Hangup])),
    }
}

/// Whether two texts name the same caller. A number of ten digits is one of North America, as it was when Twimlets were
/// new.
fn is_same(allowed: &str, caller: &str) -> bool {
    let (allowed, caller) = (plain(allowed), plain(caller));
    let digits = |text: &str| text.trim_start_matches('+').to_owned();
    !allowed.is_empty()
        && (allowed.eq_ignore_ascii_case(&caller)
            || digits(&allowed) == digits(&caller)
            || allowed.len() == 10 && digits(&caller) == format!("1{allowed}"))
}

fn plain(text: &str) -> String {
    plus_restored(text).replace([' ', '-', '.', '(', ')'], "")
}

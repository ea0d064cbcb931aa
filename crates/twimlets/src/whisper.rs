//! `whisper`: who is calling, said to the called before they are connected.
//!
//! An empty document connects them. If a human has to accept the call, whoever presses nothing (a carrier's voicemail) is
//! hung up on.

use model::Party;
use twiml::Verb;

use crate::Answer;
use crate::document::{document, gather, post};
use crate::given::Given;
use crate::refusal::Refusal;
use crate::value::{Prompt, given_prompt, is_printable};

pub(crate) fn answer(given: &Given<'_>) -> Result<Answer, Refusal> {
    match given.webhook(&["Digits"]) {
        Some("") => return Ok(document([Verb::Hangup])),
        Some(_) => return Ok(document([])),
        None => {}
    }
    let prompt = given_prompt(given, "Message")?;
    let prompt = prompt.unwrap_or_else(|| Prompt::Say(announcement(given.caller())));
    // `Differs:` the pound key is any key, too.
    let accept = gather(Some(prompt), post(String::new()), 1, true);
    let check = given.text("HumanCheck").is_some_and(|check| !matches!(check, "0" | "false"));
    Ok(document([accept].into_iter().chain(check.then_some(Verb::Hangup))))
}

fn announcement(caller: &str) -> String {
    format!("You are receiving a call from {} Press any key to accept.", spelt(caller))
}

/// A number digit by digit, those of North America without their country's; others by their name.
fn spelt(caller: &str) -> String {
    let name = |name: &str| {
        let name: String = name.chars().filter(|c| is_printable(*c)).collect();
        if name.is_empty() { "an unknown number.".to_owned() } else { format!("{name}.") }
    };
    match caller.parse::<Party>() {
        Ok(Party::Number(number)) => digits(number.digits()),
        Ok(party @ (Party::Client(_) | Party::Sip(_) | Party::Other(_))) => name(party.sip_user()),
        Err(_) if !caller.is_empty() && caller.bytes().all(|b| b.is_ascii_digit()) => {
            digits(caller)
        }
        Err(_) => name(""),
    }
}

fn digits(digits: &str) -> String {
    let national = digits.strip_prefix('1').filter(|rest| rest.len() == 10).unwrap_or(digits);
    national.chars().map(|digit| format!("{digit}.")).collect::<Vec<_>>().join(" ")
}

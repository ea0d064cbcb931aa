//! `message`, which says or plays something, and `echo`, which answers with what stands in its URL.

use crate::Answer;
use crate::document::{Voice, document, heard};
use crate::given::Given;
use crate::refusal::{FAILED, Refusal, TOO_LARGE};
use crate::value::prompt;

/// Most messages.
const MESSAGES: usize = 100;
/// Longest document of `echo`, in bytes: what a webhook may answer with (Twilio's limit).
const DOCUMENT: usize = 64 * 1024;

pub(crate) fn message(given: &Given<'_>) -> Result<Answer, Refusal> {
    let messages = given.list("Message");
    if messages.len() > MESSAGES {
        let message = format!("{} messages are too many: write up to {MESSAGES}", messages.len());
        return Err(Refusal::too_large(FAILED, message));
    }
    let mut verbs = Vec::new();
    for text in messages {
        verbs.extend(prompt("Message", text)?.map(|prompt| heard(prompt, &Voice::default())));
    }
    if verbs.is_empty() {
        return Err(Refusal::missing("message", "Message", "Message=We+are+closed+today."));
    }
    Ok(document(verbs))
}

/// Nobody looks at it here: whoever runs it reads it as any other document, with all its limits.
pub(crate) fn echo(given: &Given<'_>) -> Result<Answer, Refusal> {
    let example = "Twiml=%3CResponse%3E%3CSay%3EHello%3C%2FSay%3E%3C%2FResponse%3E";
    let missing = || Refusal::missing("echo", "Twiml", example);
    let text = given.text("Twiml").ok_or_else(missing)?;
    if text.len() > DOCUMENT {
        let message = format!("Twiml has {} bytes: it can have {DOCUMENT}", text.len());
        return Err(Refusal::too_large(TOO_LARGE, message));
    }
    Ok(Answer::Xml(text.to_owned()))
}

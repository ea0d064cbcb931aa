//! `menu`: asks for keys, and goes on with what they stand for.

use crate::document::{again, document, gather, post, say};
use crate::given::Given;
use crate::link::{Link, target};
use crate::refusal::{FAILED, Refusal, shown};
use crate::value::given_prompt;
use crate::{Answer, Ask};

/// Most options.
const OPTIONS: usize = 100;
/// Most keys of an option.
const KEYS: usize = 20;

/// The link of the `<Gather>` says that keys are the menu's own: those of an earlier menu that led here come, too.
const CHOSEN: (&str, &str) = ("Step", "chosen");

pub(crate) fn answer(ask: &Ask<'_>, given: &Given<'_>) -> Result<Answer, Refusal> {
    let options = options(ask, given)?;
    let message = given_prompt(given, "Message")?;
    let keys = if given.is_at(CHOSEN.0, CHOSEN.1) {
        given.webhook(&["Digits"])
    } else {
        given.keys_in_url()
    };
    let chosen = options.iter().find(|(option, _)| Some(*option) == keys);
    if let Some((_, target)) = chosen {
        return Ok(Answer::Redirect(target.clone()));
    }
    let wrong = keys.is_some().then(|| say("I'm sorry, that wasn't a valid option."));
    let longest = options.iter().map(|(option, _)| option.len()).max().unwrap_or(1);
    let pound = options.iter().any(|(option, _)| option.contains('#'));
    let gather = gather(message, post(own(ask, given, &options)), longest as u32, pound);
    // Without the keys, so that it doesn't say again that they were wrong.
    let document = document(wrong.into_iter().chain([gather, again()]));
    Ok(document)
}

/// This menu, once keys were pressed.
fn own(ask: &Ask<'_>, given: &Given<'_>, options: &[(&str, String)]) -> String {
    let mut link = Link::to(ask.base, "menu")
        .with(CHOSEN.0, CHOSEN.1)
        .with_some("Message", given.text("Message"));
    for (option, target) in options {
        link = link.with(&format!("Options[{option}]"), target);
    }
    link.finish()
}

fn options<'a>(ask: &Ask<'_>, given: &Given<'a>) -> Result<Vec<(&'a str, String)>, Refusal> {
    let written = given.keyed("Options");
    if written.is_empty() {
        let example = "Message=Press+1+for+sales.&Options[1]=https://example.com/sales.mp3";
        return Err(Refusal::missing("menu", "Options", example));
    }
    if written.len() > OPTIONS {
        let message = format!("menu has {} options: there can be {OPTIONS}", written.len());
        return Err(Refusal::too_large(FAILED, message));
    }
    let mut options = Vec::new();
    for (keys, value) in written {
        let is_key = |key: char| matches!(key, '0'..='9' | '*' | '#');
        if keys.is_empty() || keys.len() > KEYS || !keys.chars().all(is_key) {
            let message = format!(
                "Options[{}] is nothing that can be pressed: write 1 to {KEYS} keys, as \
                 Options[1]=https://example.com/sales.mp3",
                shown(keys)
            );
            return Err(Refusal::bad(FAILED, message));
        }
        options.push((keys, target(ask, &format!("Options[{keys}]"), value)?));
    }
    Ok(options)
}

//! `voicemail`: takes a message, which goes out by e-mail.
//!
//! The e-mail is written once the recording is complete, or, where there is an engine for recognition, once there is a
//! transcript. Who calls stands in the links, since what is told about a recording doesn't say it. A recording that
//! nobody spoke on, or that failed, sends nothing.

mod mail;

use std::time::Duration;

use twiml::{KeySet, Record, Verb};

use crate::document::{COMPLETED, Voice, document, heard, post, say};
use crate::given::Given;
use crate::link::Link;
use crate::refusal::{FAILED, Refusal, shown};
use crate::value::{Prompt, address, given_prompt, is_printable};
use crate::{Ask, Reply};

/// What is said, unless told otherwise.
const MESSAGE: &str = "Please leave a message after the beep.";
/// Keys that end a recording: all, unless said.
const KEYS: &str = "1234567890*#";
/// Silence that ends it, unless said.
const SILENCE: Duration = Duration::from_secs(5);
/// Longest recording, unless said.
const LONGEST: Duration = Duration::from_secs(3600);
/// Longest name of a voice, in characters.
const VOICE_LIMIT: usize = 100;

/// The parameter of our links that says where we are.
const STEP: &str = "Step";
/// The caller has spoken.
const RECORDED: &str = "recorded";
/// Something is known about the recording, or its transcript.
const MAIL: &str = "mail";

pub(crate) fn answer(ask: &Ask<'_>, given: &Given<'_>) -> Result<Reply, Refusal> {
    if given.is_at(STEP, RECORDED) {
        return Ok(quiet([say("Thanks.  Good bye."), Verb::Hangup]));
    }
    let missing = || Refusal::missing("voicemail", "Email", "Email=ada@example.com");
    let to = address(ask, "Email", given.text("Email").ok_or_else(missing)?)?;
    if given.is_at(STEP, MAIL) {
        let effects = mail::of(ask, given, to)?.into_iter().collect();
        return Ok(Reply { effects, ..quiet([]) });
    }
    let prompt = given_prompt(given, "Message")?;
    let prompt = prompt.unwrap_or_else(|| Prompt::Say(MESSAGE.to_owned()));
    let prompt = heard(prompt, &voice(given)?);
    Ok(quiet([prompt, Verb::Record(record(ask, given, to))]))
}

/// A document, and nothing besides.
fn quiet(verbs: impl IntoIterator<Item = Verb>) -> Reply {
    Reply { answer: document(verbs), effects: Vec::new() }
}

fn record(ask: &Ask<'_>, given: &Given<'_>, to: &str) -> Record {
    let refused =
        |word: &str| matches!(word.trim(), "0") || word.trim().eq_ignore_ascii_case("false");
    let transcribe = ask.rules.transcribes && !given.text("Transcribe").is_some_and(refused);
    let called = given.webhook(&["To", "Called"]);
    let mail = Link::to(ask.base, "voicemail")
        .with(STEP, MAIL)
        .with("Email", to)
        .with("From", given.caller())
        .with_some("To", called)
        .finish();
    let recorded = Link::to(ask.base, "voicemail").with(STEP, RECORDED).finish();
    Record {
        action: post(recorded),
        timeout: SILENCE,
        finish_on_key: KeySet(KEYS.to_owned()),
        max_length: LONGEST,
        play_beep: true,
        trim: true,
        status_callback: (!transcribe).then(|| post(mail.clone())),
        status_events: COMPLETED,
        transcribe,
        transcribe_callback: transcribe.then_some(mail),
    }
}

fn voice(given: &Given<'_>) -> Result<Voice, Refusal> {
    let language = given.text("Language").map(|text| text.trim().replace('_', "-"));
    if let Some(language) = language.as_deref().filter(|language| !is_language(language)) {
        let language = shown(language);
        let message = format!("Language '{language}' is no language's tag: write pt-BR or en-US");
        return Err(Refusal::bad(FAILED, message));
    }
    let voice = given.text("Voice").map(str::trim);
    if let Some(voice) = voice {
        let named = voice.chars().count() <= VOICE_LIMIT && voice.chars().all(is_printable);
        if !named {
            let message = format!("Voice '{}' is no voice's name: write woman", shown(voice));
            return Err(Refusal::bad(FAILED, message));
        }
    }
    Ok(Voice { voice: voice.map(str::to_owned), language })
}

/// A tag of BCP 47, as `<Say language>` takes it.
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let letters = |part: &str| part.chars().all(|letter| letter.is_ascii_alphabetic());
    parts.next().is_some_and(|part| matches!(part.len(), 2 | 3) && letters(part))
        && parts.all(|part| {
            matches!(part.len(), 1..=8) && part.chars().all(|c| c.is_ascii_alphanumeric())
        })
}

//! Documents out of verbs, with the defaults of TwiML.

use std::time::Duration;

use model::{Method, Party};
use twiml::{
    ClientNoun, Dial, DialEndpoint, DialNoun, DialRecord, Document, Events, Gather, GatherPrompt,
    Hook, NumberNoun, Placed, Play, PlaySource, Position, RecordingEvents, Redirect, Say, SipNoun,
    Verb,
};

use crate::Answer;
use crate::value::Prompt;

/// Longest conversation of a `<Dial>`, unless said.
const TIME_LIMIT: Duration = Duration::from_secs(14_400);
/// Silence that ends a `<Gather>`, unless said.
const SILENCE: Duration = Duration::from_secs(5);

/// How a text is spoken.
#[derive(Clone, Debug, Default)]
pub(crate) struct Voice {
    pub(crate) voice: Option<String>,
    pub(crate) language: Option<String>,
}

/// A document of these verbs.
pub(crate) fn document(verbs: impl IntoIterator<Item = Verb>) -> Answer {
    let verbs = verbs.into_iter().map(placed).collect();
    Answer::Twiml(Document { verbs, warnings: Vec::new() })
}

/// Nobody wrote it, so that it stands nowhere.
fn placed<T>(item: T) -> Placed<T> {
    Placed { position: Position { line: 1, column: 1 }, item }
}

/// POST to `url`.
pub(crate) fn post(url: String) -> Hook {
    Hook { url, method: Method::Post }
}

/// Says a sentence of ours.
pub(crate) fn say(text: &str) -> Verb {
    Verb::Say(spoken(text.to_owned(), &Voice::default()))
}

/// Says or plays.
pub(crate) fn heard(prompt: Prompt, voice: &Voice) -> Verb {
    match prompt {
        Prompt::Say(text) => Verb::Say(spoken(text, voice)),
        Prompt::Play(url) => Verb::Play(played(url)),
    }
}

/// Goes on with the document's own URL.
pub(crate) fn again() -> Verb {
    Verb::Redirect(Redirect { hook: post(String::new()) })
}

/// Waits for so many keys while it says or plays. `#` is a key like the others if `any_key`.
pub(crate) fn gather(prompt: Option<Prompt>, action: Hook, keys: u32, any_key: bool) -> Verb {
    let prompts = prompt.map(|prompt| match prompt {
        Prompt::Say(text) => GatherPrompt::Say(spoken(text, &Voice::default())),
        Prompt::Play(url) => GatherPrompt::Play(played(url)),
    });
    Verb::Gather(Gather {
        finish_on_key: (!any_key).then_some('#'),
        num_digits: Some(keys),
        prompts: prompts.into_iter().map(placed).collect(),
        ..Gather::of_keys(action, SILENCE)
    })
}

/// Dials these at once, each of whom hears `whisper` first.
pub(crate) fn dial(
    parties: Vec<Party>,
    whisper: Option<&str>,
    action: String,
    timeout: Duration,
    caller_id: Option<&Party>,
) -> Verb {
    let nouns = parties.into_iter().map(|party| placed(noun(party, whisper)));
    Verb::Dial(Dial {
        nouns: nouns.collect(),
        action: Some(post(action)),
        timeout,
        time_limit: TIME_LIMIT,
        caller_id: caller_id.map(Party::to_string),
        hangup_on_star: false,
        record: DialRecord::No,
        trim: false,
        recording_callback: None,
        recording_events: COMPLETED,
        answer_on_bridge: false,
        sequential: false,
        ring_tone: None,
        hold: Vec::new(),
    })
}

/// Told only about recordings that are complete.
pub(crate) const COMPLETED: RecordingEvents =
    RecordingEvents { in_progress: false, completed: true, absent: false };

fn noun(party: Party, whisper: Option<&str>) -> DialNoun {
    let endpoint = match party {
        Party::Client(identity) => {
            DialEndpoint::Client(ClientNoun { identity, parameters: Vec::new() })
        }
        Party::Sip(uri) => DialEndpoint::Sip(SipNoun { uri, username: None, password: None }),
        Party::Number(_) | Party::Other(_) => {
            DialEndpoint::Number(NumberNoun { number: party.to_string(), send_digits: None })
        }
    };
    let url = whisper.map(|url| post(url.to_owned()));
    DialNoun { endpoint, url, status_callback: None, status_events: Events::COMPLETED }
}

fn spoken(text: String, voice: &Voice) -> Say {
    let Voice { voice, language } = voice.clone();
    Say { text, ssml: None, voice, language, times: Some(1) }
}

fn played(url: String) -> Play {
    Play { source: PlaySource::Url(url), times: Some(1) }
}

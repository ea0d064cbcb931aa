//! What a line wants of a leg, as TwiML that any application could send.

use std::time::Duration;

use model::oncall::{Language, Line, Shown};
use model::{Method, Party};
use oncall::{Ask, Ring, Step};
use twiml::{
    ClientNoun, Dial, DialEndpoint, DialNoun, DialRecord, Document, Events, Gather, GatherPrompt,
    Hook, KeySet, NumberNoun, Placed, Play, PlaySource, Position, Record, RecordingEvents,
    RejectReason, Say, SipNoun, Verb,
};

/// Longest conversation, 4 hours as `<Dial>` has it.
const LONGEST_TALK: Duration = Duration::from_secs(14_400);
/// Silence that ends a message.
const SILENCE: Duration = Duration::from_secs(5);
/// Keys that end a message.
const END_KEYS: &str = "#";
/// Made here, so that it has no place in a text.
const NOWHERE: Position = Position { line: 1, column: 1 };

/// Nothing: what the leg does goes on, or is over.
pub(super) fn empty() -> String {
    twiml::to_xml(&Document::default())
}

/// `called` is the number of the line; with `transcribes` messages are written down.
pub(super) fn write(line: &Line, called: &Party, steps: &[Step], transcribes: bool) -> String {
    let scribe = Scribe { home: format!("alo://roulette/{}", line.name), called, transcribes };
    let verbs = steps.iter().filter_map(|step| scribe.verb(step)).map(placed).collect();
    twiml::to_xml(&Document { verbs, warnings: Vec::new() })
}

fn placed<T>(item: T) -> Placed<T> {
    Placed { position: NOWHERE, item }
}

struct Scribe<'a> {
    home: String,
    called: &'a Party,
    transcribes: bool,
}

impl Scribe<'_> {
    fn hook(&self, path: &str) -> Hook {
        Hook { url: format!("{}/{path}", self.home), method: Method::Post }
    }

    /// `None` for a bridge: the document simply ends.
    fn verb(&self, step: &Step) -> Option<Verb> {
        Some(match step {
            Step::Say { text, language } => Verb::Say(say(text, *language)),
            Step::Play(url) => Verb::Play(play(url, Some(1))),
            Step::Menu { prompts, keys: _, seconds, ask } => {
                Verb::Gather(self.menu(prompts, *seconds, *ask))
            }
            Step::Dial { rings, seconds, shown, hold } => {
                Verb::Dial(self.dial(rings, *seconds, shown, hold))
            }
            Step::Record { max_seconds } => Verb::Record(self.record(*max_seconds)),
            Step::Reject => Verb::Reject(RejectReason::Rejected),
            Step::Hangup => Verb::Hangup,
            Step::Bridge => return None,
        })
    }

    fn menu(&self, prompts: &[Step], seconds: u32, ask: Ask) -> Gather {
        let path = match ask {
            Ask::Key => "key".to_owned(),
            Ask::Command => "command".to_owned(),
            Ask::CalledKey { attempt } => format!("called/{attempt}/key"),
        };
        let timeout = Duration::from_secs(u64::from(seconds));
        Gather {
            finish_on_key: None,
            num_digits: Some(1),
            action_on_empty_result: true,
            prompts: prompts.iter().filter_map(|step| sound(step, Some(1))).map(placed).collect(),
            ..Gather::of_keys(self.hook(&path), timeout)
        }
    }

    fn dial(&self, rings: &[Ring], seconds: u32, shown: &Shown, hold: &[Step]) -> Dial {
        let caller_id = match shown {
            Shown::Caller => None,
            Shown::Line => Some(self.called.to_string()),
            Shown::Number(number) => Some(number.to_string()),
        };
        let last = hold.len().saturating_sub(1);
        let hold = hold.iter().enumerate().filter_map(|(index, step)| {
            // The last is the music, which plays until somebody takes the call.
            sound(step, if index == last { None } else { Some(1) })
        });
        Dial {
            nouns: rings.iter().map(|ring| placed(self.noun(ring))).collect(),
            action: Some(self.hook("dialed")),
            timeout: Duration::from_secs(u64::from(seconds)),
            time_limit: LONGEST_TALK,
            caller_id,
            hangup_on_star: true,
            record: DialRecord::No,
            trim: false,
            recording_callback: None,
            recording_events: RecordingEvents {
                in_progress: false,
                completed: true,
                absent: false,
            },
            answer_on_bridge: false,
            sequential: false,
            ring_tone: None,
            hold: hold.map(placed).collect(),
        }
    }

    fn noun(&self, ring: &Ring) -> DialNoun {
        let endpoint = match &ring.phone {
            Party::Client(name) => {
                DialEndpoint::Client(ClientNoun { identity: name.clone(), parameters: Vec::new() })
            }
            Party::Sip(uri) => {
                DialEndpoint::Sip(SipNoun { uri: uri.clone(), username: None, password: None })
            }
            Party::Number(_) | Party::Other(_) => DialEndpoint::Number(NumberNoun {
                number: ring.phone.to_string(),
                send_digits: None,
            }),
        };
        DialNoun {
            endpoint,
            url: Some(self.hook(&format!("called/{}", ring.attempt))),
            status_callback: Some(self.hook(&format!("attempt/{}", ring.attempt))),
            status_events: Events::COMPLETED,
        }
    }

    fn record(&self, max_seconds: u32) -> Record {
        Record {
            action: self.hook("recorded"),
            timeout: SILENCE,
            finish_on_key: KeySet(END_KEYS.to_owned()),
            max_length: Duration::from_secs(u64::from(max_seconds)),
            play_beep: true,
            trim: true,
            status_callback: Some(self.hook("message")),
            status_events: RecordingEvents { in_progress: false, completed: true, absent: true },
            transcribe: self.transcribes,
            transcribe_callback: self.transcribes.then(|| self.hook("transcript").url),
        }
    }
}

/// What can be heard of a step; `times` of audio.
fn sound(step: &Step, times: Option<u32>) -> Option<GatherPrompt> {
    match step {
        Step::Say { text, language } => Some(GatherPrompt::Say(say(text, *language))),
        Step::Play(url) => Some(GatherPrompt::Play(play(url, times))),
        Step::Menu { .. }
        | Step::Dial { .. }
        | Step::Record { .. }
        | Step::Reject
        | Step::Hangup
        | Step::Bridge => None,
    }
}

fn say(text: &str, language: Language) -> Say {
    Say {
        text: text.to_owned(),
        ssml: None,
        voice: None,
        language: Some(language.spoken().to_owned()),
        times: Some(1),
    }
}

fn play(url: &str, times: Option<u32>) -> Play {
    Play { source: PlaySource::Url(url.to_owned()), times }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> Line {
        serde_json::from_str(r#"{"name":"support","teams":[{"levels":[]}]}"#).expect("a line")
    }

    #[test]
    fn what_a_line_sends_any_application_could_send() {
        let say = || Step::Say { text: "One & two".to_owned(), language: Language::Portuguese };
        let rings = ["+5511987654321", "client:ada", "sip:ben@office.example"];
        let rings = (1..)
            .zip(rings)
            .map(|(attempt, phone)| Ring { attempt, phone: phone.parse().expect("a phone") });
        let menu = |ask| Step::Menu { prompts: vec![say()], keys: vec!['1'], seconds: 5, ask };
        let steps = [
            say(),
            menu(Ask::Key),
            menu(Ask::CalledKey { attempt: 2 }),
            Step::Dial {
                rings: rings.collect(),
                seconds: 20,
                shown: Shown::Line,
                hold: vec![say(), Step::Play("alo://music/ambient/1".to_owned())],
            },
            Step::Record { max_seconds: 180 },
            Step::Hangup,
        ];
        let called: Party = "+551130000000".parse().expect("a number");
        let xml = write(&line(), &called, &steps, false);
        let read = twiml::parse(&xml).expect("it is TwiML");
        assert_eq!(read.warnings, Vec::new(), "{xml}");
        assert_eq!(read.verbs.len(), steps.len(), "{xml}");
        for part in [
            "One &amp; two",
            "callerId=\"+551130000000\"",
            "alo://roulette/support/called/3",
            "alo://roulette/support/attempt/1",
            "alo://roulette/support/called/2/key",
            "alo://roulette/support/message",
        ] {
            assert!(xml.contains(part), "{part} in {xml}");
        }
        assert!(!xml.contains("transcribe"), "nothing would write it down: {xml}");
        let written_down = write(&line(), &called, &[Step::Record { max_seconds: 180 }], true);
        assert!(written_down.contains("alo://roulette/support/transcript"), "{written_down}");
    }

    #[test]
    fn the_end_of_a_called_document_connects() {
        let called: Party = "+551130000000".parse().expect("a number");
        assert_eq!(write(&line(), &called, &[Step::Bridge], false), empty());
    }
}

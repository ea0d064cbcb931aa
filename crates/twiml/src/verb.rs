//! The voice verbs, typed. Defaults are Twilio's, each from the verb's page under
//! <https://www.twilio.com/docs/voice/twiml>.

use std::time::Duration;

use model::Method;

use crate::document::Placed;

/// One verb of a voice document.
#[derive(Clone, Debug, PartialEq)]
pub enum Verb {
    /// Speaks a text.
    Say(Say),
    /// Plays audio or sends digits.
    Play(Play),
    /// Waits.
    Pause(Duration),
    /// Collects digits.
    Gather(Gather),
    /// Records the caller.
    Record(Record),
    /// Connects the call to others.
    Dial(Dial),
    /// Goes on with another document.
    Redirect(Redirect),
    /// Refuses the call without answering it, where it is the first verb.
    Reject(RejectReason),
    /// Ends the call.
    Hangup,
    /// Leaves the current queue; without one, goes on.
    Leave,
    /// Sends a text while the call goes on.
    Sms(SmsVerb),
}

/// A URL (possibly relative, possibly empty) with its method. Empty means the document's own URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// As written, white space trimmed. Resolved against the document's URL when used.
    pub url: String,
    /// `POST` unless said.
    pub method: Method,
}

/// `<Say>`.
#[derive(Clone, Debug, PartialEq)]
pub struct Say {
    /// The text; SSML elements are kept as XML inside [`Say::ssml`].
    pub text: String,
    /// The inner XML, where the text has SSML elements.
    pub ssml: Option<String>,
    /// As written (`woman`, `Polly.Vitoria`); `None`: the account's default.
    pub voice: Option<String>,
    /// BCP 47 tag; `None`: `en-US`.
    pub language: Option<String>,
    /// How often; `None` is endless (`loop="0"`, at most [`LOOP_LIMIT`] times).
    pub times: Option<u32>,
}

/// What `loop="0"` comes to: 1,000 times (Twilio's limit for `<Say>` and `<Play>`).
pub const LOOP_LIMIT: u32 = 1000;

/// `<Play>`.
#[derive(Clone, Debug, PartialEq)]
pub struct Play {
    /// What is played.
    pub source: PlaySource,
    /// How often; `None` is endless.
    pub times: Option<u32>,
}

/// What `<Play>` plays.
#[derive(Clone, Debug, PartialEq)]
pub enum PlaySource {
    /// Audio at a URL, as written.
    Url(String),
    /// Keys, with `w` for half a second and `W` for a second of silence.
    Digits(String),
}

/// `<Gather>`.
#[derive(Clone, Debug, PartialEq)]
pub struct Gather {
    /// Keys are listened for.
    pub dtmf: bool,
    /// Speech is listened for (needs an engine for recognition).
    pub speech: bool,
    /// Where the digits go; an empty URL is the document's own.
    pub action: Hook,
    /// Silence after the prompts or the last digit, 5 s unless said; `auto` is 5 s too.
    pub timeout: Duration,
    /// The key that ends the input, `#` unless said; `None`: no key does.
    pub finish_on_key: Option<char>,
    /// Ends the input when so many came.
    pub num_digits: Option<u32>,
    /// Whether the action is asked even if nothing came.
    pub action_on_empty_result: bool,
    /// The pause that ends what is said; as long as [`Gather::timeout`] unless said, at least 1 s.
    pub speech_timeout: SpeechTimeout,
    /// Longest that somebody is listened to in one go, 60 s unless said, 1 to 60.
    pub max_speech: Duration,
    /// Words and phrases that are likely, at most [`HINT_LIMIT`] of [`HINT_LENGTH`] characters.
    pub hints: Vec<String>,
    /// BCP 47 tag of what is spoken, `en-US` unless said.
    pub language: String,
    /// Told while somebody speaks.
    pub partial: Option<Hook>,
    /// Whether somebody who speaks stops the prompts (the default); otherwise nobody listens until they are over.
    pub barge_in: bool,
    /// Whether swear words are masked (the default), where the engine can.
    pub profanity_filter: bool,
    /// `speechModel` as written, for the engine.
    pub model: Option<String>,
    /// Played until a key is pressed or, with [`Gather::barge_in`], somebody speaks.
    pub prompts: Vec<Placed<GatherPrompt>>,
}

impl Gather {
    /// Longest that somebody is listened to in one go, unless said (Twilio's limit, too).
    pub const LONGEST_SPEECH: Duration = Duration::from_secs(60);
    /// What is spoken, unless said.
    pub const LANGUAGE: &str = "en-US";

    /// Keys alone: with Twilio's defaults for all that concerns speech.
    pub fn of_keys(action: Hook, timeout: Duration) -> Gather {
        Gather {
            dtmf: true,
            speech: false,
            action,
            timeout,
            finish_on_key: Some('#'),
            num_digits: None,
            action_on_empty_result: false,
            speech_timeout: SpeechTimeout::like(timeout),
            max_speech: Gather::LONGEST_SPEECH,
            hints: Vec::new(),
            language: Gather::LANGUAGE.to_owned(),
            partial: None,
            barge_in: true,
            profanity_filter: true,
            model: None,
            prompts: Vec::new(),
        }
    }
}

/// The pause that ends what is said (`speechTimeout`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpeechTimeout {
    /// A natural one, as the engine judges.
    Auto,
    /// This long, 1 s at least.
    After(Duration),
}

impl SpeechTimeout {
    /// What holds where the author says nothing: the gather's timeout, 1 s at least.
    pub(crate) fn like(timeout: Duration) -> SpeechTimeout {
        SpeechTimeout::After(timeout.max(Duration::from_secs(1)))
    }
}

/// Most hints of a `<Gather>`: <https://www.twilio.com/docs/voice/twiml/gather#hints>.
pub const HINT_LIMIT: usize = 500;

/// Longest hint, in characters; from the same page.
pub const HINT_LENGTH: usize = 100;

/// What may stand in a `<Gather>`, and in a `<Dial>` beside its nouns.
#[derive(Clone, Debug, PartialEq)]
pub enum GatherPrompt {
    /// Speaks.
    Say(Say),
    /// Plays.
    Play(Play),
    /// Waits.
    Pause(Duration),
}

/// Keys out of `0-9*#`.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct KeySet(pub String);

impl KeySet {
    /// Whether `key` is one of them.
    pub fn contains(&self, key: char) -> bool {
        self.0.contains(key)
    }
}

/// `<Record>`.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Asked afterwards; an empty URL is the document's own.
    pub action: Hook,
    /// Silence that ends it, 5 s unless said.
    pub timeout: Duration,
    /// Keys that end it, all unless said.
    pub finish_on_key: KeySet,
    /// Longest recording, 3,600 s unless said.
    pub max_length: Duration,
    /// A beep before, unless said otherwise.
    pub play_beep: bool,
    /// Silence at both ends is cut (`trim-silence`, the default).
    pub trim: bool,
    /// Told about the recording.
    pub status_callback: Option<Hook>,
    /// About what.
    pub status_events: RecordingEvents,
    /// A transcript is asked for (needs an engine for recognition); so it is unless said where it goes to.
    pub transcribe: bool,
    /// Where it goes.
    pub transcribe_callback: Option<String>,
}

/// What a recording's status callback is told about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordingEvents {
    /// It began.
    pub in_progress: bool,
    /// It is complete (the default).
    pub completed: bool,
    /// Nothing was recorded.
    pub absent: bool,
}

/// What of a `<Dial>` is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum DialRecord {
    /// Nothing.
    #[default]
    No,
    /// From the answer, both mixed.
    FromAnswer,
    /// From the answer, one channel each.
    FromAnswerDual,
    /// From the first ring, both mixed.
    FromRinging,
    /// From the first ring, one channel each.
    FromRingingDual,
}

/// `<Dial>`.
#[derive(Clone, Debug, PartialEq)]
pub struct Dial {
    /// Whom, in order.
    pub nouns: Vec<Placed<DialNoun>>,
    /// Asked afterwards; `None`: the next verb follows.
    pub action: Option<Hook>,
    /// Ringing time, 30 s unless said, 5 to 600.
    pub timeout: Duration,
    /// Longest conversation, 14,400 s unless said.
    pub time_limit: Duration,
    /// Shown to the called; `None`: the caller's own number.
    pub caller_id: Option<String>,
    /// The caller leaves the conversation with `*`.
    pub hangup_on_star: bool,
    /// What is recorded.
    pub record: DialRecord,
    /// Silence at both ends is cut.
    pub trim: bool,
    /// Told about the recording.
    pub recording_callback: Option<Hook>,
    /// About what.
    pub recording_events: RecordingEvents,
    /// The caller's call is answered only when the called answers.
    pub answer_on_bridge: bool,
    /// One after the other instead of all at once.
    pub sequential: bool,
    /// Country whose ring-back the caller hears (`us`, `br`, …).
    pub ring_tone: Option<String>,
    /// What the caller hears while it rings, instead of the ring-back; empty: the ring-back.
    ///
    /// In order, and then over again from the first `<Play>`; where there is none, the ring-back follows the last.
    /// `Differs:` Twilio knows no such thing.
    pub hold: Vec<Placed<GatherPrompt>>,
}

/// Whom to dial, with what is common to all kinds.
#[derive(Clone, Debug, PartialEq)]
pub struct DialNoun {
    /// Whom.
    pub endpoint: DialEndpoint,
    /// Runs on the called leg before it is bridged (whisper, screening).
    pub url: Option<Hook>,
    /// Told about the leg.
    pub status_callback: Option<Hook>,
    /// About what.
    pub status_events: Events,
}

/// The kinds of called.
#[derive(Clone, Debug, PartialEq)]
pub enum DialEndpoint {
    /// `<Number>`, or the text of `<Dial>`.
    Number(NumberNoun),
    /// `<Client>`.
    Client(ClientNoun),
    /// `<Sip>`.
    Sip(SipNoun),
}

/// `<Number>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberNoun {
    /// As written, white space trimmed.
    pub number: String,
    /// Keys sent once it answered, before it is bridged.
    pub send_digits: Option<String>,
}

/// `<Client>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientNoun {
    /// Name of a phone that registers here.
    pub identity: String,
    /// `<Parameter>`s for the called (sent as `X-` headers).
    pub parameters: Vec<(String, String)>,
}

/// `<Sip>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SipNoun {
    /// `sip:user@host;…?X-Header=value`, as written.
    pub uri: String,
    /// For a challenge.
    pub username: Option<String>,
    /// For a challenge.
    pub password: Option<model::Secret>,
}

/// Which events of a call a status callback is told about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Events {
    /// The INVITE is out.
    pub initiated: bool,
    /// It rings.
    pub ringing: bool,
    /// It was answered.
    pub answered: bool,
    /// It ended (the default).
    pub completed: bool,
}

impl Events {
    /// Only the end, the default everywhere.
    pub const COMPLETED: Events =
        Events { initiated: false, ringing: false, answered: false, completed: true };

    /// Reads a space- or comma-separated list; unknown words are returned.
    pub fn read<'a>(words: impl IntoIterator<Item = &'a str>) -> (Events, Vec<String>) {
        let mut events =
            Events { initiated: false, ringing: false, answered: false, completed: false };
        let mut unknown = Vec::new();
        for word in words.into_iter().flat_map(|text| text.split([' ', ','])) {
            match word {
                "" => {}
                "initiated" => events.initiated = true,
                "ringing" => events.ringing = true,
                "answered" => events.answered = true,
                "completed" => events.completed = true,
                other => unknown.push(other.to_owned()),
            }
        }
        (events, unknown)
    }
}

/// `<Redirect>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// Where to go on; empty is the document's own URL.
    pub hook: Hook,
}

/// `<Reject reason>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum RejectReason {
    /// A "not in service" answer (SIP 603), the default.
    #[default]
    Rejected,
    /// Busy (SIP 486).
    Busy,
}

/// `<Sms>` in a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmsVerb {
    /// The text, white space trimmed at its ends, 1 to [`crate::BODY_LIMIT`] characters.
    pub body: String,
    /// As written; `None`: the other party of the call.
    pub to: Option<String>,
    /// As written; `None`: our number in the call.
    pub from: Option<String>,
    /// Asked for the next document once the text was taken; `None`: the next verb follows.
    pub action: Option<Hook>,
    /// Told what becomes of the text.
    pub status_callback: Option<Hook>,
}

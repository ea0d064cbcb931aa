//! What goes into a [`Session`](crate::Session) and what comes out.

use std::time::Duration;

use model::{Alert, CallRecord, MessageStatus, Method, Moment, Party, RecordingRecord, Sid};
use twiml::Hook;

use crate::report::Watch;
use crate::target::Target;

/// A leg within its session, counted from 0 (the one that began it).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LegId(pub u32);

/// A request for a document, within its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FetchId(pub u32);

/// A sound on a leg, within its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SoundId(pub u64);

/// A text sent by `<Sms>`, within its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TextId(pub u64);

/// A listening to a leg, within its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ListenId(pub u64);

/// Who is told, how, and with what parameters.
pub type Telling = (String, Method, Vec<(String, String)>);

/// What happened.
#[derive(Clone, Debug)]
pub enum Input {
    /// On a leg. Inputs for a leg that has ended are ignored.
    Leg(LegId, LegInput),
    /// A request came to its end. One that is no longer awaited is ignored.
    Fetched(FetchId, Result<Fetched, FetchFailure>),
    /// A text was taken, and stands there; or it wasn't. Exactly once for every [`Output::Text`].
    Texted {
        /// Which.
        id: TextId,
        /// `SM…` and its status, or why it wasn't taken.
        result: Result<(Sid, MessageStatus), TextFailure>,
    },
    /// Somebody changes a live leg over the API.
    Modify(LegId, Modification),
    /// The moment of an earlier [`Output::Idle`] has come.
    Tick,
}

/// What happened on a leg.
#[derive(Clone, Debug)]
pub enum LegInput {
    /// The far side rings; with audio already, where `early_media`.
    Ringing {
        /// The far side sends audio before the answer (183 with SDP).
        early_media: bool,
    },
    /// The far side answered our call, with these SIP details for webhooks (`SipCallId`, `SipHeader_X-…`); or it got our
    /// answer.
    Answered(Vec<(String, String)>),
    /// The leg is over; exactly once for every leg.
    Ended(Ending),
    /// A key.
    Digit(char),
    /// A sound came to its end.
    SoundEnded(SoundId),
    /// A sound could not be played, and something stands in for it; its end follows.
    SoundFailed {
        /// Which.
        sound: SoundId,
        /// Twilio's code.
        code: u32,
        /// Why, and what to do.
        message: String,
    },
    /// Somebody began to speak. Of a listening that has been stopped it is ignored.
    SpeechBegan(ListenId),
    /// What was said. Of a listening that has been stopped it is ignored.
    Heard(ListenId, twiml::Heard),
    /// A recording is complete on disk.
    RecordingEnded {
        /// `RE…`.
        recording: Sid,
        /// Its length.
        length: Duration,
        /// Whether anything was heard.
        heard: bool,
        /// Why it failed, where it did.
        failure: Option<String>,
    },
}

/// How a leg ended.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Ending {
    /// Final SIP status of the INVITE other than 2xx.
    pub sip_status: Option<u16>,
    /// For people.
    pub reason: Option<String>,
    /// Twilio's code and a message, where the owner can mend what kept the call from being placed.
    pub alert: Option<(u32, String)>,
}

/// A document, or what came in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Where it came from in the end, after redirects.
    pub url: String,
    /// `Content-Type`, where there was one.
    pub content_type: Option<String>,
    /// At most 64 kB; larger ones are a failure (11750).
    pub body: Vec<u8>,
}

/// Why nothing came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchFailure {
    /// Twilio's code: 11200, 11205, 11210, 11215, 11750 …
    pub code: u32,
    /// What happened, and what to do.
    pub message: String,
}

/// Why a text wasn't taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFailure {
    /// Twilio's code: 14101 `to`, 14102 `from`, 14103 body, 21610 opted out …
    pub code: u32,
    /// What happened, and what to do.
    pub message: String,
}

/// A change of a live leg.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Modification {
    /// Go on with the document at this URL.
    Redirect {
        /// Absolute.
        url: String,
        /// How it is asked for.
        method: Method,
        /// Asked when that fails; `None` leaves the leg's own.
        fallback: Option<(String, Method)>,
    },
    /// Go on with this document.
    Twiml(String),
    /// End it (`Status=completed`).
    Complete,
    /// End it if it hasn't been answered (`Status=canceled`).
    Cancel,
}

/// What the session asks of the world.
#[derive(Clone, Debug)]
pub enum Output {
    /// Ring somebody; [`LegInput::Ringing`], `Answered` and `Ended` follow.
    Place(Box<Placement>),
    /// Let the caller hear that it rings (180).
    Ring(LegId),
    /// Pick up.
    Answer(LegId),
    /// Refuse a call that wasn't picked up; `Ended` follows.
    Reject(LegId, Refusal),
    /// End a leg, whatever it does; `Ended` follows.
    Hangup(LegId),
    /// Play on a leg, in place of what plays there.
    Play {
        /// Where.
        leg: LegId,
        /// To be named when it ends.
        sound: SoundId,
        /// What.
        what: Sound,
        /// How often; `None`: until stopped.
        times: Option<u32>,
    },
    /// Stop what plays.
    Stop(LegId),
    /// Listen to what is said on a leg, until stopped; [`LegInput::SpeechBegan`] and [`LegInput::Heard`] follow as often as
    /// somebody speaks. At most one at a time on a leg.
    Listen {
        /// Where.
        leg: LegId,
        /// To be named with what is heard.
        id: ListenId,
        /// How.
        listen: twiml::Listen,
    },
    /// Listen no more.
    StopListening(LegId),
    /// Record; [`LegInput::RecordingEnded`] follows once.
    Record(LegId, RecordingOrder),
    /// End a recording.
    StopRecording(LegId, Sid),
    /// Connect two legs' audio.
    Bridge(LegId, LegId),
    /// Part them again.
    Unbridge(LegId, LegId),
    /// Ask an application; [`Input::Fetched`] follows.
    Fetch(Box<Request>),
    /// Send a text; [`Input::Texted`] follows, also when the leg has ended by then.
    Text {
        /// The leg that its document runs on.
        leg: LegId,
        /// To be named when it was taken.
        id: TextId,
        /// As written in the document, or our number in the call.
        from: String,
        /// As written in the document, or the other party of the call.
        to: String,
        /// 1 to 1,600 characters.
        body: String,
        /// Told what becomes of it; absolute.
        callback: Option<Hook>,
    },
    /// A leg's record changed: keep it, and tell who wants to know.
    Report(Box<Report>),
    /// A recording's record changed: keep it, and tell who wants to know.
    SaveRecording {
        /// As it is now.
        record: Box<RecordingRecord>,
        /// Who is told, with what: URL, method, parameters.
        callback: Option<Telling>,
    },
    /// Write down what a recording says, and tell who wants to know; after its [`Output::SaveRecording`].
    Transcribe(Box<Transcribe>),
    /// Tell an application what it asked to be told; its answer is ignored.
    Tell(Telling),
    /// These will probably be said soon, in this order: have them spoken ahead. At most [`PREPARE_LIMIT`].
    ///
    /// [`PREPARE_LIMIT`]: crate::PREPARE_LIMIT
    Prepare(Vec<twiml::Say>),
    /// Nothing was recorded: forget the record and the file.
    DropRecording(Sid),
    /// Something that the application's owner can mend.
    Alert(Box<Alert>),
    /// Every leg has ended, every recording, request and text too: the session may be dropped.
    Over,
    /// Nothing to do before this moment, or before the next input if `None`.
    Idle(Option<Moment>),
}

/// A call to be placed.
#[derive(Clone, Debug)]
pub struct Placement {
    /// The new leg.
    pub leg: LegId,
    /// `CA…` of the new leg.
    pub sid: Sid,
    /// Whom.
    pub target: Target,
    /// Shown to the called.
    pub caller_id: Party,
    /// Shown beside it.
    pub caller_name: Option<String>,
}

/// Why a call is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// 486.
    Busy,
    /// 603.
    Declined,
    /// 480: nothing is configured that could answer.
    Unavailable,
}

/// A sound to be played.
#[derive(Clone, Debug, PartialEq)]
pub enum Sound {
    /// Speech.
    Say(twiml::Say),
    /// Audio at this address.
    Url(String),
    /// Keys; `w` waits half a second, `W` a second.
    Digits(String),
    /// The tone before a recording.
    Beep,
    /// What a caller hears while it rings, as in this country (`us`, `br`, …).
    RingBack(Option<String>),
}

/// What to record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingOrder {
    /// `RE…`.
    pub recording: Sid,
    /// Both directions, or only what the leg says.
    pub both: bool,
    /// One channel for each direction.
    pub dual: bool,
    /// Silence at both ends is cut.
    pub trim: bool,
    /// Silence that ends it.
    pub silence: Option<Duration>,
    /// Longest length.
    pub max_length: Duration,
}

/// A transcript that a `<Record>` asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transcribe {
    /// `RE…`.
    pub recording: Sid,
    /// `CA…` of the leg that was recorded.
    pub call: Sid,
    /// Whose it is.
    pub account: Sid,
    /// Its length.
    pub length: Duration,
    /// Told when it is done or has failed; absolute.
    pub callback: Option<(String, Method)>,
    /// What the callback carries besides the transcript: the leg's usual parameters, `RecordingSid`, `RecordingUrl`.
    pub params: Vec<(String, String)>,
}

/// A request to an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// To be named when it ends.
    pub id: FetchId,
    /// `CA…` of the leg, for cookies and logs.
    pub call: Sid,
    /// Whose token signs it.
    pub account: Sid,
    /// Absolute, possibly with time limits in its fragment.
    pub url: String,
    /// How.
    pub method: Method,
    /// All of them, in order.
    pub params: Vec<(String, String)>,
}

/// A leg's record, changed.
#[derive(Clone, Debug)]
pub struct Report {
    /// As it is now.
    pub record: CallRecord,
    /// Who follows the call; kept so that the end can be told even after a crash.
    pub watch: Option<Watch>,
    /// Who is told now, with what: URL, method, parameters.
    pub callback: Option<Telling>,
}

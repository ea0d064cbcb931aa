//! The scenario language of this crate's tests: what happens to a session, and what it did about it.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::time::Duration;

use model::{
    CallRecord, CallStatus, Direction, Hangup, MessageStatus, Method, Moment, Party,
    RecordingRecord, Sid, SidKind,
};
use twiml::{Events, RecordingEvents};

use crate::io::{
    Ending, FetchFailure, FetchId, Fetched, Input, LegId, LegInput, ListenId, Modification, Output,
    RecordingOrder, Report, SoundId, Telling, TextFailure, TextId,
};
use crate::report::Watch;
use crate::session::{Inbound, Outbound, RecordCall, Session, Settings, SidSource, Start};
use crate::target::Target;

/// SIDs counted up, so that transcripts are the same every time.
#[derive(Default)]
struct Counted(u128);

impl SidSource for Counted {
    fn next(&mut self, kind: SidKind) -> Sid {
        self.0 += 1;
        Sid::new(kind, self.0)
    }
}

/// A session and the transcript of what it did. Times are seconds since its beginning.
pub(crate) struct Story {
    session: Session,
    now: Moment,
    transcript: String,
    requests: VecDeque<FetchId>,
    /// Parameters of the request that was made last.
    asked_with: Vec<(String, String)>,
    sounds: Vec<(LegId, SoundId)>,
    recordings: Vec<(LegId, Sid)>,
    texts: VecDeque<TextId>,
    listens: Vec<(LegId, ListenId)>,
    /// Whether parameters of webhooks are written into the transcript.
    pub(crate) with_params: bool,
    /// Whether what is spoken ahead is written into the transcript.
    pub(crate) with_prepared: bool,
}

const ACCOUNT: Sid = Sid::new(SidKind::Account, 0xac);

fn settings() -> Settings {
    Settings { account: ACCOUNT, public_url: "http://alo.test".to_owned() }
}

pub(crate) fn watch() -> Watch {
    Watch {
        url: "http://app.test/status".to_owned(),
        method: Method::Post,
        events: Events { initiated: true, ringing: true, answered: true, completed: true },
        sequence: 0,
    }
}

fn voice_url(fallback: Option<&str>) -> Start {
    Start::Url {
        url: "http://app.test/voice".to_owned(),
        method: Method::Post,
        fallback: fallback.map(|url| (url.to_owned(), Method::Post)),
    }
}

impl Story {
    /// Somebody rings a number whose application is asked.
    pub(crate) fn inbound() -> Story {
        Story::inbound_with(voice_url(None))
    }

    pub(crate) fn inbound_with_fallback() -> Story {
        Story::inbound_with(voice_url(Some("http://app.test/fallback")))
    }

    pub(crate) fn inbound_with(start: Start) -> Story {
        let inbound = Inbound {
            sid: Sid::new(SidKind::Call, 0xc0),
            from: "+14155550123".parse().expect("a number"),
            to: "+551130000100".parse().expect("a number"),
            number: Some(Sid::new(SidKind::Number, 1)),
            caller_name: None,
            forwarded_from: None,
            extra: Vec::new(),
            start,
            watch: Some(Watch { events: Events::COMPLETED, ..watch() }),
        };
        let session =
            Session::inbound(Moment::EPOCH, settings(), Box::<Counted>::default(), inbound);
        Story::new(session)
    }

    /// The API rings somebody.
    pub(crate) fn outbound(start: Start) -> Story {
        Story::outbound_with(start, |_| {})
    }

    pub(crate) fn outbound_with(start: Start, change: impl FnOnce(&mut Outbound)) -> Story {
        let to: Party = "client:ada".parse().expect("a client");
        let mut outbound = Outbound {
            target: Target::from_party(&to).expect("can be rung"),
            record: CallRecord {
                sid: Sid::new(SidKind::Call, 0xc0),
                account: ACCOUNT,
                parent: None,
                from: "+551130000100".parse().expect("a number"),
                to,
                number: None,
                direction: Direction::OutboundApi,
                status: CallStatus::Queued,
                caller_name: None,
                forwarded_from: None,
                created_at: Moment::EPOCH,
                updated_at: Moment::EPOCH,
                answered_at: None,
                started_at: None,
                ended_at: None,
                hangup: Hangup::default(),
            },
            place_at: Moment::EPOCH,
            start,
            ring_for: Duration::from_secs(60),
            time_limit: Duration::from_secs(14_400),
            send_digits: None,
            record_call: None,
            watch: Some(watch()),
        };
        change(&mut outbound);
        let session =
            Session::outbound(Moment::EPOCH, settings(), Box::<Counted>::default(), outbound);
        Story::new(session)
    }

    /// Records an API call, both sides on a channel each.
    pub(crate) fn dual_recording() -> RecordCall {
        RecordCall {
            dual: true,
            trim: false,
            callback: Some(("http://app.test/recorded".to_owned(), Method::Post)),
            events: RecordingEvents { in_progress: true, completed: true, absent: false },
        }
    }

    pub(crate) fn start_at_voice_url() -> Start {
        voice_url(None)
    }

    fn new(session: Session) -> Story {
        let mut story = Story {
            session,
            now: Moment::EPOCH,
            transcript: String::new(),
            requests: VecDeque::new(),
            asked_with: Vec::new(),
            sounds: Vec::new(),
            recordings: Vec::new(),
            texts: VecDeque::new(),
            listens: Vec::new(),
            with_params: false,
            with_prepared: false,
        };
        story.drain();
        story
    }

    /// Lets time pass until so many seconds after the beginning; timers fire on the way, in order.
    pub(crate) fn at(&mut self, seconds: f64) -> &mut Story {
        let then = Moment::EPOCH + Duration::from_secs_f64(seconds);
        assert!(then >= self.now, "time goes forward");
        while let Some(due) = self.wakes_at().filter(|due| *due <= then) {
            self.now = due.max(self.now);
            self.handle(Input::Tick);
        }
        self.now = then;
        self
    }

    fn wakes_at(&mut self) -> Option<Moment> {
        match self.session.poll() {
            Output::Idle(at) => at,
            output => panic!("drained before, and yet: {output:?}"),
        }
    }

    pub(crate) fn answer_webhook(&mut self, body: &str) {
        self.answer_webhook_as("text/xml", body);
    }

    pub(crate) fn answer_webhook_as(&mut self, content_type: &str, body: &str) {
        let id = self.requests.pop_front().expect("a webhook was asked");
        let fetched = Fetched {
            url: "http://app.test/voice".to_owned(),
            content_type: Some(content_type.to_owned()),
            body: body.as_bytes().to_vec(),
        };
        self.handle(Input::Fetched(id, Ok(fetched)));
    }

    pub(crate) fn fail_webhook(&mut self, code: u32) {
        let id = self.requests.pop_front().expect("a webhook was asked");
        let failure = FetchFailure { code, message: "it is down".to_owned() };
        self.handle(Input::Fetched(id, Err(failure)));
    }

    pub(crate) fn rings(&mut self, leg: u32) {
        self.leg(leg, LegInput::Ringing { early_media: false });
    }

    pub(crate) fn sends_early_media(&mut self, leg: u32) {
        self.leg(leg, LegInput::Ringing { early_media: true });
    }

    pub(crate) fn answers(&mut self, leg: u32) {
        self.leg(leg, LegInput::Answered(Vec::new()));
    }

    /// It answers by SIP, with a Call-ID and a header.
    pub(crate) fn answers_by_sip(&mut self, leg: u32) {
        let details = [("SipCallId", "abc@far"), ("SipHeader_X-Ticket", "42")];
        let details = details.map(|(name, value)| (name.to_owned(), value.to_owned()));
        self.leg(leg, LegInput::Answered(details.into()));
    }

    pub(crate) fn ends(&mut self, leg: u32, sip_status: Option<u16>) {
        self.leg(leg, LegInput::Ended(Ending { sip_status, reason: None, alert: None }));
    }

    pub(crate) fn presses(&mut self, leg: u32, keys: &str) {
        for key in keys.chars() {
            self.leg(leg, LegInput::Digit(key));
        }
    }

    /// The sound that was begun last on a leg comes to its end.
    pub(crate) fn sound_ends(&mut self, leg: u32) {
        let last = self.sounds.iter().rev().find(|(on, _)| on.0 == leg);
        let (_, sound) = *last.expect("a sound was begun");
        self.leg(leg, LegInput::SoundEnded(sound));
    }

    /// The sound that was begun last on a leg can't be played; what stands in for it goes on.
    pub(crate) fn sound_fails(&mut self, leg: u32) {
        let last = self.sounds.iter().rev().find(|(on, _)| on.0 == leg);
        let (_, sound) = *last.expect("a sound was begun");
        let message = "it is silent".to_owned();
        self.leg(leg, LegInput::SoundFailed { sound, code: 12400, message });
    }

    /// Somebody speaks, as the listening that was begun last on a leg hears.
    pub(crate) fn speaks(&mut self, leg: u32) {
        let id = self.listening_on(leg).expect("somebody listens");
        self.leg(leg, LegInput::SpeechBegan(id));
    }

    /// The listening that was begun last on a leg has heard something.
    pub(crate) fn hears(&mut self, leg: u32, heard: twiml::Heard) {
        let id = self.listening_on(leg).expect("somebody listens");
        self.leg(leg, LegInput::Heard(id, heard));
    }

    /// Words.
    pub(crate) fn says(&mut self, leg: u32, text: &str) {
        self.hears(leg, twiml::Heard::Words { text: text.to_owned(), confidence: 0.9 });
    }

    /// The recording that was begun last comes to its end.
    pub(crate) fn recording_ends(&mut self, seconds: u64, heard: bool) {
        let (leg, recording) = *self.recordings.last().expect("a recording was begun");
        let length = Duration::from_secs(seconds);
        self.leg(leg.0, LegInput::RecordingEnded { recording, length, heard, failure: None });
    }

    /// This recording comes to its end, with something heard.
    pub(crate) fn recording_of(&mut self, leg: u32, recording: Sid, seconds: u64) {
        let length = Duration::from_secs(seconds);
        self.leg(leg, LegInput::RecordingEnded { recording, length, heard: true, failure: None });
    }

    /// The text that was handed over first, of those not answered, is taken.
    pub(crate) fn text_is_taken(&mut self) {
        let sid = Sid::new(SidKind::Message, 0x5);
        self.text_ends(Ok((sid, MessageStatus::Queued)));
    }

    /// Or it isn't.
    pub(crate) fn text_is_refused(&mut self, code: u32) {
        self.text_ends(Err(TextFailure { code, message: "it can't be sent".to_owned() }));
    }

    fn text_ends(&mut self, result: Result<(Sid, MessageStatus), TextFailure>) {
        let id = self.texts.pop_front().expect("a text was handed over");
        self.handle(Input::Texted { id, result });
    }

    pub(crate) fn modify(&mut self, leg: u32, change: Modification) {
        self.handle(Input::Modify(LegId(leg), change));
    }

    pub(crate) fn leg(&mut self, leg: u32, input: LegInput) {
        self.handle(Input::Leg(LegId(leg), input));
    }

    pub(crate) fn handle(&mut self, input: Input) {
        self.session.handle(self.now, input);
        self.drain();
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// A parameter of the request that was made last.
    pub(crate) fn asked_with(&self, name: &str) -> &str {
        let found = self.asked_with.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    fn drain(&mut self) {
        loop {
            let output = self.session.poll();
            if let Output::Idle(_) = output {
                return;
            }
            self.note(&output);
            if matches!(output, Output::Prepare(_)) && !self.with_prepared {
                continue;
            }
            let seconds = self.now.since(Moment::EPOCH).as_secs_f64();
            let line = self.line(&output);
            let _ = writeln!(self.transcript, "{seconds:7.3} {line}");
        }
    }

    fn note(&mut self, output: &Output) {
        match output {
            Output::Fetch(request) => {
                self.requests.push_back(request.id);
                self.asked_with.clone_from(&request.params);
            }
            Output::Play { leg, sound, .. } => self.sounds.push((*leg, *sound)),
            Output::Record(leg, order) => self.recordings.push((*leg, order.recording)),
            Output::Text { id, .. } => self.texts.push_back(*id),
            Output::Listen { leg, id, .. } => self.listens.push((*leg, *id)),
            _ => {}
        }
    }

    fn line(&self, output: &Output) -> String {
        match output {
            Output::Place(placement) => format!(
                "leg {}: place to {} as {}",
                placement.leg.0,
                placement.target.party(),
                placement.caller_id
            ),
            Output::Ring(leg) => format!("leg {}: ring", leg.0),
            Output::Answer(leg) => format!("leg {}: answer", leg.0),
            Output::Reject(leg, refusal) => format!("leg {}: reject {refusal:?}", leg.0),
            Output::Hangup(leg) => format!("leg {}: hang up", leg.0),
            Output::Play { leg, what, times, .. } => played(*leg, what, *times),
            Output::Stop(leg) => format!("leg {}: quiet", leg.0),
            Output::Record(leg, order) => recorded(*leg, order),
            Output::StopRecording(leg, _) => format!("leg {}: stop recording", leg.0),
            Output::Bridge(one, other) => format!("bridge {} {}", one.0, other.0),
            Output::Unbridge(one, other) => format!("part {} {}", one.0, other.0),
            Output::Fetch(request) => {
                let params = self.params(&request.params);
                format!("{} {}{params}", request.method.as_str(), request.url)
            }
            Output::Report(report) => self.reported(report),
            Output::SaveRecording { record, callback } => saved(record, callback.as_ref()),
            Output::DropRecording(_) => "forget the recording".to_owned(),
            Output::Alert(alert) => format!("alert {}: {}", alert.code, alert.message),
            Output::Text { leg, from, to, body, callback, .. } => {
                let told = callback.as_ref().map(|hook| format!(", tell {}", hook.url));
                format!(
                    "leg {}: text {body:?} from {from} to {to}{}",
                    leg.0,
                    told.unwrap_or_default()
                )
            }
            Output::Listen { leg, listen, .. } => {
                let pause = listen
                    .end_after
                    .map(|pause| format!(" until {} s of silence", pause.as_secs()));
                format!("leg {}: listen in {}{}", leg.0, listen.language, pause.unwrap_or_default())
            }
            Output::StopListening(leg) => format!("leg {}: listen no more", leg.0),
            Output::Tell((url, method, params)) => {
                format!("tell {} {url}{}", method.as_str(), self.params(params))
            }
            Output::Transcribe(order) => {
                let told = order.callback.as_ref().map(|(url, _)| format!(", tell {url}"));
                let params = self.params(&order.params);
                format!("transcribe the recording{}{params}", told.unwrap_or_default())
            }
            Output::Prepare(says) => {
                let texts: Vec<&str> = says.iter().map(|say| say.text.as_str()).collect();
                format!("prepare {texts:?}")
            }
            Output::Over => "over".to_owned(),
            Output::Idle(_) => String::new(),
        }
    }

    fn reported(&self, report: &Report) -> String {
        let told = report
            .callback
            .as_ref()
            .map(|(url, _, params)| format!(", tell {url}{}", self.params(params)));
        let sid = report.record.sid.digits();
        format!("call {sid:x} is {}{}", report.record.status, told.unwrap_or_default())
    }

    /// What is particular to a webhook: not what every webhook of the call carries.
    fn params(&self, params: &[(String, String)]) -> String {
        let mut text = String::new();
        for (name, value) in params {
            let particular = self.with_params
                || [
                    "Dial",
                    "Digits",
                    "Recording",
                    "Error",
                    "Sequence",
                    "FinishedOnKey",
                    "CallDuration",
                    "SipResponse",
                    "Sms",
                    "SpeechResult",
                    "Confidence",
                    "Stab",
                    "Unstab",
                ]
                .iter()
                .any(|prefix| name.starts_with(prefix));
            if particular && !name.ends_with("Sid") && name != "RecordingStartTime" {
                let _ = write!(text, " {name}={value}");
            }
        }
        text
    }

    /// The transcript so far.
    pub(crate) fn told(&self) -> String {
        self.transcript.clone()
    }
}

fn recorded(leg: LegId, order: &RecordingOrder) -> String {
    let channels = if order.dual { "dual" } else { "mono" };
    let what = if order.both { "both sides" } else { "the caller" };
    format!("leg {}: record {what}, {channels}", leg.0)
}

fn saved(record: &RecordingRecord, callback: Option<&Telling>) -> String {
    let told = callback.map(|(url, ..)| format!(", tell {url}"));
    let seconds = record.duration.map(|for_| format!(" {} s", for_.as_secs()));
    format!(
        "recording is {}{}{}",
        record.status.as_str(),
        seconds.unwrap_or_default(),
        told.unwrap_or_default()
    )
}

fn played(leg: LegId, what: &crate::Sound, times: Option<u32>) -> String {
    let is_endless = times.is_none() && !matches!(what, crate::Sound::RingBack(_));
    let what = match what {
        crate::Sound::Say(say) => format!("say {:?}", say.text),
        crate::Sound::Url(url) => format!("play {url}"),
        crate::Sound::Digits(digits) => format!("keys {digits}"),
        crate::Sound::Beep => "beep".to_owned(),
        crate::Sound::RingBack(country) => {
            format!("ring-back {}", country.as_deref().unwrap_or("us"))
        }
    };
    match times {
        None if is_endless => format!("leg {}: {what} without end", leg.0),
        Some(1) | None => format!("leg {}: {what}", leg.0),
        Some(times) => format!("leg {}: {what} x{times}", leg.0),
    }
}

/// What the properties look at.
impl Story {
    /// A recording begun on a leg, if there is one.
    pub(crate) fn recording_on(&self, leg: u32) -> Option<Sid> {
        self.recordings.iter().rev().find(|(on, _)| on.0 == leg).map(|(_, sid)| *sid)
    }

    /// The listening that was begun last on a leg, if there is one.
    pub(crate) fn listening_on(&self, leg: u32) -> Option<ListenId> {
        self.listens.iter().rev().find(|(on, _)| on.0 == leg).map(|(_, id)| *id)
    }

    /// A recording on a leg that has not been completed.
    pub(crate) fn open_recording_on(&self, leg: u32) -> Option<Sid> {
        let leg = self.session.legs.get(&LegId(leg))?;
        let open = leg.recordings.iter().find(|active| active.is_open());
        open.map(|active| active.record.sid)
    }

    /// No request is answered any more.
    pub(crate) fn fail_all_webhooks(&mut self) {
        while let Some(id) = self.requests.pop_front() {
            let failure = FetchFailure { code: 11200, message: "down".to_owned() };
            self.handle(Input::Fetched(id, Err(failure)));
        }
    }

    /// No text is taken any more.
    pub(crate) fn refuse_all_texts(&mut self) {
        while !self.texts.is_empty() {
            self.text_is_refused(21610);
        }
    }

    /// What must hold at any time.
    pub(crate) fn check_legal(&self) {
        for (id, leg) in &self.session.legs {
            let ended = leg.phase == crate::leg::Phase::Ended;
            assert_eq!(ended, leg.record.status.is_final(), "leg {}: {}", id.0, self.transcript);
            assert_eq!(ended, leg.record.ended_at.is_some());
            if let Some(other) = leg.bridged {
                let back = self.session.legs.get(&other).and_then(|other| other.bridged);
                assert_eq!(back, Some(*id), "a bridge has two ends: {}", self.transcript);
            }
            if leg.bridged.is_some() {
                let hold = leg.dial.as_ref().and_then(|dial| dial.hold.wakes_at());
                assert_eq!((leg.sound, hold), (None, None), "nothing plays: {}", self.transcript);
            }
            if ended {
                assert!(leg.dial.is_none() && leg.bridged.is_none() && leg.sound.is_none());
            }
            if leg.bridged.is_some() || leg.dial.is_some() || !leg.is_live() {
                assert_eq!(leg.program.listening, None, "nobody listens: {}", self.transcript);
            }
        }
    }
}

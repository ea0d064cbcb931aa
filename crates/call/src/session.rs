//! The session: all legs of one call, and what each input does to them.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use model::{
    Alert, AlertLevel, CallRecord, CallStatus, Direction, Hangup, Method, Moment, Party,
    RecordingSource, Sid, SidKind,
};
use twiml::RecordingEvents;

use crate::io::{
    Ending, Input, LegId, LegInput, Modification, Output, Placement, Refusal, SoundId, TextId,
};
use crate::leg::{Cut, Leg, Phase};
use crate::program::Pending;
use crate::recording::{ActiveRecording, Wanted};
use crate::report::{Watch, report};
use crate::target::Target;

/// Longest call, whatever asks for it.
pub(crate) const LONGEST_CALL: Duration = Duration::from_secs(24 * 3600);

/// Where new SIDs come from: randomness is handed in.
pub trait SidSource: Send {
    /// A SID that was never given before.
    fn next(&mut self, kind: SidKind) -> Sid;
}

/// Whose call it is.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `AC…` of the owner.
    pub account: Sid,
    /// Where applications reach this server, for `RecordingUrl`: `http://host:port`.
    pub public_url: String,
}

/// What runs on a leg first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// The document at this URL.
    Url {
        /// Absolute.
        url: String,
        /// How it is asked for.
        method: Method,
        /// Asked when that fails.
        fallback: Option<(String, Method)>,
    },
    /// This document.
    Twiml(String),
    /// Nobody has said what to do.
    Nowhere,
}

/// A call that came in.
#[derive(Clone, Debug)]
pub struct Inbound {
    /// `CA…` of its leg.
    pub sid: Sid,
    /// Who calls.
    pub from: Party,
    /// Who is called.
    pub to: Party,
    /// `PN…` of the number called.
    pub number: Option<Sid>,
    /// The caller's display name.
    pub caller_name: Option<String>,
    /// Who forwarded the call (Diversion).
    pub forwarded_from: Option<String>,
    /// SIP details for webhooks: `SipCallId`, `SipDomain`, `SipHeader_X-…`.
    pub extra: Vec<(String, String)>,
    /// What decides about it.
    pub start: Start,
    /// Who follows it.
    pub watch: Option<Watch>,
}

/// A call that the API places.
#[derive(Clone, Debug)]
pub struct Outbound {
    /// Its record as the API has kept it, `queued`.
    pub record: CallRecord,
    /// Whom it rings.
    pub target: Target,
    /// When its turn comes to be placed; until then it is queued.
    pub place_at: Moment,
    /// What runs once it is answered.
    pub start: Start,
    /// Longest ringing.
    pub ring_for: Duration,
    /// Longest call.
    pub time_limit: Duration,
    /// Keys sent once it is answered.
    pub send_digits: Option<String>,
    /// Whether it is recorded.
    pub record_call: Option<RecordCall>,
    /// Who follows it.
    pub watch: Option<Watch>,
}

/// How an API call is recorded, from answer to end.
#[derive(Clone, Debug)]
pub struct RecordCall {
    /// One channel for each side.
    pub dual: bool,
    /// Silence at both ends is cut.
    pub trim: bool,
    /// Told about the recording.
    pub callback: Option<(String, Method)>,
    /// About what.
    pub events: RecordingEvents,
}

/// All legs of one call.
pub struct Session {
    pub(crate) account: Sid,
    pub(crate) public_url: String,
    pub(crate) sids: Box<dyn SidSource>,
    pub(crate) legs: BTreeMap<LegId, Leg>,
    pub(crate) outputs: VecDeque<Output>,
    pub(crate) pending: Vec<Pending>,
    pub(crate) fetches: u32,
    sounds: u64,
    pub(crate) listens: u64,
    /// Texts handed over, and for which leg.
    pub(crate) texts: Vec<(TextId, LegId)>,
    pub(crate) next_text: u64,
    record_call: Option<RecordCall>,
    /// A call of the API's whose turn has not come.
    held: Option<(Moment, Box<Placement>)>,
    over: bool,
}

impl Session {
    /// The leg that begins a session.
    pub const FIRST: LegId = LegId(0);

    fn new(settings: Settings, sids: Box<dyn SidSource>) -> Session {
        Session {
            account: settings.account,
            public_url: settings.public_url,
            sids,
            legs: BTreeMap::new(),
            outputs: VecDeque::new(),
            pending: Vec::new(),
            fetches: 0,
            sounds: 0,
            listens: 0,
            texts: Vec::new(),
            next_text: 0,
            record_call: None,
            held: None,
            over: false,
        }
    }

    /// A session for a call that came in.
    pub fn inbound(
        now: Moment,
        settings: Settings,
        sids: Box<dyn SidSource>,
        call: Inbound,
    ) -> Session {
        let mut session = Session::new(settings, sids);
        let record = CallRecord {
            sid: call.sid,
            account: session.account,
            parent: None,
            from: call.from,
            to: call.to,
            number: call.number,
            direction: Direction::Inbound,
            status: CallStatus::Ringing,
            caller_name: call.caller_name,
            forwarded_from: call.forwarded_from,
            created_at: now,
            updated_at: now,
            answered_at: None,
            started_at: None,
            ended_at: None,
            hangup: Hangup::default(),
        };
        let mut leg = Leg::new(Session::FIRST, record);
        leg.watch = call.watch;
        leg.extra = call.extra;
        leg.up_until = Some(now + LONGEST_CALL);
        session.legs.insert(leg.id, leg);
        session.report(now, Session::FIRST);
        session.outputs.push_back(Output::Ring(Session::FIRST));
        session.start(now, Session::FIRST, call.start);
        session.run(now);
        session
    }

    /// A session for a call that the API places.
    pub fn outbound(
        now: Moment,
        settings: Settings,
        sids: Box<dyn SidSource>,
        call: Outbound,
    ) -> Session {
        let mut session = Session::new(settings, sids);
        let mut leg = Leg::new(Session::FIRST, call.record);
        leg.watch = call.watch;
        leg.ring_until = Some(call.place_at + call.ring_for);
        leg.up_until = Some(call.place_at + call.ring_for + call.time_limit);
        leg.program.then = Some(call.start);
        leg.program.send_digits = call.send_digits;
        session.record_call = call.record_call;
        let placement = Placement {
            leg: leg.id,
            sid: leg.record.sid,
            target: call.target,
            caller_id: leg.record.from.clone(),
            caller_name: leg.record.caller_name.clone(),
        };
        session.legs.insert(leg.id, leg);
        session.held = Some((call.place_at, Box::new(placement)));
        session.place_held(now);
        session
    }

    /// Takes what happened at `now`.
    pub fn handle(&mut self, now: Moment, input: Input) {
        match input {
            Input::Leg(leg, input) => self.leg_input(now, leg, input),
            Input::Fetched(id, result) => self.fetched(now, id, result),
            Input::Texted { id, result } => self.texted(now, id, result),
            Input::Modify(leg, change) => self.modify(now, leg, change),
            Input::Tick => self.tick(now),
        }
        self.run(now);
    }

    /// What to do next; call until it is [`Output::Idle`].
    pub fn poll(&mut self) -> Output {
        if let Some(output) = self.outputs.pop_front() {
            return output;
        }
        if !self.over && self.is_over() {
            self.over = true;
            return Output::Over;
        }
        Output::Idle(self.wakes_at())
    }

    /// The leg of this call SID, where it is one of this session.
    pub fn leg_of(&self, call: Sid) -> Option<LegId> {
        self.legs.values().find(|leg| leg.record.sid == call).map(|leg| leg.id)
    }

    /// Where a leg's call stands.
    pub fn status(&self, leg: LegId) -> Option<CallStatus> {
        self.legs.get(&leg).map(|leg| leg.record.status)
    }

    /// A leg's record as it is now.
    pub fn call_record(&self, leg: LegId) -> Option<&CallRecord> {
        self.legs.get(&leg).map(|leg| &leg.record)
    }

    /// Whose call it is.
    pub fn account(&self) -> Sid {
        self.account
    }

    /// SIDs of the legs that have not ended.
    pub fn live_calls(&self) -> Vec<Sid> {
        let live = self.legs.values().filter(|leg| leg.phase != Phase::Ended);
        live.map(|leg| leg.record.sid).collect()
    }

    fn is_over(&self) -> bool {
        self.pending.is_empty()
            && self.texts.is_empty()
            && self.legs.values().all(|leg| {
                leg.phase == Phase::Ended && !leg.recordings.iter().any(ActiveRecording::is_open)
            })
    }

    fn wakes_at(&self) -> Option<Moment> {
        let live = self.legs.values().filter(|leg| leg.is_live());
        live.flat_map(|leg| {
            let dial = leg.dial.as_ref();
            [
                leg.ring_until,
                leg.up_until,
                leg.program.interpreter.wakes_at(),
                dial.and_then(|dial| dial.ring_until),
                dial.and_then(|dial| dial.talk_until),
                dial.and_then(|dial| dial.hold.wakes_at()),
            ]
        })
        .flatten()
        .chain(self.held.as_ref().map(|(at, _)| *at))
        .min()
    }

    /// Places the call that was held back, if its turn has come.
    fn place_held(&mut self, now: Moment) {
        let live = self.legs.get_mut(&Session::FIRST).filter(|leg| leg.is_live());
        let (Some(leg), Some((_, placement))) = (live, self.held.take_if(|(at, _)| *at <= now))
        else {
            return;
        };
        leg.record.status = CallStatus::Initiated;
        self.report(now, Session::FIRST);
        self.outputs.push_back(Output::Place(placement));
    }

    fn leg_input(&mut self, now: Moment, id: LegId, input: LegInput) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        if let LegInput::RecordingEnded { recording, length, heard, failure } = input {
            return self.recording_ended(now, id, recording, length, heard, failure);
        }
        if leg.phase == Phase::Ended {
            return;
        }
        match input {
            LegInput::Ringing { early_media } => self.rings(now, id, early_media),
            LegInput::Answered(details) => self.answered(now, id, details),
            LegInput::Ended(ending) => self.leg_ended(now, id, ending),
            LegInput::Digit(key) => self.digit(now, id, key),
            LegInput::SoundEnded(sound) => self.sound_ended(now, id, sound),
            LegInput::SoundFailed { sound, code, message } => {
                if leg.sound == Some(sound) {
                    self.hold_sound_failed(id, sound);
                    self.alert(now, id, AlertLevel::Error, code, message);
                }
            }
            LegInput::SpeechBegan(listen) => self.speech_began(now, id, listen),
            LegInput::Heard(listen, heard) => self.heard(now, id, listen, heard),
            LegInput::RecordingEnded { .. } => {}
        }
    }

    fn rings(&mut self, now: Moment, id: LegId, early_media: bool) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        if leg.phase == Phase::Ringing && leg.record.status != CallStatus::Ringing {
            leg.record.status = CallStatus::Ringing;
            self.report(now, id);
        }
        if early_media {
            self.early_media(id);
        }
    }

    /// The far side answered, or our own answer went out.
    fn answered(&mut self, now: Moment, id: LegId, details: Vec<(String, String)>) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        if leg.phase != Phase::Ringing {
            return;
        }
        leg.answered(now);
        if matches!(leg.record.to, Party::Sip(_)) {
            leg.extra.extend(details);
        }
        // Our hanging up may cross its answer: it was answered, and nothing runs on it any more.
        let (direction, is_live) = (leg.record.direction, leg.is_live());
        self.report(now, id);
        if !is_live {
            return;
        }
        match direction {
            Direction::Inbound => {}
            Direction::OutboundApi => {
                if let Some(order) = self.record_call.take() {
                    let mut wanted =
                        Wanted::conversation(RecordingSource::OutboundApi, order.dual, order.trim);
                    wanted.callback = order.callback;
                    wanted.events = order.events;
                    self.start_recording(now, id, wanted);
                }
                self.begin(now, id);
            }
            Direction::OutboundDial => {
                if !self.begin(now, id) {
                    self.connect(now, id);
                }
            }
        }
    }

    fn leg_ended(&mut self, now: Moment, id: LegId, ending: Ending) {
        if let Some((code, message)) = ending.alert.clone() {
            self.alert(now, id, AlertLevel::Error, code, message);
        }
        self.stop_listening(id);
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.ended(now, ending);
        let bridged = leg.bridged.take();
        self.forget_requests(id);
        if let Some(other) = bridged {
            if let Some(other) = self.legs.get_mut(&other) {
                other.bridged = None;
            }
            self.outputs.push_back(Output::Unbridge(id, other));
        }
        self.abandon_dial(now, id);
        if !self.waits_for_its_recording(id) {
            self.report(now, id);
        }
        self.dialed_leg_ended(now, id);
    }

    fn digit(&mut self, now: Moment, id: LegId, key: char) {
        let Some(leg) = self.legs.get_mut(&id).filter(|leg| leg.is_live()) else { return };
        if leg.dial.is_some() {
            self.dial_digit(now, id, key);
        } else {
            leg.program.interpreter.handle(now, twiml::Input::Digit(key));
        }
    }

    fn tick(&mut self, now: Moment) {
        self.place_held(now);
        let due = |at: Option<Moment>| at.is_some_and(|at| at <= now);
        let ids: Vec<LegId> = self.legs.keys().copied().collect();
        for id in ids {
            let Some(leg) = self.legs.get_mut(&id).filter(|leg| leg.is_live()) else { continue };
            if due(leg.ring_until) || due(leg.up_until) {
                leg.ring_until = None;
                leg.up_until = None;
                self.hang_up(id, Cut::NoAnswer);
                continue;
            }
            if due(leg.program.interpreter.wakes_at()) {
                leg.program.interpreter.handle(now, twiml::Input::Tick);
            }
            self.dial_tick(now, id);
        }
    }

    fn modify(&mut self, now: Moment, id: LegId, change: Modification) {
        let Some(leg) = self.legs.get_mut(&id).filter(|leg| leg.is_live()) else { return };
        match change {
            Modification::Complete => self.hang_up(id, Cut::Canceled),
            Modification::Cancel => {
                if leg.phase == Phase::Ringing {
                    self.hang_up(id, Cut::Canceled);
                }
            }
            Modification::Redirect { url, method, fallback } => {
                let fallback = fallback.or_else(|| leg.program.fallback.clone());
                self.take_over(now, id);
                // What is said from now on would ask for another document than the one wanted.
                self.stop_listening(id);
                self.start(now, id, Start::Url { url, method, fallback });
            }
            Modification::Twiml(text) => {
                self.take_over(now, id);
                self.forget_requests(id);
                self.start(now, id, Start::Twiml(text));
            }
        }
    }

    /// Ends a leg that is live; its `Ended` follows.
    pub(crate) fn hang_up(&mut self, id: LegId, cut: Cut) {
        let Some(leg) = self.legs.get_mut(&id).filter(|leg| leg.is_live()) else { return };
        leg.cut = Some(cut);
        leg.program.ahead.clear();
        leg.sound = None;
        self.stop_listening(id);
        self.outputs.push_back(Output::Hangup(id));
    }

    /// Refuses a call that wasn't answered.
    pub(crate) fn refuse(&mut self, id: LegId, refusal: Refusal) {
        let Some(leg) = self.legs.get_mut(&id).filter(|leg| leg.is_live()) else { return };
        if leg.phase == Phase::Up {
            return self.hang_up(id, Cut::NoAnswer);
        }
        leg.cut = Some(match refusal {
            Refusal::Busy => Cut::Busy,
            Refusal::Declined => Cut::NoAnswer,
            Refusal::Unavailable => Cut::Failed,
        });
        self.outputs.push_back(Output::Reject(id, refusal));
    }

    /// A name for a sound that is about to play on `leg`.
    pub(crate) fn next_sound(&mut self, leg: LegId) -> SoundId {
        let sound = SoundId(self.sounds);
        self.sounds += 1;
        if let Some(leg) = self.legs.get_mut(&leg) {
            leg.sound = Some(sound);
        }
        sound
    }

    /// Keeps a leg's record and tells who follows it.
    pub(crate) fn report(&mut self, now: Moment, id: LegId) {
        if let Some(leg) = self.legs.get_mut(&id) {
            let output = report(leg, now);
            self.outputs.push_back(output);
        }
    }

    /// Raises an alert about a leg.
    pub(crate) fn alert(
        &mut self,
        now: Moment,
        id: LegId,
        level: AlertLevel,
        code: u32,
        message: String,
    ) {
        let call = self.legs.get(&id).map(|leg| leg.record.sid);
        let sid = self.sids.next(SidKind::Alert);
        let url = self.legs.get(&id).and_then(|leg| leg.program.asked.clone());
        let account = self.account;
        let alert = Alert { sid, account, call, level, code, message, url, at: now };
        self.outputs.push_back(Output::Alert(Box::new(alert)));
    }
}

#[cfg(test)]
mod tests;

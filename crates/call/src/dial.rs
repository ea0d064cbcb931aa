//! `<Dial>`: who is rung, who gets the caller, and what it came to.
//!
//! <https://www.twilio.com/docs/voice/twiml/dial>. All nouns ring at once (or one after the other with
//! `sequential`); the first that answers is connected. With a `url` an answer is not enough: the document there has
//! to run to its end on the called leg first, and the others ring on meanwhile, so that nobody's voicemail
//! swallows a call.

use std::collections::VecDeque;

use model::{
    AlertLevel, CallRecord, CallStatus, Direction, Hangup, Moment, Party, RecordingSource, Sid,
    SidKind,
};
use twiml::{Dial, DialEndpoint, DialNoun, DialRecord};

use crate::hold::{Hold, Step};
use crate::io::{LegId, Output, Placement, Sound, SoundId};
use crate::leg::{Cut, Leg, Phase};
use crate::recording::{Wanted, absolute};
use crate::report::Watch;
use crate::session::{LONGEST_CALL, Session, Start};
use crate::target::Target;
use crate::webhook::{Param, param};

/// Most nouns rung by one `<Dial>` (Twilio's limit).
const MOST_NOUNS: usize = 10;

/// A `<Dial>` under way on the leg that dials.
#[derive(Debug)]
pub(crate) struct Dialing {
    dial: Dial,
    /// Not rung yet (`sequential`).
    queue: VecDeque<DialNoun>,
    /// Rung, or answered and not yet connected.
    attempts: Vec<LegId>,
    connected: Option<LegId>,
    /// Who got the caller, or was rung last.
    last: Option<LegId>,
    /// The best that any attempt came to.
    best: CallStatus,
    /// Audio before the answer comes from here.
    early: Option<LegId>,
    recording: Option<Sid>,
    /// What the caller hears while nobody is connected.
    pub(crate) hold: Hold,
    /// Ringing is given up.
    pub(crate) ring_until: Option<Moment>,
    /// The conversation is ended.
    pub(crate) talk_until: Option<Moment>,
}

impl Session {
    /// Begins a `<Dial>` on `id`.
    pub(crate) fn dial(&mut self, now: Moment, id: LegId, mut dial: Dial) {
        if self.is_dialed(id) {
            let message = "<Dial> can't be used on a called leg before it is connected";
            self.alert(now, id, AlertLevel::Error, 13201, message.to_owned());
            return self.tell_outcome(now, id, vec![param("DialCallStatus", "failed")]);
        }
        let mut queue: VecDeque<DialNoun> =
            dial.nouns.iter().map(|placed| placed.item.clone()).collect();
        if queue.len() > MOST_NOUNS {
            let message = format!("<Dial> rings at most {MOST_NOUNS}: the rest are left out");
            self.alert(now, id, AlertLevel::Warning, 13200, message);
            queue.truncate(MOST_NOUNS);
        }
        let (sequential, record) = (dial.sequential, dial.record);
        let hold = self.hold(now, id, &mut dial);
        let dialing = Dialing {
            dial,
            queue,
            attempts: Vec::new(),
            connected: None,
            last: None,
            best: CallStatus::Failed,
            early: None,
            recording: None,
            hold,
            ring_until: None,
            talk_until: None,
        };
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.dial = Some(dialing);
        self.let_hear_ringing(now, id);
        if matches!(record, DialRecord::FromRinging | DialRecord::FromRingingDual) {
            self.record_dial(now, id);
        }
        self.ring_next(now, id, sequential);
    }

    /// What the caller is to hear meanwhile, taken from the `<Dial>`.
    fn hold(&mut self, now: Moment, id: LegId, dial: &mut Dial) -> Hold {
        let prompts = std::mem::take(&mut dial.hold).into_iter().map(|placed| placed.item);
        let base = self.legs.get(&id).and_then(|leg| leg.program.base());
        let (hold, bad) = Hold::new(now, prompts.collect(), base.as_ref());
        for error in bad {
            self.alert(now, id, AlertLevel::Error, 11100, error.to_string());
        }
        hold
    }

    /// Goes on with what the caller hears until somebody is connected: the next sound of the `<Dial>`, or the ring-back.
    /// A caller whose call is not answered hears what their own network makes of it.
    fn let_hear_ringing(&mut self, now: Moment, id: LegId) {
        let is_up = |leg: &&mut Leg| leg.is_live() && leg.phase == Phase::Up;
        let Some(leg) = self.legs.get_mut(&id).filter(is_up) else { return };
        let Some(dialing) = leg.dial.as_mut() else { return };
        if dialing.connected.is_some() || dialing.early.is_some() {
            return;
        }
        let (what, times) = match dialing.hold.step(now) {
            Step::Sound(what, times) => (what, times),
            Step::RingBack => (Sound::RingBack(dialing.dial.ring_tone.clone()), None),
            Step::Pause => return,
        };
        let is_hold = !matches!(what, Sound::RingBack(_));
        let sound = self.next_sound(id);
        if let Some(dialing) = self.dialing(id).filter(|_| is_hold) {
            dialing.hold.sounds(sound);
        }
        self.outputs.push_back(Output::Play { leg: id, sound, what, times });
    }

    /// Nothing of that any more: somebody is heard.
    fn stop_ringing(&mut self, id: LegId) {
        if let Some(dialing) = self.dialing(id) {
            dialing.hold.stop();
        }
        self.silence(id);
    }

    /// A sound on a leg came to its end; where it was one of a `<Dial>`, the next follows.
    pub(crate) fn hold_sound_ended(&mut self, now: Moment, id: LegId, sound: SoundId) {
        if self.dialing(id).is_some_and(|dialing| dialing.hold.is_sounding(sound)) {
            self.let_hear_ringing(now, id);
        }
    }

    /// A sound could not be played; where it was one of a `<Dial>`, it won't be tried again.
    pub(crate) fn hold_sound_failed(&mut self, id: LegId, sound: SoundId) {
        if let Some(dialing) = self.dialing(id) {
            dialing.hold.failed(sound);
        }
    }

    /// Rings the next noun, or all; ends the dial where nobody is left.
    fn ring_next(&mut self, now: Moment, id: LegId, one: bool) {
        loop {
            let Some(dialing) = self.dialing(id) else { return };
            let Some(noun) = dialing.queue.pop_front() else { break };
            dialing.ring_until = Some(now + dialing.dial.timeout);
            match Target::from_noun(&noun.endpoint) {
                Ok(target) => {
                    self.ring(now, id, target, noun);
                    if one {
                        return;
                    }
                }
                Err(error) => {
                    self.alert(now, id, AlertLevel::Error, error.code(), error.to_string());
                }
            }
        }
        self.end_if_nobody_is_left(now, id);
    }

    fn ring(&mut self, now: Moment, caller: LegId, target: Target, noun: DialNoun) {
        let caller_id = self.caller_id(now, caller);
        let sid = self.sids.next(SidKind::Call);
        let id = LegId(u32::try_from(self.legs.len()).unwrap_or(u32::MAX));
        let Some(parent) = self.legs.get(&caller) else { return };
        let base = parent.program.base();
        let record = CallRecord {
            sid,
            account: self.account,
            parent: Some(parent.record.sid),
            from: caller_id.clone(),
            to: target.party(),
            number: parent.record.number,
            direction: Direction::OutboundDial,
            status: CallStatus::Initiated,
            caller_name: parent.record.caller_name.clone(),
            forwarded_from: None,
            created_at: now,
            updated_at: now,
            answered_at: None,
            started_at: None,
            ended_at: None,
            hangup: Hangup::default(),
        };
        let caller_name = record.caller_name.clone();
        let mut leg = Leg::new(id, record);
        leg.dialed_by = Some(caller);
        leg.up_until = Some(now + LONGEST_CALL);
        leg.watch = absolute(noun.status_callback, base.as_ref()).map(|(url, method)| Watch {
            url,
            method,
            events: noun.status_events,
            sequence: 0,
        });
        leg.program.then = absolute(noun.url, base.as_ref()).map(|(url, method)| Start::Url {
            url,
            method,
            fallback: None,
        });
        if let DialEndpoint::Number(number) = noun.endpoint {
            leg.program.send_digits = number.send_digits;
        }
        self.legs.insert(id, leg);
        if let Some(dialing) = self.dialing(caller) {
            dialing.attempts.push(id);
            dialing.last = Some(id);
        }
        self.report(now, id);
        let placement = Placement { leg: id, sid, target, caller_id, caller_name };
        self.outputs.push_back(Output::Place(Box::new(placement)));
    }

    /// What the called sees: `callerId`, or who calls.
    fn caller_id(&mut self, now: Moment, caller: LegId) -> Party {
        let wanted = self.dialing(caller).and_then(|dialing| dialing.dial.caller_id.clone());
        let own = match self.legs.get(&caller) {
            Some(leg) if leg.record.direction == Direction::Inbound => leg.record.from.clone(),
            Some(leg) => leg.record.to.clone(),
            None => Party::Other("anonymous".to_owned()),
        };
        let Some(wanted) = wanted else { return own };
        match wanted.parse::<Party>() {
            Ok(party) => party,
            Err(error) => {
                let message = format!("callerId is not used: {error}");
                self.alert(now, caller, AlertLevel::Warning, 13214, message);
                own
            }
        }
    }

    /// Connects a called leg that answered (and passed its screening) with whoever dials.
    pub(crate) fn connect(&mut self, now: Moment, id: LegId) {
        let Some(caller) = self.legs.get(&id).and_then(|leg| leg.dialed_by) else { return };
        // One that was given up may answer late, when another `<Dial>` of the same caller has begun: it is not of that.
        let awaited = self.dialing(caller).filter(|dialing| dialing.attempts.contains(&id));
        let Some(dialing) = awaited else { return self.hang_up(id, Cut::NoAnswer) };
        dialing.connected = Some(id);
        dialing.last = Some(id);
        dialing.ring_until = None;
        dialing.talk_until = Some(now + dialing.dial.time_limit);
        dialing.queue.clear();
        let losers: Vec<LegId> = dialing.attempts.drain(..).filter(|leg| *leg != id).collect();
        let early = dialing.early.take();
        let record = dialing.dial.record;
        for loser in losers {
            self.part_early(early, caller, loser);
            self.hang_up(loser, Cut::NoAnswer);
        }
        self.answer(now, caller);
        self.stop_ringing(caller);
        self.silence(id);
        if early != Some(id) {
            self.bridge(caller, id);
        }
        if matches!(record, DialRecord::FromAnswer | DialRecord::FromAnswerDual) {
            self.record_dial(now, caller);
        }
    }

    fn bridge(&mut self, caller: LegId, id: LegId) {
        for (one, other) in [(caller, id), (id, caller)] {
            if let Some(leg) = self.legs.get_mut(&one) {
                leg.bridged = Some(other);
            }
        }
        self.outputs.push_back(Output::Bridge(caller, id));
    }

    /// The only one that rings sends audio already: the caller hears it instead of the ring-back.
    pub(crate) fn early_media(&mut self, id: LegId) {
        let Some(leg) = self.legs.get(&id) else { return };
        let (Some(caller), None) = (leg.dialed_by, &leg.program.then) else { return };
        if self.legs.get(&caller).is_none_or(|leg| leg.phase != Phase::Up) {
            return;
        }
        let Some(dialing) = self.dialing(caller) else { return };
        if dialing.attempts == [id] && dialing.early.is_none() && dialing.connected.is_none() {
            dialing.early = Some(id);
            self.stop_ringing(caller);
            self.bridge(caller, id);
        }
    }

    fn part_early(&mut self, early: Option<LegId>, caller: LegId, id: LegId) {
        if early == Some(id) {
            self.part(caller, id);
        }
    }

    fn part(&mut self, one: LegId, other: LegId) {
        for id in [one, other] {
            if let Some(leg) = self.legs.get_mut(&id) {
                leg.bridged = None;
            }
        }
        self.outputs.push_back(Output::Unbridge(one, other));
    }

    fn record_dial(&mut self, now: Moment, caller: LegId) {
        let base = self.legs.get(&caller).and_then(|leg| leg.program.base());
        let Some(dialing) = self.dialing(caller) else { return };
        let dual =
            matches!(dialing.dial.record, DialRecord::FromAnswerDual | DialRecord::FromRingingDual);
        let mut wanted = Wanted::conversation(RecordingSource::DialVerb, dual, dialing.dial.trim);
        wanted.callback = absolute(dialing.dial.recording_callback.clone(), base.as_ref());
        wanted.events = dialing.dial.recording_events;
        let recording = self.start_recording(now, caller, wanted);
        if let Some(dialing) = self.dialing(caller) {
            dialing.recording = Some(recording);
        }
    }

    /// A called leg ended, by itself or after we hung it up.
    pub(crate) fn dialed_leg_ended(&mut self, now: Moment, id: LegId) {
        let Some(leg) = self.legs.get(&id) else { return };
        let Some(caller) = leg.dialed_by else { return };
        // An answered leg that was not connected declined, or was somebody's voicemail.
        let status = match leg.record.status {
            CallStatus::Completed => CallStatus::NoAnswer,
            other => other,
        };
        let Some(dialing) = self.dialing(caller) else { return };
        if dialing.connected == Some(id) {
            return self.end_dial(now, caller, CallStatus::Completed);
        }
        if dialing.attempts.contains(&id) {
            dialing.best = better(dialing.best, status);
            self.attempt_failed(now, id);
        }
    }

    /// An attempt came to nothing; the next is rung, or the dial ends.
    pub(crate) fn attempt_failed(&mut self, now: Moment, id: LegId) {
        let Some(leg) = self.legs.get(&id) else { return };
        let (Some(caller), answered) = (leg.dialed_by, leg.record.answered_at.is_some()) else {
            return;
        };
        let Some(dialing) = self.dialing(caller) else { return };
        if !dialing.attempts.contains(&id) {
            return;
        }
        dialing.attempts.retain(|leg| *leg != id);
        if answered {
            dialing.best = better(dialing.best, CallStatus::NoAnswer);
        }
        let early = dialing.early.take_if(|early| *early == id);
        self.part_early(early, caller, id);
        self.ring_next(now, caller, true);
        if early.is_some() {
            self.let_hear_ringing(now, caller);
        }
    }

    fn end_if_nobody_is_left(&mut self, now: Moment, caller: LegId) {
        let Some(dialing) = self.dialing(caller) else { return };
        if dialing.attempts.is_empty() && dialing.queue.is_empty() && dialing.connected.is_none() {
            let best = dialing.best;
            self.end_dial(now, caller, best);
        }
    }

    fn end_dial(&mut self, now: Moment, caller: LegId, status: CallStatus) {
        let params = self.close_dial(now, caller, status);
        self.tell_outcome(now, caller, params);
    }

    fn tell_outcome(&mut self, now: Moment, caller: LegId, params: Vec<Param>) {
        if let Some(leg) = self.legs.get_mut(&caller).filter(|leg| leg.is_live()) {
            leg.program.interpreter.handle(now, twiml::Input::DialEnded(params));
        }
    }

    /// Takes the dial off its leg and says what it came to.
    fn close_dial(&mut self, now: Moment, caller: LegId, status: CallStatus) -> Vec<Param> {
        self.silence(caller);
        let Some(leg) = self.legs.get_mut(&caller) else { return Vec::new() };
        let Some(dialing) = leg.dial.take() else { return Vec::new() };
        let recorded = dialing.recording.and_then(|sid| leg.recording(sid));
        let recorded = recorded.map(|active| (active.is_open(), active.action_params()));
        let mut params = vec![param("DialCallStatus", status.as_str())];
        if let Some(last) = dialing.last.and_then(|last| self.legs.get(&last)) {
            params.push(param("DialCallSid", last.record.sid.to_string()));
            params.extend(sip_params(last));
        }
        if let Some(connected) = dialing.connected.and_then(|id| self.legs.get(&id)) {
            let record = &connected.record;
            let since = record.answered_at.unwrap_or(now);
            let length = record.ended_at.unwrap_or(now).since(since);
            params.push(param("DialCallDuration", length.as_secs().to_string()));
        }
        params.push(param("DialBridged", dialing.connected.is_some().to_string()));
        if let Some((open, urls)) = recorded {
            params.extend(urls.into_iter().take(1));
            if let (true, Some(sid)) = (open, dialing.recording) {
                self.outputs.push_back(Output::StopRecording(caller, sid));
            }
        }
        params
    }

    /// Whoever dials is gone: nobody rings on, and the action hears what it came to.
    pub(crate) fn abandon_dial(&mut self, now: Moment, caller: LegId) {
        let Some(dialing) = self.dialing(caller) else { return };
        let connected = dialing.connected;
        let status = if connected.is_some() { CallStatus::Completed } else { CallStatus::NoAnswer };
        let called: Vec<LegId> = dialing.attempts.iter().copied().chain(connected).collect();
        let params = self.close_dial(now, caller, status);
        for id in called {
            self.hang_up(id, Cut::NoAnswer);
        }
        self.farewell(caller, params);
    }

    /// A leg gets a new document: what it was in is undone first.
    pub(crate) fn take_over(&mut self, now: Moment, id: LegId) {
        if let Some(dialing) = self.dialing(id) {
            let called: Vec<LegId> =
                dialing.attempts.iter().copied().chain(dialing.connected).collect();
            self.close_dial(now, id, CallStatus::Canceled);
            for other in called {
                self.part_if_bridged(id, other);
                self.hang_up(other, Cut::NoAnswer);
            }
        }
        let Some(caller) = self.legs.get_mut(&id).and_then(|leg| leg.dialed_by.take()) else {
            return;
        };
        self.part_if_bridged(caller, id);
        let Some(dialing) = self.dialing(caller) else { return };
        dialing.attempts.retain(|leg| *leg != id);
        if dialing.connected == Some(id) {
            self.end_dial(now, caller, CallStatus::Completed);
        } else {
            self.end_if_nobody_is_left(now, caller);
        }
    }

    fn part_if_bridged(&mut self, one: LegId, other: LegId) {
        if self.legs.get(&one).is_some_and(|leg| leg.bridged == Some(other)) {
            self.part(one, other);
        }
    }

    /// A key of whoever dials. `*` leaves, where `hangupOnStar` says so: the conversation, or the ringing.
    ///
    /// Twilio's page speaks of parties that are connected and is silent on ringing. But a caller who waits has more reason
    /// to leave than one who talks, and a support line needs the key for "leave a message instead". `DialCallStatus` is
    /// then `canceled`: that the caller gave up is not that nobody answered.
    pub(crate) fn dial_digit(&mut self, now: Moment, id: LegId, key: char) {
        let Some(dialing) = self.dialing(id) else { return };
        match (dialing.dial.hangup_on_star && key == '*', dialing.connected) {
            (true, Some(_)) => self.end_talk(now, id),
            (true, None) => self.end_ringing(now, id),
            (false, _) => {}
        }
    }

    /// Gives up all that are rung or asked; whoever dialled goes on at once.
    fn end_ringing(&mut self, now: Moment, id: LegId) {
        let Some(dialing) = self.dialing(id) else { return };
        let (attempts, early) = (std::mem::take(&mut dialing.attempts), dialing.early.take());
        for attempt in attempts {
            self.part_early(early, id, attempt);
            self.hang_up(attempt, Cut::Canceled);
        }
        self.end_dial(now, id, CallStatus::Canceled);
    }

    /// Ends the conversation; whoever dialled goes on at once, even if the called never confirms that it is over.
    fn end_talk(&mut self, now: Moment, id: LegId) {
        let Some(connected) = self.dialing(id).and_then(|dialing| dialing.connected) else {
            return;
        };
        self.part_if_bridged(id, connected);
        self.hang_up(connected, Cut::NoAnswer);
        self.end_dial(now, id, CallStatus::Completed);
    }

    pub(crate) fn dial_tick(&mut self, now: Moment, id: LegId) {
        let Some(dialing) = self.dialing(id) else { return };
        if dialing.talk_until.is_some_and(|at| at <= now) {
            dialing.talk_until = None;
            self.end_talk(now, id);
        } else if dialing.ring_until.is_some_and(|at| at <= now) {
            dialing.ring_until = None;
            let attempts = dialing.attempts.clone();
            for attempt in attempts {
                let ringing =
                    self.legs.get(&attempt).is_some_and(|leg| leg.phase == Phase::Ringing);
                if ringing {
                    self.hang_up(attempt, Cut::NoAnswer);
                    if let Some(dialing) = self.dialing(id) {
                        dialing.best = better(dialing.best, CallStatus::NoAnswer);
                    }
                    self.attempt_failed(now, attempt);
                }
            }
        }
        let silence_ends_at = self.dialing(id).and_then(|dialing| dialing.hold.wakes_at());
        if silence_ends_at.is_some_and(|at| at <= now) {
            self.let_hear_ringing(now, id);
        }
    }

    /// Whether the leg is rung by a `<Dial>` and not connected yet.
    pub(crate) fn is_dialed(&self, id: LegId) -> bool {
        let caller = self.legs.get(&id).and_then(|leg| leg.dialed_by);
        let dialing = caller.and_then(|caller| self.legs.get(&caller)?.dial.as_ref());
        dialing.is_some_and(|dialing| dialing.attempts.contains(&id))
    }

    fn dialing(&mut self, id: LegId) -> Option<&mut Dialing> {
        self.legs.get_mut(&id)?.dial.as_mut()
    }
}

/// What is told of a `<Sip>` besides: <https://www.twilio.com/docs/voice/twiml/sip#dial-action-http-parameters>.
fn sip_params(leg: &Leg) -> Vec<Param> {
    let Party::Sip(_) = leg.record.to else { return Vec::new() };
    let answered = leg.record.answered_at.map(|_| 200);
    let status = answered.or(leg.record.hangup.sip_status);
    let mut params: Vec<Param> =
        leg.extra.iter().map(|(name, value)| (format!("Dial{name}"), value.clone())).collect();
    params.extend(status.map(|status| param("DialSipResponseCode", status.to_string())));
    params
}

/// Which of two outcomes says more about a dial that nobody took: busy, then no answer, then failure.
fn better(one: CallStatus, other: CallStatus) -> CallStatus {
    let rank = |status| match status {
        CallStatus::Completed | CallStatus::InProgress => 0,
        CallStatus::Busy => 1,
        CallStatus::NoAnswer => 2,
        CallStatus::Canceled => 3,
        CallStatus::Failed | CallStatus::Queued | CallStatus::Initiated | CallStatus::Ringing => 4,
    };
    if rank(other) < rank(one) { other } else { one }
}

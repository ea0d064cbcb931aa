//! What runs on a leg: documents fetched, run by its interpreter, and its wishes carried out.

use std::time::Duration;

use model::{AlertLevel, Method, Moment, RecordingSource, Sid};
use twiml::{Hook, Interpreter, PlaySource, Record, RejectReason, Say, Verb};
use url::Url;

use crate::ahead;
use crate::io::{
    FetchFailure, FetchId, Fetched, LegId, ListenId, Output, Refusal, Request, Sound, SoundId,
    TextId,
};
use crate::leg::{Cut, Phase};
use crate::recording::{Transcript, Wanted, absolute};
use crate::reply;
use crate::session::{Session, Start};
use crate::webhook::{Param, param};

/// What runs on a leg.
#[derive(Debug, Default)]
pub(crate) struct Program {
    pub(crate) interpreter: Interpreter,
    /// Keys to be sent before anything else runs.
    pub(crate) send_digits: Option<String>,
    /// What runs next, when what runs now came to its end.
    pub(crate) then: Option<Start>,
    /// Asked when a document could not be had.
    pub(crate) fallback: Option<(String, Method)>,
    /// The URL asked last.
    pub(crate) asked: Option<String>,
    pace: Pace,
    /// The interpreter's name of the sound that plays.
    prompt: Option<(SoundId, twiml::PromptId)>,
    /// The recording of the `<Record>` that runs.
    pub(crate) recording: Option<Sid>,
    /// The listening of the `<Gather>` that runs.
    pub(crate) listening: Option<ListenId>,
    /// What the document that was begun last will probably say.
    pub(crate) ahead: Vec<Say>,
    /// The text of the `<Sms>` that runs.
    pub(crate) text: Option<TextId>,
}

/// Documents that a leg may be given within [`PACE_WINDOW`]; more of them go in a circle that no caller hears, and cost
/// the application as much as us.
const PACE_LIMIT: u32 = 100;
/// The time in which documents are counted.
const PACE_WINDOW: Duration = Duration::from_secs(10);

/// Twilio's code for a `<Redirect>` that leads nowhere.
const CIRCLE: u32 = 13710;

/// How fast documents come.
#[derive(Debug, Default)]
struct Pace {
    since: Option<Moment>,
    documents: u32,
}

impl Pace {
    /// One more came; whether that is too many.
    fn exceeds(&mut self, now: Moment) -> bool {
        if self.since.is_none_or(|since| now.since(since) >= PACE_WINDOW) {
            *self = Pace { since: Some(now), documents: 0 };
        }
        self.documents += 1;
        self.documents > PACE_LIMIT
    }
}

/// A request under way.
#[derive(Debug)]
pub(crate) struct Pending {
    id: FetchId,
    pub(crate) leg: LegId,
    url: String,
    is_fallback: bool,
    /// Its answer is not run: the leg has ended.
    pub(crate) farewell: bool,
}

impl Session {
    /// Starts what a leg shall run.
    pub(crate) fn start(&mut self, now: Moment, id: LegId, start: Start) {
        match start {
            Start::Url { url, method, fallback } => {
                if let Some(leg) = self.legs.get_mut(&id) {
                    leg.program.fallback = fallback;
                }
                self.fetch(id, url, method, Vec::new(), false);
            }
            Start::Twiml(text) => match twiml::parse(&text) {
                Ok(document) => self.run_document(now, id, document, None),
                Err(error) => {
                    self.application_failed(now, id, error.code, error.to_string());
                }
            },
            Start::Nowhere => {
                let message = "the number has no voice URL: set one with `alo numbers set` or \
                               VoiceUrl over the API";
                self.alert(now, id, AlertLevel::Error, 11100, message.to_owned());
                self.refuse(id, Refusal::Unavailable);
            }
        }
    }

    /// Starts what a called leg was to run when it answers; false if there is nothing.
    pub(crate) fn begin(&mut self, now: Moment, id: LegId) -> bool {
        let Some(leg) = self.legs.get_mut(&id) else { return false };
        if let Some(digits) = leg.program.send_digits.take() {
            let play = twiml::Play { source: PlaySource::Digits(digits), times: Some(1) };
            self.run_document(now, id, reply::one(Verb::Play(play)), None);
            return true;
        }
        match leg.program.then.take() {
            Some(start) => {
                self.start(now, id, start);
                true
            }
            None => false,
        }
    }

    /// Lets the interpreters go on, and carries out what they want.
    pub(crate) fn run(&mut self, now: Moment) {
        let mut busy = true;
        while busy {
            busy = false;
            let ids: Vec<LegId> = self.legs.keys().copied().collect();
            for id in ids {
                while let Some(output) = self.next_wish(id) {
                    busy = true;
                    self.carry_out(now, id, output);
                }
            }
        }
        self.prepare();
    }

    fn next_wish(&mut self, id: LegId) -> Option<twiml::Output> {
        let leg = self.legs.get_mut(&id).filter(|leg| leg.is_live())?;
        match leg.program.interpreter.poll() {
            twiml::Output::Idle(_) => None,
            output => Some(output),
        }
    }

    fn carry_out(&mut self, now: Moment, id: LegId, output: twiml::Output) {
        match output {
            twiml::Output::Answer => self.answer(now, id),
            twiml::Output::Reject(reason) => self.refuse(
                id,
                match reason {
                    RejectReason::Rejected => Refusal::Declined,
                    RejectReason::Busy => Refusal::Busy,
                },
            ),
            twiml::Output::Sound { prompt, sound, times } => self.play(id, prompt, sound, times),
            twiml::Output::StopSound => self.silence(id),
            twiml::Output::Listen(listen) => self.listen(id, listen),
            twiml::Output::StopListening => self.stop_listening(id),
            twiml::Output::Tell { url, method, params } => self.tell(id, &url, method, params),
            twiml::Output::Record(record) => self.record(now, id, &record),
            twiml::Output::StopRecording => self.end_record_verb(id),
            twiml::Output::Dial(dial) => self.dial(now, id, *dial),
            twiml::Output::Text(sms) => self.text(id, sms),
            twiml::Output::Fetch { url, method, params } => {
                self.fetch(id, url.into(), method, params, false);
            }
            twiml::Output::Alert { level, code, message } => {
                self.alert(now, id, level, code, message);
            }
            twiml::Output::Hangup => self.program_hung_up(now, id),
            twiml::Output::Finished => self.program_finished(now, id),
            twiml::Output::Idle(_) => {}
        }
    }

    /// Picks up an inbound leg.
    pub(crate) fn answer(&mut self, now: Moment, id: LegId) {
        let Some(leg) = self.legs.get_mut(&id).filter(|leg| leg.is_live()) else { return };
        if leg.phase == Phase::Ringing {
            leg.answered(now);
            self.outputs.push_back(Output::Answer(id));
            self.report(now, id);
        }
    }

    fn play(&mut self, id: LegId, prompt: twiml::PromptId, sound: twiml::Sound, times: u32) {
        let name = self.next_sound(id);
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.program.prompt = Some((name, prompt));
        let what = match sound {
            twiml::Sound::Say(say) => Sound::Say(say),
            twiml::Sound::Url(url) => Sound::Url(url),
            twiml::Sound::Digits(digits) => Sound::Digits(digits),
            twiml::Sound::Beep => Sound::Beep,
        };
        self.outputs.push_back(Output::Play { leg: id, sound: name, what, times: Some(times) });
    }

    /// Stops what plays on a leg.
    pub(crate) fn silence(&mut self, id: LegId) {
        if let Some(leg) = self.legs.get_mut(&id)
            && leg.sound.take().is_some()
        {
            self.outputs.push_back(Output::Stop(id));
        }
    }

    pub(crate) fn sound_ended(&mut self, now: Moment, id: LegId, sound: SoundId) {
        let Some(leg) = self.legs.get_mut(&id).filter(|leg| leg.sound == Some(sound)) else {
            return;
        };
        leg.sound = None;
        if let Some((_, prompt)) = leg.program.prompt.take_if(|(name, _)| *name == sound) {
            leg.program.interpreter.handle(now, twiml::Input::SoundEnded(prompt));
        } else {
            self.hold_sound_ended(now, id, sound);
        }
    }

    fn record(&mut self, now: Moment, id: LegId, record: &Record) {
        let base = self.legs.get(&id).and_then(|leg| leg.program.base());
        let wanted = Wanted {
            source: RecordingSource::RecordVerb,
            both: false,
            dual: false,
            trim: record.trim,
            silence: Some(record.timeout),
            max_length: record.max_length,
            callback: absolute(record.status_callback.clone(), base.as_ref()),
            events: record.status_events,
            transcript: transcript(record, base.as_ref()),
        };
        let recording = self.start_recording(now, id, wanted);
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.program.recording = Some(recording);
        }
    }

    fn end_record_verb(&mut self, id: LegId) {
        let recording = self.legs.get(&id).and_then(|leg| leg.program.recording);
        if let Some(recording) = recording {
            self.outputs.push_back(Output::StopRecording(id, recording));
        }
    }

    /// Asks an application for a document.
    pub(crate) fn fetch(
        &mut self,
        id: LegId,
        url: String,
        method: Method,
        params: Vec<Param>,
        is_fallback: bool,
    ) {
        self.forget_requests(id);
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let farewell = leg.phase == Phase::Ended;
        let mut all = leg.params();
        all.extend(params);
        leg.program.asked = Some(url.clone());
        let request = Request {
            id: FetchId(self.fetches),
            call: leg.record.sid,
            account: self.account,
            url: url.clone(),
            method,
            params: all,
        };
        self.fetches += 1;
        self.pending.push(Pending { id: request.id, leg: id, url, is_fallback, farewell });
        self.outputs.push_back(Output::Fetch(Box::new(request)));
    }

    /// What a leg has asked for is not run any more when it comes: something else runs on it, or nothing.
    pub(crate) fn forget_requests(&mut self, id: LegId) {
        self.pending.retain(|pending| pending.leg != id || pending.farewell);
    }

    /// The last request of a leg that has ended, where what ran on it has one to make.
    pub(crate) fn farewell(&mut self, id: LegId, params: Vec<Param>) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        if let Some(twiml::Output::Fetch { url, method, params }) =
            leg.program.interpreter.farewell(params)
        {
            self.fetch(id, url.into(), method, params, false);
        }
    }

    pub(crate) fn fetched(
        &mut self,
        now: Moment,
        id: FetchId,
        result: Result<Fetched, FetchFailure>,
    ) {
        let Some(index) = self.pending.iter().position(|pending| pending.id == id) else { return };
        let pending = self.pending.remove(index);
        let read = result.and_then(|fetched| reply::read(&fetched));
        match read {
            Ok(_) if pending.farewell => {}
            Ok(_) if self.goes_in_circles(now, pending.leg) => {
                let message = format!(
                    "more than {PACE_LIMIT} documents within {} s: does the application go in a circle?",
                    PACE_WINDOW.as_secs()
                );
                self.application_failed(now, pending.leg, CIRCLE, message);
            }
            Ok(read) => self.run_document(now, pending.leg, read.document, read.base),
            Err(failure) => self.fetch_failed(now, &pending, failure),
        }
    }

    fn goes_in_circles(&mut self, now: Moment, id: LegId) -> bool {
        self.legs.get_mut(&id).is_some_and(|leg| leg.program.pace.exceeds(now))
    }

    fn fetch_failed(&mut self, now: Moment, pending: &Pending, failure: FetchFailure) {
        let fallback = self.legs.get(&pending.leg).and_then(|leg| leg.program.fallback.clone());
        match fallback {
            Some((url, method)) if !pending.is_fallback && !pending.farewell => {
                let FetchFailure { code, message } = failure;
                self.alert(now, pending.leg, AlertLevel::Error, code, message);
                let params = vec![
                    param("ErrorCode", code.to_string()),
                    param("ErrorUrl", pending.url.clone()),
                ];
                self.fetch(pending.leg, url, method, params, true);
            }
            Some(_) | None if pending.farewell => {
                self.alert(now, pending.leg, AlertLevel::Error, failure.code, failure.message);
            }
            Some(_) | None => {
                self.application_failed(now, pending.leg, failure.code, failure.message);
            }
        }
    }

    /// Says so to whoever is on the line, and to the application's owner.
    fn application_failed(&mut self, now: Moment, id: LegId, code: u32, message: String) {
        self.alert(now, id, AlertLevel::Error, code, message);
        if self.is_dialed(id) {
            // A whisper that fails is no reason to tell the called; the caller is not connected.
            return self.program_hung_up(now, id);
        }
        self.run_document(now, id, reply::application_error(), None);
    }

    fn run_document(
        &mut self,
        now: Moment,
        id: LegId,
        document: twiml::Document,
        base: Option<Url>,
    ) {
        if let Some(leg) = self.legs.get_mut(&id).filter(|leg| leg.is_live()) {
            if let Some(recording) = leg.program.recording.take() {
                // What its <Record> hears from now on is no business of the document that replaces it.
                self.outputs.push_back(Output::StopRecording(id, recording));
            }
            leg.program.ahead = ahead::of(&document);
            leg.program.interpreter.handle(now, twiml::Input::Document { document, base });
        }
    }

    fn program_hung_up(&mut self, now: Moment, id: LegId) {
        self.hang_up(id, Cut::NoAnswer);
        self.attempt_failed(now, id);
    }

    fn program_finished(&mut self, now: Moment, id: LegId) {
        if self.begin(now, id) {
            return;
        }
        if self.is_dialed(id) {
            self.connect(now, id);
        } else {
            // A document without a verb is an answer, too: the call is picked up and is over.
            self.answer(now, id);
            self.hang_up(id, Cut::NoAnswer);
        }
    }
}

/// What a `<Record>` says about a transcript. Its callback is always asked by POST.
fn transcript(record: &Record, base: Option<&Url>) -> Transcript {
    if !record.transcribe {
        return Transcript::Unwanted;
    }
    let url = record.transcribe_callback.clone();
    let callback = absolute(url.map(|url| Hook { url, method: Method::Post }), base);
    Transcript::Wanted { callback }
}

impl Program {
    /// What relative addresses of the running document are relative to.
    pub(crate) fn base(&self) -> Option<Url> {
        self.interpreter.base().cloned()
    }
}

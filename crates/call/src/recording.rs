//! Recordings of a leg: begun, told about, complete or dropped.
//!
//! <https://www.twilio.com/docs/voice/twiml/record#attributes-recording-status-callback>

use std::time::Duration;

use model::{Method, Moment, RecordingRecord, RecordingSource, RecordingStatus, Sid, SidKind};
use twiml::{Hook, Recorded, RecordingEvents};

use crate::io::{LegId, Output, RecordingOrder, Transcribe};
use crate::leg::Phase;
use crate::session::Session;
use crate::webhook::{API_VERSION, Param, param};

/// Longest recording of a conversation (24 h, the longest call).
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// What a recording is to be, besides where.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) source: RecordingSource,
    pub(crate) both: bool,
    pub(crate) dual: bool,
    pub(crate) trim: bool,
    pub(crate) silence: Option<Duration>,
    pub(crate) max_length: Duration,
    pub(crate) callback: Option<(String, Method)>,
    pub(crate) events: RecordingEvents,
    pub(crate) transcript: Transcript,
}

impl Wanted {
    /// Both sides of a conversation.
    pub(crate) fn conversation(source: RecordingSource, dual: bool, trim: bool) -> Wanted {
        Wanted {
            source,
            both: true,
            dual,
            trim,
            silence: None,
            max_length: LONGEST,
            callback: None,
            events: RecordingEvents { in_progress: false, completed: true, absent: false },
            transcript: Transcript::Unwanted,
        }
    }
}

/// Whether a recording is to be written down.
#[derive(Clone, Debug, Default)]
pub(crate) enum Transcript {
    #[default]
    Unwanted,
    Wanted {
        /// Who is told of it.
        callback: Option<(String, Method)>,
    },
}

/// A recording that is under way, or whose leg is still there.
#[derive(Debug)]
pub(crate) struct ActiveRecording {
    pub(crate) record: RecordingRecord,
    pub(crate) url: String,
    callback: Option<(String, Method)>,
    events: RecordingEvents,
    transcript: Transcript,
}

impl ActiveRecording {
    /// Whether the file is still being written.
    pub(crate) fn is_open(&self) -> bool {
        self.record.status == RecordingStatus::InProgress
    }

    /// Parameters of the `<Record>`'s or `<Dial>`'s action.
    pub(crate) fn action_params(&self) -> Vec<Param> {
        let length = self.record.duration.unwrap_or_default().as_secs();
        vec![
            param("RecordingUrl", self.url.clone()),
            param("RecordingSid", self.record.sid.to_string()),
            param("RecordingDuration", length.to_string()),
        ]
    }

    fn saved(&self, wanted: bool) -> Output {
        let callback = self.callback.clone().filter(|_| wanted);
        let callback = callback.map(|(url, method)| (url, method, self.callback_params()));
        Output::SaveRecording { record: Box::new(self.record.clone()), callback }
    }

    fn callback_params(&self) -> Vec<Param> {
        let record = &self.record;
        let mut params = vec![
            param("AccountSid", record.account.to_string()),
            param("CallSid", record.call.to_string()),
            param("RecordingSid", record.sid.to_string()),
            param("RecordingUrl", self.url.clone()),
            param("RecordingStatus", record.status.as_str()),
            param("RecordingChannels", record.channels.to_string()),
            param("RecordingStartTime", record.started_at.rfc2822()),
            param("RecordingSource", record.source.as_str()),
            param("RecordingTrack", "both"),
            param("ApiVersion", API_VERSION),
            param("ErrorCode", record.error_code.unwrap_or(0).to_string()),
        ];
        if let Some(length) = record.duration {
            params.push(param("RecordingDuration", length.as_secs().to_string()));
        }
        params
    }
}

impl Session {
    /// Begins a recording on `leg` and says which.
    pub(crate) fn start_recording(&mut self, now: Moment, leg: LegId, wanted: Wanted) -> Sid {
        let sid = self.sids.next(SidKind::Recording);
        let url = format!(
            "{}/{API_VERSION}/Accounts/{}/Recordings/{sid}",
            self.public_url.trim_end_matches('/'),
            self.account
        );
        let order = RecordingOrder {
            recording: sid,
            both: wanted.both,
            dual: wanted.dual,
            trim: wanted.trim,
            silence: wanted.silence,
            max_length: wanted.max_length,
        };
        let Some(leg) = self.legs.get_mut(&leg) else {
            return sid;
        };
        let record = RecordingRecord {
            sid,
            account: self.account,
            call: leg.record.sid,
            source: wanted.source,
            channels: if wanted.dual { 2 } else { 1 },
            status: RecordingStatus::InProgress,
            duration: None,
            started_at: now,
            updated_at: now,
            error_code: None,
        };
        let Wanted { callback, events, transcript, .. } = wanted;
        let active = ActiveRecording { record, url, callback, events, transcript };
        let saved = active.saved(active.events.in_progress);
        leg.recordings.push(active);
        let leg = leg.id;
        self.outputs.push_back(saved);
        self.outputs.push_back(Output::Record(leg, order));
        sid
    }

    /// A recording is complete on disk, or nothing came of it.
    pub(crate) fn recording_ended(
        &mut self,
        now: Moment,
        leg: LegId,
        recording: Sid,
        length: Duration,
        heard: bool,
        failure: Option<String>,
    ) {
        let Some(entry) = self.legs.get_mut(&leg) else { return };
        let Some(active) = entry.recording(recording).filter(|active| active.is_open()) else {
            return;
        };
        let source = active.record.source;
        let from_verb = source == RecordingSource::RecordVerb;
        let absent = failure.is_none() && (length.is_zero() || from_verb && !heard);
        active.record.updated_at = now;
        active.record.duration = Some(whole_seconds(length));
        active.record.status = match (&failure, absent) {
            (Some(_), _) => RecordingStatus::Failed,
            (None, true) => RecordingStatus::Absent,
            (None, false) => RecordingStatus::Completed,
        };
        if failure.is_some() {
            active.record.error_code = Some(RECORDING_FAILED);
        }
        let told = if absent { active.events.absent } else { active.events.completed };
        let params = active.action_params();
        let saved = active.saved(told);
        self.outputs.push_back(saved);
        self.transcribe(leg, recording);
        if absent {
            self.outputs.push_back(Output::DropRecording(recording));
        }
        if let Some(failure) = failure {
            self.alert(now, leg, model::AlertLevel::Error, RECORDING_FAILED, failure);
        }
        if source == RecordingSource::OutboundApi {
            self.report_with_recording(now, leg);
        }
        if from_verb {
            let recorded = if absent { Recorded::Nothing } else { Recorded::Audio(params) };
            self.record_verb_ended(now, leg, recording, recorded);
        }
    }

    /// Has a complete recording written down, where that is wanted.
    fn transcribe(&mut self, leg: LegId, recording: Sid) {
        let Some(leg) = self.legs.get_mut(&leg) else { return };
        let mut params = leg.params();
        let Some(active) = leg.recording(recording) else { return };
        if active.record.status != RecordingStatus::Completed {
            return;
        }
        let Transcript::Wanted { callback } = std::mem::take(&mut active.transcript) else {
            return;
        };
        params.push(param("RecordingSid", recording.to_string()));
        params.push(param("RecordingUrl", active.url.clone()));
        let (call, account) = (active.record.call, active.record.account);
        let length = active.record.duration.unwrap_or_default();
        let order = Transcribe { recording, call, account, length, callback, params };
        self.outputs.push_back(Output::Transcribe(Box::new(order)));
    }

    /// Whether the leg's last callback waits until the recording that the API asked for has its length.
    pub(crate) fn waits_for_its_recording(&self, leg: LegId) -> bool {
        self.legs.get(&leg).is_some_and(|leg| {
            leg.recordings.iter().any(|active| {
                active.is_open() && active.record.source == RecordingSource::OutboundApi
            })
        })
    }

    fn report_with_recording(&mut self, now: Moment, leg: LegId) {
        let ended = self.legs.get(&leg).is_some_and(|leg| leg.phase == Phase::Ended);
        if ended && !self.waits_for_its_recording(leg) {
            self.report(now, leg);
        }
    }

    fn record_verb_ended(&mut self, now: Moment, leg: LegId, recording: Sid, recorded: Recorded) {
        let Some(entry) = self.legs.get_mut(&leg) else { return };
        if entry.program.recording.take_if(|running| *running == recording).is_none() {
            // Another document runs by now, perhaps with a <Record> of its own.
            return;
        }
        if entry.is_live() {
            entry.program.interpreter.handle(now, twiml::Input::RecordEnded(recorded));
            return;
        }
        // The caller hung up while recording: the action still hears of it.
        if let Recorded::Audio(mut params) = recorded {
            params.push(param("Digits", "hangup"));
            self.farewell(leg, params);
        }
    }
}

/// A recording's length as it is told: whole seconds, rounded, and never none of what was heard.
fn whole_seconds(length: Duration) -> Duration {
    let seconds = (length + Duration::from_millis(500)).as_secs();
    Duration::from_secs(if length.is_zero() { 0 } else { seconds.max(1) })
}

/// Twilio's code for a recording that failed on the server.
const RECORDING_FAILED: u32 = 13618;

/// A hook as URL and method, where it is absolute.
pub(crate) fn absolute(hook: Option<Hook>, base: Option<&url::Url>) -> Option<(String, Method)> {
    let hook = hook?;
    let url = match base {
        Some(base) => base.join(&hook.url).ok()?,
        None => url::Url::parse(&hook.url).ok()?,
    };
    Some((url.into(), hook.method))
}

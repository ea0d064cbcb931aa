//! One leg: its record, where it stands, what runs on it and who follows it.

use model::{CallRecord, CallStatus, Direction, Moment, Sid};

use crate::dial::Dialing;
use crate::io::{Ending, LegId, SoundId};
use crate::program::Program;
use crate::recording::ActiveRecording;
use crate::report::Watch;
use crate::webhook::{Countries, Param, param, standard};

/// Where a leg stands, besides what its record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Not answered yet.
    Ringing,
    /// Answered.
    Up,
    /// Over.
    Ended,
}

/// Why we end a leg that wasn't answered; it decides the final status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// A request of the API's, or of the caller who waits for it.
    Canceled,
    /// Rung long enough, or nobody is there any more to talk to.
    NoAnswer,
    /// A `<Reject>` with `busy`.
    Busy,
    /// It can't go on.
    Failed,
}

/// One leg.
#[derive(Debug)]
pub(crate) struct Leg {
    pub(crate) id: LegId,
    pub(crate) record: CallRecord,
    pub(crate) countries: Countries,
    pub(crate) phase: Phase,
    /// Hung up by us; what is left is to hear that it ended.
    pub(crate) cut: Option<Cut>,
    pub(crate) program: Program,
    /// The `<Dial>` that this leg waits for.
    pub(crate) dial: Option<Dialing>,
    /// The leg whose `<Dial>` rings this one.
    pub(crate) dialed_by: Option<LegId>,
    /// Whom it talks to.
    pub(crate) bridged: Option<LegId>,
    /// What plays on it.
    pub(crate) sound: Option<SoundId>,
    pub(crate) watch: Option<Watch>,
    /// SIP details for webhooks: `SipCallId`, `SipHeader_X-…`.
    pub(crate) extra: Vec<Param>,
    pub(crate) recordings: Vec<ActiveRecording>,
    /// Given up when it rings longer.
    pub(crate) ring_until: Option<Moment>,
    /// Ended when it lasts longer.
    pub(crate) up_until: Option<Moment>,
}

impl Leg {
    pub(crate) fn new(id: LegId, record: CallRecord) -> Leg {
        Leg {
            id,
            countries: Countries::of(&record),
            record,
            phase: Phase::Ringing,
            cut: None,
            program: Program::default(),
            dial: None,
            dialed_by: None,
            bridged: None,
            sound: None,
            watch: None,
            extra: Vec::new(),
            recordings: Vec::new(),
            ring_until: None,
            up_until: None,
        }
    }

    /// Whether commands to it still make sense.
    pub(crate) fn is_live(&self) -> bool {
        self.phase != Phase::Ended && self.cut.is_none()
    }

    /// Parameters of a webhook about this leg.
    pub(crate) fn params(&self) -> Vec<Param> {
        let mut params = standard(&self.record, &self.countries);
        params.extend(self.extra.iter().cloned());
        params
    }

    /// Parameters of the last status callback about the recording that the API asked for.
    pub(crate) fn recorded_params(&self) -> Vec<Param> {
        self.recordings
            .iter()
            .filter(|active| active.record.source == model::RecordingSource::OutboundApi)
            .filter(|active| active.record.status == model::RecordingStatus::Completed)
            .flat_map(|active| {
                let length = active.record.duration.unwrap_or_default().as_secs();
                [
                    param("RecordingUrl", active.url.clone()),
                    param("RecordingSid", active.record.sid.to_string()),
                    param("RecordingDuration", length.to_string()),
                ]
            })
            .collect()
    }

    /// It was answered.
    pub(crate) fn answered(&mut self, now: Moment) {
        self.phase = Phase::Up;
        self.ring_until = None;
        self.record.status = CallStatus::InProgress;
        self.record.answered_at = Some(now);
        self.record.started_at = Some(now);
    }

    /// It ended.
    pub(crate) fn ended(&mut self, now: Moment, ending: Ending) {
        self.record.status = self.final_status(ending.sip_status);
        self.record.hangup = model::Hangup { sip_status: ending.sip_status, reason: ending.reason };
        self.record.ended_at = Some(now);
        self.record.started_at.get_or_insert(self.record.created_at);
        self.phase = Phase::Ended;
        self.ring_until = None;
        self.up_until = None;
        self.sound = None;
    }

    fn final_status(&self, sip_status: Option<u16>) -> CallStatus {
        if self.record.answered_at.is_some() {
            return CallStatus::Completed;
        }
        match self.cut {
            Some(Cut::Canceled) => return CallStatus::Canceled,
            Some(Cut::NoAnswer) => return CallStatus::NoAnswer,
            Some(Cut::Busy) => return CallStatus::Busy,
            Some(Cut::Failed) => return CallStatus::Failed,
            None => {}
        }
        if self.record.direction == Direction::Inbound {
            return CallStatus::NoAnswer;
        }
        status_of(sip_status)
    }

    /// The recording of this SID, if it is under way.
    pub(crate) fn recording(&mut self, sid: Sid) -> Option<&mut ActiveRecording> {
        self.recordings.iter_mut().find(|active| active.record.sid == sid)
    }
}

/// What a final SIP answer says about a call that was not answered.
///
/// RFC 3261 §21: busy (486, 600) and declined (603) are busy to the one who rings; 480, 408 and 487 are no answer.
fn status_of(sip_status: Option<u16>) -> CallStatus {
    match sip_status {
        Some(486 | 600 | 603) => CallStatus::Busy,
        Some(408 | 480 | 487) => CallStatus::NoAnswer,
        Some(_) | None => CallStatus::Failed,
    }
}

//! Who follows a call, and what they are told.
//!
//! <https://www.twilio.com/docs/voice/api/call-resource#statuscallbackevent>. The sequence number counts what was
//! told about one call, from 0.

use std::time::Duration;

use model::{CallRecord, CallStatus, Direction, Method, Moment};
use twiml::Events;

use crate::io::{Output, Report};
use crate::leg::Leg;
use crate::webhook::{Countries, Param, param, standard};

/// Who follows a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    /// Absolute.
    pub url: String,
    /// How.
    pub method: Method,
    /// About what.
    pub events: Events,
    /// Number of the next callback.
    pub sequence: u32,
}

impl Watch {
    fn wants(&self, status: CallStatus) -> bool {
        match status {
            CallStatus::Queued => false,
            CallStatus::Initiated => self.events.initiated,
            CallStatus::Ringing => self.events.ringing,
            CallStatus::InProgress => self.events.answered,
            CallStatus::Completed
            | CallStatus::Busy
            | CallStatus::Failed
            | CallStatus::NoAnswer
            | CallStatus::Canceled => self.events.completed,
        }
    }
}

/// The last callback of a call that a crash cut off, where somebody wants it.
///
/// `record` must have its final status and its end.
pub fn final_callback(
    record: &CallRecord,
    watch: &Watch,
    now: Moment,
) -> Option<(String, Method, Vec<Param>)> {
    watch.wants(record.status).then(|| {
        let countries = Countries::of(record);
        let params = callback_params(record, &countries, watch.sequence, now, Vec::new());
        (watch.url.clone(), watch.method, params)
    })
}

/// The leg's record as it is now, with the callback that its status asks for.
pub(crate) fn report(leg: &mut Leg, now: Moment) -> Output {
    leg.record.updated_at = now;
    let recorded = leg.recorded_params();
    let record = leg.record.clone();
    let callback = match &mut leg.watch {
        Some(watch) if watch.wants(record.status) => {
            let params = callback_params(&record, &leg.countries, watch.sequence, now, recorded);
            watch.sequence += 1;
            Some((watch.url.clone(), watch.method, params))
        }
        Some(_) | None => None,
    };
    Output::Report(Box::new(Report { record, watch: leg.watch.clone(), callback }))
}

fn callback_params(
    record: &CallRecord,
    countries: &Countries,
    sequence: u32,
    now: Moment,
    recorded: Vec<Param>,
) -> Vec<Param> {
    let mut params = standard(record, countries);
    params.push(param("CallbackSource", "call-progress-events"));
    params.push(param("SequenceNumber", sequence.to_string()));
    params.push(param("Timestamp", now.rfc2822()));
    if record.status.is_final() {
        let for_ = record.duration().unwrap_or(Duration::ZERO);
        params.push(param("CallDuration", for_.as_secs().to_string()));
        params.push(param("Duration", for_.as_secs().div_ceil(60).to_string()));
        let answered = record.answered_at.map(|_| 200);
        if let Some(status) = record.hangup.sip_status.or(answered)
            && record.direction != Direction::Inbound
        {
            params.push(param("SipResponseCode", status.to_string()));
        }
        params.extend(recorded);
    }
    params
}

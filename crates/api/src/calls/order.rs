//! A call to be placed, read from the parameters of `POST /Calls`.
//!
//! <https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource>. What needs an engine that isn't built
//! (detection of machines, BYOC, call reasons) is ignored with a line in the log. `Differs:` `ApplicationSid` counts where
//! neither `Url` nor `Twiml` is given.

use std::time::Duration;

use engine::{PlaceCall, RecordCall, Start, Watch};
use model::{Method, Party, Sid, SidKind, VoiceRouting};
use twiml::{Events, RecordingEvents};

use crate::errors::{ApiError, INVALID_PARAMETER};
use crate::params::Params;
use crate::written;

/// Ringing unless said otherwise.
const DEFAULT_RINGING: u64 = 60;
/// Longest ringing; more is cut.
const LONGEST_RINGING: u64 = 600;
/// Length of a call unless said otherwise: four hours.
const DEFAULT_CALL: u64 = 14_400;
/// Longest call: a day.
const LONGEST_CALL: u64 = 24 * 60 * 60;
/// Most keys in `SendDigits`.
const MOST_DIGITS: usize = 32;
/// Longest document in a parameter, in characters.
pub(super) const LONGEST_TWIML: usize = 4000;

/// Parameters that are taken but change nothing.
const IGNORED: [&str; 8] = [
    "MachineDetection",
    "AsyncAmd",
    "Byoc",
    "CallReason",
    "CallToken",
    "RecordingTrack",
    "SipAuthUsername",
    "SipAuthPassword",
];

/// What is to be placed.
#[derive(Clone, Debug)]
pub(super) struct CallOrder {
    pub(super) from: Party,
    pub(super) to: Party,
    /// `None`: what the application says.
    start: Option<Start>,
    /// Whose routing runs where nothing else is named.
    application: Option<Sid>,
    ring_for: Duration,
    time_limit: Duration,
    send_digits: Option<String>,
    record_call: Option<RecordCall>,
    watch: Option<Watch>,
}

/// Why nothing can be placed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum OrderError {
    /// Say whom to ring (21201).
    #[error("No 'To' number is specified")]
    NoTo,
    /// Write E.164, `client:NAME` or `sip:USER@HOST` (21211).
    #[error(
        "The 'To' number {0} is not a valid phone number: write + and country code, client:NAME or sip:USER@HOST"
    )]
    To(String),
    /// Say who rings (21213).
    #[error("No 'From' number is specified")]
    NoFrom,
    /// Write E.164, `client:NAME` or `sip:USER@HOST` (21212).
    #[error(
        "The 'From' number {0} is not a valid phone number: write + and country code, client:NAME or sip:USER@HOST"
    )]
    From(String),
    /// Say what is to happen (21205).
    #[error("Url parameter is required: write Url or Twiml")]
    NoUrl,
    /// Write an absolute address (21205).
    #[error("{name} is not a valid URL: {value}")]
    Url {
        /// Of the parameter.
        name: &'static str,
        /// As it came.
        value: String,
    },
    /// Create it first and give it a `VoiceUrl`, or write `Url` or `Twiml` (21218).
    #[error("Invalid ApplicationSid {0}: this account has no such application with a VoiceUrl")]
    Application(String),
    /// At most 32 of `0-9 # * w W` (21206).
    #[error("SendDigits is '{0}': write at most {MOST_DIGITS} of 0-9 # * w W")]
    SendDigits(String),
    /// Write seconds (21208).
    #[error("Timeout is '{0}': write seconds from 1 to {LONGEST_RINGING}")]
    Timeout(String),
    /// Write GET or POST (21209).
    #[error("{name} is '{value}': write GET or POST")]
    Method {
        /// Of the parameter.
        name: &'static str,
        /// As it came.
        value: String,
    },
    /// Write an absolute address (21609).
    #[error("Invalid StatusCallback URL: {0}")]
    StatusCallback(String),
    /// Write seconds.
    #[error("TimeLimit is '{0}': write seconds from 1 to {LONGEST_CALL}")]
    TimeLimit(String),
    /// Put the document behind a `Url`.
    #[error("Twiml has {0} characters, at most {LONGEST_TWIML} are taken: put it behind a Url")]
    LongTwiml(usize),
    /// Write one of them.
    #[error("{name} is '{value}': write {choices}")]
    Choice {
        /// Of the parameter.
        name: &'static str,
        /// As it came.
        value: String,
        /// What may be written.
        choices: &'static str,
    },
}

impl OrderError {
    /// Twilio's code.
    pub(super) const fn code(&self) -> u32 {
        match self {
            OrderError::NoTo => 21201,
            OrderError::To(_) => 21211,
            OrderError::NoFrom => 21213,
            OrderError::From(_) => 21212,
            OrderError::NoUrl | OrderError::Url { .. } => 21205,
            OrderError::Application(_) => 21218,
            OrderError::SendDigits(_) => 21206,
            OrderError::Timeout(_) => 21208,
            OrderError::Method { .. } => 21209,
            OrderError::StatusCallback(_) => 21609,
            OrderError::TimeLimit(_) | OrderError::LongTwiml(_) | OrderError::Choice { .. } => {
                INVALID_PARAMETER
            }
        }
    }
}

impl From<OrderError> for ApiError {
    fn from(error: OrderError) -> ApiError {
        ApiError::bad_request(error.code(), error.to_string())
    }
}

impl CallOrder {
    pub(super) fn read(params: &Params) -> Result<CallOrder, OrderError> {
        let to = params.raw("To").ok_or(OrderError::NoTo)?;
        let to = written::party(to).map_err(|error| OrderError::To(error.0))?;
        let from = params.raw("CallerId").or(params.raw("From")).ok_or(OrderError::NoFrom)?;
        let from = written::party(from).map_err(|error| OrderError::From(error.0))?;
        let start = start(params)?;
        let application = params.text("ApplicationSid").map(application).transpose()?;
        if start.is_none() && application.is_none() {
            return Err(OrderError::NoUrl);
        }
        let order = CallOrder {
            from,
            to,
            start,
            application,
            ring_for: seconds(params, "Timeout", DEFAULT_RINGING, LONGEST_RINGING)
                .map_err(OrderError::Timeout)?,
            time_limit: seconds(params, "TimeLimit", DEFAULT_CALL, LONGEST_CALL)
                .map_err(OrderError::TimeLimit)?,
            send_digits: params.text("SendDigits").map(digits).transpose()?,
            record_call: record_call(params)?,
            watch: watch(params)?,
        };
        for name in IGNORED.into_iter().filter(|name| params.text(name).is_some()) {
            tracing::warn!(parameter = name, "a parameter of a new call is not built and ignored");
        }
        Ok(order)
    }

    /// The application to be looked up: nothing else says what runs.
    pub(super) fn asks_application(&self) -> Option<Sid> {
        self.application.filter(|_| self.start.is_none())
    }

    /// What runs on the call, and who follows it, is what the application says.
    pub(super) fn of_application(mut self, voice: VoiceRouting) -> Result<CallOrder, OrderError> {
        let VoiceRouting { url, method, fallback_url, fallback_method, .. } = voice;
        let sid = self.application.map(|sid| sid.to_string());
        let url = url.ok_or_else(|| OrderError::Application(sid.unwrap_or_default()))?;
        let fallback = fallback_url.map(|url| (url, fallback_method));
        self.start = Some(Start::Url { url, method, fallback });
        self.watch = self.watch.or_else(|| {
            let (url, method) = (voice.status_callback?, voice.status_callback_method);
            Some(Watch { url, method, events: Events::COMPLETED, sequence: 0 })
        });
        Ok(self)
    }

    /// The engine's order: for this account, from this number of its own.
    pub(super) fn placed_for(self, account: Sid, number: Option<Sid>) -> PlaceCall {
        PlaceCall {
            account,
            from: self.from,
            to: self.to,
            number,
            start: self.start.unwrap_or(Start::Nowhere),
            ring_for: self.ring_for,
            time_limit: self.time_limit,
            send_digits: self.send_digits,
            record_call: self.record_call,
            watch: self.watch,
        }
    }
}

/// What runs on the call: the document at `Url`, else the one in `Twiml`; `None` if there is neither.
pub(super) fn start(params: &Params) -> Result<Option<Start>, OrderError> {
    let asked = params.application("Url").map_err(|value| OrderError::Url { name: "Url", value });
    if let Some(url) = asked? {
        let method = method(params, "Method")?;
        let fallback = url_and_method(params, "FallbackUrl", "FallbackMethod")?;
        return Ok(Some(Start::Url { url, method, fallback }));
    }
    if let Some(text) = params.raw("Twiml") {
        let length = text.chars().count();
        let fits = length <= LONGEST_TWIML;
        return if fits {
            Ok(Some(Start::Twiml(text.to_owned())))
        } else {
            Err(OrderError::LongTwiml(length))
        };
    }
    Ok(None)
}

fn application(text: &str) -> Result<Sid, OrderError> {
    Sid::of_kind(SidKind::Application, text).map_err(|_| OrderError::Application(text.to_owned()))
}

fn record_call(params: &Params) -> Result<Option<RecordCall>, OrderError> {
    let dual = choice(params, "RecordingChannels", "mono or dual", ["mono", "dual"])?;
    let trim =
        choice(params, "Trim", "trim-silence or do-not-trim", ["do-not-trim", "trim-silence"])?;
    let callback =
        url_and_method(params, "RecordingStatusCallback", "RecordingStatusCallbackMethod")?;
    let events = recording_events(params);
    let order = RecordCall { dual, trim, callback, events };
    Ok(params.flag("Record").then_some(order))
}

fn watch(params: &Params) -> Result<Option<Watch>, OrderError> {
    let url = params.url("StatusCallback").map_err(OrderError::StatusCallback)?;
    let method = method(params, "StatusCallbackMethod")?;
    let Some(url) = url else { return Ok(None) };
    let (events, unknown) = Events::read(params.all("StatusCallbackEvent"));
    if !unknown.is_empty() {
        tracing::warn!(?unknown, "unknown words in StatusCallbackEvent are ignored");
    }
    let nothing = Events { initiated: false, ringing: false, answered: false, completed: false };
    let events = if events == nothing { Events::COMPLETED } else { events };
    Ok(Some(Watch { url, method, events, sequence: 0 }))
}

fn recording_events(params: &Params) -> RecordingEvents {
    let mut events = RecordingEvents { in_progress: false, completed: false, absent: false };
    let words = params.all("RecordingStatusCallbackEvent").flat_map(|text| text.split([' ', ',']));
    for word in words {
        match word {
            "in-progress" => events.in_progress = true,
            "completed" => events.completed = true,
            "absent" => events.absent = true,
            _ => {}
        }
    }
    if !(events.in_progress || events.absent) {
        events.completed = true;
    }
    events
}

fn digits(text: &str) -> Result<String, OrderError> {
    let keys = text.bytes().all(|key| key.is_ascii_digit() || b"#*wW".contains(&key));
    if keys && text.len() <= MOST_DIGITS {
        Ok(text.to_owned())
    } else {
        Err(OrderError::SendDigits(text.to_owned()))
    }
}

/// Seconds, cut at the longest; `Err` with the text if it is no number above zero.
fn seconds(params: &Params, name: &str, unless: u64, longest: u64) -> Result<Duration, String> {
    let Some(text) = params.text(name) else { return Ok(Duration::from_secs(unless)) };
    match text.parse::<u64>() {
        Ok(seconds @ 1..) => Ok(Duration::from_secs(seconds.min(longest))),
        Ok(0) | Err(_) => Err(text.to_owned()),
    }
}

/// Whether the second of two words is written; the first if none is.
fn choice(
    params: &Params,
    name: &'static str,
    choices: &'static str,
    words: [&str; 2],
) -> Result<bool, OrderError> {
    match params.text(name) {
        None => Ok(false),
        Some(value) if value == words[0] => Ok(false),
        Some(value) if value == words[1] => Ok(true),
        Some(value) => Err(OrderError::Choice { name, value: value.to_owned(), choices }),
    }
}

fn url(params: &Params, name: &'static str) -> Result<Option<String>, OrderError> {
    params.url(name).map_err(|value| OrderError::Url { name, value })
}

fn method(params: &Params, name: &'static str) -> Result<Method, OrderError> {
    let read = params.method(name).map_err(|value| OrderError::Method { name, value })?;
    Ok(read.unwrap_or_default())
}

fn url_and_method(
    params: &Params,
    name: &'static str,
    method_name: &'static str,
) -> Result<Option<(String, Method)>, OrderError> {
    let method = method(params, method_name)?;
    Ok(url(params, name)?.map(|url| (url, method)))
}

#[cfg(test)]
mod tests;

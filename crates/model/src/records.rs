//! Records besides the call's own: accounts, numbers, phones, trunks, recordings, alerts, and callbacks to be sent.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::message::TextRouting;
use crate::moment::Moment;
use crate::number::PhoneNumber;
use crate::sid::Sid;

/// A password or token. It prints redacted, and says its text only when asked.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Secret(String);

impl Secret {
    /// Wraps `text`.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// None: signs nothing.
    pub const fn empty() -> Secret {
        Secret(String::new())
    }

    /// The text itself: for a digest, a signature or the owner's own eyes.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// HTTP method of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Method {
    /// Parameters in the query.
    Get,
    /// Parameters in a form body (the default everywhere).
    #[default]
    Post,
}

impl Method {
    /// `GET` or `POST`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
        }
    }
}

impl FromStr for Method {
    type Err = ();

    fn from_str(text: &str) -> Result<Method, ()> {
        match text {
            _ if text.eq_ignore_ascii_case("GET") => Ok(Method::Get),
            _ if text.eq_ignore_ascii_case("POST") => Ok(Method::Post),
            _ => Err(()),
        }
    }
}

/// Whether an account may act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountStatus {
    /// It may.
    Active,
    /// It may read, not act.
    Suspended,
    /// It is gone.
    Closed,
}

impl AccountStatus {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            AccountStatus::Active => "active",
            AccountStatus::Suspended => "suspended",
            AccountStatus::Closed => "closed",
        }
    }
}

/// Who may use the API, and whose calls these are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// `AC…`.
    pub sid: Sid,
    /// Signs webhooks and opens the API; kept readable because signatures need it.
    pub token: Secret,
    /// For people.
    pub friendly_name: String,
    /// Whether it may act.
    pub status: AccountStatus,
    /// Whether it is for tests: what it sends, calls and buys is answered by magic numbers, and neither done nor kept
    /// (<https://www.twilio.com/docs/iam/test-credentials>).
    pub test: bool,
    /// When it was made.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
}

/// What is asked when a number is rung. Empty URL: nobody is asked, the call is refused with alert 11100.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct VoiceRouting {
    /// Asked first.
    pub url: Option<String>,
    /// With this method.
    pub method: Method,
    /// Asked when the first failed.
    pub fallback_url: Option<String>,
    /// With this method.
    pub fallback_method: Method,
    /// Told when the call ends.
    pub status_callback: Option<String>,
    /// With this method.
    pub status_callback_method: Method,
}

/// A phone number of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberRecord {
    /// `PN…`.
    pub sid: Sid,
    /// `AC…` of the owner.
    pub account: Sid,
    /// The number.
    pub number: PhoneNumber,
    /// For people; the national form unless set.
    pub friendly_name: String,
    /// What happens when it is rung.
    pub voice: VoiceRouting,
    /// What happens when it is texted.
    pub text: TextRouting,
    /// `AP…` whose routing of calls counts instead of `voice`.
    pub voice_application: Option<Sid>,
    /// `AP…` whose routing of texts counts instead of `text`.
    pub sms_application: Option<Sid>,
    /// When it was bought.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
}

/// A phone that may register here, rung as `client:NAME`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneAccount {
    /// `CR…`.
    pub sid: Sid,
    /// `AC…` of the owner.
    pub account: Sid,
    /// SIP user name, unique on this server.
    pub name: String,
    /// SIP password; readable because a digest (RFC 3261 §22) needs it.
    pub password: Secret,
    /// Number shown when this phone rings somebody outside.
    pub caller_id: Option<PhoneNumber>,
    /// What is asked when this phone dials; `None`: the dialled number is rung directly.
    pub voice: VoiceRouting,
    /// When it was made.
    pub created_at: Moment,
}

/// A carrier or telephone system, spoken to over SIP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trunk {
    /// `TK…`.
    pub sid: Sid,
    /// Unique name.
    pub name: String,
    /// Host name or address.
    pub host: String,
    /// UDP port (5060 unless said).
    pub port: u16,
    /// User and password, where the carrier challenges.
    pub credentials: Option<(String, Secret)>,
    /// Addresses calls may come from; empty: those that `host` resolves to.
    pub sources: Vec<std::net::IpAddr>,
    /// Numbers it reaches, by prefix (`+55`); the longest prefix of all trunks wins. `+` reaches all.
    pub prefixes: Vec<String>,
    /// When it was made.
    pub created_at: Moment,
}

/// Where a recording stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordingStatus {
    /// Being written.
    InProgress,
    /// Complete on disk.
    Completed,
    /// Nothing was recorded.
    Absent,
    /// The disk or the server failed; what was written is kept.
    Failed,
}

impl RecordingStatus {
    /// Every status.
    pub const ALL: [RecordingStatus; 4] = [
        RecordingStatus::InProgress,
        RecordingStatus::Completed,
        RecordingStatus::Absent,
        RecordingStatus::Failed,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            RecordingStatus::InProgress => "in-progress",
            RecordingStatus::Completed => "completed",
            RecordingStatus::Absent => "absent",
            RecordingStatus::Failed => "failed",
        }
    }
}

impl FromStr for RecordingStatus {
    type Err = ();

    fn from_str(text: &str) -> Result<RecordingStatus, ()> {
        RecordingStatus::ALL.into_iter().find(|status| status.as_str() == text).ok_or(())
    }
}

/// What had something recorded. The words are those on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordingSource {
    /// `<Record>`.
    RecordVerb,
    /// `<Dial record>`.
    DialVerb,
    /// `Record=true` on an outbound call.
    OutboundApi,
}

impl RecordingSource {
    /// Every source.
    pub const ALL: [RecordingSource; 3] =
        [RecordingSource::RecordVerb, RecordingSource::DialVerb, RecordingSource::OutboundApi];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            RecordingSource::RecordVerb => "RecordVerb",
            RecordingSource::DialVerb => "DialVerb",
            RecordingSource::OutboundApi => "OutboundAPI",
        }
    }
}

impl FromStr for RecordingSource {
    type Err = ();

    fn from_str(text: &str) -> Result<RecordingSource, ()> {
        RecordingSource::ALL.into_iter().find(|source| source.as_str() == text).ok_or(())
    }
}

/// Recorded audio. The file is `recordings/{sid}.wav` in the data folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingRecord {
    /// `RE…`.
    pub sid: Sid,
    /// `AC…` of the owner.
    pub account: Sid,
    /// `CA…` of the leg recorded.
    pub call: Sid,
    /// What had it recorded.
    pub source: RecordingSource,
    /// 1 or 2.
    pub channels: u8,
    /// Where it stands.
    pub status: RecordingStatus,
    /// Length, once complete.
    pub duration: Option<Duration>,
    /// When it began.
    pub started_at: Moment,
    /// When the record last changed.
    pub updated_at: Moment,
    /// Twilio's error code, where it failed.
    pub error_code: Option<u32>,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertLevel {
    /// The call could not do what was asked.
    Error,
    /// The call went on.
    Warning,
}

/// Something went wrong that the application's owner can mend: an entry with Twilio's code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// `NO…`.
    pub sid: Sid,
    /// `AC…` of the owner.
    pub account: Sid,
    /// `CA…` of the leg, or `SM…` of the message, concerned.
    pub call: Option<Sid>,
    /// How bad.
    pub level: AlertLevel,
    /// Twilio's error code, as <https://www.twilio.com/docs/api/errors> lists them.
    pub code: u32,
    /// What happened and what to do.
    pub message: String,
    /// The URL asked, where one was.
    pub url: Option<String>,
    /// When.
    pub at: Moment,
}

/// A request that must reach an application: a row of the outbox.
///
/// Rows of one `lane` (the SID of a call, of a recording or of a message) are sent in the order of `id`, one at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback {
    /// Assigned by the store; ascending. Zero before.
    pub id: i64,
    /// What is sent in order: the SID of the call, the recording or the message.
    pub lane: Sid,
    /// `AC…` whose token signs it.
    pub account: Sid,
    /// Where to.
    pub url: String,
    /// How.
    pub method: Method,
    /// Parameters in order.
    pub params: Vec<(String, String)>,
    /// The same on every try, so that the far side can tell a repetition (header `I-Twilio-Idempotency-Token`).
    pub idempotency_key: String,
    /// Tries made.
    pub attempts: u32,
    /// Not before.
    pub due_at: Moment,
}

//! A message to be sent, read from the parameters of `POST /Messages`. Pure.
//!
//! <https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource>. What only other channels, other
//! products or the statistics of Twilio have a use for is ignored, with a line in the log the first time.
//! `Differs:` content templates aren't built and are refused; `SendAt` without `ScheduleType=fixed` is refused, too, since
//! who names a time doesn't want the message sent at once; `MaxPrice` counts, in US dollars.

use std::time::Duration;

use engine::{SendText, TextSender};
use model::{Correspondent, Currency, InvalidAmount, MessageDirection, Method, Moment, Money};
use model::{Sid, SidKind};

use crate::dates;
use crate::errors::{ApiError, INVALID_PARAMETER};
use crate::params::{Params, is_web_address};
use crate::written;

/// Longest text, in characters (Twilio's limit).
const LONGEST_BODY: usize = 1600;
/// Longest text of the resource of old, in characters (Twilio's limit).
const LONGEST_LEGACY: usize = 160;
/// Most media (Twilio's limit).
const MOST_MEDIA: usize = 10;
/// Longest time that a message may wait, in seconds: ten hours (Twilio's limit).
const LONGEST_VALIDITY: u64 = 36_000;
/// Longest idempotency key taken, in bytes.
const LONGEST_KEY: usize = 255;

/// Parameters that are taken but change nothing.
const IGNORED: [&str; 9] = [
    "ProvideFeedback",
    "Attempt",
    "ForceDelivery",
    "PersistentAction",
    "TrafficType",
    "ShortenUrls",
    "SendAsMms",
    "RiskCheck",
    "FallbackFrom",
];

/// What is to be sent.
#[derive(Clone, Debug)]
pub(crate) struct MessageOrder {
    pub(super) sender: TextSender,
    pub(super) to: Correspondent,
    pub(super) body: String,
    pub(super) media: Vec<String>,
    callback: Option<String>,
    /// Whose callback is told where the request names none.
    pub(super) application: Option<Sid>,
    validity: Option<Duration>,
    max_price: Option<Money>,
    send_at: Option<Moment>,
    smart_encoded: Option<bool>,
    discard_body: bool,
    obfuscate: bool,
}

/// Why nothing can be sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum OrderError {
    /// Say whom to text (21604).
    #[error("A 'To' phone number is required.")]
    NoTo,
    /// Write E.164, a short code, `client:NAME` or `sip:USER@HOST` (21211).
    #[error(
        "The 'To' number {0} is not a valid phone number: write + and country code, a short code, client:NAME or sip:USER@HOST"
    )]
    To(String),
    /// Say who texts (21603).
    #[error("A 'From' phone number or a MessagingServiceSid is required.")]
    NoFrom,
    /// Write E.164, a short code or a name of at most 11 characters (21212).
    #[error(
        "The 'From' number {0} is not a valid phone number, short code or alphanumeric sender ID"
    )]
    From(String),
    /// Write `MG` and 32 hexadecimal digits (21705).
    #[error("The MessagingServiceSid {0} is invalid")]
    Service(String),
    /// Say what is to be sent: with a sender (21602).
    #[error("Message body is required: write Body or MediaUrl")]
    NoBody,
    /// Say what is to be sent: through a service (21619).
    #[error("A Message Body or Media URL is required")]
    NoBodyForService,
    /// Shorten it, or send two (21617).
    #[error(
        "The concatenated message body exceeds the {LONGEST_BODY} character limit: it has {0} characters"
    )]
    LongBody(usize),
    /// Send it with `/Messages` (21605).
    #[error(
        "The body of {0} characters exceeds the maximum of {LONGEST_LEGACY} of /SMS/Messages: send it with /Messages"
    )]
    LongLegacyBody(usize),
    /// Write absolute addresses (21620).
    #[error("Invalid media URL: {0}")]
    Media(String),
    /// Send two messages (21623).
    #[error("Number of media files exceeds allowed limit: {0} instead of {MOST_MEDIA}")]
    ManyMedia(usize),
    /// Write an absolute address (21609).
    #[error("The StatusCallback URL {0} is not a valid URL.")]
    StatusCallback(String),
    /// Create it first, or write `StatusCallback` (21218).
    #[error("Invalid ApplicationSid {0}")]
    Application(String),
    /// Write seconds (21624).
    #[error("The ValidityPeriod {0} is invalid: write seconds from 1 to {LONGEST_VALIDITY}")]
    Validity(String),
    /// Write `Body` yourself (21655).
    #[error("The ContentSid {0} is invalid: there are no content templates here, write Body")]
    Content(String),
    /// Write `fixed` (35126).
    #[error("The ScheduleType {0} is not supported: write fixed")]
    ScheduleType(String),
    /// Say when (35111).
    #[error("SendAt timestamp is missing")]
    NoSendAt,
    /// Write `2026-01-31T12:00:00Z` (35115).
    #[error("SendAt is '{0}': write a time as 2026-01-31T12:00:00Z")]
    SendAt(String),
    /// Name a service (35118).
    #[error("MessagingServiceSid is required to schedule a message")]
    ScheduledAlone,
    /// Say `ScheduleType=fixed`.
    #[error("SendAt counts with ScheduleType=fixed alone")]
    Unscheduled,
    /// Write an amount of US dollars.
    #[error("MaxPrice: {0}")]
    MaxPrice(String),
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
    /// Shorten it.
    #[error("the idempotency key has {0} bytes: write 1 to {LONGEST_KEY} visible characters")]
    Key(usize),
}

impl OrderError {
    /// Twilio's code.
    pub(crate) const fn code(&self) -> u32 {
        match self {
            OrderError::NoTo => 21604,
            OrderError::To(_) => 21211,
            OrderError::NoFrom => 21603,
            OrderError::From(_) => 21212,
            OrderError::Service(_) => 21705,
            OrderError::NoBody => 21602,
            OrderError::NoBodyForService => 21619,
            OrderError::LongBody(_) => 21617,
            OrderError::LongLegacyBody(_) => 21605,
            OrderError::Media(_) => 21620,
            OrderError::ManyMedia(_) => 21623,
            OrderError::StatusCallback(_) => 21609,
            OrderError::Application(_) => 21218,
            OrderError::Validity(_) => 21624,
            OrderError::Content(_) => 21655,
            OrderError::ScheduleType(_) => 35126,
            OrderError::NoSendAt => 35111,
            OrderError::SendAt(_) => 35115,
            OrderError::ScheduledAlone => 35118,
            OrderError::Unscheduled
            | OrderError::MaxPrice(_)
            | OrderError::Choice { .. }
            | OrderError::Key(_) => INVALID_PARAMETER,
        }
    }
}

impl From<OrderError> for ApiError {
    fn from(error: OrderError) -> ApiError {
        ApiError::bad_request(error.code(), error.to_string())
    }
}

impl MessageOrder {
    pub(super) fn read(params: &Params) -> Result<MessageOrder, OrderError> {
        let to = params.raw("To").ok_or(OrderError::NoTo)?;
        let to = written::correspondent(to).map_err(|error| OrderError::To(error.0))?;
        let sender = sender(params)?;
        let media = media(params)?;
        Ok(MessageOrder {
            body: body(params, &sender, media.is_empty())?,
            media,
            callback: params.url("StatusCallback").map_err(OrderError::StatusCallback)?,
            application: params.text("ApplicationSid").map(application).transpose()?,
            validity: params.text("ValidityPeriod").map(validity).transpose()?,
            max_price: params.text("MaxPrice").map(price).transpose()?,
            send_at: send_at(params, &sender)?,
            smart_encoded: params.maybe_flag("SmartEncoded"),
            discard_body: choice(params, "ContentRetention", "retain or discard", "discard")?,
            obfuscate: choice(params, "AddressRetention", "retain or obfuscate", "obfuscate")?,
            sender,
            to,
        })
    }

    /// The same with the rules of the resource of old: a short text, and no media.
    pub(super) fn read_legacy(params: &Params) -> Result<MessageOrder, OrderError> {
        let length = params.raw("Body").unwrap_or_default().chars().count();
        if length > LONGEST_LEGACY {
            return Err(OrderError::LongLegacyBody(length));
        }
        let order = MessageOrder { media: Vec::new(), ..MessageOrder::read(params)? };
        if order.body.is_empty() { Err(OrderError::NoBody) } else { Ok(order) }
    }

    /// Whether the application's callback is to be looked up.
    pub(super) fn asks_application(&self) -> Option<Sid> {
        self.application.filter(|_| self.callback.is_none())
    }

    /// The engine's order: for this account, with the callback of the application, and a key of the client.
    pub(super) fn sent_for(
        self,
        account: Sid,
        application: Option<String>,
        idempotency_key: Option<String>,
    ) -> SendText {
        SendText {
            account,
            sender: self.sender,
            to: self.to,
            body: self.body,
            media: self.media,
            direction: MessageDirection::OutboundApi,
            callback: self.callback.or(application).map(|url| (url, Method::Post)),
            validity: self.validity,
            max_price: self.max_price,
            send_at: self.send_at,
            smart_encoded: self.smart_encoded,
            discard_body: self.discard_body,
            obfuscate: self.obfuscate,
            idempotency_key,
            despite_opt_out: false,
        }
    }
}

/// Parameters in a request that change nothing.
pub(super) fn ignored(params: &Params) -> impl Iterator<Item = &'static str> {
    IGNORED.into_iter().filter(|name| params.text(name).is_some())
}

/// A word by which a client recognises its repetition, as a header has it.
pub(super) fn key(text: &str) -> Result<String, OrderError> {
    let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
    if visible && (1..=LONGEST_KEY).contains(&text.len()) {
        Ok(text.to_owned())
    } else {
        Err(OrderError::Key(text.len()))
    }
}

/// `From`, which may be a service's SID, and `MessagingServiceSid`, which counts more than that.
fn sender(params: &Params) -> Result<TextSender, OrderError> {
    let service = |text: &str| {
        Sid::of_kind(SidKind::Service, text).map_err(|_| OrderError::Service(text.to_owned()))
    };
    let mut named = params.text("MessagingServiceSid").map(service).transpose()?;
    let mut from = None;
    if let Some(raw) = params.raw("From") {
        if let Ok(sid) = Sid::of_kind(SidKind::Service, raw.trim()) {
            named = named.or(Some(sid));
        } else {
            let who = written::correspondent(raw).map_err(|error| OrderError::From(error.0))?;
            from = Some(who);
        }
    }
    match (from, named) {
        (Some(from), Some(service)) => Ok(TextSender::FromService(from, service)),
        (Some(from), None) => Ok(TextSender::From(from)),
        (None, Some(service)) => Ok(TextSender::Service(service)),
        (None, None) => Err(OrderError::NoFrom),
    }
}

const fn service_of(sender: &TextSender) -> Option<Sid> {
    match sender {
        TextSender::From(_) => None,
        TextSender::Service(sid) | TextSender::FromService(_, sid) => Some(*sid),
    }
}

fn body(params: &Params, sender: &TextSender, needed: bool) -> Result<String, OrderError> {
    if let Some(template) = params.text("ContentSid").or(params.text("ContentVariables")) {
        return Err(OrderError::Content(template.to_owned()));
    }
    let body = params.raw("Body").unwrap_or_default();
    if body.is_empty() && needed {
        return Err(match service_of(sender) {
            Some(_) => OrderError::NoBodyForService,
            None => OrderError::NoBody,
        });
    }
    // A character has at least a byte, so what is short enough in bytes needs no counting.
    if body.len() > LONGEST_BODY {
        let length = body.chars().count();
        if length > LONGEST_BODY {
            return Err(OrderError::LongBody(length));
        }
    }
    Ok(body.to_owned())
}

fn media(params: &Params) -> Result<Vec<String>, OrderError> {
    let given = params.all("MediaUrl").map(str::trim).filter(|url| !url.is_empty());
    let media: Vec<String> = given.map(str::to_owned).collect();
    if media.len() > MOST_MEDIA {
        return Err(OrderError::ManyMedia(media.len()));
    }
    match media.iter().find(|url| !is_web_address(url)) {
        Some(bad) => Err(OrderError::Media(bad.clone())),
        None => Ok(media),
    }
}

fn application(text: &str) -> Result<Sid, OrderError> {
    Sid::of_kind(SidKind::Application, text).map_err(|_| OrderError::Application(text.to_owned()))
}

fn validity(text: &str) -> Result<Duration, OrderError> {
    match text.parse() {
        Ok(seconds @ 1..=LONGEST_VALIDITY) => Ok(Duration::from_secs(seconds)),
        Ok(_) | Err(_) => Err(OrderError::Validity(text.to_owned())),
    }
}

fn price(text: &str) -> Result<Money, OrderError> {
    let bad = |error: InvalidAmount| OrderError::MaxPrice(error.to_string());
    let price = Money::parse(text, Currency::USD).map_err(bad)?;
    if price.micros < 0 { Err(bad(InvalidAmount(text.to_owned()))) } else { Ok(price) }
}

fn send_at(params: &Params, sender: &TextSender) -> Result<Option<Moment>, OrderError> {
    match (params.text("ScheduleType"), params.text("SendAt")) {
        (None, None) => Ok(None),
        (Some("fixed"), None) => Err(OrderError::NoSendAt),
        (Some("fixed"), Some(_)) if service_of(sender).is_none() => Err(OrderError::ScheduledAlone),
        (Some("fixed"), Some(text)) => {
            let at = dates::moment(text).ok_or_else(|| OrderError::SendAt(text.to_owned()))?;
            Ok(Some(at))
        }
        (Some(other), _) => Err(OrderError::ScheduleType(other.to_owned())),
        (None, Some(_)) => Err(OrderError::Unscheduled),
    }
}

/// Whether `word` is written rather than `retain`, or nothing.
fn choice(
    params: &Params,
    name: &'static str,
    choices: &'static str,
    word: &str,
) -> Result<bool, OrderError> {
    match params.text(name) {
        None | Some("retain") => Ok(false),
        Some(value) if value == word => Ok(true),
        Some(value) => Err(OrderError::Choice { name, value: value.to_owned(), choices }),
    }
}

#[cfg(test)]
mod tests;

//! Receipts: what became of a message, in optional parameters or in words (SMPP 3.4 §5.3.2.12, §5.3.2.35, Appendix B).
//!
//! The words of Appendix B are a custom and no standard: fields may be missing, in another order, differently spelled. All
//! that is needed is an id and a state.

use model::Moment;

use super::pdu::{Message, esm_class, tag};
use super::settings::ReceiptIds;
use crate::carrier::{Receipt, ReceiptState};
use crate::errors::{BLOCKED, EXPIRED, FILTERED, LANDLINE, UNKNOWN, UNKNOWN_HANDSET, UNREACHABLE};
use crate::text::decode_latin1;

/// Most characters of an SMSC's words that are passed on.
const LONGEST_DETAIL: usize = 200;
/// Octets of a receipt's text that are read; Appendix B has some 120.
const LONGEST_TEXT: usize = 1_024;

/// Whether a message is a receipt. Whoever writes a text like one must not pass for the SMSC, so the words alone don't
/// count: it has to be called one, or to have the parameters of one.
pub fn is_receipt(message: &Message<'_>) -> bool {
    match message.kind() {
        esm_class::RECEIPT | esm_class::INTERMEDIATE => true,
        0 => {
            message.tlvs.find(tag::RECEIPTED_MESSAGE_ID).is_some()
                && message.tlvs.find(tag::MESSAGE_STATE).is_some()
        }
        _ => false,
    }
}

/// Reads a receipt; `None` if it doesn't say of what, or nothing that is understood.
pub fn read(message: &Message<'_>, radix: ReceiptIds) -> Option<Receipt> {
    let text = message.user_data();
    let text = decode_latin1(&text[..text.len().min(LONGEST_TEXT)]);
    let words = Words::read(&text);
    let named = message.tlvs.find(tag::RECEIPTED_MESSAGE_ID).map(until_nul);
    let id = named.filter(|id| !id.is_empty()).or_else(|| words.field("id").map(str::to_owned))?;
    let coded = message.tlvs.number(tag::MESSAGE_STATE).and_then(coded_outcome);
    let outcome = coded.or_else(|| words.field("stat").and_then(worded_outcome));
    let outcome = match outcome {
        Some(outcome) => outcome,
        None if message.kind() == esm_class::INTERMEDIATE => Outcome::EnRoute,
        None => return None,
    };
    let error = network_error(message).or_else(|| words.number("err"));
    Some(Receipt {
        ids: spellings(&id, radix),
        state: outcome.state(),
        error_code: outcome.error_code(error),
        detail: Some(detail(&words, outcome, error)),
        done_at: words.field("done date").and_then(moment),
    })
}

/// What an SMSC calls a message, spelled so that it is found again by its receipt. Hexadecimal digits are written small
/// and without zeros before them, unless ids are compared to the letter.
pub fn canonical(id: &str, radix: ReceiptIds) -> String {
    let id = id.trim();
    let is_number = !id.is_empty() && id.bytes().all(|octet| octet.is_ascii_hexdigit());
    if radix == ReceiptIds::AsIs || !is_number {
        return id.to_owned();
    }
    let digits = id.trim_start_matches('0');
    if digits.is_empty() { "0".to_owned() } else { digits.to_ascii_lowercase() }
}

/// How the id of a receipt may have been spelled when the message was taken, the likeliest first.
fn spellings(id: &str, radix: ReceiptIds) -> Vec<String> {
    let same = canonical(id, radix);
    let to_hex = || same.parse::<u128>().ok().map(|number| format!("{number:x}"));
    let to_decimal = || u128::from_str_radix(&same, 16).ok().map(|number| number.to_string());
    let mut ids = match radix {
        ReceiptIds::AsIs => vec![Some(same)],
        ReceiptIds::Decimal => vec![to_hex(), Some(same)],
        ReceiptIds::Hexadecimal => vec![to_decimal(), Some(same)],
        ReceiptIds::Auto => {
            let (hex, decimal) = (to_hex(), to_decimal());
            vec![Some(same), hex, decimal]
        }
    };
    let mut spellings: Vec<String> = Vec::with_capacity(ids.len());
    for id in ids.drain(..).flatten() {
        if !spellings.contains(&id) {
            spellings.push(id);
        }
    }
    spellings
}

/// `message_state` (§5.2.28), and 0 and 9 of SMPP 5.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    EnRoute,
    Delivered,
    Expired,
    Deleted,
    Undeliverable,
    Accepted,
    Unknown,
    Rejected,
}

impl Outcome {
    const fn state(self) -> ReceiptState {
        match self {
            Outcome::EnRoute | Outcome::Accepted => ReceiptState::EnRoute,
            Outcome::Delivered => ReceiptState::Delivered,
            Outcome::Expired
            | Outcome::Deleted
            | Outcome::Undeliverable
            | Outcome::Unknown
            | Outcome::Rejected => ReceiptState::Undelivered,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Outcome::EnRoute => "ENROUTE",
            Outcome::Delivered => "DELIVRD",
            Outcome::Expired => "EXPIRED",
            Outcome::Deleted => "DELETED",
            Outcome::Undeliverable => "UNDELIV",
            Outcome::Accepted => "ACCEPTD",
            Outcome::Unknown => "UNKNOWN",
            Outcome::Rejected => "REJECTD",
        }
    }

    fn error_code(self, error: Option<u32>) -> Option<u32> {
        let by_error = error.and_then(twilio_code);
        match self {
            Outcome::EnRoute | Outcome::Accepted | Outcome::Delivered => None,
            Outcome::Expired => Some(by_error.unwrap_or(EXPIRED)),
            Outcome::Rejected => Some(by_error.unwrap_or(FILTERED)),
            Outcome::Deleted | Outcome::Undeliverable | Outcome::Unknown => {
                Some(by_error.unwrap_or(UNKNOWN))
            }
        }
    }
}

fn coded_outcome(state: u16) -> Option<Outcome> {
    Some(match state {
        0 | 1 => Outcome::EnRoute,
        2 => Outcome::Delivered,
        3 => Outcome::Expired,
        4 => Outcome::Deleted,
        5 | 9 => Outcome::Undeliverable,
        6 => Outcome::Accepted,
        7 => Outcome::Unknown,
        8 => Outcome::Rejected,
        _ => return None,
    })
}

/// The words of Appendix B have seven letters; some SMSCs write them out. Four letters tell them apart.
fn worded_outcome(word: &str) -> Option<Outcome> {
    let begin: String = word.chars().take(5).collect::<String>().to_ascii_uppercase();
    Some(match begin.get(..4)? {
        "ENRO" | "BUFF" | "SCHE" | "QUEU" => Outcome::EnRoute,
        "DELI" => Outcome::Delivered,
        "EXPI" => Outcome::Expired,
        "DELE" => Outcome::Deleted,
        "UNDE" | "FAIL" | "SKIP" => Outcome::Undeliverable,
        "ACCE" | "SENT" => Outcome::Accepted,
        "UNKN" => Outcome::Unknown,
        "REJE" => Outcome::Rejected,
        _ => return None,
    })
}

/// Errors of the mobile network (3GPP TS 29.002 §17.6.6) and Twilio's codes for them. SMSCs number as they like, but
/// mostly pass these on.
const NETWORK_ERRORS: [(u32, u32); 13] = [
    (1, UNKNOWN_HANDSET), // unknownSubscriber
    (5, UNKNOWN_HANDSET), // unidentifiedSubscriber
    (6, UNREACHABLE),     // absentSubscriberSM
    (9, BLOCKED),         // illegalSubscriber
    (10, LANDLINE),       // bearerServiceNotProvisioned
    (11, LANDLINE),       // teleserviceNotProvisioned
    (12, BLOCKED),        // illegalEquipment
    (13, BLOCKED),        // callBarred
    (21, LANDLINE),       // facilityNotSupported
    (27, UNREACHABLE),    // absentSubscriber
    (31, UNREACHABLE),    // subscriberBusyForMT-SMS
    (32, UNREACHABLE),    // sm-DeliveryFailure
    (33, UNREACHABLE),    // messageWaitingListFull
];

fn twilio_code(error: u32) -> Option<u32> {
    NETWORK_ERRORS.iter().find(|(network, _)| *network == error).map(|(_, code)| *code)
}

/// `network_error_code` (§5.3.2.31): one octet of network type, two of error.
fn network_error(message: &Message<'_>) -> Option<u32> {
    let value = message.tlvs.find(tag::NETWORK_ERROR_CODE)?;
    let [_, high, low] = value else { return None };
    Some(u32::from(u16::from_be_bytes([*high, *low]))).filter(|error| *error != 0)
}

fn detail(words: &Words<'_>, outcome: Outcome, error: Option<u32>) -> String {
    let said = words.field("text").filter(|text| !text.is_empty());
    let error = words.field("err").map(str::to_owned).or_else(|| error.map(|it| it.to_string()));
    let mut detail = words.field("stat").unwrap_or(outcome.word()).to_owned();
    if let Some(error) = error {
        detail = format!("{detail} err:{error}");
    }
    // The text of a receipt that arrived is the message's own beginning.
    if let Some(said) = said.filter(|_| outcome.state() == ReceiptState::Undelivered) {
        detail = format!("{detail} {said}");
    }
    detail.chars().filter(|c| !c.is_control()).take(LONGEST_DETAIL).collect()
}

fn until_nul(value: &[u8]) -> String {
    let text = value.split(|octet| *octet == 0).next().unwrap_or_default();
    decode_latin1(text).trim().to_owned()
}

/// `id:… sub:… dlvrd:… submit date:… done date:… stat:… err:… text:…`.
struct Words<'a> {
    /// The value of each of [`FIELDS`].
    values: [Option<&'a str>; FIELDS.len()],
}

/// The fields of Appendix B. The last takes all that follows it.
const FIELDS: [&str; 8] = ["id", "sub", "dlvrd", "submit date", "done date", "stat", "err", "text"];

impl<'a> Words<'a> {
    /// Finds the fields. Of several with one name the first counts.
    fn read(text: &'a str) -> Words<'a> {
        let mut words = Words { values: [None; FIELDS.len()] };
        let octets = text.as_bytes();
        let (mut open, mut at) = (None, 0);
        while at < octets.len() {
            let begins = at == 0 || octets[at - 1].is_ascii_whitespace();
            let Some((field, value)) = begins.then(|| field_at(&octets[at..])).flatten() else {
                at += 1;
                continue;
            };
            words.keep(open, &text[..at]);
            open = Some((field, at + value));
            at = if field + 1 == FIELDS.len() { octets.len() } else { at + value };
        }
        words.keep(open, text);
        words
    }

    /// The value of a field that began somewhere in `until`, and ends with it.
    fn keep(&mut self, field: Option<(usize, usize)>, until: &'a str) {
        let Some((field, start)) = field else { return };
        let Some(kept) = self.values.get_mut(field) else { return };
        let value = until.get(start..).unwrap_or_default().trim();
        // An id or a state is one word; what follows is a field that we don't know.
        let one_word = || value.split_whitespace().next();
        let value = if field + 1 == FIELDS.len() { Some(value) } else { one_word() };
        *kept = kept.or(value);
    }

    fn field(&self, name: &str) -> Option<&'a str> {
        let at = FIELDS.iter().position(|field| *field == name)?;
        self.values[at]
    }

    fn number(&self, name: &str) -> Option<u32> {
        self.field(name)?.parse().ok().filter(|number| *number != 0)
    }
}

/// Which field begins here, and where its value does. Capitals don't count, an `=` may stand for the colon.
fn field_at(octets: &[u8]) -> Option<(usize, usize)> {
    let named = |field: &str| {
        let (name, behind) = octets.split_at_checked(field.len())?;
        let ends = matches!(behind.first(), Some(b':' | b'='));
        (ends && name.eq_ignore_ascii_case(field.as_bytes())).then_some(field.len() + 1)
    };
    FIELDS.iter().enumerate().find_map(|(at, field)| Some((at, named(field)?)))
}

/// `YYMMDDhhmm`, or with seconds. SMSCs write their own time, mostly UTC; it is taken as that.
fn moment(text: &str) -> Option<Moment> {
    let well_formed = matches!(text.len(), 10 | 12) && text.bytes().all(|it| it.is_ascii_digit());
    let pair = |at: usize| text.get(2 * at..2 * at + 2)?.parse::<i8>().ok();
    let [year, month, day, hour, minute] = [pair(0)?, pair(1)?, pair(2)?, pair(3)?, pair(4)?];
    let second = pair(5).unwrap_or(0);
    let date =
        jiff::civil::DateTime::new(2000 + i16::from(year), month, day, hour, minute, second, 0);
    let timestamp = date.ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
    well_formed.then(|| Moment::from_micros(timestamp.as_microsecond()))
}

#[cfg(test)]
mod tests;

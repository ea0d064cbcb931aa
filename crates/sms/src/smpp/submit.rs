//! A message, made into the PDUs that hand it over: one `submit_sm` for each part (SMPP 3.4 §4.4).
//!
//! The same message gives the same octets at every try: what joins its parts and what tells it from others comes from
//! its SID, so that a part that is sent again after a crash is recognised as the same.

use std::time::Duration;

use model::Correspondent;

use super::address::{self, Written};
use super::pdu::{Message, command, esm_class, tag};
use super::settings::{Addressing, DefaultAlphabet, LongMessages, Settings};
use super::status;
use super::wire::{Tlvs, write_tlv};
use crate::carrier::{ErrorClass, Submission, SubmitError};
use crate::text::{
    Alphabet, Split, UCS2_ALONE, UCS2_OF_SEVERAL, encode_gsm7, encode_utf16be, pack,
    pack_after_udh, split,
};

/// Data codings (§5.2.19).
mod coding {
    /// What the SMSC takes for granted.
    pub(super) const DEFAULT: u8 = 0;
    pub(super) const LATIN1: u8 = 3;
    pub(super) const UCS2: u8 = 8;
}

/// Octets of the header that joins parts: its length, element 0x00, three octets of it (TS 23.040 §9.2.3.24.1).
const JOINING_HEADER: usize = 6;

/// Longest validity that is written; the SMSC knows better beyond that.
const LONGEST_VALIDITY: Duration = Duration::from_secs(30 * 86_400);

/// The PDUs of a message, without sequence numbers.
pub fn write(submission: &Submission, settings: &Settings) -> Result<Vec<Vec<u8>>, SubmitError> {
    let source = written(&submission.from, &settings.source, status::meaning(0x0a).code)?;
    let destination = written(&submission.to, &settings.destination, status::meaning(0x0b).code)?;
    let validity = submission.valid_for.map(validity).unwrap_or_default();
    let text = Text::of(&submission.body, settings);
    let digits = submission.message.digits();
    let envelope = Message {
        service_type: settings.service_type.as_bytes(),
        source: source.address(),
        destination: destination.address(),
        validity: validity.as_bytes(),
        registered_delivery: u8::from(settings.receipts && submission.wants_receipt),
        data_coding: text.data_coding,
        ..Message::default()
    };
    let total = text.parts.len();
    let long = (total > 1).then_some(settings.long_messages);
    let parts = text.parts.into_iter().enumerate().map(|(at, part)| {
        let part = Part { digits, total: total as u8, number: (at + 1) as u8, text: part };
        part.write(&envelope, long, settings)
    });
    Ok(match long {
        Some(LongMessages::Payload) => {
            let whole = text.whole.unwrap_or_default();
            vec![payload(&envelope, &whole, digits, settings)]
        }
        Some(LongMessages::Udh | LongMessages::Sar) | None => parts.collect(),
    })
}

fn written(
    who: &Correspondent,
    addressing: &Addressing,
    code: u32,
) -> Result<Written, SubmitError> {
    address::write(who, addressing).ok_or_else(|| SubmitError {
        class: ErrorClass::Refused,
        code,
        message: format!("{who:?} has no address in SMPP: neither number, short code nor name"),
    })
}

/// A text in octets.
struct Text {
    data_coding: u8,
    /// One for each part.
    parts: Vec<Octets>,
    /// All of it, where it isn't cut.
    whole: Option<Vec<u8>>,
}

/// The text of a part.
enum Octets {
    /// As they go.
    Plain(Vec<u8>),
    /// Septets that are to be packed, behind a header or not.
    Septets(Vec<u8>),
}

impl Text {
    fn of(body: &str, settings: &Settings) -> Text {
        let Split { alphabet, parts } = split(body);
        let gsm = alphabet == Alphabet::Gsm7;
        let mut text = match settings.alphabet {
            DefaultAlphabet::Gsm if gsm => {
                let parts = parts.iter().filter_map(|part| part.septets().map(<[u8]>::to_vec));
                Text::new(coding::DEFAULT, parts.map(Octets::Plain).collect())
            }
            DefaultAlphabet::GsmPacked if gsm => {
                let parts = parts.iter().filter_map(|part| part.septets().map(<[u8]>::to_vec));
                Text::new(coding::DEFAULT, parts.map(Octets::Septets).collect())
            }
            DefaultAlphabet::Latin1 if gsm && latin1(body).is_some() => {
                let parts = parts.iter().filter_map(|part| latin1(&part.text));
                Text::new(coding::LATIN1, parts.map(Octets::Plain).collect())
            }
            // The parts were cut for septets, of which more go into one.
            DefaultAlphabet::Latin1 if gsm => {
                let parts = cut_for_ucs2(body).into_iter().map(Octets::Plain);
                Text::new(coding::UCS2, parts.collect())
            }
            DefaultAlphabet::Gsm | DefaultAlphabet::GsmPacked | DefaultAlphabet::Latin1 => {
                let parts = parts.iter().map(|part| Octets::Plain(part.ucs2()));
                Text::new(coding::UCS2, parts.collect())
            }
        };
        if text.parts.len() > 1 && settings.long_messages == LongMessages::Payload {
            text.whole = Some(whole(body, text.data_coding, settings.alphabet));
        }
        text
    }

    fn new(data_coding: u8, parts: Vec<Octets>) -> Text {
        Text { data_coding, parts, whole: None }
    }
}

fn whole(body: &str, data_coding: u8, alphabet: DefaultAlphabet) -> Vec<u8> {
    if data_coding == coding::UCS2 {
        return encode_utf16be(body);
    }
    match alphabet {
        DefaultAlphabet::Gsm => encode_gsm7(body).unwrap_or_default(),
        DefaultAlphabet::GsmPacked => pack(&encode_gsm7(body).unwrap_or_default()),
        DefaultAlphabet::Latin1 => latin1(body).unwrap_or_default(),
    }
}

fn latin1(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect()
}

/// Parts of a text that goes as UCS-2 although the GSM alphabet has it. No surrogate pair is split.
fn cut_for_ucs2(body: &str) -> Vec<Vec<u8>> {
    let units = body.encode_utf16().count();
    let most = if units <= UCS2_ALONE { UCS2_ALONE } else { UCS2_OF_SEVERAL };
    let mut parts = vec![String::new()];
    let mut filled = 0;
    for character in body.chars() {
        if filled + character.len_utf16() > most {
            parts.push(String::new());
            filled = 0;
        }
        filled += character.len_utf16();
        if let Some(part) = parts.last_mut() {
            part.push(character);
        }
    }
    parts.iter().map(|part| encode_utf16be(part)).collect()
}

/// One part of a message.
struct Part {
    digits: u128,
    total: u8,
    number: u8,
    text: Octets,
}

impl Part {
    fn write(
        self,
        envelope: &Message<'_>,
        long: Option<LongMessages>,
        settings: &Settings,
    ) -> Vec<u8> {
        let mut tlvs = Vec::with_capacity(24);
        if settings.references {
            write_tlv(&mut tlvs, tag::USER_MESSAGE_REFERENCE, &reference(self.digits));
        }
        let mut message = Message { tlvs: Tlvs(&[]), ..envelope.clone() };
        let mut octets = Vec::new();
        match long {
            Some(LongMessages::Udh) => {
                let [_, low] = reference(self.digits);
                octets.extend_from_slice(&[5, 0, 3, low, self.total, self.number]);
                message.esm_class |= esm_class::UDHI;
            }
            Some(LongMessages::Sar) => {
                write_tlv(&mut tlvs, tag::SAR_MSG_REF_NUM, &reference(self.digits));
                write_tlv(&mut tlvs, tag::SAR_TOTAL_SEGMENTS, &[self.total]);
                write_tlv(&mut tlvs, tag::SAR_SEGMENT_SEQNUM, &[self.number]);
            }
            Some(LongMessages::Payload) | None => {}
        }
        match &self.text {
            Octets::Plain(text) => octets.extend_from_slice(text),
            Octets::Septets(septets) if octets.is_empty() => octets = pack(septets),
            Octets::Septets(septets) => {
                octets.extend_from_slice(&pack_after_udh(septets, JOINING_HEADER));
            }
        }
        message.short_message = &octets;
        message.tlvs = Tlvs(&tlvs);
        submit_sm(&message)
    }
}

fn payload(envelope: &Message<'_>, whole: &[u8], digits: u128, settings: &Settings) -> Vec<u8> {
    let mut tlvs = Vec::with_capacity(whole.len() + 10);
    if settings.references {
        write_tlv(&mut tlvs, tag::USER_MESSAGE_REFERENCE, &reference(digits));
    }
    write_tlv(&mut tlvs, tag::MESSAGE_PAYLOAD, whole);
    submit_sm(&Message { tlvs: Tlvs(&tlvs), ..envelope.clone() })
}

fn submit_sm(message: &Message<'_>) -> Vec<u8> {
    let size = 128 + message.short_message.len() + message.tlvs.0.len();
    let mut out = Vec::with_capacity(size);
    message.write(&mut out, command::SUBMIT_SM, 0);
    out
}

/// What tells a message from others: the last sixteen bits of its SID, which were drawn at random.
fn reference(digits: u128) -> [u8; 2] {
    (digits as u16).to_be_bytes()
}

/// A time from now, as §7.1.1.1 writes it: `YYMMDDhhmmss000R`. Rounded up to the second.
fn validity(valid_for: Duration) -> String {
    let valid_for = valid_for.min(LONGEST_VALIDITY);
    let seconds = valid_for.as_secs() + u64::from(valid_for.subsec_nanos() > 0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    format!("0000{days:02}{:02}{:02}{:02}000R", hours % 24, minutes % 60, seconds % 60)
}

#[cfg(test)]
mod tests;

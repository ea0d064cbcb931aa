//! Texts that come in: `deliver_sm` and `data_sm`, read into words (SMPP 3.4 §4.6, §4.7; TS 23.040 §9.2.3.24).

use model::FragmentText;

use super::address;
use super::pdu::{Message, esm_class, tag};
use super::receipt;
use super::settings::{DefaultAlphabet, Settings};
use crate::carrier::{Inbound, InboundContent, Receipt};
use crate::text::{
    Language, decode_gsm7, decode_latin1, decode_units, septets_in, units_of_utf16be, unpack,
    unpack_after_udh,
};

/// What an SMSC brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// A text, or a part of one.
    Text(Inbound),
    /// What became of a message of ours.
    Receipt(Receipt),
    /// A receipt that says nothing that is understood.
    Nothing,
}

/// Reads what an SMSC brought. Total: every text is kept, however it is written.
pub fn read(message: &Message<'_>, settings: &Settings) -> Incoming {
    if receipt::is_receipt(message) {
        let receipt = receipt::read(message, settings.receipt_ids);
        return receipt.map_or(Incoming::Nothing, Incoming::Receipt);
    }
    let (header, octets) = parted(message);
    let text = decode(octets, &header, message.data_coding, settings.alphabet);
    Incoming::Text(Inbound {
        id: None,
        from: address::read(message.source),
        to: address::read(message.destination),
        content: content(text, header.joined.or_else(|| joined_by_sar(message)).as_ref()),
        media: Vec::new(),
    })
}

fn content(text: FragmentText, joined: Option<&Joined>) -> InboundContent {
    match joined {
        Some(&Joined { reference, total, number }) if total > 1 => {
            InboundContent::Part { reference, total, number, text }
        }
        Some(_) | None => {
            let text = match text {
                FragmentText::Text(text) => text,
                FragmentText::Units(units) => decode_units(&units).0,
            };
            InboundContent::Whole { text, segments: 1 }
        }
    }
}

/// What a user data header says (TS 23.040 §9.2.3.24).
#[derive(Default)]
struct UserHeader {
    /// Octets of it, its length counted.
    octets: usize,
    joined: Option<Joined>,
    locking: Option<Language>,
    single: Option<Language>,
}

/// Which part of what.
struct Joined {
    /// The kind of reference in the upper half, so that those of eight and of sixteen bits are never mixed up.
    reference: u32,
    total: u32,
    number: u32,
}

impl Joined {
    fn new(kind: u16, reference: u16, total: u8, number: u8) -> Option<Joined> {
        (1..=total).contains(&number).then(|| Joined {
            reference: u32::from(kind) << 16 | u32::from(reference),
            total: u32::from(total),
            number: u32::from(number),
        })
    }
}

/// The header, where there is one, and the text behind it.
fn parted<'a>(message: &Message<'a>) -> (UserHeader, &'a [u8]) {
    let data = message.user_data();
    if message.esm_class & esm_class::UDHI == 0 {
        return (UserHeader::default(), data);
    }
    let length = data.first().map_or(0, |length| usize::from(*length));
    match data.split_at_checked(length + 1) {
        Some((octets, text)) => (user_header(octets), text),
        // Longer than all there is: then it isn't a header.
        None => (UserHeader::default(), data),
    }
}

fn user_header(octets: &[u8]) -> UserHeader {
    let mut header = UserHeader { octets: octets.len(), ..UserHeader::default() };
    let mut rest = octets.get(1..).unwrap_or_default();
    while let [element, length, behind @ ..] = rest {
        let Some((value, next)) = behind.split_at_checked(usize::from(*length)) else { break };
        match (element, value) {
            (0x00, [reference, total, number]) => {
                header.joined = Joined::new(0x00, u16::from(*reference), *total, *number);
            }
            (0x08, [high, low, total, number]) => {
                let reference = u16::from_be_bytes([*high, *low]);
                header.joined = Joined::new(0x08, reference, *total, *number);
            }
            (0x24, [language]) => header.single = Language::from_code(*language),
            (0x25, [language]) => header.locking = Language::from_code(*language),
            // Ports, pictures and what else there is: the text is a text all the same.
            _ => {}
        }
        rest = next;
    }
    header
}

fn joined_by_sar(message: &Message<'_>) -> Option<Joined> {
    let reference = message.tlvs.number(tag::SAR_MSG_REF_NUM)?;
    let total = message.tlvs.number(tag::SAR_TOTAL_SEGMENTS)?;
    let number = message.tlvs.number(tag::SAR_SEGMENT_SEQNUM)?;
    Joined::new(tag::SAR_MSG_REF_NUM, reference, total.try_into().ok()?, number.try_into().ok()?)
}

/// What a text is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    /// The SMSC's own alphabet.
    Default,
    /// Octets: ASCII or Latin-1.
    Octets,
    Cyrillic,
    Hebrew,
    Ucs2,
}

impl Coding {
    /// Data codings 0 to 14 are SMPP's own (§5.2.19); from 0x10 on they are the groups of TS 23.038 §4.
    const fn of(data_coding: u8) -> Coding {
        match data_coding {
            0x06 => Coding::Cyrillic,
            0x07 => Coding::Hebrew,
            0x01..=0x05 | 0x09..=0x0f => Coding::Octets,
            // General groups: bits 3 and 2 name the alphabet.
            0x10..=0x7f => match data_coding & 0x0c {
                0x04 => Coding::Octets,
                0x08 => Coding::Ucs2,
                _ => Coding::Default,
            },
            // Besides 8 the last of the groups for waiting messages.
            0x08 | 0xe0..=0xef => Coding::Ucs2,
            // Message class: bit 2 says octets.
            0xf0..=0xff if data_coding & 0x04 != 0 => Coding::Octets,
            0x00 | 0x80..=0xdf | 0xf0..=0xff => Coding::Default,
        }
    }
}

fn decode(
    octets: &[u8],
    header: &UserHeader,
    data_coding: u8,
    default: DefaultAlphabet,
) -> FragmentText {
    let gsm = |septets: &[u8]| decode_gsm7(septets, header.locking, header.single);
    FragmentText::Text(match Coding::of(data_coding) {
        Coding::Ucs2 => return FragmentText::Units(units_of_utf16be(octets)),
        Coding::Octets => decode_octets(octets),
        Coding::Cyrillic => octets.iter().map(|octet| cyrillic(*octet)).collect(),
        Coding::Hebrew => octets.iter().map(|octet| hebrew(*octet)).collect(),
        Coding::Default => match default {
            DefaultAlphabet::Gsm => gsm(octets),
            DefaultAlphabet::GsmPacked => gsm(&unpacked(octets, header.octets)),
            DefaultAlphabet::Latin1 => decode_octets(octets),
        },
    })
}

/// UTF-8, where it is that and not ASCII alone, which some SMSCs send whatever they call it; else Latin-1.
fn decode_octets(octets: &[u8]) -> String {
    std::str::from_utf8(octets).map_or_else(|_| decode_latin1(octets), str::to_owned)
}

fn unpacked(octets: &[u8], header: usize) -> Vec<u8> {
    let count = septets_in(octets.len(), header);
    let mut septets =
        if header == 0 { unpack(octets, count) } else { unpack_after_udh(octets, header, count) };
    // Seven spare bits look like an `@`, which hardly anybody ends a text with.
    let fill = (7 - header * 8 % 7) % 7;
    let without_last = (fill + count.saturating_sub(1) * 7).div_ceil(8);
    if without_last == octets.len() && septets.last() == Some(&0) {
        septets.pop();
    }
    septets
}

/// ISO 8859-5.
fn cyrillic(octet: u8) -> char {
    let code = match octet {
        0xa1..=0xac | 0xae..=0xef | 0xf1..=0xfc | 0xfe | 0xff => u32::from(octet) - 0xa0 + 0x0400,
        0xf0 => 0x2116,
        0xfd => 0xa7,
        _ => u32::from(octet),
    };
    char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// ISO 8859-8, its letters.
fn hebrew(octet: u8) -> char {
    let code = match octet {
        0xe0..=0xfa => u32::from(octet) - 0xe0 + 0x05d0,
        _ => u32::from(octet),
    };
    char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests;

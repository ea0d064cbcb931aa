//! Who is at an end of a message, as SMPP writes it: type of number, numbering plan, digits (SMPP 3.4 §5.2.5–5.2.9).

use model::Correspondent;

use super::pdu::Address;
use super::settings::{Addressing, Numbering};
use crate::text::{decode_gsm7, decode_latin1};

const INTERNATIONAL: Numbering = Numbering { ton: 1, npi: 1 };
const NETWORK_SPECIFIC: Numbering = Numbering { ton: 3, npi: 0 };
const ALPHANUMERIC: Numbering = Numbering { ton: 5, npi: 0 };

/// Characters that are kept of an address that is neither number nor name. The standard allows 20.
const LONGEST: usize = 64;

/// An address that was written, for [`Address`] to borrow from.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Written {
    numbering: Numbering,
    text: String,
}

impl Written {
    /// As it stands in a PDU.
    pub(super) fn address(&self) -> Address<'_> {
        Address { ton: self.numbering.ton, npi: self.numbering.npi, text: self.text.as_bytes() }
    }
}

/// Writes who it is; `None` for whom SMPP has no address.
pub(super) fn write(who: &Correspondent, addressing: &Addressing) -> Option<Written> {
    let (numbering, usual, text) = match who {
        Correspondent::Number(number) => {
            let text = number.to_string();
            let digits = text.strip_prefix('+').unwrap_or(&text);
            let text = if addressing.keeps_plus { text.clone() } else { digits.to_owned() };
            (addressing.number, INTERNATIONAL, text)
        }
        Correspondent::ShortCode(code) => (addressing.short_code, NETWORK_SPECIFIC, code.clone()),
        Correspondent::Alpha(name) => (addressing.name, ALPHANUMERIC, name.clone()),
        Correspondent::Client(_) | Correspondent::Sip(_) | Correspondent::Other(_) => return None,
    };
    Some(Written { numbering: numbering.unwrap_or(usual), text })
}

/// Reads who it is. Never refused: a text that came in is kept, whoever sent it.
pub(super) fn read(address: Address<'_>) -> Correspondent {
    if address.ton == ALPHANUMERIC.ton {
        return read_name(address.text);
    }
    let text = decode_latin1(address.text);
    let text = text.trim();
    let international = address.ton == INTERNATIONAL.ton && !text.starts_with('+');
    let number = international.then(|| format!("+{text}").parse().ok()).flatten();
    match number.map_or_else(|| Correspondent::from_carrier(text), Correspondent::Number) {
        // Those are ours alone to name.
        Correspondent::Client(_) | Correspondent::Sip(_) => nameless(text),
        who @ (Correspondent::Number(_)
        | Correspondent::ShortCode(_)
        | Correspondent::Alpha(_)
        | Correspondent::Other(_)) => who,
    }
}

/// Somebody that can't be told what they are.
fn nameless(text: &str) -> Correspondent {
    Correspondent::Other(text.chars().filter(|c| !c.is_control()).take(LONGEST).collect())
}

/// A name: in ASCII mostly, sometimes in the GSM alphabet, where a few places hold control characters of ASCII.
fn read_name(text: &[u8]) -> Correspondent {
    let gsm = text.iter().any(u8::is_ascii_control) && text.is_ascii();
    let name = if gsm { decode_gsm7(text, None, None) } else { decode_latin1(text) };
    let name = name.trim();
    // Digits that are called a name are one: they must not be taken for somebody's number.
    match name.parse() {
        Ok(Correspondent::Alpha(name)) => Correspondent::Alpha(name),
        Ok(_) | Err(_) => nameless(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(who: &str, addressing: &Addressing) -> Option<(u8, u8, String)> {
        let who: Correspondent = who.parse().expect(who);
        write(&who, addressing).map(|it| (it.numbering.ton, it.numbering.npi, it.text))
    }

    #[test]
    fn each_kind_of_sender_has_its_type_of_number() {
        let usual = Addressing::default();
        assert_eq!(written("+14155550123", &usual), Some((1, 1, "14155550123".to_owned())));
        assert_eq!(written("12345", &usual), Some((3, 0, "12345".to_owned())));
        assert_eq!(written("ALO", &usual), Some((5, 0, "ALO".to_owned())));
        assert_eq!(written("client:ada", &usual), None);
        assert_eq!(written("sip:ada@example.com", &usual), None);
    }

    #[test]
    fn an_smsc_may_want_them_otherwise() {
        let other = Addressing {
            short_code: Some(Numbering { ton: 0, npi: 1 }),
            keeps_plus: true,
            ..Addressing::default()
        };
        assert_eq!(written("+14155550123", &other), Some((1, 1, "+14155550123".to_owned())));
        assert_eq!(written("12345", &other), Some((0, 1, "12345".to_owned())));
    }

    #[test]
    fn whoever_sent_a_text_is_read() {
        let cases: [(u8, &[u8], &str); 8] = [
            (1, b"14155550123", "+14155550123"),
            (1, b"+14155550123", "+14155550123"),
            (0, b"14155550123", "+14155550123"),
            (3, b"12345", "12345"),
            (1, b"12345", "12345"),
            (5, b"Web Shop", "Web Shop"),
            (5, b"A\x11B", "A_B"),
            (5, b"Caf\xe9", "Café"),
        ];
        for (ton, text, who) in cases {
            let read = read(Address { ton, npi: 0, text });
            assert_eq!(read.to_string(), who, "{ton} {text:?}");
        }
    }

    #[test]
    fn nobody_comes_in_as_a_phone_of_ours() {
        for text in ["client:ada", "sip:ada@example.com"] {
            for ton in [0, 1, 5] {
                let read = read(Address { ton, npi: 0, text: text.as_bytes() });
                assert_eq!(read, Correspondent::Other(text.to_owned()));
            }
        }
    }

    #[test]
    fn a_name_of_digits_is_nobodys_number() {
        let read = read(Address { ton: 5, npi: 0, text: b"14155550123" });
        assert_eq!(read, Correspondent::Other("14155550123".to_owned()));
    }
}

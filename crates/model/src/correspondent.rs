//! Who is at an end of a text message: a number, a short code, a name, a phone of ours, or a SIP address.

use std::fmt;
use std::str::FromStr;

use crate::number::PhoneNumber;

/// One end of a text message, as `From` and `To` name it on the wire.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Correspondent {
    /// `+14155550123`.
    Number(PhoneNumber),
    /// `12345`: three to eight digits, known within one country.
    ShortCode(String),
    /// `ALO`: an alphanumeric sender ID, at most eleven characters of GSM 03.40 §9.1.2.5. It can't be answered.
    Alpha(String),
    /// `client:ada`: a phone that registers here.
    Client(String),
    /// `sip:ada@example.com`.
    Sip(String),
    /// A sender that a carrier named in no way we know, as it came.
    Other(String),
}

/// Longest text taken as a correspondent, in bytes.
const LONGEST: usize = 256;
/// Longest alphanumeric sender ID, in characters (3GPP TS 23.040 §9.1.2.5).
const LONGEST_ALPHA: usize = 11;
/// Digits of a short code.
const SHORT_CODE: std::ops::RangeInclusive<usize> = 3..=8;

impl Correspondent {
    /// What a carrier names as sender or receiver: never refused. Digits alone that are too many for a short code are a
    /// number without its `+`.
    pub fn from_carrier(text: &str) -> Correspondent {
        let text = text.trim();
        if let Ok(known) = text.parse() {
            return known;
        }
        if let Ok(number) = format!("+{text}").parse() {
            return Correspondent::Number(number);
        }
        let kept = text.chars().filter(|c| !c.is_control()).take(LONGEST / 4).collect();
        Correspondent::Other(kept)
    }

    /// The number, where it is one.
    pub fn number(&self) -> Option<&PhoneNumber> {
        match self {
            Correspondent::Number(number) => Some(number),
            Correspondent::ShortCode(_)
            | Correspondent::Alpha(_)
            | Correspondent::Client(_)
            | Correspondent::Sip(_)
            | Correspondent::Other(_) => None,
        }
    }

    /// Whether an answer could reach it.
    pub const fn can_be_answered(&self) -> bool {
        match self {
            Correspondent::Number(_)
            | Correspondent::ShortCode(_)
            | Correspondent::Client(_)
            | Correspondent::Sip(_) => true,
            Correspondent::Alpha(_) | Correspondent::Other(_) => false,
        }
    }
}

/// The text names nobody that could be texted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is neither a phone number (+14155550123), a short code (12345), a sender name (ALO), client:NAME nor sip:USER@HOST"
)]
pub struct InvalidCorrespondent(pub String);

impl FromStr for Correspondent {
    type Err = InvalidCorrespondent;

    fn from_str(text: &str) -> Result<Correspondent, InvalidCorrespondent> {
        let text = text.trim();
        let invalid = || InvalidCorrespondent(text.to_owned());
        if text.is_empty() || text.len() > LONGEST || text.chars().any(char::is_control) {
            return Err(invalid());
        }
        if text.starts_with('+') {
            return text.parse().map(Correspondent::Number).map_err(|_| invalid());
        }
        if text.starts_with("client:") || text.starts_with("sip:") || text.starts_with("sips:") {
            return match text.parse().map_err(|_| invalid())? {
                crate::Party::Client(name) => Ok(Correspondent::Client(name)),
                crate::Party::Sip(uri) => Ok(Correspondent::Sip(uri)),
                crate::Party::Number(_) | crate::Party::Other(_) => Err(invalid()),
            };
        }
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            let short = SHORT_CODE.contains(&text.len());
            return if short {
                Ok(Correspondent::ShortCode(text.to_owned()))
            } else {
                Err(invalid())
            };
        }
        let known = |c: char| c.is_ascii_alphanumeric() || " _-&+.".contains(c);
        let named = text.len() <= LONGEST_ALPHA
            && text.chars().all(known)
            && text.chars().any(|c| c.is_ascii_alphabetic());
        if named { Ok(Correspondent::Alpha(text.to_owned())) } else { Err(invalid()) }
    }
}

impl fmt::Display for Correspondent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Correspondent::Number(number) => write!(f, "{number}"),
            Correspondent::Client(name) => write!(f, "client:{name}"),
            Correspondent::ShortCode(text)
            | Correspondent::Alpha(text)
            | Correspondent::Sip(text)
            | Correspondent::Other(text) => f.write_str(text),
        }
    }
}

impl fmt::Debug for Correspondent {
    /// Redacted, as far as it names a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Correspondent::Number(number) => write!(f, "{number:?}"),
            Correspondent::ShortCode(text) | Correspondent::Alpha(text) => f.write_str(text),
            Correspondent::Client(name) => write!(f, "client:{name}"),
            Correspondent::Sip(_) => f.write_str("sip:…"),
            Correspondent::Other(_) => f.write_str("…"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn correspondents_read_as_they_print() {
        for text in
            ["+14155550123", "12345", "ALO", "Web Shop", "client:ada", "sip:ada@example.com"]
        {
            assert_eq!(text.parse::<Correspondent>().expect(text).to_string(), text);
        }
    }

    #[test]
    fn who_could_not_be_texted_is_refused() {
        for text in
            ["", "+", "12", "123456789", "TooLongAName", "a\r\nb", "client:", "Ação", "-- --"]
        {
            assert!(text.parse::<Correspondent>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_carrier_may_leave_out_the_plus() {
        assert_eq!(Correspondent::from_carrier("14155550123").to_string(), "+14155550123");
        assert_eq!(Correspondent::from_carrier("12345").to_string(), "12345");
        assert_eq!(Correspondent::from_carrier("?!\u{7}").to_string(), "?!");
    }

    proptest! {
        #[test]
        fn what_a_carrier_names_is_never_refused(text in "\\PC{0,300}") {
            let named = Correspondent::from_carrier(&text);
            prop_assert!(named.to_string().len() <= 2 * LONGEST);
        }
    }
}

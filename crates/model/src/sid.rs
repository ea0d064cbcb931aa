//! String identifiers: two letters that say of what, and 32 hexadecimal digits.
//!
//! The shape is Twilio's (`^[A-Z]{2}[0-9a-f]{32}$`), so that clients that check it are content. Where the digits
//! come from (randomness) is not this crate's concern.

use std::fmt;
use std::str::FromStr;

/// What a [`Sid`] names. The two letters are those on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SidKind {
    /// `AC`: an account.
    Account,
    /// `CA`: one leg of a call, as the REST API counts calls.
    Call,
    /// `RE`: a recording.
    Recording,
    /// `PN`: an incoming phone number.
    Number,
    /// `AP`: an application.
    Application,
    /// `NO`: a notification (alert).
    Alert,
    /// `CR`: the credentials of a phone that registers here.
    Credential,
    /// `TK`: a trunk.
    Trunk,
    /// `SM`: a text message.
    Message,
    /// `MM`: a text message with media.
    MediaMessage,
    /// `ME`: media of a message.
    Media,
    /// `MG`: a messaging service.
    Service,
    /// `SC`: a short code.
    ShortCode,
    /// `AI`: an alphanumeric sender.
    AlphaSender,
    /// `TR`: a transcription of a recording.
    Transcription,
}

impl SidKind {
    const ALL: [SidKind; 15] = [
        SidKind::Account,
        SidKind::Call,
        SidKind::Recording,
        SidKind::Number,
        SidKind::Application,
        SidKind::Alert,
        SidKind::Credential,
        SidKind::Trunk,
        SidKind::Message,
        SidKind::MediaMessage,
        SidKind::Media,
        SidKind::Service,
        SidKind::ShortCode,
        SidKind::AlphaSender,
        SidKind::Transcription,
    ];

    /// The two letters on the wire.
    pub const fn prefix(self) -> &'static str {
        match self {
            SidKind::Account => "AC",
            SidKind::Call => "CA",
            SidKind::Recording => "RE",
            SidKind::Number => "PN",
            SidKind::Application => "AP",
            SidKind::Alert => "NO",
            SidKind::Credential => "CR",
            SidKind::Trunk => "TK",
            SidKind::Message => "SM",
            SidKind::MediaMessage => "MM",
            SidKind::Media => "ME",
            SidKind::Service => "MG",
            SidKind::ShortCode => "SC",
            SidKind::AlphaSender => "AI",
            SidKind::Transcription => "TR",
        }
    }
}

/// An identifier of 34 characters, such as `CA5ef8732a3c49700934481addd5ce1659`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sid {
    kind: SidKind,
    digits: u128,
}

impl Sid {
    /// A SID of 128 bits that the caller has drawn at random.
    pub const fn new(kind: SidKind, digits: u128) -> Sid {
        Sid { kind, digits }
    }

    /// What it names.
    pub const fn kind(self) -> SidKind {
        self.kind
    }

    /// The 128 bits behind the prefix, for keys that need no text.
    pub const fn digits(self) -> u128 {
        self.digits
    }

    /// Parses `text` and requires that it names a `kind`.
    pub fn of_kind(kind: SidKind, text: &str) -> Result<Sid, InvalidSid> {
        match text.parse::<Sid>() {
            Ok(sid) if sid.kind == kind => Ok(sid),
            _ => Err(InvalidSid(text.to_owned())),
        }
    }
}

/// The text is not a SID of a kind that alo knows. Check for a truncated or mistyped identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a SID: two letters and 32 hexadecimal digits")]
pub struct InvalidSid(pub String);

impl FromStr for Sid {
    type Err = InvalidSid;

    fn from_str(text: &str) -> Result<Sid, InvalidSid> {
        let invalid = || InvalidSid(text.to_owned());
        let prefix = text.get(..2).ok_or_else(invalid)?;
        let hex = text.get(2..).ok_or_else(invalid)?;
        let kind = SidKind::ALL.into_iter().find(|kind| kind.prefix() == prefix);
        let well_formed = hex.len() == 32 && hex.bytes().all(|b| b.is_ascii_hexdigit());
        match (kind, well_formed) {
            (Some(kind), true) => {
                let digits = u128::from_str_radix(hex, 16).map_err(|_| invalid())?;
                Ok(Sid { kind, digits })
            }
            _ => Err(invalid()),
        }
    }
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:032x}", self.kind.prefix(), self.digits)
    }
}

impl fmt::Debug for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_sid_reads_as_it_prints(digits: u128, index in 0usize..SidKind::ALL.len()) {
            let sid = Sid::new(SidKind::ALL[index], digits);
            prop_assert_eq!(sid.to_string().parse::<Sid>(), Ok(sid));
            prop_assert_eq!(sid.to_string().len(), 34);
        }

        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let _ = text.parse::<Sid>();
        }
    }

    #[test]
    fn a_sid_of_another_kind_is_refused() {
        let text = "RE5ef8732a3c49700934481addd5ce1659";
        assert!(Sid::of_kind(SidKind::Recording, text).is_ok());
        assert_eq!(Sid::of_kind(SidKind::Call, text), Err(InvalidSid(text.to_owned())));
    }

    #[test]
    fn signs_are_not_digits() {
        assert!("CA+ef8732a3c49700934481addd5ce1659".parse::<Sid>().is_err());
    }
}

//! Who is at an end of a call: a number, a phone of ours, a SIP address, or nobody that says so.

use std::fmt;
use std::str::FromStr;

use crate::number::PhoneNumber;

/// One end of a call, as `From` and `To` name it on the wire.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Party {
    /// `+14155550123`.
    Number(PhoneNumber),
    /// `client:ada`: a phone that registers here.
    Client(String),
    /// `sip:ada@example.com`, with its parameters.
    Sip(String),
    /// A caller without a number, or a short or local one: kept as it came (`anonymous`, `911`).
    Other(String),
}

/// Longest text taken as a party, in bytes.
const LONGEST: usize = 512;

impl Party {
    /// What came from a SIP peer's `From` or request URI: a number with or without `+`, or a word.
    pub fn from_sip_user(user: &str, host: &str) -> Party {
        let with_plus = if user.starts_with('+') { user.to_owned() } else { format!("+{user}") };
        match with_plus.parse::<PhoneNumber>() {
            Ok(number) if user.len() > 10 || user.starts_with('+') => Party::Number(number),
            _ if user.is_empty() => Party::Other("anonymous".to_owned()),
            _ if host.is_empty() || user.bytes().all(|b| b.is_ascii_digit()) => {
                Party::Other(user.to_owned())
            }
            _ => Party::Sip(format!("sip:{user}@{host}")),
        }
    }

    /// The number, where it is one.
    pub fn number(&self) -> Option<&PhoneNumber> {
        match self {
            Party::Number(number) => Some(number),
            Party::Client(_) | Party::Sip(_) | Party::Other(_) => None,
        }
    }

    /// The user part for a SIP header: the number, the client's name, or the SIP address's user.
    pub fn sip_user(&self) -> &str {
        match self {
            Party::Number(number) => number.as_str(),
            Party::Client(name) => name,
            Party::Sip(uri) => {
                let rest = uri.split_once(':').map_or(uri.as_str(), |(_, rest)| rest);
                rest.split(['@', ';', '?']).next().unwrap_or(rest)
            }
            Party::Other(text) => text,
        }
    }
}

/// The text is neither a number, nor `client:NAME`, nor `sip:USER@HOST`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is neither a phone number (+14155550123) nor client:NAME nor sip:USER@HOST")]
pub struct InvalidParty(pub String);

impl FromStr for Party {
    type Err = InvalidParty;

    fn from_str(text: &str) -> Result<Party, InvalidParty> {
        let text = text.trim();
        let invalid = || InvalidParty(text.to_owned());
        if text.len() > LONGEST || text.chars().any(char::is_control) {
            return Err(invalid());
        }
        if let Some(name) = text.strip_prefix("client:") {
            let named = !name.is_empty() && !name.contains(['@', ' ', '<', '>', ';', '?']);
            return if named { Ok(Party::Client(name.to_owned())) } else { Err(invalid()) };
        }
        if text.starts_with("sip:") || text.starts_with("sips:") {
            let rest = text.split_once(':').map_or("", |(_, rest)| rest);
            let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
            let addressed = !host.is_empty() && !rest.contains(['<', '>', ' ', '"']);
            return if addressed { Ok(Party::Sip(text.to_owned())) } else { Err(invalid()) };
        }
        text.parse().map(Party::Number).map_err(|_| invalid())
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Party::Number(number) => write!(f, "{number}"),
            Party::Client(name) => write!(f, "client:{name}"),
            Party::Sip(uri) => f.write_str(uri),
            Party::Other(text) => f.write_str(text),
        }
    }
}

impl fmt::Debug for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Party::Number(number) => write!(f, "{number:?}"),
            Party::Client(name) => write!(f, "client:{name}"),
            Party::Sip(_) => f.write_str("sip:…"),
            Party::Other(_) => f.write_str("…"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parties_read_as_they_print() {
        for text in ["+14155550123", "client:ada", "sip:ada@example.com;transport=udp"] {
            assert_eq!(text.parse::<Party>().expect(text).to_string(), text);
        }
    }

    #[test]
    fn what_is_no_party_is_refused() {
        for text in ["", "client:", "client:a b", "sip:", "sip:a@", "sip:<a@b>", "ada", "+1\r\n2"] {
            assert!(text.parse::<Party>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_sip_peer_names_numbers_with_or_without_plus() {
        let number = |user| Party::from_sip_user(user, "10.0.0.1").to_string();
        assert_eq!(number("+551130001234"), "+551130001234");
        assert_eq!(number("551130001234"), "+551130001234");
        assert_eq!(number("100"), "100");
        assert_eq!(number("ada"), "sip:ada@10.0.0.1");
        assert_eq!(number(""), "anonymous");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text: String) {
            if let Ok(party) = text.parse::<Party>() {
                let again: Party = party.to_string().parse().expect("prints what it reads");
                prop_assert_eq!(again, party);
            }
        }
    }
}

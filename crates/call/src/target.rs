//! Whom a `<Dial>` or an outbound call rings.

use model::{InvalidParty, Party, PhoneNumber, Secret};
use twiml::DialEndpoint;

/// Whom to ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A number, through whatever reaches it.
    Number(PhoneNumber),
    /// A phone that registers here, with parameters for it.
    Client {
        /// Its name.
        identity: String,
        /// Sent along as `X-` headers.
        parameters: Vec<(String, String)>,
    },
    /// A SIP address.
    Sip {
        /// `sip:…` with its parameters, without headers.
        uri: String,
        /// `X-` headers, from the part after `?`.
        headers: Vec<(String, String)>,
        /// For a challenge.
        credentials: Option<(String, Secret)>,
    },
}

/// Whom can't be rung: what was written is no number and no address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadTarget {
    /// Write E.164: `+14155550123` (Twilio error 13223).
    #[error("'{0}' is not a phone number that can be dialled: write + and the country code")]
    Number(String),
    /// Write the name alone, as in `alo phones add NAME` (Twilio error 13221).
    #[error("'{0}' is not the name of a phone")]
    Client(String),
    /// Write `sip:user@host` (Twilio error 13224).
    #[error("'{0}' is not a SIP address: write sip:user@host")]
    Sip(String),
}

impl BadTarget {
    /// Twilio's code.
    pub const fn code(&self) -> u32 {
        match self {
            BadTarget::Number(_) => 13223,
            BadTarget::Client(_) => 13221,
            BadTarget::Sip(_) => 13224,
        }
    }
}

impl Target {
    /// From a noun of `<Dial>`. `sip:` and `client:` addresses are taken in any of them.
    pub fn from_noun(endpoint: &DialEndpoint) -> Result<Target, BadTarget> {
        match endpoint {
            DialEndpoint::Number(noun) => noun
                .number
                .parse::<Party>()
                .map_err(|_| ())
                .and_then(|party| Target::from_party(&party).map_err(|_| ()))
                .map_err(|()| BadTarget::Number(noun.number.clone())),
            DialEndpoint::Client(noun) => match format!("client:{}", noun.identity).parse() {
                Ok(Party::Client(identity)) => {
                    Ok(Target::Client { identity, parameters: noun.parameters.clone() })
                }
                Ok(Party::Number(_) | Party::Sip(_) | Party::Other(_)) | Err(_) => {
                    Err(BadTarget::Client(noun.identity.clone()))
                }
            },
            DialEndpoint::Sip(noun) => {
                let uri = noun.uri.trim();
                let uri =
                    if uri.starts_with("sip") { uri.to_owned() } else { format!("sip:{uri}") };
                let credentials = noun
                    .username
                    .clone()
                    .map(|user| (user, noun.password.clone().unwrap_or_else(|| Secret::new(""))));
                match uri.parse::<Party>() {
                    Ok(Party::Sip(uri)) => Ok(sip(&uri, credentials)),
                    Ok(Party::Number(_) | Party::Client(_) | Party::Other(_))
                    | Err(InvalidParty(_)) => Err(BadTarget::Sip(noun.uri.clone())),
                }
            }
        }
    }

    /// From a parsed `To`.
    pub fn from_party(party: &Party) -> Result<Target, BadTarget> {
        match party {
            Party::Number(number) => Ok(Target::Number(number.clone())),
            Party::Client(identity) => {
                Ok(Target::Client { identity: identity.clone(), parameters: Vec::new() })
            }
            Party::Sip(uri) => Ok(sip(uri, None)),
            Party::Other(text) => Err(BadTarget::Number(text.clone())),
        }
    }

    /// As `To` names it.
    pub fn party(&self) -> Party {
        match self {
            Target::Number(number) => Party::Number(number.clone()),
            Target::Client { identity, .. } => Party::Client(identity.clone()),
            Target::Sip { uri, .. } => Party::Sip(uri.clone()),
        }
    }
}

/// Splits headers (`?X-Name=value&…`) from a SIP address; only `X-` ones go along.
fn sip(text: &str, credentials: Option<(String, Secret)>) -> Target {
    let (uri, query) = text.split_once('?').unwrap_or((text, ""));
    let headers = url::form_urlencoded::parse(query.as_bytes())
        .filter(|(name, value)| {
            name.to_ascii_lowercase().starts_with("x-")
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !value.chars().any(char::is_control)
        })
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    Target::Sip { uri: uri.to_owned(), headers, credentials }
}

#[cfg(test)]
mod tests {
    use super::*;
    use twiml::{ClientNoun, NumberNoun, SipNoun};

    fn number(text: &str) -> Result<Target, BadTarget> {
        let noun = NumberNoun { number: text.to_owned(), send_digits: None };
        Target::from_noun(&DialEndpoint::Number(noun))
    }

    #[test]
    fn a_number_is_dialled_with_its_punctuation() {
        let target = number("+1 (415) 555-0123").expect("a number");
        assert_eq!(target.party().to_string(), "+14155550123");
        assert_eq!(number("0190"), Err(BadTarget::Number("0190".to_owned())));
    }

    #[test]
    fn headers_of_a_sip_address_go_along_if_they_are_ours_to_send() {
        let noun = SipNoun {
            uri: "sip:ada@example.com;transport=udp?X-Team=on%20call&Via=evil&X-Bad=a%0d%0ab"
                .into(),
            username: None,
            password: None,
        };
        let Ok(Target::Sip { uri, headers, .. }) = Target::from_noun(&DialEndpoint::Sip(noun))
        else {
            panic!("a SIP address");
        };
        assert_eq!(uri, "sip:ada@example.com;transport=udp");
        assert_eq!(headers, [("X-Team".to_owned(), "on call".to_owned())]);
    }

    #[test]
    fn a_client_with_a_host_is_no_client() {
        let noun = ClientNoun { identity: "ada@example.com".into(), parameters: Vec::new() };
        assert!(Target::from_noun(&DialEndpoint::Client(noun)).is_err());
    }
}

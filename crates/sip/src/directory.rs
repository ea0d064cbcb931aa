//! Who is known to the signalling: phones that register with us and trunks that carry calls.
//!
//! Plain data, replaced as a whole by [`crate::Sip::configure`]. Passwords never print.

use std::fmt;
use std::net::IpAddr;

/// Everybody we know. Replaced as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Directory {
    /// Phones that may register and call.
    pub phones: Vec<PhoneAccount>,
    /// Carriers and exchanges that calls go to and come from.
    pub trunks: Vec<Trunk>,
}

/// A phone that registers as `sip:name@us` with digest authentication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneAccount {
    /// User part of its address and digest user name.
    pub name: String,
    /// Digest password.
    pub password: Password,
}

/// A carrier or exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trunk {
    /// Our name for it.
    pub name: String,
    /// Host name or IP address that calls are sent to.
    pub host: String,
    /// UDP port that calls are sent to; 5060 as a rule.
    pub port: u16,
    /// Answers to its challenges. `None`: it knows us by address.
    pub credentials: Option<Credentials>,
    /// Addresses whose calls are this trunk's, unchallenged. Empty: whatever `host` resolves to.
    pub sources: Vec<IpAddr>,
}

/// A user name and password for digest authentication (RFC 3261 §22).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Digest user name.
    pub user: String,
    /// Digest password.
    pub password: Password,
}

/// A password that prints redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Wraps a password.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Password {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

//! Registering with somebody else's registrar, as a phone does (RFC 3261 §10.2).

use std::time::Duration;

use crate::directory::Credentials;

/// A registration that we want at somebody else's registrar.
#[derive(Debug, Clone)]
pub struct Registration {
    /// Where: `sip:host` or `sip:host:port`.
    pub registrar: String,
    /// User part of the address of record and of our Contact.
    pub user: String,
    /// Answers to the challenge.
    pub credentials: Credentials,
    /// Time asked for; the registrar may grant less. 600 s is usual.
    pub expires: Duration,
}

/// Why a registration didn't come about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// `registrar` is not a SIP URI.
    #[error("'{0}' is not a SIP address")]
    BadUri(String),
    /// The registrar's host has no address; check the name and DNS.
    #[error("cannot resolve '{0}'")]
    Resolve(String),
    /// No answer; check address, port and firewall.
    #[error("no answer from the registrar")]
    Timeout,
    /// The registrar refused: 401 and 403 mean user or password.
    #[error("the registrar answered {status} {reason}")]
    Refused {
        /// Its final status.
        status: u16,
        /// Its reason phrase.
        reason: String,
    },
    /// The stack is shut down, or too busy.
    #[error("the signalling is closed or overloaded")]
    Closed,
}

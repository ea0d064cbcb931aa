//! The conversation with a relay: connect, TLS, log in, one letter, goodbye.
//!
//! A connection carries one letter: there are few, and none waits behind another's trouble. What the relay refuses for
//! good is told from what may go better later, for that decides whether a letter is kept.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Mechanism;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::Noop;
use lettre::transport::smtp::extension::ClientId;
use tokio::net::TcpStream;

use crate::letter::Letter;
use crate::settings::{Relay, Security, Settings, SettingsError, is_near};
use crate::wire::{Offer, Wire};

/// How long a goodbye may take. What comes of it changes nothing.
const GOODBYE: Duration = Duration::from_secs(2);

/// Replies to a letter that are about our login, not about the letter (RFC 4954 §6): it goes once that is mended.
const LOGIN: [u16; 4] = [530, 534, 535, 538];

/// Hands letters to a relay.
#[derive(Clone)]
pub struct Mailer {
    relay: Relay,
}

/// Why a letter isn't with the relay. What is said names the relay, and never the password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// It may go better later: the network, a reply 4yz, or a login that doesn't work.
    #[error("{0}")]
    Passing(String),
    /// It never will: a reply 5yz to the letter, or no address.
    #[error("{0}")]
    Lasting(String),
}

impl Mailer {
    /// Nothing is connected yet.
    pub fn new(settings: &Settings) -> Result<Mailer, SettingsError> {
        Relay::new(settings).map(|relay| Mailer { relay })
    }

    /// The relay, for people: `mail.example.com:587`.
    pub fn place(&self) -> String {
        let Relay { host, port, .. } = &self.relay;
        if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
    }

    /// Returns once the relay has taken the letter, and answers for it from then on (RFC 5321 §4.2.5).
    ///
    /// If the connection breaks after the letter and before the relay's answer, it may have it and the error is
    /// [`SendError::Passing`]; a repetition has the same Message-ID.
    pub async fn send(&self, letter: &Letter) -> Result<(), SendError> {
        let posted =
            letter.post(&self.relay.from).map_err(|error| SendError::Lasting(error.to_string()))?;
        let mut connection = self.connected().await?;
        let sending = connection.send(&posted.envelope, &posted.bytes);
        match tokio::time::timeout(self.relay.timeout, sending).await {
            Ok(Ok(_)) => {
                goodbye(&mut connection).await;
                Ok(())
            }
            Ok(Err(error)) => Err(self.refused(&error)),
            Err(_) => Err(self.silent()),
        }
    }

    /// Connects, says EHLO, logs in and says NOOP.
    pub async fn check(&self) -> Result<(), SendError> {
        let mut connection = self.connected().await?;
        match tokio::time::timeout(self.relay.timeout, connection.command(Noop)).await {
            Ok(Ok(_)) => {
                goodbye(&mut connection).await;
                Ok(())
            }
            Ok(Err(error)) => Err(self.failed(&error)),
            Err(_) => Err(self.silent()),
        }
    }

    /// A connection that is logged in.
    async fn connected(&self) -> Result<AsyncSmtpConnection, SendError> {
        let attempt = tokio::time::timeout(self.relay.timeout, self.connect()).await;
        attempt.unwrap_or_else(|_| Err(self.silent()))
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SendError> {
        let relay = &self.relay;
        let hello = hello(relay.from.email.domain());
        let wire = self.wire(&hello).await?;
        let mut connection = AsyncSmtpConnection::connect_with_transport(Box::new(wire), &hello)
            .await
            .map_err(|error| self.failed(&error))?;
        if let Some(credentials) = &relay.credentials {
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], credentials)
                .await
                .map_err(|error| self.not_let_in(&error))?;
        }
        Ok(connection)
    }

    /// A connection that is as safe as the settings want it.
    async fn wire(&self, hello: &ClientId) -> Result<Wire, SendError> {
        let broken = |error: io::Error| self.passing(&format!("failed: {error}"));
        let addresses = self.addresses().await?;
        let stream = TcpStream::connect(&addresses[..]).await.map_err(broken)?;
        // What is sent is small and answered: Nagle's algorithm would only hold it back.
        stream.set_nodelay(true).map_err(broken)?;
        let (tls, missing) = match &self.relay.security {
            Security::None => return Ok(Wire::plain(stream)),
            Security::Implicit(tls) => return Wire::tls(stream, tls).await.map_err(broken),
            Security::Required(tls) => {
                let said = "has no STARTTLS, so nothing was sent: try smtps:// with its port, or on a private network \
                            ?tls=none";
                (tls, Some(said))
            }
            Security::Opportunistic(tls) => {
                let said = "has no STARTTLS, and user and password are not sent in the clear";
                (tls, self.relay.credentials.as_ref().map(|_| said))
            }
        };
        match (Wire::starttls(stream, tls, hello).await.map_err(broken)?, missing) {
            (Offer::Missing(_), Some(said)) => Err(self.passing(said)),
            (Offer::Missing(wire), None) | (Offer::Taken(wire), _) => Ok(wire),
        }
    }

    /// Where the relay is. Without TLS all of it has to be near, and no later answer of the DNS is believed.
    async fn addresses(&self) -> Result<Vec<SocketAddr>, SendError> {
        let relay = &self.relay;
        let found = tokio::net::lookup_host((relay.host.as_str(), relay.port)).await;
        let found: Vec<SocketAddr> =
            found.map_err(|error| self.passing(&format!("can't be found: {error}")))?.collect();
        match &relay.security {
            Security::None if found.iter().any(|address| !is_near(address.ip())) => {
                let said = "is neither on this machine nor on a private network: nothing is sent there with tls=none";
                Err(self.passing(said))
            }
            Security::None
            | Security::Implicit(_)
            | Security::Required(_)
            | Security::Opportunistic(_) => Ok(found),
        }
    }

    /// An error of the connection or the login: it isn't about the letter.
    fn failed(&self, error: &Error) -> SendError {
        self.passing(&format!("failed: {}", chain(error)))
    }

    fn not_let_in(&self, error: &Error) -> SendError {
        self.passing(&format!("does not let us in: {}; check user and password", chain(error)))
    }

    /// An error of the letter.
    fn refused(&self, error: &Error) -> SendError {
        let about_login = error.status().is_some_and(|code| LOGIN.contains(&u16::from(code)));
        let words = format!("{} did not take it: {}", self.place(), chain(error));
        // The library's own refusals are about the letter too: an address that only SMTPUTF8 carries (RFC 6531).
        if (error.is_permanent() && !about_login) || error.is_client() {
            SendError::Lasting(words)
        } else {
            SendError::Passing(words)
        }
    }

    fn silent(&self) -> SendError {
        self.passing(&format!("did not answer within {:?}", self.relay.timeout))
    }

    fn passing(&self, said: &str) -> SendError {
        SendError::Passing(format!("{} {said}", self.place()))
    }
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailer").field("place", &self.place()).finish_non_exhaustive()
    }
}

/// Who we say we are: the sender's domain, since some relays take no one who calls themselves by an address.
fn hello(domain: &str) -> ClientId {
    let literal = domain.trim_start_matches('[').trim_end_matches(']');
    match literal.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => ClientId::Ipv4(address),
        Ok(IpAddr::V6(address)) => ClientId::Ipv6(address),
        Err(_) => ClientId::Domain(domain.to_owned()),
    }
}

async fn goodbye(connection: &mut AsyncSmtpConnection) {
    // The letter is the relay's already; a connection that breaks now breaks nothing.
    let _ = tokio::time::timeout(GOODBYE, connection.quit()).await;
}

/// The library's words for kinds of errors, which say less than the cause behind them.
const EMPTY: [&str; 4] =
    ["Connection error: ", "network error: ", "internal client error: ", "response error: "];

/// An error with its causes, which the library leaves out in part, on one line.
fn chain(error: &Error) -> String {
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let said = error.to_string();
        if !words.contains(&said) {
            words = format!("{words}: {said}");
        }
        cause = error.source();
    }
    let mut words = words.as_str();
    while let Some(rest) = EMPTY.iter().find_map(|empty| words.strip_prefix(empty)) {
        words = rest;
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

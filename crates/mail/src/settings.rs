//! Where e-mails go: the address of a relay as a URL, and who they are from.
//!
//! `smtp://user:password@mail.example.com:587` speaks STARTTLS (RFC 3207), `smtps://…:465` TLS from the first octet
//! (RFC 8314 §3.3). No error of this file shows what the URL says, for a password may stand in it.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use model::Secret;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use crate::address::{InvalidAddress, mailbox};
use crate::wire::{Tls, TlsError};

/// Port of submission with STARTTLS (RFC 6409 §3.1).
const SUBMISSION: u16 = 587;
/// Port of submission with TLS from the first octet (RFC 8314 §7.3).
const SUBMISSIONS: u16 = 465;

/// How e-mails are sent.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The relay: `smtp://user:password@host:587` or `smtps://user:password@host:465`. What stands between the colons is
    /// percent-encoded. `?ca=/path` names a PEM file of who may sign its certificate, in place of those whom the system
    /// trusts; `?tls=none`, to loopback and private addresses only, does without TLS, and `?tls=opportunistic` where the
    /// relay has none, without user and password then.
    pub url: Secret,
    /// The password where the URL has none; it isn't percent-encoded. Default none.
    pub password: Option<Secret>,
    /// Who they are from: `support@example.com` or `Support <support@example.com>`.
    pub from: String,
    /// Until the relay is connected and logged in to, and once more until it has a letter. Default 30 s.
    pub timeout: Duration,
}

impl Settings {
    /// With the defaults.
    pub fn new(url: Secret, from: impl Into<String>) -> Settings {
        Settings { url, password: None, from: from.into(), timeout: Duration::from_secs(30) }
    }
}

/// Why no mailer can be made of the settings. It never shows the URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Percent-encode what is special in user and password, or set the password on its own.
    #[error(
        "the URL can't be read ({0}): write smtp://user:password@mail.example.com:587, and %40 for an @ in the password"
    )]
    Unreadable(url::ParseError),
    /// It has another scheme.
    #[error(
        "the URL has to begin with smtp:// or smtps://: write smtp://user:password@mail.example.com:587"
    )]
    Scheme,
    /// It names no host, or one that no certificate can name.
    #[error("the URL names no host: write smtp://user:password@mail.example.com:587")]
    NoHost,
    /// It says more than where the relay is.
    #[error(
        "the URL has a path: write smtp://user:password@mail.example.com:587, and parameters after a ?"
    )]
    Path,
    /// It has a parameter that isn't known.
    #[error(
        "the URL has a parameter that isn't known: there are tls and ca, as in smtp://mail.example.com:587?ca=/etc/ssl/relay.pem"
    )]
    Parameter,
    /// `tls` is something else.
    #[error(
        "tls in the URL is required, opportunistic or none, as in smtp://127.0.0.1:25?tls=none; with smtps:// leave it out"
    )]
    Tls,
    /// Letters and passwords would be read on the way.
    #[error(
        "tls=none is for loopback and private addresses, and {0} is neither: leave it out, or use smtps://"
    )]
    Open(String),
    /// A user without a password.
    #[error(
        "there is a user and no password: write smtp://user:password@mail.example.com:587, or set the password on its own"
    )]
    NoPassword,
    /// A password without a user.
    #[error("there is a password and no user: write smtp://user:password@mail.example.com:587")]
    NoUser,
    /// The file of `ca` can't be used.
    #[error("ca in the URL: {0} can't be used: {1}")]
    Ca(String, String),
    /// TLS can't be had on this machine.
    #[error("TLS can't be set up: {0}")]
    Setup(String),
    /// Nobody can answer this sender.
    #[error("the sender: {0}, or as Support <support@example.com>")]
    From(#[from] InvalidAddress),
}

/// What a connection needs.
#[derive(Clone)]
pub(crate) struct Relay {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) security: Security,
    pub(crate) credentials: Option<Credentials>,
    pub(crate) from: Mailbox,
    pub(crate) timeout: Duration,
}

/// How a connection is kept from being read.
#[derive(Clone)]
pub(crate) enum Security {
    /// TLS from the first octet.
    Implicit(Tls),
    /// STARTTLS, or nothing is sent.
    Required(Tls),
    /// STARTTLS if the relay has it; user and password only then.
    Opportunistic(Tls),
    /// None, to loopback and private addresses.
    None,
}

impl Relay {
    pub(crate) fn new(settings: &Settings) -> Result<Relay, SettingsError> {
        let url = Url::parse(settings.url.reveal().trim()).map_err(SettingsError::Unreadable)?;
        let implicit = match url.scheme() {
            "smtp" => false,
            "smtps" => true,
            _ => return Err(SettingsError::Scheme),
        };
        let host = host(&url)?;
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(SettingsError::Path);
        }
        Ok(Relay {
            security: security(&url, implicit, &host)?,
            port: url.port().unwrap_or(if implicit { SUBMISSIONS } else { SUBMISSION }),
            credentials: credentials(&url, settings.password.as_ref())?,
            from: mailbox(&settings.from)?,
            timeout: settings.timeout,
            host,
        })
    }
}

/// Whether nobody outside of this house reads what is sent there (RFC 1918, 3927, 4193).
pub(crate) fn is_near(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

fn host(url: &Url) -> Result<String, SettingsError> {
    let host = match url.host() {
        Some(Host::Domain(name)) => decoded(name).ok_or(SettingsError::NoHost)?,
        Some(Host::Ipv4(v4)) => v4.to_string(),
        Some(Host::Ipv6(v6)) => v6.to_string(),
        None => return Err(SettingsError::NoHost),
    };
    if host.is_empty() { Err(SettingsError::NoHost) } else { Ok(host) }
}

fn security(url: &Url, implicit: bool, host: &str) -> Result<Security, SettingsError> {
    let (mut tls, mut ca) = (None, None);
    for (name, value) in url.query_pairs() {
        match name.as_ref() {
            "tls" => tls = Some(value.into_owned()),
            "ca" => ca = Some(value.into_owned()),
            _ => return Err(SettingsError::Parameter),
        }
    }
    let tls_with = || believed(host, ca.as_deref());
    match (implicit, tls.as_deref()) {
        (true, None) => Ok(Security::Implicit(tls_with()?)),
        (false, None | Some("required")) => Ok(Security::Required(tls_with()?)),
        (false, Some("opportunistic")) => Ok(Security::Opportunistic(tls_with()?)),
        // What a name stands for is looked at when it is resolved.
        (false, Some("none")) => match host.parse::<IpAddr>() {
            Ok(address) if !is_near(address) => Err(SettingsError::Open(host.to_owned())),
            Ok(_) | Err(_) => Ok(Security::None),
        },
        (true | false, Some(_)) => Err(SettingsError::Tls),
    }
}

fn believed(host: &str, ca: Option<&str>) -> Result<Tls, SettingsError> {
    Tls::new(host, ca.map(Path::new)).map_err(|error| match error {
        TlsError::Name => SettingsError::NoHost,
        TlsError::Ca(why) => SettingsError::Ca(ca.unwrap_or_default().to_owned(), why),
        TlsError::Setup(why) => SettingsError::Setup(why),
    })
}

fn credentials(url: &Url, password: Option<&Secret>) -> Result<Option<Credentials>, SettingsError> {
    let unreadable = SettingsError::Unreadable(url::ParseError::IdnaError);
    let user = decoded(url.username()).ok_or(unreadable.clone())?;
    let inside = url.password().map(|it| decoded(it).ok_or(unreadable)).transpose()?;
    let password = inside.or_else(|| password.map(|it| it.reveal().to_owned()));
    match (user.is_empty(), password.filter(|it| !it.is_empty())) {
        (true, None) => Ok(None),
        (true, Some(_)) => Err(SettingsError::NoUser),
        (false, None) => Err(SettingsError::NoPassword),
        (false, Some(password)) => Ok(Some(Credentials::new(user, password))),
    }
}

fn decoded(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests;

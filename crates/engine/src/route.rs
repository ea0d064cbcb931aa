//! Where a call goes: from whom it is for to SIP destinations.

use std::net::SocketAddr;

use call::Target;
use model::{PhoneNumber, Secret};
use sip::{Credentials, Destination, Password};

use crate::hub::{Hub, RESOLVE_FOR};

/// Where to send INVITEs; several are rung at once and the first that answers has the call.
pub(crate) struct Route {
    pub(crate) destinations: Vec<Destination>,
    /// Somebody who decides which of our addresses the far side can reach.
    pub(crate) peer: SocketAddr,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) credentials: Option<Credentials>,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoRoute {
    /// The softphone is off, or was never set up: see `alo phones`.
    #[error("no phone is registered as '{0}'")]
    NotRegistered(String),
    /// Add a trunk whose prefixes cover the number: `alo trunks add`.
    #[error("no trunk reaches {0}: add one with `alo trunks add`")]
    NoTrunk(PhoneNumber),
    /// Check the host's name and DNS.
    #[error("'{0}' could not be resolved")]
    Unresolved(String),
}

impl NoRoute {
    /// Twilio's code.
    pub(crate) const fn code(&self) -> u32 {
        match self {
            NoRoute::NotRegistered(_) => 32009,
            NoRoute::NoTrunk(_) => 21214,
            NoRoute::Unresolved(_) => 13224,
        }
    }

    /// The SIP status that the leg ends with.
    pub(crate) const fn status(&self) -> u16 {
        match self {
            NoRoute::NotRegistered(_) => 480,
            NoRoute::NoTrunk(_) => 404,
            NoRoute::Unresolved(_) => 502,
        }
    }
}

/// Finds where `target` is reached: a phone of ours, whoever has the number, the trunk for it, or the address itself.
pub(crate) async fn find(hub: &Hub, target: &Target) -> Result<Route, NoRoute> {
    let directory = hub.directory.now();
    match target {
        Target::Client { identity, parameters } => {
            let headers =
                parameters.iter().filter_map(|(name, value)| header(name, value)).collect();
            registered(hub, identity, headers)
        }
        Target::Number(number) => {
            if let Some(phone) = directory.phone_with(number) {
                return registered(hub, &phone.name, Vec::new());
            }
            let trunk =
                directory.trunk_for(number).ok_or_else(|| NoRoute::NoTrunk(number.clone()))?;
            let peer = resolve(&trunk.host, trunk.port).await?;
            let user = number.as_str().to_owned();
            let destination = Destination::Trunk { name: trunk.name.clone(), user };
            Ok(Route {
                destinations: vec![destination],
                peer,
                headers: Vec::new(),
                credentials: None,
            })
        }
        Target::Sip { uri, headers, credentials } => {
            let (host, port) = host_of(uri);
            let peer = resolve(&host, port).await?;
            Ok(Route {
                destinations: vec![Destination::Uri(uri.clone())],
                peer,
                headers: headers.clone(),
                credentials: credentials.as_ref().map(credentials_of),
            })
        }
    }
}

fn credentials_of((user, password): &(String, Secret)) -> Credentials {
    Credentials { user: user.clone(), password: Password::new(password.reveal()) }
}

fn registered(hub: &Hub, name: &str, headers: Vec<(String, String)>) -> Result<Route, NoRoute> {
    let contacts = hub.sip.contacts(name);
    let Some(first) = contacts.first() else {
        return Err(NoRoute::NotRegistered(name.to_owned()));
    };
    let peer = first.source;
    let destinations = contacts.into_iter().map(Destination::Contact).collect();
    Ok(Route { destinations, peer, headers, credentials: None })
}

/// A `<Parameter>` as a header: `X-Name`, without what a header can't hold.
fn header(name: &str, value: &str) -> Option<(String, String)> {
    let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let prefixed = name.get(..2).is_some_and(|prefix| prefix.eq_ignore_ascii_case("x-"));
    let name = if prefixed { name.to_owned() } else { format!("X-{name}") };
    (plain && !value.chars().any(char::is_control)).then(|| (name, value.to_owned()))
}

/// Default port of SIP over UDP, RFC 3261 §19.1.2.
const SIP_PORT: u16 = 5060;

/// Host and port of `sip:user@host:port;…`.
fn host_of(uri: &str) -> (String, u16) {
    let rest = uri.split_once(':').map_or(uri, |(_, rest)| rest);
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let rest = rest.split([';', '?', '>']).next().unwrap_or(rest);
    if let Some(inner) = rest.strip_prefix('[') {
        let (host, port) = inner.split_once(']').unwrap_or((inner, ""));
        let port = port.strip_prefix(':').and_then(|port| port.parse().ok());
        return (host.to_owned(), port.unwrap_or(SIP_PORT));
    }
    match rest.split_once(':') {
        Some((host, port)) => (host.to_owned(), port.parse().unwrap_or(SIP_PORT)),
        None => (rest.to_owned(), SIP_PORT),
    }
}

async fn resolve(host: &str, port: u16) -> Result<SocketAddr, NoRoute> {
    let unresolved = || NoRoute::Unresolved(host.to_owned());
    let found = tokio::time::timeout(RESOLVE_FOR, tokio::net::lookup_host((host, port))).await;
    match found {
        Ok(Ok(mut addresses)) => addresses.next().ok_or_else(unresolved),
        Ok(Err(_)) | Err(_) => Err(unresolved()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_and_port_of_an_address() {
        let host = |uri| host_of(uri);
        assert_eq!(host("sip:ada@example.com"), ("example.com".to_owned(), 5060));
        assert_eq!(host("sip:ada@10.0.0.1:5080;transport=udp"), ("10.0.0.1".to_owned(), 5080));
        assert_eq!(host("sip:ada@[2001:db8::1]:5070"), ("2001:db8::1".to_owned(), 5070));
        assert_eq!(host("sip:example.com"), ("example.com".to_owned(), 5060));
    }

    #[test]
    fn parameters_become_headers_that_a_header_can_hold() {
        assert_eq!(header("team", "web"), Some(("X-team".to_owned(), "web".to_owned())));
        assert_eq!(header("X-Team", "web"), Some(("X-Team".to_owned(), "web".to_owned())));
        assert_eq!(header("a b", "web"), None);
        assert_eq!(header("team", "a\r\nVia: b"), None);
    }
}

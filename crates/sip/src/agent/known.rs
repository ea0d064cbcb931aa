//! The directory as the agent looks things up in it.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

use crate::directory::{Directory, Password};

/// Phones by name, and trunks with their resolved addresses.
#[derive(Default)]
pub(crate) struct Known {
    phones: HashMap<String, Password>,
    trunks: Vec<KnownTrunk>,
}

struct KnownTrunk {
    name: String,
    port: u16,
    /// What its host resolves to.
    hosts: Vec<IpAddr>,
    /// Who may send for it.
    sources: Vec<IpAddr>,
}

impl Known {
    /// `resolved` holds the addresses of host names.
    pub(crate) fn new(directory: &Directory, resolved: &HashMap<String, Vec<IpAddr>>) -> Self {
        let phones = directory
            .phones
            .iter()
            .map(|phone| (phone.name.clone(), phone.password.clone()))
            .collect();
        let trunks = directory
            .trunks
            .iter()
            .map(|trunk| {
                let hosts = match trunk.host.parse::<IpAddr>() {
                    Ok(address) => vec![address],
                    Err(_) => resolved.get(&trunk.host).cloned().unwrap_or_default(),
                };
                let sources =
                    if trunk.sources.is_empty() { hosts.clone() } else { trunk.sources.clone() };
                KnownTrunk { name: trunk.name.clone(), port: trunk.port, hosts, sources }
            })
            .collect();
        Self { phones, trunks }
    }

    pub(super) fn password(&self, phone: &str) -> Option<&Password> {
        self.phones.get(phone)
    }

    /// The trunk whose own address and port this is.
    pub(super) fn trunk_exactly_at(&self, source: SocketAddr) -> Option<&str> {
        let own = |trunk: &&KnownTrunk| {
            trunk.port == source.port()
                && trunk.hosts.contains(&source.ip())
                && trunk.sources.contains(&source.ip())
        };
        self.trunks.iter().find(own).map(|trunk| trunk.name.as_str())
    }

    /// The first trunk that may send from this address, from whatever port.
    pub(super) fn trunk_at(&self, source: SocketAddr) -> Option<&str> {
        let from = |trunk: &&KnownTrunk| trunk.sources.contains(&source.ip());
        self.trunks.iter().find(from).map(|trunk| trunk.name.as_str())
    }

    /// Whether a phone is known here with the same password as there.
    pub(super) fn knows_alike(&self, phone: &str, other: &Self) -> bool {
        let here = self.password(phone);
        here.is_some() && here == other.password(phone)
    }
}

//! Which addresses may be asked: private ones only where the configuration allows, checked after DNS.
//!
//! Private means whatever a stranger's URL should not reach through us: loopback, RFC 1918, RFC 4193, link-local
//! (RFC 3927, among them the metadata services of clouds), carrier-grade NAT (RFC 6598), multicast and unspecified.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// The address is private and the configuration does not allow it.
#[derive(Debug, thiserror::Error)]
#[error("{0} is a private address: allow it with webhooks.private_addresses in alo.toml")]
pub(crate) struct PrivateAddress(pub(crate) String);

/// Whether `address` is one that a URL from outside must not reach.
pub(crate) fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_private_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(address) => is_private_v4(address),
            None => {
                address.is_loopback()
                    || address.is_unspecified()
                    || address.is_multicast()
                    || address.is_unique_local()
                    || address.is_unicast_link_local()
            }
        },
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_unspecified()
        || address.is_multicast()
        || address.is_broadcast()
        || (first == 100 && (64..128).contains(&second))
        || first == 0
}

/// Refuses a URL whose host is a private address in figures; names are checked when they are resolved.
pub(crate) fn check(url: &Url, private_allowed: bool) -> Result<(), PrivateAddress> {
    let address = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => IpAddr::V6(address),
        Some(Host::Domain(_)) | None => return Ok(()),
    };
    if private_allowed || !is_private(address) {
        Ok(())
    } else {
        Err(PrivateAddress(address.to_string()))
    }
}

/// The system's resolver, without private addresses unless they are allowed.
pub(crate) struct GuardedResolver {
    pub(crate) private_allowed: bool,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let private_allowed = self.private_allowed;
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> = found
                .into_iter()
                .filter(|address| private_allowed || !is_private(address.ip()))
                .collect();
            if allowed.is_empty() {
                return Err(Box::new(PrivateAddress(host)) as Box<_>);
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_told_from_public_ones() {
        let private = [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "::1",
            "::",
            "fd00::1",
            "fe80::1",
            "::ffff:127.0.0.1",
        ];
        for text in private {
            assert!(is_private(text.parse().expect(text)), "{text}");
        }
        for text in ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946"] {
            assert!(!is_private(text.parse().expect(text)), "{text}");
        }
    }

    #[test]
    fn a_private_address_in_figures_is_refused_however_it_is_written() {
        for text in
            ["http://127.0.0.1/", "http://2130706433/", "http://[::1]:80/", "http://0x7f.1/"]
        {
            let url = Url::parse(text).expect(text);
            assert!(check(&url, false).is_err(), "{text}");
            assert!(check(&url, true).is_ok(), "{text}");
        }
    }
}

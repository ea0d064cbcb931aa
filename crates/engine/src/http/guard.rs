//! Which addresses may be asked: private ones only where the configuration allows, checked after DNS.
//!
//! Private means whatever a stranger's URL should not reach through us: loopback, RFC 1918, RFC 4193, link-local
//! (RFC 3927, among them the metadata services of clouds), carrier-grade NAT (RFC 6598), multicast, unspecified, what
//! RFC 6890 sets apart, and IPv6 addresses that are one of these in disguise (NAT64, 6to4, IPv4-mapped).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

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
                    || is_special_v6(address)
            }
        },
    }
}

/// Of the special ranges of RFC 6890 those that lead to an IPv4 address, and those that lead nowhere.
fn is_special_v6(address: Ipv6Addr) -> bool {
    let [first, second, third, .., seventh, last] = address.segments();
    let v4 =
        |high: u16, low: u16| is_private_v4(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)));
    match (first, second) {
        // NAT64 (RFC 6052); a prefix of one's own network (RFC 8215).
        (0x64, 0xff9b) => third != 0 || v4(seventh, last),
        // 6to4 (RFC 3056).
        (0x2002, _) => v4(second, third),
        // Addresses "compatible" with IPv4 (RFC 4291 §2.5.5.1).
        (0, 0) => v4(seventh, last),
        // Teredo (RFC 4380), documentation (RFC 3849, 9637), discard (RFC 6666), site-local (RFC 3879).
        (0x2001, 0 | 0xdb8) | (0x100, 0) => true,
        (first, _) => (first == 0x3fff && second < 0x1000) || first & 0xffc0 == 0xfec0,
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_unspecified()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation()
        || (first == 100 && (64..128).contains(&second))
        || (first == 192 && second == 0 && third == 0)
        || (first == 198 && (18..20).contains(&second))
        || first == 0
        || first >= 240
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
            "::127.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "2002:a9fe:a9fe::1",
            "2001:0:1::1",
            "2001:db8::1",
            "fec0::1",
            "192.0.0.8",
            "198.18.0.1",
            "203.0.113.9",
            "240.0.0.1",
        ];
        for text in private {
            assert!(is_private(text.parse().expect(text)), "{text}");
        }
        for text in [
            "93.184.216.34",
            "8.8.8.8",
            "2606:2800:220:1:248:1893:25c8:1946",
            "64:ff9b::8.8.8.8",
            "2002:808:808::1",
            "3fff:ffff::1",
        ] {
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

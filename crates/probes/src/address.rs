//! Which addresses are a stranger's and which are of this machine or its network (IANA's special-purpose registries,
//! RFC 6890).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether the address isn't one of the public Internet: loopback, private, link-local, shared, multicast, unspecified
/// or one of these inside an IPv6 address.
pub(crate) fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_private_v4(address),
        IpAddr::V6(address) => is_private_v6(address),
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || a == 0 // "this network", RFC 1122 §3.2.1.3
        || (a == 100 && (64..128).contains(&b)) // shared address space, RFC 6598
        || (a == 192 && b == 0 && c == 0) // protocol assignments, RFC 6890
        || (a == 198 && (b == 18 || b == 19)) // benchmarking, RFC 2544
        || a >= 240 // reserved, RFC 1112 §4
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    let last = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_private_v4(Ipv4Addr::new(a, b, c, d))
    };
    let within = match parts {
        // Mapped (RFC 4291 §2.5.5.2) and compatible (§2.5.5.1), which holds :: and ::1 too; translated by NAT64
        // (RFC 6052 §2.1, RFC 8215); 6to4 (RFC 3056 §2).
        [0, 0, 0, 0, 0, 0xffff | 0, high, low]
        | [0x64, 0xff9b, 0 | 1, _, _, _, high, low]
        | [0x2002, high, low, ..] => last(high, low),
        _ => false,
    };
    within
        || address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || parts[0] & 0xfe00 == 0xfc00 // unique local, RFC 4193
        || parts[0] & 0xffc0 == 0xfe80 // link-local, RFC 4291 §2.5.6
        || parts[0] & 0xffc0 == 0xfec0 // site-local, RFC 3879
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_this_machine_and_its_network_are_private() {
        for text in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "198.18.0.1",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::10.0.0.1",
            "2002:7f00:1::",
            "fd00::1",
            "fe80::1",
            "ff02::1",
        ] {
            let address: IpAddr = text.parse().expect("an address");
            assert!(is_private(address), "{text}");
        }
    }

    #[test]
    fn addresses_of_strangers_are_not() {
        for text in ["9.9.9.9", "100.128.0.1", "172.32.0.1", "2620:fe::fe", "::ffff:9.9.9.9"] {
            let address: IpAddr = text.parse().expect("an address");
            assert!(!is_private(address), "{text}");
        }
    }
}

//! Addresses of this machine, and who can reach them. Nothing here sends a packet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// The address that reaches a server on this machine which listens at `bound`.
pub(crate) fn reachable(bound: SocketAddr) -> SocketAddr {
    let mut address = bound;
    if bound.ip().is_unspecified() {
        address.set_ip(match bound {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

/// The local address that leads to the world. Nothing is sent: connecting a UDP socket only asks the routing table.
pub(crate) fn outward() -> Option<IpAddr> {
    /// TEST-NET-1 (RFC 5737), routed like any address outside.
    const ANYWHERE: ([u8; 4], u16) = ([192, 0, 2, 1], 9);
    let socket = UdpSocket::bind(SocketAddr::from(([0, 0, 0, 0], 0))).ok()?;
    socket.connect(SocketAddr::from(ANYWHERE)).ok()?;
    socket.local_addr().ok().map(|address| address.ip())
}

/// Whether the world can't reach it (RFC 1918, 3927, 4193, 6598; loopback).
pub(crate) fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [first, second, ..] = ip.octets();
            let shared = first == 100 && (64..128).contains(&second);
            ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_unspecified()
                || shared
        }
        IpAddr::V6(ip) => {
            ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_unique_local()
                || ip.is_unicast_link_local()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_the_world_cannot_reach_are_known() {
        for private in
            ["10.1.2.3", "192.168.0.1", "172.31.0.1", "127.0.0.1", "100.64.0.1", "fd00::1"]
        {
            assert!(is_private(private.parse().expect("an address")), "{private}");
        }
        for public in ["203.0.113.7", "100.128.0.1", "172.32.0.1", "2001:db8::1"] {
            assert!(!is_private(public.parse().expect("an address")), "{public}");
        }
    }
}

//! Ways in for fuzz targets: whatever reads a peer's bytes, without a socket around it. Not for applications.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Reads them as a line of SMTP and of Redis, as a SIP answer, and as a packet of ICMP and ICMPv6.
pub fn answers(bytes: &[u8]) {
    crate::smtp::fuzz(bytes);
    crate::redis::fuzz(bytes);
    crate::sip::fuzz(bytes);
    crate::ping::fuzz(bytes, IpAddr::V4(Ipv4Addr::LOCALHOST));
    crate::ping::fuzz(bytes, IpAddr::V6(Ipv6Addr::LOCALHOST));
    let quoted = crate::words::quote_bytes(bytes);
    assert!(!quoted.contains(['\r', '\n']), "{quoted}");
}

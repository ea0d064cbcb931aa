//! Ping: a host answers an ICMP echo (RFC 792, RFC 4443 §4.1).
//!
//! The socket is the unprivileged one of `icmp(7)` where the system grants it, and a raw one where we may have that. An
//! echo that gets lost is no outage: it is sent again each second until the timeout.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::Probes;
use crate::progress::{Down, Progress, Verdict};

/// After so long the echo is sent again.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// What an echo carries, in bytes, so that an answer is known as ours.
const TOKEN: usize = 32;

/// Type, code, checksum, identifier and sequence number, in bytes (RFC 792).
const HEAD: usize = 8;

/// Where the system grants neither socket.
const HINT: &str = "this system does not let alo ping: allow it with `sysctl -w net.ipv4.ping_group_range=\"0 2147483647\"`";

/// Sends echoes until one comes back.
pub(crate) async fn probe(
    probes: &Probes,
    host: &str,
    family: model::watch::Family,
    progress: &Progress,
) -> Verdict {
    let addresses = probes.addresses(host, family, progress).await?;
    progress.wait(host, "an echo");
    // All at once: a family over which nothing comes back doesn't hide the other.
    let mut echoes = JoinSet::new();
    for address in addresses {
        let open = Open::new(address).map_err(|error| forbidden(&error))?;
        echoes.spawn(async move { open.echo().await });
    }
    let mut unsent = Down::new(format!("no way leads to {host}"));
    while let Some(echo) = echoes.join_next().await {
        match echo {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => unsent = unreachable(host, &error),
            Err(_) => {}
        }
    }
    Err(unsent)
}

fn forbidden(error: &io::Error) -> Down {
    match error.kind() {
        io::ErrorKind::PermissionDenied => Down::new(HINT),
        _ => Down::new(format!("this system can't ping: {error}")),
    }
}

fn unreachable(host: &str, error: &io::Error) -> Down {
    Down::new(match error.kind() {
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable => {
            format!("no way leads to {host}")
        }
        io::ErrorKind::ConnectionRefused => format!("{host} refused the echo"),
        io::ErrorKind::PermissionDenied => format!("this system does not let us ping {host}"),
        _ => format!("{host} can't be pinged: {error}"),
    })
}

/// A socket for one address.
struct Open {
    socket: UdpSocket,
    address: IpAddr,
    identifier: [u8; 2],
    token: [u8; TOKEN],
}

impl Open {
    fn new(address: IpAddr) -> io::Result<Open> {
        let (domain, protocol) = match address {
            IpAddr::V4(_) => (Domain::IPV4, Protocol::ICMPV4),
            IpAddr::V6(_) => (Domain::IPV6, Protocol::ICMPV6),
        };
        // The error of the first counts: that socket is the one to be granted.
        let socket = Socket::new(domain, Type::DGRAM, Some(protocol)).or_else(|refused| {
            Socket::new(domain, Type::RAW, Some(protocol)).map_err(|_| refused)
        })?;
        socket.set_nonblocking(true)?;
        let mut random = [0; TOKEN + 2];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let [high, low, token @ ..] = random;
        // To tokio a datagram is a datagram.
        let socket = UdpSocket::from_std(std::net::UdpSocket::from(socket))?;
        Ok(Open { socket, address, identifier: [high, low], token })
    }

    async fn echo(&self) -> io::Result<()> {
        self.socket.connect(SocketAddr::new(self.address, 0)).await?;
        for sequence in 0u16.. {
            self.socket.send(&self.request(sequence)).await?;
            if let Ok(answered) = timeout(AGAIN_AFTER, self.answer()).await {
                return answered;
            }
        }
        Ok(())
    }

    /// Reads until an answer is ours.
    async fn answer(&self) -> io::Result<()> {
        let mut packet = [0; 2048];
        loop {
            let length = self.socket.recv(&mut packet).await?;
            if is_answer(&packet[..length], self.address, &self.token) {
                return Ok(());
            }
        }
    }

    fn request(&self, sequence: u16) -> Vec<u8> {
        let kind = match self.address {
            IpAddr::V4(_) => 8,   // echo, RFC 792
            IpAddr::V6(_) => 128, // echo request, RFC 4443 §4.1
        };
        let mut packet = vec![kind, 0, 0, 0];
        packet.extend_from_slice(&self.identifier);
        packet.extend_from_slice(&sequence.to_be_bytes());
        packet.extend_from_slice(&self.token);
        if self.address.is_ipv4() {
            // Over IPv6 the system computes it, since it knows our address.
            let sum = checksum(&packet);
            packet[2..4].copy_from_slice(&sum.to_be_bytes());
        }
        packet
    }
}

/// Whether a packet is the answer that carries the token. Raw sockets give the IPv4 header too.
fn is_answer(packet: &[u8], address: IpAddr, token: &[u8]) -> bool {
    let (kind, packet) = match address {
        IpAddr::V4(_) => (0, without_header(packet)), // echo reply, RFC 792
        IpAddr::V6(_) => (129, packet),               // echo reply, RFC 4443 §4.2
    };
    packet.first() == Some(&kind) && packet.get(HEAD..) == Some(token)
}

/// Without the IPv4 header (RFC 791 §3.1), if there is one: an echo's first byte is 0, 3, 8 or 11, never 0x45.
fn without_header(packet: &[u8]) -> &[u8] {
    match packet.first() {
        Some(first) if first >> 4 == 4 => {
            packet.get(usize::from(first & 0x0f) * 4..).unwrap_or_default()
        }
        Some(_) | None => packet,
    }
}

/// The Internet checksum (RFC 1071).
fn checksum(packet: &[u8]) -> u16 {
    let words = packet.chunks(2).map(|pair| {
        u32::from(u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or_default()]))
    });
    let mut sum: u32 = words.sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

/// For `crate::fuzz`.
pub(crate) fn fuzz(bytes: &[u8], address: IpAddr) {
    let _ = is_answer(bytes, address, b"token");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const V4: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const V6: IpAddr = IpAddr::V6(std::net::Ipv6Addr::LOCALHOST);

    #[test]
    fn the_checksum_is_that_of_the_rfc() {
        assert_eq!(checksum(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]), !0xddf2);
        assert_eq!(checksum(&[8, 0, 0xf7, 0xff]), 0);
    }

    #[test]
    fn an_answer_is_known_by_its_token() {
        let answer = [&[0, 0, 1, 2, 3, 4, 5, 6][..], b"token"].concat();
        assert!(is_answer(&answer, V4, b"token"));
        assert!(!is_answer(&answer, V4, b"tokem"));
        assert!(!is_answer(&answer, V6, b"token"));
        let with_header = [&[0x45; 20][..], &answer].concat();
        assert!(is_answer(&with_header, V4, b"token"));
        let request = [&[8, 0, 1, 2, 3, 4, 5, 6][..], b"token"].concat();
        assert!(!is_answer(&request, V4, b"token"));
    }

    #[test]
    fn a_system_that_forbids_it_is_told_of_with_what_helps() {
        let said = forbidden(&io::Error::from(io::ErrorKind::PermissionDenied)).reason;
        assert!(said.contains("sysctl -w net.ipv4.ping_group_range="), "{said}");
    }

    proptest! {
        #[test]
        fn any_packet_is_an_answer_or_not(packet: Vec<u8>) {
            let _ = is_answer(&packet, V4, b"token");
            let _ = is_answer(&packet, V6, b"token");
        }
    }
}

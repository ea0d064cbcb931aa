//! A connection to a place: its addresses, those that may be probed, and the first of them that answers (RFC 8305).

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use model::watch::Family;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::Probes;
use crate::address::is_private;
use crate::progress::{Down, Progress, Stage};
use crate::words;

/// How long an address is waited for before the next one is tried beside it (RFC 8305 §5).
const NEXT_AFTER: Duration = Duration::from_millis(250);

/// So many addresses of a name are tried.
const MOST_ADDRESSES: usize = 8;

/// Where something listens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    /// Name or address.
    pub(crate) host: &'a str,
    /// Port.
    pub(crate) port: u16,
    /// Over which family.
    pub(crate) family: Family,
}

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&words::place(self.host, self.port))
    }
}

impl Probes {
    /// Where a host is, without the addresses that may not be probed.
    pub(crate) async fn addresses(
        &self,
        host: &str,
        family: Family,
        progress: &Progress,
    ) -> Result<Vec<IpAddr>, Down> {
        let mut addresses = self.names.addresses(host, family, progress).await?;
        let first = addresses.first().copied();
        addresses.retain(|address| self.may_probe(*address));
        addresses.truncate(MOST_ADDRESSES);
        match first {
            Some(first) if addresses.is_empty() => Err(forbidden(host, first)),
            Some(_) | None => Ok(addresses),
        }
    }

    /// Whether an address may be probed.
    pub(crate) fn may_probe(&self, address: IpAddr) -> bool {
        self.private || !is_private(address) || self.spared.contains(&address)
    }

    /// Connects.
    pub(crate) async fn connect(
        &self,
        place: &Place<'_>,
        progress: &Progress,
    ) -> Result<TcpStream, Down> {
        if place.port == 0 {
            return Err(Down::new(format!("{place} is no place: ports go from 1 to 65,535")));
        }
        let addresses = self.addresses(place.host, place.family, progress).await?;
        progress.enter(Stage::Connecting(place.to_string()));
        let stream = match addresses.as_slice() {
            [address] => TcpStream::connect((*address, place.port)).await,
            addresses => first(addresses, place.port).await,
        };
        let stream = stream.map_err(|error| refused(place, &error))?;
        // Questions are small, and each waits for its answer. Where it isn't granted, they wait a little longer.
        let _ = stream.set_nodelay(true);
        Ok(stream)
    }
}

/// What is said of an address that may not be probed.
pub(crate) fn forbidden(host: &str, address: IpAddr) -> Down {
    Down::new(if host.trim_matches(['[', ']']) == address.to_string() {
        format!("{address} is a private address, and those may not be probed")
    } else {
        format!("{host} leads to the private address {address}, and those may not be probed")
    })
}

/// The first connection that stands. The error is that of the last address that gave up.
async fn first(addresses: &[IpAddr], port: u16) -> io::Result<TcpStream> {
    let mut attempts = JoinSet::new();
    let mut rest = addresses.iter();
    let mut refused = io::Error::from(io::ErrorKind::AddrNotAvailable);
    loop {
        if let Some(address) = rest.next() {
            attempts.spawn(TcpStream::connect(SocketAddr::new(*address, port)));
        } else if attempts.is_empty() {
            return Err(refused);
        }
        let finished = if rest.as_slice().is_empty() {
            attempts.join_next().await
        } else {
            match tokio::time::timeout(NEXT_AFTER, attempts.join_next()).await {
                Ok(finished) => finished,
                Err(_) => continue,
            }
        };
        match finished {
            Some(Ok(Ok(stream))) => return Ok(stream),
            Some(Ok(Err(error))) => refused = error,
            Some(Err(_)) | None => {}
        }
    }
}

fn refused(place: &Place<'_>, error: &io::Error) -> Down {
    Down::new(match error.kind() {
        io::ErrorKind::ConnectionRefused => format!("{place} refused the connection"),
        io::ErrorKind::ConnectionReset => format!("{place} reset the connection"),
        io::ErrorKind::TimedOut => format!("no connection to {place}: nothing answered"),
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable => {
            format!("no connection to {place}: no way leads there")
        }
        _ => format!("no connection to {place}: {error}"),
    })
}

/// What is said when a conversation breaks off. `missing` is what was still to come.
pub(crate) fn broken(place: &str, missing: &str, error: &io::Error) -> Down {
    if let Some(error) = crate::tls::tls_error(error) {
        return crate::tls::explain(place, error, None);
    }
    Down::new(match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe => {
            format!("{place} closed the connection before it sent {missing}")
        }
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => {
            format!("{place} reset the connection before it sent {missing}")
        }
        _ => format!("{place} did not send {missing}: {error}"),
    })
}

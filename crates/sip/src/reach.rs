//! Where things are: which of our addresses a peer reaches us at, and which address a host name stands for.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Routes remembered at once; with more, all are looked up again.
const ROUTES_MAX: usize = 4_096;
/// How long a route is believed.
const ROUTE_LIFE: Duration = Duration::from_secs(60);
/// How long a name server may take.
const LOOKUP: Duration = Duration::from_secs(5);

/// Which of our addresses a peer reaches us at.
pub(crate) struct Addresses {
    bound: IpAddr,
    advertise: Option<IpAddr>,
    routes: Mutex<HashMap<IpAddr, (IpAddr, Instant)>>,
}

impl Addresses {
    pub(crate) fn new(bound: IpAddr, advertise: Option<IpAddr>) -> Self {
        Self { bound, advertise, routes: Mutex::default() }
    }

    pub(crate) fn towards(&self, peer: IpAddr) -> IpAddr {
        if let Some(public) = self.advertise
            && !peer.is_loopback()
        {
            return public;
        }
        if !self.bound.is_unspecified() {
            return self.bound;
        }
        if peer.is_loopback() {
            return peer;
        }
        let now = Instant::now();
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((address, known_at)) = routes.get(&peer)
            && now.saturating_duration_since(*known_at) < ROUTE_LIFE
        {
            return *address;
        }
        let address = route(peer).unwrap_or(match peer {
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        });
        if routes.len() >= ROUTES_MAX {
            routes.clear();
        }
        routes.insert(peer, (address, now));
        address
    }
}

/// Connecting a UDP socket sends nothing, but makes the system choose a route.
fn route(peer: IpAddr) -> Option<IpAddr> {
    /// Any port will do; this one discards (RFC 863).
    const DISCARD: u16 = 9;
    let any: IpAddr = match peer {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect((peer, DISCARD)).ok()?;
    socket.local_addr().ok().map(|address| address.ip())
}

/// All addresses of a host, of the family that we can send to.
pub(crate) async fn resolve(host: &str, ipv4: bool) -> Vec<IpAddr> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return vec![address];
    }
    let lookup = tokio::time::timeout(LOOKUP, tokio::net::lookup_host((host, 0)));
    match lookup.await {
        Ok(Ok(found)) => {
            found.map(|found: SocketAddr| found.ip()).filter(|ip| ip.is_ipv4() == ipv4).collect()
        }
        Ok(Err(error)) => {
            tracing::warn!(host, %error, "cannot resolve");
            Vec::new()
        }
        Err(_) => {
            tracing::warn!(host, "the name server takes too long");
            Vec::new()
        }
    }
}

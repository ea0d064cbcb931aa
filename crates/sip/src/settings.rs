//! Settings of the signalling stack: where it listens, whom it believes, and where each limit stands.
//!
//! Plain data with defaults; nothing here reads files, the environment or a clock.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

/// How a [`crate::Sip`] listens, names itself and protects itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// UDP address to listen on. Port 0 takes a free one. Default `0.0.0.0:5060`.
    pub bind: SocketAddr,
    /// Public address written into Via, Contact and SDP behind a NAT. Default none: the local address that routes
    /// towards the peer. Peers on loopback always get the loopback address.
    pub advertise: Option<IpAddr>,
    /// Realm of the digest challenge (RFC 3261 §22.1). Default `alo`.
    pub realm: String,
    /// Whether the digest challenge offers SHA-256 (RFC 8760) before MD5. Default no: baresip 1.0, for one, gives up at
    /// a challenge that it doesn't know, even if the next one would do. A proof by SHA-256 is always accepted.
    pub offer_sha256: bool,
    /// `User-Agent` and `Server` header. Default `alo/` and the version.
    pub user_agent: String,
    /// Where overload starts.
    pub limits: Limits,
    /// What happens to a caller who is neither a phone nor a trunk of ours. Default [`Strangers::Refuse`].
    pub strangers: Strangers,
    /// How long things may take.
    pub timers: Timers,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from((Ipv4Addr::UNSPECIFIED, 5060)),
            advertise: None,
            realm: "alo".to_owned(),
            offer_sha256: false,
            user_agent: concat!("alo/", env!("CARGO_PKG_VERSION")).to_owned(),
            limits: Limits::default(),
            strangers: Strangers::default(),
            timers: Timers::default(),
        }
    }
}

/// What happens to an INVITE or a MESSAGE from nobody we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strangers {
    /// 403, and no call or text.
    #[default]
    Refuse,
    /// The call or text comes in as [`crate::Origin::Stranger`]. For development, demonstrations and virtual phones.
    Accept,
}

/// Where overload starts. Beyond a limit the answer is 503 with `Retry-After`, or silence; nothing is queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Calls at once, in both directions together. Default 2,000.
    pub calls: usize,
    /// New INVITEs and MESSAGEs a second from one source address; over it 503 without keeping state. Default 100.
    pub invites_per_second: u32,
    /// Of both, those that one source may send at once before the rate counts. Default 200.
    pub burst: u32,
    /// Datagrams a second from one source address, all methods, answers included; over it they are dropped
    /// unread. Twice as many may come at once. Default 2,000.
    pub messages_per_second: u32,
    /// Failed digest attempts in a row from one source address before it must wait; one more is allowed every
    /// six seconds. Default 10.
    pub failures: u32,
    /// Transactions remembered at once, both roles; over it requests get a stateless 503. Default 200,000.
    pub transactions: usize,
    /// Contacts of one phone. One more replaces the one that would expire first. Default 10.
    pub contacts: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            calls: 2_000,
            invites_per_second: 100,
            burst: 200,
            messages_per_second: 2_000,
            failures: 10,
            transactions: 200_000,
            contacts: 10,
        }
    }
}

/// How long things may take. The defaults are RFC 3261's; tests shorten them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timers {
    /// T1: estimate of the round trip, first retransmission interval (RFC 3261 §17.1.1.1). Default 500 ms.
    pub t1: Duration,
    /// T2: longest retransmission interval (RFC 3261 §17.1.2.2). Default 4 s.
    pub t2: Duration,
    /// T4: longest life of a message in the network (RFC 3261 §17.1.2.2). Default 5 s.
    pub t4: Duration,
    /// How long a leg that we cancelled may take to answer finally before it is given up. Default 5 s.
    pub cancel: Duration,
    /// How long a call may ring, in either direction, before it is given up (cf. timer C, RFC 3261 §16.6). Default
    /// 11 min, a minute more than the longest `timeout` of a Dial.
    pub ring: Duration,
    /// How long the application may take to answer a re-INVITE before the peer gets 500. Default 10 s.
    pub reoffer: Duration,
    /// Shortest registration granted; less is 423. Default 30 s.
    pub registration_min: Duration,
    /// Longest registration granted; more is cut. Default 3,600 s.
    pub registration_max: Duration,
    /// Registration granted if the phone names no time. Default 600 s.
    pub registration_default: Duration,
    /// Life of a digest nonce; later ones are challenged again as stale. Default 300 s.
    pub nonce: Duration,
}

impl Timers {
    /// 64·T1: how long a transaction is retransmitted (timers B, F, H, L, M).
    pub(crate) fn transaction(&self) -> Duration {
        self.t1 * 64
    }
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            t1: Duration::from_millis(500),
            t2: Duration::from_secs(4),
            t4: Duration::from_secs(5),
            cancel: Duration::from_secs(5),
            ring: Duration::from_secs(660),
            reoffer: Duration::from_secs(10),
            registration_min: Duration::from_secs(30),
            registration_max: Duration::from_secs(3_600),
            registration_default: Duration::from_secs(600),
            nonce: Duration::from_secs(300),
        }
    }
}

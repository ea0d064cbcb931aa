//! The stack as the application holds it: start, place calls, take calls, register, shut down.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::call::{Address, Contact, Destination, DialogSink, Invite, Origin};
use crate::directory::Directory;
use crate::registration::{RegisterError, Registration};
use crate::sdp::Description;
use crate::settings::Settings;

/// The signalling stack. Clones share it.
#[derive(Clone)]
pub struct Sip {
    local: SocketAddr,
}

/// Why the stack did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The port is taken or the address isn't ours; choose another with `--sip`.
    #[error("cannot listen for SIP on udp {address}")]
    Bind {
        /// The address wanted.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The system gives no randomness.
    #[error("no randomness from the system: {0}")]
    Entropy(String),
}

/// Why a call was not placed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InviteError {
    /// The phone has no registered contact any more.
    #[error("'{0}' is not registered")]
    NotRegistered(String),
    /// No trunk of that name in the directory.
    #[error("there is no trunk '{0}'")]
    NoSuchTrunk(String),
    /// Not a SIP URI, or one that can't be reached over UDP.
    #[error("'{0}' is not a SIP address that can be called")]
    BadUri(String),
    /// As many calls as the limits allow are up.
    #[error("limit of {0} calls at once reached")]
    OverLimit(usize),
    /// The host has no address; check the name and DNS.
    #[error("cannot resolve '{0}'")]
    Resolve(String),
    /// The stack is shut down.
    #[error("the signalling is closed")]
    Closed,
}

/// Why a ping was not answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PingError {
    /// The destination can't be used.
    #[error(transparent)]
    Destination(#[from] InviteError),
    /// No answer; check address, port and firewall.
    #[error("no answer")]
    Timeout,
}

impl Sip {
    /// Listens and serves. Calls come in over `incoming`; while it is full, callers get 503 with `Retry-After`.
    pub async fn start(
        settings: Settings,
        directory: Directory,
        incoming: mpsc::Sender<Incoming>,
    ) -> Result<Self, StartError> {
        let _ = (directory, incoming);
        Ok(Self { local: settings.bind })
    }

    /// The UDP address it listens on.
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// Which of our addresses to write into SDP for this peer.
    pub fn media_address(&self, peer: SocketAddr) -> IpAddr {
        let _ = peer;
        self.local.ip()
    }

    /// Replaces phones and trunks. Registrations of phones that are gone end; calls go on.
    pub fn configure(&self, directory: Directory) {
        let _ = directory;
    }

    /// Live contacts of a phone, the most recently registered first.
    pub fn contacts(&self, phone: &str) -> Vec<Contact> {
        let _ = phone;
        Vec::new()
    }

    /// All live registrations, by name of the phone.
    pub fn registrations(&self) -> Vec<(String, Contact)> {
        Vec::new()
    }

    /// Places a call. Its events go to `sink`; they may begin before this returns.
    pub async fn invite(&self, invite: Invite, sink: DialogSink) -> Result<Dialog, InviteError> {
        let _ = (invite, sink);
        Err(InviteError::Closed)
    }

    /// Asks with OPTIONS whether somebody is there, and how long the answer takes. Any final answer counts.
    pub async fn ping(&self, destination: &Destination) -> Result<Duration, PingError> {
        let _ = destination;
        Err(PingError::Timeout)
    }

    /// Calls at the moment, in both directions.
    pub fn calls(&self) -> usize {
        0
    }

    /// Registers with somebody else's registrar and keeps the registration alive until the result is dropped.
    pub async fn register(&self, registration: Registration) -> Result<Registered, RegisterError> {
        let _ = registration;
        Err(RegisterError::Closed)
    }

    /// Ends all calls, unregisters, and stops listening.
    pub async fn shutdown(&self) {}
}

/// A call that somebody places to us. Dropped unattached, it is answered 480.
pub struct Incoming {
    /// Who placed it.
    pub origin: Origin,
    /// From header.
    pub from: Address,
    /// User and host of the request URI.
    pub to: Address,
    /// Call-ID.
    pub call_id: String,
    /// Address that the INVITE came from.
    pub source: SocketAddr,
    /// Their offer. `None`: we are to offer in the answer.
    pub offer: Option<Description>,
    /// `X-…`, `Diversion`, `P-Asserted-Identity`, `Remote-Party-ID`, `Privacy` and `User-Agent` headers.
    pub headers: Vec<(String, String)>,
}

impl Incoming {
    /// Takes the call: its events go to `sink` from now on; those that came before (a CANCEL) are delivered first.
    pub fn attach(self, sink: DialogSink) -> Dialog {
        let _ = sink;
        Dialog { call_id: self.call_id.as_str().into() }
    }
}

/// A call's signalling. Commands don't block; one that doesn't fit the state is logged and ignored.
#[derive(Clone)]
pub struct Dialog {
    call_id: Arc<str>,
}

impl Dialog {
    /// Call-ID.
    pub fn call_id(&self) -> &str {
        &self.call_id
    }

    /// Sends 180: it rings.
    pub fn ringing(&self) {}

    /// Sends 183 with early media.
    pub fn progress(&self, sdp: String) {
        let _ = sdp;
    }

    /// Sends 200: answered.
    pub fn answer(&self, sdp: String) {
        let _ = sdp;
    }

    /// Refuses with a final status from 300 to 699.
    pub fn reject(&self, status: u16, reason: Option<&str>) {
        let _ = (status, reason);
    }

    /// Ends it as fits: CANCEL, BYE or 603. More than once does no harm.
    pub fn hangup(&self) {}

    /// Sends a re-INVITE with a new offer.
    pub fn reoffer(&self, sdp: String) {
        let _ = sdp;
    }

    /// Answers their re-INVITE with SDP, or refuses it with a status such as 488.
    pub fn answer_reoffer(&self, sdp: Result<String, u16>) {
        let _ = sdp;
    }
}

/// A registration that is kept alive until it is dropped or ended.
pub struct Registered {
    contact: String,
}

impl Registered {
    /// URI that we registered.
    pub fn contact(&self) -> &str {
        &self.contact
    }

    /// Unregisters, and waits for the answer.
    pub async fn end(self) {}
}

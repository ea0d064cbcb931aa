//! The stack as the application holds it: start, place calls, take calls, register, shut down.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, mpsc, oneshot};

use crate::agent::{Agent, DEFAULT_PORT, Entropy, Known, Outgoing, Question};
use crate::call::{Contact, Destination, DialogSink, Invite, Load};
use crate::directory::{Credentials, Directory};
use crate::handle::{Dialog, Incoming};
use crate::reach::{self, Addresses};
use crate::registration::{self, RegisterError, Registered, Registration};
use crate::settings::Settings;
use crate::shell::Shell;
use crate::wire::address::{Uri, User, bracketed};
use crate::wire::message::Method;

/// Receive buffer asked of the system, in bytes; it holds a burst of some thousand messages.
const RECEIVE_BUFFER: usize = 4 * 1024 * 1024;
/// How often host names of trunks are looked up again.
const RESOLVE_EVERY: Duration = Duration::from_secs(60);
/// How long the start waits for the host names of trunks; those that take longer are known later.
const RESOLVE_AT_START: Duration = Duration::from_millis(250);
/// How long a shutdown waits for the answers to our BYEs, and then for those to our last REGISTERs.
const SHUTDOWN: Duration = Duration::from_secs(2);

/// The signalling stack. Clones share it; it runs until [`Sip::shutdown`].
#[derive(Clone)]
pub struct Sip {
    pub(crate) shell: Arc<Shell>,
    trunks: Arc<Trunks>,
}

/// The directory, and what its host names stand for.
struct Trunks {
    directory: Mutex<Directory>,
    resolved: Mutex<HashMap<String, Vec<IpAddr>>>,
    changed: Notify,
}

/// Where something goes.
pub(crate) struct Route {
    pub(crate) target: String,
    pub(crate) to: SocketAddr,
    pub(crate) pinned: bool,
    pub(crate) credentials: Option<Credentials>,
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
        let address = settings.bind;
        let bind = |source| StartError::Bind { address, source };
        let socket = listen(address).map_err(bind)?;
        let local = socket.local_addr().map_err(bind)?;
        let sender = socket.try_clone().map_err(bind)?;
        let socket = tokio::net::UdpSocket::from_std(socket).map_err(bind)?;
        let entropy = Entropy::new().map_err(|error| StartError::Entropy(error.to_string()))?;
        let addresses = Arc::new(Addresses::new(local.ip(), settings.advertise));
        let towards = addresses.clone();
        let local_address = Box::new(move |peer| towards.towards(peer));
        let agent = Agent::new(settings, local.port(), local_address, entropy, Instant::now());
        let shell = Arc::new(Shell::new(agent, sender, local, addresses, incoming));
        let trunks = Arc::new(Trunks {
            directory: Mutex::new(directory),
            resolved: Mutex::default(),
            changed: Notify::new(),
        });
        let sip = Self { shell, trunks };
        sip.apply();
        let _ = tokio::time::timeout(RESOLVE_AT_START, sip.resolve_trunks()).await;
        sip.shell.tasks.spawn(sip.clone().keep_resolving());
        sip.shell.open(socket);
        tracing::info!(%local, "listening for SIP over UDP");
        Ok(sip)
    }

    /// The UDP address it listens on.
    pub fn local_addr(&self) -> SocketAddr {
        self.shell.local
    }

    /// Which of our addresses to write into SDP for this peer.
    pub fn media_address(&self, peer: SocketAddr) -> IpAddr {
        self.shell.addresses.towards(peer.ip())
    }

    /// Replaces phones and trunks. Phones that are gone or have another password are no longer registered; calls go on.
    pub fn configure(&self, directory: Directory) {
        *locked(&self.trunks.directory) = directory;
        self.apply();
        self.trunks.changed.notify_one();
    }

    /// Live contacts of a phone, the most recently registered first.
    pub fn contacts(&self, phone: &str) -> Vec<Contact> {
        self.shell.look(|agent, now| agent.contacts(now, phone))
    }

    /// All live registrations, by name of the phone.
    pub fn registrations(&self) -> Vec<(String, Contact)> {
        self.shell.look(Agent::registrations)
    }

    /// Places a call. Its events go to `sink`; they may begin before this returns.
    pub async fn invite(&self, invite: Invite, sink: DialogSink) -> Result<Dialog, InviteError> {
        let route = self.route(&invite.destination).await?;
        let outgoing = Outgoing {
            target: route.target,
            to: route.to,
            pinned: route.pinned,
            from: invite.from,
            offer: invite.offer,
            headers: invite.headers,
            credentials: invite.credentials.or(route.credentials),
        };
        let placed = self.shell.act(|agent, now| agent.invite(now, outgoing, sink));
        match placed {
            Some((serial, call_id)) => Ok(Dialog::new(self.shell.clone(), serial, &call_id)),
            None if self.shell.closing.is_cancelled() => Err(InviteError::Closed),
            None => {
                let most = self.shell.look(|agent, _| agent.calls_max());
                Err(InviteError::OverLimit(most))
            }
        }
    }

    /// Asks with OPTIONS whether somebody is there, and how long the answer takes. Any final answer counts.
    pub async fn ping(&self, destination: &Destination) -> Result<Duration, PingError> {
        let route = self.route(destination).await?;
        let us = format!(
            "<sip:{}:{}>",
            bracketed(&self.media_address(route.to).to_string()),
            self.shell.local.port()
        );
        let (call_id, _) = self.shell.act(|agent, _| agent.call_id_and_cnonce());
        let question = Question {
            method: Method::Options,
            parties: (us, format!("<{}>", route.target)),
            from_tag: None,
            target: route.target,
            to: route.to,
            call_id,
            cseq: 1,
            headers: vec![("Accept".to_owned(), "application/sdp".to_owned())],
            body: None,
        };
        let (waiter, answer) = oneshot::channel();
        let asked_at = Instant::now();
        self.shell.act(|agent, now| agent.ask(now, &question, waiter));
        match answer.await {
            Ok(Some(_)) => Ok(asked_at.elapsed()),
            Ok(None) | Err(_) => Err(PingError::Timeout),
        }
    }

    /// Calls at the moment, in both directions.
    pub fn calls(&self) -> usize {
        self.shell.look(|agent, _| agent.calls())
    }

    /// How busy it is, and what it turned away. For metrics.
    pub fn load(&self) -> Load {
        self.shell.look(|agent, _| agent.load())
    }

    /// Registers with somebody else's registrar and keeps the registration alive until the result is dropped.
    pub async fn register(&self, registration: Registration) -> Result<Registered, RegisterError> {
        registration::register(self.shell.clone(), registration).await
    }

    /// Ends all calls, unregisters, and stops listening. Takes at most a few seconds.
    pub async fn shutdown(&self) {
        self.shell.closing.cancel();
        self.shell.tasks.close();
        let quiet = self.shell.quiet.notified();
        tokio::pin!(quiet);
        quiet.as_mut().enable();
        self.shell.act(Agent::close);
        let _ = tokio::time::timeout(SHUTDOWN, quiet).await;
        let _ = tokio::time::timeout(SHUTDOWN, self.shell.tasks.wait()).await;
        self.shell.close().await;
    }

    pub(crate) async fn route(&self, destination: &Destination) -> Result<Route, InviteError> {
        match destination {
            Destination::Contact(contact) => {
                if contact.expires_in.is_zero() {
                    return Err(InviteError::NotRegistered(contact.uri.clone()));
                }
                let uri = Uri::parse(&contact.uri);
                uri.ok_or_else(|| InviteError::BadUri(contact.uri.clone()))?;
                let target = contact.uri.clone();
                Ok(Route { target, to: contact.source, pinned: true, credentials: None })
            }
            Destination::Trunk { name, user } => {
                let trunk = locked(&self.trunks.directory)
                    .trunks
                    .iter()
                    .find(|trunk| trunk.name == *name)
                    .cloned()
                    .ok_or_else(|| InviteError::NoSuchTrunk(name.clone()))?;
                let host = bracketed(&trunk.host);
                let target = format!("sip:{}@{host}:{}", User(user), trunk.port);
                if Uri::parse(&target).is_none() {
                    return Err(InviteError::BadUri(target));
                }
                let to = SocketAddr::new(self.address_of(&trunk.host).await?, trunk.port);
                Ok(Route { target, to, pinned: false, credentials: trunk.credentials })
            }
            Destination::Uri(text) => {
                let uri = Uri::parse(text).filter(is_over_udp);
                let uri = uri.ok_or_else(|| InviteError::BadUri(text.clone()))?;
                let ip = self.address_of(&uri.host).await?;
                let to = SocketAddr::new(ip, uri.port.unwrap_or(DEFAULT_PORT));
                Ok(Route { target: uri.to_string(), to, pinned: false, credentials: None })
            }
        }
    }

    async fn address_of(&self, host: &str) -> Result<IpAddr, InviteError> {
        let known =
            locked(&self.trunks.resolved).get(host).and_then(|known| known.first().copied());
        if let Some(known) = known {
            return Ok(known);
        }
        let found = reach::resolve(host, self.shell.local.is_ipv4()).await;
        found.first().copied().ok_or_else(|| InviteError::Resolve(host.to_owned()))
    }

    /// Tells the agent whom we know.
    fn apply(&self) {
        let known = Known::new(&locked(&self.trunks.directory), &locked(&self.trunks.resolved));
        self.shell.act(|agent, _| agent.configure(known));
    }

    /// Looks up the host names of all trunks.
    async fn resolve_trunks(&self) {
        let hosts: Vec<String> = locked(&self.trunks.directory)
            .trunks
            .iter()
            .map(|trunk| trunk.host.clone())
            .filter(|host| host.parse::<IpAddr>().is_err())
            .collect();
        if hosts.is_empty() {
            return;
        }
        let mut resolved = HashMap::new();
        for host in hosts {
            let found = reach::resolve(&host, self.shell.local.is_ipv4()).await;
            let before = || locked(&self.trunks.resolved).get(&host).cloned().unwrap_or_default();
            // A name server that fails for a minute takes no trunk away.
            let found = if found.is_empty() { before() } else { found };
            resolved.insert(host, found);
        }
        *locked(&self.trunks.resolved) = resolved;
        self.apply();
    }

    async fn keep_resolving(self) {
        loop {
            tokio::select! {
                () = self.shell.closing.cancelled() => return,
                () = self.trunks.changed.notified() => {}
                () = tokio::time::sleep(RESOLVE_EVERY) => {}
            }
            self.resolve_trunks().await;
        }
    }
}

/// A socket that listens, with room for a burst.
fn listen(address: SocketAddr) -> std::io::Result<std::net::UdpSocket> {
    let socket = socket2::Socket::new(
        socket2::Domain::for_address(address),
        socket2::Type::DGRAM,
        Some(socket2::Protocol::UDP),
    )?;
    socket.set_nonblocking(true)?;
    // The system may grant less; that is no reason not to start.
    let _ = socket.set_recv_buffer_size(RECEIVE_BUFFER);
    socket.bind(&address.into())?;
    Ok(socket.into())
}

fn is_over_udp(uri: &Uri) -> bool {
    let udp = uri.param("transport").is_none_or(|transport| transport.eq_ignore_ascii_case("udp"));
    udp && !uri.secure
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

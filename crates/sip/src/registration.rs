//! Registering with somebody else's registrar, as a phone does, and staying registered (RFC 3261 §10.2).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::agent::{Question, answer_challenge};
use crate::directory::Credentials;
use crate::reach;
use crate::shell::Shell;
use crate::wire::address::{NameAddr, Uri, User, bracketed};
use crate::wire::message::{Method, Response};

/// After a failed refresh it is tried again after so long.
const RETRY: Duration = Duration::from_secs(10);
/// Requests for one registration: the first, the answer to a challenge, to a stale one, and with a longer time.
const ROUNDS: usize = 4;
/// Part of the granted time after which it is refreshed.
const REFRESH_AT: f32 = 0.8;

/// A registration that we want at somebody else's registrar.
#[derive(Debug, Clone)]
pub struct Registration {
    /// Where: `sip:host` or `sip:host:port`.
    pub registrar: String,
    /// User part of the address of record and of our Contact.
    pub user: String,
    /// Answers to the challenge.
    pub credentials: Credentials,
    /// Time asked for; the registrar may grant less. 600 s is usual.
    pub expires: Duration,
}

/// A registration that is kept alive until it is dropped or ended.
#[derive(Debug)]
pub struct Registered {
    contact: String,
    stop: DropGuard,
    task: JoinHandle<()>,
}

/// Why a registration didn't come about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// `registrar` is not a SIP URI.
    #[error("'{0}' is not a SIP address")]
    BadUri(String),
    /// The registrar's host has no address; check the name and DNS.
    #[error("cannot resolve '{0}'")]
    Resolve(String),
    /// No answer; check address, port and firewall.
    #[error("no answer from the registrar")]
    Timeout,
    /// The registrar refused: 401 and 403 mean user or password.
    #[error("the registrar answered {status} {reason}")]
    Refused {
        /// Its final status.
        status: u16,
        /// Its reason phrase.
        reason: String,
    },
    /// The stack is shut down.
    #[error("the signalling is closed")]
    Closed,
}

impl Registered {
    /// URI that we registered.
    pub fn contact(&self) -> &str {
        &self.contact
    }

    /// Unregisters, and waits for the answer.
    pub async fn end(self) {
        drop(self.stop);
        // It only fails if the runtime is going down, and then there is nothing to wait for.
        let _ = self.task.await;
    }
}

/// Registers, and starts the task that stays registered.
pub(crate) async fn register(
    shell: Arc<Shell>,
    wanted: Registration,
) -> Result<Registered, RegisterError> {
    if shell.closing.is_cancelled() {
        return Err(RegisterError::Closed);
    }
    let uri = Uri::parse(&wanted.registrar).filter(|uri| !uri.secure);
    let uri = uri.ok_or_else(|| RegisterError::BadUri(wanted.registrar.clone()))?;
    let addresses = reach::resolve(&uri.host, shell.local.is_ipv4()).await;
    let ip = addresses.first().copied().ok_or_else(|| RegisterError::Resolve(uri.host.clone()))?;
    let peer = SocketAddr::new(ip, uri.port.unwrap_or(crate::agent::DEFAULT_PORT));
    let (call_id, _) = shell.act(|agent, _| agent.call_id_and_cnonce());
    let contact = shell.look(|agent, _| agent.contact_for(peer, &wanted.user));
    let host = match uri.port {
        Some(port) => format!("{}:{port}", bracketed(&uri.host)),
        None => bracketed(&uri.host).into_owned(),
    };
    let mut client = Client {
        target: format!("sip:{host}"),
        record: format!("<sip:{}@{host}>", User(&wanted.user)),
        contact: contact.clone(),
        credentials: wanted.credentials,
        expires: wanted.expires,
        shell: shell.clone(),
        peer,
        call_id,
        cseq: 0,
    };
    let granted = client.register(wanted.expires).await?;
    let stop = CancellationToken::new();
    let task = shell.tasks.spawn(client.stay(granted, stop.clone()));
    let contact = contact.trim_matches(['<', '>']).to_owned();
    Ok(Registered { contact, stop: stop.drop_guard(), task })
}

struct Client {
    shell: Arc<Shell>,
    target: String,
    record: String,
    contact: String,
    credentials: Credentials,
    expires: Duration,
    peer: SocketAddr,
    call_id: String,
    cseq: u32,
}

impl Client {
    /// Refreshes until told to stop, then unregisters.
    async fn stay(mut self, granted: Duration, stop: CancellationToken) {
        let closing = self.shell.closing.clone();
        let mut next = granted.mul_f32(REFRESH_AT);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                () = closing.cancelled() => break,
                () = tokio::time::sleep(next) => {}
            }
            next = match self.register(self.expires).await {
                Ok(granted) => granted.mul_f32(REFRESH_AT),
                Err(error) => {
                    tracing::warn!(%error, "registration not refreshed; it will be tried again");
                    RETRY
                }
            };
        }
        if let Err(error) = self.register(Duration::ZERO).await {
            tracing::debug!(%error, "not unregistered; the registration will expire");
        }
    }

    /// One REGISTER with its challenges. What was granted.
    async fn register(&mut self, expires: Duration) -> Result<Duration, RegisterError> {
        let mut expires = expires;
        let mut proof = None;
        let mut last = (0, String::new());
        for _ in 0..ROUNDS {
            let response = self.send(expires, proof.take()).await?;
            if response.is_success() {
                return Ok(self.granted(&response, expires));
            }
            let (_, cnonce) = self.shell.act(|agent, _| agent.call_id_and_cnonce());
            let minimum =
                response.headers.first("Min-Expires").and_then(|text| text.trim().parse().ok());
            last = (response.status, response.reason.clone());
            match (response.status, minimum) {
                (423, Some(minimum)) if expires < Duration::from_secs(minimum) => {
                    expires = Duration::from_secs(minimum);
                }
                _ => {
                    let answer = answer_challenge(
                        &self.credentials,
                        &response,
                        &Method::Register,
                        &self.target,
                        cnonce,
                    );
                    let Some((name, answer)) = answer else { break };
                    proof = Some((name.to_owned(), answer.to_string()));
                }
            }
        }
        Err(RegisterError::Refused { status: last.0, reason: last.1 })
    }

    async fn send(
        &mut self,
        expires: Duration,
        proof: Option<(String, String)>,
    ) -> Result<Response, RegisterError> {
        self.cseq += 1;
        let seconds = expires.as_secs();
        let mut headers = vec![
            ("Contact".to_owned(), format!("{};expires={seconds}", self.contact)),
            ("Expires".to_owned(), seconds.to_string()),
        ];
        headers.extend(proof);
        let question = Question {
            method: Method::Register,
            target: self.target.clone(),
            to: self.peer,
            parties: (self.record.clone(), self.record.clone()),
            from_tag: None,
            call_id: self.call_id.clone(),
            cseq: self.cseq,
            headers,
            body: None,
        };
        let (waiter, answer) = oneshot::channel();
        self.shell.act(|agent, now| agent.ask(now, &question, waiter));
        match answer.await {
            Ok(Some(response)) => Ok(response),
            Ok(None) => Err(RegisterError::Timeout),
            Err(_) => Err(RegisterError::Closed),
        }
    }

    /// Time granted to our Contact (RFC 3261 §10.2.4).
    fn granted(&self, response: &Response, asked: Duration) -> Duration {
        let ours = Uri::parse(self.contact.trim_matches(['<', '>']));
        let own = response.headers.list("Contact").filter_map(NameAddr::parse).find(|contact| {
            Uri::parse(contact.uri)
                .zip(ours.as_ref())
                .is_some_and(|(theirs, ours)| theirs.same_place(ours))
        });
        own.and_then(|contact| contact.param("expires"))
            .or_else(|| response.headers.first("Expires"))
            .and_then(|text| text.trim().parse().ok())
            .map_or(asked, Duration::from_secs)
            .max(Duration::from_secs(1))
    }
}

//! Client transactions over UDP (RFC 3261 §17.1, RFC 6026 §7.2): a request is repeated until it is answered, and a
//! refused INVITE is acknowledged.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::oneshot;

use super::Serial;
use super::out::{Out, Output, Purpose, Stamp};
use crate::settings::Timers;
use crate::wire::message::{Method, Response};
use crate::wire::write::{Draft, Wire};

/// All client transactions.
#[derive(Default)]
pub(super) struct Clients {
    by_branch: HashMap<Box<str>, Serial>,
    live: HashMap<Serial, Client>,
    next: Serial,
}

/// One client transaction.
struct Client {
    key: Box<str>,
    to: SocketAddr,
    owner: Owner,
    /// What the ACK of a refusal repeats; only for INVITE.
    ack: Option<Box<AckHead>>,
    state: State,
    end: Stamp,
}

enum State {
    /// Not answered finally: the request is repeated, except an INVITE that got a provisional response.
    Waiting { request: Wire, interval: Duration, repeat: Option<Stamp>, provisional: bool },
    /// An INVITE was answered by 2xx; more of them may come.
    Accepted,
    /// Answered; of an INVITE, the ACK is repeated with every copy of the refusal.
    Completed { ack: Option<Wire> },
}

/// Who hears the responses.
pub(super) enum Owner {
    Dialog(Serial, Errand),
    Waiter(Option<oneshot::Sender<Option<Response>>>),
}

/// Which request of a dialog it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Errand {
    Invite,
    Reinvite,
    Cancel,
    Bye,
    Info,
}

/// Lines of an INVITE that the ACK of its refusal repeats (RFC 3261 §17.1.1.3).
pub(super) struct AckHead {
    pub(super) uri: String,
    pub(super) via: String,
    pub(super) from: String,
    pub(super) call_id: String,
    pub(super) cseq: u32,
    pub(super) routes: Vec<String>,
}

/// What a dialog is told of one of its requests.
pub(super) struct Told {
    pub(super) dialog: Serial,
    pub(super) client: Serial,
    pub(super) errand: Errand,
}

impl Clients {
    pub(super) fn len(&self) -> usize {
        self.live.len()
    }

    /// Sends a request.
    pub(super) fn start(
        &mut self,
        (method, branch): (&Method, &str),
        (request, to): (Wire, SocketAddr),
        ack: Option<AckHead>,
        owner: Owner,
        timers: &Timers,
        out: &mut Out,
    ) -> Serial {
        self.next += 1;
        let serial = self.next;
        out.send(to, &request);
        let repeat = Some(out.arm(timers.t1, Purpose::ClientRepeat(serial)));
        let key: Box<str> = key(method, branch).into();
        self.by_branch.insert(key.clone(), serial);
        let client = Client {
            key,
            to,
            owner,
            ack: ack.map(Box::new),
            state: State::Waiting { request, interval: timers.t1, repeat, provisional: false },
            end: out.arm(timers.transaction(), Purpose::ClientEnd(serial)),
        };
        self.live.insert(serial, client);
        serial
    }

    /// A response came. Who is to be told: of provisional ones, of the first final one, and of each 2xx of an INVITE.
    pub(super) fn hear(
        &mut self,
        response: &Response,
        timers: &Timers,
        out: &mut Out,
    ) -> Option<Told> {
        let key = key(&response.id.cseq_method, &response.id.via.branch);
        let serial = *self.by_branch.get(key.as_str())?;
        let client = self.live.get_mut(&serial)?;
        let invite = client.ack.is_some();
        match &mut client.state {
            State::Waiting { repeat, provisional, .. } if response.is_provisional() => {
                *provisional = true;
                if invite {
                    // The far side works on it: no more retransmissions, and no timer B (RFC 3261 §17.1.1.2).
                    *repeat = None;
                }
            }
            State::Waiting { .. } if invite && response.is_success() => {
                client.state = State::Accepted;
                client.end = out.arm(timers.transaction(), Purpose::ClientEnd(serial));
            }
            State::Waiting { .. } => {
                let ack = client.ack.as_ref().map(|head| head.ack(response));
                let linger = if invite { timers.transaction() } else { timers.t4 };
                client.end = out.arm(linger, Purpose::ClientEnd(serial));
                if let Some(ack) = &ack {
                    out.send(client.to, ack);
                }
                client.state = State::Completed { ack };
            }
            State::Accepted if response.is_success() => {}
            State::Completed { ack } => {
                if let Some(ack) = ack
                    && !response.is_provisional()
                {
                    out.send(client.to, ack);
                }
                return None;
            }
            State::Accepted => return None,
        }
        match &mut client.owner {
            Owner::Dialog(dialog, errand) => {
                Some(Told { dialog: *dialog, client: serial, errand: *errand })
            }
            Owner::Waiter(waiter) => {
                if !response.is_provisional()
                    && let Some(waiter) = waiter.take()
                {
                    let response = Some(response.clone());
                    out.queue.push_back(Output::Reply { waiter, response });
                }
                None
            }
        }
    }

    /// Timers A and E.
    pub(super) fn repeat(&mut self, serial: Serial, stamp: Stamp, timers: &Timers, out: &mut Out) {
        let Some(client) = self.live.get_mut(&serial) else { return };
        let invite = client.ack.is_some();
        if let State::Waiting { request, interval, repeat, provisional } = &mut client.state
            && *repeat == Some(stamp)
        {
            out.send(client.to, request);
            *interval *= 2;
            if !invite {
                *interval = if *provisional { timers.t2 } else { (*interval).min(timers.t2) };
            }
            *repeat = Some(out.arm(*interval, Purpose::ClientRepeat(serial)));
        }
    }

    /// Timers B, D, F, K, M. Who is to be told that nobody answered.
    pub(super) fn end(&mut self, serial: Serial, stamp: Stamp, out: &mut Out) -> Option<Told> {
        let client = self.live.get(&serial).filter(|client| client.end == stamp)?;
        let rings = matches!(client.state, State::Waiting { provisional: true, .. });
        if rings && matches!(client.owner, Owner::Dialog(_, Errand::Invite)) {
            // An INVITE that rings has no timer B; its dialog decides how long. A re-INVITE doesn't ring.
            return None;
        }
        self.drop_client(serial, out)
    }

    /// Forgets a transaction whose outcome nobody waits for any more.
    pub(super) fn forget(&mut self, serial: Serial) {
        if let Some(client) = self.live.remove(&serial) {
            self.by_branch.remove(&client.key);
        }
    }

    fn drop_client(&mut self, serial: Serial, out: &mut Out) -> Option<Told> {
        let client = self.live.remove(&serial)?;
        self.by_branch.remove(&client.key);
        match client.owner {
            Owner::Dialog(dialog, errand) => match client.state {
                State::Waiting { .. } => Some(Told { dialog, client: serial, errand }),
                State::Accepted | State::Completed { .. } => None,
            },
            Owner::Waiter(waiter) => {
                if let Some(waiter) = waiter {
                    out.queue.push_back(Output::Reply { waiter, response: None });
                }
                None
            }
        }
    }
}

impl AckHead {
    fn ack(&self, refusal: &Response) -> Wire {
        Draft::request(&Method::Ack, &self.uri)
            .header("Via", &self.via)
            .header("Max-Forwards", 70)
            .headers(self.routes.iter().map(|route| ("Route", route.as_str())))
            .header("From", &self.from)
            .header("To", refusal.headers.first("To").unwrap_or_default())
            .header("Call-ID", &self.call_id)
            .header("CSeq", format_args!("{} ACK", self.cseq))
            .finish()
    }
}

/// What a response is matched by (RFC 3261 §17.1.3).
fn key(method: &Method, branch: &str) -> String {
    format!("{method} {branch}")
}

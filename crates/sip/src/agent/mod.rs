//! The user agent: transactions, dialogs, registrar and guard as one state machine without I/O.
//!
//! Every method takes the moment first; afterwards [`Agent::poll`] is drained until [`Output::Idle`]. Sockets, names,
//! clocks and threads are `stack`'s business. Follows RFC 3261 with RFC 3581, RFC 6026 and RFC 7616.

mod alarm;
mod bye;
mod client;
mod dialog;
mod door;
mod entropy;
mod guard;
mod key;
mod known;
mod nonces;
mod out;
mod outside;
mod reading;
mod registrar;
mod reoffer;
mod server;
#[cfg(test)]
mod tests;
mod texts;
mod uac;
mod uas;

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use client::Clients;
use dialog::Dialog;
pub(crate) use entropy::Entropy;
use guard::Guard;
pub(crate) use known::Known;
use nonces::Nonces;
pub(crate) use out::Output;
use out::{Out, Purpose, Stamp};
pub(crate) use outside::{CHALLENGES_MAX, Question, answer_challenge};
use registrar::Registrar;
pub(crate) use server::DEFAULT_PORT;
use server::Servers;
pub(crate) use texts::TextArrival;
pub(crate) use uac::{Outgoing, is_own_header};

use crate::call::{Address, Contact, DialogEvent, DialogSink, EndedBy, Ending, Load, Origin};
use crate::sdp::Description;
use crate::settings::Settings;
use crate::wire::address::bracketed;
use crate::wire::message::{Message, Method, Request, Response};
use crate::wire::write::{Mirror, Wire};

/// Number of a dialog or transaction, never used twice.
pub(crate) type Serial = u64;

/// Methods that we understand.
const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, REGISTER";
/// And with texts, once somebody takes them.
const ALLOW_WITH_TEXTS: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, REGISTER, MESSAGE";
/// Seconds that an overloaded server asks callers to wait (RFC 3261 §20.33).
const RETRY_AFTER: u64 = 5;
/// How often expired registrations and nonces are forgotten.
const SWEEP_EVERY: Duration = Duration::from_secs(30);

/// Which of our addresses a peer reaches us at.
pub(crate) type LocalAddress = Box<dyn Fn(IpAddr) -> IpAddr + Send>;

/// The whole state of the signalling.
pub(crate) struct Agent {
    settings: Settings,
    /// Our port.
    port: u16,
    local_address: LocalAddress,
    known: Known,
    entropy: Entropy,
    guard: Guard,
    nonces: Nonces,
    registrar: Registrar,
    servers: Servers,
    clients: Clients,
    dialogs: HashMap<Serial, Dialog>,
    by_tag: HashMap<String, Serial>,
    /// Dialogs that ring here, by Call-ID and From tag: the same INVITE may come over two paths.
    merging: HashMap<String, Serial>,
    next_dialog: Serial,
    /// Dialogs that have not ended.
    calls: usize,
    /// No new calls.
    closing: bool,
    /// Somebody takes texts.
    takes_texts: bool,
    sweep: Stamp,
    /// What was turned away since the start.
    away: TurnedAway,
    out: Out,
}

/// Counters for [`Load`].
#[derive(Default)]
struct TurnedAway {
    dropped: u64,
    unreadable: u64,
    overloaded: u64,
    wrong_passwords: u64,
}

/// A call that came in.
pub(crate) struct Arrival {
    pub(crate) dialog: Serial,
    pub(crate) origin: Origin,
    pub(crate) from: Address,
    pub(crate) to: Address,
    pub(crate) call_id: String,
    pub(crate) source: SocketAddr,
    pub(crate) offer: Option<Description>,
    pub(crate) headers: Vec<(String, String)>,
}

/// What the application asks of a dialog.
pub(crate) enum Command {
    Attach(DialogSink),
    Ringing,
    Progress(String),
    Answer(String),
    Reject { status: u16, reason: Option<String>, retry_after: bool },
    Hangup,
    Reoffer(String),
    AnswerReoffer(Result<String, u16>),
    SendDigit(char),
}

impl Agent {
    pub(crate) fn new(
        settings: Settings,
        port: u16,
        local_address: LocalAddress,
        mut entropy: Entropy,
        now: Instant,
    ) -> Self {
        let mut out = Out::new(now);
        Self {
            guard: Guard::new(settings.limits, now),
            nonces: Nonces::new(&mut entropy, settings.timers.nonce, now),
            settings,
            port,
            local_address,
            known: Known::default(),
            entropy,
            registrar: Registrar::default(),
            servers: Servers::default(),
            clients: Clients::default(),
            dialogs: HashMap::new(),
            by_tag: HashMap::new(),
            merging: HashMap::new(),
            next_dialog: 0,
            calls: 0,
            closing: false,
            takes_texts: false,
            sweep: out.arm(SWEEP_EVERY, Purpose::Sweep),
            away: TurnedAway::default(),
            out,
        }
    }

    /// The next thing to do.
    pub(crate) fn poll(&mut self) -> Output {
        match self.out.queue.pop_front() {
            Some(output) => output,
            None => Output::Idle(self.out.next_alarm()),
        }
    }

    /// A datagram came.
    pub(crate) fn datagram(&mut self, now: Instant, source: SocketAddr, datagram: &[u8]) {
        self.out.now = now;
        if !self.guard.message(source.ip(), now) {
            self.away.dropped += 1;
            return;
        }
        if datagram.iter().all(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            // Keeps a NAT open; wants no answer over UDP (RFC 5626 §3.5).
            return;
        }
        match Message::parse(datagram) {
            Ok(Message::Request(request)) => self.request(&request, source),
            Ok(Message::Response(response)) => self.response(&response),
            Err(error) => {
                self.away.unreadable += 1;
                tracing::debug!(%source, %error, "not a SIP message");
            }
        }
    }

    /// Time passed.
    pub(crate) fn tick(&mut self, now: Instant) {
        self.out.now = now;
        while let Some((stamp, purpose)) = self.out.due() {
            let timers = &self.settings.timers;
            match purpose {
                Purpose::ServerRepeat(serial) => {
                    self.servers.repeat(serial, stamp, timers, &mut self.out);
                }
                Purpose::ServerEnd(serial) => self.servers.end(serial, stamp),
                Purpose::ClientRepeat(serial) => {
                    self.clients.repeat(serial, stamp, timers, &mut self.out);
                }
                Purpose::ClientEnd(serial) => {
                    if let Some(told) = self.clients.end(serial, stamp, &mut self.out) {
                        self.unanswered(&told);
                    }
                }
                Purpose::Dialog(dialog) => self.dialog_alarm(dialog, stamp),
                Purpose::Text(server) => self.text_forgotten(server),
                Purpose::Sweep if stamp == self.sweep => {
                    self.registrar.sweep(now);
                    self.nonces.sweep(now);
                    self.sweep = self.out.arm(SWEEP_EVERY, Purpose::Sweep);
                }
                Purpose::Sweep => {}
            }
        }
    }

    /// The application asks something of a dialog.
    pub(crate) fn command(&mut self, now: Instant, dialog: Serial, command: Command) {
        self.out.now = now;
        match command {
            Command::Attach(sink) => self.attach(dialog, sink),
            Command::Ringing => self.provisional(dialog, 180, None),
            Command::Progress(sdp) => self.provisional(dialog, 183, Some(&sdp)),
            Command::Answer(sdp) => self.answer(dialog, &sdp),
            Command::Reject { status, reason, retry_after } => {
                self.reject(dialog, status, reason.as_deref(), retry_after);
            }
            Command::Hangup => self.hangup(dialog),
            Command::Reoffer(sdp) => self.reoffer(dialog, sdp),
            Command::AnswerReoffer(answer) => self.answer_reoffer(dialog, answer),
            Command::SendDigit(digit) => self.send_digit(dialog, digit),
        }
    }

    /// Replaces phones and trunks.
    pub(crate) fn configure(&mut self, known: Known) {
        self.registrar.keep(|phone| known.knows_alike(phone, &self.known));
        self.known = known;
    }

    /// Takes no new calls, and ends those that are up.
    pub(crate) fn close(&mut self, now: Instant) {
        self.out.now = now;
        self.closing = true;
        let dialogs: Vec<Serial> = self.dialogs.keys().copied().collect();
        for dialog in dialogs {
            self.hangup(dialog);
        }
    }

    /// Whether no dialog has anything to do any more.
    pub(crate) fn is_quiet(&self) -> bool {
        self.dialogs.is_empty()
    }

    /// Calls that have not ended.
    pub(crate) fn calls(&self) -> usize {
        self.calls
    }

    /// Calls that may be up at once.
    pub(crate) fn calls_max(&self) -> usize {
        self.settings.limits.calls
    }

    pub(crate) fn load(&self) -> Load {
        Load {
            calls: self.calls,
            transactions: self.servers.len() + self.clients.len(),
            dropped: self.away.dropped,
            unreadable: self.away.unreadable,
            overloaded: self.away.overloaded,
            wrong_passwords: self.away.wrong_passwords,
        }
    }

    /// Transactions and dialogs that are remembered.
    #[cfg(test)]
    pub(crate) fn remembered(&self) -> usize {
        self.servers.len() + self.clients.len() + self.dialogs.len()
    }

    pub(crate) fn contacts(&self, now: Instant, phone: &str) -> Vec<Contact> {
        self.registrar.contacts(phone, now)
    }

    pub(crate) fn registrations(&self, now: Instant) -> Vec<(String, Contact)> {
        self.registrar.all(now)
    }

    fn request(&mut self, request: &Request, source: SocketAddr) {
        if let Some(fault) = request.fault {
            tracing::debug!(%source, fault, "faulty request");
            return self.refuse(request, source, 400, Some(fault), &[]);
        }
        match request.method {
            Method::Ack => return self.acknowledged(request),
            Method::Cancel => return self.cancelled(request, source),
            Method::Invite
            | Method::Bye
            | Method::Register
            | Method::Options
            | Method::Info
            | Method::Message
            | Method::Other(_) => {}
        }
        if let Some(server) = self.servers.find(&server::key(request)) {
            return self.servers.repeated(server, &mut self.out);
        }
        if self.servers.len() + self.clients.len() >= self.settings.limits.transactions {
            return self.overloaded(request, source);
        }
        if request.method == Method::Message {
            return self.texted(request, source);
        }
        if request.id.to_tag.is_some() && request.method != Method::Register {
            return self.within_dialog(request, source);
        }
        match request.method {
            Method::Invite => self.invited(request, source),
            Method::Register => self.register(request, source),
            Method::Options => self.options(request, source),
            Method::Bye | Method::Info => self.refuse(request, source, 481, None, &[]),
            Method::Ack | Method::Cancel | Method::Message | Method::Other(_) => {
                self.refuse(request, source, 405, None, &[("Allow", self.allow())]);
            }
        }
    }

    /// The value of our Allow header.
    const fn allow(&self) -> &'static str {
        if self.takes_texts { ALLOW_WITH_TEXTS } else { ALLOW }
    }

    fn response(&mut self, response: &Response) {
        if let Some(told) = self.clients.hear(response, &self.settings.timers, &mut self.out) {
            self.heard(&told, response);
        }
    }

    /// Answers a request without remembering it. Its retransmissions are answered afresh, and its ACK is ignored.
    fn refuse(
        &mut self,
        request: &Request,
        source: SocketAddr,
        status: u16,
        reason: Option<&str>,
        headers: &[(&str, &str)],
    ) {
        if request.method == Method::Ack {
            return;
        }
        let tag = self.entropy.tag();
        let wire = Mirror::of(request, source)
            .response(status, reason, &tag)
            .header("Server", &self.settings.user_agent)
            .headers(headers.iter().copied())
            .finish();
        self.out.send(server::response_address(request, source), &wire);
    }

    fn overloaded(&mut self, request: &Request, source: SocketAddr) {
        self.away.overloaded += 1;
        let wait = RETRY_AFTER.to_string();
        self.refuse(request, source, 503, None, &[("Retry-After", &wait)]);
    }

    /// Answers a request of a transaction.
    fn respond(
        &mut self,
        server: Serial,
        (status, reason): (u16, Option<&str>),
        tag: &str,
        headers: &[(&str, &str)],
        sdp: Option<&str>,
    ) -> Option<Wire> {
        let draft = self.servers.response(server, status, reason, tag)?;
        let wire = draft
            .header("Server", &self.settings.user_agent)
            .headers(headers.iter().copied())
            .body(sdp);
        self.servers.respond(server, status, wire.clone(), &self.settings.timers, &mut self.out);
        Some(wire)
    }

    /// Host and port at which a peer reaches us.
    fn via_for(&self, peer: SocketAddr) -> String {
        let host = (self.local_address)(peer.ip()).to_string();
        format!("{}:{}", bracketed(&host), self.port)
    }

    fn tell(&mut self, serial: Serial, event: DialogEvent) {
        let open = self.dialogs.get_mut(&serial).filter(|dialog| !dialog.ended);
        let Some(dialog) = open else { return };
        match &dialog.sink {
            Some(sink) => {
                let sink = sink.clone();
                self.out.queue.push_back(Output::Event { dialog: serial, sink, event });
            }
            None => dialog.early.push(event),
        }
    }

    fn attach(&mut self, serial: Serial, sink: DialogSink) {
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        for event in std::mem::take(&mut dialog.early) {
            let sink = sink.clone();
            self.out.queue.push_back(Output::Event { dialog: serial, sink, event });
        }
        dialog.sink = Some(sink);
        self.forget_if_over(serial);
    }

    /// Tells the end, once; nothing is told after it.
    fn ended(&mut self, serial: Serial, status: Option<u16>, by: EndedBy, reason: Option<&str>) {
        let reason = reason.filter(|reason| !reason.is_empty()).map(str::to_owned);
        self.tell(serial, DialogEvent::Ended(Ending { status, by, reason }));
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        if !std::mem::replace(&mut dialog.ended, true) {
            self.calls -= 1;
            // What the application holds on to in its sink is free again, however long our BYE takes.
            dialog.sink = None;
        }
    }

    fn open_dialog(&mut self, dialog: Dialog) -> Serial {
        self.next_dialog += 1;
        self.by_tag.insert(tag_key(&dialog.call_id, &dialog.local_tag), self.next_dialog);
        self.dialogs.insert(self.next_dialog, dialog);
        self.calls += 1;
        self.next_dialog
    }

    /// Forgets a dialog that has ended, unless the application has yet to be told.
    fn forget(&mut self, serial: Serial) {
        self.drop_reoffer(serial);
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        if dialog.sink.is_none() && !dialog.early.is_empty() {
            dialog.phase = dialog::Phase::Over;
            return;
        }
        if let Some(dialog) = self.dialogs.remove(&serial) {
            self.by_tag.remove(&tag_key(&dialog.call_id, &dialog.local_tag));
            self.merging.remove(&tag_key(&dialog.call_id, &dialog.remote_tag));
        }
    }

    fn forget_if_over(&mut self, serial: Serial) {
        if self
            .dialogs
            .get(&serial)
            .is_some_and(|dialog| matches!(dialog.phase, dialog::Phase::Over))
        {
            self.forget(serial);
        }
    }

    fn find_dialog(&self, call_id: &str, local_tag: &str) -> Option<Serial> {
        self.by_tag.get(&tag_key(call_id, local_tag)).copied()
    }
}

/// A Call-ID holds no line feed, so the two don't run into each other.
fn tag_key(call_id: &str, local_tag: &str) -> String {
    format!("{call_id}\n{local_tag}")
}

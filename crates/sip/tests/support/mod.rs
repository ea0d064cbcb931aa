//! Two stacks on loopback and raw sockets beside them. Waiting is always for an event, never for time.

#![expect(dead_code, reason = "every test file uses its part of this")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use sip::{
    Address, Destination, Dialog, DialogEvent, DialogSink, Directory, Incoming, Invite, Limits,
    PhoneAccount, Settings, Sip, Strangers, Timers,
};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;

/// Long enough for a machine that is busy with other things.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A stack with its incoming calls.
pub(crate) struct Station {
    pub(crate) sip: Sip,
    pub(crate) incoming: mpsc::Receiver<Incoming>,
}

/// A call as the test sees it.
pub(crate) struct Line {
    pub(crate) dialog: Dialog,
    pub(crate) events: mpsc::UnboundedReceiver<DialogEvent>,
}

/// Loopback, a free port, generous limits, everybody welcome.
pub(crate) fn settings() -> Settings {
    Settings {
        bind: SocketAddr::from(([127, 0, 0, 1], 0)),
        strangers: Strangers::Accept,
        limits: Limits {
            invites_per_second: 100_000,
            burst: 100_000,
            messages_per_second: 1_000_000,
            ..Limits::default()
        },
        ..Settings::default()
    }
}

/// Timers a hundredth as long as usual, for tests that wait for them.
pub(crate) fn quick() -> Timers {
    Timers {
        t1: Duration::from_millis(5),
        t2: Duration::from_millis(40),
        t4: Duration::from_millis(50),
        cancel: Duration::from_millis(50),
        ..Timers::default()
    }
}

pub(crate) async fn station(settings: Settings, directory: Directory) -> Station {
    let (sender, incoming) = mpsc::channel(4096);
    let sip = Sip::start(settings, directory, sender).await.expect("a free port on loopback");
    Station { sip, incoming }
}

pub(crate) fn phones(names: &[&str]) -> Directory {
    let phones = names
        .iter()
        .map(|name| PhoneAccount {
            name: (*name).to_owned(),
            password: format!("secret of {name}").into(),
        })
        .collect();
    Directory { phones, trunks: Vec::new() }
}

pub(crate) fn sink() -> (DialogSink, mpsc::UnboundedReceiver<DialogEvent>) {
    let (sender, events) = mpsc::unbounded_channel();
    (Arc::new(move |event| drop(sender.send(event))), events)
}

pub(crate) fn to(address: SocketAddr, user: &str) -> Destination {
    Destination::Uri(format!("sip:{user}@{address}"))
}

pub(crate) fn invite(destination: Destination, from: &str) -> Invite {
    Invite {
        destination,
        from: Address { display: None, user: from.to_owned(), host: None },
        offer: offer(40_000),
        headers: Vec::new(),
        credentials: None,
    }
}

pub(crate) fn local(port: u16) -> sip::sdp::Local {
    sip::sdp::Local {
        address: [127, 0, 0, 1].into(),
        port,
        codecs: vec![sip::sdp::Codec::Pcmu, sip::sdp::Codec::Pcma],
        session: 7,
        version: 1,
    }
}

pub(crate) fn offer(port: u16) -> String {
    sip::sdp::offer(&local(port), sip::sdp::Direction::SendRecv).to_string()
}

impl Station {
    pub(crate) fn address(&self) -> SocketAddr {
        self.sip.local_addr()
    }

    /// Calls another station.
    pub(crate) async fn call(&self, destination: Destination) -> Line {
        self.place(invite(destination, "caller")).await
    }

    pub(crate) async fn place(&self, invite: Invite) -> Line {
        let (sink, events) = sink();
        let dialog = self.sip.invite(invite, sink).await.expect("the call is placed");
        Line { dialog, events }
    }

    /// The next call that comes in.
    pub(crate) async fn rings(&mut self) -> Incoming {
        tokio::time::timeout(PATIENCE, self.incoming.recv())
            .await
            .expect("a call comes in time")
            .expect("the stack is up")
    }

    /// Takes the next call.
    pub(crate) async fn takes(&mut self) -> Line {
        let incoming = self.rings().await;
        let (sink, events) = sink();
        Line { dialog: incoming.attach(sink), events }
    }
}

impl Line {
    pub(crate) async fn event(&mut self) -> DialogEvent {
        tokio::time::timeout(PATIENCE, self.events.recv())
            .await
            .expect("an event comes in time")
            .expect("the dialog has not ended")
    }

    /// The next event has to be the end, and the last.
    pub(crate) async fn ending(&mut self) -> sip::Ending {
        match self.event().await {
            DialogEvent::Ended(ending) => ending,
            other => panic!("expected the end, got {other:?}"),
        }
    }
}

/// A peer without manners: a socket that says whatever the test wants.
pub(crate) struct Raw {
    pub(crate) socket: UdpSocket,
    pub(crate) peer: SocketAddr,
}

impl Raw {
    pub(crate) async fn new(peer: SocketAddr) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a free port on loopback");
        Self { socket, peer }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.socket.local_addr().expect("it is bound")
    }

    pub(crate) async fn send(&self, text: &str) {
        self.send_bytes(text.as_bytes()).await;
    }

    pub(crate) async fn send_bytes(&self, bytes: &[u8]) {
        self.socket.send_to(bytes, self.peer).await.expect("loopback takes it");
    }

    pub(crate) async fn receive(&self) -> String {
        let mut buffer = vec![0; 65_535];
        let (length, _) = tokio::time::timeout(PATIENCE, self.socket.recv_from(&mut buffer))
            .await
            .expect("an answer comes in time")
            .expect("loopback works");
        String::from_utf8(buffer[..length].to_vec()).expect("our stack writes UTF-8")
    }

    /// The next message whose start line contains this; others are skipped.
    pub(crate) async fn receive_with(&self, part: &str) -> String {
        loop {
            let text = self.receive().await;
            if text.lines().next().is_some_and(|line| line.contains(part)) {
                return text;
            }
        }
    }

    /// A request of ours; `more` are header lines, each with its line end.
    pub(crate) fn request(&self, method: &str, ids: &Ids, more: &str, body: &str) -> String {
        let own = self.address();
        let Ids { branch, call_id, cseq, to_tag, user } = ids;
        let to_tag = if to_tag.is_empty() { String::new() } else { format!(";tag={to_tag}") };
        format!(
            "{method} sip:{user}@{peer} SIP/2.0\r\n\
             Via: SIP/2.0/UDP {own};branch=z9hG4bK{branch};rport\r\n\
             Max-Forwards: 70\r\n\
             From: <sip:{user}@{own}>;tag=raw\r\n\
             To: <sip:{user}@{peer}>{to_tag}\r\n\
             Call-ID: {call_id}\r\n\
             CSeq: {cseq} {method}\r\n\
             Contact: <sip:raw@{own}>\r\n\
             {more}Content-Length: {length}\r\n\r\n{body}",
            peer = self.peer,
            length = body.len(),
        )
    }

    /// An answer to a request that we received.
    pub(crate) fn response(&self, status: &str, request: &str, more: &str, body: &str) -> String {
        let own = self.address();
        let mut text = format!("SIP/2.0 {status}\r\n");
        for line in request.lines() {
            let copied = ["Via:", "From:", "Call-ID:", "CSeq:", "Record-Route:"];
            if copied.iter().any(|name| line.starts_with(name)) {
                text.extend([line, "\r\n"]);
            } else if line.starts_with("To:") {
                let tag = if line.contains(";tag=") { "" } else { ";tag=rawtag" };
                text.extend([line, tag, "\r\n"]);
            }
        }
        let length = body.len();
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        text + &format!(
            "Contact: <sip:raw@{own}>\r\n{more}{kind}Content-Length: {length}\r\n\r\n{body}"
        )
    }
}

/// What identifies a request of a [`Raw`] peer.
#[derive(Clone, Debug)]
pub(crate) struct Ids {
    pub(crate) branch: String,
    pub(crate) call_id: String,
    pub(crate) cseq: u32,
    pub(crate) to_tag: String,
    pub(crate) user: String,
}

impl Ids {
    pub(crate) fn new(call_id: &str) -> Self {
        Self {
            branch: format!("{call_id}1"),
            call_id: call_id.to_owned(),
            cseq: 1,
            to_tag: String::new(),
            user: "someone".to_owned(),
        }
    }

    /// The next request of the same dialog or registration.
    pub(crate) fn next(&mut self) -> &Self {
        self.cseq += 1;
        self.branch = format!("{}{}", self.call_id, self.cseq);
        self
    }
}

/// A header's first value in a message.
pub(crate) fn header<'a>(message: &'a str, name: &str) -> &'a str {
    message
        .lines()
        .find_map(|line| {
            let (own, value) = line.split_once(':')?;
            own.eq_ignore_ascii_case(name).then(|| value.trim())
        })
        .unwrap_or_default()
}

/// The tag of a header.
pub(crate) fn tag<'a>(message: &'a str, name: &str) -> &'a str {
    header(message, name).split_once(";tag=").map(|(_, tag)| tag).unwrap_or_default()
}

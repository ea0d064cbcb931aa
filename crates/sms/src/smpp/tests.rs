//! The carrier over loopback, with an SMSC played line by line: what an SMSC that works would never do.

use std::sync::Arc;
use std::time::Duration;

use model::{Secret, Sid, SidKind};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::pdu::{Message, command, write_delivered};
use super::wire::{Header, write_pdu, write_text};
use super::*;
use crate::carrier::{ErrorClass, Verdict};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// An SMSC that listens.
struct Smsc {
    listener: TcpListener,
}

/// A connection that it has.
struct Peer<S> {
    stream: S,
}

impl Smsc {
    async fn listen() -> Smsc {
        Smsc { listener: TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port") }
    }

    fn settings(&self) -> Settings {
        let port = self.listener.local_addr().expect("it is bound").port();
        let pause = Duration::from_millis(10);
        Settings {
            port,
            reconnect_after: pause,
            reconnect_at_most: pause,
            ..Settings::new("127.0.0.1", "alo", Secret::new("secret"))
        }
    }

    async fn accept(&self) -> TcpStream {
        timeout(PATIENCE, self.listener.accept()).await.expect("it connects").expect("a socket").0
    }

    /// The next connection, bound.
    async fn binds(&self) -> Peer<TcpStream> {
        let mut peer = Peer { stream: self.accept().await };
        peer.lets_in().await;
        peer
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Peer<S> {
    async fn lets_in(&mut self) {
        let bind = self.reads().await;
        assert_eq!(bind.command, command::BIND_TRANSCEIVER);
        self.answers(bind, 0, "smsc").await;
    }

    /// The header of the next PDU.
    async fn reads(&mut self) -> Header {
        let mut length = [0; 4];
        timeout(PATIENCE, self.stream.read_exact(&mut length))
            .await
            .expect("in time")
            .expect("a PDU");
        let mut frame = vec![0; u32::from_be_bytes(length) as usize];
        self.stream.read_exact(&mut frame[4..]).await.expect("the whole PDU");
        Header::read(&frame).expect("a header")
    }

    async fn answers(&mut self, request: Header, status: u32, text: &str) {
        let header = Header { command: request.command | command::ANSWER, status, ..request };
        let mut octets = Vec::new();
        write_pdu(&mut octets, header, |out| write_text(out, text.as_bytes()));
        self.says(&octets).await;
    }

    async fn delivers(&mut self, sequence: u32, text: &str) {
        let mut octets = Vec::new();
        let message = Message { short_message: text.as_bytes(), ..Message::default() };
        message.write(&mut octets, command::DELIVER_SM, sequence);
        self.says(&octets).await;
    }

    async fn says(&mut self, octets: &[u8]) {
        self.stream.write_all(octets).await.expect("the carrier reads");
    }
}

fn submission(digits: u128) -> Submission {
    Submission {
        message: Sid::new(SidKind::Message, digits),
        from: "+14155550123".parse().expect("a number"),
        to: "+5511987654321".parse().expect("a number"),
        body: "Hello".to_owned(),
        media: Vec::new(),
        valid_for: None,
        wants_receipt: true,
    }
}

async fn next(events: &mut mpsc::Receiver<CarrierEvent>) -> CarrierEvent {
    timeout(PATIENCE, events.recv()).await.expect("in time").expect("the carrier lives")
}

async fn is_up(events: &mut mpsc::Receiver<CarrierEvent>) {
    loop {
        if let CarrierEvent::State(CarrierState::Up) = next(events).await {
            return;
        }
    }
}

#[tokio::test]
async fn a_carrier_over_tls_trusts_the_authority_it_was_given_and_no_other() {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).expect("a key");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the usual versions")
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .expect("they belong together");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let smsc = Smsc::listen().await;
    let settings = Settings { tls: true, host: "localhost".to_owned(), ..smsc.settings() };

    let (sender, mut events) = mpsc::channel(8);
    let ca = Some(cert.pem().into_bytes());
    let smpp = Smpp::start(Settings { ca, ..settings.clone() }, sender);
    let stream = acceptor.accept(smsc.accept().await).await.expect("the handshake");
    let mut peer = Peer { stream };
    peer.lets_in().await;
    is_up(&mut events).await;
    let (submitted, ()) = tokio::join!(smpp.submit(submission(1)), async {
        let request = peer.reads().await;
        assert_eq!(request.command, command::SUBMIT_SM);
        peer.answers(request, 0, "7").await;
    });
    assert_eq!(submitted.expect("it is taken").ids, ["7"]);

    let (sender, mut events) = mpsc::channel(8);
    let _stranger = Smpp::start(settings, sender);
    let handshake = acceptor.accept(smsc.accept().await).await;
    assert!(handshake.is_err(), "nobody vouches for the certificate");
    match next(&mut events).await {
        CarrierEvent::State(CarrierState::Down(reason)) => {
            assert!(reason.starts_with("TLS with localhost"), "{reason}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_authority_that_is_none_is_told() {
    let smsc = Smsc::listen().await;
    let settings = Settings { tls: true, ca: Some(b"nothing".to_vec()), ..smsc.settings() };
    let (sender, mut events) = mpsc::channel(8);
    let _smpp = Smpp::start(settings, sender);
    let _stream = smsc.accept().await;
    match next(&mut events).await {
        CarrierEvent::State(CarrierState::Down(reason)) => {
            assert_eq!(reason, "TLS can't be set up: the CA has no certificate in PEM");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_connection_that_breaks_leaves_the_others_alone() {
    let smsc = Smsc::listen().await;
    let (sender, _events) = mpsc::channel(8);
    let smpp = Smpp::start(Settings { sessions: 2, ..smsc.settings() }, sender);
    let (mut first, mut second) = (smsc.binds().await, smsc.binds().await);
    // The answers to the binds may not be read yet.
    let mut up = smpp.lanes.watch();
    while smpp.window() != 200 {
        tokio::task::yield_now().await;
    }
    let (submitted, error, ()) =
        tokio::join!(smpp.submit(submission(1)), smpp.submit(submission(2)), async {
            let (one, _two) = (first.reads().await, second.reads().await);
            drop(second);
            first.answers(one, 0, "7").await;
        });
    let outcomes = [submitted, error];
    let taken = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let down = outcomes.iter().filter_map(|it| it.as_ref().err()).map(|it| it.class);
    assert_eq!((taken, down.collect::<Vec<_>>()), (1, vec![ErrorClass::Down]));
    assert_eq!(*up.borrow_and_update(), CarrierState::Up);
    let (submitted, ()) = tokio::join!(smpp.submit(submission(3)), async {
        let request = first.reads().await;
        first.answers(request, 0, "8").await;
    });
    assert_eq!(submitted.expect("the other goes on").ids, ["8"]);
    // The broken one comes back.
    smsc.binds().await;
}

#[tokio::test]
async fn garbage_is_refused_and_the_connection_goes_on() {
    let smsc = Smsc::listen().await;
    let (sender, mut events) = mpsc::channel(8);
    let smpp = Smpp::start(smsc.settings(), sender);
    let mut peer = smsc.binds().await;
    is_up(&mut events).await;
    peer.says(&[0, 0, 0, 18, 0, 0, 0, 99, 0, 0, 0, 0, 0, 0, 0, 5, 1, 2]).await;
    let nack =
        Header { command: command::GENERIC_NACK, status: status::ESME_RINVCMDID, sequence: 5 };
    assert_eq!(peer.reads().await, nack);
    let (submitted, ()) = tokio::join!(smpp.submit(submission(1)), async {
        let request = peer.reads().await;
        peer.answers(request, 0, "7").await;
    });
    assert_eq!(submitted.expect("it is taken").ids, ["7"]);
    peer.says(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    match next(&mut events).await {
        CarrierEvent::State(CarrierState::Down(reason)) => {
            assert!(reason.contains("PDU of 1213486160 octets"), "{reason}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_nobody_decides_upon_is_to_come_again() {
    let smsc = Smsc::listen().await;
    let (sender, mut events) = mpsc::channel(8);
    let _smpp = Smpp::start(smsc.settings(), sender);
    let mut peer = smsc.binds().await;
    is_up(&mut events).await;
    let answer = |status, sequence| {
        let mut octets = Vec::new();
        write_delivered(&mut octets, command::DELIVER_SM, status, sequence);
        Header::read(&octets).expect("a header")
    };
    for (sequence, verdict, status) in [
        (5, Some(Verdict::Kept), status::ESME_ROK),
        (6, None, status::ESME_RX_T_APPN),
        (7, Some(Verdict::Unknown), status::ESME_ROK),
    ] {
        peer.delivers(sequence, "Hi").await;
        let CarrierEvent::Inbound { done, .. } = next(&mut events).await else {
            panic!("a text was awaited");
        };
        match verdict {
            Some(verdict) => done.send(verdict).expect("the carrier waits"),
            None => drop(done),
        }
        assert_eq!(peer.reads().await, answer(status, sequence));
    }
    drop(events);
    peer.delivers(8, "Hi").await;
    assert_eq!(peer.reads().await, answer(status::ESME_RX_T_APPN, 8));
}

#[tokio::test]
async fn a_carrier_that_is_dropped_leaves() {
    let smsc = Smsc::listen().await;
    let (sender, mut events) = mpsc::channel(8);
    let smpp = Smpp::start(smsc.settings(), sender);
    let mut peer = smsc.binds().await;
    is_up(&mut events).await;
    drop(smpp);
    let unbind = peer.reads().await;
    assert_eq!(unbind.command, command::UNBIND);
    peer.answers(unbind, 0, "").await;
    let mut rest = Vec::new();
    peer.stream.read_to_end(&mut rest).await.expect("it hangs up");
    assert_eq!(rest, b"");
}

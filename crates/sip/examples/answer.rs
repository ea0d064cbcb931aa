//! Answers every call at once, for load tests with `sipp` and for trying a softphone.
//!
//! `cargo run --release -p sip --example answer -- [address:port] [phone=password…]`; `127.0.0.1:5060` by default. It sends
//! no audio: the SDP names a port that nobody listens at.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sip::{DialogEvent, Directory, Incoming, Limits, PhoneAccount, Settings, Sip, Strangers, sdp};
use tokio::sync::mpsc;

/// Port that the SDP names: discard (RFC 863).
const NOBODY: u16 = 9;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let bind: SocketAddr = arguments.next().unwrap_or("127.0.0.1:5060".to_owned()).parse()?;
    let phones = arguments
        .filter_map(|argument| {
            let (name, password) = argument.split_once('=')?;
            Some(PhoneAccount { name: name.to_owned(), password: password.into() })
        })
        .collect();
    let limits = Limits {
        calls: 100_000,
        invites_per_second: 1_000_000,
        burst: 1_000_000,
        messages_per_second: 10_000_000,
        transactions: 10_000_000,
        ..Limits::default()
    };
    let settings = Settings { bind, limits, strangers: Strangers::Accept, ..Settings::default() };
    let (sender, mut incoming) = mpsc::channel(10_000);
    let sip = Sip::start(settings, Directory { phones, trunks: Vec::new() }, sender).await?;
    println!("answering at {}", sip.local_addr());
    let ended = Arc::new(AtomicU64::new(0));
    let interrupted = tokio::signal::ctrl_c();
    tokio::pin!(interrupted);
    loop {
        tokio::select! {
            Some(call) = incoming.recv() => answer(&sip, call, &ended),
            _ = &mut interrupted => break,
        }
    }
    for (phone, contact) in sip.registrations() {
        println!("registered: {phone} at {}", contact.source);
    }
    println!("calls ended: {}, still up: {}", ended.load(Ordering::Relaxed), sip.calls());
    sip.shutdown().await;
    Ok(())
}

fn answer(sip: &Sip, call: Incoming, ended: &Arc<AtomicU64>) {
    let local = sdp::Local {
        address: sip.media_address(call.source),
        port: NOBODY,
        codecs: vec![sdp::Codec::Pcmu, sdp::Codec::Pcma],
        session: 1,
        version: 1,
    };
    let description = match &call.offer {
        None => Some(sdp::offer(&local, sdp::Direction::SendRecv)),
        Some(offer) => sdp::answer(offer, &local).ok().map(|(answer, _)| answer),
    };
    let ended = ended.clone();
    let dialog = call.attach(Arc::new(move |event| {
        if let DialogEvent::Ended(_) = event {
            ended.fetch_add(1, Ordering::Relaxed);
        }
    }));
    match description {
        Some(description) => dialog.answer(description.to_string()),
        None => dialog.reject(488, None),
    }
}

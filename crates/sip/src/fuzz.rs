//! Ways in for fuzz targets: whatever reads a peer's bytes, without a socket around it. Not for applications.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::agent::{Agent, Command, Entropy, Known, Output};
use crate::directory::{Directory, PhoneAccount};
use crate::settings::{Settings, Strangers};

/// Feeds datagrams, cut at each `\0\0`, to a fresh agent that takes every call and answers it, then lets twelve
/// minutes pass. Panics if a call is left over.
pub fn datagrams(bytes: &[u8]) {
    let Ok(entropy) = Entropy::new() else { return };
    let start = Instant::now();
    let settings = Settings { strangers: Strangers::Accept, ..Settings::default() };
    let local = Box::new(|_| [192, 0, 2, 1].into());
    let mut agent = Agent::new(settings, 5060, local, entropy, start);
    let phone = PhoneAccount { name: "ada".to_owned(), password: "secret".into() };
    let directory = Directory { phones: vec![phone], trunks: Vec::new() };
    agent.take_texts();
    agent.configure(Known::new(&directory, &std::collections::HashMap::new()));
    let source = SocketAddr::from(([192, 0, 2, 2], 5060));
    let mut rest = bytes;
    while !rest.is_empty() {
        let end = rest.windows(2).position(|pair| pair == [0, 0]).unwrap_or(rest.len());
        agent.datagram(start, source, &rest[..end]);
        drain(&mut agent, start);
        rest = rest.get(end + 2..).unwrap_or_default();
    }
    agent.close(start);
    for second in 0..720 {
        let now = start + Duration::from_secs(second);
        agent.tick(now);
        drain(&mut agent, now);
    }
    assert_eq!(agent.calls(), 0, "a call is left over");
}

/// Performs nothing but the taking and answering of calls.
fn drain(agent: &mut Agent, now: Instant) {
    loop {
        match agent.poll() {
            Output::Arrived(arrival) => {
                agent.command(now, arrival.dialog, Command::Attach(Arc::new(|_| ())));
                agent.command(now, arrival.dialog, Command::Answer("v=0\r\n".to_owned()));
            }
            Output::Text(arrival) => agent.answer_text(now, arrival.server, 200, false),
            Output::Send { .. } | Output::Event { .. } | Output::Reply { .. } => {}
            Output::Idle(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_call_goes_through_the_fuzz_entry() {
        let head = "Via: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKa\r\nFrom: <sip:x@y>;tag=1\r\nTo: <sip:z@y>\r\nCall-ID: 1\r\n";
        let text = format!(
            "INVITE sip:z@y SIP/2.0\r\n{head}CSeq: 1 INVITE\r\n\r\n\0\0CANCEL sip:z@y SIP/2.0\r\n{head}CSeq: 1 CANCEL\r\n\r\n"
        );
        super::datagrams(text.as_bytes());
    }
}

//! SIP and RTP by hand, for what no phone would send.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::timeout;

use crate::house::SOON;

/// A UDP socket on loopback.
pub(crate) struct Socket {
    socket: UdpSocket,
}

impl Socket {
    pub(crate) async fn open() -> Socket {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a free UDP port");
        Socket { socket }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.socket.local_addr().expect("it is bound")
    }

    pub(crate) async fn sends(&self, packet: &[u8], to: SocketAddr) {
        self.socket.send_to(packet, to).await.expect("loopback takes it");
    }

    /// The next answer that begins like this.
    pub(crate) async fn gets(&self, beginning: &str) -> String {
        let mut packet = vec![0; 65_535];
        let deadline = tokio::time::Instant::now() + SOON;
        let mut seen = Vec::new();
        loop {
            let left = deadline.saturating_duration_since(tokio::time::Instant::now());
            let Ok(received) = timeout(left, self.socket.recv(&mut packet)).await else {
                panic!("no '{beginning}' came, but {seen:#?}");
            };
            let text = String::from_utf8_lossy(&packet[..received.expect("it is bound")]);
            if text.starts_with(beginning) {
                return text.into_owned();
            }
            seen.push(text.into_owned());
        }
    }

    /// An RTP packet of 20 ms of a tone in µ-law (RFC 3551).
    pub(crate) async fn says(&self, hz: f32, number: u16, ssrc: u32, to: SocketAddr) {
        const SAMPLES: u32 = 160;
        let mut packet = vec![0x80, 0];
        packet.extend(number.to_be_bytes());
        packet.extend((u32::from(number) * SAMPLES).to_be_bytes());
        packet.extend(ssrc.to_be_bytes());
        packet.extend((0..SAMPLES).map(|sample| {
            let at = (u32::from(number) * SAMPLES + sample) as f32 / 8_000.0;
            let level = (at * hz * std::f32::consts::TAU).sin() * 8_000.0;
            media::Codec::Pcmu.encode_sample(level as i16)
        }));
        self.sends(&packet, to).await;
    }
}

/// An INVITE with this SDP, sent from `here`.
pub(crate) fn invite(number: &str, here: SocketAddr, server: SocketAddr, sdp: &str) -> String {
    format!(
        "INVITE sip:{number}@{server} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bKhand;rport\r\n\
         Max-Forwards: 70\r\nFrom: <sip:+14155550142@{here}>;tag=hand\r\nTo: <sip:{number}@{server}>\r\n\
         Call-ID: hand@{here}\r\nCSeq: 1 INVITE\r\nContact: <sip:hand@{here}>\r\n\
         Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{sdp}",
        sdp.len()
    )
}

/// A request within the dialog that `answer` made: `ACK` or `BYE`.
pub(crate) fn request(
    method: &str,
    cseq: u32,
    number: &str,
    (here, server): (SocketAddr, SocketAddr),
    answer: &str,
) -> String {
    let to = answer.lines().find(|line| line.starts_with("To:")).expect("an answer has a To");
    // A failure is acknowledged within its transaction, a success outside it.
    let branch = if answer.starts_with("SIP/2.0 2") { cseq.to_string() } else { String::new() };
    format!(
        "{method} sip:{number}@{server} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bKhand{branch};rport\r\n\
         Max-Forwards: 70\r\nFrom: <sip:+14155550142@{here}>;tag=hand\r\n{to}\r\n\
         Call-ID: hand@{here}\r\nCSeq: {cseq} {method}\r\nContent-Length: 0\r\n\r\n"
    )
}

/// SDP with one format of audio at this address.
pub(crate) fn sdp(audio: SocketAddr, format: u8) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP {format}\r\n",
        ip = audio.ip(),
        port = audio.port()
    )
}

/// Where SDP says that audio goes.
pub(crate) fn audio_of(answer: &str) -> SocketAddr {
    let line = answer.lines().find_map(|line| line.strip_prefix("m=audio "));
    let port = line.and_then(|line| line.split(' ').next()).and_then(|port| port.parse().ok());
    SocketAddr::from(([127, 0, 0, 1], port.expect("an audio port")))
}

/// The pace of RTP.
pub(crate) const FRAME: Duration = Duration::from_millis(20);

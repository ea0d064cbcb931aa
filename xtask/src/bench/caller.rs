//! Many callers whose audio matters, as a small SIP user agent on one socket (RFC 3261, RFC 3264).
//!
//! It only does what a measurement on loopback needs: INVITE, ACK, BYE, the same again until an answer comes, and G.711 at
//! the one port of [`Audio`]. It follows no route, and is no phone.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::bench::CALLER;
use crate::bench::rtp::Audio;

/// Until a request is sent again (T1 of RFC 3261 §17.1.1.1).
const AGAIN_AFTER: Duration = Duration::from_millis(500);

/// Until a call that isn't answered, or doesn't end, fails the run.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long the socket is waited on before what is due is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(4);

/// Room for one message; ours and the server's are below 1,500 bytes.
const MESSAGE_MAX: usize = 8_192;

/// The callers, and their calls so far.
pub(super) struct Callers {
    sip: UdpSocket,
    server: SocketAddr,
    local: SocketAddr,
    pub(super) audio: Audio,
    calls: Vec<Call>,
    first_live: usize,
}

struct Call {
    number: String,
    invited_at: Instant,
    asked_at: Instant,
    state: State,
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    Inviting,
    Ringing,
    Talking(Peer),
    HangingUp(Peer),
    Over(Peer),
}

/// The other side of a dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Peer {
    /// The To header with its tag.
    to: String,
    contact: String,
    audio: u16,
}

/// What a message says to whoever reads it.
struct Message<'text> {
    text: &'text str,
}

impl Callers {
    pub(super) fn new(server: SocketAddr) -> anyhow::Result<Self> {
        let sip = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).context("no free UDP port")?;
        sip.connect(server)?;
        sip.set_read_timeout(Some(LOOK_EVERY))?;
        let local = sip.local_addr()?;
        let audio = Audio::open()?;
        Ok(Self { sip, server, local, audio, calls: Vec::new(), first_live: 0 })
    }

    /// Rings `number` so often, and waits until every call is answered. A call that is refused is an error.
    pub(super) fn ring(&mut self, number: &str, calls: u32, per_second: u32) -> anyhow::Result<()> {
        self.first_live = self.calls.len();
        let begun = Instant::now();
        for index in 0..calls {
            let due =
                begun + Duration::from_secs(1).mul_f64(arrival(index) / f64::from(per_second));
            while Instant::now() < due {
                self.step()?;
            }
            let now = Instant::now();
            let number = number.to_owned();
            let state = State::Inviting;
            self.calls.push(Call { number, invited_at: now, asked_at: now, state });
            self.send(&self.invite(self.calls.len() - 1)?)?;
        }
        self.until("answered", |state| {
            matches!(state, State::Talking(_) | State::HangingUp(_) | State::Over(_))
        })
    }

    /// Waits until the server has hung up on everybody.
    pub(super) fn be_hung_up_on(&mut self) -> anyhow::Result<()> {
        self.until("hung up on", |state| matches!(state, State::Over(_)))
    }

    /// Hangs up all calls, and waits until that is acknowledged.
    pub(super) fn hang_up(&mut self) -> anyhow::Result<()> {
        for index in self.first_live..self.calls.len() {
            if let State::Talking(peer) = &self.calls[index].state {
                let peer = peer.clone();
                self.calls[index].state = State::HangingUp(peer);
                self.ask(index)?;
                self.step()?;
            }
        }
        self.until("over", |state| matches!(state, State::Over(_)))
    }

    /// Where the server takes the audio of the calls that are up.
    pub(super) fn audio_of_live(&self) -> Vec<SocketAddr> {
        let live = self.calls[self.first_live..].iter();
        live.filter_map(|call| match &call.state {
            State::Talking(peer) => Some(SocketAddr::from((self.server.ip(), peer.audio))),
            State::Inviting | State::Ringing | State::HangingUp(_) | State::Over(_) => None,
        })
        .collect()
    }

    /// From the INVITE to the first packet of audio, for each call of the last round that heard any.
    pub(super) fn waits(&self) -> Vec<Duration> {
        let calls = self.calls[self.first_live..].iter();
        calls
            .filter_map(|call| match &call.state {
                State::Inviting | State::Ringing => None,
                State::Talking(peer) | State::HangingUp(peer) | State::Over(peer) => {
                    let first = self.audio.first_since(peer.audio, call.invited_at)?;
                    Some(first - call.invited_at)
                }
            })
            .collect()
    }

    fn until(&mut self, what: &str, done: impl Fn(&State) -> bool) -> anyhow::Result<()> {
        let begun = Instant::now();
        loop {
            let missing =
                self.calls[self.first_live..].iter().filter(|call| !done(&call.state)).count();
            if missing == 0 {
                return Ok(());
            }
            if begun.elapsed() > PATIENCE {
                bail!("{missing} calls were not {what} within {PATIENCE:?}");
            }
            self.step()?;
        }
    }

    /// Takes what came, and asks again where no answer did.
    fn step(&mut self) -> anyhow::Result<()> {
        let mut buffer = [0; MESSAGE_MAX];
        if let Ok(length) = self.sip.recv(&mut buffer) {
            let text = std::str::from_utf8(&buffer[..length]).context("SIP that is no UTF-8")?;
            return self.take(&Message { text });
        }
        for index in self.first_live..self.calls.len() {
            let call = &self.calls[index];
            let asks = matches!(call.state, State::Inviting | State::HangingUp(_));
            if asks && call.asked_at.elapsed() > AGAIN_AFTER {
                self.ask(index)?;
            }
        }
        Ok(())
    }

    fn ask(&mut self, index: usize) -> anyhow::Result<()> {
        self.calls[index].asked_at = Instant::now();
        let request = match &self.calls[index].state {
            State::Inviting => self.invite(index)?,
            State::HangingUp(peer) => self.request("BYE", 2, index, peer),
            State::Ringing | State::Talking(_) | State::Over(_) => return Ok(()),
        };
        self.send(&request)
    }

    fn take(&mut self, message: &Message<'_>) -> anyhow::Result<()> {
        let name = message.header("Call-ID").unwrap_or_default();
        let index = name.split('-').next().and_then(|number| number.parse().ok());
        let Some(index) = index.filter(|index| *index < self.calls.len()) else { return Ok(()) };
        match message.status() {
            None => self.asked(message, index),
            Some(status) if message.header("CSeq").is_some_and(|it| it.ends_with("INVITE")) => {
                self.answered(message, index, status)
            }
            Some(_) => {
                let call = &mut self.calls[index];
                if let State::HangingUp(peer) = &call.state {
                    call.state = State::Over(peer.clone());
                }
                Ok(())
            }
        }
    }

    /// The server asks: a BYE ends the call, anything else is none of ours.
    fn asked(&mut self, message: &Message<'_>, index: usize) -> anyhow::Result<()> {
        if !message.text.starts_with("BYE ") {
            return Ok(());
        }
        let mut answer = "SIP/2.0 200 OK\r\n".to_owned();
        let copied = ["via", "from", "to", "call-id", "cseq"];
        let lines = message.text.lines().take_while(|line| !line.is_empty());
        for line in lines.filter(|line| {
            let name = line.split(':').next().unwrap_or_default().trim().to_ascii_lowercase();
            copied.contains(&name.as_str())
        }) {
            answer.push_str(line);
            answer.push_str("\r\n");
        }
        answer.push_str("Content-Length: 0\r\n\r\n");
        self.send(&answer)?;
        let call = &mut self.calls[index];
        if let State::Talking(peer) | State::HangingUp(peer) = &call.state {
            call.state = State::Over(peer.clone());
        }
        Ok(())
    }

    fn answered(&mut self, message: &Message<'_>, index: usize, status: u16) -> anyhow::Result<()> {
        match status {
            100..=199 => {
                if self.calls[index].state == State::Inviting {
                    self.calls[index].state = State::Ringing;
                }
                Ok(())
            }
            200..=299 => {
                let peer = message.peer().context("an answer without contact or audio")?;
                self.send(&self.request("ACK", 1, index, &peer))?;
                if matches!(self.calls[index].state, State::Inviting | State::Ringing) {
                    self.calls[index].state = State::Talking(peer);
                }
                Ok(())
            }
            _ => bail!("a call to {} was refused with {status}", self.calls[index].number),
        }
    }

    fn invite(&self, index: usize) -> anyhow::Result<String> {
        let Self { local, server, .. } = self;
        let number = &self.calls[index].number;
        let port = self.audio.port()?;
        let offer = format!(
            "v=0\r\no=bench 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
             m=audio {port} RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\n\
             a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\n"
        );
        let mut request = format!("INVITE sip:{number}@{server} SIP/2.0\r\n");
        self.head(&mut request, "INVITE", 1, index);
        let _ = write!(
            request,
            "To: <sip:{number}@{server}>\r\nContact: <sip:{CALLER}@{local}>\r\n\
             Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{offer}",
            offer.len()
        );
        Ok(request)
    }

    fn request(&self, method: &str, cseq: u32, index: usize, peer: &Peer) -> String {
        let mut request = format!("{method} {} SIP/2.0\r\n", peer.contact);
        self.head(&mut request, method, cseq, index);
        let _ = write!(request, "To: {}\r\nContent-Length: 0\r\n\r\n", peer.to);
        request
    }

    /// What all requests share. Writing to a string never fails.
    fn head(&self, request: &mut String, method: &str, cseq: u32, index: usize) {
        let local = self.local;
        let _ = write!(
            request,
            "Via: SIP/2.0/UDP {local};branch=z9hG4bK{index}{method};rport\r\n\
             From: <sip:{CALLER}@{local}>;tag=c{index}\r\nCall-ID: {index}-{}@127.0.0.1\r\n\
             CSeq: {cseq} {method}\r\nMax-Forwards: 70\r\n",
            local.port()
        );
    }

    fn send(&self, message: &str) -> anyhow::Result<()> {
        self.sip
            .send(message.as_bytes())
            .context("the server's SIP port does not take messages")?;
        Ok(())
    }
}

impl<'text> Message<'text> {
    /// Status of an answer; nothing for a request.
    fn status(&self) -> Option<u16> {
        self.text.strip_prefix("SIP/2.0 ")?.get(..3)?.parse().ok()
    }

    /// Value of the first header of this name, which alo writes in its long form.
    fn header(&self, name: &str) -> Option<&'text str> {
        let lines = self.text.lines().take_while(|line| !line.is_empty());
        let mut found = lines.filter_map(|line| line.split_once(':'));
        let (_, value) = found.find(|(found, _)| found.eq_ignore_ascii_case(name))?;
        Some(value.trim())
    }

    fn peer(&self) -> Option<Peer> {
        let contact = self.header("Contact")?;
        let contact = contact.split_once('<').map_or(contact, |(_, rest)| rest);
        let contact = contact.split('>').next()?.to_owned();
        let media = self.text.lines().find_map(|line| line.strip_prefix("m=audio "))?;
        let audio = media.split(' ').next()?.parse().ok()?;
        Some(Peer { to: self.header("To")?.to_owned(), contact, audio })
    }
}

/// When a call comes, in mean distances between calls: by steps of the golden ratio, so that calls don't keep step with a
/// clock of the server.
fn arrival(index: u32) -> f64 {
    const GOLDEN: f64 = 0.618_033_988_75;
    let index = f64::from(index);
    index + (index * GOLDEN).fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_tells_tag_contact_and_audio() {
        let text = "SIP/2.0 200 OK\r\nTo: <sip:1@h>;tag=x\r\nContact: <sip:1@127.0.0.1:5060>;a=b\r\n\
                    CSeq: 1 INVITE\r\n\r\nv=0\r\nm=audio 10002 RTP/AVP 0\r\n";
        let message = Message { text };
        assert_eq!(message.status(), Some(200));
        let peer = message.peer().expect("all is there");
        assert_eq!((peer.to.as_str(), peer.audio), ("<sip:1@h>;tag=x", 10_002));
        assert_eq!(peer.contact, "sip:1@127.0.0.1:5060");
        assert_eq!(Message { text: "BYE sip:1@h SIP/2.0\r\n\r\n" }.status(), None);
    }
}

//! An SMSC by hand (SMPP 3.4), for what none that works would do: not listening, answering nonsense, never reporting.

use std::collections::VecDeque;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::house::SOON;

/// `command_id` (§5.1.2.1).
const BIND_TRANSCEIVER: u32 = 0x09;
const ENQUIRE_LINK: u32 = 0x15;
/// A message for a phone.
pub(crate) const SUBMIT_SM: u32 = 0x04;
/// A receipt, or a message from a phone.
pub(crate) const DELIVER_SM: u32 = 0x05;
/// What an answer's command has besides.
const ANSWER: u32 = 0x8000_0000;
/// The answer to what can't be understood.
pub(crate) const GENERIC_NACK: u32 = 0x8000_0000;

/// The bit of `esm_class` that says that the text begins with a user data header (§5.2.12).
const HAS_HEADER: u8 = 0x40;

/// A port where nobody listens, and nobody else can.
pub(crate) struct Silence(TcpSocket);

/// An SMSC that listens.
pub(crate) struct Smsc {
    listener: TcpListener,
    /// Messages it took.
    taken: u32,
}

/// A connection to it, bound.
pub(crate) struct Link {
    stream: TcpStream,
    /// What came before it said that it is there.
    kept: VecDeque<Pdu>,
}

/// A PDU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pdu {
    pub(crate) command: u32,
    pub(crate) sequence: u32,
    pub(crate) body: Vec<u8>,
}

impl Silence {
    pub(crate) fn new() -> Silence {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a free port");
        Silence(socket)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.0.local_addr().expect("it is bound")
    }

    /// From now on somebody listens there.
    pub(crate) fn ends(self) -> Smsc {
        Smsc { listener: self.0.listen(16).expect("the port is ours"), taken: 0 }
    }
}

impl Smsc {
    /// Waits for a connection and its bind, and lets it in. One that gave up meanwhile is passed over.
    pub(crate) async fn lets_in(&self) -> Link {
        loop {
            let mut link = self.is_called().await;
            let bind = link.hears(BIND_TRANSCEIVER).await;
            let lets_in = pdu(BIND_TRANSCEIVER | ANSWER, bind.sequence, b"smsc\0");
            // Whoever has gone doesn't say that it is there.
            let asks = pdu(ENQUIRE_LINK, 1, b"");
            if link.stream.write_all(&[lets_in, asks].concat()).await.is_ok()
                && link.is_there().await
            {
                return link;
            }
        }
    }

    /// Waits for a connection and its bind, and says nothing to that.
    pub(crate) async fn hears_a_bind(&self) -> Link {
        let mut link = self.is_called().await;
        link.hears(BIND_TRANSCEIVER).await;
        link
    }

    async fn is_called(&self) -> Link {
        let accepted = timeout(SOON, self.listener.accept()).await.expect("it connects");
        Link { stream: accepted.expect("it listens").0, kept: VecDeque::new() }
    }

    /// Takes the next message of a connection; its text.
    pub(crate) async fn takes(&mut self, link: &mut Link) -> String {
        let submit = link.hears(SUBMIT_SM).await;
        self.taken += 1;
        let id = format!("{}\0", self.taken);
        link.says(&pdu(SUBMIT_SM | ANSWER, submit.sequence, id.as_bytes())).await;
        text(&submit.body)
    }
}

impl Link {
    /// Sends octets as they are.
    pub(crate) async fn says(&mut self, octets: &[u8]) {
        self.stream.write_all(octets).await.expect("the other side is there");
    }

    /// Waits for the next PDU with this command; meanwhile it says that it is there where it is asked.
    pub(crate) async fn hears(&mut self, command: u32) -> Pdu {
        let mut seen = Vec::new();
        loop {
            let next = timeout(SOON, self.next()).await;
            let Ok(Some(heard)) = next else { panic!("no {command:#x} came, but {seen:?}") };
            if heard.command == command {
                return heard;
            }
            if heard.command == ENQUIRE_LINK {
                self.says(&pdu(ENQUIRE_LINK | ANSWER, heard.sequence, b"")).await;
            }
            seen.push(heard);
        }
    }

    /// Waits until the other side has closed the connection.
    pub(crate) async fn is_closed(&mut self) {
        let rest = async { while self.next().await.is_some() {} };
        timeout(SOON, rest).await.expect("it closes the connection");
    }

    /// Whether it answers what it was just asked.
    async fn is_there(&mut self) -> bool {
        let answered = async {
            while let Some(heard) = self.read().await {
                if heard.command == ENQUIRE_LINK | ANSWER {
                    return true;
                }
                self.kept.push_back(heard);
            }
            false
        };
        timeout(SOON, answered).await.unwrap_or(false)
    }

    async fn next(&mut self) -> Option<Pdu> {
        match self.kept.pop_front() {
            Some(heard) => Some(heard),
            None => self.read().await,
        }
    }

    async fn read(&mut self) -> Option<Pdu> {
        let length = self.stream.read_u32().await.ok()?;
        let command = self.stream.read_u32().await.ok()?;
        let _status = self.stream.read_u32().await.ok()?;
        let sequence = self.stream.read_u32().await.ok()?;
        let mut body = vec![0; (length as usize).saturating_sub(16)];
        self.stream.read_exact(&mut body).await.ok()?;
        Some(Pdu { command, sequence, body })
    }
}

/// A PDU with status 0.
pub(crate) fn pdu(command: u32, sequence: u32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(16 + body.len()).expect("a short body");
    let header = [length, command, 0, sequence].map(u32::to_be_bytes);
    [header.as_flattened(), body].concat()
}

/// The text of a `submit_sm` (§4.4.1), or of a part, in letters that the GSM alphabet has where ASCII has them.
fn text(body: &[u8]) -> String {
    let after = |from: usize| {
        let end = body[from..].iter().position(|octet| *octet == 0).expect("a C string ends");
        from + end + 1
    };
    // service_type, then type of number, plan and digits of sender and receiver.
    let source = after(0);
    let destination = after(source + 2);
    let flags = after(destination + 2);
    // esm_class, protocol_id, priority_flag; two times; registered_delivery, replace, data_coding, default message.
    let validity = after(flags + 3);
    let length_at = after(validity) + 4;
    let start = length_at + 1;
    let mut text = &body[start..start + usize::from(body[length_at])];
    if body[flags] & HAS_HEADER != 0 {
        text = &text[1 + usize::from(text[0])..];
    }
    String::from_utf8(text.to_vec()).expect("letters of ASCII")
}

/// A carrier of these numbers at this address, as `alo.toml` has it.
pub(crate) fn carrier(name: &str, prefix: &str, address: SocketAddr) -> String {
    format!(
        "[[carriers]]\nname = \"{name}\"\nkind = \"smpp\"\nprefixes = [\"{prefix}\"]\nhost = \"{}\"\nport = {}\n\
         system_id = \"alo\"\npassword = \"secret\"\nreconnect_after = \"20 ms\"\nreconnect_at_most = \"200 ms\"\n",
        address.ip(),
        address.port(),
    )
}

//! Clients that send texts over HTTP: each has one connection and its next request goes as soon as the last is answered.
//!
//! One thread and one epoll for all of them, so that the load costs little beside what it measures.

use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use crate::bench::texts::gateway::Gateway;
use crate::bench::texts::wire;

/// How long nobody may be answered before the run has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// Octets read at once; an answer has about a thousand.
const READ_MAX: usize = 16_384;

/// Octets of a refusal that are shown.
const SHOWN: usize = 600;

/// Messages to be sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Load {
    pub(super) clients: usize,
    /// Number of the first message.
    pub(super) first: u32,
    pub(super) messages: u32,
    /// Who is told of their status.
    pub(super) callback: Option<SocketAddr>,
}

/// What came of them.
pub(super) struct Accepted {
    /// When the first was sent.
    pub(super) begun: Instant,
    /// From the first request to the last answer.
    pub(super) took: Duration,
    /// Sorted times from request to answer.
    pub(super) waits: Vec<Duration>,
}

struct Client {
    stream: TcpStream,
    heard: Vec<u8>,
    asked_at: Instant,
}

struct Run<'all> {
    gateway: &'all dyn Gateway,
    load: Load,
    asked: u32,
    waits: Vec<Duration>,
    request: Vec<u8>,
}

/// Sends all messages. A refusal ends the run with the answer.
pub(super) fn send(gateway: &dyn Gateway, load: Load) -> anyhow::Result<Accepted> {
    let mut poll = Poll::new()?;
    let mut clients = Vec::with_capacity(load.clients);
    for index in 0..load.clients {
        clients.push(Client::connect(gateway.http(), &poll, Token(index))?);
    }
    let waits = Vec::with_capacity(load.messages as usize);
    let mut run = Run { gateway, load, asked: 0, waits, request: Vec::new() };
    let begun = Instant::now();
    for client in &mut clients {
        run.ask(client)?;
    }
    let mut events = Events::with_capacity(load.clients.max(1));
    while run.waits.len() < load.messages as usize {
        if let Err(error) = poll.poll(&mut events, Some(PATIENCE)) {
            if error.kind() == ErrorKind::Interrupted {
                continue;
            }
            return Err(error.into());
        }
        if events.is_empty() {
            let answered = run.waits.len();
            bail!("nobody was answered for {PATIENCE:?} after {answered} messages");
        }
        for event in &events {
            run.hear(&mut clients[event.token().0])?;
        }
    }
    let took = begun.elapsed();
    run.waits.sort_unstable();
    Ok(Accepted { begun, took, waits: run.waits })
}

impl Client {
    fn connect(address: SocketAddr, poll: &Poll, token: Token) -> anyhow::Result<Self> {
        let stream = std::net::TcpStream::connect(address)
            .with_context(|| format!("nobody takes texts at {address}"))?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let mut stream = TcpStream::from_std(stream);
        poll.registry().register(&mut stream, token, Interest::READABLE)?;
        Ok(Self { stream, heard: Vec::new(), asked_at: Instant::now() })
    }
}

impl Run<'_> {
    /// Sends the next request, if there is one left.
    fn ask(&mut self, client: &mut Client) -> anyhow::Result<()> {
        if self.asked == self.load.messages {
            return Ok(());
        }
        self.request.clear();
        let index = self.load.first + self.asked;
        self.gateway.request(index, self.load.callback, &mut self.request);
        self.asked += 1;
        client.asked_at = Instant::now();
        // A connection without an open question has room for one request.
        client.stream.write_all(&self.request).context("a request could not be sent")
    }

    /// Reads what came, and goes on once the answer is whole.
    fn hear(&mut self, client: &mut Client) -> anyhow::Result<()> {
        let mut piece = [0; READ_MAX];
        loop {
            match client.stream.read(&mut piece) {
                Ok(0) => bail!("the gateway closed a connection"),
                Ok(length) => {
                    client.heard.extend(&piece[..length]);
                    // Less than there was room for is all there is (epoll(7)).
                    if length < READ_MAX {
                        break;
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error).context("an answer could not be read"),
            }
        }
        let Some(whole) = wire::whole(&client.heard) else { return Ok(()) };
        if !matches!(wire::status(&client.heard), Some(200..=299)) {
            let shown = &client.heard[..whole.min(SHOWN)];
            bail!("a message was refused: {}", String::from_utf8_lossy(shown));
        }
        self.waits.push(client.asked_at.elapsed());
        client.heard.drain(..whole);
        self.ask(client)
    }
}

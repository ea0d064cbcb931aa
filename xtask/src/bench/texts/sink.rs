//! Who is told of what became of a message: an HTTP server that counts callbacks and says 200 to each.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Context;
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};

use crate::bench::texts::gateway::Arrived;
use crate::bench::texts::wire;

/// What every callback is answered.
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n";

/// Octets read at once; a callback has about 700.
const READ_MAX: usize = 16_384;

/// Token of the listener; connections have the others.
const LISTENER: Token = Token(usize::MAX);

/// A sink that listens until the process ends.
pub(super) struct Sink {
    pub(super) address: SocketAddr,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    told: AtomicU32,
    arrived: AtomicU32,
}

struct Connection {
    stream: TcpStream,
    heard: Vec<u8>,
}

impl Sink {
    /// Counts callbacks, and those with `arrived` in them apart.
    pub(super) fn start(arrived: Arrived) -> anyhow::Result<Self> {
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mut listener = TcpListener::bind(free).context("no free TCP port")?;
        let address = listener.local_addr()?;
        let poll = Poll::new()?;
        poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
        let counts = Arc::new(Counts::default());
        let theirs = Arc::clone(&counts);
        std::thread::spawn(move || {
            if let Err(error) = serve(poll, &listener, arrived, &theirs) {
                eprintln!("callbacks are not counted any more: {error:#}");
            }
        });
        Ok(Self { address, counts })
    }

    /// Callbacks so far.
    pub(super) fn told(&self) -> u32 {
        self.counts.told.load(Ordering::Relaxed)
    }

    /// Those that said that a message has arrived.
    pub(super) fn arrived(&self) -> u32 {
        self.counts.arrived.load(Ordering::Relaxed)
    }
}

fn serve(
    mut poll: Poll,
    listener: &TcpListener,
    arrived: Arrived,
    counts: &Counts,
) -> anyhow::Result<()> {
    let mut connections: Vec<Option<Connection>> = Vec::new();
    let mut events = Events::with_capacity(256);
    loop {
        match poll.poll(&mut events, None) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            outcome => outcome?,
        }
        for event in &events {
            let Token(index) = event.token();
            if event.token() == LISTENER {
                accept(&poll, listener, &mut connections)?;
            } else if let Some(connection) = &mut connections[index]
                && !connection.hear(arrived, counts)
            {
                connections[index] = None;
            }
        }
    }
}

fn accept(
    poll: &Poll,
    listener: &TcpListener,
    connections: &mut Vec<Option<Connection>>,
) -> anyhow::Result<()> {
    while let Ok((mut stream, _)) = listener.accept() {
        stream.set_nodelay(true)?;
        let free = connections.iter().position(Option::is_none).unwrap_or(connections.len());
        poll.registry().register(&mut stream, Token(free), Interest::READABLE)?;
        let connection = Some(Connection { stream, heard: Vec::new() });
        if free == connections.len() {
            connections.push(connection);
        } else {
            connections[free] = connection;
        }
    }
    Ok(())
}

impl Connection {
    /// Reads what came and answers what is whole; `false` once the connection is of no more use.
    fn hear(&mut self, arrived: Arrived, counts: &Counts) -> bool {
        let mut piece = [0; READ_MAX];
        loop {
            match self.stream.read(&mut piece) {
                Ok(0) => return false,
                Ok(length) => {
                    self.heard.extend(&piece[..length]);
                    if length < READ_MAX {
                        break;
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(_) => return false,
            }
        }
        while let Some(whole) = wire::whole(&self.heard) {
            let here = wire::find(&self.heard[..whole], arrived).is_some();
            counts.arrived.fetch_add(u32::from(here), Ordering::Relaxed);
            counts.told.fetch_add(1, Ordering::Relaxed);
            self.heard.drain(..whole);
            if self.stream.write_all(ANSWER).is_err() {
                return false;
            }
        }
        true
    }
}

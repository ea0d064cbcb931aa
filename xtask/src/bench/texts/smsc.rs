//! An SMSC that takes every message at once and, where that is asked for, reports it delivered a moment later.
//!
//! It keeps nothing but counts: one thread for each session, which answers in one write what it read at once.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::bench::pause::pause;
use crate::bench::texts::pdu::{self, Asked};

/// From the acknowledgement of a message to its receipt: phones take longer, a queue of them costs memory.
const REPORT_AFTER: Duration = Duration::from_millis(50);

/// Receipts under way before the first is acknowledged.
const WINDOW: usize = 500;

/// How long a session is waited on before due receipts are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// How often it is looked whether what is waited for has come.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// Octets read at once.
const READ_MAX: usize = 65_536;

/// Octets that wait to be answered before they are: what keeps both sides from waiting for each other.
const WRITE_AT: usize = 16_384;

/// An SMSC that listens until the process ends.
pub(super) struct Smsc {
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    sessions: AtomicU32,
    submits: AtomicU32,
    receipts: AtomicU32,
}

/// A receipt that is to be sent.
struct Due {
    at: Instant,
    id: Vec<u8>,
    from: Vec<u8>,
    to: Vec<u8>,
}

struct Session {
    stream: TcpStream,
    counts: Arc<Counts>,
    out: Vec<u8>,
    due: VecDeque<Due>,
    under_way: usize,
    sequence: u32,
}

/// A port of loopback that was free a moment ago.
pub(super) fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free TCP port")?;
    Ok(listener.local_addr()?.port())
}

impl Smsc {
    /// Listens at `port` of loopback.
    pub(super) fn start(port: u16) -> anyhow::Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listener = TcpListener::bind(address)
            .with_context(|| format!("the SMSC can't listen at {address}"))?;
        let counts = Arc::new(Counts::default());
        let theirs = Arc::clone(&counts);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let counts = Arc::clone(&theirs);
                std::thread::spawn(move || {
                    if let Err(error) = Session::new(stream, counts).serve() {
                        eprintln!("a session at the SMSC ended: {error:#}");
                    }
                });
            }
        });
        Ok(Self { counts })
    }

    /// Messages so far.
    pub(super) fn submits(&self) -> u32 {
        self.counts.submits.load(Ordering::Relaxed)
    }

    /// Receipts that were acknowledged.
    pub(super) fn receipts(&self) -> u32 {
        self.counts.receipts.load(Ordering::Relaxed)
    }

    /// Waits until somebody has bound.
    pub(super) fn until_bound(&self, limit: Duration) -> anyhow::Result<()> {
        until("a bind", limit, || self.counts.sessions.load(Ordering::Relaxed) > 0).map(|_| ())
    }
}

/// Waits until `reached`, and says when that was. Later than `limit` after the call is an error.
pub(super) fn until(
    what: &str,
    limit: Duration,
    reached: impl Fn() -> bool,
) -> anyhow::Result<Instant> {
    let begun = Instant::now();
    while !reached() {
        if begun.elapsed() > limit {
            bail!("{what} did not come within {limit:?}");
        }
        pause(LOOK_AGAIN);
    }
    Ok(Instant::now())
}

impl Session {
    fn new(stream: TcpStream, counts: Arc<Counts>) -> Self {
        let (out, due) = (Vec::new(), VecDeque::new());
        Self { stream, counts, out, due, under_way: 0, sequence: 0 }
    }

    /// Until the other side leaves.
    fn serve(mut self) -> anyhow::Result<()> {
        self.stream.set_nodelay(true)?;
        self.stream.set_read_timeout(Some(LOOK_EVERY))?;
        let mut heard: Vec<u8> = Vec::new();
        let mut piece = vec![0; READ_MAX];
        loop {
            match self.stream.read(&mut piece) {
                Ok(0) => return Ok(()),
                Ok(length) => heard.extend(&piece[..length]),
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                // Whoever is killed leaves so.
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return Ok(()),
                Err(error) => return Err(error.into()),
            }
            let mut done = 0;
            while let Some((asked, length)) = pdu::read(&heard[done..]) {
                let asked = asked.map_err(anyhow::Error::msg)?;
                let goes = matches!(asked, Asked::Unbind { .. });
                self.answer(&asked);
                done += length;
                if goes {
                    return self.write();
                }
                if self.out.len() > WRITE_AT {
                    self.write()?;
                }
            }
            heard.drain(..done);
            self.report();
            self.write()?;
        }
    }

    fn answer(&mut self, asked: &Asked<'_>) {
        match *asked {
            Asked::Bind { command, sequence } => {
                pdu::bound(&mut self.out, command, sequence);
                self.counts.sessions.fetch_add(1, Ordering::Relaxed);
            }
            Asked::Submit { sequence, from, to, receipt } => {
                let number = self.counts.submits.fetch_add(1, Ordering::Relaxed);
                // With a letter, so that nobody takes it for a number to be converted.
                let id = format!("S{number:08}").into_bytes();
                pdu::submitted(&mut self.out, sequence, &id);
                if receipt {
                    let at = Instant::now() + REPORT_AFTER;
                    self.due.push_back(Due { at, id, from: from.to_vec(), to: to.to_vec() });
                }
            }
            Asked::Enquire { sequence } => pdu::alive(&mut self.out, sequence),
            Asked::Unbind { sequence } => pdu::unbound(&mut self.out, sequence),
            Asked::Taken => {
                self.under_way = self.under_way.saturating_sub(1);
                self.counts.receipts.fetch_add(1, Ordering::Relaxed);
            }
            Asked::Other { sequence } => pdu::unknown(&mut self.out, sequence),
        }
    }

    /// Writes the receipts that are due, as far as the window allows.
    fn report(&mut self) {
        let now = Instant::now();
        while self.under_way < WINDOW && self.due.front().is_some_and(|due| due.at <= now) {
            let Some(due) = self.due.pop_front() else { return };
            self.sequence += 1;
            self.under_way += 1;
            pdu::receipt(&mut self.out, self.sequence, &due.id, &due.from, &due.to);
        }
    }

    fn write(&mut self) -> anyhow::Result<()> {
        if !self.out.is_empty() {
            self.stream.write_all(&self.out).context("an answer could not be written")?;
            self.out.clear();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bind_is_answered_and_counted() {
        let port = free_port().expect("there is one");
        let smsc = Smsc::start(port).expect("it listens");
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("it takes us");
        let mut bind = Vec::new();
        for field in [19_u32, 9, 0, 1] {
            bind.extend(field.to_be_bytes());
        }
        bind.extend(*b"a\0\0");
        stream.write_all(&bind).expect("it reads");
        let mut answer = [0; 21];
        stream.read_exact(&mut answer).expect("it answers");
        assert_eq!(answer[4..8], 0x8000_0009_u32.to_be_bytes());
        smsc.until_bound(LOOK_EVERY).expect("it was counted before it was answered");
    }
}

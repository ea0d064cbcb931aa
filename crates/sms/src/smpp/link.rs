//! Keeps one connection to an SMSC: connects, feeds its [`Session`], connects again. It decides nothing.
//!
//! A task of its own. What the session wants written goes in one system call, as much as there is: writing comes last
//! among what can be done. When the channel of events is full, and as much waits for it as a session may have undecided,
//! nothing more is read, so that TCP tells the SMSC to wait.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use model::Moment;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::{mpsc, oneshot};
use tokio::task::yield_now;
use tokio::time::{Instant, Sleep, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::backoff::Backoff;
use super::connect::{Connection, connect};
use super::inbound::Incoming;
use super::lanes::{Job, Lanes, Reply};
use super::session::{Answer, Input, Output, Role, Session, down};
use super::settings::Settings;
use crate::carrier::{CarrierEvent, Verdict};

/// Octets read at once.
const READ_AT_ONCE: usize = 64 * 1024;

/// Octets to be written that wait for no more.
const PLENTY: usize = 16 * 1024;

/// How long the last octets may take when a session is over.
const LAST_WORDS_WITHIN: Duration = Duration::from_secs(1);

/// When the alarm rings if the session waits for nothing but input.
const FAR_AWAY: Duration = Duration::from_secs(365 * 86_400);

/// One connection of a carrier.
pub(super) struct Link {
    pub(super) role: Role,
    pub(super) settings: Arc<Settings>,
    pub(super) lanes: Arc<Lanes>,
    /// Its place among those that send.
    pub(super) lane: Option<usize>,
    pub(super) jobs: mpsc::Receiver<Job>,
    pub(super) events: mpsc::Sender<CarrierEvent>,
    pub(super) closing: CancellationToken,
}

impl Link {
    /// Runs until the carrier is closed.
    pub(super) async fn run(mut self) {
        let mut backoff =
            Backoff::new(self.settings.reconnect_after, self.settings.reconnect_at_most);
        while !self.closing.is_cancelled() {
            let settings = Arc::clone(&self.settings);
            let attempt = connect(&settings);
            let reason = match self.refusing_until(attempt).await {
                None => break,
                Some(Err(error)) => error.to_string(),
                Some(Ok(Connection::Plain(stream))) => {
                    self.serve(stream.into_split(), false, &mut backoff).await
                }
                Some(Ok(Connection::Tls(stream))) => {
                    self.serve(tokio::io::split(stream), true, &mut backoff).await
                }
            };
            self.lanes.failed(self.lane, &reason);
            if self.closing.is_cancelled() {
                break;
            }
            let pause = backoff.failed(jitter());
            let Settings { name, host, port, .. } = &*self.settings;
            tracing::warn!(carrier = %name, %host, port, role = ?self.role, %reason, ?pause, "SMPP is down");
            self.refusing_until(sleep(pause)).await;
        }
        self.jobs.close();
        while let Some(job) = self.jobs.recv().await {
            refuse(job, "the carrier is closed");
        }
    }

    fn bound(&self) {
        let Settings { name, host, port, .. } = &*self.settings;
        tracing::info!(carrier = %name, %host, port, role = ?self.role, "SMPP is up");
        self.lanes.bound(self.lane);
    }

    /// Waits for something; meanwhile messages that come are told that it is down. `None` if the carrier is closed.
    async fn refusing_until<F: Future>(&mut self, awaited: F) -> Option<F::Output> {
        tokio::pin!(awaited);
        loop {
            tokio::select! {
                outcome = &mut awaited => return Some(outcome),
                () = self.closing.cancelled() => return None,
                Some(job) = self.jobs.recv() => refuse(job, "it is not connected"),
            }
        }
    }

    /// Serves one connection to its end, and says why it ended.
    async fn serve<R, W>(
        &mut self,
        (reader, writer): (R, W),
        flushes: bool,
        backoff: &mut Backoff,
    ) -> String
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let clock = Clock::start();
        let session = Session::new(clock.now(), self.role, Arc::clone(&self.settings));
        let alarm = Box::pin(sleep_until(clock.started_at));
        let (desk, closing) = (Desk::default(), false);
        let (link, unflushed) = (self, false);
        let mut service = Service {
            link,
            clock,
            session,
            reader,
            writer,
            flushes,
            unflushed,
            desk,
            alarm,
            closing,
        };
        let reason = service.run(backoff).await;
        // What was still to be said, the answer to an unbind perhaps. Nobody waits for it long.
        let Service { session, mut writer, .. } = service;
        let last = async {
            writer.write_all(session.outgoing()).await?;
            writer.shutdown().await
        };
        let _ = timeout(LAST_WORDS_WITHIN, last).await;
        reason
    }
}

/// A connection while it lasts.
struct Service<'a, R, W> {
    link: &'a mut Link,
    clock: Clock,
    session: Session<Reply>,
    reader: R,
    writer: W,
    /// Whether what is written has to be flushed: TLS keeps what the socket didn't take.
    flushes: bool,
    unflushed: bool,
    desk: Desk,
    /// Rings at the session's next moment, or before.
    alarm: Pin<Box<Sleep>>,
    /// Whether the session was told to end.
    closing: bool,
}

/// What came in: on its way to whoever decides, and waiting for the decision.
#[derive(Default)]
struct Desk {
    /// Not handed on yet, since the channel of events is full. The session bounds it: it reads no more when too much is
    /// undecided, and then doesn't hold it against the SMSC that its answers aren't read.
    waiting: VecDeque<(Answer, Incoming)>,
    /// In the order they came, which is the order they are answered in.
    undecided: VecDeque<(Answer, oneshot::Receiver<Verdict>)>,
}

/// What a connection woke up for.
enum Woken {
    Closing,
    TimePassed,
    Decided(Verdict),
    Room,
    Read(io::Result<usize>),
    Job(Option<Job>),
    Wrote(io::Result<usize>),
    Flushed(io::Result<()>),
}

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Service<'_, R, W> {
    async fn run(&mut self, backoff: &mut Backoff) -> String {
        let mut buffer = vec![0; READ_AT_ONCE];
        loop {
            let next = loop {
                match self.session.poll() {
                    Output::Idle(next) => break next,
                    Output::Closed(reason) => return reason,
                    Output::Bound => {
                        backoff.succeeded();
                        self.link.bound();
                    }
                    // Whoever waited may have given up.
                    Output::Submitted(reply, outcome) => drop(reply.send(outcome)),
                    Output::Incoming(answer, incoming) => {
                        self.desk.waiting.push_back((answer, incoming));
                    }
                }
            };
            if !self.desk.waiting.is_empty() {
                self.hand_on();
                if self.desk.waiting.is_empty() {
                    continue;
                }
            }
            self.set_alarm(next);
            match self.wake(&mut buffer).await {
                Woken::Closing => {
                    self.closing = true;
                    self.feed(Input::Close);
                }
                Woken::TimePassed => self.feed(Input::TimePassed),
                Woken::Decided(verdict) => self.decided(verdict),
                Woken::Room => self.hand_on(),
                Woken::Read(Ok(0)) => self.feed(Input::Broken("the SMSC hung up".to_owned())),
                Woken::Read(Ok(count)) => self.feed(Input::Received(&buffer[..count])),
                Woken::Job(Some(job)) => self.take_jobs(job),
                // The carrier was dropped.
                Woken::Job(None) => self.feed(Input::Close),
                Woken::Wrote(Ok(0)) => self.broken(&io::ErrorKind::WriteZero.into()),
                Woken::Wrote(Ok(count)) => {
                    self.unflushed = self.flushes;
                    self.session.written(self.clock.now(), count);
                }
                Woken::Flushed(Ok(())) => self.unflushed = false,
                Woken::Read(Err(error)) | Woken::Wrote(Err(error)) | Woken::Flushed(Err(error)) => {
                    self.broken(&error);
                }
            }
        }
    }

    /// Waits until there is something to do. Writing comes last, and after others had their turn, so that as much as
    /// possible goes at once.
    async fn wake(&mut self, buffer: &mut [u8]) -> Woken {
        let Self { link, session, reader, writer, desk, alarm, .. } = self;
        let reads = session.wants_octets();
        let writes = !session.outgoing().is_empty();
        tokio::select! {
            biased;
            () = link.closing.cancelled(), if !self.closing => Woken::Closing,
            () = alarm.as_mut() => Woken::TimePassed,
            verdict = decision(&mut desk.undecided), if !desk.undecided.is_empty() => {
                Woken::Decided(verdict)
            }
            _ = link.events.reserve(), if !desk.waiting.is_empty() => Woken::Room,
            read = reader.read(buffer), if reads => Woken::Read(read),
            job = link.jobs.recv(), if session.wants_message() => Woken::Job(job),
            woken = put_soon(writer, session.outgoing()), if writes || self.unflushed => woken,
        }
    }

    fn feed(&mut self, input: Input<'_, Reply>) {
        self.session.handle(self.clock.now(), input);
    }

    fn broken(&mut self, error: &io::Error) {
        self.feed(Input::Broken(format!("the connection broke: {error}")));
    }

    /// Takes a message, and those behind it for which there is room.
    fn take_jobs(&mut self, first: Job) {
        let mut next = Some(first);
        while let Some(Job { frames, reply }) = next {
            self.feed(Input::Submit { ticket: reply, frames });
            next = self.session.wants_message().then(|| self.link.jobs.try_recv().ok()).flatten();
        }
    }

    /// Hands on what came in, as far as the channel of events has room.
    fn hand_on(&mut self) {
        if self.link.events.is_closed() {
            // Nobody listens any more: the SMSC keeps it.
            for (answer, _) in std::mem::take(&mut self.desk.waiting) {
                self.feed(Input::Decided(answer, Verdict::Later));
            }
        }
        while !self.desk.waiting.is_empty() {
            let Ok(permit) = self.link.events.try_reserve() else { return };
            let Some((answer, incoming)) = self.desk.waiting.pop_front() else { return };
            let (done, verdict) = oneshot::channel();
            match incoming {
                Incoming::Text(inbound) => permit.send(CarrierEvent::Inbound { inbound, done }),
                Incoming::Receipt(receipt) => permit.send(CarrierEvent::Receipt { receipt, done }),
                // Never waits: the session decides upon it.
                Incoming::Nothing => drop(done.send(Verdict::Unknown)),
            }
            self.desk.undecided.push_back((answer, verdict));
        }
    }

    /// The oldest was decided upon, and maybe those behind it.
    fn decided(&mut self, verdict: Verdict) {
        let mut next = Some(verdict);
        while let Some(verdict) = next {
            let Some((answer, _)) = self.desk.undecided.pop_front() else { return };
            self.feed(Input::Decided(answer, verdict));
            let Some((_, front)) = self.desk.undecided.front_mut() else { return };
            next = match front.try_recv() {
                Ok(verdict) => Some(verdict),
                Err(oneshot::error::TryRecvError::Empty) => None,
                Err(oneshot::error::TryRecvError::Closed) => Some(Verdict::Later),
            };
        }
    }

    /// Sets the alarm earlier where needed. One that rings too early does no harm.
    fn set_alarm(&mut self, next: Option<Moment>) {
        let next = next.map_or(self.clock.started_at + FAR_AWAY, |next| self.clock.instant(next));
        if next < self.alarm.deadline() || self.alarm.is_elapsed() {
            self.alarm.as_mut().reset(next);
        }
    }
}

/// What is decided upon the oldest. What is dropped undecided is to come again.
async fn decision(undecided: &mut VecDeque<(Answer, oneshot::Receiver<Verdict>)>) -> Verdict {
    match undecided.front_mut() {
        Some((_, verdict)) => verdict.await.unwrap_or(Verdict::Later),
        None => std::future::pending().await,
    }
}

/// Writes once the tasks that are ready have had their turn: those with a message for this session, above all.
async fn put_soon(writer: &mut (impl AsyncWrite + Unpin), octets: &[u8]) -> Woken {
    if octets.len() < PLENTY {
        yield_now().await;
    }
    put(writer, octets).await
}

/// Writes as much as goes, or has TLS write what it kept.
async fn put(writer: &mut (impl AsyncWrite + Unpin), outgoing: &[u8]) -> Woken {
    if outgoing.is_empty() {
        Woken::Flushed(writer.flush().await)
    } else {
        Woken::Wrote(writer.write(outgoing).await)
    }
}

fn refuse(job: Job, reason: &str) {
    // Whoever waited may have given up.
    let _ = job.reply.send(Err(down(reason)));
}

/// Chance for the pauses; none if the system has none, since nothing hangs on it.
fn jitter() -> u16 {
    let mut drawn = [0; 2];
    getrandom::fill(&mut drawn).map_or(0, |()| u16::from_ne_bytes(drawn))
}

/// Time as the session sees it: since the connection was made. It never jumps.
struct Clock {
    started_at: Instant,
}

impl Clock {
    fn start() -> Clock {
        Clock { started_at: Instant::now() }
    }

    fn now(&self) -> Moment {
        Moment::EPOCH + self.started_at.elapsed()
    }

    fn instant(&self, moment: Moment) -> Instant {
        self.started_at + moment.since(Moment::EPOCH)
    }
}

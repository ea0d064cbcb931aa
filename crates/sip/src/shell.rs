//! The socket, the clock and the sinks around the [`Agent`].
//!
//! Whoever has an input (the receiving task, a command from any thread) locks the agent for microseconds, then delivers
//! what came out. Outputs are delivered by one thread at a time and in order, never under the agent's lock; so sinks may
//! give commands. Nothing waits: a datagram that the socket does not take at once is lost, as on the way.

use std::collections::VecDeque;
use std::net::{SocketAddr, UdpSocket};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::agent::{Agent, Command, Output, Serial};
use crate::handle::Incoming;
use crate::reach::Addresses;
use crate::text::TextIn;

/// Largest datagram that UDP can carry, and one more byte would tell of a larger one.
const DATAGRAM_MAX: usize = 65_535;
/// Datagrams read in a row before the clock is looked at.
const BATCH: usize = 64;
/// Alarms are rung together within this time, to save wake-ups.
const GRAIN: Duration = Duration::from_millis(2);

/// What all handles share.
pub(crate) struct Shell {
    agent: Mutex<Agent>,
    outbox: Mutex<Outbox>,
    /// When the receiving task will wake by itself.
    wakes_at: Mutex<Option<Instant>>,
    wake: Notify,
    /// Told whenever the last dialog is gone.
    pub(crate) quiet: Notify,
    /// `None` once the stack is closed.
    sender: RwLock<Option<UdpSocket>>,
    pub(crate) local: SocketAddr,
    pub(crate) addresses: Arc<Addresses>,
    incoming: mpsc::Sender<Incoming>,
    /// Set once somebody takes texts; its queue is bounded, and what finds it full is answered 503.
    pub(crate) texts: OnceLock<mpsc::Sender<TextIn>>,
    /// No new work, and registrations of ours end.
    pub(crate) closing: CancellationToken,
    /// Nothing is received any more.
    closed: CancellationToken,
    /// Tasks that end by themselves when the stack is closing.
    pub(crate) tasks: TaskTracker,
    /// The receiving task.
    receiving: TaskTracker,
}

/// What is to be delivered. It holds no more than the inputs of the moment brought about, since whoever has an input
/// delivers before it takes the next one, or leaves that to the thread that is at it.
#[derive(Default)]
struct Outbox {
    queue: VecDeque<Output>,
    /// Somebody is delivering.
    busy: bool,
}

impl Shell {
    pub(crate) fn new(
        agent: Agent,
        sender: UdpSocket,
        local: SocketAddr,
        addresses: Arc<Addresses>,
        incoming: mpsc::Sender<Incoming>,
    ) -> Self {
        Self {
            agent: Mutex::new(agent),
            outbox: Mutex::default(),
            wakes_at: Mutex::default(),
            wake: Notify::new(),
            quiet: Notify::new(),
            sender: RwLock::new(Some(sender)),
            local,
            addresses,
            incoming,
            texts: OnceLock::new(),
            closing: CancellationToken::new(),
            closed: CancellationToken::new(),
            tasks: TaskTracker::new(),
            receiving: TaskTracker::new(),
        }
    }

    /// Gives the agent an input and delivers what comes out.
    pub(crate) fn act<T>(self: &Arc<Self>, input: impl FnOnce(&mut Agent, Instant) -> T) -> T {
        let (result, deadline) = {
            let mut agent = lock(&self.agent);
            let result = input(&mut agent, Instant::now());
            let mut outbox = lock(&self.outbox);
            let deadline = loop {
                match agent.poll() {
                    Output::Idle(deadline) => break deadline,
                    output => outbox.queue.push_back(output),
                }
            };
            if agent.is_quiet() {
                self.quiet.notify_waiters();
            }
            (result, deadline)
        };
        self.wake_by(deadline);
        self.deliver();
        result
    }

    /// As [`Shell::act`], but a bug that one datagram meets does not stop the receiving task.
    fn act_whatever_happens(self: &Arc<Self>, input: impl FnOnce(&mut Agent, Instant)) {
        if catch_unwind(AssertUnwindSafe(|| self.act(input))).is_err() {
            tracing::error!("a SIP message was dropped: handling it panicked");
        }
    }

    /// Looks at the agent; nothing comes out of that.
    pub(crate) fn look<T>(&self, at: impl FnOnce(&Agent, Instant) -> T) -> T {
        at(&lock(&self.agent), Instant::now())
    }

    pub(crate) fn command(self: &Arc<Self>, dialog: Serial, command: Command) {
        self.act(|agent, now| agent.command(now, dialog, command));
    }

    /// Starts to receive datagrams and to ring alarms.
    pub(crate) fn open(self: &Arc<Self>, socket: tokio::net::UdpSocket) {
        self.receiving.spawn(self.clone().serve(socket));
    }

    /// Stops receiving and sending, and frees the port.
    pub(crate) async fn close(&self) {
        self.closed.cancel();
        self.receiving.close();
        self.receiving.wait().await;
        *self.sender.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    async fn serve(self: Arc<Self>, socket: tokio::net::UdpSocket) {
        let mut buffer = vec![0; DATAGRAM_MAX];
        loop {
            let deadline = *lock(&self.wakes_at);
            let alarm = async {
                match deadline {
                    Some(at) => tokio::time::sleep_until((at + GRAIN).into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.closed.cancelled() => return,
                ready = socket.readable() => match ready {
                    Ok(()) => self.receive(&socket, &mut buffer),
                    Err(error) => return tracing::error!(%error, "the SIP socket is broken"),
                },
                () = alarm => {
                    *lock(&self.wakes_at) = None;
                    self.act_whatever_happens(Agent::tick);
                }
                () = self.wake.notified() => {}
            }
        }
    }

    fn receive(self: &Arc<Self>, socket: &tokio::net::UdpSocket, buffer: &mut [u8]) {
        for _ in 0..BATCH {
            match socket.try_recv_from(buffer) {
                Ok((length, source)) => {
                    let datagram = &buffer[..length];
                    self.act_whatever_happens(|agent, now| agent.datagram(now, source, datagram));
                }
                // Nothing more, or an error that an earlier datagram of ours met.
                Err(_) => return,
            }
        }
    }

    /// Makes sure that the receiving task wakes in time.
    fn wake_by(&self, deadline: Option<Instant>) {
        let Some(deadline) = deadline else { return };
        let mut wakes_at = lock(&self.wakes_at);
        if wakes_at.is_none_or(|at| deadline < at) {
            *wakes_at = Some(deadline);
            drop(wakes_at);
            self.wake.notify_one();
        }
    }

    /// Delivers outputs in order, unless another thread does already; then it will deliver these too.
    fn deliver(self: &Arc<Self>) {
        {
            let mut outbox = lock(&self.outbox);
            if outbox.busy {
                return;
            }
            outbox.busy = true;
        }
        loop {
            let outputs = {
                let mut outbox = lock(&self.outbox);
                if outbox.queue.is_empty() {
                    outbox.busy = false;
                    return;
                }
                std::mem::take(&mut outbox.queue)
            };
            for output in outputs {
                self.perform(output);
            }
        }
    }

    fn perform(self: &Arc<Self>, output: Output) {
        match output {
            Output::Send { to, wire } => {
                let sender = self.sender.read().unwrap_or_else(PoisonError::into_inner);
                if let Some(socket) = &*sender
                    && let Err(error) = socket.send_to(&wire, to)
                {
                    tracing::debug!(%to, %error, "datagram not sent");
                }
            }
            Output::Event { dialog, sink, event } => {
                if catch_unwind(AssertUnwindSafe(|| sink(event))).is_err() {
                    tracing::error!("the owner of a dialog panicked; its call ends");
                    self.command(dialog, Command::Hangup);
                }
            }
            Output::Arrived(arrival) => {
                let incoming = Incoming::new(*arrival, self.clone());
                if let Err(error) = self.incoming.try_send(incoming) {
                    tracing::warn!("a call was refused: too many wait to be taken");
                    error.into_inner().turn_away();
                }
            }
            Output::Text(arrival) => {
                let text = TextIn::new(*arrival, self.clone());
                // The agent hands texts out only once there is somebody to take them.
                let Some(texts) = self.texts.get() else { return };
                if let Err(error) = texts.try_send(text) {
                    tracing::warn!("a text was refused: too many wait to be taken");
                    error.into_inner().refuse(503);
                }
            }
            Output::Reply { waiter, response } => {
                // Whoever asked may be gone.
                let _ = waiter.send(response);
            }
            Output::Idle(_) => {}
        }
    }
}

/// A panic under a lock has been told of already; what the lock protects is whole between inputs.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

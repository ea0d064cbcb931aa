//! The desk: takes messages that are due from disk, has the dispatcher say whose turn it is, and hands each to its
//! carrier. One task; what it holds is bounded, and everything else waits on disk.
//!
//! A message is *held* from when it is read until what became of it is on disk again. Whoever else wants to change a held
//! message asks the desk to release it first, so that nobody works on an older state of it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use model::{Correspondent, Moment, Money, Sid};
use sms::delivery::{Delivery, Input};
use sms::dispatch::{self, Candidate, Dispatcher, Outcome};
use store::{Due, Look, Message, StoreError};
use tokio::sync::{Notify, Semaphore, mpsc, oneshot};

use crate::clock::{LONGEST_SLEEP, wall};
use crate::hub::Hub;
use crate::texts::settle::settle;
use crate::texts::submit::{self, Way};

/// Messages that the dispatcher holds at most.
const ROOM: usize = dispatch::ROOM;
/// Messages read from disk at once.
const PAGE: usize = 1024;
/// Messages of one sender through one carrier read at once, so that nobody fills a page alone.
const PER_LANE: u32 = 128;
/// Messages held for one carrier at most: enough for it to be busy, and little enough that a slow one keeps none from the
/// others.
const PER_CARRIER: usize = ROOM / 4;
/// What may wait to be told to the desk; more waits in the tasks that tell it.
const INPUTS: usize = 4096;
/// Inputs worked on before carriers are given something again.
const AT_ONCE: usize = 256;
/// Messages between addresses of this server that are worked on at once; as many to phones, which may take long to answer.
const BESIDE: usize = 64;
/// How often it is looked whether the time of what waits for closed carriers is over.
const SWEEP: Duration = Duration::from_secs(5);
/// Pause after the store could not be read.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// The way to the desk.
pub(crate) struct Desk {
    poked: Notify,
    inputs: mpsc::Sender<DeskInput>,
}

/// What the desk is told.
pub(crate) enum DeskInput {
    /// A carrier went up or down.
    State {
        /// Its name.
        carrier: String,
        /// Whether it takes messages.
        up: bool,
    },
    /// A carrier is done with a message; what became of it is not on disk yet.
    Outcome {
        /// Which message.
        sid: Sid,
        /// Whose turn it was.
        carrier: String,
        /// How it ended.
        outcome: Outcome,
        /// The message, where another turn is to come without its being written.
        back: Option<Box<Message>>,
    },
    /// What became of a message is on disk.
    Saved(Sid),
    /// Somebody wants to change a message. The answer is whether no carrier was given it since it was last read; it
    /// comes once the message isn't held, and it isn't taken again before [`DeskInput::Unbar`].
    Release(Sid, oneshot::Sender<()>),
    /// Whoever asked for its release is done.
    Unbar(Sid),
    /// Whether a carrier has it at this moment.
    IsOut(Sid, oneshot::Sender<bool>),
}

/// The desk's end of [`Desk`].
pub(crate) type Inputs = mpsc::Receiver<DeskInput>;

impl Desk {
    pub(crate) fn new() -> (Desk, Inputs) {
        let (inputs, receiver) = mpsc::channel(INPUTS);
        (Desk { poked: Notify::new(), inputs }, receiver)
    }

    /// A message was kept that may be due.
    pub(crate) fn poke(&self) {
        self.poked.notify_one();
    }

    pub(crate) async fn tell(&self, input: DeskInput) {
        let _ = self.inputs.send(input).await;
    }

    /// Waits until a message isn't held; it is not taken again until what is given is dropped.
    pub(crate) async fn release(self: &Arc<Desk>, sid: Sid) -> Released {
        let (reply, answer) = oneshot::channel();
        self.tell(DeskInput::Release(sid, reply)).await;
        // From here on it is barred, whether or not the answer is waited for to the end.
        let released = Released { sid, desk: Arc::clone(self) };
        let _ = answer.await;
        released
    }

    /// Whether a carrier has the message at this moment.
    pub(crate) async fn is_out(&self, sid: Sid) -> bool {
        let (reply, answer) = oneshot::channel();
        self.tell(DeskInput::IsOut(sid, reply)).await;
        answer.await.unwrap_or(false)
    }
}

/// A message that the desk leaves alone.
pub(crate) struct Released {
    sid: Sid,
    desk: Arc<Desk>,
}

impl Drop for Released {
    fn drop(&mut self) {
        let (sid, desk) = (self.sid, Arc::clone(&self.desk));
        tokio::spawn(async move { desk.tell(DeskInput::Unbar(sid)).await });
    }
}

/// When the next message on disk is due.
#[derive(Clone, Copy)]
enum NextDue {
    /// It has to be asked.
    Unknown,
    /// Not before another is kept.
    Never,
    /// At this moment, or it was before.
    At(Moment),
}

/// A message in hand.
struct Held {
    /// The carrier that its lane on disk names.
    carrier: String,
    place: Place,
}

/// Where a held message is.
enum Place {
    /// With the dispatcher.
    Waiting(Box<Message>),
    /// With a carrier, or on its way to disk.
    Out,
}

struct Clerk {
    hub: Arc<Hub>,
    dispatcher: Dispatcher,
    held: HashMap<Sid, Held>,
    /// How many are held for each carrier.
    counts: HashMap<String, usize>,
    /// Where the next look into the queue goes on.
    lane: String,
    /// Not to be taken: somebody changes it, so often as is asked.
    barred: HashMap<Sid, u32>,
    /// Told once the message isn't held.
    waiting: HashMap<Sid, Vec<oneshot::Sender<()>>>,
    /// Submissions within this server.
    within: Arc<Semaphore>,
    /// Submissions to phones.
    phones: Arc<Semaphore>,
    /// There may be more on disk than was read.
    more: bool,
    next_due: NextDue,
    /// When to look next for what waited too long for closed carriers.
    sweep: Moment,
}

/// Works until the engine ends.
pub(crate) async fn serve(hub: Arc<Hub>, mut inputs: Inputs) {
    let mut dispatcher = Dispatcher::new(ROOM);
    dispatcher.handle(wall(), dispatch::Input::Carriers(hub.texts.offices.routes()));
    for office in hub.texts.offices.all() {
        let up = office.state() == sms::CarrierState::Up;
        let carrier = office.name().to_owned();
        dispatcher.handle(wall(), dispatch::Input::State { carrier, up });
    }
    let mut clerk = Clerk {
        hub: Arc::clone(&hub),
        dispatcher,
        held: HashMap::new(),
        counts: HashMap::new(),
        lane: String::new(),
        barred: HashMap::new(),
        waiting: HashMap::new(),
        within: Arc::new(Semaphore::new(BESIDE)),
        phones: Arc::new(Semaphore::new(BESIDE)),
        more: true,
        next_due: NextDue::Unknown,
        sweep: Moment::EPOCH,
    };
    loop {
        clerk.load().await;
        let wake = clerk.hand_out();
        let next = clerk.next_due().await;
        let sweep = clerk.sweep().await;
        let wake = [wake, next, sweep].into_iter().flatten().min();
        tokio::select! {
            input = inputs.recv() => {
                let Some(input) = input else { return };
                clerk.take(input);
                for _ in 0..AT_ONCE {
                    let Ok(input) = inputs.try_recv() else { break };
                    clerk.take(input);
                }
            }
            () = hub.texts.desk.poked.notified(), if clerk.room() > 0 => clerk.more = true,
            () = until(wake) => {
                clerk.next_due = NextDue::Unknown;
                clerk.more = true;
            }
        }
    }
}

async fn until(moment: Option<Moment>) {
    match moment {
        Some(moment) => tokio::time::sleep(moment.since(wall()).min(LONGEST_SLEEP)).await,
        None => std::future::pending().await,
    }
}

impl Clerk {
    fn room(&self) -> usize {
        self.dispatcher.room().min(ROOM.saturating_sub(self.held.len()))
    }

    /// Reads what is due, if there is something and room for it.
    async fn load(&mut self) {
        while self.more && self.room() > 0 && !self.hub.is_draining() {
            let limit = self.room().min(PAGE);
            let look = Look {
                now: wall(),
                per_lane: PER_LANE,
                limit: limit as u32,
                busy: self.in_hand(),
                except: self.closed(),
                lane: std::mem::take(&mut self.lane),
            };
            let Due { messages, more, lane } = match self.hub.store.due_messages(look).await {
                Ok(due) => due,
                Err(error) => {
                    tracing::error!(%error, "messages to be sent could not be read");
                    self.more = false;
                    self.next_due = NextDue::At(wall() + AFTER_FAILURE);
                    return;
                }
            };
            (self.more, self.lane, self.next_due) = (more, lane, NextDue::Unknown);
            let none = messages.is_empty();
            for message in messages {
                self.hold(message).await;
            }
            if none || self.dispatcher.room() < ROOM / 2 {
                return;
            }
        }
    }

    /// Ends what waited too long for carriers that are closed, which is not read otherwise; says when to look again.
    async fn sweep(&mut self) -> Option<Moment> {
        let closed = self.hub.texts.offices.closed_now();
        let now = wall();
        if closed.is_empty() || self.hub.is_draining() {
            return None;
        }
        // One that lies further away was set before the clock was.
        if now < self.sweep && self.sweep <= now + SWEEP {
            return Some(self.sweep);
        }
        self.sweep = now + SWEEP;
        let limit = self.room().min(PAGE) as u32;
        match self.hub.store.expired_messages(now, limit, &self.in_hand()).await {
            Ok(expired) => {
                for message in expired {
                    self.hold(message).await;
                }
            }
            Err(error) => tracing::error!(%error, "what waited too long could not be read"),
        }
        Some(self.sweep)
    }

    fn in_hand(&self) -> Vec<Sid> {
        self.held.keys().chain(self.barred.keys()).copied().collect()
    }

    /// Carriers whose messages stay on disk for now: they can't be given anything, or enough of theirs is held. That goes
    /// for phones too, and for carriers that a message names but that are no more.
    fn closed(&self) -> Vec<String> {
        let mut closed = self.hub.texts.offices.closed_now();
        closed.extend(self.full());
        closed
    }

    /// Carriers of which enough is held.
    fn full(&self) -> Vec<String> {
        let full = self.counts.iter().filter(|(_, count)| **count >= PER_CARRIER);
        full.map(|(name, _)| name.clone()).collect()
    }

    /// Takes a message in hand: for the dispatcher, or straight on its way if it needs no carrier.
    async fn hold(&mut self, message: Message) {
        let sid = message.record.sid;
        let now = wall();
        if message.plan.expires_at.is_some_and(|at| at <= now) {
            self.put(sid, &message, Place::Out);
            self.give_up(message, Input::Expired);
            return;
        }
        match beside(&self.hub, &message.record.to).await {
            Ok(Some(way)) => {
                self.put(sid, &message, Place::Out);
                self.send_beside(message, way);
            }
            Ok(None) => {
                let candidate = candidate(&message);
                let held = message.clone();
                self.put(sid, &message, Place::Waiting(Box::new(held)));
                self.dispatcher.handle(now, dispatch::Input::Offer(candidate));
            }
            // It is read again.
            Err(error) => tracing::error!(%error, "a receiver could not be looked up"),
        }
    }

    fn put(&mut self, sid: Sid, message: &Message, place: Place) {
        let carrier = message.record.carrier.clone().unwrap_or_default();
        *self.counts.entry(carrier.clone()).or_insert(0) += 1;
        self.held.insert(sid, Held { carrier, place });
    }

    /// The message of a held one that waits with the dispatcher; from now on it is out.
    fn take_out(&mut self, sid: Sid) -> Option<Message> {
        let held = self.held.get_mut(&sid)?;
        match std::mem::replace(&mut held.place, Place::Out) {
            Place::Waiting(message) => Some(*message),
            Place::Out => None,
        }
    }

    /// Gives the disk back what waits for carriers that are closed now.
    fn put_back(&mut self) {
        let closed = self.hub.texts.offices.closed_now();
        let waits = |held: &Held| matches!(held.place, Place::Waiting(_));
        let stuck =
            self.held.iter().filter(|(_, held)| waits(held) && closed.contains(&held.carrier));
        let stuck: Vec<Sid> = stuck.map(|(sid, _)| *sid).collect();
        for sid in stuck {
            self.dispatcher.handle(wall(), dispatch::Input::Withdraw(sid));
            self.let_go(sid);
        }
    }

    fn send_beside(&self, message: Message, way: Way) {
        let hub = Arc::clone(&self.hub);
        let beside =
            Arc::clone(if matches!(way, Way::Phone) { &self.phones } else { &self.within });
        tokio::spawn(async move {
            let Ok(_place) = beside.acquire().await else { return };
            submit::run(&hub, message, way, None).await;
        });
    }

    /// Carries out what the dispatcher wants; says when it wants to be asked again.
    fn hand_out(&mut self) -> Option<Moment> {
        if self.hub.texts.is_closing() {
            return None;
        }
        let now = wall();
        self.dispatcher.handle(now, dispatch::Input::Tick);
        loop {
            match self.dispatcher.poll() {
                dispatch::Output::Submit { sid, carrier, price } => {
                    self.submit(sid, &carrier, price);
                }
                dispatch::Output::NoCarrier { sid, code, message } => {
                    if let Some(held) = self.take_out(sid) {
                        self.give_up(held, Input::NoCarrierLeft { code, message });
                    }
                }
                dispatch::Output::Expired(sid) => {
                    if let Some(held) = self.take_out(sid) {
                        self.give_up(held, Input::Expired);
                    }
                }
                dispatch::Output::NoRoom(sid) => {
                    self.let_go(sid);
                    self.more = true;
                }
                dispatch::Output::Idle(wake) => return wake,
            }
        }
    }

    fn submit(&mut self, sid: Sid, carrier: &str, price: Option<Money>) {
        let office = self.hub.texts.offices.named(carrier).cloned();
        let Some((office, message)) = office.zip(self.take_out(sid)) else {
            // Nobody has it in hand any more: the carrier's place is given back.
            let (carrier, outcome) = (carrier.to_owned(), Outcome::Passing);
            self.dispatcher.handle(wall(), dispatch::Input::Done { sid, carrier, outcome });
            return;
        };
        let hub = Arc::clone(&self.hub);
        tokio::spawn(async move {
            submit::run(&hub, message, Way::Carrier(office), price).await;
        });
    }

    /// Ends a message that no carrier takes.
    fn give_up(&self, message: Message, input: Input) {
        let hub = Arc::clone(&self.hub);
        tokio::spawn(async move {
            let sid = message.record.sid;
            let mut delivery = Delivery::of(message.record, message.plan, Vec::new());
            let now = wall();
            delivery.handle(now, input);
            if let Some(change) = settle(&mut delivery, now).change {
                submit::save(&hub, change).await;
            }
            hub.texts.desk.tell(DeskInput::Saved(sid)).await;
        });
    }

    fn take(&mut self, input: DeskInput) {
        let now = wall();
        match input {
            DeskInput::State { carrier, up } => {
                self.dispatcher.handle(now, dispatch::Input::State { carrier, up });
                if up {
                    self.more = true;
                } else {
                    self.put_back();
                }
            }
            DeskInput::Outcome { sid, carrier, outcome, back } => {
                let waits = back.is_some();
                if let (Some(message), Some(held)) = (back, self.held.get_mut(&sid)) {
                    held.place = Place::Waiting(message);
                }
                self.dispatcher.handle(now, dispatch::Input::Done { sid, carrier, outcome });
                // Who asked for it while the carrier had it gets it before its next turn, which may be long in coming.
                if waits && self.barred.contains_key(&sid) {
                    self.dispatcher.handle(now, dispatch::Input::Withdraw(sid));
                    self.let_go(sid);
                }
            }
            DeskInput::Saved(sid) => self.let_go(sid),
            DeskInput::Release(sid, reply) => {
                *self.barred.entry(sid).or_insert(0) += 1;
                if self.held.get(&sid).is_some_and(|held| matches!(held.place, Place::Waiting(_))) {
                    self.dispatcher.handle(now, dispatch::Input::Withdraw(sid));
                    self.let_go(sid);
                }
                if self.held.contains_key(&sid) {
                    self.waiting.entry(sid).or_default().push(reply);
                } else {
                    let _ = reply.send(());
                }
            }
            DeskInput::Unbar(sid) => {
                if let Some(times) = self.barred.get_mut(&sid) {
                    *times -= 1;
                    if *times == 0 {
                        self.barred.remove(&sid);
                        self.more = true;
                    }
                }
            }
            DeskInput::IsOut(sid, reply) => {
                let held = self.held.get(&sid);
                let _ = reply.send(held.is_some_and(|held| matches!(held.place, Place::Out)));
            }
        }
    }

    fn let_go(&mut self, sid: Sid) {
        if let Some(Held { carrier, .. }) = self.held.remove(&sid)
            && let Some(count) = self.counts.get_mut(&carrier)
        {
            *count -= 1;
            // It has room again: what is on disk for it may come.
            self.more |= *count + 1 == PER_CARRIER / 2;
        }
        for reply in self.waiting.remove(&sid).into_iter().flatten() {
            let _ = reply.send(());
        }
        // What it was put off for is on disk now.
        self.next_due = NextDue::Unknown;
    }

    /// When the next message on disk is due; asked only if that isn't known.
    async fn next_due(&mut self) -> Option<Moment> {
        if self.more || self.room() == 0 {
            return None;
        }
        match self.next_due {
            NextDue::At(moment) => return Some(moment),
            NextDue::Never => return None,
            NextDue::Unknown => {}
        }
        let next = match self.hub.store.next_message_due(&self.in_hand(), &self.closed()).await {
            Ok(next) => next,
            Err(_) => Some(wall() + AFTER_FAILURE),
        };
        self.next_due = next.map_or(NextDue::Never, NextDue::At);
        next
    }
}

/// The way of a message that no carrier is needed for: within this server, or to a phone.
async fn beside(hub: &Hub, to: &Correspondent) -> Result<Option<Way>, StoreError> {
    match to {
        Correspondent::Client(_) | Correspondent::Sip(_) => Ok(Some(Way::Phone)),
        Correspondent::Number(_)
        | Correspondent::ShortCode(_)
        | Correspondent::Alpha(_)
        | Correspondent::Other(_) => {
            let ours = hub.texts.cards.is_ours(hub.store.as_ref(), to).await?;
            Ok(ours.then_some(Way::Within))
        }
    }
}

fn candidate(message: &Message) -> Candidate {
    let Message { record, plan } = message;
    // A message has its sender from the beginning; without one, no carrier serves it, and it fails with words.
    let from = record.from.clone().unwrap_or_else(|| Correspondent::Other(String::new()));
    Candidate {
        sid: record.sid,
        lane: from.to_string(),
        from,
        to: record.to.clone(),
        segments: record.segments.max(1),
        max_price: plan.max_price,
        refused_by: Vec::new(),
        expires_at: plan.expires_at,
    }
}

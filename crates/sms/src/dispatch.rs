//! Whose turn it is, and which carrier takes it: one machine for all carriers and all messages that are about to go.
//!
//! It holds a bounded number of messages; the rest stays on disk until there is [`Dispatcher::room`]. Senders take turns,
//! segment by segment, within a sender first come is first served, and each carrier is given messages as fast as it takes
//! them: no more at once than its window, no more in a second than it is set to. A message waits for the carrier that is
//! to be asked first ([`reach`]); while that one is down it goes to the next that reaches its receiver. It has no clock:
//! it moves at each input, at the latest when [`Output::Idle`] says.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::time::Duration;

use model::{Correspondent, Moment, Money, Sid};

use crate::carrier::{ErrorClass, SubmitError};
use crate::errors;

mod lanes;
mod pace;
mod route;
#[cfg(test)]
mod tests;

use lanes::{Lanes, Waiting};
use pace::Pace;
pub use route::{Route, reach};
use route::{Table, serves};

/// Messages held unless the settings say otherwise.
pub const ROOM: usize = 4_096;
/// Pause after a carrier turned out to be down, until it says so itself.
const BREATH: Duration = Duration::from_secs(1);

/// A message that is to go now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Which one.
    pub sid: Sid,
    /// Who takes turns with the others: the sender, or its account.
    pub lane: String,
    /// Shown to the receiver.
    pub from: Correspondent,
    /// Whom it goes to.
    pub to: Correspondent,
    /// Segments that it takes.
    pub segments: u32,
    /// What all of them may cost together.
    pub max_price: Option<Money>,
    /// Names of carriers that have refused it before.
    pub refused_by: Vec<String>,
    /// When it is too late.
    pub expires_at: Option<Moment>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// These are the carriers from now on. Those that were there before keep their state; new ones are down until they
    /// say otherwise.
    Carriers(Vec<Route>),
    /// A carrier's state changed.
    State {
        /// Its name.
        carrier: String,
        /// Whether it takes messages.
        up: bool,
    },
    /// A message is to go. One that is held already changes nothing.
    Offer(Candidate),
    /// It isn't to go any more. One that a carrier has just been given goes all the same, but not a second time.
    Withdraw(Sid),
    /// What became of an [`Output::Submit`].
    Done {
        /// Which message.
        sid: Sid,
        /// Name of the carrier.
        carrier: String,
        /// What became of it.
        outcome: Outcome,
    },
    /// Time has passed.
    Tick,
}

/// What became of a message that a carrier was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The carrier took it.
    Sent,
    /// It was too much at once: the carrier is given nothing before this moment, and then this message again.
    Again(Moment),
    /// This carrier will never take it; the next one is asked.
    Refused {
        /// Twilio's error code, should there be no next one.
        code: u32,
        /// What happened.
        message: String,
    },
    /// The carrier is down: the message is as good as before.
    Down,
    /// It may go later: whoever keeps it offers it again.
    Passing,
    /// Nobody will take it.
    Lasting,
}

impl Outcome {
    /// The outcome of a carrier's error.
    pub fn of(error: &SubmitError, now: Moment) -> Outcome {
        match error.class {
            ErrorClass::Down => Outcome::Down,
            ErrorClass::Throttled(pause) => Outcome::Again(now + pause),
            ErrorClass::Passing => Outcome::Passing,
            ErrorClass::Refused => {
                Outcome::Refused { code: error.code, message: error.message.clone() }
            }
            ErrorClass::Lasting => Outcome::Lasting,
        }
    }
}

/// What follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// This carrier is to be given the message; [`Input::Done`] follows.
    Submit {
        /// Which message.
        sid: Sid,
        /// Name of the carrier.
        carrier: String,
        /// What all segments cost together there.
        price: Option<Money>,
    },
    /// No carrier is left for the message. It isn't held any more.
    NoCarrier {
        /// Which message.
        sid: Sid,
        /// Twilio's error code: of the last carrier that refused it, 30010 where all are too dear, 21612 where none
        /// reaches it.
        code: u32,
        /// What happened.
        message: String,
    },
    /// Its time was over before its turn came. It isn't held any more.
    Expired(Sid),
    /// It was offered without room for it, and isn't held.
    NoRoom(Sid),
    /// Nothing more before the next input, or before this moment.
    Idle(Option<Moment>),
}

/// The machine.
#[derive(Debug)]
pub struct Dispatcher {
    now: Moment,
    room: usize,
    carriers: Vec<Carrier>,
    by_name: HashMap<String, usize>,
    table: Table,
    held: HashMap<Sid, Held>,
    /// Of those that aren't with a carrier.
    expiries: BTreeSet<(Moment, Sid)>,
    tickets: u64,
    outputs: VecDeque<Output>,
    /// Which carrier is looked at first: so that none starves another of the caller's attention.
    turn: usize,
}

#[derive(Debug)]
struct Carrier {
    route: Route,
    up: bool,
    /// Messages that it was given and hasn't acknowledged.
    busy: usize,
    paused_until: Moment,
    pace: Pace,
    waiting: Lanes,
}

/// A message that is held.
#[derive(Debug)]
struct Held {
    candidate: Candidate,
    ticket: u64,
    place: Place,
    /// What the last carrier that refused it said.
    refusal: Option<(u32, String)>,
    withdrawn: bool,
}

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In the lanes of this carrier.
    Waiting(usize),
    /// Nobody that reaches it is up.
    Parked,
    /// With a carrier.
    Flying,
}

/// The carrier that a message is to wait for.
enum Choice {
    /// This one.
    Carrier(usize),
    /// One that is down now.
    Later,
    /// None.
    Nobody { code: u32, message: String },
}

impl Dispatcher {
    /// Nothing to send, and no carriers. It holds at most `room` messages, at least 1; [`ROOM`] by default.
    pub fn new(room: usize) -> Dispatcher {
        Dispatcher {
            now: Moment::EPOCH,
            room: room.max(1),
            carriers: Vec::new(),
            by_name: HashMap::new(),
            table: Table::default(),
            held: HashMap::new(),
            expiries: BTreeSet::new(),
            tickets: 0,
            outputs: VecDeque::new(),
            turn: 0,
        }
    }

    /// How many more messages may be offered now.
    pub fn room(&self) -> usize {
        self.room.saturating_sub(self.held.len())
    }

    /// Messages held: those that wait, and those that carriers have just been given.
    pub fn held(&self) -> impl Iterator<Item = Sid> + '_ {
        self.held.keys().copied()
    }

    /// Whether this message is held.
    pub fn holds(&self, sid: Sid) -> bool {
        self.held.contains_key(&sid)
    }

    /// Takes one input. [`Dispatcher::poll`] says what follows.
    pub fn handle(&mut self, now: Moment, input: Input) {
        self.now = self.now.max(now);
        match input {
            Input::Carriers(routes) => self.carriers_are(routes),
            Input::State { carrier, up } => self.state(&carrier, up),
            Input::Offer(candidate) => self.offer(candidate),
            Input::Withdraw(sid) => self.withdraw(sid),
            Input::Done { sid, carrier, outcome } => self.done(sid, &carrier, outcome),
            Input::Tick => {}
        }
    }

    /// What follows next; [`Output::Idle`] once nothing does.
    pub fn poll(&mut self) -> Output {
        if let Some(output) = self.outputs.pop_front() {
            return output;
        }
        if let Some(sid) = self.expired() {
            return Output::Expired(sid);
        }
        self.submit().unwrap_or_else(|| Output::Idle(self.wants()))
    }

    fn carriers_are(&mut self, routes: Vec<Route>) {
        let mut before: HashMap<String, Carrier> = std::mem::take(&mut self.carriers)
            .into_iter()
            .map(|carrier| (carrier.route.name.clone(), carrier))
            .collect();
        self.carriers = routes
            .into_iter()
            .map(|route| match before.remove(&route.name) {
                Some(known) => Carrier {
                    pace: known.pace.turned(route.per_second),
                    waiting: Lanes::default(),
                    route,
                    ..known
                },
                None => Carrier::new(route),
            })
            .collect();
        let named = self.carriers.iter().enumerate();
        self.by_name = named.map(|(index, it)| (it.route.name.clone(), index)).collect();
        self.table = Table::of(&self.carriers.iter().map(|it| &it.route).collect::<Vec<_>>());
        self.turn = 0;
        self.choose_again();
    }

    fn state(&mut self, carrier: &str, up: bool) {
        let Some(&index) = self.by_name.get(carrier) else { return };
        if self.carriers[index].up != up {
            self.carriers[index].up = up;
            self.choose_again();
        }
    }

    /// Puts every message that waits where it is to wait now. This is the one thing here that looks at all of them; it
    /// is done when a carrier comes or goes.
    fn choose_again(&mut self) {
        for carrier in &mut self.carriers {
            carrier.waiting = Lanes::default();
        }
        for held in self.held.values_mut().filter(|held| held.place != Place::Flying) {
            held.place = Place::Parked;
        }
        let waiting = self.held.iter().filter(|(_, held)| held.place == Place::Parked);
        let in_order: BTreeMap<u64, Sid> = waiting.map(|(sid, held)| (held.ticket, *sid)).collect();
        for sid in in_order.into_values() {
            self.place(sid);
        }
    }

    fn offer(&mut self, candidate: Candidate) {
        let sid = candidate.sid;
        if self.held.contains_key(&sid) {
            return;
        }
        if self.room() == 0 {
            self.outputs.push_back(Output::NoRoom(sid));
            return;
        }
        self.tickets += 1;
        let ticket = self.tickets;
        let place = Place::Parked;
        let held = Held { candidate, ticket, place, refusal: None, withdrawn: false };
        self.held.insert(sid, held);
        self.place(sid);
    }

    /// Lets a message wait for the carrier that is to be asked, or gives it up where there is none.
    fn place(&mut self, sid: Sid) {
        let Some(held) = self.held.get(&sid) else { return };
        let choice = self.choose(held);
        let Some(held) = self.held.get_mut(&sid) else { return };
        let expiry = held.candidate.expires_at.map(|at| (at, sid));
        match choice {
            Choice::Carrier(index) => {
                held.place = Place::Waiting(index);
                let segments = held.candidate.segments;
                let waiting = Waiting { ticket: held.ticket, sid, segments };
                self.carriers[index].waiting.insert(&held.candidate.lane, waiting);
                self.expiries.extend(expiry);
            }
            Choice::Later => {
                held.place = Place::Parked;
                self.expiries.extend(expiry);
            }
            Choice::Nobody { code, message } => {
                self.forget(sid);
                self.outputs.push_back(Output::NoCarrier { sid, code, message });
            }
        }
    }

    fn choose(&self, held: &Held) -> Choice {
        let candidate = &held.candidate;
        let (to, from) = (candidate.to.to_string(), candidate.from.to_string());
        let (mut later, mut dear) = (false, false);
        for index in self.table.asked(&to) {
            let Carrier { route, up, .. } = &self.carriers[index];
            if !serves(route, &from) || candidate.refused_by.contains(&route.name) {
                continue;
            }
            match route.afford(candidate.segments, candidate.max_price) {
                Err(_) => dear = true,
                Ok(_) if *up => return Choice::Carrier(index),
                Ok(_) => later = true,
            }
        }
        if later {
            return Choice::Later;
        }
        let (code, message) = match &held.refusal {
            Some(refusal) => refusal.clone(),
            None if dear => (errors::TOO_DEAR, errors::meaning(errors::TOO_DEAR).to_owned()),
            None => (errors::NO_ROUTE, errors::meaning(errors::NO_ROUTE).to_owned()),
        };
        Choice::Nobody { code, message }
    }

    fn withdraw(&mut self, sid: Sid) {
        let Some(held) = self.held.get_mut(&sid) else { return };
        if held.place == Place::Flying {
            held.withdrawn = true;
        } else {
            self.forget(sid);
        }
    }

    /// Forgets a message, wherever it stands.
    fn forget(&mut self, sid: Sid) {
        let Some(held) = self.held.remove(&sid) else { return };
        if let Place::Waiting(index) = held.place {
            self.carriers[index].waiting.remove(&held.candidate.lane, held.ticket);
        }
        if let Some(at) = held.candidate.expires_at {
            self.expiries.remove(&(at, sid));
        }
    }

    fn done(&mut self, sid: Sid, carrier: &str, outcome: Outcome) {
        let Some(held) = self.held.get_mut(&sid).filter(|held| held.place == Place::Flying) else {
            return;
        };
        let mut known = self.by_name.get(carrier).map(|index| &mut self.carriers[*index]);
        if let Some(known) = &mut known {
            known.busy = known.busy.saturating_sub(1);
        }
        match outcome {
            Outcome::Sent | Outcome::Passing | Outcome::Lasting => {
                self.forget(sid);
                return;
            }
            Outcome::Again(until) => {
                if let Some(known) = known {
                    known.paused_until = known.paused_until.max(until);
                }
            }
            Outcome::Down => {
                if let Some(known) = known {
                    known.paused_until = known.paused_until.max(self.now + BREATH);
                }
            }
            Outcome::Refused { code, message } => {
                held.candidate.refused_by.push(carrier.to_owned());
                held.refusal = Some((code, message));
            }
        }
        if held.withdrawn {
            self.forget(sid);
        } else {
            self.place(sid);
        }
    }

    /// The next message whose time is over. Those that carriers have aren't looked at.
    fn expired(&mut self) -> Option<Sid> {
        let (at, sid) = *self.expiries.first()?;
        (at <= self.now).then(|| {
            self.forget(sid);
            sid
        })
    }

    fn submit(&mut self) -> Option<Output> {
        let count = self.carriers.len();
        let ready = (0..count)
            .map(|step| (self.turn + step) % count)
            .find(|index| self.carriers[*index].ready_at().is_some_and(|at| at <= self.now))?;
        self.turn = (ready + 1) % count;
        let carrier = &mut self.carriers[ready];
        let Waiting { sid, segments, ticket: _ } = carrier.waiting.next()?;
        carrier.busy += 1;
        carrier.pace.goes(self.now, segments);
        let name = carrier.route.name.clone();
        let price = carrier.route.price.map(|price| price.times(segments));
        if let Some(held) = self.held.get_mut(&sid) {
            held.place = Place::Flying;
            if let Some(at) = held.candidate.expires_at {
                self.expiries.remove(&(at, sid));
            }
        }
        Some(Output::Submit { sid, carrier: name, price })
    }

    fn wants(&self) -> Option<Moment> {
        let ready = self.carriers.iter().filter_map(Carrier::ready_at).min();
        let expiry = self.expiries.first().map(|(at, _)| *at);
        ready.into_iter().chain(expiry).min()
    }
}

impl Carrier {
    fn new(route: Route) -> Carrier {
        Carrier {
            up: false,
            busy: 0,
            paused_until: Moment::EPOCH,
            pace: Pace::of(route.per_second),
            waiting: Lanes::default(),
            route,
        }
    }

    /// When it can be given the next message, if one waits and nothing but time stands in the way.
    fn ready_at(&self) -> Option<Moment> {
        let free = self.up && self.busy < self.route.window.max(1) && !self.waiting.is_empty();
        free.then(|| self.paused_until.max(self.pace.next_at()))
    }
}

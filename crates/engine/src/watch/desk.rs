//! The desk: the one task that owns every judge, escalation and bundle, and to which everything is reported.
//!
//! It sleeps until a command comes or somebody's moment does. What a probe finds is kept in batches; an incident is kept
//! before anything follows from it. What the store can't take now is tried again with the next batch.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ::watch::{Bundle, Escalation, Judge, Known, Rounds};
use model::oncall::Name;
use model::watch::{Author, CheckState, Incident, Maintenance, Outcome, Signal, Standing};
use model::{Moment, Sid};
use store::{OutcomeRow, StoreError};
use tokio::sync::{Semaphore, mpsc, oneshot};

use super::alarms::Alarms;
use super::network::Network;
use super::{Act, ActError, CheckKey, Watch};
use crate::clock::wall;
use crate::engine::Engine;
use crate::hub::Hub;

/// How long outcomes wait for others to be kept with.
const GATHER: Duration = Duration::from_millis(500);
/// Outcomes that are kept at once; more are kept in turns.
const BATCH: usize = 512;
/// Outcomes that wait while the store takes none; the oldest beyond that are left out, and counted.
const WAITING_OUTCOMES: usize = 50_000;
/// Pause before what the store didn't take is tried again.
const AGAIN: Duration = Duration::from_secs(1);
/// How often checks are read anew, whatever happens.
const ROUND: Duration = Duration::from_secs(60);
/// How often old outcomes are forgotten: seldom, since those of a check lie side by side then.
const FORGET_EVERY: Duration = Duration::from_secs(60 * 60);
/// Outcomes that are forgotten at once: other verbs of the store wait meanwhile, some 20 ms.
const FORGOTTEN: u32 = 1_000;

/// What is reported to the desk, or asked of it.
pub(super) enum Command {
    /// Checks, policies or maintenance have changed.
    Changed,
    /// A probe is over.
    Probed { check: CheckKey, outcome: Outcome },
    /// Whether our own network is up, for a check whose judge asked.
    Network { check: CheckKey, up: bool },
    /// A heartbeat.
    Beat { token: String, up: bool, reason: String, reply: oneshot::Sender<bool> },
    /// Somebody else's watch says something.
    Signal {
        account: Sid,
        signals: Vec<Signal>,
        reply: oneshot::Sender<Result<Vec<Incident>, StoreError>>,
    },
    /// Somebody does something about an incident.
    Act {
        account: Sid,
        id: i64,
        act: Act,
        by: Author,
        reply: oneshot::Sender<Result<Incident, ActError>>,
    },
    /// What came of telling.
    Told { account: Sid, id: i64, key: String, reached: bool, detail: String },
    /// A person's call has ended, their text was accepted: the next may go.
    Sent { account: Sid, person: Name, channel: model::watch::Channel },
    /// The server stops.
    Close(oneshot::Sender<()>),
}

/// Whose moment it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Alarm {
    /// A judge's (a heartbeat is late, a flapping check is stable).
    Check(CheckKey),
    /// Maintenance of a check begins or ends.
    Maintenance(CheckKey),
    /// An escalation's next step.
    Incident(Sid, i64),
    /// A bundle goes out.
    Bundle(Sid),
    /// Outcomes are kept.
    Batch,
    /// Everything is read anew.
    Round,
}

/// The desk.
pub(super) struct Desk {
    pub(super) engine: Engine,
    pub(super) sender: mpsc::Sender<Command>,
    commands: mpsc::Receiver<Command>,
    pub(super) network: Arc<Network>,
    pub(super) met_network: bool,
    pub(super) turns: Arc<Semaphore>,
    pub(super) judges: BTreeMap<CheckKey, Judge>,
    pub(super) tokens: HashMap<String, CheckKey>,
    pub(super) rounds: Rounds<CheckKey>,
    /// Being probed now: each at most once.
    pub(super) probing: HashSet<CheckKey>,
    pub(super) maintenances: HashMap<Sid, Vec<Maintenance>>,
    pub(super) escalations: HashMap<(Sid, i64), Escalation>,
    pub(super) open: HashMap<(Sid, String), i64>,
    pub(super) bundles: HashMap<Sid, Bundle>,
    pub(super) known: HashMap<Sid, (Instant, Known)>,
    pub(super) alarms: Alarms<Alarm>,
    outcomes: Vec<OutcomeRow>,
    changed: BTreeMap<CheckKey, CheckState>,
    forgot_at: Option<Moment>,
    /// Incidents that could not be kept as they are.
    pub(super) owed: BTreeMap<(Sid, i64), Incident>,
}

impl Desk {
    pub(super) fn new(engine: Engine, commands: mpsc::Receiver<Command>) -> Desk {
        let watch = &engine.hub.watch;
        let settings = &engine.hub.settings.watch;
        let network = Network::new(settings.references.clone(), Arc::clone(&watch.probes));
        let (sender, turns) = (watch.commands.clone(), Semaphore::new(settings.concurrent));
        Desk {
            engine,
            sender,
            commands,
            network: Arc::new(network),
            met_network: false,
            turns: Arc::new(turns),
            judges: BTreeMap::new(),
            tokens: HashMap::new(),
            rounds: Rounds::new(),
            probing: HashSet::new(),
            maintenances: HashMap::new(),
            escalations: HashMap::new(),
            open: HashMap::new(),
            bundles: HashMap::new(),
            known: HashMap::new(),
            alarms: Alarms::default(),
            outcomes: Vec::new(),
            changed: BTreeMap::new(),
            forgot_at: None,
            owed: BTreeMap::new(),
        }
    }

    pub(super) fn hub(&self) -> &Arc<Hub> {
        &self.engine.hub
    }

    pub(super) fn watch(&self) -> &Watch {
        &self.engine.hub.watch
    }

    /// Works until it is told to close.
    pub(super) async fn run(mut self) {
        self.resume().await;
        self.read().await;
        self.alarms.set(&Alarm::Round, Some(wall() + ROUND));
        loop {
            let now = wall();
            let next = [self.alarms.next(), self.rounds.next()].into_iter().flatten().min();
            let rest = next.map_or(ROUND, |next| next.since(now)).min(ROUND);
            tokio::select! {
                // What has happened comes before what is due because nothing has.
                biased;
                command = self.commands.recv() => match command {
                    Some(Command::Close(reply)) => {
                        self.keep().await;
                        let _ = reply.send(());
                        return;
                    }
                    Some(command) => self.obey(command).await,
                    None => return,
                },
                () = tokio::time::sleep(rest) => {}
            }
            self.tick().await;
        }
    }

    async fn obey(&mut self, command: Command) {
        match command {
            Command::Changed => self.read().await,
            Command::Probed { check, outcome } => self.probed(check, outcome).await,
            Command::Network { check, up } => {
                self.judge(&check, ::watch::judge::Input::Network(up)).await;
            }
            Command::Beat { token, up, reason, reply } => {
                let known = self.beat(&token, up, reason).await;
                let _ = reply.send(known);
            }
            Command::Signal { account, signals, reply } => {
                let mut incidents = Vec::new();
                let mut result = Ok(());
                for signal in signals {
                    match self.signal(account, signal).await {
                        Ok(incident) => incidents.extend(incident),
                        Err(error) => result = Err(error),
                    }
                }
                let _ = reply.send(result.map(|()| incidents));
            }
            Command::Act { account, id, act, by, reply } => {
                let done = self.act(account, id, act, by).await;
                let _ = reply.send(done);
            }
            Command::Told { account, id, key, reached, detail } => {
                let input = ::watch::escalation::Input::Told { key, reached, detail };
                self.escalate(account, id, input).await;
            }
            Command::Sent { account, person, channel } => {
                self.bundle(account, ::watch::bundle::Input::Sent { person, channel });
            }
            // Taken by `run`.
            Command::Close(reply) => drop(reply),
        }
    }

    async fn tick(&mut self) {
        let now = wall();
        for alarm in self.alarms.due(now) {
            match alarm {
                Alarm::Check(check) => self.judge(&check, ::watch::judge::Input::Tick).await,
                Alarm::Maintenance(check) => self.maintain(&check).await,
                Alarm::Incident(account, id) => {
                    self.escalate(account, id, ::watch::escalation::Input::Tick).await;
                }
                Alarm::Bundle(account) => self.bundle(account, ::watch::bundle::Input::Tick),
                Alarm::Batch => self.keep().await,
                Alarm::Round => self.round(now).await,
            }
        }
        // Turns pass while the server drains, too: one that stays due would keep the desk awake.
        let due = self.rounds.due(now);
        if !self.hub().is_draining() {
            for check in due {
                self.probe(check);
            }
        }
    }

    async fn round(&mut self, now: Moment) {
        self.read().await;
        self.forget(now);
        self.alarms.set(&Alarm::Round, Some(now + ROUND));
    }

    /// Remembers an outcome until the batch is kept.
    pub(super) fn note(&mut self, row: OutcomeRow) {
        if self.outcomes.len() >= WAITING_OUTCOMES {
            metrics::counter!("alo_watch_outcomes_lost_total").increment(1);
            self.outcomes.remove(0);
        }
        self.outcomes.push(row);
        self.batch_soon();
    }

    /// Remembers where a check stands until the batch is kept; pages show it at once.
    pub(super) fn stands(&mut self, check: &CheckKey, state: CheckState) {
        if let Some(judge) = self.judges.get(check) {
            let shown = (judge.check().clone(), state.clone());
            self.watch().shown().insert(check.clone(), shown);
        }
        let up = f64::from(u8::from(state.standing == Standing::Up));
        let labels = [("check", check.1.to_string()), ("account", check.0.to_string())];
        if state.standing == Standing::Pending {
            metrics::gauge!("alo_check_up", &labels).set(f64::NAN);
        } else {
            metrics::gauge!("alo_check_up", &labels).set(up);
        }
        self.changed.insert(check.clone(), state);
        self.batch_soon();
    }

    fn batch_soon(&mut self) {
        if !self.alarms.is_set(&Alarm::Batch) {
            self.alarms.set(&Alarm::Batch, Some(wall() + GATHER));
        }
    }

    /// Keeps what waits; what isn't taken waits on.
    async fn keep(&mut self) {
        self.alarms.set(&Alarm::Batch, None);
        let store = Arc::clone(&self.hub().store);
        while !(self.outcomes.is_empty() && self.changed.is_empty()) {
            let many = self.outcomes.len().min(BATCH);
            let rows: Vec<OutcomeRow> = self.outcomes[..many].to_vec();
            let states: Vec<(Sid, CheckState)> = self
                .changed
                .iter()
                .map(|((account, _), state)| (*account, state.clone()))
                .collect();
            if let Err(error) = store.keep_outcomes(rows, states).await {
                tracing::warn!(%error, waiting = self.outcomes.len(), "outcomes of checks could not be kept");
                self.alarms.set(&Alarm::Batch, Some(wall() + AGAIN));
                return;
            }
            self.outcomes.drain(..many);
            self.changed.clear();
        }
        self.pay().await;
    }

    /// Keeps the incidents that could not be kept before.
    async fn pay(&mut self) {
        for ((account, id), incident) in std::mem::take(&mut self.owed) {
            self.save(account, id, incident).await;
        }
        if !self.owed.is_empty() {
            self.alarms.set(&Alarm::Batch, Some(wall() + AGAIN));
        }
    }

    /// Once an hour old outcomes go, beside the desk, in steps that keep nobody else from the store for long.
    fn forget(&mut self, now: Moment) {
        if self.forgot_at.is_some_and(|last| now.since(last) < FORGET_EVERY && last <= now) {
            return;
        }
        self.forgot_at = Some(now);
        let hub = Arc::clone(self.hub());
        tokio::spawn(async move {
            let keep = &hub.settings.watch;
            let (raw, hours) = (now - keep.keep_outcomes, now - keep.keep_hours);
            loop {
                match hub.store.forget_outcomes(raw, hours, FORGOTTEN).await {
                    Ok(0) => return,
                    Ok(_) => {}
                    Err(error) => {
                        tracing::warn!(%error, "old outcomes of checks could not be forgotten");
                        return;
                    }
                }
            }
        });
    }
}

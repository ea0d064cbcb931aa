//! The desk's checks: read from the store, probed in their turns, judged by what is found.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use ::watch::Judge;
use ::watch::judge::{Input, Output};
use model::Sid;
use model::watch::{Check, CheckState, Maintenance, Outcome, Probe, SignalState, Standing};
use store::{OutcomeRow, StoreError};

use super::CheckKey;
use super::desk::{Alarm, Command, Desk};
use crate::clock::wall;

/// Steps that follow from one input of a judge at most: beyond it, it is a fault of ours.
const STEPS: usize = 64;

impl Desk {
    /// Checks, maintenance and (at the first time) states as they are in the store. What can't be read now stays as it is.
    pub(super) async fn read(&mut self) {
        match self.fetched().await {
            Ok((checks, states, maintenances)) => self.apply(checks, states, maintenances).await,
            Err(error) => {
                tracing::warn!(%error, "the checks could not be read: they stay as they were");
            }
        }
    }

    async fn fetched(&self) -> Result<Fetched, StoreError> {
        let store = &self.hub().store;
        let checks = store.all_checks().await?;
        let new = checks
            .iter()
            .any(|(account, check)| !self.judges.contains_key(&(*account, check.name.clone())));
        let states = if new { store.all_check_states().await? } else { Vec::new() };
        Ok((checks, states, store.all_maintenances().await?))
    }

    async fn apply(
        &mut self,
        checks: Vec<(Sid, Check)>,
        states: Vec<(Sid, CheckState)>,
        maintenances: Vec<(Sid, Maintenance)>,
    ) {
        self.maintenances.clear();
        for (account, maintenance) in maintenances {
            self.maintenances.entry(account).or_default().push(maintenance);
        }
        let mut states: HashMap<CheckKey, CheckState> = states
            .into_iter()
            .map(|(account, state)| ((account, state.check.clone()), state))
            .collect();
        let now = wall();
        let keys: Vec<CheckKey> =
            checks.iter().map(|(account, check)| (*account, check.name.clone())).collect();
        self.tokens.clear();
        for (key, (_, check)) in keys.iter().zip(checks) {
            self.admit(key, check, states.remove(key), now);
        }
        if !self.judges.is_empty() {
            self.meet_network();
        }
        let gone: Vec<CheckKey> =
            self.judges.keys().filter(|key| keys.binary_search(key).is_err()).cloned().collect();
        for key in gone {
            self.dismiss(&key).await;
        }
        for key in keys {
            self.maintain(&key).await;
            self.judge(&key, Input::Tick).await;
        }
    }

    /// A check is there, perhaps changed.
    fn admit(
        &mut self,
        key: &CheckKey,
        check: Check,
        state: Option<CheckState>,
        now: model::Moment,
    ) {
        if let Probe::Heartbeat { token, .. } = &check.probe {
            self.tokens.insert(token.clone(), key.clone());
        }
        if check.paused || matches!(check.probe, Probe::Heartbeat { .. }) {
            self.rounds.remove(key);
        } else {
            let every = Duration::from_secs(u64::from(check.every_seconds));
            self.rounds.insert(key.clone(), every, now);
        }
        match self.judges.get_mut(key) {
            Some(judge) if *judge.check() == check => {}
            Some(judge) => judge.change(check),
            None => {
                let kept = state.unwrap_or_else(|| CheckState::new(key.1.clone()));
                let is_new = kept.last.is_none();
                self.judges.insert(key.clone(), Judge::new(check, kept));
                if is_new {
                    self.rounds.hurry(key, now);
                }
            }
        }
        if let Some(judge) = self.judges.get(key) {
            let shown = (judge.check().clone(), judge.state().clone());
            self.watch().shown().insert(key.clone(), shown);
        }
    }

    /// A check was removed: what is open about it ends.
    async fn dismiss(&mut self, key: &CheckKey) {
        let Some(judge) = self.judges.remove(key) else { return };
        self.rounds.remove(key);
        self.alarms.set(&Alarm::Check(key.clone()), None);
        self.alarms.set(&Alarm::Maintenance(key.clone()), None);
        self.watch().shown().remove(key);
        let state = judge.state();
        for id in [state.incident, state.certificate_incident].into_iter().flatten() {
            self.escalate(key.0, id, ::watch::escalation::Input::Resolved).await;
        }
    }

    /// Looks whether the check is in maintenance now, and when to look again.
    pub(super) async fn maintain(&mut self, key: &CheckKey) {
        let Some(judge) = self.judges.get(key) else { return };
        let now = wall();
        let windows = self.maintenances.get(&key.0).map(Vec::as_slice).unwrap_or_default();
        let on = windows.iter().any(|each| ::watch::in_maintenance(each, judge.check(), now));
        let next = ::watch::next_change(windows, judge.check(), now);
        let was = judge.state().maintenance;
        self.alarms.set(&Alarm::Maintenance(key.clone()), next);
        if on != was {
            self.judge(key, Input::Maintenance(on)).await;
        }
    }

    /// Its turn: it is probed beside the desk, unless it still is.
    pub(super) fn probe(&mut self, key: CheckKey) {
        let Some(judge) = self.judges.get(&key) else { return };
        if !self.probing.insert(key.clone()) {
            metrics::counter!("alo_watch_turns_missed_total").increment(1);
            return;
        }
        let check = judge.check().clone();
        let (hub, turns, sender) =
            (Arc::clone(self.hub()), Arc::clone(&self.turns), self.sender.clone());
        tokio::spawn(async move {
            let Ok(turn) = turns.acquire_owned().await else { return };
            let outcome = hub.watch.probe(&check).await;
            drop(turn);
            let _ = sender.send(Command::Probed { check: key, outcome }).await;
        });
    }

    pub(super) async fn probed(&mut self, key: CheckKey, outcome: Outcome) {
        self.probing.remove(&key);
        let Some(judge) = self.judges.get(&key) else { return };
        let state = judge.state();
        let row = OutcomeRow {
            account: key.0,
            check: key.1.clone(),
            outcome: outcome.clone(),
            maintenance: state.maintenance,
            bucket: ::watch::bucket(outcome.took_us),
        };
        metrics::histogram!("alo_check_seconds", "check" => key.1.to_string())
            .record(outcome.took_us as f64 / 1e6);
        self.note(row);
        self.judge(&key, Input::Probed(outcome)).await;
    }

    /// A heartbeat came; `false`: nobody has this token.
    pub(super) async fn beat(&mut self, token: &str, up: bool, reason: String) -> bool {
        let Some(key) = self.tokens.get(token).cloned() else { return false };
        let maintenance = self.judges.get(&key).is_some_and(|judge| judge.state().maintenance);
        let outcome =
            Outcome { at: wall(), took_us: 0, up, reason: reason.clone(), certificate_ends: None };
        let (account, check) = key.clone();
        self.note(OutcomeRow { account, check, outcome, maintenance, bucket: 0 });
        self.judge(&key, Input::Beat { up, reason }).await;
        true
    }

    /// Gives a judge its input, and does what follows.
    pub(super) async fn judge(&mut self, key: &CheckKey, input: Input) {
        let now = wall();
        let Some(judge) = self.judges.get_mut(key) else { return };
        let before = judge.state().standing;
        judge.handle(now, input);
        for _ in 0..STEPS {
            let Some(judge) = self.judges.get_mut(key) else { return };
            match judge.poll() {
                Output::Idle(at) => {
                    self.alarms.set(&Alarm::Check(key.clone()), at);
                    break;
                }
                Output::AskNetwork => self.ask_network(key.clone()),
                Output::Save(state) => self.stands(key, *state),
                Output::Signal(signal) => self.signalled(key, *signal).await,
            }
        }
        let standing = self.judges.get(key).map(|judge| judge.state().standing);
        if let Some(standing) = standing.filter(|standing| *standing != before) {
            Box::pin(self.tell_children(key, standing)).await;
        }
    }

    /// What a judge says is an incident, or the end of one; the judge hears its number.
    async fn signalled(&mut self, key: &CheckKey, signal: model::watch::Signal) {
        let (kind, firing) = (signal.kind, signal.state == SignalState::Firing);
        match self.signal(key.0, signal.clone()).await {
            Ok(Some(incident)) if firing => {
                let opened = Input::IncidentOpened { kind, id: incident.id };
                if let Some(judge) = self.judges.get_mut(key) {
                    judge.handle(wall(), opened);
                }
            }
            Ok(_) => {}
            Err(error) => {
                tracing::error!(%error, check = %key.1, "an incident could not be kept: it is tried again");
                self.again_later(key.0, signal);
            }
        }
    }

    /// A signal that could not be kept comes again, as if somebody else had sent it.
    fn again_later(&self, account: Sid, signal: model::watch::Signal) {
        let (hub, wait) = (Arc::clone(self.hub()), Duration::from_secs(1));
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(wait).await;
                match hub.watch.signal(account, vec![signal.clone()]).await {
                    Ok(_) | Err(StoreError::Closed) => return,
                    Err(error) => tracing::warn!(%error, "an incident still could not be kept"),
                }
            }
        });
    }

    async fn tell_children(&mut self, parent: &CheckKey, standing: Standing) {
        let children: Vec<CheckKey> = self
            .judges
            .iter()
            .filter(|((account, _), judge)| {
                *account == parent.0 && judge.check().parent.as_ref() == Some(&parent.1)
            })
            .map(|(key, _)| key.clone())
            .collect();
        for child in children {
            self.judge(&child, Input::Parent(standing)).await;
        }
    }

    /// Once there are checks, the references are asked while nothing is wrong: only who was reached before can be missed.
    fn meet_network(&mut self) {
        if std::mem::replace(&mut self.met_network, true) {
            return;
        }
        let network = Arc::clone(&self.network);
        tokio::spawn(async move { network.is_up(wall()).await });
    }

    fn ask_network(&self, check: CheckKey) {
        let (network, sender) = (Arc::clone(&self.network), self.sender.clone());
        tokio::spawn(async move {
            let up = network.is_up(wall()).await;
            let _ = sender.send(Command::Network { check, up }).await;
        });
    }
}

type Fetched = (Vec<(Sid, Check)>, Vec<(Sid, CheckState)>, Vec<(Sid, Maintenance)>);

//! The desk's incidents: opened by signals, led by escalations, told through bundles.

use std::sync::Arc;

use ::watch::escalation::{Input, Output};
use ::watch::{Escalation, bundle};
use model::Sid;
use model::oncall::Name;
use model::watch::{
    Author, Channel, Incident, IncidentKind, Policy, PolicyStep, Signal, SignalState, Target,
};
use store::{IncidentFilter, StoreError};

use super::desk::{Alarm, Desk};
use super::telling::{self, Letter};
use super::{Act, ActError};
use crate::clock::wall;

/// The policy of those who name none.
const DEFAULT: &str = "default";
/// Outputs that follow from one input at most: beyond it, it is a fault of ours.
const STEPS: usize = 4_096;
/// Ended incidents of each account that are looked at after a start: somebody may not know yet that it is up again.
const ENDED: u32 = 100;
/// When the built-in policy calls whoever is on duty, in seconds.
const CALL_AFTER: u32 = 300;
/// When it tells everybody, in seconds.
const EVERYONE_AFTER: u32 = 900;

impl Desk {
    /// Goes on with what was open when the server stopped.
    pub(super) async fn resume(&mut self) {
        let store = Arc::clone(&self.hub().store);
        let mut incidents = match store.open_incidents().await {
            Ok(incidents) => incidents,
            Err(error) => {
                tracing::error!(%error, "open incidents could not be read");
                Vec::new()
            }
        };
        let mut accounts: Vec<Sid> = incidents.iter().map(|(account, _)| *account).collect();
        accounts.push(self.hub().settings.account);
        accounts.sort_unstable();
        accounts.dedup();
        for account in accounts {
            let ended = IncidentFilter { open: Some(false), limit: ENDED, ..Default::default() };
            let ended = store.incidents(account, ended).await.unwrap_or_default();
            incidents.extend(ended.into_iter().map(|incident| (account, incident)));
        }
        for (account, incident) in incidents {
            let (id, key) = (incident.id, incident.key.clone());
            if incident.is_open() {
                self.open.insert((account, key), id);
            }
            self.escalations.insert((account, id), Escalation::resume(incident));
            self.escalate(account, id, Input::Tick).await;
        }
    }

    /// Something is wrong, is wrong still, or is right again. The incident, if one is concerned, as it is then.
    pub(super) async fn signal(
        &mut self,
        account: Sid,
        signal: Signal,
    ) -> Result<Option<Incident>, StoreError> {
        let open = self.open.get(&(account, signal.key.clone())).copied();
        let id = match (signal.state, open) {
            (SignalState::Firing, Some(id)) => {
                self.escalate(account, id, Input::Again { detail: signal.detail }).await;
                id
            }
            (SignalState::Firing, None) => self.begin(account, signal).await?,
            (SignalState::Resolved, Some(id)) => {
                self.escalate(account, id, Input::Resolved).await;
                id
            }
            (SignalState::Resolved, None) => return Ok(None),
        };
        // One that is not on disk now is an error to whoever asked.
        if self.owed.contains_key(&(account, id)) {
            return Err(StoreError::Busy);
        }
        self.hub().store.incident(account, id).await
    }

    async fn begin(&mut self, account: Sid, signal: Signal) -> Result<i64, StoreError> {
        let policy = self.policy(account, signal.policy.as_ref()).await?;
        let escalation = Escalation::open(wall(), &signal, policy);
        let incident = escalation.incident().clone();
        let opened = self.hub().store.open_incident(account, incident).await?;
        let id = opened.incident.id;
        let (escalation, input) = if opened.new {
            metrics::counter!("alo_incidents_total", "kind" => signal.kind.as_str()).increment(1);
            (escalation, Input::Kept { id })
        } else {
            (Escalation::resume(opened.incident), Input::Again { detail: signal.detail })
        };
        self.open.insert((account, signal.key), id);
        self.escalations.insert((account, id), escalation);
        self.escalate(account, id, input).await;
        Ok(id)
    }

    /// The policy of this name, else `default`, else one that tells whoever is on duty in the first rota, then everybody.
    async fn policy(&self, account: Sid, name: Option<&Name>) -> Result<Policy, StoreError> {
        let store = &self.hub().store;
        if let Some(name) = name
            && let Some(policy) = store.policy(account, name).await?
        {
            return Ok(policy);
        }
        let usual: Name = DEFAULT.parse().expect("a name");
        if let Some(policy) = store.policy(account, &usual).await? {
            return Ok(policy);
        }
        let rota = store.rotas(account).await?.into_iter().next().map(|rota| rota.name);
        Ok(built_in(usual, rota))
    }

    /// Somebody does something about an incident.
    pub(super) async fn act(
        &mut self,
        account: Sid,
        id: i64,
        act: Act,
        by: Author,
    ) -> Result<Incident, ActError> {
        let store = Arc::clone(&self.hub().store);
        let kept = store.incident(account, id).await?.ok_or(ActError::NoSuch(id))?;
        if !kept.is_open() || !self.escalations.contains_key(&(account, id)) {
            return Err(ActError::Over(Box::new(kept)));
        }
        let input = match act {
            Act::Acknowledge => Input::Acknowledged(by),
            Act::Escalate => Input::Escalated(by),
            Act::Close => Input::Closed(by),
            Act::Quiet => Input::Quieted(by),
        };
        self.escalate(account, id, input).await;
        if self.owed.contains_key(&(account, id)) {
            return Err(ActError::Store(StoreError::Busy));
        }
        store.incident(account, id).await?.ok_or(ActError::NoSuch(id))
    }

    /// Gives an escalation its input, and does what follows.
    pub(super) async fn escalate(&mut self, account: Sid, id: i64, input: Input) {
        let known = self.known(account).await;
        let now = wall();
        let Some(escalation) = self.escalations.get_mut(&(account, id)) else { return };
        escalation.handle(now, Input::Known(known));
        escalation.handle(now, input);
        let mut next = None;
        for _ in 0..STEPS {
            let Some(escalation) = self.escalations.get_mut(&(account, id)) else { return };
            match escalation.poll() {
                Output::Idle(at) => {
                    next = at;
                    break;
                }
                Output::Save(incident) => self.save(account, id, *incident).await,
                Output::Tell(telling) => {
                    let tell = bundle::Input::Tell { incident: id, telling };
                    self.bundle(account, tell);
                }
            }
        }
        self.alarms.set(&Alarm::Incident(account, id), next);
        self.settle(account, id);
    }

    /// What is over leaves, what needn't be told any more is withdrawn.
    fn settle(&mut self, account: Sid, id: i64) {
        let Some(escalation) = self.escalations.get(&(account, id)) else { return };
        let incident = escalation.incident();
        let (ended, seen) = (!incident.is_open(), incident.acknowledged.is_some());
        let (key, over) = (incident.key.clone(), escalation.is_over());
        if ended {
            self.open
                .retain(|(whose, open), number| *whose != account || *open != key || *number != id);
        }
        if ended || seen {
            self.bundle(account, bundle::Input::Withdraw { incident: id });
        }
        if over {
            self.escalations.remove(&(account, id));
            self.alarms.set(&Alarm::Incident(account, id), None);
        }
    }

    /// Keeps an incident as it is; one that isn't taken now is tried again.
    pub(super) async fn save(&mut self, account: Sid, id: i64, incident: Incident) {
        match self.hub().store.save_incident(account, incident.clone()).await {
            Ok(()) => {
                self.owed.remove(&(account, id));
            }
            Err(error) => {
                tracing::error!(%error, id, "an incident could not be kept: it is tried again");
                self.owed.insert((account, id), incident);
                self.alarms.set(&Alarm::Batch, Some(wall()));
            }
        }
    }

    /// Gives an account's bundle its input, and sends what is to be sent beside the desk.
    pub(super) fn bundle(&mut self, account: Sid, input: bundle::Input) {
        let now = wall();
        let bundle = self.bundles.entry(account).or_default();
        bundle.handle(now, input);
        let mut outputs = Vec::new();
        let next = loop {
            match bundle.poll() {
                bundle::Output::Idle(at) => break at,
                output => outputs.push(output),
            }
        };
        self.alarms.set(&Alarm::Bundle(account), next);
        for output in outputs {
            match output {
                bundle::Output::Send { person, channel, tellings } => {
                    let of =
                        |id: i64| Some(self.escalations.get(&(account, id))?.incident().clone());
                    let about = tellings
                        .into_iter()
                        .filter_map(|(id, telling)| Some((of(id)?, telling)))
                        .collect();
                    let letter = Letter { account, person, channel, about };
                    tokio::spawn(telling::send(self.engine.clone(), letter, self.sender.clone()));
                }
                bundle::Output::Post { url, incident, telling } => {
                    let Some(escalation) = self.escalations.get(&(account, incident)) else {
                        continue;
                    };
                    let about = (escalation.incident().clone(), telling);
                    let (engine, sender) = (self.engine.clone(), self.sender.clone());
                    tokio::spawn(telling::post(engine, account, url, about, sender));
                }
                bundle::Output::Idle(_) => {}
            }
        }
    }
}

/// Whoever is on duty gets a text at once and a call after five minutes; after fifteen everybody gets a text.
fn built_in(name: Name, rota: Option<Name>) -> Policy {
    let first = rota.map_or(Target::Everyone, Target::Rota);
    let step = |after_seconds, to: Target, by: &[Channel]| PolicyStep {
        after_seconds,
        to: vec![to],
        by: by.to_vec(),
        kinds: Vec::<IncidentKind>::new(),
        recovered: true,
    };
    Policy {
        name,
        steps: vec![
            step(0, first.clone(), &[Channel::Text, Channel::Mail]),
            step(CALL_AFTER, first, &[Channel::Call, Channel::Text]),
            step(EVERYONE_AFTER, Target::Everyone, &[Channel::Text, Channel::Mail]),
        ],
        repeats: 0,
        repeat_after_seconds: EVERYONE_AFTER,
        remind_seconds: 0,
        from_file: false,
    }
}

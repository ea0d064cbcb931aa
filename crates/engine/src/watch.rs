//! The watch: probes its checks, keeps what came of them, and has people told of incidents until somebody sees to them.
//!
//! What is decided is the crate `watch`'s: each check has a judge, each open incident an escalation, each account a bundle.
//! One task, the desk, owns these machines, so that nothing is decided twice; here they meet the clock, the store, the
//! probes, the phones. An incident is on disk before anybody is told of it, and each telling before it is sent.

mod alarms;
mod calls;
mod checks;
mod commands;
mod desk;
mod incidents;
mod known;
mod links;
mod network;
mod telling;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::Sid;
use model::oncall::Name;
use model::watch::{Author, Check, CheckState, Incident, Outcome, Signal};
use probes::Probes;
use store::StoreError;
use tokio::sync::{mpsc, oneshot};

use crate::clock::wall;
use crate::engine::{Engine, StartError};
use crate::hub::Hub;
use crate::settings::WatchSettings;
use calls::Calls;
use desk::{Command, Desk};

pub(crate) use calls::answer;
pub(crate) use commands::try_text;

/// Commands that may wait for the desk; whoever has more waits.
const COMMANDS: usize = 1_024;

/// A check by its account and name.
type CheckKey = (Sid, Name);

/// The watch of a running engine.
pub struct Watch {
    commands: mpsc::Sender<Command>,
    probes: Arc<Probes>,
    shown: Mutex<BTreeMap<CheckKey, (Check, CheckState)>>,
    calls: Calls,
}

/// The desk before it is opened: it needs the engine, which needs the watch.
pub(crate) struct Opening {
    commands: mpsc::Receiver<Command>,
}

/// What somebody wants done with an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// They see to it: nobody else is told.
    Acknowledge,
    /// The next level is to be told now.
    Escalate,
    /// It is over.
    Close,
    /// They don't want to be called about it.
    Quiet,
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ActError {
    /// No such incident in this account.
    #[error("there is no incident {0}")]
    NoSuch(i64),
    /// It is over, as it stands.
    #[error("incident {} is over", .0.id)]
    Over(Box<Incident>),
    /// See the log: the disk may be full.
    #[error("it could not be kept")]
    Store(#[from] StoreError),
}

impl Watch {
    pub(crate) fn open(settings: &WatchSettings) -> Result<(Watch, Opening), StartError> {
        let probes = Probes::new(settings.probes.clone()).map_err(StartError::Probes)?;
        let (commands, receiver) = mpsc::channel(COMMANDS);
        let shown = Mutex::default();
        let watch = Watch { commands, probes: Arc::new(probes), shown, calls: Calls::default() };
        Ok((watch, Opening { commands: receiver }))
    }

    /// A watch of ours or of somebody else says something. The incidents as they are then, in the order of the signals;
    /// on disk when this returns. What is resolved without having been open has none.
    pub async fn signal(
        &self,
        account: Sid,
        signals: Vec<Signal>,
    ) -> Result<Vec<Incident>, StoreError> {
        self.ask(|reply| Command::Signal { account, signals, reply }).await?
    }

    /// A heartbeat's caller reports. `false`: no check has this token.
    pub async fn beat(&self, token: &str, up: bool, reason: &str) -> Result<bool, StoreError> {
        let (token, reason) = (token.to_owned(), reason.to_owned());
        self.ask(|reply| Command::Beat { token, up, reason, reply }).await
    }

    /// Somebody does something about an incident; it is as it is afterwards, on disk.
    pub async fn act(
        &self,
        account: Sid,
        id: i64,
        act: Act,
        by: Author,
    ) -> Result<Incident, ActError> {
        self.ask(|reply| Command::Act { account, id, act, by, reply }).await?
    }

    /// Checks, policies or maintenance have changed in the store: they are read anew, soon.
    pub fn changed(&self) {
        // A desk that has a thousand commands to see to reads them anew with the next change, or after a minute.
        let _ = self.commands.try_send(Command::Changed);
    }

    /// Looks once; nothing is kept of it.
    pub async fn probe(&self, check: &Check) -> Outcome {
        let timeout = std::time::Duration::from_millis(u64::from(check.timeout_ms));
        self.probes.probe(&check.probe, timeout, wall()).await
    }

    /// Every check and where it stands, by account and name.
    pub fn states(&self) -> Vec<(Sid, Check, CheckState)> {
        let shown = self.shown();
        let each = shown.iter();
        each.map(|((account, _), (check, state))| (*account, check.clone(), state.clone()))
            .collect()
    }

    /// One check and where it stands.
    pub fn state(&self, account: Sid, check: &Name) -> Option<(Check, CheckState)> {
        self.shown().get(&(account, check.clone())).cloned()
    }

    fn shown(&self) -> MutexGuard<'_, BTreeMap<CheckKey, (Check, CheckState)>> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the desk; a desk that is gone (the server stops) is a store that is closed.
    async fn ask<T>(
        &self,
        command: impl FnOnce(oneshot::Sender<T>) -> Command,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.commands.send(command(reply)).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)
    }

    /// What is not on disk yet is written; nothing is probed any more.
    pub(crate) async fn close(&self) {
        let _ = self.ask(Command::Close).await;
    }
}

/// Where somebody who was told says that they see to it.
pub(crate) async fn ack_link(hub: &Hub, account: Sid, id: i64) -> Result<String, StoreError> {
    let secret = hub.token(account).await?;
    Ok(format!("{}/ack/{}", hub.settings.public_url, links::token(account, id, &secret)))
}

/// Whose incident a link is about; `None`: it is none of ours.
pub(crate) async fn by_link(hub: &Hub, token: &str) -> Result<Option<(Sid, i64)>, StoreError> {
    let Some((account, id, proof)) = links::read(token) else { return Ok(None) };
    let secret = hub.token(account).await?;
    // An account that there isn't has an empty token, which proves nothing.
    let good = !secret.reveal().is_empty() && links::is_true(account, id, &proof, &secret);
    Ok(good.then_some((account, id)))
}

/// Opens the desk.
pub(crate) fn serve(engine: &Engine, opening: Opening) {
    let desk = Desk::new(engine.clone(), opening.commands);
    tokio::spawn(desk.run());
}

//! Support lines: each call of one has a hunt, which the webhooks of its legs drive.
//!
//! A line is an application like any other: the call asks it for documents, and it answers with TwiML. What it decides is
//! `oncall`'s; here its hunt meets the store, the clock, and what the other hunts do (who is rung by one is engaged for the
//! others).

mod commands;
mod deeds;
mod document;
mod duty;
mod handoffs;
mod lost;
mod owed;
mod requests;
mod setting;
mod swaps;
mod tell;

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::oncall::{Line, Name};
use model::{Alert, AlertLevel, Moment, Sid, SidKind};
use oncall::{Hunt, Input, Output, Step};
use store::StoreError;
use tokio::sync::Notify;

use crate::clock::wall;
use crate::http::AskError;
use crate::hub::Hub;
use crate::inside::Inner;
use crate::sids::random;
use owed::Owed;

pub(crate) use commands::written as reply;
pub(crate) use deeds::whose;
pub(crate) use duty::{Duties, people};
pub(crate) use handoffs::serve as serve_handoffs;
pub(crate) use lost::close_orphans;
use requests::Request;
pub(crate) use requests::Webhook;
pub(crate) use swaps::told as swap_told;
pub(crate) use tell::{mail_now, number_that_calls, text_now};

/// How long what is late (a recording, the end of a leg) still finds its call after the caller has gone.
const LINGER: Duration = Duration::from_secs(120);
/// Shortest pause between two looks at a call whose caller has gone.
const TICK: Duration = Duration::from_millis(10);
/// Pause before what could not be kept after the caller has gone is tried again.
const AGAIN: Duration = Duration::from_secs(5);
/// Most answers to commands in one request; a hunt asks for one.
const MOST_ORDERS: usize = 4;

/// "HTTP retrieval failure": <https://www.twilio.com/docs/api/errors/11200>.
const NO_LINE: u32 = 11200;

/// Calls that are on a line now.
#[derive(Default)]
pub(crate) struct Lines {
    live: Mutex<HashMap<Sid, Arc<Live>>>,
    /// Whom each of them rings or has connected.
    engaged: Mutex<HashMap<Sid, BTreeSet<Name>>>,
    /// Told when a rota has changed.
    pub(crate) duty_changed: Notify,
}

/// A call that is on a line.
struct Live {
    account: Sid,
    line: Line,
    call: Sid,
    /// The caller has gone, and the hunt has heard so.
    left: AtomicBool,
    /// One request at a time.
    hunt: tokio::sync::Mutex<Hunting>,
}

/// Where it stands.
struct Hunting {
    hunt: Hunt,
    ticket: Option<i64>,
    owed: Owed,
}

impl Hunting {
    fn new(hunt: Hunt) -> Hunting {
        Hunting { hunt, ticket: None, owed: Owed::default() }
    }
}

impl Lines {
    fn live(&self) -> MutexGuard<'_, HashMap<Sid, Arc<Live>>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn engaged(&self) -> MutexGuard<'_, HashMap<Sid, BTreeSet<Name>>> {
        self.engaged.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, call: Sid) -> Option<Arc<Live>> {
        self.live().get(&call).map(Arc::clone)
    }

    /// Gives the hunt its input while nobody else's moves, so that two never ring the same person.
    fn step(&self, call: Sid, hunt: &mut Hunt, input: Option<Input>) -> Stepped {
        let mut engaged = self.engaged();
        let others = engaged.iter().filter(|(other, _)| **other != call);
        let others = others.flat_map(|(_, names)| names.iter().cloned()).collect();
        let now = wall();
        hunt.handle(now, Input::Engaged(others));
        if let Some(input) = input {
            hunt.handle(now, input);
        }
        let mut outputs = Vec::new();
        let wake_at = loop {
            match hunt.poll() {
                Output::Idle(wake_at) => break wake_at,
                output => outputs.push(output),
            }
        };
        let rings: BTreeSet<Name> = hunt.rings().cloned().collect();
        if rings.is_empty() {
            engaged.remove(&call);
        } else {
            engaged.insert(call, rings);
        }
        Stepped { outputs, wake_at }
    }
}

/// What follows from an input.
struct Stepped {
    outputs: Vec<Output>,
    /// When the hunt wants to be looked at again.
    wake_at: Option<Moment>,
}

/// Answers a request about a line: of a call, of a phone that it rings, or of a text to it.
pub(crate) async fn answer(
    hub: &Arc<Hub>,
    name: &str,
    steps: &[String],
    params: &[(String, String)],
) -> Result<Inner, AskError> {
    let webhook = Webhook::new(hub, params);
    let name: Name = name.parse().map_err(|_| no_line(name))?;
    if steps.is_empty() && webhook.text("MessageSid").is_some() {
        return commands::answer(hub, &name, &webhook).await;
    }
    if steps == ["transcript"] {
        return lost::transcript(hub, &webhook).await;
    }
    let request =
        Request::read(steps, &webhook).map_err(|message| AskError::inside(NO_LINE, message))?;
    let live = match (&request, hub.lines.of(request.call())) {
        (Request::Entered { call }, _) => {
            let live = setting::enter(hub, &name, *call, &webhook).await?;
            hub.lines.live().insert(*call, Arc::clone(&live));
            // They hung up while the line was looked up: nobody else will say so.
            if !hub.is_live(*call) {
                left(hub, *call);
            }
            live
        }
        (_, Some(live)) => live,
        (request, None) => {
            // The server was started anew meanwhile, or it is very late: there is nothing to go on with.
            lost::late(hub, request, &webhook).await?;
            return Ok(Inner::xml(document::empty()));
        }
    };
    let mut hunting = live.hunt.lock().await;
    if request.is_farewell(&webhook) {
        // What can't be kept now is owed, and kept with what follows.
        let _ = drive(hub, &live, &mut hunting, Some(Input::CallerLeft)).await;
    }
    let steps = drive(hub, &live, &mut hunting, Some(request.input())).await;
    let called = hunting.hunt.record().to.clone();
    drop(hunting);
    let kept = match steps {
        Ok(driven) => driven.steps,
        // An outbox asks again; a caller is not kept waiting for the disk.
        Err(failed) if request.waits_for_disk() => {
            return Err(AskError::for_now(failed.error.to_string()));
        }
        Err(failed) => failed.steps,
    };
    let steps = kept.unwrap_or_default();
    let transcribes = !hub.ears.is_empty();
    Ok(Inner::xml(document::write(&live.line, &called, &steps, transcribes)))
}

/// What an input came to.
struct Driven {
    /// What the leg that asked is to do.
    steps: Option<Vec<Step>>,
    wake_at: Option<Moment>,
}

/// What was to be said although something could not be kept.
struct Unkept {
    error: StoreError,
    steps: Option<Vec<Step>>,
}

/// One input, and all that follows from it: kept first, in order; then what the leg that asked is to do. Without an input
/// the hunt looks at the time. What can't be kept stays owed, and the next input tries again.
async fn drive(
    hub: &Arc<Hub>,
    live: &Live,
    hunting: &mut Hunting,
    input: Option<Input>,
) -> Result<Driven, Unkept> {
    let mut driven = Driven { steps: None, wake_at: None };
    let mut next = Some(input);
    for _ in 0..MOST_ORDERS {
        let Some(input) = next.take() else { break };
        let Stepped { outputs, wake_at } = hub.lines.step(live.call, &mut hunting.hunt, input);
        driven.wake_at = wake_at;
        let mut ordered = None;
        for output in outputs {
            match output {
                Output::Caller(these) | Output::Called(these) => driven.steps = Some(these),
                Output::Save(record) => hunting.owed.save(*record),
                Output::Tell(notice) => hunting.owed.tell(notice, hunting.hunt.record()),
                Output::Order(order) => ordered = Some(order),
                Output::Idle(_) => {}
            }
        }
        if let Some(order) = ordered {
            let words = deeds::by_key(hub, live, hunting.hunt.record(), &order).await;
            next = Some(Some(Input::CommandDone(words)));
        }
    }
    match owed::settle(hub, live, hunting).await {
        Ok(()) => Ok(driven),
        Err(error) => {
            tracing::error!(%error, call = %live.call, "a call of a line could not be kept");
            Err(Unkept { error, steps: driven.steps })
        }
    }
}

/// A call has ended: if it was on a line, its hunt hears so. What comes later about it still finds it for a while.
pub(crate) fn left(hub: &Arc<Hub>, call: Sid) {
    let Some(live) = hub.lines.of(call) else { return };
    if live.left.swap(true, Ordering::Relaxed) {
        return;
    }
    let hub = Arc::clone(hub);
    let runtime = hub.runtime.clone();
    runtime.spawn(async move {
        let gone = Gone { hub, call };
        let gone_at = wall();
        let mut input = Some(Input::CallerLeft);
        loop {
            let driven = {
                let mut hunting = live.hunt.lock().await;
                drive(&gone.hub, &live, &mut hunting, input.take()).await
            };
            let wake_at = match driven {
                Ok(Driven { wake_at: Some(at), .. }) => at,
                Ok(Driven { wake_at: None, .. }) => break,
                Err(Unkept { .. }) => wall() + AGAIN,
            };
            if wake_at.since(gone_at) > LINGER {
                break;
            }
            tokio::time::sleep(wake_at.since(wall()).max(TICK)).await;
        }
        tokio::time::sleep(LINGER.saturating_sub(wall().since(gone_at))).await;
    });
}

/// A call that has ended; it is forgotten when this is dropped, whatever happened.
struct Gone {
    hub: Arc<Hub>,
    call: Sid,
}

impl Drop for Gone {
    fn drop(&mut self) {
        self.hub.lines.live().remove(&self.call);
        self.hub.lines.engaged().remove(&self.call);
    }
}

fn no_line(name: &str) -> AskError {
    let message = format!("there is no line '{name}': make it with `alo roulette line add {name}`");
    AskError::inside(NO_LINE, message)
}

/// Something about a line went wrong that its owner can mend.
async fn raise(hub: &Hub, account: Sid, call: Option<Sid>, code: u32, message: String) {
    // Its words have names and numbers in them, which belong into no log.
    let sid = random(SidKind::Alert);
    tracing::warn!(code, alert = %sid, "something about a line went wrong: the alert says what");
    let alert = Alert {
        sid,
        account,
        call,
        level: AlertLevel::Warning,
        code,
        message,
        url: None,
        at: wall(),
    };
    if let Err(error) = hub.store.raise_alert(alert).await {
        tracing::error!(%error, "an alert could not be kept");
    }
}

#[cfg(test)]
mod tests;

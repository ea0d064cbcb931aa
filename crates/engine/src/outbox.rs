//! The outbox: callbacks that were kept with what they tell of, sent until they arrive.
//!
//! Those of one call go in order, one at a time; those of a recording or of a text too, and those of different ones side
//! by side. A callback that can't be delivered is tried again after 1, 4, 16 … seconds, so often as the settings say, then
//! given up with an alert. The far side recognises a repetition by `I-Twilio-Idempotency-Token`.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use model::{Alert, AlertLevel, Callback, Sid, SidKind};
use tokio::sync::mpsc;

use crate::clock::{LONGEST_SLEEP, wall};
use crate::http::Ask;
use crate::hub::Hub;
use crate::sids::random;

/// Callbacks under way at once.
const AT_ONCE: usize = 64;
/// Pause after the store could not be read.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// First pause between two tries.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// Longest pause between two tries. With 8 tries an application may be away for nearly an hour.
const LONGEST_PAUSE: Duration = Duration::from_secs(30 * 60);
/// "Got HTTP 4xx/5xx response to a callback": Twilio's warning.
const UNDELIVERED: u32 = 15003;

/// Sends until the engine is dropped.
pub(crate) async fn serve(hub: Arc<Hub>) {
    let (done, mut finished) = mpsc::channel::<Sid>(AT_ONCE);
    let mut busy: HashSet<Sid> = HashSet::new();
    let mut more = true;
    loop {
        if more && busy.len() < AT_ONCE {
            more = send_due(&hub, &mut busy, &done).await;
        }
        let next = if more { None } else { next_due(&hub, &busy).await };
        tokio::select! {
            Some(lane) = finished.recv() => {
                busy.remove(&lane);
                while let Ok(lane) = finished.try_recv() {
                    busy.remove(&lane);
                }
                more = true;
            }
            () = hub.outbox.notified() => more = true,
            () = pause(next) => more = true,
        }
    }
}

/// Sleeps until something is due, but never long: the clock may be set meanwhile. Without anything it sleeps on.
pub(crate) async fn pause(next: Option<Duration>) {
    match next {
        Some(for_) => tokio::time::sleep(for_.min(LONGEST_SLEEP)).await,
        None => std::future::pending().await,
    }
}

/// Starts what is due; says whether there is more, for which there is no room now.
async fn send_due(hub: &Arc<Hub>, busy: &mut HashSet<Sid>, done: &mpsc::Sender<Sid>) -> bool {
    let lanes: Vec<Sid> = busy.iter().copied().collect();
    let room = AT_ONCE.saturating_sub(lanes.len());
    let limit = u32::try_from(room).unwrap_or(u32::MAX);
    let due = match hub.store.due_callbacks(wall(), limit, &lanes).await {
        Ok(due) => due,
        Err(error) => {
            tracing::error!(%error, "the outbox could not be read");
            tokio::time::sleep(AFTER_FAILURE).await;
            return true;
        }
    };
    let more = due.len() >= room;
    for callback in due {
        busy.insert(callback.lane);
        let hub = Arc::clone(hub);
        let turn = Turn { lane: callback.lane, done: done.clone() };
        tokio::spawn(async move {
            send(&hub, callback).await;
            drop(turn);
        });
    }
    more
}

/// When to look again if nothing happens before.
async fn next_due(hub: &Hub, busy: &HashSet<Sid>) -> Option<Duration> {
    let lanes: Vec<Sid> = busy.iter().copied().collect();
    match hub.store.next_callback_due(&lanes).await {
        Ok(next) => next.map(|at| at.since(wall()).max(Duration::from_millis(10))),
        Err(_) => Some(AFTER_FAILURE),
    }
}

/// A lane's turn, given back at its end also if sending panicked.
struct Turn {
    lane: Sid,
    done: mpsc::Sender<Sid>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        // There is room: no more than the channel holds are under way.
        let _ = self.done.try_send(self.lane);
    }
}

async fn send(hub: &Hub, callback: Callback) {
    let outcome = match hub.token(callback.account).await {
        Ok(token) => {
            let ask = Ask {
                url: &callback.url,
                method: callback.method,
                params: &callback.params,
                token: &token,
                idempotency_key: &callback.idempotency_key,
                cookies: None,
            };
            hub.http.tell(&ask).await
        }
        Err(error) => {
            tracing::error!(%error, "a callback waits: the store could not be read");
            // The lane keeps its turn meanwhile, so this does not become a busy loop.
            return tokio::time::sleep(AFTER_FAILURE).await;
        }
    };
    let attempts = callback.attempts + 1;
    let kept = match outcome {
        Ok(()) => hub.store.callback_sent(callback.id).await,
        Err(error) if error.is_passing() && attempts < hub.http.settings().callback_tries => {
            let due_at = wall() + backoff(FIRST_PAUSE, LONGEST_PAUSE, attempts);
            hub.store.callback_failed(callback.id, attempts, due_at).await
        }
        Err(error) => {
            let message = format!("a callback was given up after {attempts} tries: {error}");
            raise(hub, &callback, message).await;
            hub.store.callback_dropped(callback.id).await
        }
    };
    if let Err(error) = kept {
        tracing::error!(%error, "the outbox could not be written: a callback may be sent again");
        tokio::time::sleep(AFTER_FAILURE).await;
    }
}

/// The pause after so many tries: `first`, and four times as long each time, up to `longest`.
pub(crate) fn backoff(first: Duration, longest: Duration, attempts: u32) -> Duration {
    let factor = 4_u32.checked_pow(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
    first.saturating_mul(factor).min(longest)
}

async fn raise(hub: &Hub, callback: &Callback, message: String) {
    tracing::warn!(code = UNDELIVERED, "{message}");
    let call = callback.params.iter().find(|(name, _)| name == "CallSid");
    let call = call.and_then(|(_, sid)| Sid::of_kind(SidKind::Call, sid).ok());
    let alert = Alert {
        sid: random(SidKind::Alert),
        account: callback.account,
        call,
        level: AlertLevel::Warning,
        code: UNDELIVERED,
        message,
        url: Some(callback.url.clone()),
        at: wall(),
    };
    if let Err(error) = hub.store.raise_alert(alert).await {
        tracing::error!(%error, "an alert could not be kept");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_spread_out_but_not_forever() {
        let after = |tries| backoff(FIRST_PAUSE, LONGEST_PAUSE, tries);
        let seconds: Vec<u64> = (1..=7).map(|tries| after(tries).as_secs()).collect();
        assert_eq!(seconds, [1, 4, 16, 64, 256, 1024, 1800]);
        assert_eq!(after(200), LONGEST_PAUSE);
    }

    #[tokio::test]
    async fn a_lane_gets_its_turn_back_when_sending_breaks() {
        let (done, mut finished) = mpsc::channel(1);
        let lane = Sid::new(SidKind::Call, 1);
        let turn = Turn { lane, done };
        let sent = tokio::spawn(async move {
            let _turn = turn;
            panic!("on purpose");
        });
        assert!(sent.await.is_err());
        assert_eq!(finished.recv().await, Some(lane));
    }
}

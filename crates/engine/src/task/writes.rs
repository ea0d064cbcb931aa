//! What a call wants kept, written one after the other beside the call.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;

use model::{Alert, Callback, RecordingRecord, Sid};
use store::{CallChange, StoreError};
use tokio::sync::oneshot;

use crate::hub::Hub;

/// Something to be kept.
pub(crate) enum Write {
    Call(Box<CallChange>),
    Recording(Box<RecordingRecord>, Vec<Callback>),
    DropRecording(Sid),
    Alert(Box<Alert>),
    /// Nothing: whoever waits for what came before is told.
    Mark(oneshot::Sender<()>),
}

type Writing = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

/// Writes of one call, in order. Their number is bounded by what a call can report between two commits.
pub(crate) struct Writes {
    hub: Arc<Hub>,
    waiting: VecDeque<Write>,
    now: Option<Writing>,
    /// Whether what is being written has something for the outbox.
    tells: bool,
}

impl Writes {
    pub(crate) fn new(hub: Arc<Hub>) -> Writes {
        Writes { hub, waiting: VecDeque::new(), now: None, tells: false }
    }

    /// Keeps `write` after what came before. A call that changed again before its last change was begun to be written
    /// is written once.
    pub(crate) fn push(&mut self, write: Write) {
        match (self.waiting.back_mut(), write) {
            (Some(Write::Call(last)), Write::Call(change))
                if last.record.sid == change.record.sid =>
            {
                supersede(last, *change);
            }
            (_, write) => self.waiting.push_back(write),
        }
        self.start();
    }

    /// Comes when everything pushed so far is on disk.
    pub(crate) fn flushed(&mut self) -> oneshot::Receiver<()> {
        let (reached, mark) = oneshot::channel();
        self.push(Write::Mark(reached));
        mark
    }

    fn start(&mut self) {
        if self.now.is_none()
            && let Some(write) = self.waiting.pop_front()
        {
            self.tells = write.tells();
            self.now = Some(Box::pin(perform(Arc::clone(&self.hub), write)));
        }
    }

    /// Waits until one more is on disk; forever if there is none.
    pub(crate) async fn next(&mut self) {
        let Some(now) = &mut self.now else {
            return std::future::pending().await;
        };
        if let Err(error) = now.await {
            // The call goes on: the one who talks is not to blame. What could not be kept is lost, and counted.
            metrics::counter!("alo_store_failures_total").increment(1);
            tracing::error!(%error, "a change of a call could not be kept: check the disk");
        }
        self.now = None;
        if self.tells {
            self.hub.outbox.notify_one();
        }
        self.start();
    }

    /// Waits until all are on disk.
    pub(crate) async fn finish(&mut self) {
        while self.now.is_some() {
            self.next().await;
        }
    }
}

impl Write {
    /// Whether it has something for the outbox.
    fn tells(&self) -> bool {
        match self {
            Write::Call(change) => !change.callbacks.is_empty(),
            Write::Recording(_, callbacks) => !callbacks.is_empty(),
            Write::DropRecording(_) | Write::Alert(_) | Write::Mark(_) => false,
        }
    }
}

/// Makes one change of two, the later one first in what it says and last in whom it tells.
fn supersede(last: &mut CallChange, change: CallChange) {
    let CallChange { record, subscription, callbacks } = change;
    last.record = record;
    last.subscription = subscription.or_else(|| last.subscription.take());
    last.callbacks.extend(callbacks);
}

async fn perform(hub: Arc<Hub>, write: Write) -> Result<(), StoreError> {
    match write {
        Write::Call(change) => hub.store.save_call(*change).await,
        Write::Recording(record, callbacks) => hub.store.save_recording(*record, callbacks).await,
        Write::DropRecording(recording) => {
            hub.store.delete_recording(recording).await?;
            let path = hub.recording_path(recording);
            if let Err(error) = tokio::fs::remove_file(&path).await {
                tracing::debug!(%error, %recording, "an empty recording had no file");
            }
            Ok(())
        }
        Write::Alert(alert) => hub.store.raise_alert(*alert).await,
        Write::Mark(reached) => {
            // An error: nobody waits any more.
            let _ = reached.send(());
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{CallRecord, CallStatus, Direction, Hangup, Method, Moment, Party, SidKind};
    use store::Subscription;

    fn change(status: CallStatus, told: Option<&str>) -> CallChange {
        let (sid, account) = (Sid::new(SidKind::Call, 1), Sid::new(SidKind::Account, 1));
        let record = CallRecord {
            sid,
            account,
            parent: None,
            from: Party::Other("100".to_owned()),
            to: Party::Other("200".to_owned()),
            number: None,
            direction: Direction::Inbound,
            status,
            caller_name: None,
            forwarded_from: None,
            created_at: Moment::EPOCH,
            updated_at: Moment::EPOCH,
            answered_at: None,
            started_at: None,
            ended_at: None,
            hangup: Hangup::default(),
        };
        let row = |url: &str| {
            crate::convert::row(
                sid,
                account,
                url.to_owned(),
                Method::Post,
                Vec::new(),
                Moment::EPOCH,
            )
        };
        CallChange { callbacks: told.map(row).into_iter().collect(), ..CallChange::quiet(record) }
    }

    #[test]
    fn two_changes_written_as_one_tell_everybody_in_order() {
        let mut last = change(CallStatus::Ringing, Some("http://app.test/first"));
        last.subscription = Some(Subscription::default());
        supersede(&mut last, change(CallStatus::InProgress, Some("http://app.test/second")));
        assert_eq!(last.record.status, CallStatus::InProgress);
        assert_eq!(last.subscription, Some(Subscription::default()));
        let told: Vec<&str> = last.callbacks.iter().map(|row| row.url.as_str()).collect();
        assert_eq!(told, ["http://app.test/first", "http://app.test/second"]);
    }

    #[test]
    fn the_outbox_is_looked_at_only_for_what_it_has_to_send() {
        assert!(!Write::Call(Box::new(change(CallStatus::Ringing, None))).tells());
        assert!(Write::Call(Box::new(change(CallStatus::Ringing, Some("http://a.test")))).tells());
    }
}

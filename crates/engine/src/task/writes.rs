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
}

impl Writes {
    pub(crate) fn new(hub: Arc<Hub>) -> Writes {
        Writes { hub, waiting: VecDeque::new(), now: None }
    }

    pub(crate) fn push(&mut self, write: Write) {
        self.waiting.push_back(write);
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
        self.hub.outbox.notify_one();
        self.start();
    }

    /// Waits until all are on disk.
    pub(crate) async fn finish(&mut self) {
        while self.now.is_some() {
            self.next().await;
        }
    }
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

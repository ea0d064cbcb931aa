//! What a call wants kept, written one after the other beside the call.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;

use model::{Alert, Callback, RecordingRecord, Sid, TranscriptionOrder};
use store::{CallChange, StoreError};
use tokio::sync::oneshot;

use crate::hub::Hub;

/// Something to be kept.
pub(crate) enum Write {
    Call(Box<CallChange>),
    Recording(Box<RecordingRecord>, Vec<Callback>),
    /// In one with its recording where it is pushed right behind it: then a crash loses both or neither.
    Transcription(Box<TranscriptionOrder>),
    /// A recording and its transcription, made of the two.
    RecordingToTranscribe(Box<RecordingRecord>, Vec<Callback>, Box<TranscriptionOrder>),
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
    /// is written once. Writing begins in [`Writes::next`], so what is pushed in one turn can share a transaction.
    pub(crate) fn push(&mut self, write: Write) {
        let write = match (self.waiting.pop_back(), write) {
            (Some(last), write) => match joined(last, write) {
                Ok(one) => one,
                Err((last, write)) => {
                    self.waiting.push_back(last);
                    write
                }
            },
            (None, write) => write,
        };
        self.waiting.push_back(write);
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
        self.start();
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
    }

    /// Waits until all are on disk.
    pub(crate) async fn finish(&mut self) {
        while self.now.is_some() || !self.waiting.is_empty() {
            self.next().await;
        }
    }
}

impl Write {
    /// Whether it has something for the outbox.
    fn tells(&self) -> bool {
        match self {
            Write::Call(change) => !change.callbacks.is_empty(),
            Write::Recording(_, callbacks) | Write::RecordingToTranscribe(_, callbacks, _) => {
                !callbacks.is_empty()
            }
            Write::Transcription(_)
            | Write::DropRecording(_)
            | Write::Alert(_)
            | Write::Mark(_) => false,
        }
    }
}

/// One write of two, where that keeps the same.
fn joined(last: Write, write: Write) -> Result<Write, (Write, Write)> {
    match (last, write) {
        (Write::Call(mut last), Write::Call(change)) if last.record.sid == change.record.sid => {
            supersede(&mut last, *change);
            Ok(Write::Call(last))
        }
        (Write::Recording(recording, callbacks), Write::Transcription(order))
            if recording.sid == order.record.recording =>
        {
            Ok(Write::RecordingToTranscribe(recording, callbacks, order))
        }
        (last, write) => Err((last, write)),
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
        Write::Transcription(order) => {
            hub.store.add_transcription(*order).await?;
            hub.transcripts.notify_one();
            Ok(())
        }
        Write::RecordingToTranscribe(record, callbacks, order) => {
            hub.store.save_recording_to_transcribe(*record, callbacks, *order).await?;
            hub.transcripts.notify_one();
            Ok(())
        }
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
    use std::time::Duration;

    use model::{
        CallRecord, CallStatus, Direction, Hangup, Method, Moment, Party, RecordingSource,
        RecordingStatus, SidKind, Transcription, TranscriptionStatus,
    };
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

    fn recording(digits: u128) -> Write {
        let record = RecordingRecord {
            sid: Sid::new(SidKind::Recording, digits),
            account: Sid::new(SidKind::Account, 1),
            call: Sid::new(SidKind::Call, 1),
            source: RecordingSource::RecordVerb,
            channels: 1,
            status: RecordingStatus::Completed,
            duration: Some(Duration::from_secs(4)),
            started_at: Moment::EPOCH,
            updated_at: Moment::EPOCH,
            error_code: None,
        };
        Write::Recording(
            Box::new(record),
            change(CallStatus::Ringing, Some("http://a.test")).callbacks,
        )
    }

    fn transcription(of: u128) -> Write {
        let record = Transcription {
            sid: Sid::new(SidKind::Transcription, 1),
            account: Sid::new(SidKind::Account, 1),
            recording: Sid::new(SidKind::Recording, of),
            call: Sid::new(SidKind::Call, 1),
            status: TranscriptionStatus::InProgress,
            text: None,
            failure: None,
            language: "en".to_owned(),
            length: Duration::from_secs(4),
            created_at: Moment::EPOCH,
            updated_at: Moment::EPOCH,
        };
        let order = TranscriptionOrder { record, callback: None, params: Vec::new() };
        Write::Transcription(Box::new(order))
    }

    #[test]
    fn a_recording_and_its_transcription_are_written_as_one() {
        let one = joined(recording(1), transcription(1));
        assert!(one.is_ok_and(|write| {
            matches!(write, Write::RecordingToTranscribe(..)) && write.tells()
        }));
        assert!(joined(recording(1), transcription(2)).is_err(), "another's");
        assert!(joined(transcription(1), recording(1)).is_err(), "the recording comes first");
    }

    #[test]
    fn the_outbox_is_looked_at_only_for_what_it_has_to_send() {
        assert!(!Write::Call(Box::new(change(CallStatus::Ringing, None))).tells());
        assert!(Write::Call(Box::new(change(CallStatus::Ringing, Some("http://a.test")))).tells());
    }
}

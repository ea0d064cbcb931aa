//! After a crash, or a panic in one call: calls that were alive are closed with their last callback, recordings with what
//! is on disk.

use std::time::Duration;

use call::final_callback;
use media::wav::HEADER;
use model::{CallRecord, CallStatus, RecordingStatus, Sid};
use store::{CallChange, StoreError, Subscription};

use crate::clock::wall;
use crate::convert;
use crate::hub::Hub;

/// Bytes a second of one channel: 16-bit samples at 8 kHz.
const BYTES_A_SECOND: u64 = 16_000;

/// Closes what an earlier run left open; says how many calls that were.
pub(crate) async fn close_orphans(hub: &Hub) -> Result<usize, StoreError> {
    let orphans = hub.store.unfinished_calls().await?;
    let count = orphans.len();
    for (record, kept) in orphans {
        close(hub, record, kept, "the server stopped during the call").await?;
    }
    for mut record in hub.store.unfinished_recordings().await? {
        let file = tokio::fs::metadata(hub.recording_path(record.sid)).await;
        let bytes = file.map_or(0, |file| file.len().saturating_sub(HEADER as u64));
        let seconds = bytes / (BYTES_A_SECOND * u64::from(record.channels.max(1)));
        record.status =
            if bytes > 0 { RecordingStatus::Completed } else { RecordingStatus::Failed };
        record.duration = Some(Duration::from_secs(seconds));
        record.updated_at = wall();
        hub.store.save_recording(record, Vec::new()).await?;
    }
    if count > 0 {
        tracing::warn!(calls = count, "closed calls that a crash had cut off");
    }
    Ok(count)
}

/// Closes calls whose task broke; the server goes on.
pub(crate) async fn close_broken(hub: &Hub, calls: &[Sid]) {
    tracing::error!(?calls, "a call broke and was ended: please report it with what is above");
    let closed = match hub.store.unfinished_calls().await {
        Ok(unfinished) => {
            let broken = unfinished.into_iter().filter(|(record, _)| calls.contains(&record.sid));
            let mut closed = Ok(());
            for (record, kept) in broken {
                closed = closed.and(close(hub, record, kept, "the call broke off").await);
            }
            closed
        }
        Err(error) => Err(error),
    };
    if let Err(error) = closed {
        tracing::error!(%error, "broken calls could not be closed; the next start does it");
    }
    hub.outbox.notify_one();
}

/// Ends a call whose task is gone, with the callback that its end asks for.
async fn close(
    hub: &Hub,
    mut record: CallRecord,
    kept: Option<Subscription>,
    why: &str,
) -> Result<(), StoreError> {
    let now = wall();
    // How long it went on is not known: the last that was heard of it is the best there is.
    let ended_at = record.updated_at.max(record.answered_at.unwrap_or(record.created_at));
    record.status = match record.answered_at {
        Some(_) => CallStatus::Completed,
        None => CallStatus::Failed,
    };
    record.started_at.get_or_insert(record.created_at);
    record.ended_at = Some(ended_at);
    record.updated_at = now;
    record.hangup.reason = Some(why.to_owned());
    let watch = kept.as_ref().and_then(convert::watch);
    let callback = watch.and_then(|watch| final_callback(&record, &watch, now));
    let callbacks = callback.into_iter().map(|told| convert::outbox_row(&record, told, now));
    let callbacks = callbacks.collect();
    hub.store.save_call(CallChange { record, subscription: None, callbacks }).await
}

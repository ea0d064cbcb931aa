//! After a crash: calls that were alive are closed with their last callback, recordings with what is on disk.

use std::time::Duration;

use call::final_callback;
use model::{CallStatus, RecordingStatus};
use store::{CallChange, StoreError};

use crate::clock::wall;
use crate::convert;
use crate::hub::Hub;

/// Bytes of a WAV header as `media` writes it.
const HEADER: u64 = 44;
/// Bytes a second of one channel: 16-bit samples at 8 kHz.
const BYTES_A_SECOND: u64 = 16_000;

/// Closes what an earlier run left open; says how many calls that were.
pub(crate) async fn close_orphans(hub: &Hub) -> Result<usize, StoreError> {
    let orphans = hub.store.unfinished_calls().await?;
    let count = orphans.len();
    for (mut record, kept) in orphans {
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
        record.hangup.reason = Some("the server stopped during the call".to_owned());
        let watch = kept.as_ref().and_then(convert::watch);
        let callback = watch.and_then(|watch| final_callback(&record, &watch, now));
        let callbacks = callback.into_iter().map(|told| convert::outbox_row(&record, told, now));
        let callbacks = callbacks.collect();
        hub.store.save_call(CallChange { record, subscription: None, callbacks }).await?;
    }
    for mut record in hub.store.unfinished_recordings().await? {
        let file = tokio::fs::metadata(hub.recording_path(record.sid)).await;
        let bytes = file.map_or(0, |file| file.len().saturating_sub(HEADER));
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

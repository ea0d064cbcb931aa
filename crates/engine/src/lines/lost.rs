//! Calls of lines whose hunt is gone: the server stopped meanwhile. No message is lost, and nobody waits to be told.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use model::oncall::{LineCall, LineOutcome, TextKind};
use model::{RecordingRecord, RecordingSource, RecordingStatus, Sid, SidKind};
use oncall::Input;
use store::{Page, RecordingFilter, StoreError};

use super::requests::{Request, Webhook};
use super::{document, setting, tell};
use crate::clock::wall;
use crate::http::AskError;
use crate::hub::Hub;
use crate::inside::Inner;

/// Closes what an earlier run left open: a message is a message, all else was lost. What can't be told now, since too many
/// texts wait, is told at the next start: no such call keeps the server from starting.
pub(crate) async fn close_orphans(hub: &Hub) -> Result<(), StoreError> {
    for (account, record) in hub.store.unfinished_line_calls().await? {
        let call = record.call;
        if let Err(error) = close(hub, account, record).await {
            tracing::error!(%error, %call, "a call of an earlier run could not be told of");
        }
    }
    Ok(())
}

async fn close(hub: &Hub, account: Sid, mut record: LineCall) -> Result<(), StoreError> {
    let settled = [LineOutcome::Connected, LineOutcome::Command, LineOutcome::Blocked];
    let known = [LineOutcome::Missed, LineOutcome::HungUp];
    record.ended_at = Some(wall());
    if let Some((recording, seconds)) = message(hub, account, record.call).await? {
        return with_message(hub, account, record, recording, seconds).await;
    }
    if settled.contains(&record.outcome) {
        return hub.store.save_line_call(account, record).await;
    }
    // What it came to was clear already, and somebody may not have been told.
    if !known.contains(&record.outcome) {
        record.outcome = LineOutcome::Lost;
    }
    missed(hub, account, record, TextKind::Missed).await
}

/// What was recorded of a call, if anything.
async fn message(hub: &Hub, account: Sid, call: Sid) -> Result<Option<(Sid, u32)>, StoreError> {
    let filter = RecordingFilter { call: Some(call), ..RecordingFilter::default() };
    let found = hub.store.recordings(account, filter, Page::default()).await?.items;
    let heard = |record: &RecordingRecord| {
        let seconds = record.duration.unwrap_or_default().as_secs();
        let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
        let whole = record.status == RecordingStatus::Completed && seconds > 0;
        // Others are of the call itself.
        (whole && record.source == RecordingSource::RecordVerb).then_some((record.sid, seconds))
    };
    Ok(found.iter().find_map(heard))
}

async fn with_message(
    hub: &Hub,
    account: Sid,
    mut record: LineCall,
    recording: Sid,
    seconds: u32,
) -> Result<(), StoreError> {
    record.outcome = LineOutcome::Voicemail;
    record.voicemail = Some(recording);
    record.voicemail_seconds = Some(seconds);
    missed(hub, account, record, TextKind::Voicemail).await
}

async fn missed(
    hub: &Hub,
    account: Sid,
    mut record: LineCall,
    kind: TextKind,
) -> Result<(), StoreError> {
    let ended_at = record.ended_at.take();
    let ticket = hub.store.miss_line_call(account, record.clone()).await?;
    (record.ended_at, record.ticket) = (ended_at, Some(ticket));
    if let Some(line) = hub.store.line(account, &record.line).await? {
        let to = setting::concerned(hub, account, &line, &record).await?;
        tell::concerning(hub, account, &line, &record, kind, &to).await?;
    }
    // Ended only now: if the server stops before, the next start tells them.
    hub.store.save_line_call(account, record).await
}

/// Something came for a call that is no longer live: a message still counts.
pub(super) async fn late(
    hub: &Hub,
    request: &Request,
    webhook: &Webhook<'_>,
) -> Result<(), AskError> {
    let Request::Message { call, input: Input::Recorded { recording, seconds } } = request else {
        return Ok(());
    };
    let (account, call) = (webhook.account, *call);
    let kept = async {
        let Some(mut record) = hub.store.line_call(account, call).await? else { return Ok(()) };
        // It may be known, and they not told yet; if they were, nothing is sent twice.
        if record.voicemail.is_some_and(|known| known != *recording) {
            return Ok(());
        }
        record.ended_at = record.ended_at.or(Some(wall()));
        with_message(hub, account, record, *recording, *seconds).await
    };
    kept.await.map_err(|error: StoreError| AskError::for_now(error.to_string()))
}

/// A message was written down: whoever was told of the message is told what it says. Where it could not be, they have the
/// message.
pub(super) async fn transcript(hub: &Arc<Hub>, webhook: &Webhook<'_>) -> Result<Inner, AskError> {
    let nothing = Inner::xml(document::empty());
    let call = webhook.sid("CallSid", SidKind::Call);
    let text = webhook.text("TranscriptionText").map(str::to_owned);
    let (Some(call), Some(text)) = (call, text) else { return Ok(nothing) };
    let account = webhook.account;
    let live = hub.lines.of(call);
    let record = hub.store.line_call(account, call).await;
    let record = record.map_err(|error| AskError::for_now(error.to_string()))?;
    let goes_on = live.as_ref().is_some_and(|live| !live.left.load(Ordering::Relaxed));
    let is_told = record.as_ref().is_none_or(|record| record.voicemail.is_some());
    if goes_on || (live.is_some() && !is_told) {
        // First they are told that there is a message, then what it says.
        return Err(AskError::for_now("the call goes on".to_owned()));
    }
    let Some(mut record) = record else { return Ok(nothing) };
    let kept = async {
        if !hub.store.save_line_transcript(account, call, text.clone()).await? {
            return Ok(());
        }
        record.transcript = Some(text);
        let Some(line) = hub.store.line(account, &record.line).await? else { return Ok(()) };
        let to = setting::concerned(hub, account, &line, &record).await?;
        tell::concerning(hub, account, &line, &record, TextKind::Transcript, &to).await
    };
    kept.await.map_err(|error: StoreError| AskError::for_now(error.to_string()))?;
    Ok(nothing)
}

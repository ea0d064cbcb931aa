//! Transcripts of recordings: asked for by `<Record transcribe>`, kept as owed, written one after the other.
//!
//! What is owed is a row in the store: a restart goes on with it. A recogniser that is away is asked again after 5, 20 and
//! 80 s; then the transcript has failed, which its callback says, and an alert tells why. What was understood and can't be
//! kept, because the disk is full, stays in memory until it can: nothing is recognised twice.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use model::{
    Alert, AlertLevel, Moment, Sid, SidKind, Transcription, TranscriptionOrder, TranscriptionStatus,
};
use speech::{HearError, Request, Speech};
use store::StoreError;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;
use url::Url;

use crate::clock::wall;
use crate::convert;
use crate::hub::Hub;
use crate::inside::{self, Place};
use crate::outbox::{backoff, pause};
use crate::sids::random;

/// Rows that are read at once. While so many wait for another try, later ones wait, too.
const BATCH: u32 = 256;
/// Pauses before another try.
const PAUSES: [Duration; 3] =
    [Duration::from_secs(5), Duration::from_secs(20), Duration::from_secs(80)];
/// Pause after the store could not be read.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// Longest pause before what could not be kept is tried again.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Largest recording that is read, in bytes: an hour of two channels.
const LARGEST: u64 = 128 * 1024 * 1024;
/// "Internal failure" (<https://www.twilio.com/docs/api/errors/12400>): the page of errors has none for transcripts.
const UNTRANSCRIBED: u32 = 12400;

/// A transcript that could not be written yet.
struct Retry {
    /// What was tried so often: recognising it, or keeping what came of that.
    tries: u32,
    due: Instant,
    /// What came of it, where only keeping it failed.
    result: Option<Result<String, Unwritten>>,
}

impl Retry {
    fn is_due(&self) -> bool {
        Instant::now() >= self.due
    }
}

/// Writes transcripts until the engine is dropped.
pub(crate) async fn serve(hub: Arc<Hub>) {
    let mut retries: HashMap<Sid, Retry> = HashMap::new();
    loop {
        let next = match hub.store.owed_transcriptions(BATCH).await {
            Ok(owed) => write_all(&hub, owed, &mut retries).await,
            Err(StoreError::Corrupt(what)) => Some(give_up_damaged(&hub, &what).await),
            Err(error) => {
                tracing::error!(%error, "transcripts that are owed could not be read");
                Some(AFTER_FAILURE)
            }
        };
        tokio::select! {
            () = hub.transcripts.notified() => {}
            () = pause(next) => {}
        }
    }
}

/// Rows that nobody can read keep none of the others waiting. How long to wait before the next look.
async fn give_up_damaged(hub: &Hub, what: &str) -> Duration {
    let given_up = hub.store.give_up_damaged_transcriptions(wall()).await.unwrap_or_else(|error| {
        tracing::error!(%error, "transcripts that can't be read could not be given up");
        Vec::new()
    });
    if given_up.is_empty() {
        tracing::error!(what, "transcripts that are owed could not be read");
        return AFTER_FAILURE;
    }
    for damaged in given_up {
        let account = damaged.account.unwrap_or(hub.settings.account);
        let message = format!("transcription {} can't be read and was given up", damaged.sid);
        raise(hub, account, None, message, wall()).await;
    }
    Duration::ZERO
}

/// Writes those that are due; how long to wait before the next round, `None`: until something is new.
async fn write_all(
    hub: &Arc<Hub>,
    owed: Vec<TranscriptionOrder>,
    retries: &mut HashMap<Sid, Retry>,
) -> Option<Duration> {
    let full = owed.len() == BATCH as usize;
    let mut wrote = false;
    // Deleted meanwhile, or finished.
    retries.retain(|sid, _| owed.iter().any(|order| order.record.sid == *sid));
    for order in owed {
        let sid = order.record.sid;
        if retries.get(&sid).is_some_and(|retry| !retry.is_due()) {
            continue;
        }
        match write(hub, order, retries.remove(&sid)).await {
            None => wrote = true,
            Some(retry) => {
                retries.insert(sid, retry);
            }
        }
    }
    if full && wrote {
        return Some(Duration::ZERO);
    }
    retries.values().map(|retry| retry.due.saturating_duration_since(Instant::now())).min()
}

/// Recognises and keeps one; what is still to be done later.
async fn write(hub: &Arc<Hub>, order: TranscriptionOrder, before: Option<Retry>) -> Option<Retry> {
    let (tries, known) = before.map_or((0, None), |retry| (retry.tries, retry.result));
    let (result, keeps) = match known {
        Some(result) => (result, tries),
        None => (recognized(hub, &order).await, 0),
    };
    if keeps == 0
        && result.as_ref().is_err_and(Unwritten::may_pass)
        && let Some(wait) = PAUSES.get(tries as usize)
    {
        return Some(Retry { tries: tries + 1, due: Instant::now() + *wait, result: None });
    }
    let sid = order.record.sid;
    let error = finish(hub, order, &result).await.err()?;
    tracing::error!(%error, transcription = %sid, "a transcript could not be kept: check the disk");
    let due = Instant::now() + backoff(AFTER_FAILURE, LONGEST_PAUSE, keeps + 1);
    Some(Retry { tries: keeps + 1, due, result: Some(result) })
}

/// Why there is no transcript.
#[derive(Debug, thiserror::Error)]
enum Unwritten {
    #[error(transparent)]
    Unheard(#[from] HearError),
    #[error("its file can't be read: {0}")]
    Unreadable(String),
    #[error("recognising it broke: please report it with the log")]
    Broke,
}

impl Unwritten {
    /// Whether it may go better later.
    fn may_pass(&self) -> bool {
        match self {
            Unwritten::Unheard(
                HearError::Engine { .. } | HearError::Timeout { .. } | HearError::Busy { .. },
            ) => true,
            Unwritten::Unheard(HearError::NoEngine { .. } | HearError::TooLong { .. })
            | Unwritten::Unreadable(_)
            | Unwritten::Broke => false,
        }
    }
}

/// What is said in a recording. It is recognised in a task of its own: if that panics, this transcript fails, and no other.
async fn recognized(hub: &Arc<Hub>, order: &TranscriptionOrder) -> Result<String, Unwritten> {
    let (hub, order) = (Arc::clone(hub), order.clone());
    let recognizing = tokio::spawn(async move { transcribe(&hub, &order).await });
    match AbortOnDropHandle::new(recognizing).await {
        Ok(result) => result,
        Err(error) => {
            tracing::error!(%error, "a recogniser broke");
            Err(Unwritten::Broke)
        }
    }
}

async fn transcribe(hub: &Hub, order: &TranscriptionOrder) -> Result<String, Unwritten> {
    let path = hub.recording_path(order.record.recording);
    let read = tokio::task::spawn_blocking(move || read(&path)).await;
    let audio = match read {
        Ok(Ok(audio)) => audio,
        Ok(Err(reason)) => return Err(Unwritten::Unreadable(reason)),
        Err(error) => return Err(Unwritten::Unreadable(error.to_string())),
    };
    let language = language_of(hub, order).await;
    let request = Request { language, hints: Vec::new(), model: None, profanity_filter: false };
    let words = hub.ears.recognize(&audio, &request).await?;
    Ok(words.text.trim().to_owned())
}

/// Of a message on a support line that line's, of others the server's.
async fn language_of(hub: &Hub, order: &TranscriptionOrder) -> String {
    let callback = order.callback.as_ref().and_then(|(url, _)| Url::parse(url).ok());
    let place = callback.and_then(|url| inside::place(&url, &hub.settings.public_url));
    let usual = order.record.language.clone();
    let Some(Place::Line { name, .. }) = place else { return usual };
    let Ok(name) = name.parse() else { return usual };
    match hub.store.line(order.record.account, &name).await {
        Ok(Some(line)) => line.language.spoken().to_owned(),
        Ok(None) | Err(_) => usual,
    }
}

/// The recording as one channel.
fn read(path: &Path) -> Result<Speech, String> {
    let length = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if length > LARGEST {
        return Err(format!("it has {length} bytes, more than {LARGEST}"));
    }
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    speech::read_wav(&bytes).map_err(|error| error.to_string())
}

/// Keeps what came of it, with its callback; then whoever mends it is told why there is none.
async fn finish(
    hub: &Arc<Hub>,
    order: TranscriptionOrder,
    result: &Result<String, Unwritten>,
) -> Result<(), StoreError> {
    let now = wall();
    let mut record = order.record;
    record.updated_at = now;
    match result {
        Ok(text) => {
            record.status = TranscriptionStatus::Completed;
            record.text = Some(text.clone());
        }
        Err(error) => {
            record.status = TranscriptionStatus::Failed;
            record.failure = Some(error.to_string());
        }
    }
    let callbacks = order.callback.map(|(url, method)| {
        let params = [order.params, outcome(hub, &record)].concat();
        convert::row(record.sid, record.account, url, method, params, now)
    });
    let callbacks = callbacks.into_iter().collect();
    if !hub.store.finish_transcription(record.clone(), callbacks).await? {
        // Deleted meanwhile: nobody wants to know.
        return Ok(());
    }
    hub.outbox.notify_one();
    if let Some(why) = &record.failure {
        let message = format!("recording {} has no transcript: {why}", record.recording);
        raise(hub, record.account, Some(record.call), message, now).await;
    }
    Ok(())
}

/// What the callback says besides: <https://www.twilio.com/docs/voice/twiml/record#attributes-transcribe-callback>.
fn outcome(hub: &Hub, record: &Transcription) -> Vec<(String, String)> {
    let url = format!(
        "{}/2010-04-01/Accounts/{}/Transcriptions/{}",
        hub.settings.public_url, record.account, record.sid
    );
    let said = [
        ("TranscriptionSid", record.sid.to_string()),
        ("TranscriptionText", record.text.clone().unwrap_or_default()),
        ("TranscriptionStatus", record.status.as_str().to_owned()),
        ("TranscriptionUrl", url),
        ("TranscriptionType", "fast".to_owned()),
    ];
    said.map(|(name, value)| (name.to_owned(), value)).into()
}

async fn raise(hub: &Hub, account: Sid, call: Option<Sid>, message: String, at: Moment) {
    tracing::warn!(code = UNTRANSCRIBED, "{message}");
    let alert = Alert {
        sid: random(SidKind::Alert),
        account,
        call,
        level: AlertLevel::Error,
        code: UNTRANSCRIBED,
        message,
        url: None,
        at,
    };
    if let Err(error) = hub.store.raise_alert(alert).await {
        tracing::error!(%error, "an alert could not be kept");
    }
}

#[cfg(test)]
mod tests;

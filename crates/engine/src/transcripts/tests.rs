//! What is owed is written once, told, and neither lost nor tried for ever.

use std::sync::atomic::{AtomicUsize, Ordering};

use model::{Method, Moment, RecordingRecord, RecordingSource, RecordingStatus};
use speech::{EarLimits, Ears, Recognized, Recognizer};
use store::{AlertFilter, Page};

use super::*;
use crate::trial::{ACCOUNT, hub_hearing};

const RECORDING: Sid = Sid::new(SidKind::Recording, 7);
const CALL: Sid = Sid::new(SidKind::Call, 7);
const TRANSCRIPTION: Sid = Sid::new(SidKind::Transcription, 7);

/// Understands after it failed so often.
struct Fails(AtomicUsize);

#[async_trait::async_trait]
impl Recognizer for Fails {
    fn name(&self) -> &'static str {
        "fails"
    }

    fn hears(&self, _: &str) -> bool {
        true
    }

    async fn recognize(&self, _: &Speech, request: &Request) -> Result<Recognized, HearError> {
        let left = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1));
        match left {
            Ok(_) => {
                Err(HearError::Engine { engine: "fails".to_owned(), reason: "away".to_owned() })
            }
            Err(_) => {
                Ok(Recognized { text: format!(" said in {} ", request.language), confidence: None })
            }
        }
    }
}

/// Breaks.
struct Breaks;

#[async_trait::async_trait]
impl Recognizer for Breaks {
    fn name(&self) -> &'static str {
        "breaks"
    }

    fn hears(&self, _: &str) -> bool {
        true
    }

    async fn recognize(&self, _: &Speech, _: &Request) -> Result<Recognized, HearError> {
        panic!("on purpose");
    }
}

async fn owing(folder: &Path, failures: usize) -> Arc<Hub> {
    owing_by(folder, Box::new(Fails(AtomicUsize::new(failures)))).await
}

async fn owing_by(folder: &Path, engine: Box<dyn Recognizer>) -> Arc<Hub> {
    let hub = hub_hearing(folder, Ears::new(vec![engine], EarLimits::default())).await;
    let path = hub.recording_path(RECORDING);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("it is made");
    let mut wav = media::wav::header(1, 320).to_vec();
    wav.extend([0; 320]);
    std::fs::write(path, wav).expect("it is written");
    let recording = RecordingRecord {
        sid: RECORDING,
        account: ACCOUNT,
        call: CALL,
        source: RecordingSource::RecordVerb,
        channels: 1,
        status: RecordingStatus::Completed,
        duration: Some(Duration::from_secs(1)),
        started_at: Moment::EPOCH,
        updated_at: Moment::EPOCH,
        error_code: None,
    };
    let record = Transcription {
        sid: TRANSCRIPTION,
        account: ACCOUNT,
        recording: RECORDING,
        call: CALL,
        status: TranscriptionStatus::InProgress,
        text: None,
        failure: None,
        language: "en-GB".to_owned(),
        length: Duration::from_secs(1),
        created_at: Moment::EPOCH,
        updated_at: Moment::EPOCH,
    };
    let callback = Some(("http://app.test/written".to_owned(), Method::Post));
    let order = TranscriptionOrder { record, callback, params: Vec::new() };
    hub.store.save_recording_to_transcribe(recording, Vec::new(), order).await.expect("it is kept");
    hub
}

/// One round.
async fn round(hub: &Arc<Hub>, retries: &mut HashMap<Sid, Retry>) -> Option<Duration> {
    let owed = hub.store.owed_transcriptions(BATCH).await.expect("it can be read");
    write_all(hub, owed, retries).await
}

async fn written(hub: &Hub) -> Transcription {
    let found = hub.store.transcription(ACCOUNT, TRANSCRIPTION).await.expect("it can be read");
    found.expect("it is kept")
}

async fn told(hub: &Hub) -> Vec<(String, String)> {
    let due = hub.store.due_callbacks(wall(), 10, &[]).await.expect("it can be read");
    assert!(due.len() <= 1, "{due:?}");
    due.into_iter().flat_map(|callback| callback.params).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_owed_is_written_and_told_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let hub = owing(folder.path(), 0).await;
    let mut retries = HashMap::new();
    assert_eq!(round(&hub, &mut retries).await, None);
    assert_eq!(round(&hub, &mut retries).await, None);
    let record = written(&hub).await;
    assert_eq!(record.status, TranscriptionStatus::Completed);
    assert_eq!(record.text.as_deref(), Some("said in en-GB"));
    let told = told(&hub).await;
    assert!(told.contains(&("TranscriptionText".into(), "said in en-GB".into())), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recogniser_that_is_away_is_asked_later_and_not_before() {
    let folder = tempfile::tempdir().expect("a folder");
    let hub = owing(folder.path(), 1).await;
    let mut retries = HashMap::new();
    let wait = round(&hub, &mut retries).await.expect("another try");
    assert!(wait > PAUSES[0] / 2 && wait <= PAUSES[0], "{wait:?}");
    assert!(round(&hub, &mut retries).await.is_some(), "it isn't due");
    assert_eq!(written(&hub).await.status, TranscriptionStatus::InProgress);
    retries.get_mut(&TRANSCRIPTION).expect("it waits").due = Instant::now();
    assert_eq!(round(&hub, &mut retries).await, None);
    assert_eq!(written(&hub).await.status, TranscriptionStatus::Completed);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_written_is_given_up_with_an_alert() {
    let folder = tempfile::tempdir().expect("a folder");
    let hub = owing(folder.path(), 100).await;
    let mut retries = HashMap::new();
    while round(&hub, &mut retries).await.is_some() {
        retries.get_mut(&TRANSCRIPTION).expect("it waits").due = Instant::now();
    }
    let record = written(&hub).await;
    assert_eq!(record.status, TranscriptionStatus::Failed);
    assert_eq!(record.failure.as_deref(), Some("fails could not recognise: away"));
    assert!(told(&hub).await.contains(&("TranscriptionStatus".into(), "failed".into())));
    assert_eq!(alerts_of_none(&hub).await, 1);
}

async fn alerts_of_none(hub: &Hub) -> usize {
    let alerts = hub.store.alerts(ACCOUNT, AlertFilter::default(), Page::default()).await;
    let alerts = alerts.expect("it can be read").items;
    alerts.iter().filter(|alert| alert.message.contains("no transcript")).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recogniser_that_panics_fails_that_transcript_and_no_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let hub = owing_by(folder.path(), Box::new(Breaks)).await;
    assert_eq!(round(&hub, &mut HashMap::new()).await, None);
    let record = written(&hub).await;
    assert_eq!(record.status, TranscriptionStatus::Failed);
    assert_eq!(alerts_of_none(&hub).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_understood_and_not_kept_is_kept_without_recognising_it_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let hub = owing_by(folder.path(), Box::new(Breaks)).await;
    let result = Some(Ok("understood".to_owned()));
    let retry = Retry { tries: 7, due: Instant::now(), result };
    let mut retries = HashMap::from([(TRANSCRIPTION, retry)]);
    assert_eq!(round(&hub, &mut retries).await, None);
    assert_eq!(written(&hub).await.text.as_deref(), Some("understood"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_kept_waits_longer_each_time_and_alerts_nobody() {
    let folder = tempfile::tempdir().expect("a folder");
    let hub = owing(folder.path(), 0).await;
    let order = hub.store.owed_transcriptions(1).await.expect("it can be read").remove(0);
    hub.store.close().await;
    let mut retry = None;
    let mut waits = Vec::new();
    for _ in 0..8 {
        retry = write(&hub, order.clone(), retry).await;
        let kept = retry.as_ref().expect("it is not kept");
        assert!(
            matches!(&kept.result, Some(Ok(text)) if text == "said in en-GB"),
            "{:?}",
            kept.result
        );
        waits.push(kept.due.saturating_duration_since(Instant::now()).as_secs_f64().ceil());
    }
    assert_eq!(waits, [1.0, 4.0, 16.0, 60.0, 60.0, 60.0, 60.0, 60.0]);
}

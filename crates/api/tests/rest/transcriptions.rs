//! Transcriptions listed, read as records and as text, and deleted with and without their recording.

use std::time::Duration;

use axum::http::header::CONTENT_TYPE;
use model::{
    Moment, RecordingRecord, RecordingSource, RecordingStatus, Sid, SidKind, Transcription,
    TranscriptionOrder, TranscriptionStatus,
};
use serde_json::json;

use crate::server::Server;

/// What was said in those that are completed.
const SAID: &str = "Alô, é a Ada.";

fn recording(server: &Server, digits: u128) -> RecordingRecord {
    RecordingRecord {
        sid: Sid::new(SidKind::Recording, digits),
        account: server.account,
        call: Sid::new(SidKind::Call, 1),
        source: RecordingSource::RecordVerb,
        channels: 1,
        status: RecordingStatus::Completed,
        duration: Some(Duration::from_secs(4)),
        started_at: Moment::EPOCH,
        updated_at: Moment::EPOCH,
        error_code: None,
    }
}

/// Keeps a recording with its transcription of the same number, ordered as many seconds after 1970.
async fn keeps(server: &Server, digits: u128, status: TranscriptionStatus) -> Sid {
    let recording = recording(server, digits);
    let seconds = u64::try_from(digits).expect("a small number");
    let ordered = Moment::EPOCH + Duration::from_secs(seconds);
    let mut record = Transcription {
        sid: Sid::new(SidKind::Transcription, digits),
        account: server.account,
        recording: recording.sid,
        call: recording.call,
        status: TranscriptionStatus::InProgress,
        text: None,
        failure: None,
        language: "pt-BR".to_owned(),
        length: Duration::from_secs(4),
        created_at: ordered,
        updated_at: ordered,
    };
    let order = TranscriptionOrder { record: record.clone(), callback: None, params: Vec::new() };
    let kept = server.store().save_recording_to_transcribe(recording, Vec::new(), order).await;
    kept.expect("both are kept");
    if status != TranscriptionStatus::InProgress {
        record.status = status;
        record.text = (status == TranscriptionStatus::Completed).then(|| SAID.to_owned());
        let finished = server.store().finish_transcription(record.clone(), Vec::new()).await;
        assert_eq!(finished, Ok(true));
    }
    record.sid
}

#[tokio::test]
async fn a_transcription_is_read_and_listed_with_its_account_and_its_recording() {
    let server = Server::start().await;
    let sid = keeps(&server, 1, TranscriptionStatus::Completed).await;
    keeps(&server, 2, TranscriptionStatus::InProgress).await;
    let path = server.path(&format!("/Transcriptions/{sid}.json"));
    let record = server.get(&path).await.json();
    assert_eq!(record["transcription_text"], SAID);
    assert_eq!((&record["status"], &record["duration"]), (&json!("completed"), &json!("4")));
    assert_eq!(record["uri"], path);
    let recording = record["recording_sid"].as_str().expect("a recording");
    let below = server.path(&format!("/Recordings/{recording}/Transcriptions"));
    assert_eq!(server.get(&format!("{below}/{sid}.json")).await.json(), record);
    let of_recording = server.get(&format!("{below}.json")).await.json();
    assert_eq!(of_recording["transcriptions"], json!([record]));
    let all = server.get(&server.path("/Transcriptions.json?PageSize=1")).await.json();
    assert_eq!(all["transcriptions"][0]["status"], "in-progress");
    assert_eq!(all["transcriptions"][0]["transcription_text"], json!(null));
    let next = all["next_page_uri"].as_str().expect("another page");
    assert_eq!(server.get(next).await.json()["transcriptions"], json!([record]));
}

#[tokio::test]
async fn its_text_alone_is_there_once_it_is_completed() {
    let server = Server::start().await;
    let done = keeps(&server, 1, TranscriptionStatus::Completed).await;
    let text = server.get(&server.path(&format!("/Transcriptions/{done}.txt"))).await;
    assert_eq!((text.status.as_u16(), text.body.as_slice()), (200, SAID.as_bytes()));
    assert_eq!(text.headers[CONTENT_TYPE], "text/plain; charset=utf-8");
    let statuses = [TranscriptionStatus::InProgress, TranscriptionStatus::Failed];
    for (digits, status) in (2..).zip(statuses) {
        let sid = keeps(&server, digits, status).await;
        let text = server.get(&server.path(&format!("/Transcriptions/{sid}.txt"))).await;
        assert_eq!(text.refusal(), (404, 20404));
    }
}

#[tokio::test]
async fn a_deleted_transcription_is_gone_and_its_recording_stays() {
    let server = Server::start().await;
    let first = keeps(&server, 1, TranscriptionStatus::Completed).await;
    let second = keeps(&server, 2, TranscriptionStatus::InProgress).await;
    let path = server.path(&format!("/Transcriptions/{first}.json"));
    assert_eq!(server.delete(&path).await.status, 204);
    assert_eq!(server.delete(&path).await.refusal(), (404, 20404));
    assert_eq!(server.get(&path).await.refusal(), (404, 20404));
    let of = |digits: u128| Sid::new(SidKind::Recording, digits);
    let below = |recording: Sid| {
        server.path(&format!("/Recordings/{recording}/Transcriptions/{second}.json"))
    };
    assert_eq!(server.delete(&below(of(1))).await.refusal(), (404, 20404), "another's");
    assert_eq!(server.delete(&below(of(2))).await.status, 204);
    for recording in [of(1), of(2)] {
        let path = server.path(&format!("/Recordings/{recording}.json"));
        assert_eq!(server.get(&path).await.status, 200);
    }
}

#[tokio::test]
async fn a_deleted_recording_leaves_no_transcription() {
    let server = Server::start().await;
    let sid = keeps(&server, 1, TranscriptionStatus::Completed).await;
    let recording = server.path(&format!("/Recordings/{}", Sid::new(SidKind::Recording, 1)));
    assert_eq!(server.delete(&format!("{recording}.json")).await.status, 204);
    let path = server.path(&format!("/Transcriptions/{sid}.json"));
    assert_eq!(server.get(&path).await.refusal(), (404, 20404));
    let below = format!("{recording}/Transcriptions.json");
    assert_eq!(server.get(&below).await.refusal(), (404, 20404));
}

#[tokio::test]
async fn what_is_no_transcription_of_the_account_is_not_found() {
    let server = Server::start().await;
    let sid = keeps(&server, 1, TranscriptionStatus::Completed).await;
    let other = server.opens(2, false).await;
    let theirs = format!("/2010-04-01/Accounts/{other}/Transcriptions/{sid}.json");
    assert_eq!(server.get_as(other, &theirs).await.refusal(), (404, 20404));
    let empty = format!("/2010-04-01/Accounts/{other}/Transcriptions.json");
    assert_eq!(server.get_as(other, &empty).await.json()["transcriptions"], json!([]));
    for name in ["TR1", "RE00000000000000000000000000000001", "TR1.txt"] {
        let path = server.path(&format!("/Transcriptions/{name}"));
        assert_eq!(server.get(&path).await.refusal(), (404, 20404), "{name}");
    }
    let of_none = format!("/Recordings/{}/Transcriptions.json", Sid::new(SidKind::Recording, 9));
    assert_eq!(server.get(&server.path(&of_none)).await.refusal(), (404, 20404));
    let token = format!("/Transcriptions.json?PageToken=PA{}", Sid::new(SidKind::Transcription, 9));
    assert_eq!(server.get(&server.path(&token)).await.refusal(), (400, 21481));
    let made = server.post(&server.path("/Transcriptions.json"), "").await;
    assert_eq!(made.refusal(), (405, 20004), "a Record makes them");
}

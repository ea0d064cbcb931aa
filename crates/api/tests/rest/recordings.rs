//! Recordings listed, heard in whole and in parts, and deleted.

use std::time::Duration;

use axum::http::Request;
use axum::http::header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, RANGE};
use model::{CallStatus, Moment, RecordingRecord, RecordingSource, RecordingStatus, Sid, SidKind};

use crate::server::Server;

/// What is in the file: the API doesn't look into it.
const AUDIO: &[u8] = b"RIFF0123456789";

async fn with_recording(server: &Server, status: RecordingStatus) -> String {
    let call = server.keeps_call(1, CallStatus::Completed).await;
    let sid = Sid::new(SidKind::Recording, 1);
    let record = RecordingRecord {
        sid,
        account: server.account,
        call,
        source: RecordingSource::RecordVerb,
        channels: 1,
        status,
        duration: Some(Duration::from_secs(4)),
        started_at: Moment::EPOCH,
        updated_at: Moment::EPOCH,
        error_code: None,
    };
    server.store().save_recording(record, Vec::new()).await.expect("it is kept");
    std::fs::write(server.engine.recording_path(sid), AUDIO).expect("the folder is there");
    server.path(&format!("/Recordings/{sid}"))
}

#[tokio::test]
async fn a_recording_is_read_and_listed_with_its_account_and_its_call() {
    let server = Server::start().await;
    let path = with_recording(&server, RecordingStatus::Completed).await;
    let record = server.get(&format!("{path}.json")).await.json();
    assert_eq!(record["media_url"], format!("https://alo.example{path}"));
    assert_eq!(record["duration"], "4");
    let call = record["call_sid"].as_str().expect("a call");
    let of_call = server.path(&format!("/Calls/{call}/Recordings.json"));
    for list in [server.path("/Recordings.json?DateCreated=1970-01-01"), of_call] {
        let row = server.get(&list).await.json()["recordings"][0].clone();
        assert_eq!(row["sid"], record["sid"]);
        let uri = row["uri"].as_str().expect("an address");
        assert_eq!(server.get(uri).await.json()["sid"], record["sid"]);
    }
    let none = server.get(&server.path("/Recordings.json?DateCreated=1970-01-02")).await.json();
    assert_eq!(none["recordings"].as_array().map(Vec::len), Some(0));
}

#[tokio::test]
async fn who_knows_the_address_hears_it_whole_or_in_part() {
    let server = Server::start().await;
    let path = with_recording(&server, RecordingStatus::Completed).await;
    for path in [path.clone(), format!("{path}.wav?RequestedChannels=2")] {
        let whole = server.send(Request::builder().uri(&path), "").await;
        assert_eq!((whole.status.as_u16(), whole.body.as_slice()), (200, AUDIO));
        assert_eq!(whole.headers[CONTENT_TYPE], "audio/wav");
        assert_eq!(whole.headers[CONTENT_LENGTH], "14");
        assert_eq!(whole.headers[ACCEPT_RANGES], "bytes");
    }
    let part = Request::builder().uri(&path).header(RANGE, "bytes=4-7");
    let part = server.send(part, "").await;
    assert_eq!((part.status.as_u16(), part.body.as_slice()), (206, &b"0123"[..]));
    assert_eq!(part.headers[CONTENT_RANGE], "bytes 4-7/14");
    let beyond = Request::builder().uri(&path).header(RANGE, "bytes=99-");
    assert_eq!(server.send(beyond, "").await.status, 416);
    let head = server.send(Request::builder().method("HEAD").uri(&path), "").await;
    assert_eq!((head.headers[CONTENT_LENGTH].as_bytes(), head.body.len()), (&b"14"[..], 0));
    let mp3 = server.send(Request::builder().uri(format!("{path}.mp3")), "").await;
    assert_eq!(mp3.refusal(), (406, 20422));
}

#[tokio::test]
async fn private_recordings_need_credentials() {
    let settings = api::Settings { public_recordings: false, ..api::Settings::default() };
    let server = Server::with(settings).await;
    let path = with_recording(&server, RecordingStatus::Completed).await;
    let stranger = server.send(Request::builder().uri(&path), "").await;
    assert_eq!(stranger.refusal(), (401, 20003));
    assert_eq!(server.get(&path).await.body, AUDIO);
}

#[tokio::test]
async fn what_is_still_being_recorded_is_not_heard() {
    let server = Server::start().await;
    let path = with_recording(&server, RecordingStatus::InProgress).await;
    assert_eq!(server.get(&path).await.refusal(), (404, 20404));
    assert_eq!(server.get(&format!("{path}.json")).await.json()["status"], "in-progress");
}

#[tokio::test]
async fn a_deleted_recording_leaves_neither_row_nor_file() {
    let server = Server::start().await;
    let path = with_recording(&server, RecordingStatus::Completed).await;
    let file = server.engine.recording_path(Sid::new(SidKind::Recording, 1));
    assert_eq!(server.delete(&format!("{path}.json")).await.status, 204);
    assert!(!file.exists());
    assert_eq!(server.get(&format!("{path}.wav")).await.refusal(), (404, 20404));
    assert_eq!(server.delete(&format!("{path}.json")).await.refusal(), (404, 20404));
}

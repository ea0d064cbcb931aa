//! Media of messages: listed, read, seen, deleted.

use axum::http::Request;
use axum::http::header::{CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use model::{
    MediaRecord, MessageDirection, MessagePlan, MessageRecord, MessageStatus, Moment, Sid, SidKind,
};
use store::NewMessage;

use crate::server::Server;

const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A message that came in with a picture; the path of the picture.
async fn with_picture(server: &Server) -> String {
    let (message, sid) = (Sid::new(SidKind::MediaMessage, 1), Sid::new(SidKind::Media, 1));
    let record = MessageRecord {
        sid: message,
        account: server.account,
        service: None,
        direction: MessageDirection::Inbound,
        from: Some("+14155559123".parse().expect("a number")),
        to: "+14155550100".parse().expect("a number"),
        body: String::new(),
        segments: 1,
        media: 1,
        status: MessageStatus::Received,
        error_code: None,
        error_message: None,
        price: None,
        carrier: None,
        created_at: Moment::EPOCH,
        updated_at: Moment::EPOCH,
        sent_at: Some(Moment::EPOCH),
    };
    let media = MediaRecord {
        sid,
        account: server.account,
        message,
        content_type: "image/png".to_owned(),
        url: None,
        size: Some(PICTURE.len() as u64),
        created_at: Moment::EPOCH,
        updated_at: Moment::EPOCH,
    };
    let plain = NewMessage::plain(record, MessagePlan::at_once(Moment::EPOCH, None));
    let new = NewMessage { media: vec![media], ..plain };
    server.store().create_message(new).await.expect("it is kept");
    let file = server.engine.media_path(sid);
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("the folder can be made");
    std::fs::write(file, PICTURE).expect("the file can be written");
    server.path(&format!("/Messages/{message}/Media/{sid}"))
}

#[tokio::test]
async fn a_picture_is_listed_read_seen_and_deleted() {
    let server = Server::start().await;
    let path = with_picture(&server).await;
    let record = server.get(&format!("{path}.json")).await.json();
    assert_eq!(
        (&record["content_type"], &record["uri"]),
        (&"image/png".into(), &format!("{path}.json").into())
    );
    let list = path.rsplit_once('/').expect("a path").0;
    for (query, found) in [("", 1), ("?DateCreated=1970-01-01", 1), ("?DateCreated=1970-01-02", 0)]
    {
        let rows = server.get(&format!("{list}.json{query}")).await.json();
        assert_eq!(rows["media_list"].as_array().map(Vec::len), Some(found), "{query}");
    }
    let seen = server.send(Request::builder().uri(&path), "").await;
    assert_eq!((seen.status.as_u16(), seen.body.as_slice()), (200, PICTURE));
    assert_eq!(seen.headers[CONTENT_TYPE], "image/png");
    assert_eq!(seen.headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(server.delete(&format!("{path}.json")).await.status, 204);
    assert!(!server.engine.media_path(Sid::new(SidKind::Media, 1)).exists());
    assert_eq!(server.get(&path).await.refusal(), (404, 20404));
    assert_eq!(server.delete(&format!("{path}.json")).await.refusal(), (404, 20404));
}

#[tokio::test]
async fn records_need_credentials_and_so_do_private_files() {
    let server = Server::start().await;
    let path = with_picture(&server).await;
    let stranger = |path: String| server.send(Request::builder().uri(path), "");
    assert_eq!(stranger(format!("{path}.json")).await.refusal(), (401, 20003));
    assert_eq!(stranger(path.replace("ME0", "ME1")).await.refusal(), (404, 20404));
    assert_eq!(stranger(path.replace("/MM0", "/MM1")).await.refusal(), (404, 20404));
    let settings = api::Settings { public_recordings: false, ..api::Settings::default() };
    let server = Server::with(settings).await;
    let path = with_picture(&server).await;
    assert_eq!(server.send(Request::builder().uri(&path), "").await.refusal(), (401, 20003));
    assert_eq!(server.get(&path).await.body, PICTURE);
}

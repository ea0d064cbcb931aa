//! The link in a text about an incident: looking changes nothing, its button does.

use axum::http::StatusCode;
use model::watch::{IncidentKind, Signal, SignalState, Way};

use super::server::Server;

#[tokio::test]
async fn a_link_shows_and_its_button_acknowledges() {
    let server = Server::start().await;
    let signal = Signal {
        key: "generic/shop".to_owned(),
        kind: IncidentKind::Alert,
        check: None,
        state: SignalState::Firing,
        title: "<b>The shop</b>".to_owned(),
        detail: "status 502".to_owned(),
        source: "generic".to_owned(),
        link: None,
        policy: None,
    };
    let incidents = server.engine.watch().signal(server.account, vec![signal]).await;
    let id = incidents.expect("it is kept")[0].id;
    let link = server.engine.ack_link(server.account, id).await.expect("the store works");
    let path = link[link.find("/ack/").expect("a path")..].to_owned();

    let page = server.get(&path).await;
    let html = String::from_utf8(page.body).expect("text");
    assert_eq!(page.status, StatusCode::OK);
    assert!(html.contains("&lt;b&gt;The shop") && html.contains("<button>"), "{html}");
    let incident = server.store().incident(server.account, id).await.expect("it is read");
    assert!(incident.expect("it is there").acknowledged.is_none());

    let done = server.post(&path, "").await;
    let html = String::from_utf8(done.body).expect("text");
    assert!(html.contains("sees to it since") && !html.contains("<button>"), "{html}");
    let incident = server.store().incident(server.account, id).await.expect("it is read");
    let by = incident.expect("it is there").acknowledged.expect("somebody sees to it");
    assert_eq!(by.way, Way::Link);

    let broken = server.get(&path[..path.len() - 1]).await;
    assert_eq!(broken.status, StatusCode::NOT_FOUND);
}

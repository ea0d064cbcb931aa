//! Calls placed, listed, changed and deleted over the API.

use model::{Alert, AlertLevel, CallStatus, Moment, Sid, SidKind};

use crate::server::Server;

/// Nobody listens at the port for discarding (RFC 863).
const NOBODY: &str = "sip:nobody@127.0.0.1:9";

#[tokio::test]
async fn a_call_is_queued_and_can_be_read_cancelled_and_not_deleted_meanwhile() {
    let server = Server::start().await;
    server.buys("+14155550100").await;
    let form = format!("To={NOBODY}&From=%2B14155550100&Twiml=%3CResponse/%3E");
    let placed = server.post(&server.path("/Calls.json"), &form).await;
    assert_eq!(placed.status, 201, "{}", placed.json());
    let call = placed.json();
    assert_eq!(call["status"], "queued");
    assert_eq!(call["direction"], "outbound-api");
    assert_eq!(call["from_formatted"], "(415) 555-0100");
    assert!(call["phone_number_sid"].as_str().is_some_and(|sid| sid.starts_with("PN")));
    let path = call["uri"].as_str().expect("an address").to_owned();
    assert_eq!(server.get(&path).await.json()["sid"], call["sid"]);
    assert_eq!(server.post(&path, "").await.json()["sid"], call["sid"], "an empty form reads");
    assert_eq!(server.delete(&path).await.refusal(), (409, 20009));
    let cancelled = server.post(&path, "Status=canceled").await;
    assert_eq!(cancelled.status, 200, "{}", cancelled.json());
}

#[tokio::test]
async fn only_numbers_of_ones_own_are_shown_to_the_called() {
    let server = Server::start().await;
    let place = |from: &str| {
        let form = format!("To={NOBODY}&From={from}&Url=http://a.example/twiml");
        let path = server.path("/Calls.json");
        let server = &server;
        async move { server.post(&path, &form).await }
    };
    assert_eq!(place("%2B14155550100").await.refusal(), (400, 21210));
    assert_eq!(place("client:ada").await.status, 201);
    assert_eq!(place("nobody").await.refusal(), (400, 21212));
}

#[tokio::test]
async fn an_ended_call_cannot_be_changed_and_can_be_deleted() {
    let server = Server::start().await;
    let sid = server.keeps_call(7, CallStatus::Completed).await;
    let path = server.path(&format!("/Calls/{sid}.json"));
    let changed = server.post(&path, "Url=http://a.example/next").await;
    assert_eq!(changed.refusal(), (400, 21220));
    assert_eq!(server.post(&path, "Status=asleep").await.refusal(), (400, 20422));
    assert_eq!(server.delete(&path).await.status, 204);
    assert_eq!(server.get(&path).await.refusal(), (404, 20404));
    assert_eq!(server.delete(&path).await.refusal(), (404, 20404));
}

#[tokio::test]
async fn following_the_pages_shows_every_call_once() {
    let server = Server::start().await;
    for digits in 1..=5 {
        server.keeps_call(digits, CallStatus::Completed).await;
    }
    server.keeps_call(6, CallStatus::Busy).await;
    let mut next = Some(server.path("/Calls.json?Status=completed&PageSize=2"));
    let mut seen = Vec::new();
    while let Some(path) = next {
        let page = server.get(&path).await.json();
        assert!(page["uri"].as_str().is_some_and(|uri| uri.contains("Status=completed")));
        let calls = page["calls"].as_array().expect("calls").clone();
        seen.extend(calls.iter().map(|call| call["sid"].as_str().map(str::to_owned)));
        next = page["next_page_uri"].as_str().map(str::to_owned);
    }
    let expected: Vec<Option<String>> =
        (1..=5).rev().map(|digits| Some(Sid::new(SidKind::Call, digits).to_string())).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn calls_are_found_by_what_they_were() {
    let server = Server::start().await;
    server.keeps_call(1, CallStatus::Completed).await;
    server.keeps_call(90_000, CallStatus::Busy).await;
    for (query, found) in [
        ("", 2),
        ("?Status=busy", 1),
        ("?From=%2B14155550100", 2),
        ("?To=client:nobody", 0),
        ("?StartTime=1970-01-01", 1),
        ("?StartTime%3E=1970-01-02", 1),
        ("?EndTime%3C=1970-01-01T00:00:01Z", 1),
    ] {
        let list = server.get(&server.path(&format!("/Calls.json{query}"))).await.json();
        assert_eq!(list["calls"].as_array().map(Vec::len), Some(found), "{query}");
    }
    let token = server.get(&server.path("/Calls.json?PageToken=PA1")).await;
    assert_eq!(token.refusal(), (400, 21481));
    let never = format!("/Calls.json?PageToken=PA{}", Sid::new(SidKind::Call, 99));
    assert_eq!(server.get(&server.path(&never)).await.refusal(), (400, 21481));
}

#[tokio::test]
async fn what_went_wrong_in_a_call_is_listed_with_it_and_with_the_account() {
    let server = Server::start().await;
    let call = server.keeps_call(1, CallStatus::Completed).await;
    let sid = Sid::new(SidKind::Alert, 1);
    let alert = Alert {
        sid,
        account: server.account,
        call: Some(call),
        level: AlertLevel::Error,
        code: 11200,
        message: "the application answered 500".to_owned(),
        url: None,
        at: Moment::EPOCH,
    };
    server.store().raise_alert(alert).await.expect("it is new");
    for path in ["/Notifications".to_owned(), format!("/Calls/{call}/Notifications")] {
        let list = server.get(&server.path(&format!("{path}.json?Log=0"))).await.json();
        let row = &list["notifications"][0];
        assert_eq!(row["error_code"], "11200");
        let one = server.get(row["uri"].as_str().expect("an address")).await.json();
        assert_eq!(one["response_body"], "");
        let warnings = server.get(&server.path(&format!("{path}.json?Log=1"))).await.json();
        assert_eq!(warnings["notifications"].as_array().map(Vec::len), Some(0));
    }
    let ours = server.get("/v1/alerts?limit=1").await.json();
    assert_eq!((&ours["alerts"][0]["code"], &ours["more"]), (&11200.into(), &false.into()));
}

//! Calendars out, calendars and tables in.

use axum::http::Request;
use serde_json::{Value, json};

use crate::described::Described;
use crate::server::Server;
use crate::support_line::{refused, staffed};

/// What is at an address without any credentials.
async fn without_credentials(api: &Described<'_>, url: &str) -> crate::server::Answer {
    let path = url.strip_prefix("https://alo.example").expect("our address").to_owned();
    let answer = api.server.send(Request::builder().uri(&path), "").await;
    api.checked("get", &path, answer)
}

#[tokio::test]
async fn a_calendar_needs_no_credentials_by_the_address_that_we_give() {
    let server = Server::start().await;
    let api = staffed(&server, &["ada", "ben"]).await;
    for path in [
        "/v1/rotas/support/calendar",
        "/v1/people/ada/calendar",
        "/v1/rotas/support/calendar?person=ben",
    ] {
        let url =
            api.get(path).await.json()["calendar_url"].as_str().expect("an address").to_owned();
        let feed = without_credentials(&api, &url).await;
        assert_eq!(feed.status, 200, "{url}");
        let text = String::from_utf8(feed.body).expect("it is text");
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n"), "{text}");
        assert!(text.contains("BEGIN:VEVENT"), "{text}");
        assert_eq!(text.contains("SUMMARY:ada"), !path.contains("ben"), "{text}");
        let wrong = url.replace("token=", "token=0");
        assert_eq!(refused(&without_credentials(&api, &wrong).await).0, 401);
        let other = url.replace("/support/", "/other/").replace("/ada/", "/ben/");
        if other != url {
            assert_eq!(refused(&without_credentials(&api, &other).await).0, 401, "{other}");
        }
        let nobody = url.replace("account=AC", "account=XX");
        assert_eq!(refused(&without_credentials(&api, &nobody).await).0, 401);
    }
    assert_eq!(api.get("/v1/rotas/support/calendar.ics").await.status, 200, "with credentials");
    assert_eq!(refused(&api.get("/v1/people/zoe/calendar").await).0, 404);
    let bare = Request::builder().uri("/v1/rotas/support/calendar.ics");
    assert_eq!(server.send(bare, "").await.status, 401);
}

const HOLIDAY: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Beach\r\n\
    DTSTART:{FROM}\r\nDTEND:{UNTIL}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

/// Everything that is to come of the next four weeks.
fn holiday() -> String {
    let day = |days: i64| {
        let at = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * days);
        at.strftime("%Y%m%dT%H%M%SZ").to_string()
    };
    HOLIDAY.replace("{FROM}", &day(0)).replace("{UNTIL}", &day(29))
}

#[tokio::test]
async fn absences_of_a_calendar_give_the_duty_to_whoever_is_next() {
    let server = Server::start().await;
    let api = staffed(&server, &["ada", "ben"]).await;
    let path = "/v1/rotas/support/absences?person=ada";
    let taken =
        api.upload("POST", path, "text/calendar; charset=utf-8", holiday().as_bytes()).await;
    assert_eq!(taken.status, 200, "{}", taken.json());
    let overrides = taken.json()["overrides"].clone();
    assert!(overrides.as_array().is_some_and(|overrides| !overrides.is_empty()));
    assert_eq!(overrides[0]["reason"], "Beach");
    let shifts = api.get("/v1/rotas/support/shifts").await.json();
    let people = shifts["shifts"].as_array().into_iter().flatten().map(|shift| &shift["person"]);
    assert_eq!(people.filter(|person| **person == "ada").count(), 0, "{shifts}");
    let again = api.upload("POST", path, "text/calendar", holiday().as_bytes()).await.json();
    assert_eq!(again["overrides"], json!([]), "nothing is taken over twice");
    assert_eq!(again["left_out"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_calendar_that_is_malformed_or_down_is_refused() {
    let server = Server::start().await;
    let api = staffed(&server, &["ada", "ben"]).await;
    let path = "/v1/rotas/support/absences";
    let sent = |query: &'static str, kind: &'static str, body: &'static str| {
        let api = &api;
        async move {
            refused(&api.upload("POST", &format!("{path}{query}"), kind, body.as_bytes()).await)
        }
    };
    let (status, message) = sent("?person=ada", "text/calendar", "BEGIN:VEVENT").await;
    assert!(status == 400 && message.starts_with("the calendar: line 1"), "{message}");
    assert_eq!(sent("", "text/calendar", "BEGIN:VCALENDAR\nEND:VCALENDAR").await.0, 400);
    assert_eq!(sent("?person=zoe", "text/calendar", "BEGIN:VCALENDAR\nEND:VCALENDAR").await.0, 400);
    assert_eq!(sent("?person=ada", "image/png", "x").await.0, 415);
    assert_eq!(
        sent("", "application/json", "{\"person\":\"ada\",\"url\":\"ftp://x\"}").await.0,
        400
    );
    assert_eq!(sent("", "application/json", "{").await.0, 400);
    // Nobody listens on port 9 of this machine, nor may an account have us look there.
    let down = json!({"person": "ada", "url": "http://127.0.0.1:9/ada.ics"});
    let (status, message) = refused(&api.post(path, &down).await);
    assert!(status == 400 && message.starts_with("url: "), "{message}");
    let long = vec![b'x'; 2 << 20];
    assert_eq!(refused(&api.upload("POST", path, "text/calendar", &long).await).0, 413);
    assert_eq!(refused(&api.post("/v1/rotas/none/absences", &down).await).0, 404);
}

#[tokio::test]
async fn people_of_a_table_are_kept_all_or_none() {
    let server = Server::start().await;
    let api = Described::read(&server).await;
    let path = "/v1/people/import";
    let table = "name,display,phone,email,language,zone\n\
        ada,\"Costa, Ada\",+5511987654321,ada@example.com,pt-BR,America/Sao_Paulo\n\
        ben,,,,,\n";
    let kept = api.upload("POST", path, "text/csv", table.as_bytes()).await;
    assert_eq!(kept.status, 200, "{}", kept.json());
    let list = api.get("/v1/people").await.json();
    assert_eq!(list["people"], kept.json()["people"]);
    assert_eq!(list["people"][0]["display"], "Costa, Ada");
    let half = "name,phone\ncleo,+5511987654322\ndan,not a phone\n";
    let (status, message) = refused(&api.upload("POST", path, "text/csv", half.as_bytes()).await);
    assert!(status == 400 && message.starts_with("the table: line 3"), "{message}");
    assert_eq!(api.get("/v1/people").await.json(), list, "nobody of it was kept");
    assert_eq!(refused(&api.upload("POST", path, "image/png", b"x").await).0, 415);
    assert_eq!(refused(&api.upload("POST", path, "text/csv", b"name\n\xff\n").await).0, 400);
    let _: Value = kept.json();
}

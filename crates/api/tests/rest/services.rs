//! Messaging services and their senders, by host, by prefix and bare.

use axum::http::header::HOST;
use serde_json::{Value, json};

use crate::server::Server;

async fn opened(server: &Server) -> Value {
    let made = server.post("/v1/Services", "FriendlyName=Votes").await;
    assert_eq!(made.status, 201, "{}", made.json());
    made.json()
}

fn sid(of: &Value) -> &str {
    of["sid"].as_str().expect("a SID")
}

#[tokio::test]
async fn a_service_is_opened_changed_listed_and_closed() {
    let server = Server::start().await;
    let service = opened(&server).await;
    assert_eq!(
        (&service["sticky_sender"], &service["validity_period"]),
        (&true.into(), &36_000.into())
    );
    assert_eq!(service["url"], format!("https://alo.example/v1/Services/{}", sid(&service)));
    let path = format!("/v1/Services/{}", sid(&service));
    let form = "InboundRequestUrl=http://a.example/in&StickySender=false&ValidityPeriod=60";
    let changed = server.post(&path, form).await.json();
    assert_eq!(
        (&changed["sticky_sender"], &changed["validity_period"]),
        (&false.into(), &60.into())
    );
    assert_eq!(server.get(&path).await.json(), changed);
    assert_eq!(server.post(&path, "ValidityPeriod=0").await.refusal(), (400, 21624));
    assert_eq!(server.post("/v1/Services", "").await.refusal(), (400, 20001));
    assert_eq!(server.delete(&path).await.status, 204);
    assert_eq!(server.get(&path).await.refusal(), (404, 20404));
}

#[tokio::test]
async fn addresses_of_pages_lead_back_to_where_they_came_from() {
    let server = Server::start().await;
    for _ in 0..3 {
        opened(&server).await;
    }
    let hosted =
        server.request("GET", "/v1/Services?PageSize=2").header(HOST, "messaging.twilio.com");
    let hosted = server.send(hosted, "").await.json();
    for page in [
        hosted,
        server.get("/messaging/v1/Services?PageSize=2").await.json(),
        server.get("/messaging.twilio.com/v1/Services?PageSize=2").await.json(),
    ] {
        assert_eq!(page["services"].as_array().map(Vec::len), Some(2));
        let next = page["meta"]["next_page_url"].as_str().expect("there are more");
        let next = next.strip_prefix("https://alo.example").expect("it carries our own name");
        assert!(
            next.starts_with("/messaging/v1/Services?PageSize=2&Page=1&PageToken=PAMG"),
            "{next}"
        );
        let rest = server.get(next).await.json();
        assert_eq!(rest["services"].as_array().map(Vec::len), Some(1));
        assert_eq!(rest["meta"]["next_page_url"], Value::Null);
    }
    assert_eq!(server.get("/messaging/v1/phones").await.refusal(), (404, 20404));
    assert_eq!(server.get("/messaging/v1/Servicesque").await.refusal(), (404, 20404));
}

#[tokio::test]
async fn senders_come_and_go() {
    let server = Server::start().await;
    let service = opened(&server).await;
    let number = server.buys("+14155550100").await;
    let code = server.post("/v1/short-codes", "Code=12345").await.json();
    for (list, form, key, address) in [
        ("PhoneNumbers", format!("PhoneNumberSid={number}"), "phone_number", "+14155550100"),
        ("ShortCodes", format!("ShortCodeSid={}", sid(&code)), "short_code", "12345"),
        ("AlphaSenders", "AlphaSender=ALO".to_owned(), "alpha_sender", "ALO"),
    ] {
        let path = format!("/v1/Services/{}/{list}", sid(&service));
        let added = server.post(&path, &form).await;
        assert_eq!(added.status, 201, "{}", added.json());
        assert_eq!(added.json()[key], address);
        assert_eq!(server.post(&path, &form).await.refusal(), (409, 21710), "{list}");
        let page = server.get(&path).await.json();
        assert_eq!(
            page["meta"]["key"].as_str().map(|key| page[key][0].clone()),
            Some(added.json())
        );
        let one = format!("{path}/{}", sid(&added.json()));
        assert_eq!(server.get(&one).await.json(), added.json());
        assert_eq!(server.delete(&one).await.status, 204);
        assert_eq!(server.get(&one).await.refusal(), (404, 20404));
        assert_eq!(server.delete(&one).await.refusal(), (404, 20404));
    }
    let odd = format!("/v1/Services/{}/ChannelSenders", sid(&service));
    assert_eq!(server.get(&odd).await.refusal(), (404, 20404));
}

#[tokio::test]
async fn a_sender_is_ones_own_and_in_one_service_alone() {
    let server = Server::start().await;
    let (first, second) = (opened(&server).await, opened(&server).await);
    let number = server.buys("+14155550100").await;
    let path = |service: &Value, list: &str| format!("/v1/Services/{}/{list}", sid(service));
    let form = format!("PhoneNumberSid={number}");
    assert_eq!(server.post(&path(&first, "PhoneNumbers"), &form).await.status, 201);
    let taken = server.post(&path(&second, "PhoneNumbers"), &form).await;
    assert_eq!(taken.refusal(), (409, 21712));
    for (list, form, code) in [
        ("PhoneNumbers", "", 21421),
        ("PhoneNumbers", "PhoneNumberSid=PN1", 21421),
        ("PhoneNumbers", "PhoneNumberSid=PN0123456789abcdef0123456789abcdef", 21421),
        ("ShortCodes", "ShortCodeSid=SC0123456789abcdef0123456789abcdef", 21421),
        ("AlphaSenders", "AlphaSender=MuchTooLongAName", 21401),
        ("AlphaSenders", "AlphaSender=12345", 21401),
    ] {
        let refused = server.post(&path(&second, list), form).await;
        assert_eq!(refused.refusal(), (400, code), "{list} {form}");
    }
    let other = server.opens(2, false).await;
    let theirs = server.post_as(other, "/v1/Services", "FriendlyName=Theirs").await.json();
    assert_eq!(server.get(&path(&theirs, "PhoneNumbers")).await.refusal(), (404, 20404));
    let stolen = server.post_as(other, &path(&theirs, "PhoneNumbers"), &form).await;
    assert_eq!(stolen.refusal(), (400, 21421));
}

#[tokio::test]
async fn a_message_through_a_service_is_accepted_before_its_sender_is_known() {
    let server = Server::start().await;
    let service = opened(&server).await;
    let create = server.path("/Messages.json");
    let through = format!("To=%2B14155559123&Body=Hi&MessagingServiceSid={}", sid(&service));
    assert_eq!(server.post(&create, &through).await.refusal(), (400, 21703));
    let number = server.buys("+14155550100").await;
    let senders = format!("/v1/Services/{}/PhoneNumbers", sid(&service));
    server.post(&senders, &format!("PhoneNumberSid={number}")).await;
    for form in [through.clone(), format!("To=%2B14155559123&Body=Hi&From={}", sid(&service))] {
        let accepted = server.post(&create, &form).await;
        assert_eq!(accepted.status, 201, "{}", accepted.json());
        let message = accepted.json();
        assert_eq!((&message["status"], &message["from"]), (&"accepted".into(), &Value::Null));
        assert_eq!(message["num_segments"], "0");
        assert_eq!(message["messaging_service_sid"], service["sid"]);
        let path = message["uri"].as_str().expect("an address");
        let sent = server.sees(path, |message| message["status"] == "delivered").await;
        assert_eq!((&sent["from"], &sent["num_segments"]), (&"+14155550100".into(), &"1".into()));
    }
    let empty = through.replace("&Body=Hi", "");
    assert_eq!(server.post(&create, &empty).await.refusal(), (400, 21619));
}

#[tokio::test]
async fn a_scheduled_message_waits_and_is_taken_back() {
    let server = Server::start().await;
    let service = opened(&server).await;
    let number = server.buys("+14155550100").await;
    let senders = format!("/v1/Services/{}/PhoneNumbers", sid(&service));
    server.post(&senders, &format!("PhoneNumberSid={number}")).await;
    let create = server.path("/Messages.json");
    let at = |seconds: u64| {
        let at = server.engine.now() + std::time::Duration::from_secs(seconds);
        format!(
            "To=%2B14155559123&Body=Hi&MessagingServiceSid={}&ScheduleType=fixed&SendAt={}",
            sid(&service),
            at.iso8601()
        )
    };
    assert_eq!(server.post(&create, &at(60)).await.refusal(), (400, 35114));
    let scheduled = server.post(&create, &at(3600)).await;
    assert_eq!(scheduled.status, 201, "{}", scheduled.json());
    let message = scheduled.json();
    assert_eq!((&message["status"], &message["date_sent"]), (&"scheduled".into(), &Value::Null));
    let path = message["uri"].as_str().expect("an address");
    assert_eq!(server.post(path, "Body=").await.refusal(), (409, 20009));
    assert_eq!(server.delete(path).await.refusal(), (409, 20009));
    let canceled = server.post(path, "Status=canceled").await;
    assert_eq!((canceled.status.as_u16(), &canceled.json()["status"]), (200, &"canceled".into()));
    assert_eq!(server.delete(path).await.status, 204);
    assert_eq!(server.get(&create).await.json()["messages"], json!([]));
}

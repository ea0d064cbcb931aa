//! Phones that text: an application texts a developer's phone, the developer answers, and a caller is texted by `<Sms>`.

use reqwest::Client;
use serde_json::Value;
use testkit::{Answer, Phone, Server, ServerOptions, Story, Town, twiml};

use super::{ALO, SOON};

/// A handset of the virtual carrier.
const CUSTOMER: &str = "+14155550142";

/// A server with a number that asks the application, and ada's phone.
struct Office {
    server: Server,
    town: Town,
    ada: Phone,
    number: String,
}

impl Office {
    async fn open(story: &Story) -> Office {
        let server = Server::with(ServerOptions::new(ALO)).await;
        let town = Town::with(server.sip(), SOON, story.clone());
        let ada = town.registers("ada", &server.adds_phone("ada").await).await;
        let number = server.buys_number("http://127.0.0.1:9/nobody").await;
        Office { server, town, ada, number }
    }

    /// Changes the number.
    async fn routes(&self, form: &[(&str, &str)]) {
        let list = self.asks("GET", "/IncomingPhoneNumbers", &[]).await;
        let sid = list["incoming_phone_numbers"][0]["sid"].as_str().expect("its number");
        self.asks("POST", &format!("/IncomingPhoneNumbers/{sid}"), form).await;
    }

    async fn asks(&self, method: &str, path: &str, form: &[(&str, &str)]) -> Value {
        let account = self.server.account_sid();
        let url = self.server.url(&format!("/2010-04-01/Accounts/{account}{path}.json"));
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = match method {
            "POST" => Client::new().post(url).body(body),
            _ => Client::new().get(url),
        };
        let request = request.header("Content-Type", "application/x-www-form-urlencoded");
        let answer = request.basic_auth(account, Some(self.server.auth_token())).send().await;
        let answer = answer.expect("the server answers");
        assert!(answer.status().is_success(), "{}", answer.status());
        let body = answer.text().await.expect("the whole answer");
        serde_json::from_str(&body).expect("JSON")
    }
}

#[tokio::test]
async fn an_application_texts_a_phone_and_the_phone_texts_back() {
    let story = Story::start();
    let mut office = Office::open(&story).await;
    let app = office.town.app().await;
    app.answers("/status", Answer::status(204));
    app.answers("/sms", twiml("<Response><Message>Thanks, Ada</Message></Response>"));
    office.routes(&[("SmsUrl", &app.url("/sms"))]).await;
    let form = [
        ("From", office.number.as_str()),
        ("To", "client:ada"),
        ("Body", "Você está de plantão, Ada."),
        ("StatusCallback", &app.url("/status")),
    ];
    office.asks("POST", "/Messages", &form).await;
    let text = office.ada.hears_text("Você está de plantão, Ada.").await;
    assert!(text.from.number.contains(&office.number), "{}", text.from);
    let delivered =
        |request: &testkit::Request| request.param("MessageStatus").as_deref() == Some("delivered");
    app.next_where("/status", SOON, delivered).await;
    office.ada.texts(&office.number, "OK").await;
    let asked = app.next("/sms", SOON).await;
    assert_eq!(asked.param("From").as_deref(), Some("client:ada"));
    assert_eq!(asked.param("Body").as_deref(), Some("OK"));
    office.ada.hears_text("Thanks, Ada").await;
    office.town.is_quiet().await;
    assert!(office.server.terminate().await.success());
}

#[tokio::test]
async fn two_phones_text_each_other_and_nobody_else() {
    let story = Story::start();
    let mut office = Office::open(&story).await;
    let grace = office.town.registers("grace", &office.server.adds_phone("grace").await).await;
    office.ada.texts("grace", "lunch?").await;
    grace.hears_text("lunch?").await;
    grace.texts("ada", "in ten").await;
    office.ada.hears_text("in ten").await;
    office.ada.is_refused_to_text("nobody", "anybody there?", 404).await;
    assert!(office.server.terminate().await.success());
}

#[tokio::test]
async fn a_caller_is_texted_during_the_call() {
    let story = Story::start();
    let mut office = Office::open(&story).await;
    let app = office.town.app().await;
    app.answers(
        "/voice",
        twiml("<Response><Sms action=\"/sent\">Your ticket is 7</Sms></Response>"),
    );
    app.answers("/sent", twiml("<Response><Hangup/></Response>"));
    office.routes(&[("VoiceUrl", &app.url("/voice"))]).await;
    let caller = office.town.caller(CUSTOMER).await.dials(&office.number).await;
    let sent = app.next("/sent", SOON).await;
    assert_eq!(sent.param("SmsStatus").as_deref(), Some("queued"));
    caller.is_hung_up_on().await;
    let sid = sent.param("SmsSid").expect("the SID of the text");
    let message = office.asks("GET", &format!("/Messages/{sid}"), &[]).await;
    assert_eq!(message["direction"], "outbound-call");
    assert_eq!((&message["to"], &message["body"]), (&CUSTOMER.into(), &"Your ticket is 7".into()));
    assert!(office.server.terminate().await.success());
}

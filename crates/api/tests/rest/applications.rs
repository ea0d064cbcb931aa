//! Applications, and numbers that use them.

use serde_json::Value;

use crate::server::Server;

#[tokio::test]
async fn an_application_is_made_changed_used_and_deleted() {
    let server = Server::start().await;
    let create = server.path("/Applications.json");
    let form = "FriendlyName=Votes&SmsUrl=http://a.example/sms&VoiceUrl=http://a.example/voice\
                &MessageStatusCallback=http://a.example/status";
    let made = server.post(&create, form).await;
    assert_eq!(made.status, 201, "{}", made.json());
    let application = made.json();
    let sid = application["sid"].as_str().expect("a SID").to_owned();
    let path = application["uri"].as_str().expect("an address").to_owned();
    let changed = server.post(&path, "SmsMethod=GET&VoiceUrl=").await.json();
    assert_eq!((&changed["sms_method"], &changed["voice_url"]), (&"GET".into(), &Value::Null));
    assert_eq!(server.get(&path).await.json()["friendly_name"], "Votes");
    for (query, found) in [("", 1), ("?FriendlyName=Votes", 1), ("?FriendlyName=Polls", 0)] {
        let list = server.get(&format!("{create}{query}")).await.json();
        assert_eq!(list["applications"].as_array().map(Vec::len), Some(found), "{query}");
    }
    let number = server.buys("+14155550100").await;
    let number = server.path(&format!("/IncomingPhoneNumbers/{number}.json"));
    let used = format!("SmsApplicationSid={sid}&VoiceApplicationSid={sid}");
    let used = server.post(&number, &used).await.json();
    assert_eq!(used["sms_application_sid"], sid);
    assert_eq!(used["voice_application_sid"], sid);
    assert_eq!(used["capabilities"]["sms"], true);
    let none = server.post(&number, "VoiceApplicationSid=").await.json();
    assert_eq!(none["voice_application_sid"], "");
    assert_eq!(server.delete(&path).await.status, 204);
    assert_eq!(server.get(&path).await.refusal(), (404, 20404));
    assert_eq!(server.get(&number).await.json()["sms_application_sid"], "");
}

#[tokio::test]
async fn an_application_that_is_not_there_is_refused() {
    let server = Server::start().await;
    let number = server.buys("+14155550100").await;
    let number = server.path(&format!("/IncomingPhoneNumbers/{number}.json"));
    for sid in ["AP1", "AP0123456789abcdef0123456789abcdef"] {
        let refused = server.post(&number, &format!("SmsApplicationSid={sid}")).await;
        assert_eq!(refused.refusal(), (400, 21420), "{sid}");
    }
    let bad = server.post(&server.path("/Applications.json"), "SmsUrl=sms.xml").await;
    assert_eq!(bad.refusal(), (400, 21402));
    let other = server.opens(2, false).await;
    let theirs = format!("/2010-04-01/Accounts/{other}/Applications.json");
    let theirs = server.post_as(other, &theirs, "FriendlyName=Theirs").await.json();
    let form = format!("VoiceApplicationSid={}", theirs["sid"].as_str().expect("a SID"));
    assert_eq!(server.post(&number, &form).await.refusal(), (400, 21420));
}

#[tokio::test]
async fn a_call_may_run_what_an_application_says() {
    let server = Server::start().await;
    let create = server.path("/Applications.json");
    let made = server.post(&create, "VoiceUrl=http://a.example/voice").await.json();
    let silent = server.post(&create, "SmsUrl=http://a.example/sms").await.json();
    let calls = server.path("/Calls.json");
    let form = |application: &Value| {
        let sid = application["sid"].as_str().expect("a SID");
        format!("To=sip:nobody@127.0.0.1:9&From=client:ada&ApplicationSid={sid}")
    };
    let placed = server.post(&calls, &form(&made)).await;
    assert_eq!(placed.status, 201, "{}", placed.json());
    assert_eq!(server.post(&calls, &form(&silent)).await.refusal(), (400, 21218));
}

//! What callers hear besides people: files that were uploaded, music, and the first Support Roulette's document.

use serde_json::json;
use testkit::twiml;

use crate::house::{CUSTOMER, House, LINE, MESSAGE, SOON};

/// The voice URL's answer of the Support Roulette of 2012, with a number for the one on duty.
const ORIGINAL: &str = "<?xml version=\"1.1\"?><Response><Say voice=\"woman\">Welcome to Support Roulette!</Say>\
    <Dial><Number>+5511987654321</Number></Dial></Response>";

#[tokio::test]
async fn an_uploaded_greeting_is_heard_in_place_of_words() {
    let house = House::open(json!({})).await;
    house.uploads("hello", 880).await;
    house
        .changes(json!({
            "mode": "voicemail_first",
            "prompts": {
                "greeting": {"*": {"audio": "alo://prompts/hello"}},
                "voicemail": {"*": {"text": MESSAGE}},
            },
        }))
        .await;
    let caller = house.town.caller(CUSTOMER).await.dials(LINE).await;
    caller.is_answered().await.hears_tone(880.0).await.hears(MESSAGE).await;
    caller.hangs_up();
    house.is_left().await;
    house.closes().await;
}

#[tokio::test]
async fn music_of_ones_own_is_heard_until_somebody_takes_the_call_and_no_longer() {
    let house = House::open(json!({"ring_seconds": 60})).await;
    house.uploads("hold", 990).await;
    house.changes(json!({"ring_seconds": 60, "music": {"audio": "alo://prompts/hold"}})).await;
    let ada = house.desk("ada").await;
    let caller = house.is_rung().await;
    let ringing = ada.rings().await;
    caller.hears_tone(990.0).await;
    let call = ringing.answers().await;
    call.hears("Press one.").await;
    call.presses("1").await;
    call.talks_with(&caller).await;
    caller.does_not_hear_tone(990.0, std::time::Duration::from_secs(1)).await;
    call.hangs_up();
    caller.is_hung_up_on().await;
    house.closes().await;
}

#[tokio::test]
async fn built_in_music_is_heard_while_it_rings() {
    let house = House::open(json!({"ring_seconds": 60, "music": {"built_in": "classical"}})).await;
    let ada = house.desk("ada").await;
    let caller = house.is_rung().await;
    let ringing = ada.rings().await;
    house.tells(&caller, "Please hold while we connect you.").await;
    caller.listens_from_now().hears_speech().await.hangs_up();
    ringing.is_hung_up_on().await;
    house.what_became().await;
    house.closes().await;
}

#[tokio::test]
async fn the_first_support_roulettes_document_works_as_it_is() {
    let house = House::open(json!({})).await;
    let developer = house.town.caller("+5511987654321").await;
    let at = developer.uri();
    let port = at.rsplit_once(':').map(|(_, port)| port.split(';').next().unwrap_or(port));
    let trunk = json!({"Name": "carrier", "Host": "127.0.0.1", "Port": port, "Prefix": "+55"});
    let (status, trunk) = house.asks("POST", "/v1/trunks", Some(trunk)).await;
    assert_eq!(status, 201, "{trunk}");
    let app = house.town.app().await;
    app.on("/roulette", |request| {
        if request.method == "GET" { twiml(ORIGINAL) } else { testkit::Answer::status(405) }
    });
    let number = "+551130000100";
    let form =
        [("PhoneNumber", number), ("VoiceUrl", &app.url("/roulette")), ("VoiceMethod", "GET")];
    let (status, bought) = house.rest.posts("/IncomingPhoneNumbers", &form).await;
    assert_eq!(status, 201, "{bought}");
    let caller = house.town.caller(CUSTOMER).await.dials(number).await;
    caller.is_answered().await.hears("Welcome to Support Roulette!").await;
    assert_eq!(app.next("/roulette", SOON).await.param("From").as_deref(), Some(CUSTOMER));
    let call = developer.rings().await.answers().await;
    call.talks_with(&caller).await;
    call.hangs_up();
    caller.is_hung_up_on().await;
    house.closes().await;
}

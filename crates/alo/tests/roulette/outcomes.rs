//! What a hunt can come to.

use std::time::Duration;

use serde_json::json;
use testkit::Wav;

use crate::house::{GREETING_HZ, HELLO, House, LINE, MESSAGE, NOBODY, PEOPLE, WHISPER, attempts};

#[tokio::test]
async fn the_one_on_duty_accepts_and_they_hear_each_other() {
    let house = House::open(json!({})).await;
    let ada = house.desk("ada").await;
    let caller = house.is_rung().await;
    let call = house.picks_up(&ada).await;
    call.is_from(LINE);
    call.presses("1").await;
    call.talks_with(&caller).await;
    call.hangs_up();
    caller.is_hung_up_on().await;
    let became = house.what_became().await;
    assert_eq!(
        (&became["outcome"], attempts(&became)),
        (&"connected".into(), vec!["ada: accepted".to_owned()])
    );
    house.closes().await;
}

#[tokio::test]
async fn another_key_passes_the_call_to_who_comes_next() {
    let house = House::open(json!({})).await;
    let (ada, ben) = (house.desk("ada").await, house.desk("ben").await);
    let caller = house.is_rung().await;
    let call = house.picks_up(&ada).await;
    call.presses("2").await;
    call.is_hung_up_on().await;
    let call = house.picks_up(&ben).await;
    call.presses("1").await;
    call.talks_with(&caller).await;
    caller.hangs_up();
    call.is_hung_up_on().await;
    let became = house.what_became().await;
    assert_eq!(attempts(&became), ["ada: passed", "ben: accepted"]);
    house.closes().await;
}

#[tokio::test]
async fn a_voicemail_that_greets_and_presses_nothing_never_swallows_a_call() {
    let house = House::open(json!({})).await;
    let (ada, ben) = (house.desk("ada").await, house.desk("ben").await);
    let caller = house.is_rung().await;
    let machine = ada.rings().await.answers().await;
    machine.says_tone(GREETING_HZ);
    machine.is_hung_up_on().await;
    let call = house.picks_up(&ben).await;
    call.presses("1").await;
    call.talks_with(&caller).await;
    call.hangs_up();
    caller.is_hung_up_on().await;
    let became = house.what_became().await;
    assert_eq!(attempts(&became), ["ada: silent", "ben: accepted"]);
    house.closes().await;
}

#[tokio::test]
async fn who_is_busy_or_away_is_followed_by_the_next() {
    let house = House::open(json!({
        "teams": [{"levels": [{"rota": "support"}, {"next": "support"}, {"person": "cleo"}]}],
    }))
    .await;
    // Ada is busy, Ben's phone is not registered.
    let (ada, cleo) = (house.desk("ada").await, house.desk("cleo").await);
    let caller = house.is_rung().await;
    ada.rings().await.rejects(486);
    let call = house.picks_up(&cleo).await;
    call.presses("1").await;
    call.talks_with(&caller).await;
    call.hangs_up();
    caller.is_hung_up_on().await;
    let became = house.what_became().await;
    let tried = attempts(&became);
    assert_eq!(
        (tried[0].as_str(), tried[2].as_str()),
        ("ada: busy", "cleo: accepted"),
        "{tried:?}"
    );
    assert!(tried[1] == "ben: failed" || tried[1] == "ben: no_answer", "{tried:?}");
    house.closes().await;
}

#[tokio::test]
async fn nobody_accepts_and_the_message_is_recorded_and_texted() {
    let house = House::open(json!({})).await;
    let ada = house.desk("ada").await;
    let caller = house.is_rung().await;
    ada.rings().await.rejects(486);
    caller.hears(MESSAGE).await.hears_tone(1_000.0).await;
    caller.says_all(testkit::tone(700, Duration::from_secs(2))).await;
    caller.hangs_up();
    let became = house.what_became().await;
    assert_eq!(became["outcome"], "voicemail", "{became}");
    let recording = became["voicemail"].as_str().expect("a recording").to_owned();
    let wav = Wav::open(house.server.data().join(format!("recordings/{recording}.wav")));
    let wav = wav.expect("a WAV file");
    wav.expect_tone(0, Duration::from_millis(500)..Duration::from_secs(1), 700);
    let text = house.reads(PEOPLE[0].1, &[&recording, "ACK"]).await;
    let ticket = became["ticket"].as_i64().expect("a number for ACK");
    assert!(text.contains(&format!("ACK {ticket}")), "{text}");
    house.is_texted(PEOPLE[0].1, &format!("ack {ticket}")).await;
    let seen = testkit::eventually("it is acknowledged", async || {
        let call = house.what_became().await;
        if call["acknowledged"].is_null() { Err(call.to_string()) } else { Ok(call) }
    });
    assert_eq!(seen.await["acknowledged"]["by"], "ada");
    house.closes().await;
}

#[tokio::test]
async fn without_voicemail_the_caller_is_told_that_nobody_is_there() {
    let house = House::open(json!({"voicemail": null})).await;
    let ada = house.desk("ada").await;
    let caller = house.is_rung().await;
    ada.rings().await.rejects(486);
    caller.hears(NOBODY).await.is_hung_up_on().await;
    let became = house.what_became().await;
    assert_eq!(became["outcome"], "missed", "{became}");
    house.reads(PEOPLE[0].1, &["ACK"]).await;
    house.closes().await;
}

#[tokio::test]
async fn star_leads_to_voicemail_while_it_rings() {
    let house = House::open(json!({"ring_seconds": 60})).await;
    let ada = house.desk("ada").await;
    let caller = house.is_rung().await;
    let ringing = ada.rings().await;
    caller.presses("*").await;
    ringing.is_hung_up_on().await;
    caller.hears(MESSAGE).await;
    caller.hangs_up();
    let became = house.is_left().await;
    assert_eq!(attempts(&became).len(), 1, "{became}");
    house.closes().await;
}

#[tokio::test]
async fn everyone_is_rung_at_once_in_the_end_and_the_first_has_the_caller() {
    let house =
        House::open(json!({"everyone_last": true, "teams": [{"levels": [{"rota": "support"}]}]}))
            .await;
    let (ada, ben) = (house.desk("ada").await, house.desk("ben").await);
    let cleo = house.desk("cleo").await;
    let caller = house.is_rung().await;
    ada.rings().await.rejects(486);
    let (one, other) = (house.picks_up(&ben).await, house.picks_up(&cleo).await);
    one.presses("1").await;
    one.talks_with(&caller).await;
    other.is_hung_up_on().await;
    one.hangs_up();
    caller.is_hung_up_on().await;
    let became = house.what_became().await;
    assert_eq!(became["outcome"], "connected");
    let tried = attempts(&became);
    assert!(tried.contains(&"ben: accepted".to_owned()), "{tried:?}");
    assert!(tried.contains(&"cleo: elsewhere".to_owned()), "{tried:?}");
    assert_eq!(tried.iter().filter(|tried| tried.starts_with("ada")).count(), 1, "{tried:?}");
    house.closes().await;
}

#[tokio::test]
async fn a_caller_chooses_a_team_by_key() {
    let house = House::open(json!({"teams": [
        {"key": "1", "display": "sales", "levels": [{"person": "ada"}]},
        {"key": "2", "display": "billing", "levels": [{"person": "ben"}]},
    ]}))
    .await;
    let ben = house.desk("ben").await;
    let caller = house.is_rung().await;
    house.tells(&caller, "For billing, press 2.").await;
    caller.presses("2").await;
    let call = house.picks_up(&ben).await;
    call.presses("1").await;
    call.talks_with(&caller).await;
    call.hangs_up();
    caller.is_hung_up_on().await;
    assert_eq!(house.what_became().await["team"], "billing");
    house.closes().await;
}

#[tokio::test]
async fn a_blocked_caller_reaches_nobody() {
    let house = House::open(json!({"block": ["+1415555*"]})).await;
    let ada = house.desk("ada").await;
    let caller = house.town.caller(crate::house::CUSTOMER).await.dials(LINE).await;
    caller.ends().await;
    ada.does_not_ring(Duration::from_millis(200)).await;
    assert_eq!(house.what_became().await["outcome"], "blocked");
    house.closes().await;
}

#[tokio::test]
async fn a_rota_with_a_gap_leads_to_voicemail() {
    let house = House::open(json!({"teams": [{"levels": [{"rota": "support"}]}]})).await;
    let mut rota = crate::house::weekly(&["ada"]);
    rota["layers"][0]["start"] = "2035-01-01".into();
    house.puts("/v1/rotas/support", rota).await;
    let caller = house.is_rung().await;
    house.tells(&caller, "Nobody is on duty at the moment.").await;
    caller.hears(MESSAGE).await.hangs_up();
    assert_eq!(attempts(&house.is_left().await), Vec::<String>::new());
    house.closes().await;
}

#[tokio::test]
async fn two_callers_at_once_never_ring_the_same_developer() {
    let house = House::open(json!({"ring_seconds": 60})).await;
    let (ada, ben) = (house.desk("ada").await, house.desk("ben").await);
    let first = house.is_rung().await;
    let to_ada = house.picks_up(&ada).await;
    let second = house.town.caller("+14155550143").await.dials(LINE).await;
    second.is_answered().await.hears(HELLO).await;
    let to_ben = house.picks_up(&ben).await;
    to_ada.presses("1").await;
    to_ben.presses("1").await;
    to_ada.talks_with(&first).await;
    to_ben.talks_with(&second).await;
    first.hangs_up();
    second.hangs_up();
    to_ada.is_hung_up_on().await;
    to_ben.is_hung_up_on().await;
    let calls = testkit::eventually("both calls are over", async || {
        let calls = house.calls().await;
        let over = calls.iter().filter(|call| !call["ended_at"].is_null()).count();
        if over == 2 { Ok(calls) } else { Err(format!("{calls:?}")) }
    })
    .await;
    assert_eq!(attempts(&calls[0]), ["ada: engaged", "ben: accepted"], "the newest first");
    assert_eq!(attempts(&calls[1]), ["ada: accepted"]);
    house.closes().await;
}

#[tokio::test]
async fn the_target_set_by_the_api_gets_every_call_whatever_the_rota_says() {
    let house = House::open(json!({})).await;
    let cleo = house.desk("cleo").await;
    house.puts("/v1/lines/support/target", json!({"to": "client:cleo"})).await;
    let caller = house.is_rung().await;
    let call = cleo.rings().await.answers().await;
    call.hears(WHISPER).await.presses("1").await;
    call.talks_with(&caller).await;
    call.hangs_up();
    caller.is_hung_up_on().await;
    house.what_became().await;
    house.closes().await;
}

#[tokio::test]
async fn a_line_that_is_gone_says_so_and_raises_an_alert() {
    let house = House::open(json!({})).await;
    let (status, _) = house.asks("DELETE", "/v1/lines/support", None).await;
    assert_eq!(status, 204);
    let caller = house.town.caller(crate::house::CUSTOMER).await.dials(LINE).await;
    caller.is_answered().await;
    house.tells(&caller, "application error").await;
    caller.is_hung_up_on().await;
    let list = house.rest.gets("/Notifications").await;
    let said = list["notifications"].to_string();
    assert!(said.contains("there is no line"), "{said}");
    house.closes().await;
}

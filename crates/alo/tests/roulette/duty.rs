//! Duty that changes: by text, by the line itself, and while somebody is rung; and what a crash leaves.

use std::time::Duration;

use serde_json::json;

use crate::house::{HELLO, House, LINE, MESSAGE, PEOPLE, attempts};

const ADA: &str = PEOPLE[0].1;
const BEN: &str = PEOPLE[1].1;

#[tokio::test]
async fn who_asks_by_text_is_told_and_who_takes_duty_gets_the_calls() {
    let house = House::open(json!({})).await;
    let ben = house.desk("ben").await;
    house.is_texted(BEN, "who").await;
    house.reads(BEN, &["ada"]).await;
    house.is_texted(BEN, "TAKE 2h").await;
    house.reads(ADA, &["ben"]).await;
    let caller = house.is_rung().await;
    let call = house.picks_up(&ben).await;
    call.presses("1").await;
    call.talks_with(&caller).await;
    call.hangs_up();
    caller.is_hung_up_on().await;
    assert_eq!(attempts(&house.what_became().await), ["ben: accepted"]);
    house.closes().await;
}

#[tokio::test]
async fn a_stranger_who_texts_the_line_learns_nothing_of_who_is_on_duty() {
    let house = House::open(json!({})).await;
    house.is_texted("+14155550188", "WHO").await;
    let text = house.reads("+14155550188", &["not known"]).await;
    assert!(!text.to_lowercase().contains("ada"), "{text}");
    house.closes().await;
}

#[tokio::test]
async fn a_swap_is_asked_and_accepted_by_text() {
    let house = House::open(json!({})).await;
    house.is_texted(ADA, "swap ben").await;
    let asked = house.reads(BEN, &["ACK"]).await;
    let number = asked
        .split("ACK ")
        .nth(1)
        .and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next().map(str::to_owned));
    house.is_texted(BEN, &format!("ack {}", number.expect("a number"))).await;
    testkit::eventually("ben is on duty", async || {
        let duty = house.gets("/v1/rotas/support/on-duty").await;
        if duty["person"] == "ben" { Ok(()) } else { Err(duty.to_string()) }
    })
    .await;
    house.closes().await;
}

#[tokio::test]
async fn a_known_caller_takes_duty_by_key() {
    let house = House::open(json!({})).await;
    let ben = house.town.registers("ben", &house.server.adds_phone("ben").await).await;
    let call = ben.dials(LINE).await;
    call.is_answered().await;
    house.tells(&call, "You are calling from a known phone.").await;
    call.presses("3").await;
    house.tells(&call, "You are on duty for support until").await;
    testkit::eventually("ben is on duty", async || {
        let duty = house.gets("/v1/rotas/support/on-duty").await;
        if duty["person"] == "ben" { Ok(()) } else { Err(duty.to_string()) }
    })
    .await;
    call.hangs_up();
    assert_eq!(house.what_became().await["outcome"], "command");
    house.closes().await;
}

#[tokio::test]
async fn who_is_deleted_while_being_rung_still_gets_this_call() {
    let house = House::open(json!({})).await;
    let ada = house.desk("ada").await;
    let caller = house.is_rung().await;
    let call = house.picks_up(&ada).await;
    let (status, _) = house.asks("DELETE", "/v1/people/ada", None).await;
    assert_eq!(status, 204);
    call.presses("1").await;
    call.talks_with(&caller).await;
    call.hangs_up();
    caller.is_hung_up_on().await;
    assert_eq!(house.what_became().await["outcome"], "connected");
    house.closes().await;
}

#[tokio::test]
async fn the_one_coming_on_duty_is_texted_at_the_handoff_and_once() {
    let house = House::open(json!({})).await;
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
    let begins = now.checked_add(jiff::Span::new().seconds(2)).expect("soon");
    let rota = json!({
        "name": "nights",
        "zone": "UTC",
        "layers": [{
            "name": "primary",
            "turn": {"every": 12, "unit": "hour"},
            "start": begins.date().to_string(),
            "handoff": begins.time().strftime("%H:%M:%S").to_string(),
            "crews": [{"from_turn": 0, "people": ["ada", "ben"]}],
        }],
    });
    house.puts("/v1/rotas/nights", rota).await;
    house.reads(ADA, &["Congratulations", "on duty"]).await;
    let mut house = house;
    house.server.kill9().await;
    house.server.restart().await;
    house.is_texted(ADA, "who nights").await;
    house.reads(ADA, &["until"]).await;
    let texts = house.texts(ADA).await;
    let told = texts.iter().filter(|text| text.contains("Congratulations")).count();
    assert_eq!(told, 1, "{texts:?}");
}

#[tokio::test]
async fn a_message_that_a_crash_cut_off_is_kept_and_told_after_the_next_start() {
    let mut house = House::open(json!({"mode": "voicemail_first"})).await;
    let caller = house.town.caller("+14155550142").await.dials(LINE).await;
    caller.is_answered().await.hears(HELLO).await.hears(MESSAGE).await.hears_tone(1_000.0).await;
    caller.says_all(testkit::tone(700, Duration::from_secs(3))).await;
    house.server.kill9().await;
    house.server.restart().await;
    let became = house.what_became().await;
    assert_eq!(became["outcome"], "voicemail", "{became}");
    assert!(became["voicemail_seconds"].as_i64().is_some_and(|seconds| seconds >= 1), "{became}");
    house.reads(ADA, &["ACK"]).await;
}

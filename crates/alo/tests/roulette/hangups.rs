//! A caller who hangs up, at each point of a call: nobody rings on, and the record says how far it went.

use serde_json::json;

use crate::house::{CUSTOMER, HELLO, House, LINE, MESSAGE, PEOPLE, attempts};

#[tokio::test]
async fn while_phones_ring_and_whoever_was_rung_reads_of_it() {
    let house = House::open(json!({})).await;
    let (ada, ben) = (house.desk("ada").await, house.desk("ben").await);
    let caller = house.is_rung().await;
    ada.rings().await.is_hung_up_on().await;
    let ringing = ben.rings().await;
    house.tells(&caller, "We are still trying to reach somebody.").await;
    caller.hangs_up();
    ringing.is_hung_up_on().await;
    let became = house.what_became().await;
    assert_eq!(became["outcome"], "hung_up", "{became}");
    assert_eq!(attempts(&became), ["ada: no_answer", "ben: caller_left"]);
    house.reads(PEOPLE[0].1, &[CUSTOMER, "ACK"]).await;
    house.closes().await;
}

#[tokio::test]
async fn while_the_one_on_duty_hears_who_calls() {
    let house = House::open(json!({})).await;
    let ada = house.desk("ada").await;
    let caller = house.is_rung().await;
    let call = house.picks_up(&ada).await;
    caller.hangs_up();
    call.is_hung_up_on().await;
    let became = house.what_became().await;
    assert_eq!(
        (&became["outcome"], attempts(&became)),
        (&"hung_up".into(), vec!["ada: caller_left".to_owned()])
    );
    house.closes().await;
}

#[tokio::test]
async fn while_they_talk() {
    let house = House::open(json!({})).await;
    let ada = house.desk("ada").await;
    let caller = house.is_rung().await;
    let call = house.picks_up(&ada).await;
    call.presses("1").await;
    call.talks_with(&caller).await;
    caller.hangs_up();
    call.is_hung_up_on().await;
    assert_eq!(house.what_became().await["outcome"], "connected");
    assert_eq!(house.texts(PEOPLE[0].1).await, Vec::<String>::new(), "nothing was missed");
    house.closes().await;
}

#[tokio::test]
async fn before_the_greeting_is_over() {
    let house = House::open(json!({})).await;
    let ada = house.desk("ada").await;
    let caller = house.town.caller(CUSTOMER).await.dials(LINE).await;
    caller.is_answered().await;
    caller.hangs_up();
    let became = house.what_became().await;
    assert_eq!(became["outcome"], "hung_up", "{became}");
    ada.does_not_ring(std::time::Duration::from_millis(200)).await;
    assert_eq!(house.texts(PEOPLE[0].1).await, Vec::<String>::new(), "a slip of the finger");
    house.closes().await;
}

#[tokio::test]
async fn while_a_message_is_asked_for() {
    let house = House::open(json!({"mode": "voicemail_first"})).await;
    let caller = house.town.caller(CUSTOMER).await.dials(LINE).await;
    caller.is_answered().await.hears(HELLO).await.hears(MESSAGE).await;
    caller.hangs_up();
    let became = house.what_became().await;
    assert_ne!(became["outcome"], "voicemail", "{became}");
    house.closes().await;
}

#[tokio::test]
async fn while_a_team_is_chosen() {
    let house = House::open(json!({"teams": [
        {"key": "1", "display": "sales", "levels": [{"person": "ada"}]},
        {"key": "2", "display": "billing", "levels": [{"person": "ben"}]},
    ]}))
    .await;
    let caller = house.is_rung().await;
    caller.hangs_up();
    let became = house.what_became().await;
    assert_eq!((&became["outcome"], &became["team"]), (&"hung_up".into(), &"".into()), "{became}");
    house.closes().await;
}

#[tokio::test]
async fn behind_a_message_that_is_complete() {
    let house = House::open(json!({"mode": "voicemail_first"})).await;
    let caller = house.town.caller(CUSTOMER).await.dials(LINE).await;
    caller.is_answered().await.hears(HELLO).await.hears(MESSAGE).await.hears_tone(1_000.0).await;
    caller.says_all(testkit::tone(700, std::time::Duration::from_secs(2))).await;
    caller.presses("#").await;
    house.tells(&caller, "Your message will be passed on.").await;
    caller.hangs_up();
    let became = house.what_became().await;
    assert_eq!(became["outcome"], "voicemail", "{became}");
    house.reads(PEOPLE[0].1, &[CUSTOMER, "ACK"]).await;
    assert_eq!(house.texts(PEOPLE[0].1).await.len(), 1, "it is told once");
    house.closes().await;
}

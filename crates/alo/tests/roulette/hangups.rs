//! A caller who hangs up, at each point of a call: nobody rings on, and the record says how far it went.

use serde_json::json;

use crate::house::{CUSTOMER, HELLO, House, LINE, MESSAGE, PEOPLE, attempts};

#[tokio::test]
async fn while_the_phone_of_the_one_on_duty_rings() {
    let house = House::open(json!({"ring_seconds": 60})).await;
    let ada = house.desk("ada").await;
    let caller = house.is_rung().await;
    let ringing = ada.rings().await;
    caller.hangs_up();
    ringing.is_hung_up_on().await;
    let became = house.what_became().await;
    assert_eq!(became["outcome"], "hung_up", "{became}");
    assert_eq!(attempts(&became), ["ada: caller_left"]);
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

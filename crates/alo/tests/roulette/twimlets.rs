//! Twimlets on numbers and in `Url=`, with real SIP phones: their host names lead into this machine, and nowhere else.

use std::time::Duration;

use serde_json::json;

use crate::house::{CUSTOMER, GREETING_HZ, House, LINE};

/// A number beside the line's.
const NUMBER: &str = "+14155550110";
/// What the called are told, in place of the caller's number.
const WHISPERED: &str = "A call for sales.";

/// A house with a number that this URL answers.
async fn house(url: &str) -> House {
    let house = House::open(json!({})).await;
    let form = [("PhoneNumber", NUMBER), ("VoiceUrl", url)];
    let (status, bought) = house.rest.posts("/IncomingPhoneNumbers", &form).await;
    assert_eq!(status, 201, "{bought}");
    house
}

#[tokio::test]
async fn a_number_whose_url_is_at_twimlets_com_is_forwarded_by_this_machine() {
    let house = house("http://twimlets.com/forward?PhoneNumber=client%3Aada").await;
    let ada = house.desk("ada").await;
    let caller = house.town.caller(CUSTOMER).await.dials(NUMBER).await;
    let call = ada.rings().await.answers().await;
    call.is_from(CUSTOMER);
    call.talks_with(&caller).await;
    call.hangs_up();
    caller.is_hung_up_on().await;
    house.closes().await;
}

#[tokio::test]
async fn a_call_that_a_program_places_runs_the_twimlet_of_its_url() {
    let house = House::open(json!({})).await;
    let ada = house.desk("ada").await;
    let url = "https://www.twimlets.com/message?Message[0]=We+are+closed.&Message[1]=Good+night.";
    let form = [("To", "client:ada"), ("From", LINE), ("Url", url)];
    let (status, placed) = house.rest.posts("/Calls", &form).await;
    assert_eq!(status, 201, "{placed}");
    let call = ada.rings().await.answers().await;
    call.hears("We are closed.").await.hears("Good night.").await;
    call.is_hung_up_on().await;
    house.closes().await;
}

#[tokio::test]
async fn a_forward_that_reaches_nobody_goes_on_at_its_fail_url() {
    let url = "alo://twimlets/forward?PhoneNumber=client%3Aada\
               &FailUrl=message%3FMessage%3DNobody%2Bthere.";
    let house = house(url).await;
    let ada = house.desk("ada").await;
    let caller = house.town.caller(CUSTOMER).await.dials(NUMBER).await;
    ada.rings().await.rejects(486);
    caller.is_answered().await.hears("Nobody there.").await;
    caller.is_hung_up_on().await;
    house.closes().await;
}

#[tokio::test]
async fn findme_goes_past_a_voicemail_that_presses_nothing() {
    let url = "http://twimlets.com/findme?PhoneNumbers[0]=client%3Aada&PhoneNumbers[1]=client%3Aben\
               &Message=A+call+for+sales.";
    let house = house(url).await;
    let (ada, ben) = (house.desk("ada").await, house.desk("ben").await);
    let caller = house.town.caller(CUSTOMER).await.dials(NUMBER).await;
    let machine = ada.rings().await.answers().await;
    machine.says_tone(GREETING_HZ);
    machine.is_hung_up_on().await;
    let call = ben.rings().await.answers().await;
    call.hears(WHISPERED).await;
    call.presses("1").await;
    call.talks_with(&caller).await;
    call.hangs_up();
    caller.is_hung_up_on().await;
    house.closes().await;
}

#[tokio::test]
async fn a_menu_leads_to_the_twimlet_of_the_key_that_was_pressed() {
    let url = "http://twimlets.com/menu?Message=Press+one.&Options[1]=message%3FMessage%3DSales.";
    let house = house(url).await;
    let caller = house.town.caller(CUSTOMER).await.dials(NUMBER).await;
    caller.is_answered().await.hears("Press one.").await;
    caller.presses("2").await;
    caller.hears("I'm sorry, that wasn't a valid option.").await.hears("Press one.").await;
    caller.presses("1").await;
    caller.hears("Sales.").await;
    caller.is_hung_up_on().await;
    house.closes().await;
}

#[tokio::test]
async fn a_number_that_is_not_allowed_is_not_rung_and_the_alert_names_the_setting() {
    let house = house("http://twimlets.com/forward?PhoneNumber=sip%3Aada%40127.0.0.1").await;
    let ada = house.desk("ada").await;
    let caller = house.town.caller(CUSTOMER).await.dials(NUMBER).await;
    caller.ends().await;
    ada.does_not_ring(Duration::from_millis(500)).await;
    testkit::eventually("an alert names the setting", async || {
        let alerts = house.server.told(&["alerts"]).await.to_string();
        if alerts.contains("twimlets.numbers") { Ok(()) } else { Err(alerts) }
    })
    .await;
    house.closes().await;
}

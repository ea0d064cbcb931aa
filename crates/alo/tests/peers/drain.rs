//! SIGTERM: live calls go on until they end, new ones are refused, and then the server ends with 0.

use std::time::Duration;

use testkit::eventually;

use super::house::{CALLER, House, NUMBER, SOON, WAITS, options, response};

#[tokio::test]
async fn a_live_call_goes_on_new_ones_are_refused_and_the_end_is_clean() {
    let mut house = House::open().await;
    house.says("<Gather numDigits=\"1\" timeout=\"60\" action=\"/keys\"/>");
    house.app.answers("/keys", response(WAITS));
    let town = house.town();
    let call = town.caller(CALLER).await.dials(NUMBER).await.is_answered().await;
    house.server.signal_terminate().await;
    eventually("it is not ready any more", async || {
        let (status, _) = house.fetches("/readyz").await;
        if status == 503 { Ok(()) } else { Err(format!("/readyz answers {status}")) }
    })
    .await;
    house.caller("uac-expects-503").run().await;
    let form = [("To", "sip:ada@127.0.0.1"), ("From", NUMBER), ("Twiml", "<Response/>")];
    let (status, refused) = house.posts("/Calls", &form).await;
    assert_eq!((status, &refused["status"]), (503, &503.into()), "{refused}");
    // The live call is served as before: its key is heard, its application asked.
    call.presses("7").await;
    let keys = house.app.next("/keys", SOON).await;
    assert_eq!(keys.param("Digits").as_deref(), Some("7"));
    call.hangs_up();
    assert_eq!(house.is_told_the_end().await, "completed");
    assert_eq!(house.server.ends().await.code(), Some(0));
}

#[tokio::test]
async fn a_call_that_does_not_end_is_hung_up_when_patience_is_over() {
    let mut house = House::with(options().variable("ALO_CALLS_DRAIN", "500 ms")).await;
    house.says(WAITS);
    let town = house.town();
    let call = town.caller(CALLER).await.dials(NUMBER).await.is_answered().await;
    let status = house.server.terminate().await;
    assert_eq!(status.code(), Some(0));
    call.is_hung_up_on().await;
    assert_eq!(house.is_told_the_end().await, "completed");
}

#[tokio::test]
async fn a_server_without_calls_ends_at_once_and_starts_again() {
    let mut house = House::with(options().variable("ALO_CALLS_DRAIN", "1 h")).await;
    assert_eq!(house.server.terminate().await.code(), Some(0));
    house.server.restart().await;
    house.says("<Hangup/>");
    house.caller("uac-hung-up-on").talk(Duration::ZERO).run().await;
}

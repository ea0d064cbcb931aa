//! sipp is called: every way in which a callee answers, refuses or stays silent, and what the application is told of it.

use std::time::Duration;

use testkit::{Request, Serving, Sipp};

use super::house::{CALLER, House, NUMBER, SOON, response};

/// How long the called ring and talk.
const A_MOMENT: Duration = Duration::from_millis(300);

/// A number that is reached over a trunk.
const ABROAD: &str = "+551130000142";

/// A tone that comes back from an echo.
const TONE: f32 = 620.0;

/// One call of sipp's to the house, dialled on to a callee; the request to the action of `<Dial>`, after which the caller is
/// hung up on unless he did so before.
async fn dials(house: &House, callee: &Serving, attributes: &str, caller: &str) -> Request {
    let dial = format!("<Dial action=\"/after\" {attributes}>");
    house.says(&format!("{dial}<Sip>sip:ada@{}</Sip></Dial>", callee.address()));
    house.app.answers("/after", response("<Hangup/>"));
    house.caller(caller).talk(A_MOMENT).run().await;
    house.app.next("/after", SOON).await
}

/// What the action is told: `DialCallStatus` and `DialBridged`.
fn outcome(after: &Request) -> (String, String) {
    let param = |name| after.param(name).unwrap_or_else(|| panic!("no {name} in {after:?}"));
    (param("DialCallStatus"), param("DialBridged"))
}

async fn a_callee_who(scenario: &str, attributes: &str, status: &str) {
    let house = House::open().await;
    let callee = Sipp::new(scenario).calls(1).talk(A_MOMENT).serve().await;
    let after = dials(&house, &callee, attributes, "uac-hung-up-on").await;
    callee.finish().await;
    let bridged = (status == "completed").to_string();
    assert_eq!(outcome(&after), (status.to_owned(), bridged), "{scenario}");
    assert_eq!(house.is_told_the_end().await, "completed");
    let called = after.param("DialCallSid").expect("the called leg has a SID");
    house.call_is(&called, status).await;
    house.comes_to_rest().await;
}

#[tokio::test]
async fn is_busy() {
    a_callee_who("uas-busy", "", "busy").await;
}

#[tokio::test]
async fn declines() {
    a_callee_who("uas-declines", "", "busy").await;
}

#[tokio::test]
async fn is_unknown_there() {
    a_callee_who("uas-404", "", "failed").await;
}

#[tokio::test]
async fn stands_behind_a_full_trunk() {
    a_callee_who("uas-503", "", "failed").await;
}

#[tokio::test]
async fn does_not_answer() {
    a_callee_who("uas-noanswer", "timeout=\"5\"", "no-answer").await;
}

#[tokio::test]
async fn never_ends_a_cancelled_invite() {
    a_callee_who("uas-never-487", "timeout=\"5\"", "no-answer").await;
}

#[tokio::test]
async fn is_silent() {
    // Without any answer there is nothing to cancel (RFC 3261 §9.1), so the callee is left waiting, and ended here.
    let house = House::open().await;
    let callee = Sipp::new("uas-silent").calls(1).serve().await;
    let after = dials(&house, &callee, "timeout=\"5\"", "uac-hung-up-on").await;
    assert_eq!(outcome(&after), ("no-answer".to_owned(), "false".to_owned()));
    assert_eq!(house.is_told_the_end().await, "completed");
    house.comes_to_rest().await;
}

#[tokio::test]
async fn is_heard_before_answering_and_has_only_so_long() {
    a_callee_who("uas-early-media", "timeLimit=\"1\"", "completed").await;
}

#[tokio::test]
async fn hangs_up() {
    a_callee_who("uas-hangs-up", "", "completed").await;
}

#[tokio::test]
async fn answers_and_the_caller_hangs_up() {
    let house = House::open().await;
    let callee = Sipp::new("uas-answered").calls(1).talk(A_MOMENT).serve().await;
    let after = dials(&house, &callee, "answerOnBridge=\"true\"", "uac-answered").await;
    callee.finish().await;
    assert_eq!(outcome(&after).0, "completed");
    assert_eq!(house.is_told_the_end().await, "completed");
    house.comes_to_rest().await;
}

#[tokio::test]
async fn is_heard_by_the_caller_and_hears_him() {
    let house = House::open().await;
    let callee = Sipp::new("uas-answered").calls(1).talk(Duration::ZERO).echo().serve().await;
    house.says(&format!("<Dial><Sip>sip:ada@{}</Sip></Dial>", callee.address()));
    let town = house.town();
    let call = town.caller(CALLER).await.dials(NUMBER).await.is_answered().await;
    // What he says reaches the callee and comes back.
    call.says_tone(TONE).hears_tone(TONE).await.hangs_up();
    callee.finish().await;
    house.comes_to_rest().await;
}

#[tokio::test]
async fn is_heard_before_answering() {
    let house = House::open().await;
    let rings = Duration::from_secs(5);
    let callee = Sipp::new("uas-early-media").calls(1).talk(rings).echo().serve().await;
    let dial = format!("<Dial action=\"/after\"><Sip>sip:ada@{}</Sip></Dial>", callee.address());
    house.says(&dial);
    house.app.answers("/after", response("<Hangup/>"));
    let town = house.town();
    let call = town.caller(CALLER).await.dials(NUMBER).await.is_answered().await;
    call.says_tone(TONE).hears_tone(TONE).await;
    let called = house.gets("/Calls").await["calls"][0].clone();
    assert_eq!(called["direction"], "outbound-dial", "{called}");
    let sid = called["sid"].as_str().expect("a call has a SID");
    house.call_is(sid, "ringing").await;
    house.call_is(sid, "in-progress").await;
    call.hangs_up();
    callee.finish().await;
    house.comes_to_rest().await;
}

#[tokio::test]
async fn is_reached_over_a_trunk_by_a_dial_and_by_rest() {
    let house = House::open().await;
    let callee = Sipp::new("uas-answered").calls(2).talk(A_MOMENT).serve().await;
    house.adds_trunk("+55", callee.address().port()).await;
    house.says(&format!("<Dial answerOnBridge=\"true\"><Number>{ABROAD}</Number></Dial>"));
    house.caller("uac-answered").talk(A_MOMENT).run().await;
    assert_eq!(house.is_told_the_end().await, "completed");
    let sid = house.places(ABROAD, "<Pause length=\"60\"/>", &[]).await;
    house.call_is(&sid, "in-progress").await;
    let (status, ended) = house.posts(&format!("/Calls/{sid}"), &[("Status", "completed")]).await;
    assert_eq!(status, 200, "{ended}");
    assert_eq!(house.is_told_the_end().await, "completed");
    callee.finish().await;
    house.comes_to_rest().await;
}

#[tokio::test]
async fn refuses_what_rest_places_and_the_call_says_so() {
    for (scenario, status) in [("uas-busy", "busy"), ("uas-404", "failed"), ("uas-503", "failed")] {
        let house = House::open().await;
        let callee = Sipp::new(scenario).calls(1).serve().await;
        let to = format!("sip:ada@{}", callee.address());
        let sid = house.places(&to, "<Hangup/>", &[]).await;
        assert_eq!(house.is_told_the_end().await, status, "{scenario}");
        assert_eq!(house.gets(&format!("/Calls/{sid}")).await["status"], status, "{scenario}");
        callee.finish().await;
        house.comes_to_rest().await;
    }
}

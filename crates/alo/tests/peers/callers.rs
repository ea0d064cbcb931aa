//! sipp calls: every way in which a caller is served, refused or turns away.

use std::time::Duration;

use testkit::{Sipp, eventually};

use super::house::{CALLER, House, NOBODYS, NUMBER, SOON, WAITS, options};

/// How long callers talk, hold or wait.
const A_MOMENT: Duration = Duration::from_millis(300);

#[tokio::test]
async fn a_caller_is_answered_and_hangs_up() {
    let house = House::open().await;
    house.says(WAITS);
    house.caller("uac-answered").talk(A_MOMENT).run().await;
    let asked = house.app.next("/voice", SOON).await;
    assert_eq!(asked.param("From").as_deref(), Some(CALLER));
    assert_eq!(asked.param("CallStatus").as_deref(), Some("ringing"));
    assert_eq!(house.is_told_the_end().await, "completed");
    house.comes_to_rest().await;
}

#[tokio::test]
async fn a_caller_is_hung_up_on_when_the_document_ends() {
    let house = House::open().await;
    house.says("<Pause length=\"1\"/><Hangup/>");
    house.caller("uac-hung-up-on").run().await;
    assert_eq!(house.is_told_the_end().await, "completed");
    house.comes_to_rest().await;
}

#[tokio::test]
async fn a_caller_gives_up_while_it_rings_and_so_does_the_called_phone() {
    let house = House::open().await;
    let called = Sipp::new("uas-noanswer").calls(1).serve().await;
    let sip = format!("<Sip>sip:ada@{}</Sip>", called.address());
    house.says(&format!("<Dial answerOnBridge=\"true\">{sip}</Dial>"));
    house.caller("uac-cancel").talk(A_MOMENT).run().await;
    called.finish().await;
    assert_eq!(house.is_told_the_end().await, "no-answer");
    house.comes_to_rest().await;
}

#[tokio::test]
async fn a_rejected_caller_gets_busy_or_a_refusal() {
    let house = House::open().await;
    for (verb, scenario, status) in [
        ("<Reject reason=\"busy\"/>", "uac-expects-486", "busy"),
        ("<Reject/>", "uac-expects-603", "no-answer"),
    ] {
        house.says(verb);
        house.caller(scenario).run().await;
        assert_eq!(house.is_told_the_end().await, status, "{verb}");
    }
    house.comes_to_rest().await;
}

#[tokio::test]
async fn a_number_that_nobody_has_is_404() {
    let house = House::open().await;
    let caller = Sipp::new("uac-expects-404").target(house.server.sip()).calls(1);
    caller.service(NOBODYS).set("caller", CALLER).run().await;
    eventually("the refused call is recorded", async || {
        let calls = house.gets("/Calls").await;
        if calls["calls"][0]["status"] == "failed" { Ok(()) } else { Err(calls.to_string()) }
    })
    .await;
    house.comes_to_rest().await;
}

#[tokio::test]
async fn a_caller_without_a_codec_of_ours_gets_488() {
    let house = House::open().await;
    house.says("<Pause/>");
    house.caller("uac-expects-488").run().await;
    assert!(house.app.requests_to("/voice").is_empty(), "nobody is asked about it");
    house.comes_to_rest().await;
}

#[tokio::test]
async fn a_caller_over_the_limit_gets_503_with_retry_after() {
    let house = House::with(options().variable("ALO_SIP_CALLS", "1")).await;
    house.says(WAITS);
    let town = house.town();
    let first = town.caller(CALLER).await.dials(NUMBER).await.is_answered().await;
    house.caller("uac-expects-503").run().await;
    first.hangs_up();
    house.comes_to_rest().await;
}

#[tokio::test]
async fn a_caller_holds_resumes_and_moves() {
    let house = House::open().await;
    house.says(WAITS);
    house.caller("uac-hold-resume").talk(A_MOMENT).run().await;
    house.caller("uac-moves").talk(A_MOMENT).run().await;
    for _ in 0..2 {
        assert_eq!(house.is_told_the_end().await, "completed");
    }
    house.comes_to_rest().await;
}

#[tokio::test]
async fn a_caller_holds_and_resumes_while_bridged() {
    let house = House::open().await;
    let called = Sipp::new("uas-answered").calls(1).talk(Duration::ZERO).serve().await;
    let sip = format!("<Sip>sip:ada@{}</Sip>", called.address());
    house.says(&format!("<Dial answerOnBridge=\"true\">{sip}</Dial>"));
    house.caller("uac-hold-resume").talk(A_MOMENT).run().await;
    called.finish().await;
    assert_eq!(house.is_told_the_end().await, "completed");
    house.comes_to_rest().await;
}

#[tokio::test]
async fn options_are_answered() {
    let house = House::open().await;
    house.caller("uac-options").run().await;
}

#[tokio::test]
async fn a_phone_registers_is_rung_and_unregisters() {
    let house = House::open().await;
    let password = house.adds_phone("ada").await;
    let phone = Sipp::new("uas-answered").calls(1).talk(Duration::ZERO).serve().await;
    let port = phone.address().port().to_string();
    let registers = |expires: &str| {
        let register = Sipp::new("uac-register").target(house.server.sip()).calls(1);
        let register = register.service("ada").credentials("ada", &password);
        register.set("contact_port", &port).set("expires", expires)
    };
    registers("600").run().await;
    assert_eq!(house.metrics().await["alo_sip_registrations"], 1);
    house.says("<Dial answerOnBridge=\"true\"><Client>ada</Client></Dial>");
    house.caller("uac-answered").talk(A_MOMENT).run().await;
    phone.finish().await;
    registers("0").run().await;
    assert_eq!(house.metrics().await["alo_sip_registrations"], 0);
    house.comes_to_rest().await;
}

#[tokio::test]
async fn a_phone_with_a_wrong_password_is_refused() {
    let house = House::open().await;
    house.adds_phone("ada").await;
    let register = Sipp::new("uac-register-refused").target(house.server.sip()).calls(1);
    let register = register.service("ada").credentials("ada", "wrong");
    register.set("contact_port", "5999").set("expires", "600").run().await;
    assert_eq!(house.metrics().await["alo_sip_registrations"], 0);
}

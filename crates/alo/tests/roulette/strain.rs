//! A line that more call than can be helped, or that somebody has taken to pieces.

use serde_json::json;
use testkit::{ServerOptions, Story, Town, eventually};

use crate::house::{CUSTOMER, House, LINE, MESSAGE, PEOPLE, SOON, attempts};

/// As many as a phone's own ports allow in one town.
const IN_A_TOWN: usize = 25;

#[tokio::test]
async fn fifty_at_once_ring_the_one_on_duty_once_and_the_others_leave_messages() {
    let options = ServerOptions::new(env!("CARGO_BIN_EXE_alo"));
    let options = ServerOptions { rtp_ports: 250, ..options };
    let line = json!({"ring_seconds": 120, "teams": [{"levels": [{"rota": "support"}]}]});
    let house = House::with(options, line).await;
    let ada = house.desk("ada").await;
    let first = house.is_rung().await;
    let to_ada = house.picks_up(&ada).await;
    let towns = [0, 1].map(|_| Town::with(house.server.sip(), SOON, Story::start()));
    let mut others = Vec::new();
    for (town, from) in towns.iter().zip([100, 200]) {
        for number in from..from + IN_A_TOWN {
            others.push(town.caller(&format!("+14155559{number}")).await.dials(LINE).await);
        }
    }
    for caller in &others {
        caller.is_answered().await.hears_tone(1_000.0).await;
    }
    to_ada.presses("1").await;
    to_ada.talks_with(&first).await;
    for caller in &others {
        caller.hangs_up();
    }
    first.hangs_up();
    to_ada.is_hung_up_on().await;
    let all = others.len() + 1;
    let calls = eventually("all are over", async || {
        let calls = house.calls().await;
        let over = calls.iter().filter(|call| !call["ended_at"].is_null()).count();
        if over == all { Ok(calls) } else { Err(format!("{over} of {all}")) }
    })
    .await;
    let count = |what: &str| calls.iter().filter(|call| attempts(call) == [what]).count();
    assert_eq!((count("ada: accepted"), count("ada: engaged")), (1, all - 1));
    house.closes().await;
}

#[tokio::test]
async fn a_line_whose_rota_was_deleted_says_so_and_takes_a_message() {
    let house = House::open(json!({})).await;
    let (status, answer) = house.asks("DELETE", "/v1/rotas/support", None).await;
    assert_eq!(status, 204, "{answer}");
    let caller = house.is_rung().await;
    house.tells(&caller, "Nobody is on duty at the moment.").await;
    caller.hears(MESSAGE).await.hangs_up();
    assert_eq!(attempts(&house.is_left().await), Vec::<String>::new());
    house.closes().await;
}

#[tokio::test]
async fn a_closed_line_says_so_and_rings_nobody() {
    let in_three_days = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let in_three_days = in_three_days.checked_add(jiff::Span::new().days(3)).expect("a date");
    let day = in_three_days.strftime("%a").to_string().to_lowercase();
    let window = json!({"days": [day], "from": "09:00:00", "until": "10:00:00"});
    let house = House::open(json!({"hours": {"zone": "UTC", "windows": [window]}})).await;
    let ada = house.desk("ada").await;
    let caller = house.town.caller(CUSTOMER).await.dials(LINE).await;
    caller.is_answered().await;
    house.tells(&caller, "We are closed at the moment.").await;
    caller.hears(MESSAGE).await.hangs_up();
    ada.does_not_ring(std::time::Duration::from_millis(200)).await;
    assert_eq!(attempts(&house.is_left().await), Vec::<String>::new());
    house.closes().await;
}

#[tokio::test]
async fn a_call_that_a_crash_cut_off_is_told_as_missed_after_the_next_start() {
    let mut house = House::open(json!({"ring_seconds": 60})).await;
    let ada = house.desk("ada").await;
    let _caller = house.is_rung().await;
    let _ringing = ada.rings().await;
    house.server.kill9().await;
    house.server.restart().await;
    let became = house.what_became().await;
    assert_eq!(became["outcome"], "lost", "{became}");
    house.reads(PEOPLE[0].1, &[CUSTOMER, "ACK"]).await;
}

#[tokio::test]
async fn a_stranger_on_an_allowing_line_hears_that_it_does_not_take_their_calls() {
    let house = House::open(json!({"allow": ["+5511*"]})).await;
    let caller = house.town.caller(CUSTOMER).await.dials(LINE).await;
    caller.is_answered().await;
    house.tells(&caller, "this line does not take calls from your number").await;
    caller.is_hung_up_on().await;
    assert_eq!(house.what_became().await["outcome"], "blocked");
    house.closes().await;
}

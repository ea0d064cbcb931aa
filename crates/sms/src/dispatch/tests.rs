//! Whose turn it is: scripts in, transcripts out.
//!
//! A line of a script is a millisecond and what happens then; a line of a transcript is who is given what.

mod properties;
mod script;

use model::{Currency, Money};

use super::Route;
use super::route::tests::route;
use script::Story;

#[test]
fn a_text_goes_to_the_carrier_that_reaches_it() {
    Story::with([route("us", &["+1"]), route("world", &["+"])]).plays(
        "0 offer 1 a +14155550100
         0 offer 2 a +551155550100",
        "0 1 to us
         0 2 to world",
    );
}

#[test]
fn a_carrier_is_given_no_more_than_its_window_and_the_oldest_first() {
    Story::with([Route { window: 2, ..route("smsc", &["+"]) }]).plays(
        "0 offer 1 a
         0 offer 2 a
         0 offer 3 a
         0 offer 4 a
         5 done 2 smsc sent
         6 wakes?
         7 done 1 smsc lasting",
        "0 1 to smsc
         0 2 to smsc
         5 3 to smsc
         6 wakes never
         7 4 to smsc",
    );
}

#[test]
fn a_sender_with_one_text_does_not_wait_for_another_that_has_many() {
    let mut story = Story::with([Route { window: 1, ..route("smsc", &["+"]) }]);
    let offers: Vec<String> = (1..=500).map(|sid| format!("0 offer {sid} bulk")).collect();
    story.plays(&offers.join("\n"), "0 1 to smsc");
    story.plays(
        "1 offer 900 single
         2 done 1 smsc sent
         3 done 2 smsc sent
         4 done 900 smsc sent",
        "2 2 to smsc
         3 900 to smsc
         4 3 to smsc",
    );
}

#[test]
fn a_carrier_gets_no_more_segments_in_a_second_than_it_is_set_to() {
    Story::with([Route { per_second: Some(2), ..route("smsc", &["+"]) }]).plays(
        "1000 offer 1 a
         1000 offer 2 a
         1000 offer 3 b segments=3
         1000 offer 4 a
         1000 wakes?
         1494 tick
         1495 tick
         1495 wakes?
         2000 tick
         2000 wakes?
         3515 tick",
        "1000 1 to smsc
         1000 wakes 1495
         1495 2 to smsc
         1495 wakes 2000
         2000 4 to smsc
         2000 wakes 2505
         3515 3 to smsc",
    );
}

#[test]
fn while_the_first_carrier_is_down_the_next_that_reaches_the_number_is_asked() {
    Story::with([route("cheap", &["+1"]), route("dear", &["+"])]).plays(
        "0 down cheap
         1 offer 1 a
         1 offer 2 a +551155550100
         2 done 1 dear sent
         3 up cheap
         4 offer 3 a",
        "1 1 to dear
         1 2 to dear
         4 3 to cheap",
    );
}

#[test]
fn what_waits_for_a_carrier_goes_to_the_next_as_it_goes_down_and_back_as_it_comes_up() {
    let routes = ["first", "second"].map(|name| Route { window: 1, ..route(name, &["+"]) });
    Story::with(routes).plays(
        "0 offer 1 a
         0 offer 2 a
         0 offer 3 a
         0 offer 4 a
         1 down first
         1 done 1 first down
         2 up first
         3 done 2 second sent
         3 wakes?
         1001 tick
         1100 done 1 first sent",
        "0 1 to first
         1 2 to second
         3 wakes 1001
         1001 1 to first
         1100 3 to first",
    );
}

#[test]
fn with_every_carrier_down_texts_wait_in_order() {
    Story::with([route("smsc", &["+"])]).plays(
        "0 down smsc
         0 offer 1 a
         0 offer 2 a
         1 wakes?
         3600000 up smsc",
        "1 wakes never
         3600000 1 to smsc
         3600000 2 to smsc",
    );
}

#[test]
fn a_carrier_that_breaks_off_gets_the_text_again_or_the_next_does() {
    let routes = [route("first", &["+"]), Route { priority: 1, ..route("second", &["+"]) }];
    Story::with(routes).plays(
        "0 offer 1 a
         5 done 1 first down
         5 wakes?
         6 down first
         7 done 1 second down
         8 up first
         8 wakes?
         1005 tick",
        "0 1 to first
         5 wakes 1005
         6 1 to second
         8 wakes 1005
         1005 1 to first",
    );
}

#[test]
fn a_throttled_carrier_pauses_alone_and_its_texts_keep_their_order() {
    Story::with([route("slow", &["+1"]), route("other", &["+55"])]).plays(
        "0 offer 1 a
         0 offer 2 a
         1 done 1 slow again 500
         1 done 2 slow again 400
         2 offer 3 a
         2 offer 4 a +551155550100
         2 wakes?
         499 tick
         501 tick",
        "0 1 to slow
         0 2 to slow
         2 4 to other
         2 wakes 501
         501 1 to slow
         501 2 to slow
         501 3 to slow",
    );
}

#[test]
fn a_carrier_that_refuses_is_followed_by_the_next_and_the_last_one_says_why() {
    let routes = ["a", "b"].map(|name| route(name, &["+"]));
    Story::with(routes).plays(
        "0 offer 1 x
         1 done 1 a refused 30007
         2 done 1 b refused 30005
         3 offer 2 x refused=a",
        "0 1 to a
         1 1 to b
         2 1 no carrier 30005
         3 2 to b",
    );
}

#[test]
fn a_number_that_no_carrier_reaches_is_told_at_once() {
    let senders = vec!["12345".to_owned()];
    Story::with([Route { senders, ..route("us", &["+1"]) }]).plays(
        "0 offer 1 a +551155550100
         0 offer 2 a +14155550100 from=+14155550199
         0 offer 3 a +14155550100 from=12345",
        "0 1 no carrier 21612
         0 2 no carrier 21612
         0 3 to us",
    );
}

#[test]
fn carriers_that_cost_too_much_are_left_out() {
    let cents = |count: i64| Some(Money::of(count * 10_000, Currency::USD));
    let routes = [
        Route { price: cents(3), ..route("dear", &["+1"]) },
        Route { price: cents(1), ..route("cheap", &["+"]) },
    ];
    Story::with(routes).plays(
        "0 offer 1 a segments=2 max=6
         0 offer 2 a segments=2 max=5
         0 offer 3 a segments=2 max=1
         1 down cheap
         1 offer 4 a max=1",
        "0 1 to dear for 0.06000
         0 2 to cheap for 0.02000
         0 3 no carrier 30010",
    );
}

#[test]
fn what_waits_too_long_expires_and_what_a_carrier_has_does_not() {
    Story::with([Route { window: 1, ..route("smsc", &["+"]) }]).plays(
        "0 offer 1 a expires=100
         0 offer 2 a expires=100
         0 offer 3 a expires=200
         0 wakes?
         100 tick
         150 done 1 smsc down
         150 wakes?
         200 tick",
        "0 1 to smsc
         0 wakes 100
         100 2 expired
         150 1 expired
         150 wakes 200
         200 3 expired",
    );
}

#[test]
fn what_was_taken_back_does_not_go_and_not_again() {
    Story::with([Route { window: 1, ..route("smsc", &["+"]) }]).plays(
        "0 offer 1 a
         0 offer 2 a
         0 offer 3 a
         1 withdraw 2
         1 withdraw 1
         1 withdraw 77
         2 done 1 smsc again 0",
        "0 1 to smsc
         2 3 to smsc",
    );
}

#[test]
fn no_more_are_held_than_there_is_room_for() {
    let mut story = Story::of(2, [Route { window: 1, ..route("smsc", &["+"]) }]);
    story.plays(
        "0 offer 1 a
         0 offer 2 a
         0 offer 2 a
         0 offer 3 a
         1 done 1 smsc sent
         2 offer 3 a",
        "0 1 to smsc
         0 3 no room
         1 2 to smsc",
    );
    assert_eq!(story.dispatcher.room(), 0);
}

#[test]
fn carriers_may_change_while_texts_wait_and_are_under_way() {
    let mut story = Story::with([Route { window: 1, ..route("old", &["+"]) }]);
    story.plays(
        "0 offer 1 a
         0 offer 2 a
         0 offer 3 a +551155550100",
        "0 1 to old",
    );
    story.carriers_are(1, [route("new", &["+1"])]);
    story.plays(
        "2 done 1 old refused 30008
         3 up new",
        "1 3 no carrier 21612
         3 1 to new
         3 2 to new",
    );
}

#[test]
fn an_outcome_of_what_nobody_was_given_changes_nothing() {
    Story::with([Route { window: 1, ..route("smsc", &["+"]) }]).plays(
        "0 done 9 smsc sent
         0 offer 1 a
         0 offer 2 a
         1 done 2 smsc sent
         2 done 1 smsc sent
         3 done 1 smsc down",
        "0 1 to smsc
         2 2 to smsc",
    );
}

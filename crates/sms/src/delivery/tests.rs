//! The life of a message: scripts in, transcripts out.
//!
//! A line of a script is a second and what happens then; a line of a transcript is what follows from it: `STATUS` is
//! saved, `tell STATUS` is a callback. `wakes?` asks when the machine wants to hear from the clock.

mod properties;
mod script;

use model::{Correspondent, MessageDirection, MessageStatus};

use super::{LONGEST_PAUSE, MOST_TRIES, pause};
use script::{Story, message, second};

#[test]
fn a_text_is_sent_and_arrives() {
    Story::queued().plays(
        "1 taken smsc
         2 submitted smsc a
         5 receipt smsc a delivered",
        "2 sent, tell sent, part a sent
         5 delivered, tell delivered, part a delivered",
    );
}

#[test]
fn a_text_to_a_handset_of_ours_has_arrived_as_soon_as_it_is_sent() {
    Story::queued().plays(
        "1 taken town
         1 arrived town a",
        "1 sent, tell sent, part a delivered
         1 delivered, tell delivered",
    );
}

#[test]
fn a_carrier_that_names_nothing_leaves_it_sent() {
    Story::queued().plays(
        "1 taken plain
         2 submitted plain",
        "2 sent, tell sent",
    );
}

#[test]
fn a_service_chooses_the_sender_before_it_is_queued() {
    let mut story = Story::of(MessageStatus::Accepted);
    story.delivery.record.from = None;
    story.plays(
        "1 due
         2 sender ALO",
        "2 queued, tell queued",
    );
    assert_eq!(story.delivery.record().from, Some(Correspondent::Alpha("ALO".to_owned())));
}

#[test]
fn a_scheduled_text_waits_for_its_moment() {
    let mut story = Story::of(MessageStatus::Scheduled);
    story.delivery.plan.due_at = second(100);
    story.plays(
        "0 wakes?
         99 due
         100 due
         100 wakes?
         100 due
         101 taken smsc
         101 wakes?
         101 submitted smsc a
         102 wakes?",
        "0 wakes 100
         100 queued, tell queued
         100 wakes 3600
         101 wakes never
         101 sent, tell sent, part a sent
         102 wakes never",
    );
}

#[test]
fn a_scheduled_text_of_a_service_without_a_sender_has_one_chosen_then() {
    let mut story = Story::of(MessageStatus::Scheduled);
    story.delivery.record.from = None;
    story.plays(
        "1 due
         1 sender 12345",
        "1 accepted, tell accepted
         1 queued, tell queued",
    );
}

#[test]
fn what_no_carrier_was_given_can_be_taken_back() {
    for status in [MessageStatus::Accepted, MessageStatus::Scheduled, MessageStatus::Queued] {
        Story::of(status).plays(
            "1 cancel
             2 due
             2 cancel
             3 submitted smsc a",
            "1 canceled, tell canceled
             2 too late",
        );
    }
}

#[test]
fn what_a_carrier_has_can_not_be_taken_back() {
    Story::queued().plays(
        "1 taken smsc
         1 cancel
         2 submitted smsc a
         3 cancel
         4 receipt smsc a delivered
         5 cancel",
        "1 too late
         2 sent, tell sent, part a sent
         3 too late
         4 delivered, tell delivered, part a delivered
         5 too late",
    );
}

#[test]
fn a_carrier_that_is_down_for_an_hour_costs_no_try_and_the_text_its_validity() {
    let mut story = Story::queued();
    let down: Vec<String> = (0..60).map(|minute| format!("{} refused down", minute * 60)).collect();
    story.plays(&down.join("\n"), "");
    assert_eq!(story.delivery.plan().attempts, 0);
    story.plays(
        "3599 expired
         3600 expired
         3601 submitted smsc a",
        "3600 failed, tell failed, error 30036",
    );
}

#[test]
fn a_carrier_that_is_down_and_comes_back_gets_the_text() {
    Story::queued().plays(
        "1 taken smsc
         2 refused down
         1800 taken smsc
         1801 refused throttled
         1802 taken smsc
         1803 submitted smsc a",
        "1803 sent, tell sent, part a sent",
    );
}

#[test]
fn a_text_that_a_carrier_hands_back_after_its_validity_has_expired() {
    Story::queued().plays(
        "1 taken smsc
         3600 expired
         3605 refused down",
        "3605 failed, tell failed, error 30036",
    );
}

#[test]
fn passing_errors_are_tried_again_ever_later() {
    Story::queued().plays(
        "0 taken smsc
         1 refused passing
         6 taken smsc
         7 refused passing
         27 taken smsc
         28 submitted smsc a",
        "1 queued, due 6, tries 1
         7 queued, due 27, tries 2
         28 sent, tell sent, part a sent",
    );
}

#[test]
fn passing_errors_end_with_the_last_try() {
    let mut story = Story::queued();
    story.delivery.plan.attempts = MOST_TRIES - 1;
    story.plays("1 refused passing", "1 failed, tell failed, error 30008");
}

#[test]
fn pauses_grow_to_a_quarter_of_an_hour() {
    let seconds: Vec<u64> = (1..=6).map(|tries| pause(tries).as_secs()).collect();
    assert_eq!(seconds, [5, 20, 80, 320, 900, 900]);
    assert_eq!(pause(u32::MAX), LONGEST_PAUSE);
}

#[test]
fn a_carrier_that_refuses_leaves_it_to_the_next() {
    Story::queued().plays(
        "1 taken cheap
         2 refused refused
         2 taken dear
         3 refused refused
         3 no carrier left 30007",
        "2 next carrier
         3 next carrier
         3 failed, tell failed, error 30007",
    );
}

#[test]
fn what_nobody_will_take_fails_at_once() {
    Story::queued().plays(
        "1 taken smsc
         2 refused lasting 30005",
        "2 failed, tell failed, error 30005",
    );
}

#[test]
fn a_long_text_has_arrived_once_all_its_parts_have() {
    Story::queued().plays(
        "1 submitted smsc a b
         2 receipt smsc b delivered
         3 receipt smsc a en-route
         4 receipt smsc a delivered",
        "1 sent, tell sent, part a sent, part b sent
         2 sent, part b delivered
         4 delivered, tell delivered, part a delivered",
    );
}

#[test]
fn one_part_that_does_not_arrive_spoils_the_whole() {
    Story::queued().plays(
        "1 submitted smsc a b
         2 receipt smsc a undelivered 30006
         3 receipt smsc b delivered",
        "1 sent, tell sent, part a sent, part b sent
         2 undelivered, tell undelivered, error 30006, part a undelivered
         3 undelivered, error 30006, part b delivered",
    );
}

#[test]
fn a_later_word_that_it_arrived_after_all_counts_and_not_the_other_way_round() {
    Story::queued().plays(
        "1 submitted smsc a
         2 receipt smsc a undelivered 30003
         3 receipt smsc a delivered
         4 receipt smsc a undelivered 30003",
        "1 sent, tell sent, part a sent
         2 undelivered, tell undelivered, error 30003, part a undelivered
         3 delivered, tell delivered, part a delivered",
    );
}

#[test]
fn repeated_late_and_unknown_receipts_change_nothing() {
    Story::queued().plays(
        "1 receipt smsc a delivered
         2 submitted smsc a
         3 receipt smsc zz delivered
         3 receipt other a delivered
         4 receipt smsc a delivered
         5 receipt smsc a delivered
         6 receipt smsc a en-route
         7 submitted smsc b
         8 expired",
        "2 sent, tell sent, part a sent
         4 delivered, tell delivered, part a delivered",
    );
}

#[test]
fn a_carrier_that_never_reports_leaves_it_sent() {
    Story::queued().plays(
        "1 submitted smsc a
         90000 expired
         90000 due",
        "1 sent, tell sent, part a sent",
    );
}

#[test]
fn a_receipt_without_a_code_is_an_unknown_error() {
    Story::queued().plays(
        "1 submitted smsc a
         2 receipt smsc a undelivered",
        "1 sent, tell sent, part a sent
         2 undelivered, tell undelivered, error 30008, part a undelivered",
    );
}

#[test]
fn a_message_that_came_in_is_received_once_its_application_was_asked() {
    let mut story = Story::of(MessageStatus::Receiving);
    story.plays(
        "1 redact
         2 asked
         3 asked
         4 redact
         5 redact",
        "1 too early
         2 received
         4 received",
    );
    assert_eq!(story.delivery.record().body, "");
}

#[test]
fn a_text_is_forgotten_when_asked_but_not_before_it_is_sent() {
    let mut story = Story::queued();
    story.plays(
        "1 redact
         2 submitted smsc a
         3 redact",
        "1 too early
         2 sent, tell sent, part a sent
         3 sent",
    );
    assert_eq!(story.delivery.record().body, "");
}

#[test]
fn a_text_that_is_to_be_forgotten_is_so_as_soon_as_no_carrier_needs_it() {
    let mut story = Story::queued();
    story.delivery.plan.discard_body = true;
    story.plays("1 taken smsc", "");
    assert_eq!(story.delivery.record().body, "Hello");
    story.plays("2 submitted smsc a", "2 sent, tell sent, part a sent");
    assert_eq!(story.delivery.record().body, "");
}

#[test]
fn a_number_that_is_to_be_forgotten_loses_its_last_digits_at_the_end() {
    let mut story = Story::queued();
    story.delivery.plan.obfuscate = true;
    story.plays("1 submitted smsc a", "1 sent, tell sent, part a sent");
    assert_eq!(story.delivery.record().to.to_string(), "+14155550100");
    story.plays("2 receipt smsc a delivered", "2 delivered, tell delivered, part a delivered");
    assert_eq!(story.delivery.record().to.to_string(), "+1415555XXXX");

    let mut story = Story::of(MessageStatus::Receiving);
    story.delivery.plan.obfuscate = true;
    story.delivery.record.direction = MessageDirection::Inbound;
    story.plays("1 asked", "1 received");
    let from = story.delivery.record().from.as_ref().map(ToString::to_string);
    assert_eq!(from.as_deref(), Some("+1415555XXXX"));
}

#[test]
fn a_message_that_was_being_sent_when_the_server_stopped_waits_again() {
    let (mut record, plan) = message(MessageStatus::Queued);
    record.status = MessageStatus::Sending;
    let delivery = super::Delivery::of(record, plan, Vec::new());
    assert_eq!(delivery.record().status, MessageStatus::Queued);
}

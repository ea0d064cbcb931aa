//! The carrier is down, nobody answers, no word comes: the next channel, then again.

use model::watch::{Channel, LogEvent};

use super::script::{Story, on_duty, policy, same, step, tells, text_then_call};

#[test]
fn what_does_not_reach_them_goes_by_the_next_channel_at_once() {
    tells(
        policy(vec![step(5, on_duty(), &[Channel::Call, Channel::Text, Channel::Mail])]),
        "0 telephone silent
         30 missed 12/1/ada/call
         31 reached 12/1/ada/text
         86400 quiet-line",
        "5 call ada: down [12/1/ada/call]
         30 text ada: down [12/1/ada/text]",
    );
}

#[test]
fn with_the_carrier_down_every_channel_is_tried_and_then_again_ever_later() {
    let mut story = Story::of(policy(vec![step(10, on_duty(), &[Channel::Call, Channel::Text])]));
    let seen = story.run(
        "0 telephone fails
         86400 quiet-line",
    );
    same(
        &seen,
        "10 call ada: down [12/1/ada/call]
         10 text ada: down [12/1/ada/text]
         70 call ada: down [12/1/ada/call/2]
         70 text ada: down [12/1/ada/text/2]
         190 call ada: down [12/1/ada/call/3]
         190 text ada: down [12/1/ada/text/3]
         430 call ada: down [12/1/ada/call/4]
         430 text ada: down [12/1/ada/text/4]",
    );
}

#[test]
fn once_the_carrier_is_back_they_are_told_and_it_ends() {
    tells(
        policy(vec![step(10, on_duty(), &[Channel::Call, Channel::Text])]),
        "0 telephone fails
         100 telephone works
         86400 quiet-line",
        "10 call ada: down [12/1/ada/call]
         10 text ada: down [12/1/ada/text]
         70 call ada: down [12/1/ada/call/2]
         70 text ada: down [12/1/ada/text/2]
         190 call ada: down [12/1/ada/call/3]",
    );
}

#[test]
fn an_acknowledgement_ends_the_attempts_too() {
    tells(
        policy(vec![step(10, on_duty(), &[Channel::Call])]),
        "0 telephone fails
         60 ack ada
         86400 quiet-line",
        "10 call ada: down [12/1/ada/call]",
    );
}

#[test]
fn whoever_wants_no_calls_is_not_called_again_by_the_attempts() {
    tells(
        policy(vec![step(10, on_duty(), &[Channel::Call, Channel::Mail])]),
        "0 telephone fails
         60 quiet ada
         100 telephone works
         86400 quiet-line",
        "10 call ada: down [12/1/ada/call]
         10 mail ada: down [12/1/ada/mail]
         70 mail ada: down [12/1/ada/mail/2]
         190 mail ada: down [12/1/ada/mail/3]",
    );
}

#[test]
fn a_telling_of_which_no_word_comes_is_taken_for_lost() {
    let mut story = Story::of(policy(vec![step(10, on_duty(), &[Channel::Call, Channel::Text])]));
    let seen = story.run(
        "0 telephone silent
         600 telephone works
         86400 quiet-line",
    );
    same(
        &seen,
        "10 call ada: down [12/1/ada/call]
         610 text ada: down [12/1/ada/text]",
    );
    let lost = |event: &LogEvent| matches!(event, LogEvent::Told { reached: false, detail, .. } if detail == "no word of it");
    assert!(story.escalation.incident().log.iter().any(|entry| lost(&entry.event)));
}

#[test]
fn word_of_what_was_never_told_changes_nothing() {
    let mut story = Story::of(text_then_call());
    let before = story.escalation.incident().clone();
    story.run("0 quiet-line");
    let kept = story.escalation.incident().clone();
    assert_ne!(before, kept);
    story.run(
        "1 reached 12/9/ada/text
         2 missed 12/1/ada/text
         3 reached nonsense
         4 missed 13/1/ada/text",
    );
    assert_eq!(*story.escalation.incident(), kept);
}

#[test]
fn a_recovery_that_does_not_arrive_is_told_again() {
    tells(
        text_then_call(),
        "10 telephone fails
         20 resolved
         30 telephone works
         86400 quiet-line",
        "0 text ada: down [12/1/ada/text]
         20 text ada: recovered [12/recovered/ada/text]
         20 mail ada: recovered [12/recovered/ada/mail]
         80 text ada: recovered [12/recovered/ada/text/2]",
    );
}

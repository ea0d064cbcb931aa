//! Callers who leave: by the star key, with a message, without one, and at every point.

use model::oncall::Mode;
use model::{Sid, SidKind};

use super::script::{ADA, BEN, Story, name, setting, team, who};
use crate::hunt::{DialOutcome, Input, Setting};

const MESSAGE: &str = "'Please leave a message after the beep. When you are done, press pound or hang \
                       up.', record 180s";

fn message(seconds: u32) -> Input {
    Input::Recorded { recording: Sid::new(SidKind::Recording, 5), seconds }
}

/// Everyone was rung in vain, and the caller is asked for a message.
fn at_voicemail() -> Story {
    let mut story = Story::enters(setting());
    story.at(20).dial_ends(DialOutcome::NoAnswer).at(40).dial_ends(DialOutcome::NoAnswer);
    story.seen();
    story
}

const IN_VAIN: &str = "1 ada NoAnswer 20s; 2 ben NoAnswer 20s";

#[test]
fn a_message_is_kept_and_those_on_duty_are_told() {
    let mut story = at_voicemail();
    story.at(70).input(message(12)).at(72).leaves().input(message(12));
    assert_eq!(
        story.seen(),
        [
            "70 tell Voicemail: ada, ben",
            "70 caller: 'Thank you. Your message will be passed on. Goodbye.', hang up",
            "72 caller: ",
        ]
    );
    assert_eq!(story.record(), format!("voicemail; {IN_VAIN}"));
    let record = story.hunt.record();
    assert_eq!((record.voicemail.is_some(), record.voicemail_seconds), (true, Some(12)));
}

#[test]
fn no_message_is_a_missed_call() {
    for input in [Input::NoMessage, message(0)] {
        let mut story = at_voicemail();
        story.at(50).input(input).at(52).leaves();
        assert_eq!(
            story.seen(),
            [
                "50 tell Missed: ada, ben",
                "50 caller: 'We did not hear a message. Goodbye.', hang up",
            ]
        );
        assert_eq!(story.record(), format!("missed; {IN_VAIN}"));
    }
}

#[test]
fn a_message_that_ends_by_hanging_up_is_told_as_a_message_only() {
    let mut story = at_voicemail();
    story.at(60).leaves();
    story.at(61).input(message(12));
    story.at(90).input(Input::Engaged([].into()));
    assert_eq!(story.seen(), ["60 wait 20 s", "61 tell Voicemail: ada, ben", "61 caller: "]);
    assert_eq!(story.record(), format!("voicemail; {IN_VAIN}"));
}

#[test]
fn who_hangs_up_instead_of_leaving_a_message_is_missed_after_a_while() {
    let mut story = at_voicemail();
    story.at(42).leaves();
    story.at(62).input(Input::Engaged([].into()));
    assert_eq!(story.seen(), ["42 wait 20 s", "62 tell Missed: ada, ben"]);
    assert_eq!(story.record(), format!("missed; {IN_VAIN}"));
    assert_eq!(story.hunt.record().ended_at, Some(super::script::at(42)));
}

#[test]
fn a_message_that_comes_very_late_is_still_told() {
    let mut story = at_voicemail();
    story.at(42).leaves();
    story.at(62).input(Input::Engaged([].into()));
    story.at(63).input(message(2));
    assert_eq!(story.seen()[2..], ["63 tell Voicemail: ada, ben", "63 caller: "]);
    assert_eq!(story.record(), format!("voicemail; {IN_VAIN}"));
}

#[test]
fn the_star_key_leads_to_voicemail_at_once() {
    let mut story = Story::enters(setting());
    story.at(6).answers(1);
    story.seen();
    story.at(8).dial_ends(DialOutcome::Canceled);
    assert_eq!(story.seen(), [format!("8 caller: {MESSAGE}")]);
    assert_eq!(story.record(), "hunting; 1 ada CallerLeft 8s");
    assert_eq!(story.rings(), "");
    story.at(9).says_nothing(1).presses(1, '1');
    assert_eq!(story.seen(), ["9 called: hang up", "9 called: hang up"]);
}

#[test]
fn without_voicemail_the_star_key_ends_the_call() {
    let mut setting = setting();
    setting.line.voicemail = None;
    let mut story = Story::enters(setting);
    story.seen();
    story.at(8).dial_ends(DialOutcome::Canceled);
    let seen = story.seen();
    assert_eq!(seen[0], "8 tell Missed: ada");
    assert!(seen[1].ends_with("Goodbye.', hang up"), "{seen:?}");
}

#[test]
fn who_hangs_up_while_it_rings_is_told_of() {
    let mut story = Story::enters(setting());
    story.seen();
    story.at(9).leaves().leg_ends(1, DialOutcome::Canceled).leaves();
    assert_eq!(story.seen(), ["9 tell Missed: ada"]);
    assert_eq!(story.record(), "hung_up; 1 ada CallerLeft 9s");
    assert_eq!(story.rings(), "");
    assert!(story.hunt.record().attempts[0].call.is_some());
}

#[test]
fn who_hangs_up_at_once_is_told_of_only_if_somebody_answered() {
    let mut story = Story::enters(setting());
    story.seen();
    story.at(4).leaves();
    assert_eq!(story.seen(), [""; 0]);
    assert_eq!(story.record(), "hung_up; 1 ada CallerLeft 4s");
    let mut story = Story::enters(setting());
    story.at(3).answers(1);
    story.seen();
    story.at(4).leaves();
    assert_eq!(story.seen(), ["4 tell Missed: ada"]);
}

#[test]
fn who_hangs_up_while_somebody_is_asked_is_told_of() {
    let mut story = Story::enters(setting());
    story.at(6).answers(1);
    story.seen();
    story.at(8).leaves().presses(1, '1');
    assert_eq!(story.seen(), ["8 tell Missed: ada", "8 called: hang up"]);
    assert_eq!(story.record(), "hung_up; 1 ada CallerLeft 8s");
}

#[test]
fn a_dial_that_ends_as_the_caller_leaves_rings_nobody_else() {
    let mut story = Story::enters(setting());
    story.at(9).dial_ends(DialOutcome::NoAnswer).leaves();
    assert_eq!(story.record(), "hung_up; 1 ada CallerLeft 9s");
    assert!(story.seen().contains(&"9 tell Missed: ada".to_owned()));
    story.answers(2).leg_ends(2, DialOutcome::Canceled);
    assert_eq!(story.seen(), ["9 called: hang up"]);
}

#[test]
fn a_last_dial_that_ends_as_the_caller_leaves_was_hung_up_on_too() {
    for voicemail in [true, false] {
        let mut setting = setting();
        setting.line.voicemail = setting.line.voicemail.filter(|_| voicemail);
        setting.teams[0].pop();
        let mut story = Story::enters(setting);
        story.at(9).dial_ends(DialOutcome::NoAnswer).leaves();
        assert_eq!(story.record(), "hung_up; 1 ada CallerLeft 9s");
        assert_eq!(story.seen().iter().filter(|line| line.contains("tell")).count(), 1);
    }
}

#[test]
fn thanks_are_said_whoever_tells_of_the_message_first() {
    let mut story = at_voicemail();
    story.at(70).input(message(12)).input(message(12));
    let seen = story.seen();
    assert_eq!(seen.len(), 3);
    assert_eq!(seen[1], seen[2]);
}

#[test]
fn who_hangs_up_while_talking_was_connected() {
    let mut story = Story::enters(setting());
    story.at(6).answers(1).presses(1, '1');
    story.seen();
    story.at(80).leaves().dial_ends(DialOutcome::Completed);
    assert_eq!(story.seen(), ["80 caller: hang up"]);
    assert_eq!(story.record(), "connected; 1 ada Accepted 80s");
    assert_eq!(story.rings(), "");
}

#[test]
fn who_hangs_up_before_anybody_is_rung_hung_up() {
    let mut setting = setting();
    setting.line.teams.push(team("billing", Vec::new()));
    let mut story = Story::enters(setting.clone());
    story.seen();
    story.at(3).leaves();
    assert_eq!((story.seen().len(), story.record().as_str()), (0, "hung_up"));
    let mut story = Story::enters(setting);
    story.seen();
    story.at(12).leaves();
    assert_eq!(story.seen(), ["12 tell Missed: ada"], "the greeting was over");
}

#[test]
fn who_hangs_up_where_messages_come_first_hung_up() {
    let mut setting = setting();
    setting.line.mode = Mode::VoicemailFirst;
    let mut story = Story::enters(setting);
    story.at(10).leaves().at(30).input(Input::Engaged([].into()));
    assert_eq!(story.seen()[1..], ["10 wait 20 s", "30 tell Missed: ada"]);
    assert_eq!(story.record(), "hung_up");
}

#[test]
fn a_caller_of_ours_who_hangs_up_is_told_to_nobody() {
    let mut story = Story::enters(Setting { known: Some(name("carol")), ..setting() });
    story.seen();
    story.at(30).leaves();
    assert_eq!((story.seen().len(), story.record().as_str()), (0, "hung_up"));
}

#[test]
fn requests_after_the_end_are_answered_and_change_nothing() {
    let mut story = Story::enters(setting());
    story.at(30).leaves();
    let record = story.record();
    story.seen();
    for input in [
        Input::Entered,
        Input::Key(Some('1')),
        Input::Command(Some('1')),
        Input::DialEnded { outcome: DialOutcome::Completed, call: None, talked_seconds: None },
        Input::Answered { attempt: 0 },
        Input::CalledKey { attempt: u32::MAX, key: Some('1') },
        Input::NoMessage,
    ] {
        story.input(input.clone());
        assert_eq!(story.seen().len(), 1, "{input:?}");
    }
    assert_eq!(story.record(), record);
}

#[test]
fn a_call_nobody_can_take_goes_straight_to_voicemail() {
    let mut setting = setting();
    setting.teams[0] = vec![vec![who("ada", &[])], vec![who("ben", &[BEN])]];
    let mut story = Story::new(setting);
    story.engaged(&["ben"], Input::Entered);
    assert_eq!(story.seen(), [format!("0 caller: 'Welcome to Example Support.', {MESSAGE}")]);
    assert_eq!(story.record(), "hunting; 1 ada NoPhone 0s; 2 ben Engaged 0s");
    let _ = ADA;
}

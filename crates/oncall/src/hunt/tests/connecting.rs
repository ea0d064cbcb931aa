//! Somebody is rung, and takes the call or doesn't; one after the other.

use model::oncall::{Language, Music, VoicemailRules};

use super::script::{
    ADA, ADAS_DESK, BEN, CALLER, Story, level, name, party, setting, sid, team, who,
};
use crate::hunt::{DialOutcome, Input};

const HOLD: &str = "'Please hold while we connect you.', play alo://music/ambient";
const STILL: &str = "'We are still trying to reach somebody. Thank you for waiting.', \
                     'You can press star at any time to leave a message.', play alo://music/ambient";
const ASKED: &str = "'Call for Example Support from plus 1, 4 1 5, 5 5 5, 0 1 2 3. Press 1 to accept, \
                     any other key to pass.'";
const MESSAGE: &str = "'Please leave a message after the beep. When you are done, press pound or hang \
                       up.', record 180s";

#[test]
fn the_one_on_duty_presses_1_and_has_the_caller() {
    let mut story = Story::enters(setting());
    assert_eq!(story.rings(), "ada");
    story.at(4).answers(1);
    story.at(7).presses(1, '1');
    assert_eq!(
        (story.rings().as_str(), story.record().as_str()),
        ("ada", "connected; 1 ada Accepted …")
    );
    story.at(60).dial_ends(DialOutcome::Completed).leg_ends(1, DialOutcome::Completed).leaves();
    assert_eq!(
        story.seen(),
        [
            format!("0 caller: 'Welcome to Example Support.', ring 1:{ADA} 20s as Line [{HOLD}]"),
            format!("4 called: ask CalledKey {{ attempt: 1 }} 1 5s [{ASKED}]"),
            "7 called: 'Connecting you.', bridge".to_owned(),
            "60 caller: hang up".to_owned(),
        ]
    );
    assert_eq!(story.record(), "connected; 1 ada Accepted 60s");
    assert_eq!(story.rings(), "");
    assert!(story.hunt.record().ended_at.is_some());
}

#[test]
fn who_passes_lets_the_next_be_rung_and_is_not_rung_again() {
    let mut setting = setting();
    setting.teams[0] = vec![vec![who("ada", &[ADA, ADAS_DESK])], vec![who("ben", &[BEN])]];
    let mut story = Story::enters(setting);
    story.at(3).answers(1).presses(1, '2');
    story.seen();
    story.at(4).dial_ends(DialOutcome::NoAnswer);
    assert_eq!(story.seen(), [format!("4 caller: ring 2:{BEN} 20s as Line [{STILL}]")]);
    assert_eq!(story.record(), "hunting; 1 ada Passed 3s; 2 ben Ringing …");
}

#[test]
fn silence_is_asked_twice_and_is_no_answer() {
    let mut story = Story::enters(setting());
    story.seen();
    story.at(3).answers(1);
    story.at(12).says_nothing(1);
    story.at(21).says_nothing(1);
    story.at(22).dial_ends(DialOutcome::Completed);
    assert_eq!(
        story.seen(),
        [
            format!("3 called: ask CalledKey {{ attempt: 1 }} 1 5s [{ASKED}]"),
            format!("12 called: ask CalledKey {{ attempt: 1 }} 1 5s [{ASKED}]"),
            "21 called: hang up".to_owned(),
            format!("22 caller: ring 2:{BEN} 20s as Line [{STILL}]"),
        ]
    );
    assert_eq!(story.record(), "hunting; 1 ada Silent 21s; 2 ben Ringing …");
}

#[test]
fn a_carriers_voicemail_that_hangs_up_is_no_answer() {
    let mut story = Story::enters(setting());
    story.at(5).answers(1);
    story.at(9).leg_ends(1, DialOutcome::Completed).dial_ends(DialOutcome::Completed);
    assert_eq!(story.record(), "hunting; 1 ada Silent 9s; 2 ben Ringing …");
}

#[test]
fn each_phone_is_rung_in_turn_and_the_record_says_what_came_of_it() {
    let mut setting = setting();
    setting.teams[0] = vec![vec![who("ada", &[ADA, ADAS_DESK])], vec![who("ben", &[BEN])]];
    let mut story = Story::enters(setting);
    story.at(20).dial_ends(DialOutcome::NoAnswer);
    story.at(21).dial_ends(DialOutcome::Busy);
    story.at(22).dial_ends(DialOutcome::Failed);
    let seen = story.seen();
    assert!(seen[1].contains(&format!("ring 2:{ADAS_DESK}")), "{seen:?}");
    assert_eq!(seen[3], format!("22 caller: {MESSAGE}"));
    assert_eq!(story.record(), "hunting; 1 ada NoAnswer 20s; 1 ada Busy 1s; 2 ben Failed 1s");
}

#[test]
fn a_phone_that_two_levels_name_is_rung_once() {
    let mut setting = setting();
    setting.teams[0] =
        vec![vec![who("ada", &[ADA])], vec![who("ada", &[ADA])], vec![who("ben", &[ADA, BEN])]];
    let mut story = Story::enters(setting);
    story.at(20).dial_ends(DialOutcome::NoAnswer).at(40).dial_ends(DialOutcome::NoAnswer);
    assert_eq!(story.record(), "hunting; 1 ada NoAnswer 20s; 3 ben NoAnswer 20s");
}

#[test]
fn who_is_engaged_or_has_no_phone_is_left_alone_and_the_record_says_so() {
    let mut setting = setting();
    setting.line.teams = vec![team("", vec![level("ada"), level("carol"), level("ben")])];
    setting.teams[0] =
        vec![vec![who("ada", &[ADA])], vec![who("carol", &[])], vec![who("ben", &[BEN])]];
    let mut story = Story::new(setting);
    story.engaged(&["ada"], Input::Entered);
    assert!(story.seen()[0].contains(&format!("ring 3:{BEN} 20s")));
    assert_eq!(story.record(), "hunting; 1 ada Engaged 0s; 2 carol NoPhone 0s; 3 ben Ringing …");
    assert_eq!(story.rings(), "ben");
}

#[test]
fn two_calls_at_once_ring_two_people() {
    let mut first = Story::enters(setting());
    let engaged: Vec<String> = first.hunt.rings().map(ToString::to_string).collect();
    let engaged: Vec<&str> = engaged.iter().map(String::as_str).collect();
    let mut second = Story::new(setting());
    second.engaged(&engaged, Input::Entered);
    assert_eq!(second.rings(), "ben");
    first.at(20).engaged(
        &["ben"],
        Input::DialEnded { outcome: DialOutcome::NoAnswer, call: None, talked_seconds: None },
    );
    assert_eq!(first.record(), "hunting; 1 ada NoAnswer 20s; 2 ben Engaged 0s");
    assert_eq!(first.seen()[1], format!("20 caller: {MESSAGE}"));
}

#[test]
fn who_hangs_up_after_pressing_1_had_nobody() {
    let mut story = Story::enters(setting());
    story.at(4).answers(1).presses(1, '1');
    story.at(5).dial_ends(DialOutcome::NoAnswer);
    assert_eq!(story.record(), "hunting; 1 ada Passed 5s; 2 ben Ringing …");
    let mut story = Story::enters(setting());
    story.at(4).answers(1).presses(1, '1').dial_ends(DialOutcome::Canceled);
    assert_eq!(story.record(), "hunting; 1 ada CallerLeft 4s", "the caller pressed star");
}

#[test]
fn a_caller_who_is_the_only_one_to_be_rung_hears_that_nobody_is_there() {
    let mut setting = setting();
    setting.line.voicemail = None;
    setting.teams[0] = vec![vec![who("ada", &[CALLER])]];
    let mut story = Story::enters(setting);
    let seen = story.seen();
    assert!(seen[1].contains("nobody can take your call"), "{seen:?}");
}

#[test]
fn without_voicemail_the_caller_hears_that_nobody_is_there() {
    let mut setting = setting();
    setting.line.voicemail = None;
    setting.line.music = Music::Ringing;
    let mut story = Story::enters(setting);
    story.at(20).dial_ends(DialOutcome::NoAnswer).at(40).dial_ends(DialOutcome::NoAnswer);
    assert_eq!(
        story.seen()[1..],
        [
            format!(
                "20 caller: ring 2:{BEN} 20s as Line ['We are still trying to reach somebody. Thank you \
                 for waiting.']"
            ),
            "40 tell Missed: ada, ben".to_owned(),
            "40 caller: 'Sorry, nobody can take your call at the moment. Please try again later. \
             Goodbye.', hang up"
                .to_owned(),
        ]
    );
    story.at(44).leaves();
    assert_eq!(story.record(), "missed; 1 ada NoAnswer 20s; 2 ben NoAnswer 20s");
}

#[test]
fn a_target_is_rung_instead_of_everyone_on_the_rota() {
    let mut setting = setting();
    setting.target = Some(party("+551130000299"));
    setting.line.everyone_last = true;
    setting.line.teams.push(team("billing", Vec::new()));
    let mut story = Story::enters(setting);
    story.at(20).dial_ends(DialOutcome::NoAnswer);
    let seen = story.seen();
    assert!(seen[0].contains("ring 1:+551130000299 20s"), "{seen:?}");
    assert_eq!(seen[1], format!("20 caller: {MESSAGE}"));
    assert_eq!(story.record(), "hunting; 1 nobody's NoAnswer 20s");
    story.at(30).input(Input::NoMessage);
    assert_eq!(story.seen()[0], "30 tell Missed: ada", "who is on duty all the same");
}

#[test]
fn the_one_rung_hears_their_own_language() {
    let mut setting = setting();
    setting.teams[0][0][0].language = Language::Portuguese;
    let mut story = Story::enters(setting);
    story.seen();
    story.answers(1);
    assert_eq!(
        story.seen(),
        [
            "0 called: ask CalledKey { attempt: 1 } 1 5s [pt 'Chamada para Example Support, de mais 1, 4 1 5, \
          5 5 5, 0 1 2 3. Tecle 1 para atender ou qualquer outra tecla para passar adiante.']"
        ]
    );
}

#[test]
fn the_callers_own_phone_is_not_rung() {
    let mut setting = setting();
    setting.teams[0][0] = vec![who("ada", &[CALLER, ADA])];
    let mut story = Story::enters(setting);
    assert!(story.seen()[0].contains(&format!("ring 1:{ADA}")));
}

#[test]
fn a_caller_of_ours_is_not_rung_by_their_own_call() {
    let mut setting = setting();
    setting.known = Some(name("ada"));
    let mut story = Story::enters(setting);
    story.at(9).input(Input::Command(None));
    assert_eq!(story.record(), "hunting; 1 ada Engaged 0s; 2 ben Ringing …");
}

#[test]
fn a_line_without_messages_of_its_own_keeps_them_short() {
    let mut setting = setting();
    setting.line.voicemail = Some(VoicemailRules { max_seconds: 30, ..VoicemailRules::default() });
    setting.teams[0] = vec![vec![who("ada", &[ADA])]];
    let mut story = Story::enters(setting);
    story.at(20).dial_ends(DialOutcome::NoAnswer);
    assert!(story.seen()[1].ends_with("record 30s"));
}

#[test]
fn whoever_is_gone_is_free_also_if_the_caller_was_led_elsewhere() {
    let mut story = Story::enters(setting());
    story.at(5).input(Input::Answered { attempt: 1 });
    story.at(6).input(Input::CalledKey { attempt: 1, key: Some('1') });
    assert_eq!(story.hunt.rings().count(), 1);
    let outcome = DialOutcome::Completed;
    story.at(90).input(Input::AttemptEnded { attempt: 1, outcome, call: sid(2) });
    assert_eq!(story.hunt.rings().count(), 0);
}

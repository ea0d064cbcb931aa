//! Several phones ring at once: everyone, and who is the first of them.

use model::oncall::Level;

use super::script::{ADA, BEN, CAROL, Story, name, setting, team, who};
use crate::hunt::{DialOutcome, Input, Setting};

/// Ada and Ben at once.
fn both() -> Setting {
    let mut setting = setting();
    setting.line.teams = vec![team("", vec![Level::Everyone(name("support"))])];
    setting.teams = vec![vec![vec![who("ada", &[ADA]), who("ben", &[BEN])]]];
    setting
}

#[test]
fn everyone_rings_at_once() {
    let mut story = Story::enters(both());
    assert_eq!(
        story.seen(),
        [format!(
            "0 caller: 'Welcome to Example Support.', ring 1:{ADA} 2:{BEN} 20s as Line ['We are now \
             calling everyone on the team. Thank you for waiting.', 'You can press star at any time to \
             leave a message.', play alo://music/ambient]"
        )]
    );
    assert_eq!(story.rings(), "ada ben");
}

#[test]
fn of_two_who_accept_the_first_has_the_caller_and_the_other_hears_so() {
    let mut story = Story::enters(both());
    story.at(3).answers(1).answers(2);
    story.seen();
    story.at(5).presses(2, '1').presses(1, '1').presses(2, '1');
    assert_eq!(
        story.seen(),
        [
            "5 called: 'Connecting you.', bridge",
            "5 called: 'Somebody else has taken the call. Goodbye.', hang up",
            "5 called: bridge",
        ]
    );
    assert_eq!(story.rings(), "ben");
    story.at(6).leg_ends(1, DialOutcome::Completed);
    story.at(60).dial_ends(DialOutcome::Completed);
    story.leg_ends(2, DialOutcome::Completed);
    assert_eq!(story.record(), "connected; 1 ada Elsewhere 5s; 1 ben Accepted 60s");
    let calls: Vec<_> = story.hunt.record().attempts.iter().map(|it| it.call).collect();
    assert_eq!(calls, [Some(super::script::sid(101)), Some(super::script::sid(9))]);
}

#[test]
fn who_answers_when_the_call_is_taken_hears_so() {
    let mut story = Story::enters(both());
    story.at(3).answers(1).presses(1, '1');
    story.seen();
    story.answers(2);
    assert_eq!(story.seen(), ["3 called: 'Somebody else has taken the call. Goodbye.', hang up"]);
}

#[test]
fn what_came_of_each_is_told_by_its_own_leg_sooner_or_later() {
    let mut story = Story::enters(both());
    story.at(2).leg_ends(1, DialOutcome::Busy);
    story.at(20).dial_ends(DialOutcome::NoAnswer);
    assert_eq!(story.record(), "hunting; 1 ada Busy 2s; 1 ben NoAnswer 20s");
    story.at(21).leg_ends(2, DialOutcome::Failed);
    assert_eq!(story.record(), "hunting; 1 ada Busy 2s; 1 ben Failed 20s");
    story.at(22).leg_ends(2, DialOutcome::Busy);
    assert_eq!(story.record(), "hunting; 1 ada Busy 2s; 1 ben Failed 20s");
}

#[test]
fn who_passes_leaves_the_others_ringing() {
    let mut story = Story::enters(both());
    story.at(3).answers(1).presses(1, '0');
    assert_eq!(story.rings(), "ben");
    story.at(9).answers(2).presses(2, '1');
    assert_eq!(story.record(), "connected; 1 ada Passed 3s; 1 ben Accepted …");
}

#[test]
fn after_the_last_level_everyone_is_rung_whom_it_was_not_tried_with() {
    let mut setting = setting();
    setting.line.everyone_last = true;
    let mut story = Story::enters(setting);
    story.at(20).dial_ends(DialOutcome::NoAnswer).at(40).dial_ends(DialOutcome::NoAnswer);
    let seen = story.seen();
    assert!(seen[2].contains(&format!("40 caller: ring 3:{CAROL} 20s")), "{seen:?}");
    assert!(seen[2].contains("calling everyone"), "{seen:?}");
    story.at(60).dial_ends(DialOutcome::NoAnswer);
    assert!(story.seen()[0].contains("record 180s"));
}

#[test]
fn more_than_ten_phones_ring_in_rounds() {
    let mut setting = both();
    let phones: Vec<String> = (0..23).map(|number| format!("+5511300003{number:02}")).collect();
    setting.teams[0][0] = phones
        .chunks(2)
        .enumerate()
        .map(|(index, phones)| {
            let phones: Vec<&str> = phones.iter().map(String::as_str).collect();
            who(&format!("p{index}"), &phones)
        })
        .collect();
    let mut story = Story::new(setting);
    story.engaged(&["p5"], Input::Entered);
    let outcome = DialOutcome::NoAnswer;
    for second in [20, 40, 60] {
        let ended = Input::DialEnded { outcome, call: None, talked_seconds: None };
        story.at(second).engaged(&["p5"], ended);
    }
    let seen = story.seen();
    let rung: Vec<usize> = seen.iter().map(|line| line.matches(":+5511").count()).collect();
    assert_eq!(rung, [10, 10, 1, 0], "{seen:?}");
    let record = story.record();
    assert_eq!(record.matches("Engaged").count(), 1, "{record}");
    assert_eq!(record.matches("NoAnswer").count(), 21, "{record}");
}

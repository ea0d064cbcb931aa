//! Restarts in the middle: told again under the same key, nothing twice, nothing lost.

use model::watch::Channel;

use super::script::{Story, on_duty, policy, same, step, tells, text_then_call};

#[test]
fn a_restart_between_the_steps_changes_nothing() {
    tells(
        text_then_call(),
        "60 restart
         299 restart
         301 restart
         86400 quiet-line",
        "0 text ada: down [12/1/ada/text]
         300 call ada: down [12/2/ada/call]
         600 call ben: down [12/3/ben/call]",
    );
}

#[test]
fn a_restart_in_the_middle_of_telling_tells_again_under_the_same_key() {
    let mut story = Story::of(policy(vec![step(5, on_duty(), &[Channel::Call, Channel::Text])]));
    let seen = story.run(
        "0 telephone silent
         10 restart
         20 missed 12/1/ada/call
         30 restart
         40 reached 12/1/ada/text
         50 restart
         60 resolved
         61 restart
         62 reached 12/recovered/ada/text
         63 restart
         86400 quiet-line",
    );
    same(
        &seen,
        "5 call ada: down [12/1/ada/call]
         10 call ada: down [12/1/ada/call]
         20 text ada: down [12/1/ada/text]
         30 text ada: down [12/1/ada/text]
         60 text ada: recovered [12/recovered/ada/text]
         61 text ada: recovered [12/recovered/ada/text]",
    );
    assert!(story.escalation.is_over());
}

#[test]
fn attempts_go_on_after_a_restart_where_they_were() {
    tells(
        policy(vec![step(10, on_duty(), &[Channel::Call, Channel::Text])]),
        "0 telephone fails
         60 restart
         75 restart
         200 restart
         500 restart
         86400 quiet-line",
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
fn what_was_underway_when_somebody_saw_to_it_is_not_told_again() {
    tells(
        policy(vec![step(5, on_duty(), &[Channel::Call])]),
        "0 telephone silent
         10 ack ben
         20 restart
         30 telephone works
         40 resolved
         86400 quiet-line",
        // Whether Ada answered before the restart, nobody knows.
        "5 call ada: down [12/1/ada/call]
         40 text ada: recovered [12/recovered/ada/text]",
    );
}

#[test]
fn after_a_long_time_off_the_steps_keep_their_distance() {
    let mut story = Story::of(text_then_call());
    story.run("60 quiet-line");
    let saved = story.saved.clone().expect("it was saved");
    let mut story = Story::resumed(saved, 7200);
    let seen = story.run("86400 quiet-line");
    same(
        &seen,
        "7200 call ada: down [12/2/ada/call]
         7500 call ben: down [12/3/ben/call]",
    );
}

#[test]
fn an_incident_that_was_kept_and_not_begun_is_begun_after_a_restart() {
    let mut story = Story::of(text_then_call());
    let mut kept = story.escalation.incident().clone();
    kept.id = 12;
    story = Story::resumed(kept, 3);
    same(
        &story.run("300 quiet-line"),
        "3 text ada: down [12/1/ada/text]
         300 call ada: down [12/2/ada/call]",
    );
}

#[test]
fn a_clock_that_is_set_back_leaves_the_next_step_as_far_away_as_it_was() {
    tells(
        text_then_call(),
        "250 tick
         10 tick
         3600 quiet-line",
        "0 text ada: down [12/1/ada/text]
         60 call ada: down [12/2/ada/call]
         360 call ben: down [12/3/ben/call]",
    );
    let mut story = Story::of(policy(vec![
        step(7200, on_duty(), &[Channel::Text]),
        step(7500, on_duty(), &[Channel::Call]),
    ]));
    story.run("7290 quiet-line");
    let saved = story.saved.clone().expect("it was saved");
    let mut story = Story::resumed(saved, 100);
    same(&story.run("3600 quiet-line"), "400 call ada: down [12/2/ada/call]");
}

#[test]
fn a_recovery_of_last_week_is_no_news() {
    let mut story = Story::of(policy(vec![step(0, on_duty(), &[Channel::Call])]));
    let seen = story.run(
        "10 unreachable ada
         20 resolved
         604800 reachable ada
         604800 restart
         604900 quiet-line",
    );
    same(&seen, "0 call ada: down [12/1/ada/call]");
}

//! What people do with it: acknowledge, escalate, be quiet, close; and how it ends by itself.

use model::watch::{Channel, Target};

use super::script::{Story, name, on_duty, policy, same, step, tells, text_then_call};

#[test]
fn an_acknowledgement_by_each_way_stops_the_rest() {
    for way in ["ack ada", "key-4 ada", "link ada", "api"] {
        let mut story = Story::of(text_then_call());
        let seen = story.run(&format!("60 {way}\n86400 quiet-line"));
        same(&seen, "0 text ada: down [12/1/ada/text]");
        assert!(story.escalation.incident().acknowledged.is_some(), "{way}");
        assert!(story.escalation.incident().is_open(), "{way}");
    }
}

#[test]
fn the_first_who_acknowledges_it_counts() {
    let mut story = Story::of(text_then_call());
    story.run("60 ack ada\n90 ack ben");
    let by = story.escalation.incident().acknowledged.as_ref().and_then(|author| author.by.clone());
    assert_eq!(by, Some(name("ada")));
}

#[test]
fn who_was_told_hears_of_the_recovery_and_nobody_else() {
    tells(
        text_then_call(),
        "400 resolved
         86400 quiet-line",
        "0 text ada: down [12/1/ada/text]
         300 call ada: down [12/2/ada/call]
         400 text ada: recovered [12/recovered/ada/text]",
    );
    tells(
        text_then_call(),
        "700 ack ben
         900 resolved
         86400 quiet-line",
        "0 text ada: down [12/1/ada/text]
         300 call ada: down [12/2/ada/call]
         600 call ben: down [12/3/ben/call]
         900 text ada: recovered [12/recovered/ada/text]
         900 text ben: recovered [12/recovered/ben/text]",
    );
}

#[test]
fn what_is_over_before_its_first_step_is_told_to_nobody() {
    tells(
        policy(vec![step(120, on_duty(), &[Channel::Call])]),
        "119 resolved
         86400 quiet-line",
        "",
    );
}

#[test]
fn who_was_not_reached_hears_of_no_recovery() {
    tells(
        text_then_call(),
        "0 telephone fails
         310 telephone works
         330 resolved
         86400 quiet-line",
        "0 text ada: down [12/1/ada/text]
         300 call ada: down [12/2/ada/call]
         330 text ada: recovered [12/recovered/ada/text]",
    );
}

#[test]
fn steps_without_recovery_keep_it_to_themselves() {
    let mut quiet = step(0, Target::Person(name("carol")), &[Channel::Text]);
    quiet.recovered = false;
    tells(
        policy(vec![quiet, step(60, on_duty(), &[Channel::Mail])]),
        "90 resolved
         86400 quiet-line",
        "0 text carol: down [12/1/carol/text]
         60 mail ada: down [12/2/ada/mail]
         90 mail ada: recovered [12/recovered/ada/mail]",
    );
}

#[test]
fn a_call_that_was_answered_after_the_end_is_followed_by_the_recovery() {
    tells(
        policy(vec![step(0, on_duty(), &[Channel::Call])]),
        "0 quiet-line",
        "0 call ada: down [12/1/ada/call]",
    );
    let mut story = Story::of(policy(vec![step(5, on_duty(), &[Channel::Call])]));
    let seen = story.run(
        "0 telephone silent
         20 resolved
         25 reached 12/1/ada/call
         26 reached 12/1/ada/call
         30 reached 12/recovered/ada/text
         86400 quiet-line",
    );
    same(
        &seen,
        "5 call ada: down [12/1/ada/call]
         25 text ada: recovered [12/recovered/ada/text]",
    );
    assert!(story.escalation.is_over());
}

#[test]
fn key_5_tells_the_next_others_now() {
    tells(
        text_then_call(),
        "30 escalate ada
         86400 quiet-line",
        "0 text ada: down [12/1/ada/text]
         30 call ben: down [12/3/ben/call]",
    );
}

#[test]
fn whoever_acknowledged_it_can_still_pass_it_on() {
    let mut story = Story::of(text_then_call());
    let seen = story.run(
        "30 ack ada
         60 escalate ada
         86400 quiet-line",
    );
    same(
        &seen,
        "0 text ada: down [12/1/ada/text]
         60 call ben: down [12/3/ben/call]",
    );
    assert_eq!(story.escalation.incident().acknowledged, None);
}

#[test]
fn without_anybody_else_to_tell_it_stays_with_whoever_sees_to_it() {
    let mut story = Story::of(policy(vec![step(0, on_duty(), &[Channel::Text])]));
    let seen = story.run("30 ack ada\n60 escalate ada\n86400 quiet-line");
    same(&seen, "0 text ada: down [12/1/ada/text]");
    assert!(story.escalation.incident().acknowledged.is_some());
}

#[test]
fn after_the_last_step_an_escalation_begins_another_round() {
    tells(
        text_then_call(),
        "700 escalate ben
         86400 quiet-line",
        "0 text ada: down [12/1/ada/text]
         300 call ada: down [12/2/ada/call]
         600 call ben: down [12/3/ben/call]
         700 text ada: down [12/4/ada/text]
         1000 call ada: down [12/5/ada/call]
         1300 call ben: down [12/6/ben/call]",
    );
}

#[test]
fn key_1_stops_calls_to_that_one_and_texts_go_on() {
    let steps = vec![
        step(0, on_duty(), &[Channel::Call]),
        step(300, on_duty(), &[Channel::Call, Channel::Text]),
        step(600, Target::Next(name("support")), &[Channel::Call]),
    ];
    tells(
        policy(steps),
        "20 quiet ada
         86400 quiet-line",
        "0 call ada: down [12/1/ada/call]
         300 text ada: down [12/2/ada/text]
         600 call ben: down [12/3/ben/call]",
    );
}

#[test]
fn key_6_closes_it_and_nobody_hears_anything_more() {
    tells(
        text_then_call(),
        "301 close ada
         400 resolved
         86400 quiet-line",
        "0 text ada: down [12/1/ada/text]
         300 call ada: down [12/2/ada/call]",
    );
}

#[test]
fn whoever_sees_to_it_is_reminded_until_it_is_over() {
    let mut policy = text_then_call();
    policy.remind_seconds = 1800;
    tells(
        policy,
        "60 ack ben
         4000 resolved
         86400 quiet-line",
        "0 text ada: down [12/1/ada/text]
         1860 text ben: reminder [12/reminder-1/ben/text]
         3660 text ben: reminder [12/reminder-2/ben/text]
         4000 text ada: recovered [12/recovered/ada/text]",
    );
}

#[test]
fn what_is_said_again_is_counted_and_wakes_nobody() {
    let mut story = Story::of(text_then_call());
    let script = (1..200).map(|second| format!("{second} again status {second}"));
    let seen = story.run(&script.collect::<Vec<_>>().join("\n"));
    same(&seen, "0 text ada: down [12/1/ada/text]");
    let incident = story.escalation.incident();
    assert_eq!((incident.repeats, incident.detail.as_str()), (199, "status 199"));
    assert!(incident.log.len() < 30, "{}", incident.log.len());
}

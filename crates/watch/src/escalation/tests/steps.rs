//! Steps: whom, by which channel, after which delay, how often.

use model::watch::{Channel, IncidentKind, PolicyStep, Target};

use super::script::{Story, known, name, on_duty, policy, same, step, tells, text_then_call};
use crate::escalation::{Escalation, Input, MOST_TOLD, Output};

#[test]
fn text_first_then_a_call_after_five_minutes_then_the_next_level() {
    tells(
        text_then_call(),
        "3600 quiet-line",
        "0 text ada: down [12/1/ada/text]
         300 call ada: down [12/2/ada/call]
         600 call ben: down [12/3/ben/call]",
    );
}

#[test]
fn unacknowledged_the_steps_begin_anew_as_often_as_the_policy_says() {
    let mut policy = text_then_call();
    policy.repeats = 1;
    tells(
        policy,
        "86400 quiet-line",
        "0 text ada: down [12/1/ada/text]
         300 call ada: down [12/2/ada/call]
         600 call ben: down [12/3/ben/call]
         1500 text ada: down [12/4/ada/text]
         1800 call ada: down [12/5/ada/call]
         2100 call ben: down [12/6/ben/call]",
    );
}

#[test]
fn nobody_is_told_before_the_incident_is_kept() {
    let mut escalation =
        Escalation::open(super::script::at(0), &super::script::signal(), text_then_call());
    escalation.handle(super::script::at(0), Input::Known(known()));
    escalation.handle(super::script::at(9), Input::Tick);
    assert_eq!(escalation.poll(), Output::Idle(None));
}

#[test]
fn duty_that_changes_between_the_steps_counts_for_the_next_one() {
    tells(
        text_then_call(),
        "120 duty carol ada
         299 duty ben ada
         3600 quiet-line",
        "0 text ada: down [12/1/ada/text]
         300 call ben: down [12/2/ben/call]
         600 call ada: down [12/3/ada/call]",
    );
}

#[test]
fn where_nobody_is_on_duty_the_next_step_comes_at_once() {
    let steps = vec![
        step(0, on_duty(), &[Channel::Text]),
        step(300, Target::Person(name("carol")), &[Channel::Text]),
        step(900, Target::Person(name("ben")), &[Channel::Text]),
    ];
    let mut story = Story::of(policy(steps));
    story.escalation.handle(super::script::at(0), Input::Known(known()));
    let seen = story.run(
        "0 duty
         3600 quiet-line",
    );
    // It was begun with Ada on duty.
    same(
        &seen,
        "0 text ada: down [12/1/ada/text]
         300 text carol: down [12/2/carol/text]
         900 text ben: down [12/3/ben/text]",
    );
    let mut story = Story::of(policy(vec![
        step(60, on_duty(), &[Channel::Text]),
        step(300, Target::Person(name("carol")), &[Channel::Text]),
        step(900, Target::Person(name("ben")), &[Channel::Text]),
    ]));
    let seen = story.run(
        "0 duty
         3600 quiet-line",
    );
    same(
        &seen,
        "60 text carol: down [12/2/carol/text]
         660 text ben: down [12/3/ben/text]",
    );
    let log = format!("{:?}", story.escalation.incident().log);
    assert!(log.contains("nobody is on duty in support"), "{log}");
}

#[test]
fn who_cannot_be_reached_so_is_written_down_and_passed_over() {
    let mut story = Story::of(policy(vec![
        step(30, on_duty(), &[Channel::Call]),
        step(600, Target::Next(name("support")), &[Channel::Call]),
    ]));
    let seen = story.run(
        "0 unreachable ada
         3600 quiet-line",
    );
    same(&seen, "30 call ben: down [12/2/ben/call]");
    let log = format!("{:?}", story.escalation.incident().log);
    assert!(log.contains("ada can't be reached by call"), "{log}");
}

#[test]
fn everybody_is_told_once_however_often_a_step_names_them() {
    let mut all = step(0, Target::Everyone, &[Channel::Text]);
    all.to.extend([on_duty(), Target::Person(name("carol"))]);
    tells(
        policy(vec![all]),
        "60 quiet-line",
        "0 text ada: down [12/1/ada/text]
         0 text ben: down [12/1/ben/text]
         0 text carol: down [12/1/carol/text]",
    );
}

#[test]
fn a_step_for_another_kind_of_incident_tells_nobody_and_keeps_its_time() {
    let certificates = PolicyStep {
        kinds: vec![IncidentKind::Certificate],
        ..step(0, on_duty(), &[Channel::Mail])
    };
    tells(
        policy(vec![certificates, step(300, on_duty(), &[Channel::Call])]),
        "3600 quiet-line",
        "300 call ada: down [12/2/ada/call]",
    );
}

#[test]
fn a_webhook_hears_of_everything() {
    let hook = step(0, Target::Url("https://hook.test/a".to_owned()), &[]);
    tells(
        policy(vec![hook]),
        "60 ack ada
         90 resolved
         3600 quiet-line",
        "0 webhook https://hook.test/a: down [12/1/@0/webhook]
         60 webhook https://hook.test/a: acknowledged [12/acknowledged/@0/webhook]
         90 webhook https://hook.test/a: recovered [12/recovered/@0/webhook]",
    );
}

#[test]
fn more_people_than_any_team_has_are_not_told() {
    let mut known = known();
    known.everyone = (0..500).map(|number| name(&format!("p{number}"))).collect();
    let reach = |name: &model::oncall::Name| (name.clone(), [Channel::Text].into());
    known.reach = known.everyone.iter().map(reach).collect();
    let policy = policy(vec![step(0, Target::Everyone, &[Channel::Text])]);
    let mut escalation = Escalation::open(super::script::at(0), &super::script::signal(), policy);
    escalation.handle(super::script::at(0), Input::Known(known));
    escalation.handle(super::script::at(0), Input::Kept { id: 1 });
    let outputs = std::iter::repeat_with(|| escalation.poll());
    let tells = outputs.take_while(|output| !matches!(output, Output::Idle(_)));
    assert_eq!(tells.filter(|output| matches!(output, Output::Tell(_))).count(), MOST_TOLD);
}

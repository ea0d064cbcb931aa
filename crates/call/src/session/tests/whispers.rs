//! Called parties who are asked before they are connected (`url` of a noun of `<Dial>`).

use super::script::Story;

const ASKED: &str = "<Response><Gather numDigits=\"1\" action=\"/accept\"><Say>1?</Say></Gather>\
                     <Hangup/></Response>";

/// Ada and Grace are rung and asked.
fn asking(attributes: &str) -> Story {
    let mut story = Story::inbound();
    story.answer_webhook(&format!(
        "<Response><Dial action=\"/after\" {attributes}><Client url=\"/whisper\">ada</Client>\
         <Client url=\"/whisper\">grace</Client></Dial></Response>"
    ));
    story
}

/// The transcript from this second on.
fn since(story: &Story, second: f64) -> Vec<String> {
    let told = story.told();
    let at = |line: &str| line.split_whitespace().next().and_then(|word| word.parse::<f64>().ok());
    let lines = told.lines().filter(|line| at(line).is_some_and(|at| at >= second));
    lines.map(|line| line.trim().to_owned()).collect()
}

#[test]
fn the_caller_leaves_by_the_star_key_while_the_called_is_asked() {
    let mut story = asking("sequential=\"true\" hangupOnStar=\"true\"");
    story.at(1.0).answers(1);
    story.answer_webhook(ASKED);
    story.at(2.0).presses(0, "*");
    story.answer_webhook("<Response><Say>Leave a message.</Say></Response>");
    story.at(2.1).ends(1, None);
    assert_eq!(
        since(&story, 1.0),
        [
            "1.000 call 1 is in-progress",
            "1.000 POST http://app.test/whisper",
            "1.000 leg 1: say \"1?\"",
            "2.000 leg 1: hang up",
            "2.000 leg 0: quiet",
            "2.000 POST http://app.test/after DialCallStatus=canceled DialBridged=false",
            "2.000 leg 0: say \"Leave a message.\"",
            "2.100 call 1 is completed",
        ],
    );
}

#[test]
fn of_two_who_accept_the_first_is_connected_and_the_other_hears_nothing_more() {
    let mut story = asking("");
    story.at(1.0).answers(1);
    story.answer_webhook(ASKED);
    story.at(1.1).answers(2);
    story.answer_webhook(ASKED);
    story.at(2.0).presses(1, "1");
    story.presses(2, "1");
    story.answer_webhook("<Response/>");
    // Grace's acceptance comes back when Ada is talking already.
    story.at(2.2).answer_webhook("<Response><Say>Connecting.</Say></Response>");
    story.at(2.3).sound_ends(2);
    story.at(2.4).ends(2, None);
    story.at(9.0).ends(1, None);
    assert_eq!(
        since(&story, 2.0),
        [
            "2.000 leg 1: quiet",
            "2.000 POST http://app.test/accept Digits=1",
            "2.000 leg 2: quiet",
            "2.000 POST http://app.test/accept Digits=1",
            "2.000 leg 2: hang up",
            "2.000 leg 0: quiet",
            "2.000 bridge 0 1",
            "2.400 call 2 is completed",
            "9.000 part 1 0",
            "9.000 call 1 is completed",
            "9.000 POST http://app.test/after DialCallStatus=completed DialCallDuration=8 \
             DialBridged=true",
        ],
    );
    assert!(story.asked_with("DialCallSid").ends_with("01"), "{}", story.asked_with("DialCallSid"));
}

#[test]
fn who_hangs_up_while_being_asked_lets_the_next_ring() {
    let mut story = asking("sequential=\"true\"");
    story.at(1.0).answers(1);
    story.answer_webhook(ASKED);
    story.at(2.0).ends(1, None);
    story.at(3.0).ends(2, Some(486));
    assert_eq!(
        since(&story, 2.0),
        [
            "2.000 call 1 is completed",
            "2.000 call 2 is initiated",
            "2.000 leg 2: place to client:grace as +14155550123",
            "3.000 call 2 is busy",
            "3.000 leg 0: quiet",
            "3.000 POST http://app.test/after DialCallStatus=busy DialBridged=false",
        ],
    );
    assert!(story.asked_with("DialCallSid").ends_with("02"), "{}", story.asked_with("DialCallSid"));
}

#[test]
fn who_answers_and_says_nothing_is_no_answer() {
    let mut story = asking("sequential=\"true\" timeout=\"10\"");
    story.at(1.0).ends(1, Some(486));
    story.at(2.0).answers(2);
    story.answer_webhook(ASKED);
    story.at(4.0).sound_ends(2);
    story.at(9.0);
    story.at(9.1).ends(2, None);
    assert_eq!(
        since(&story, 4.0),
        [
            "9.000 leg 2: hang up",
            "9.000 leg 0: quiet",
            "9.000 POST http://app.test/after DialCallStatus=busy DialBridged=false",
            "9.100 call 2 is completed",
        ],
    );
}

#[test]
fn a_caller_who_hangs_up_while_the_called_is_asked_ends_that_too() {
    let mut story = asking("sequential=\"true\"");
    story.at(1.0).answers(1);
    story.answer_webhook(ASKED);
    story.at(2.0).ends(0, None);
    story.at(2.1).ends(1, None);
    assert_eq!(
        since(&story, 2.0),
        [
            "2.000 leg 1: hang up",
            "2.000 POST http://app.test/after DialCallStatus=no-answer DialBridged=false",
            "2.000 call c0 is completed, tell http://app.test/status SequenceNumber=0 \
             CallDuration=2",
            "2.100 call 1 is completed",
        ],
    );
    assert!(story.asked_with("DialCallSid").ends_with("01"));
}

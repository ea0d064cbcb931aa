//! What a caller hears while a `<Dial>` rings.

use super::script::Story;
use crate::io::Modification;

fn dial(attributes: &str, inside: &str) -> String {
    format!("<Response><Dial {attributes}>{inside}</Dial><Say>Nobody.</Say></Response>")
}

const GREETED: &str = "<Say>One moment.</Say><Play>/music.wav</Play><Client>ada</Client>";

/// What was done to the caller's leg, without what is told about it.
fn heard(story: &Story) -> Vec<String> {
    let told = story.told();
    let of_the_caller = |line: &&str| line.contains("leg 0: ") || line.contains("bridge");
    told.lines().filter(of_the_caller).map(|line| line.trim().to_owned()).collect()
}

#[test]
fn a_caller_is_greeted_and_hears_music_until_somebody_answers() {
    let mut story = Story::inbound();
    story.answer_webhook(&dial("", GREETED));
    story.at(2.0).sound_ends(0);
    story.at(3.0).rings(1);
    story.at(9.0).answers(1);
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: say "One moment."
    0.000 call 1 is initiated
    0.000 leg 1: place to client:ada as +14155550123
    2.000 leg 0: play http://app.test/music.wav without end
    3.000 call 1 is ringing
    9.000 call 1 is in-progress
    9.000 leg 0: quiet
    9.000 bridge 0 1
    "#);
}

#[test]
fn sounds_and_silence_come_round_while_one_after_the_other_is_rung() {
    let mut story = Story::inbound();
    let inside = "<Client>ada</Client><Play>/a.wav</Play><Pause length=\"2\"/><Client>grace</Client>\
                  <Say>Still looking.</Say>";
    story.answer_webhook(&dial("sequential=\"true\" timeout=\"10\"", inside));
    story.at(3.0).sound_ends(0);
    story.at(6.0).sound_ends(0);
    story.at(7.0).ends(1, Some(486));
    story.at(8.0).sound_ends(0);
    story.at(17.0).ends(2, Some(487));
    insta::assert_snapshot!(story.told(), @r#"
     0.000 call c0 is ringing
     0.000 leg 0: ring
     0.000 POST http://app.test/voice
     0.000 leg 0: answer
     0.000 call c0 is in-progress
     0.000 leg 0: play http://app.test/a.wav
     0.000 call 1 is initiated
     0.000 leg 1: place to client:ada as +14155550123
     5.000 leg 0: say "Still looking."
     6.000 leg 0: play http://app.test/a.wav
     7.000 call 1 is busy
     7.000 call 2 is initiated
     7.000 leg 2: place to client:grace as +14155550123
    10.000 leg 0: say "Still looking."
    17.000 leg 2: hang up
    17.000 leg 0: quiet
    17.000 leg 0: say "Nobody."
    17.000 call 2 is no-answer
    "#);
}

#[test]
fn silence_of_a_dial_ends_with_it() {
    let mut story = Story::inbound();
    story.answer_webhook(&dial("", "<Pause length=\"9\"/><Play>/a.wav</Play><Client>ada</Client>"));
    story.at(2.0).answers(1);
    story.at(30.0);
    assert_eq!(heard(&story), ["0.000 leg 0: ring", "0.000 leg 0: answer", "2.000 bridge 0 1"]);
}

#[test]
fn what_cannot_be_played_gives_way_to_the_next_and_in_the_end_to_the_ring_back() {
    let mut story = Story::inbound();
    let inside = "<Play>/gone.wav</Play><Play>/gone too.wav</Play><Client>ada</Client>";
    story.answer_webhook(&dial("ringTone=\"br\"", inside));
    story.at(1.0).sound_fails(0);
    story.at(1.5).sound_ends(0);
    story.at(2.0).sound_fails(0);
    story.at(2.5).sound_ends(0);
    story.at(9.0).answers(1);
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: play http://app.test/gone.wav
    0.000 call 1 is initiated
    0.000 leg 1: place to client:ada as +14155550123
    1.000 alert 12400: it is silent
    1.500 leg 0: play http://app.test/gone%20too.wav without end
    2.000 alert 12400: it is silent
    2.500 leg 0: ring-back br
    9.000 call 1 is in-progress
    9.000 leg 0: quiet
    9.000 bridge 0 1
    "#);
}

#[test]
fn an_address_that_cannot_be_used_is_an_alert_and_the_ring_back_is_heard() {
    let mut story = Story::inbound();
    story.answer_webhook(&dial("", "<Play>file:///etc/passwd</Play><Client>ada</Client>"));
    assert!(story.told().contains("alert 11100: 'file:///etc/passwd' is not a URL"));
    assert!(story.told().contains("leg 0: ring-back us"));
}

#[test]
fn a_caller_who_is_not_answered_yet_hears_nothing_of_it() {
    let mut story = Story::inbound();
    story.answer_webhook(&dial("answerOnBridge=\"true\"", GREETED));
    story.at(40.0).ends(1, Some(487));
    let told = story.told();
    assert!(!told.contains("One moment.") && !told.contains("music"), "{told}");
    assert!(told.contains("leg 0: say \"Nobody.\""), "{told}");
}

#[test]
fn early_audio_of_the_called_takes_the_place_of_the_music_and_gives_it_back() {
    let mut story = Story::inbound();
    let inside = "<Play>/music.wav</Play><Client>ada</Client><Client>grace</Client>";
    story.answer_webhook(&dial("sequential=\"true\"", inside));
    story.at(1.0).sends_early_media(1);
    story.at(4.0).ends(1, Some(486));
    story.at(5.0).answers(2);
    assert_eq!(
        heard(&story),
        [
            "0.000 leg 0: ring",
            "0.000 leg 0: answer",
            "0.000 leg 0: play http://app.test/music.wav without end",
            "1.000 leg 0: quiet",
            "1.000 bridge 0 1",
            "4.000 leg 0: play http://app.test/music.wav without end",
            "5.000 leg 0: quiet",
            "5.000 bridge 0 2",
        ],
    );
}

#[test]
fn the_star_key_leaves_the_music() {
    let mut story = Story::inbound();
    story.answer_webhook(&dial("hangupOnStar=\"true\"", GREETED));
    story.at(1.0).presses(0, "*");
    assert_eq!(
        heard(&story),
        [
            "0.000 leg 0: ring",
            "0.000 leg 0: answer",
            "0.000 leg 0: say \"One moment.\"",
            "1.000 leg 0: quiet",
            "1.000 leg 0: say \"Nobody.\"",
        ],
    );
}

#[test]
fn a_redirected_caller_hears_no_more_of_it() {
    let mut story = Story::inbound();
    story.answer_webhook(&dial("", GREETED));
    let document = "<Response><Pause length=\"60\"/></Response>";
    story.at(1.0).modify(0, Modification::Twiml(document.into()));
    story.sound_ends(0);
    story.at(30.0);
    assert_eq!(heard(&story).last().map(String::as_str), Some("1.000 leg 0: quiet"));
}

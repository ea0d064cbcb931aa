//! `findme`, `simulring` and `whisper`: who is found first, and only if a human presses a key.

use super::{attribute, get};

#[test]
fn findme_rings_one_after_the_other() {
    let mut asked = get(
        "findme?PhoneNumbers[0]=%2B14155550003&PhoneNumbers[1]=%2B14155550001&PhoneNumbers[2]=client:ada",
    );
    let mut rung = Vec::new();
    for _ in 0..3 {
        let xml = asked.xml();
        assert_eq!(attribute(&xml, "timeout"), "60");
        assert_eq!(attribute(&xml, "url"), "alo://twimlets/whisper?HumanCheck=1");
        rung.push(
            xml.lines().nth(1).unwrap_or_default().split(['>', '<']).nth(2).map(str::to_owned),
        );
        let action = attribute(&xml, "action");
        asked = asked.with("DialCallStatus", "no-answer").follow(&action);
    }
    let rung: Vec<&str> = rung.iter().flatten().map(String::as_str).collect();
    assert_eq!(rung, ["+14155550003", "+14155550001", "ada"]);
    assert_eq!(asked.xml(), "<Hangup/>");
}

#[test]
fn findme_keeps_what_it_was_told_on_the_way() {
    let xml = get(
        "findme?PhoneNumbers=%2B14155550003&PhoneNumbers=%2B14155550001&Message=Sales&Timeout=25\
                   &FailUrl=voicemail?Email%3Dada@x.test",
    )
    .xml();
    let action = attribute(&xml, "action");
    let asked = get("x").with("DialCallStatus", "busy").follow(&action);
    let xml = asked.xml();
    assert!(xml.contains(
        "<Number url=\"alo://twimlets/whisper?Message=Sales&amp;HumanCheck=1\">+14155550001<"
    ));
    assert_eq!(attribute(&xml, "timeout"), "25");
    let last = asked.follow(&attribute(&xml, "action"));
    assert_eq!(last.redirect(), "alo://twimlets/voicemail?Email=ada@x.test");
}

#[test]
fn findme_stops_at_the_first_talk() {
    let xml = get("findme?PhoneNumbers[]=%2B14155550003&PhoneNumbers[]=%2B14155550001").xml();
    let asked = get("x").with("DialCallStatus", "completed").follow(&attribute(&xml, "action"));
    assert_eq!(asked.xml(), "<Hangup/>");
}

#[test]
fn findme_with_a_thousand_numbers_rings_the_first_ten() {
    let numbers: Vec<String> =
        (0..1000).map(|n| format!("PhoneNumbers[{n}]=%2B1415555{n:04}")).collect();
    let mut asked = get(&format!("findme?{}", numbers.join("&"))).with("DialCallStatus", "busy");
    for n in 0..10 {
        let xml = asked.xml();
        assert!(xml.contains(&format!(">+1415555{n:04}<")), "{xml}");
        asked = asked.follow(&attribute(&xml, "action"));
    }
    assert_eq!(asked.xml(), "<Hangup/>");
}

#[test]
fn simulring_rings_all_at_once_in_the_order_of_their_numbers() {
    assert_eq!(
        get("simulring?PhoneNumbers[0]=%2B14155550003&PhoneNumbers[1]=%2B14155550001\
             &PhoneNumbers[2]=%2B1-415-555-0003&Message=Sales")
        .xml(),
        "<Dial action=\"alo://twimlets/simulring?Dial=true\" timeout=\"20\">\n\
         <Number url=\"alo://twimlets/whisper?Message=Sales&amp;HumanCheck=1\">+14155550001</Number>\n\
         <Number url=\"alo://twimlets/whisper?Message=Sales&amp;HumanCheck=1\">+14155550003</Number>\n</Dial>"
    );
}

#[test]
fn simulring_rings_ten_at_most_and_as_long_as_wanted() {
    let numbers: Vec<String> =
        (0..30).map(|n| format!("PhoneNumbers[]=%2B1415555{n:04}")).collect();
    let xml = get(&format!("simulring?Timeout=33&FailUrl=/no.mp3&{}", numbers.join("&"))).xml();
    assert_eq!(xml.matches("<Number").count(), 10);
    assert_eq!(attribute(&xml, "timeout"), "33");
    assert!(attribute(&xml, "action").ends_with("FailUrl=%2Fno.mp3"));
}

#[test]
fn an_empty_list_leads_to_the_fail_url_or_says_what_is_missing() {
    for name in ["findme", "simulring"] {
        get(name).refused(400, 11200, "PhoneNumbers[0]=%2B5511987654321");
        get(&format!("{name}?PhoneNumbers[0]=")).refused(400, 11200, "needs PhoneNumbers");
        let asked = get(&format!("{name}?FailUrl=https://a.example/no.mp3"));
        assert_eq!(asked.redirect(), "https://a.example/no.mp3");
    }
}

#[test]
fn a_whisper_spells_the_caller_and_connects_without_a_key() {
    assert_eq!(
        get("whisper").xml(),
        "<Gather finishOnKey=\"\" numDigits=\"1\">\n\
         <Say>You are receiving a call from 9. 1. 6. 5. 5. 5. 0. 1. 2. 3. Press any key to accept.</Say>\n</Gather>"
    );
}

#[test]
fn callers_of_other_countries_are_spelt_whole_and_others_named() {
    for (from, said) in [
        ("+551130000000", "from 5. 5. 1. 1. 3. 0. 0. 0. 0. 0. 0. 0. Press"),
        ("client:ada", "from ada. Press"),
        ("sip:bea@pbx.example", "from bea. Press"),
        ("anonymous", "from an unknown number. Press"),
        ("", "from an unknown number. Press"),
        ("9165550123", "from 9. 1. 6."),
    ] {
        let xml = get("whisper").with("From", from).xml();
        assert!(xml.contains(said), "{from}: {xml}");
    }
}

#[test]
fn a_human_check_hangs_up_on_silence() {
    let xml = get("whisper?HumanCheck=1&Message=Hello").xml();
    assert_eq!(
        xml,
        "<Gather finishOnKey=\"\" numDigits=\"1\">\n<Say>Hello</Say>\n</Gather>\n<Hangup/>"
    );
    assert!(!get("whisper?HumanCheck=0").xml().contains("<Hangup/>"));
    let played = get("whisper?Message=https://a.example/who.mp3").xml();
    assert!(played.contains("<Play>https://a.example/who.mp3</Play>"));
}

#[test]
fn any_key_accepts_and_none_does_not() {
    for key in ["1", "0", "*", "#"] {
        assert_eq!(get("whisper?HumanCheck=1").with("Digits", key).xml(), "");
    }
    assert_eq!(get("whisper?HumanCheck=1").with("Digits", "").xml(), "<Hangup/>");
    assert_eq!(get("whisper?Digits=5").xml(), "", "those of a GET stand in the URL");
}

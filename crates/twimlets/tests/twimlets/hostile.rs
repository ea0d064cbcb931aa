//! Parameters that are missing, wrong, hostile or endless.

use twimlets::Answer;

use super::get;

#[test]
fn a_missing_parameter_is_named_with_an_example() {
    for (name, missing) in [
        ("forward", "PhoneNumber=%2B5511987654321"),
        ("callme", "PhoneNumber=%2B5511987654321"),
        ("findme", "PhoneNumbers[0]="),
        ("simulring", "PhoneNumbers[0]="),
        ("voicemail", "Email="),
        ("menu", "Options[1]="),
        ("message", "Message="),
        ("echo", "Twiml="),
    ] {
        let refusal = get(name).refusal();
        assert_eq!(refusal.status, 400);
        assert!(refusal.message.starts_with(&format!("{name} needs ")), "{}", refusal.message);
        assert!(refusal.message.contains(missing), "{}", refusal.message);
    }
}

#[test]
fn an_unknown_twimlet_is_not_found_and_the_others_are_named() {
    for name in ["", "fwd", "forward/..", "\u{0}"] {
        get(name).refused(404, 11200, "there are forward, callme");
    }
}

#[test]
fn a_number_that_is_none_is_refused() {
    for number in [
        "garbage",
        "4155550123",
        "%2B",
        "%2B12345678901234567890",
        "sip:",
        "911",
        "client:a%0Ab",
        "tel:+1",
    ] {
        get(&format!("forward?PhoneNumber={number}")).refused(400, 13223, "%2B5511987654321");
        get(&format!("findme?PhoneNumbers={number}")).refused(400, 13223, "PhoneNumbers");
    }
    get("forward?PhoneNumber=%2B14155550123&CallerId=x").refused(400, 13223, "CallerId 'x'");
    let long = get(&format!("forward?PhoneNumber={}", "9".repeat(100_000))).refusal();
    assert!(long.message.len() < 400, "{}", long.message);
}

#[test]
fn a_number_that_is_not_allowed_is_not_dialled() {
    for query in [
        "forward?PhoneNumber=%2B882990000000",
        "callme?PhoneNumber=%2B882990000000",
        "findme?PhoneNumbers[0]=%2B14155550123&PhoneNumbers[1]=%2B882990000000",
        "simulring?PhoneNumbers[0]=%2B14155550123&PhoneNumbers[1]=%2B882990000000",
        "forward?PhoneNumber=sip:ada@pbx.example",
        "forward?PhoneNumber=client:ada",
    ] {
        let mut asked = get(query);
        asked.rules.numbers = vec!["+1".to_owned()];
        asked.refused(403, 13225, "`twimlets.numbers` in alo.toml");
        asked.rules.numbers.clear();
        assert_eq!(asked.refusal().status, 403);
    }
}

#[test]
fn an_echo_of_ten_megabytes_is_refused() {
    let mut asked = get("echo");
    asked.query.push(("Twiml".to_owned(), "x".repeat(10_000_000)));
    asked.refused(413, 11750, "65536");
    let mut asked = get("echo");
    asked.query.push(("Twiml".to_owned(), "x".repeat(65_536)));
    assert!(matches!(asked.reply().answer, Answer::Xml(_)));
}

#[test]
fn a_message_is_text_whatever_stands_in_it() {
    let attack = "</Say><Dial>+1900</Dial><Say>";
    for name in ["message", "menu", "holdmusic", "whisper", "voicemail"] {
        let mut asked = get(&format!("{name}?Email=ada@x.test&Options[1]=x"));
        asked.query.push(("Message".to_owned(), attack.to_owned()));
        let xml = asked.xml();
        assert!(!xml.contains("<Dial"), "{xml}");
        assert!(xml.contains("&lt;/Say&gt;&lt;Dial&gt;+1900&lt;/Dial&gt;&lt;Say&gt;"), "{xml}");
    }
    let mut asked = get("callme?PhoneNumber=%2B14155550123&FailUrl=/%22%3E%3CDial%3E");
    asked.query.push(("Message".to_owned(), format!("\"/>{attack}")));
    assert_eq!(asked.xml().matches("<Dial").count(), 1);
}

#[test]
fn a_message_of_4096_characters_is_spoken_and_a_longer_one_refused() {
    for name in ["message", "menu", "holdmusic", "whisper", "voicemail", "callme", "findme"] {
        let with = |length: usize| {
            let mut asked = get(&format!(
                "{name}?Email=ada@x.test&Options[1]=x&PhoneNumber=%2B14155550123&PhoneNumbers=%2B14155550123"
            ));
            asked.query.push(("Message".to_owned(), "é".repeat(length)));
            asked
        };
        assert!(!with(4096).xml().is_empty());
        with(4097).refused(413, 13521, "4096");
    }
    let many: Vec<String> = (0..101).map(|_| "Message=a".to_owned()).collect();
    get(&format!("message?{}", many.join("&"))).refused(413, 11200, "up to 100");
}

#[test]
fn what_cannot_be_printed_is_left_out_of_what_is_said() {
    let mut asked = get("message");
    asked.query.push(("Message".to_owned(), "a\u{0}b\u{8}\u{ffff} \u{b}\n\tc\u{7f}".to_owned()));
    assert_eq!(asked.xml(), "<Say>ab c</Say>");
    let mut asked = get("message");
    asked.query.push(("Message".to_owned(), "\u{0}\u{1}".to_owned()));
    asked.refused(400, 11200, "needs Message");
}

#[test]
fn a_fail_url_that_no_call_can_go_to_is_refused_before_anybody_is_rung() {
    for fail in ["javascript:alert(1)", "file:///etc/passwd", "http://[", "//evil.example"] {
        let query = format!("forward?PhoneNumber=%2B14155550123&FailUrl={fail}");
        get(&query).refused(400, 11100, "FailUrl");
        get(&format!("forward?Dial=true&FailUrl={fail}")).refused(400, 11100, "FailUrl");
    }
}

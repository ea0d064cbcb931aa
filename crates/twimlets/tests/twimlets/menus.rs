//! `menu`: keys in, addresses out.

use super::{attribute, get};

const MENU: &str = "menu?Message=Press+1+or+2.&Options[1]=https://a.example/one.mp3&Options[22]=message?Message%3DTwo";

#[test]
fn a_menu_asks_until_somebody_presses() {
    let xml = get(MENU).xml();
    let link = attribute(&xml, "action");
    assert_eq!(
        xml,
        format!(
            "<Gather action=\"{link}\" numDigits=\"2\">\n<Say>Press 1 or 2.</Say>\n</Gather>\n<Redirect/>"
        )
    );
    assert_eq!(get(MENU).follow(&link).xml(), xml, "nobody pressed");
}

#[test]
fn an_option_leads_to_audio_or_to_another_twimlet() {
    let link = attribute(&get(MENU).xml(), "action");
    let pressed = |keys: &str| get(MENU).follow(&link).with("Digits", keys);
    assert_eq!(pressed("1").redirect(), "https://a.example/one.mp3");
    assert_eq!(pressed("22").redirect(), "alo://twimlets/message?Message=Two");
    assert_eq!(get(&format!("{MENU}&Digits=1")).redirect(), "https://a.example/one.mp3");
}

#[test]
fn a_wrong_option_is_told_and_the_menu_comes_again() {
    let link = attribute(&get(MENU).xml(), "action");
    for keys in ["3", "2", "", "1; drop"] {
        let xml = get(MENU).follow(&link).with("Digits", keys).xml();
        let wrong = "<Say>I'm sorry, that wasn't a valid option.</Say>\n<Gather";
        assert!(xml.replace("&apos;", "'").starts_with(wrong), "{xml}");
        assert_eq!(attribute(&xml, "action"), link);
    }
}

#[test]
fn keys_of_an_earlier_menu_are_not_the_next_ones() {
    let inner = "menu?Options[1]=message?Message%3DInner";
    assert!(get(inner).with("Digits", "1").xml().starts_with("<Gather"));
}

#[test]
fn a_message_can_be_played_and_the_pound_key_can_be_an_option() {
    let xml =
        get("menu?Message=https://a.example/menu.mp3&Options[%23]=/bye.mp3&Options[*]=again.xml")
            .xml();
    assert!(xml.contains("<Play>https://a.example/menu.mp3</Play>"));
    assert!(xml.contains(" finishOnKey=\"\" numDigits=\"1\""), "{xml}");
    let link = attribute(&xml, "action");
    assert_eq!(get("x").follow(&link).with("Digits", "#").redirect(), "/bye.mp3");
    assert_eq!(get("x").follow(&link).with("Digits", "*").redirect(), "again.xml");
}

#[test]
fn relative_options_name_twimlets_with_and_without_their_folder() {
    for (written, leads) in [
        ("voicemail?Email=a@x.test", "alo://twimlets/voicemail?Email=a@x.test"),
        ("/voicemail?Email=a@x.test", "alo://twimlets/voicemail?Email=a@x.test"),
        ("/twimlets/Voicemail?Email=a@x.test", "alo://twimlets/voicemail?Email=a@x.test"),
        ("alo://roulette/support", "alo://roulette/support"),
        ("http://twimlets.com/echo?Twiml=x", "http://twimlets.com/echo?Twiml=x"),
        ("HTTPS://A.example/ü x", "https://a.example/%C3%BC%20x"),
        ("sounds/a b.mp3", "sounds/a%20b.mp3"),
    ] {
        let mut asked = get("menu?Digits=1");
        asked.query.push(("Options[1]".to_owned(), written.to_owned()));
        assert_eq!(asked.redirect(), leads, "{written}");
    }
}

#[test]
fn options_that_lead_nowhere_are_refused() {
    for written in [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/xml,x",
        "mailto:a@x.test",
        "//evil.example/x",
        "\\\\evil.example\\x",
        "/\\evil.example",
        "http://",
        "alo:x",
        "\n//evil.example",
    ] {
        let mut asked = get("menu");
        asked.query.push(("Options[1]".to_owned(), written.to_owned()));
        asked.refused(400, 11100, "Options[1]");
    }
}

#[test]
fn a_menu_without_options_or_with_some_that_cannot_be_pressed_is_refused() {
    get("menu?Message=Hello").refused(400, 11200, "Options[1]=https://example.com/sales.mp3");
    get("menu?Options[]=x").refused(400, 11200, "nothing that can be pressed");
    get("menu?Options[a]=x").refused(400, 11200, "Options[a]");
    get(&format!("menu?Options[{}]=x", "1".repeat(21))).refused(400, 11200, "1 to 20 keys");
    let many: Vec<String> = (0..200).map(|n| format!("Options[{n}]=x")).collect();
    get(&format!("menu?{}", many.join("&"))).refused(413, 11200, "200 options");
}

//! `forward` and `callme`: one number, and what follows.

use super::{attribute, get};

#[test]
fn forward_dials_for_twenty_seconds() {
    assert_eq!(
        get("forward?PhoneNumber=%2B5511987654321").xml(),
        "<Dial action=\"alo://twimlets/forward?Dial=true\" timeout=\"20\">\n\
         <Number>+5511987654321</Number>\n</Dial>"
    );
}

#[test]
fn forward_shows_the_caller_id_rings_as_long_as_wanted_and_keeps_the_fail_url() {
    let xml = get("FORWARD?phonenumber=%2B1+(415)+555-0123&CallerId=%2B14155550199&Timeout=45\
                   &FailUrl=https%3A%2F%2Fa.example%2Fno%3Fa%3D1%26b%3D2")
    .xml();
    assert_eq!(
        xml,
        "<Dial action=\"alo://twimlets/forward?Dial=true&amp;FailUrl=https%3A%2F%2Fa.example%2Fno%3Fa%3D1%26b%3D2\" \
         timeout=\"45\" callerId=\"+14155550199\">\n<Number>+14155550123</Number>\n</Dial>"
    );
}

#[test]
fn links_stay_where_the_twimlet_was_asked() {
    let mut asked = get("callme?PhoneNumber=%2B14155550123");
    asked.base = "https://alo.example/twimlets".to_owned();
    let xml = asked.xml();
    assert_eq!(attribute(&xml, "action"), "https://alo.example/twimlets/callme?Dial=true");
    assert_eq!(attribute(&xml, "url"), "https://alo.example/twimlets/whisper");
}

#[test]
fn phones_of_ours_and_sip_addresses_can_be_dialled_too() {
    assert!(get("forward?PhoneNumber=client:ada").xml().contains("<Client>ada</Client>"));
    let mut sip = get("forward?PhoneNumber=sip:ada@pbx.example;transport=tcp");
    sip.rules.numbers.push("sip:pbx.example".to_owned());
    assert!(sip.xml().contains("<Sip>sip:ada@pbx.example;transport=tcp</Sip>"));
}

#[test]
fn a_plus_that_was_not_escaped_is_understood() {
    assert!(get("forward?PhoneNumber=+5511987654321").xml().contains("+5511987654321<"));
}

#[test]
fn only_allowed_callers_are_put_through() {
    let restricted = "<Say>Sorry, you are calling from a restricted number. Good bye.</Say>";
    for (allowed, through) in [
        ("AllowedCallers[0]=%2B14155550123&AllowedCallers[1]=%2B1+916-555-0123", true),
        ("AllowedCallers[]=916-555-0123", true),
        ("AllowedCallers=19165550123", true),
        ("AllowedCallers[0]=", true),
        ("AllowedCallers[]=%2B14155550123", false),
        ("AllowedCallers[]=555-0123", false),
        ("AllowedCallers[]=nobody", false),
    ] {
        let xml = get(&format!("forward?PhoneNumber=%2B5511987654321&{allowed}")).xml();
        assert_eq!(xml != restricted, through, "{allowed}");
    }
    let anonymous =
        get("forward?PhoneNumber=%2B5511987654321&AllowedCallers=%2B1").with("From", "anonymous");
    assert_eq!(anonymous.xml(), restricted);
}

#[test]
fn the_old_name_of_the_caller_is_understood() {
    let asked = get("forward?PhoneNumber=%2B5511987654321&AllowedCallers=%2B14155550199")
        .without("From")
        .with("Caller", "4155550199");
    assert!(asked.with("Caller", "+14155550199").xml().contains("<Dial"));
}

#[test]
fn after_a_talk_the_caller_is_hung_up_on() {
    let fail = "FailUrl=https://a.example/no.mp3";
    for name in ["forward", "callme", "simulring", "findme"] {
        let back = |query: &str| get(&format!("{name}?Dial=true&{query}"));
        assert_eq!(back(fail).with("DialCallStatus", "completed").xml(), "<Hangup/>");
        assert_eq!(back(fail).with("DialStatus", "answered").xml(), "<Hangup/>");
        assert_eq!(back("").with("DialCallStatus", "busy").xml(), "<Hangup/>");
    }
}

#[test]
fn who_was_not_reached_leads_to_the_fail_url() {
    for name in ["forward", "callme", "simulring", "findme"] {
        for status in ["busy", "no-answer", "failed", "canceled", "nonsense"] {
            let back = get(&format!("{name}?Dial=true&FailUrl=https://a.example/no.mp3"));
            assert_eq!(back.with("DialCallStatus", status).redirect(), "https://a.example/no.mp3");
        }
    }
}

#[test]
fn whoever_answered_but_did_not_accept_was_not_reached() {
    let back = get("callme?Dial=true&FailUrl=voicemail%3FEmail%3Dada@x.test")
        .with("DialCallStatus", "completed");
    assert_eq!(back.with("DialBridged", "true").xml(), "<Hangup/>");
    let back = get("callme?Dial=true&FailUrl=voicemail%3FEmail%3Dada@x.test")
        .with("DialCallStatus", "completed")
        .with("DialBridged", "false");
    assert_eq!(back.redirect(), "alo://twimlets/voicemail?Email=ada@x.test");
}

#[test]
fn a_forward_that_a_failed_forward_leads_to_dials() {
    let first =
        get("forward?PhoneNumber=%2B14155550123&FailUrl=forward?PhoneNumber%3D%252B14155550124");
    let action = attribute(&first.xml(), "action");
    let back = first.follow(&action).with("DialCallStatus", "busy");
    let next = back.redirect();
    assert_eq!(next, "alo://twimlets/forward?PhoneNumber=%2B14155550124");
    assert!(back.follow(&next).xml().contains("<Number>+14155550124</Number>"));
}

#[test]
fn callme_whispers_before_it_connects_and_asks_for_no_key() {
    assert_eq!(
        get("callme?PhoneNumber=%2B5511987654321&Message=A+customer+%26+friend&Timeout=30").xml(),
        "<Dial action=\"alo://twimlets/callme?Dial=true\">\n\
         <Number url=\"alo://twimlets/whisper?Message=A+customer+%26+friend\">+5511987654321</Number>\n</Dial>"
    );
}

#[test]
fn timeouts_out_of_range_are_moved_into_it() {
    for (written, seconds) in
        [("1", "5"), ("-7", "5"), ("5", "5"), ("601", "600"), ("99999999999999999999999", "600")]
    {
        let xml = get(&format!("forward?PhoneNumber=%2B14155550123&Timeout={written}")).xml();
        assert_eq!(attribute(&xml, "timeout"), seconds, "{written}");
    }
    for written in ["abc", "1e3", "2.5", "-"] {
        let asked = get(&format!("forward?PhoneNumber=%2B14155550123&Timeout={written}"));
        asked.refused(400, 11200, "write 5 to 600");
    }
}

//! `voicemail`: a message is taken, and an e-mail goes out once.

use super::{Asked, attribute, get};

const SID: &str = "RE0123456789abcdef0123456789abcdef";

/// What is told about a recording: it doesn't say who called.
fn recorded(asked: &Asked, callback: &str) -> Asked {
    let link = attribute(&asked.xml(), callback);
    let url = format!("https://alo.example/2010-04-01/Accounts/AC1/Recordings/{SID}");
    let mut told = get("x");
    told.rules = asked.rules.clone();
    told.follow(&link)
        .without("From")
        .without("To")
        .with("RecordingSid", SID)
        .with("RecordingUrl", &url)
        .with("RecordingStatus", "completed")
        .with("RecordingDuration", "67")
}

#[test]
fn a_voicemail_asks_for_a_message_and_records_it() {
    let xml = get("voicemail?Email=ada@x.test").xml();
    assert_eq!(
        xml,
        "<Say>Please leave a message after the beep.</Say>\n\
         <Record action=\"alo://twimlets/voicemail?Step=recorded\" recordingStatusCallback=\"\
         alo://twimlets/voicemail?Step=mail&amp;Email=ada%40x.test&amp;From=%2B19165550123&amp;To=%2B14155550100\"/>"
    );
}

#[test]
fn the_greeting_is_said_in_a_language_and_voice_or_played() {
    let xml = get("voicemail?Email=ada@x.test&Message=Ol%C3%A1&Language=pt_BR&Voice=woman").xml();
    assert!(xml.starts_with("<Say voice=\"woman\" language=\"pt-BR\">Olá</Say>"), "{xml}");
    let xml = get("voicemail?Email=ada@x.test&Message=https://a.example/hi.mp3").xml();
    assert!(xml.starts_with("<Play>https://a.example/hi.mp3</Play>"));
    get("voicemail?Email=ada@x.test&Language=not+one").refused(400, 11200, "pt-BR");
}

#[test]
fn afterwards_the_caller_is_thanked() {
    let link = attribute(&get("voicemail?Email=ada@x.test").xml(), "action");
    let thanked = get("x").follow(&link).with("RecordingUrl", "x");
    assert_eq!(thanked.xml(), "<Say>Thanks.  Good bye.</Say>\n<Hangup/>");
    assert_eq!(thanked.reply().effects, []);
}

#[test]
fn a_recording_that_another_document_made_is_not_taken_for_the_message() {
    let asked = get("voicemail?Email=ada@x.test").with("RecordingUrl", "https://a.example/r");
    assert!(asked.xml().contains("<Record"));
}

#[test]
fn the_e_mail_says_who_called_and_where_it_can_be_heard() {
    let told = recorded(&get("voicemail?Email=Ada@x.test"), "recordingStatusCallback");
    assert_eq!(told.xml(), "");
    let (to, subject, body, key) = told.mail();
    assert_eq!(to, "Ada@x.test");
    assert_eq!(subject, "New Voicemail Message from (916) 555-0123");
    assert_eq!(
        body,
        format!(
            "Somebody left a message.\n\nFrom: (916) 555-0123, +19165550123\nTo: +14155550100\nLength: 1:07\n\
             Listen: https://alo.example/2010-04-01/Accounts/AC1/Recordings/{SID}.wav\n"
        )
    );
    assert_eq!(key, format!("voicemail {SID} ada@x.test"), "the same for a second try");
}

#[test]
fn a_recording_of_nothing_sends_nothing() {
    let told = || recorded(&get("voicemail?Email=ada@x.test"), "recordingStatusCallback");
    for silent in [
        told().with("RecordingStatus", "absent"),
        told().with("RecordingStatus", "failed"),
        told().with("RecordingDuration", "0"),
    ] {
        assert_eq!(silent.reply().effects, []);
        assert_eq!(silent.xml(), "");
    }
}

#[test]
fn with_an_engine_for_recognition_the_e_mail_waits_for_the_transcript() {
    let mut asked = get("voicemail?Email=ada@x.test");
    asked.rules.transcribes = true;
    let xml = asked.xml();
    assert!(xml.contains(" transcribe=\"true\" transcribeCallback="), "{xml}");
    assert!(!xml.contains("recordingStatusCallback"));
    let told = recorded(&asked, "transcribeCallback").with("TranscriptionStatus", "completed");
    let (_, _, body, _) = told.with("TranscriptionText", "Call me back.\nPlease.").mail();
    assert!(body.ends_with(".wav\n\nCall me back.\nPlease.\n"), "{body}");
    let failed = recorded(&asked, "transcribeCallback").with("TranscriptionStatus", "failed");
    assert!(failed.mail().2.ends_with(".wav\n"), "the message counts, not its transcript");
}

#[test]
fn nobody_waits_for_a_transcript_that_is_not_wanted() {
    for off in ["false", "FALSE", "0"] {
        let mut asked = get(&format!("voicemail?Email=ada@x.test&Transcribe={off}"));
        asked.rules.transcribes = true;
        let xml = asked.xml();
        assert!(!xml.contains("transcribe="), "{xml}");
        assert!(xml.contains("recordingStatusCallback="));
    }
}

#[test]
fn callers_without_a_number_are_named_in_one_line() {
    for (from, subject) in [
        ("client:ada", "New Voicemail Message from ada"),
        ("sip:bea@pbx.example", "New Voicemail Message from bea@pbx.example"),
        ("anonymous", "New Voicemail Message from anonymous"),
        ("", "New Voicemail Message from an unknown number"),
        ("eve\r\nBcc: all@x.test", "New Voicemail Message from eveBcc: all@x.test"),
    ] {
        let asked = get("voicemail?Email=ada@x.test").with("From", from);
        assert_eq!(recorded(&asked, "recordingStatusCallback").mail().1, subject);
    }
}

#[test]
fn links_in_e_mails_lead_to_this_server_alone() {
    let told = || recorded(&get("voicemail?Email=ada@x.test"), "recordingStatusCallback");
    for (url, links) in [
        ("/2010-04-01/Accounts/AC1/Recordings/RE1", "https://alo.example/2010-04-01/"),
        (
            "http://old.example/2010-04-01/Accounts/AC1/Recordings/RE1.wav",
            "https://alo.example/2010-04-01/",
        ),
    ] {
        let (_, _, body, _) = told().with("RecordingUrl", url).mail();
        assert!(body.contains(links) && body.contains("/RE1.wav\n"), "{body}");
    }
    for url in
        ["https://evil.example/", "", "/2010-04-01/x y", "/2010-04-01/x\nhttp://evil.example"]
    {
        told().with("RecordingUrl", url).refused(400, 11200, "no recording of this server");
    }
}

#[test]
fn addresses_have_to_be_allowed() {
    let allow = "`twimlets.addresses` in alo.toml";
    get("voicemail?Email=ada@y.test").refused(403, 11200, allow);
    let mut told = recorded(&get("voicemail?Email=ada@x.test"), "recordingStatusCallback");
    told.rules.addresses.clear();
    told.refused(403, 11200, allow);
    assert_eq!(told.reply().effects, [], "also if it was allowed when the call began");
}

#[test]
fn what_is_no_address_is_refused() {
    get("voicemail").refused(400, 11200, "Email=ada@example.com");
    for email in [
        "ada",
        "@x.test",
        "ada@",
        "a@b@x.test",
        "a b@x.test",
        "a,b@x.test",
        "a@x.test%0ABcc:b@x.test",
        "Ada+<a@x.test>",
    ] {
        get(&format!("voicemail?Email={email}")).refused(400, 11200, "no e-mail address");
    }
}

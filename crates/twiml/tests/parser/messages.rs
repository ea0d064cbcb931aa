//! The answer to a text message: `<Message>`, `<Sms>`, `<Redirect>`, and `<Sms>` in a call.

use insta::{assert_debug_snapshot, assert_snapshot};
use twiml::{MessagingVerb, SmsVerb, TextMessage, Verb, answers_a_text, parse_messages_bytes};

use crate::{listed, response, verb};

/// What an answer with `verbs` in it comes to; they begin at column 11.
fn answer(verbs: &str) -> String {
    let parsed = twiml::parse_messages(&format!("<Response>{verbs}</Response>"));
    listed(parsed.map(|document| (twiml::messages_to_xml(&document), document.warnings)))
}

/// The one message of an answer that gives no warning.
#[track_caller]
fn message(text: &str) -> TextMessage {
    let document =
        twiml::parse_messages(&format!("<Response>{text}</Response>")).expect("it is TwiML");
    assert_eq!(document.warnings, [], "{text}");
    let [verb] = <[_; 1]>::try_from(document.verbs).expect("it is one verb");
    match verb.item {
        MessagingVerb::Message(message) => message,
        MessagingVerb::Redirect(redirect) => panic!("{redirect:?}"),
    }
}

#[test]
fn a_messages_defaults_are_twilios() {
    assert_debug_snapshot!(message("<Message>Hi</Message>"), @r#"
    TextMessage {
        body: "Hi",
        media: [],
        to: None,
        from: None,
        action: None,
        status_callback: None,
    }
    "#);
}

#[test]
fn a_message_has_all_that_was_said() {
    assert_debug_snapshot!(message("<Message to=' +14155550123 ' from='MG0123456789abcdef0123456789abcdef' action='/a' method='get' statusCallback='/s'><Media> /cat.png </Media><Body>Hi</Body></Message>"), @r#"
    TextMessage {
        body: "Hi",
        media: [
            "/cat.png",
        ],
        to: Some(
            "+14155550123",
        ),
        from: Some(
            "MG0123456789abcdef0123456789abcdef",
        ),
        action: Some(
            Hook {
                url: "/a",
                method: Get,
            },
        ),
        status_callback: Some(
            Hook {
                url: "/s",
                method: Post,
            },
        ),
    }
    "#);
}

#[test]
fn pieces_of_text_are_joined_as_they_stand() {
    assert_eq!(
        message("<Message><Body>Hello </Body><Body>there</Body></Message>").body,
        "Hello there"
    );
    assert_eq!(
        message("<Message>\n  Hi &amp; bye\n  <Media>/x</Media>\n</Message>").body,
        "Hi & bye"
    );
    assert_eq!(message("<Message>a<!-- b -->c<![CDATA[<d>\n]]>e</Message>").body, "ac<d>\ne");
    assert_eq!(message("<Message>\r\none\r\n\r\ntwo\r\n</Message>").body, "one\n\ntwo");
}

#[test]
fn the_older_name_of_a_message_is_sms() {
    assert_snapshot!(answer("<Sms to='12345' statusCallback='/s'>Hi</Sms><Redirect>/next</Redirect>"), @r#"
    <Message to="12345" statusCallback="/s">Hi</Message>
    <Redirect>/next</Redirect>
    "#);
}

#[test]
fn verbs_of_a_call_are_skipped() {
    assert_snapshot!(answer("<Say>Hi</Say><Dial>1</Dial><Enqueue/><Number>1</Number><Receive/><Message>Hi</Message>"), @r"
    <Message>Hi</Message>
    ! 14110 line 1, column 11: <Say> belongs to a call; it is skipped
    ! 14110 line 1, column 24: <Dial> belongs to a call; it is skipped
    ! 14110 line 1, column 38: <Enqueue> belongs to a call; it is skipped
    ! 14110 line 1, column 48: <Number> belongs to a call; it is skipped
    ! 14110 line 1, column 66: <Receive> belongs to a fax; it is skipped
    ");
}

#[test]
fn unknown_names_are_skipped_with_a_suggestion() {
    assert_snapshot!(answer("<message>Hi</message><Mesage>x</Mesage><Body>Hi</Body><Message><Medai>/x</Medai>Hi</Message>loose"), @r"
    <Message>Hi</Message>
    ! 12200 line 1, column 11: <message> is not a verb; it is skipped (write <Message>)
    ! 12200 line 1, column 32: <Mesage> is not a verb; it is skipped (did you mean <Message>?)
    ! 12200 line 1, column 50: <Body> does nothing outside <Message>; it is skipped (write <Message><Body>…</Body></Message>)
    ! 12200 line 1, column 74: <Medai> has no place in <Message>; it is skipped (did you mean <Media>?)
    ! 12200 line 1, column 103: text in <Response> itself is not sent (write <Message>…</Message>)
    ");
}

#[test]
fn a_message_with_nothing_in_it_is_skipped() {
    assert_snapshot!(answer("<Message/><Message> <Body> </Body><Media/></Message><Message><Media>/x</Media></Message>"), @r"
    <Message>
      <Media>/x</Media>
    </Message>
    ! 14103 line 1, column 11: <Message> has neither text nor media; it is skipped (write <Message>…</Message>)
    ! 14103 line 1, column 21: <Message> has neither text nor media; it is skipped (write <Message>…</Message>)
    ! 12200 line 1, column 45: <Media> has no URL; it is skipped (write <Media>https://…</Media>)
    ");
}

#[test]
fn a_text_has_at_most_1600_characters() {
    let most = "é".repeat(1600);
    assert_eq!(message(&format!("<Message> {most} </Message>")).body, most);
    assert_snapshot!(answer(&format!("<Message>{most}.</Message>")), @"! 14103 line 1, column 11: the text of <Message> has 1601 characters, more than 1600; it is skipped (write several <Message>)");
}

#[test]
fn whom_nobody_could_text_is_not_texted() {
    for to in
        ["+14155550123", "(415) 555-1212", "07400 123456", "911", "client:ada", "sip:a@b.test"]
    {
        assert_eq!(message(&format!("<Message to='{to}'>x</Message>")).to.as_deref(), Some(to));
    }
    assert_eq!(message("<Message to=''>x</Message>").to, None);
    assert_snapshot!(answer("<Message to='ada'>x</Message><Message to='+1'>x</Message>"), @r#"
    ! 14101 line 1, column 20: to="ada" of <Message> is nobody that could be texted; it is skipped (write to="+15551234567")
    ! 14101 line 1, column 49: to="+1" of <Message> is nobody that could be texted; it is skipped (write to="+15551234567")
    "#);
}

#[test]
fn who_could_not_text_is_no_sender() {
    for from in ["+14155550123", "12345", "Web Shop", "client:ada"] {
        let message = message(&format!("<Message from='{from}'>x</Message>"));
        assert_eq!(message.from.as_deref(), Some(from));
    }
    assert_snapshot!(answer("<Message from='a name that is long'>x</Message>"), @r#"! 14102 line 1, column 20: from="a name that is long" of <Message> is no sender; it is skipped (write from="+15551234567")"#);
}

#[test]
fn attributes_that_can_not_be_read_have_their_codes() {
    assert_snapshot!(answer("<Message action='/a' method='PUT' statusCallback='ftp://x/y'>x</Message><Message method='GET'>x</Message>"), @r#"
    <Message action="/a">x</Message>
    <Message>x</Message>
    ! 14104 line 1, column 32: method="PUT" of <Message> is not known (write GET, POST)
    ! 14105 line 1, column 45: statusCallback="ftp://x/y" of <Message> can't be asked; nobody is told (write an http:// or https:// address)
    ~ 12200 line 1, column 83: nothing after <Message> is run
    ~ 12200 line 1, column 92: 'method' of <Message> has no effect without 'action'
    "#);
}

#[test]
fn a_message_has_at_most_ten_media() {
    let media = "<Media>/x</Media>".repeat(11);
    let document =
        twiml::parse_messages(&format!("<Response><Message>{media}</Message></Response>"));
    let document = document.expect("it is TwiML");
    assert_snapshot!(document.warnings[0], @"line 1, column 190: a message has at most 10 media; this one is left out (write another <Message>)");
    assert_eq!(document.warnings[0].code, 21623);
}

#[test]
fn a_text_is_answered_with_at_most_ten_messages() {
    let twelve = "<Message>x</Message>".repeat(12);
    let document = twiml::parse_messages(&format!("<Response>{twelve}<Redirect/></Response>"));
    let document = document.expect("it is TwiML");
    assert_eq!((document.verbs.len(), document.warnings.len()), (11, 2));
    assert_eq!(document.warnings[0].code, 14109);
    assert_snapshot!(document.warnings[0], @"line 1, column 211: a text is answered with at most 10 messages; this one is skipped (send it over the REST API)");
}

#[test]
fn an_answer_of_any_encoding_is_read() {
    let body = b"<?xml version='1.0' encoding='ISO-8859-1'?><Response><Message>al\xf4</Message></Response>";
    let document = parse_messages_bytes(body).expect("it is TwiML");
    assert_eq!(document.verbs.len(), 1);
    assert_eq!(parse_messages_bytes(b"").expect("nothing is an answer").verbs, []);
    assert_eq!(parse_messages_bytes(b"<Response>").map_err(|error| error.code), Err(12100));
}

#[test]
fn an_answer_to_a_text_is_told_from_a_calls_document_by_its_message() {
    assert!(answers_a_text(b"<Response><Redirect/><Message>x</Message></Response>"));
    assert!(!answers_a_text(b"<Response><Sms>x</Sms><Redirect/></Response>"));
    assert!(!answers_a_text(b"<Response><Say><Message/></Say></Response>"));
    assert!(!answers_a_text(b"<Response><Message>"));
    assert!(!answers_a_text(b"\xff"));
}

#[test]
fn a_call_sends_a_text() {
    let sms = verb(
        "<Sms to='+14155550123' from='+14155550100' action='/a' method='GET' statusCallback='/s'> Hi <!-- --></Sms>",
    );
    assert_debug_snapshot!(sms, @r#"
    Sms(
        SmsVerb {
            body: "Hi",
            to: Some(
                "+14155550123",
            ),
            from: Some(
                "+14155550100",
            ),
            action: Some(
                Hook {
                    url: "/a",
                    method: Get,
                },
            ),
            status_callback: Some(
                Hook {
                    url: "/s",
                    method: Post,
                },
            ),
        },
    )
    "#);
    assert_eq!(
        verb("<Sms>Hi</Sms>"),
        Verb::Sms(SmsVerb {
            body: "Hi".to_owned(),
            to: None,
            from: None,
            action: None,
            status_callback: None,
        })
    );
}

#[test]
fn a_text_of_a_call_that_can_not_be_sent_is_skipped() {
    assert_snapshot!(response("<Sms/><Sms to='x'>Hi</Sms><Sms><Media>/x</Media></Sms><Sms action='/a'>Hi</Sms><Say>x</Say>"), @r#"
    <Sms action="/a">Hi</Sms>
    <Say>x</Say>
    ! 14103 line 1, column 11: <Sms> has no text; it is skipped (write <Sms>…</Sms>)
    ! 14101 line 1, column 22: to="x" of <Sms> is nobody that could be texted; it is skipped (write to="+15551234567")
    ! 14103 line 1, column 37: <Sms> has no text; it is skipped (write <Sms>…</Sms>)
    ! 12200 line 1, column 42: <Media> has no place in <Sms>; it is skipped
    ~ 12200 line 1, column 90: nothing after <Sms> is run
    "#);
}

//! Scenarios of the messenger: answers of an application in, a transcript out; and whatever comes in whatever order.

use std::fmt::Write as _;

use model::{MessageStatus, Moment, Sid, SidKind};
use proptest::prelude::*;

use super::{DOCUMENT_LIMIT, Messenger, MessengerInput, MessengerOutput};
use crate::verb::Hook;

/// A messenger, and what it wanted so far.
#[derive(Default)]
struct Scenario {
    messenger: Messenger,
    transcript: String,
}

const SID: Sid = Sid::new(SidKind::Message, 0x5);

impl Scenario {
    fn answer(verbs: &str) -> Scenario {
        let mut scenario = Scenario::default();
        scenario.document(verbs);
        scenario
    }

    fn answer_as(content_type: Option<&str>, body: &[u8]) -> String {
        let mut scenario = Scenario::default();
        scenario.body(content_type, body);
        scenario.transcript
    }

    fn document(&mut self, verbs: &str) {
        self.body(Some("text/xml"), format!("<Response>{verbs}</Response>").as_bytes());
    }

    fn body(&mut self, content_type: Option<&str>, body: &[u8]) {
        self.handle(MessengerInput::Document {
            url: Some("http://app.test/sms/in".to_owned()),
            content_type: content_type.map(str::to_owned),
            body: body.to_vec(),
        });
    }

    fn sent(&mut self) {
        self.handle(MessengerInput::Sent { sid: SID, status: MessageStatus::Queued });
    }

    fn handle(&mut self, input: MessengerInput) {
        self.messenger.handle(Moment::EPOCH, input);
        loop {
            match self.messenger.poll() {
                MessengerOutput::Idle(_) => return,
                output => {
                    let _ = writeln!(self.transcript, "{}", told(&output));
                }
            }
        }
    }
}

fn told(output: &MessengerOutput) -> String {
    match output {
        MessengerOutput::Send { message } => {
            let mut line = format!("send {:?}", message.body);
            for url in &message.media {
                let _ = write!(line, " with {url}");
            }
            for (what, who) in [("to", &message.to), ("from", &message.from)] {
                if let Some(who) = who {
                    let _ = write!(line, " {what} {who}");
                }
            }
            for (what, hook) in [("action", &message.action), ("tell", &message.status_callback)] {
                if let Some(Hook { url, method }) = hook {
                    let _ = write!(line, " {what} {} {url}", method.as_str());
                }
            }
            line
        }
        MessengerOutput::Fetch { url, method, params } => {
            let params: Vec<String> =
                params.iter().map(|(name, value)| format!(" {name}={value}")).collect();
            format!("{} {url}{}", method.as_str(), params.concat())
        }
        MessengerOutput::Warn { code, message, position } => {
            let place = position.map(|at| format!("{at}: ")).unwrap_or_default();
            format!("warn {code} {place}{message}")
        }
        MessengerOutput::Fail { code, message } => format!("fail {code} {message}"),
        MessengerOutput::Finished => "finished".to_owned(),
        MessengerOutput::Idle(_) => "idle".to_owned(),
    }
}

#[test]
fn messages_are_sent_one_after_the_other() {
    let mut scenario =
        Scenario::answer("<Message>One</Message><Message to=\"+14155550123\">Two</Message>");
    scenario.sent();
    scenario.sent();
    insta::assert_snapshot!(scenario.transcript, @r#"
    send "One"
    send "Two" to +14155550123
    finished
    "#);
}

#[test]
fn addresses_are_resolved_against_the_document() {
    let scenario = Scenario::answer(
        "<Message action=\"next?a=1\" method=\"GET\" statusCallback=\"/status\">\
         <Body>Look</Body><Media>cat.png</Media><Media>https://cdn.test/dog.png</Media></Message>",
    );
    insta::assert_snapshot!(scenario.transcript, @r#"
    send "Look" with http://app.test/sms/cat.png with https://cdn.test/dog.png action GET http://app.test/sms/next?a=1 tell POST http://app.test/status
    "#);
}

#[test]
fn an_action_is_told_of_the_message_and_its_document_replaces_what_follows() {
    let mut scenario =
        Scenario::answer("<Message action=\"/sent\">One</Message><Message>Never</Message>");
    scenario.sent();
    scenario.document("<Message>Two</Message>");
    scenario.sent();
    insta::assert_snapshot!(scenario.transcript, @r#"
    send "One" action POST http://app.test/sent
    POST http://app.test/sent MessageSid=SM00000000000000000000000000000005 MessageStatus=queued SmsSid=SM00000000000000000000000000000005 SmsStatus=queued
    send "Two"
    finished
    "#);
}

#[test]
fn a_message_that_was_not_taken_is_warned_of_and_the_rest_is_sent() {
    let mut scenario =
        Scenario::answer("<Message>One</Message><Message action=\"/sent\">Two</Message>");
    scenario.handle(MessengerInput::NotSent { code: 21610 });
    scenario.handle(MessengerInput::NotSent { code: 14101 });
    scenario.body(None, b"");
    insta::assert_snapshot!(scenario.transcript, @r#"
    send "One"
    warn 21610 the message was not sent (error 21610)
    send "Two" action POST http://app.test/sent
    warn 14101 the message was not sent (error 14101)
    POST http://app.test/sent MessageStatus=invalid SmsStatus=invalid ErrorCode=14101
    finished
    "#);
}

#[test]
fn a_redirect_goes_on_with_another_document() {
    let mut scenario = Scenario::answer(
        "<Message>One</Message><Redirect method=\"GET\">../other</Redirect><Message>No</Message>",
    );
    scenario.sent();
    scenario.document("<Sms>Two</Sms>");
    scenario.sent();
    insta::assert_snapshot!(scenario.transcript, @r#"
    send "One"
    GET http://app.test/other
    send "Two"
    finished
    "#);
}

#[test]
fn plain_text_is_one_message() {
    insta::assert_snapshot!(Scenario::answer_as(Some("Text/Plain; charset=utf-8"), " Olá, você! \n".as_bytes()), @r#"send "Olá, você!""#);
    insta::assert_snapshot!(Scenario::answer_as(Some("text/plain"), &[b'a'; 1601]), @r"
    warn 14103 http://app.test/sms/in: the text has 1601 characters, more than 1600
    finished
    ");
}

#[test]
fn nothing_is_an_answer() {
    insta::assert_snapshot!(Scenario::answer_as(None, b""), @"finished");
    insta::assert_snapshot!(Scenario::answer_as(Some("application/json"), b" \r\n"), @"finished");
    insta::assert_snapshot!(Scenario::answer_as(Some("text/plain"), "\u{feff} ".as_bytes()), @"finished");
    insta::assert_snapshot!(Scenario::answer_as(Some("text/xml"), b"<Response/>"), @"finished");
}

#[test]
fn a_type_that_says_nothing_to_us_is_warned_of() {
    insta::assert_snapshot!(Scenario::answer_as(Some("application/json"), b"{}"), @r"
    warn 12300 http://app.test/sms/in: the content type 'application/json' can't be answered with: send text/xml for TwiML, or text/plain
    finished
    ");
}

#[test]
fn what_is_no_twiml_fails_and_a_fallback_may_follow() {
    let mut scenario = Scenario::default();
    scenario.body(None, b"<Response><Message>");
    scenario.document("<Message>Sorry</Message>");
    scenario.sent();
    scenario.handle(MessengerInput::Failed { code: 11200, message: "late".to_owned() });
    insta::assert_snapshot!(scenario.transcript, @r#"
    fail 12100 http://app.test/sms/in: line 1, column 11: <Message> is never closed; write </Message>
    send "Sorry"
    finished
    "#);
}

#[test]
fn an_application_that_can_not_be_asked_fails() {
    let mut scenario = Scenario::answer("<Redirect>/x</Redirect>");
    scenario.handle(MessengerInput::Failed { code: 11200, message: "500".to_owned() });
    insta::assert_snapshot!(scenario.transcript, @r"
    POST http://app.test/x
    fail 11200 500
    ");
}

#[test]
fn what_the_author_should_know_is_said_with_its_place() {
    let mut scenario =
        Scenario::answer("<Say>Hi</Say><Message hue=\"1\">One</Message>\n<Message/>");
    scenario.sent();
    insta::assert_snapshot!(scenario.transcript, @r#"
    warn 14110 line 1, column 11: <Say> belongs to a call; it is skipped
    warn 12200 line 1, column 33: <Message> has no attribute 'hue'
    warn 14103 line 2, column 1: <Message> has neither text nor media; it is skipped; write <Message>…</Message>
    send "One"
    finished
    "#);
}

#[test]
fn addresses_that_can_not_be_asked_are_left_out() {
    let mut scenario = Scenario::answer(
        "<Message action=\"ftp://x\"><Media>file:///etc/passwd</Media>One</Message>\
         <Message><Media>data:,x</Media></Message><Redirect>mailto:x</Redirect>",
    );
    scenario.sent();
    insta::assert_snapshot!(scenario.transcript, @r#"
    warn 11100 line 1, column 11: 'ftp://x' is not a URL that can be asked: write an absolute http:// or https:// address
    warn 11100 line 1, column 11: 'file:///etc/passwd' is not a URL that can be asked: write an absolute http:// or https:// address
    send "One"
    warn 11100 line 1, column 83: 'data:,x' is not a URL that can be asked: write an absolute http:// or https:// address
    warn 14103 line 1, column 83: the message has neither text nor media that can be fetched; it is not sent
    warn 11100 line 1, column 124: 'mailto:x' is not a URL that can be asked: write an absolute http:// or https:// address
    finished
    "#);
}

#[test]
fn a_text_is_answered_with_ten_messages_over_all_documents() {
    let mut scenario = Scenario::answer(&"<Message>a</Message>".repeat(9));
    let mut scenario_with_redirect =
        Scenario::answer(&format!("{}<Redirect/>", "<Message>a</Message>".repeat(9)));
    for _ in 0..9 {
        scenario.sent();
        scenario_with_redirect.sent();
    }
    assert!(scenario.transcript.ends_with("finished\n"));
    scenario_with_redirect.document("<Message>b</Message><Message>c</Message>");
    scenario_with_redirect.sent();
    let transcript = &scenario_with_redirect.transcript;
    assert_eq!(transcript.matches("send ").count(), 10);
    assert!(transcript.ends_with(
        "send \"b\"\nwarn 14109 line 1, column 31: a text is answered with at most 10 messages; \
         this one is not sent\nfinished\n"
    ));
}

#[test]
fn a_session_in_a_circle_ends_after_fifty_documents() {
    let mut scenario = Scenario::default();
    for _ in 0..DOCUMENT_LIMIT {
        scenario.document("<Redirect/>");
    }
    assert_eq!(scenario.transcript.matches("POST").count(), 49);
    assert!(scenario.transcript.ends_with(
        "warn 14106 line 1, column 11: 50 documents followed each other: the session goes in circles \
         and was ended\nfinished\n"
    ));
}

#[test]
fn an_answer_that_was_not_asked_for_changes_nothing() {
    let mut scenario = Scenario::default();
    scenario.sent();
    scenario.handle(MessengerInput::NotSent { code: 1 });
    assert_eq!(scenario.transcript, "");
    scenario.document("<Message>One</Message>");
    scenario.handle(MessengerInput::Failed { code: 1, message: "late".to_owned() });
    scenario.sent();
    scenario.sent();
    assert_eq!(scenario.transcript, "send \"One\"\nfinished\n");
}

const DOCUMENTS: [&str; 6] = [
    "<Response><Message>a</Message><Message action=\"/b\">b</Message></Response>",
    "<Response><Message>a</Message><Redirect/></Response>",
    "<Response><Redirect>x:y</Redirect></Response>",
    "<Response><Message><Media>/m</Media></Message><Say>a</Say></Response>",
    "<Response/>",
    "<Response",
];

fn inputs() -> impl Strategy<Value = MessengerInput> {
    prop_oneof![
        3 => (0..DOCUMENTS.len(), any::<bool>()).prop_map(|(index, inline)| {
            MessengerInput::Document {
                url: (!inline).then(|| "http://app.test/".to_owned()),
                content_type: None,
                body: DOCUMENTS[index].as_bytes().to_vec(),
            }
        }),
        4 => Just(MessengerInput::Sent { sid: SID, status: MessageStatus::Queued }),
        1 => Just(MessengerInput::NotSent { code: 14101 }),
        1 => Just(MessengerInput::Failed { code: 11200, message: String::new() }),
    ]
}

proptest! {
    /// One thing at a time is asked of the world, and never more than may be.
    #[test]
    fn any_order_of_inputs_leaves_the_messenger_legal(script in prop::collection::vec(inputs(), 0..80)) {
        let mut messenger = Messenger::new();
        let (mut sent, mut fetched) = (0, 0);
        for input in script {
            messenger.handle(Moment::EPOCH, input);
            let mut asked = 0;
            let mut over = false;
            loop {
                let output = messenger.poll();
                prop_assert!(!over || matches!(output, MessengerOutput::Idle(_)), "{output:?}");
                match output {
                    MessengerOutput::Idle(_) => break,
                    MessengerOutput::Send { .. } => (sent, asked) = (sent + 1, asked + 1),
                    MessengerOutput::Fetch { .. } => (fetched, asked) = (fetched + 1, asked + 1),
                    MessengerOutput::Warn { .. } => {}
                    MessengerOutput::Fail { .. } | MessengerOutput::Finished => over = true,
                }
            }
            prop_assert!(asked <= 1);
        }
        prop_assert!(sent <= 10 && fetched < DOCUMENT_LIMIT);
    }
}

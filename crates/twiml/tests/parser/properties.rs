//! What holds for every document: printed and read again it is the same, and no bytes bring the parser down.

use std::time::Duration;

use model::{Method, Secret};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use twiml::{
    ClientNoun, Dial, DialEndpoint, DialNoun, DialRecord, Document, Events, Gather, GatherPrompt,
    Hook, KeySet, MessagingDocument, MessagingVerb, NumberNoun, Placed, Play, PlaySource, Position,
    Record, RecordingEvents, Redirect, RejectReason, Say, SipNoun, SmsVerb, SpeechTimeout,
    TextMessage, Verb, messages_to_xml, parse, parse_bytes, parse_messages, parse_messages_bytes,
    to_xml,
};

const NOWHERE: Position = Position { line: 0, column: 0 };

fn placed<T: std::fmt::Debug>(item: impl Strategy<Value = T>) -> impl Strategy<Value = Placed<T>> {
    item.prop_map(|item| Placed { position: NOWHERE, item })
}

/// One line without white space at its ends, as attributes and texts are kept.
fn word() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9+&<>\"'#%ãé€😀/?=;.:@]{1,12}( [a-z&<\"']{1,6}){0,2}"
}

fn method() -> impl Strategy<Value = Method> {
    prop_oneof![Just(Method::Get), Just(Method::Post)]
}

/// A hook whose URL may be empty.
fn hook() -> impl Strategy<Value = Hook> {
    (prop_oneof![Just(String::new()), word()], method())
        .prop_map(|(url, method)| Hook { url, method })
}

fn callback() -> impl Strategy<Value = Option<Hook>> {
    of((word(), method()).prop_map(|(url, method)| Hook { url, method }))
}

fn seconds(range: std::ops::RangeInclusive<u64>) -> impl Strategy<Value = Duration> {
    range.prop_map(Duration::from_secs)
}

fn times() -> impl Strategy<Value = Option<u32>> {
    prop_oneof![Just(Some(1)), Just(None), (1_u32..=1000).prop_map(Some)]
}

/// A text, and the same as SSML, where it has some.
fn text() -> impl Strategy<Value = (String, Option<String>)> {
    prop_oneof![
        word().prop_map(|text| (text, None)),
        "[a-z ]{0,9}[a-z]".prop_map(|text| {
            let text =
                text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
            (format!("a {text} c d"), Some(format!("a<break time=\"1s\"/>{text} <p>c</p>d")))
        }),
    ]
}

fn say() -> impl Strategy<Value = Say> {
    (text(), of(word()), of("[a-z]{2}(-[A-Z]{2})?"), times()).prop_map(
        |((text, ssml), voice, language, times)| Say { text, ssml, voice, language, times },
    )
}

fn play() -> impl Strategy<Value = Play> {
    let source = prop_oneof![
        word().prop_map(PlaySource::Url),
        "[0-9*#wW]{1,9}".prop_map(PlaySource::Digits),
    ];
    (source, times()).prop_map(|(source, times)| Play { source, times })
}

fn prompt() -> impl Strategy<Value = GatherPrompt> {
    prop_oneof![
        say().prop_map(GatherPrompt::Say),
        play().prop_map(GatherPrompt::Play),
        seconds(0..=14_400).prop_map(GatherPrompt::Pause),
    ]
}

fn gather() -> impl Strategy<Value = Gather> {
    let input = prop_oneof![Just((true, false)), Just((false, true)), Just((true, true))];
    let key = of(prop::sample::select("0123456789*#".chars().collect::<Vec<_>>()));
    let prompts = vec(placed(prompt()), 0..4);
    let keys = (input, hook(), seconds(0..=600), key, of(1_u32..=1024), any::<bool>());
    let pause =
        prop_oneof![Just(SpeechTimeout::Auto), seconds(1..=60).prop_map(SpeechTimeout::After),];
    let language = prop_oneof![Just("en-US".to_owned()), "[a-z]{2}(-[A-Z]{2})?"];
    let speech = (
        pause,
        seconds(1..=60),
        vec(word(), 0..4),
        language,
        callback(),
        any::<(bool, bool)>(),
        of(word()),
    );
    (keys, speech, prompts).prop_map(|(keys, speech, prompts)| {
        let ((dtmf, speech_too), action, timeout, finish_on_key, num_digits, empty) = keys;
        let (speech_timeout, max_speech, hints, language, partial, flags, model) = speech;
        let (barge_in, profanity_filter) = flags;
        Gather {
            dtmf,
            speech: speech_too,
            action,
            timeout,
            finish_on_key,
            num_digits,
            action_on_empty_result: empty,
            speech_timeout,
            max_speech,
            hints,
            language,
            partial,
            barge_in,
            profanity_filter,
            model,
            prompts,
        }
    })
}

fn recording_events() -> impl Strategy<Value = RecordingEvents> {
    any::<(bool, bool, bool)>()
        .prop_map(|(in_progress, completed, absent)| RecordingEvents {
            in_progress,
            completed,
            absent,
        })
        .prop_filter("at least one is said", |events| {
            events.in_progress || events.completed || events.absent
        })
}

fn record() -> impl Strategy<Value = Record> {
    let keys = prop_oneof![Just("1234567890*#".to_owned()), Just(String::new()), "[0-9*#]"];
    let report = (callback(), recording_events(), any::<bool>(), of(word()));
    (hook(), seconds(0..=14_400), keys, seconds(1..=14_400), any::<(bool, bool)>(), report)
        .prop_map(|(action, timeout, keys, max_length, (play_beep, trim), report)| Record {
            action,
            timeout,
            finish_on_key: KeySet(keys),
            max_length,
            play_beep,
            trim,
            status_callback: report.0,
            status_events: report.1,
            transcribe: report.2,
            transcribe_callback: report.3,
        })
}

fn endpoint() -> impl Strategy<Value = DialEndpoint> {
    let parameters = vec((word(), "[ -~\t\n\r]{0,9}"), 0..3);
    let address = "sips?:[a-z]{1,5}@[a-z]{1,5}(;transport=tcp)?(\\?X-[A-Z]=[a-z]&X-B=c)?";
    prop_oneof![
        ("\\+?[0-9]{1,15}( ?[(/.-] ?[0-9]{1,4}\\)?)?", of("[0-9*#wW]{1,9}")).prop_map(
            |(number, send_digits)| { DialEndpoint::Number(NumberNoun { number, send_digits }) }
        ),
        (word(), parameters).prop_map(|(identity, parameters)| {
            DialEndpoint::Client(ClientNoun { identity, parameters })
        }),
        (address, of(word()), of(word())).prop_map(|(uri, username, password)| {
            DialEndpoint::Sip(SipNoun { uri, username, password: password.map(Secret::new) })
        }),
    ]
}

fn events() -> impl Strategy<Value = Events> {
    any::<(bool, bool, bool, bool)>()
        .prop_map(|(initiated, ringing, answered, completed)| Events {
            initiated,
            ringing,
            answered,
            completed,
        })
        .prop_filter("at least one is said", |events| {
            events.initiated || events.ringing || events.answered || events.completed
        })
}

fn noun() -> impl Strategy<Value = DialNoun> {
    (endpoint(), callback(), callback(), events()).prop_map(
        |(endpoint, url, status_callback, status_events)| DialNoun {
            endpoint,
            url,
            status_callback,
            status_events,
        },
    )
}

fn dial() -> impl Strategy<Value = Dial> {
    let record = prop_oneof![
        Just(DialRecord::No),
        Just(DialRecord::FromAnswer),
        Just(DialRecord::FromAnswerDual),
        Just(DialRecord::FromRinging),
        Just(DialRecord::FromRingingDual),
    ];
    let tone = of(prop::sample::select(vec!["us", "us-old", "br", "uk"]));
    let recording = (record, any::<bool>(), callback(), recording_events());
    let limits = (seconds(5..=600), seconds(1..=86_400));
    let inside = (vec(placed(noun()), 1..5), vec(placed(prompt()), 0..4));
    (inside, of(hook()), limits, of(word()), any::<[bool; 3]>(), recording, tone).prop_map(
        |((nouns, hold), action, limits, caller_id, flags, recording, tone)| Dial {
            nouns,
            action,
            timeout: limits.0,
            time_limit: limits.1,
            caller_id,
            hangup_on_star: flags[0],
            record: recording.0,
            trim: recording.1,
            recording_callback: recording.2,
            recording_events: recording.3,
            answer_on_bridge: flags[1],
            sequential: flags[2],
            ring_tone: tone.map(str::to_owned),
            hold,
        },
    )
}

fn any_verb() -> impl Strategy<Value = Verb> {
    prop_oneof![
        say().prop_map(Verb::Say),
        play().prop_map(Verb::Play),
        seconds(0..=14_400).prop_map(Verb::Pause),
        gather().prop_map(Verb::Gather),
        record().prop_map(Verb::Record),
        dial().prop_map(Verb::Dial),
        hook().prop_map(|hook| Verb::Redirect(Redirect { hook })),
        prop_oneof![Just(RejectReason::Rejected), Just(RejectReason::Busy)].prop_map(Verb::Reject),
        Just(Verb::Hangup),
        Just(Verb::Leave),
        sms().prop_map(Verb::Sms),
    ]
}

/// Who is told, with POST only.
fn told() -> impl Strategy<Value = Option<Hook>> {
    of("(/|https?://)[a-z]{1,5}(\\?a=b&c='\")?")
        .prop_map(|url| url.map(|url| Hook { url, method: Method::Post }))
}

fn to() -> impl Strategy<Value = Option<String>> {
    of(prop_oneof![
        "\\+[1-9][0-9]{6,14}",
        "[0-9]{3,8}",
        "\\([0-9]{3}\\) 555-[0-9]{4}",
        "client:[a-z]{1,8}"
    ])
}

fn from() -> impl Strategy<Value = Option<String>> {
    of(prop_oneof!["\\+[1-9][0-9]{6,14}", "[A-Z][a-z&]{0,10}", "MG[0-9a-f]{32}"])
}

/// Text of more than one line, without white space at its ends.
fn body() -> impl Strategy<Value = String> {
    (word(), vec(prop_oneof![Just("\n"), Just(" \r\n\t"), Just(" ")], 0..3), word())
        .prop_map(|(one, between, other)| format!("{one}{}{other}", between.concat()))
}

fn sms() -> impl Strategy<Value = SmsVerb> {
    (body(), to(), from(), callback(), told()).prop_map(
        |(body, to, from, action, status_callback)| SmsVerb {
            body,
            to,
            from,
            action,
            status_callback,
        },
    )
}

fn message() -> impl Strategy<Value = MessagingVerb> {
    let content =
        prop_oneof![(body(), vec(word(), 0..4)), (Just(String::new()), vec(word(), 1..=10)),];
    let message = (content, to(), from(), callback(), told()).prop_map(
        |((body, media), to, from, action, status_callback)| {
            let message = TextMessage { body, media, to, from, action, status_callback };
            MessagingVerb::Message(message)
        },
    );
    prop_oneof![
        4 => message,
        1 => hook().prop_map(|hook| MessagingVerb::Redirect(Redirect { hook })),
    ]
}

/// The verbs of an answer to a text message without their places.
fn messages_of(document: MessagingDocument) -> Vec<MessagingVerb> {
    document.verbs.into_iter().map(|placed| placed.item).collect()
}

/// The verbs of a document without their places.
fn without_places(document: Document) -> Vec<Verb> {
    document
        .verbs
        .into_iter()
        .map(|placed| {
            let mut verb = placed.item;
            match &mut verb {
                Verb::Gather(gather) => {
                    gather.prompts.iter_mut().for_each(|prompt| prompt.position = NOWHERE);
                }
                Verb::Dial(dial) => {
                    dial.nouns.iter_mut().for_each(|noun| noun.position = NOWHERE);
                    dial.hold.iter_mut().for_each(|prompt| prompt.position = NOWHERE);
                }
                Verb::Say(_)
                | Verb::Play(_)
                | Verb::Pause(_)
                | Verb::Record(_)
                | Verb::Redirect(_)
                | Verb::Reject(_)
                | Verb::Hangup
                | Verb::Leave
                | Verb::Sms(_) => {}
            }
            verb
        })
        .collect()
}

/// Pieces that documents are made of, whole and broken.
const PIECES: &[&str] = &[
    "<Response>",
    "</Response>",
    "<Say>",
    "</Say>",
    "<Say voice='",
    "<Say ",
    "/>",
    ">",
    "<",
    "'",
    "\"",
    "&",
    "&amp;",
    "&#65;",
    "&#x",
    ";",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<!DOCTYPE ",
    "[",
    "]",
    "<?xml version='1.0'?>",
    "<?",
    "?>",
    "<Dial>",
    "</Dial>",
    "<Number>",
    "</Number>",
    "<Gather numDigits='1' ",
    "<Gather>",
    "</Gather>",
    "<Play digits='12w'/>",
    "loop='3' ",
    "a=\"b\" ",
    "xmlns:x='y'",
    "x:",
    " ",
    "\r\n",
    "\t",
    "text",
    "é😀",
    "\u{0}",
    "\u{feff}",
    "\u{ffff}",
    "<p>",
    "</p>",
    "<break/>",
    "<sub alias='x'>",
    "</sub>",
    "<Message>",
    "<Message to='123' ",
    "</Message>",
    "<Body>",
    "</Body>",
    "<Media>",
    "</Media>",
    "<Sms>",
    "</Sms>",
    "</",
    "<!",
    "=",
    "-",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_document_that_is_printed_and_read_is_the_same(verbs in vec(any_verb(), 0..6)) {
        let document = Document {
            verbs: verbs.iter().cloned().map(|item| Placed { position: NOWHERE, item }).collect(),
            warnings: Vec::new(),
        };
        let xml = to_xml(&document);
        let read = parse(&xml).expect("what is printed is TwiML");
        prop_assert!(read.warnings.iter().all(|warning| warning.quiet), "{:?}\n{}", read.warnings, xml);
        prop_assert_eq!(without_places(read), verbs, "{}", xml);
    }

    #[test]
    fn what_was_read_is_printed_and_read_the_same(pieces in vec(prop::sample::select(PIECES), 0..40)) {
        let text = format!("<Response>{}</Response>", pieces.concat());
        if let Ok(document) = parse(&text) {
            let again = parse(&to_xml(&document)).expect("what is printed is TwiML");
            prop_assert_eq!(without_places(again), without_places(document), "{}", text);
        }
    }

    #[test]
    fn an_answer_that_is_printed_and_read_is_the_same(verbs in vec(message(), 0..8)) {
        let document = MessagingDocument {
            verbs: verbs.iter().cloned().map(|item| Placed { position: NOWHERE, item }).collect(),
            warnings: Vec::new(),
        };
        let xml = messages_to_xml(&document);
        let read = parse_messages(&xml).expect("what is printed is TwiML");
        prop_assert!(read.warnings.iter().all(|warning| warning.quiet), "{:?}\n{}", read.warnings, xml);
        prop_assert_eq!(messages_of(read), verbs, "{}", xml);
    }

    #[test]
    fn an_answer_that_was_read_is_printed_and_read_the_same(
        pieces in vec(prop::sample::select(PIECES), 0..40),
    ) {
        let text = format!("<Response>{}</Response>", pieces.concat());
        if let Ok(document) = parse_messages(&text) {
            let again = parse_messages(&messages_to_xml(&document)).expect("what is printed is TwiML");
            prop_assert_eq!(messages_of(again), messages_of(document), "{}", text);
        }
    }

    #[test]
    fn any_bytes_are_a_document_or_an_error_inside_of_them(body in vec(any::<u8>(), 0..400)) {
        let calls = parse_bytes(&body);
        let texts = parse_messages_bytes(&body);
        prop_assert_eq!(calls.as_ref().err(), texts.as_ref().err());
        if let Err(error) = calls {
            prop_assert!(error.position.line as usize <= body.len() + 1);
            prop_assert!(error.position.column as usize <= body.len() + 1);
        }
    }

    #[test]
    fn any_pieces_are_a_document_or_an_error_at_one_of_their_lines(
        pieces in vec(prop::sample::select(PIECES), 0..60),
    ) {
        let text = pieces.concat();
        let lines = text.split('\n').count();
        match parse(&text) {
            Ok(document) => {
                for warning in document.warnings {
                    prop_assert!(warning.position.line as usize <= lines, "{} in {:?}", warning, text);
                }
            }
            Err(error) => prop_assert!(error.position.line as usize <= lines, "{} in {:?}", error, text),
        }
    }
}

#[test]
fn great_depth_and_many_attributes_end_soon() {
    let size = 64 * 1024;
    let deep = format!("<Response>{}", "<a>".repeat(size / 3));
    assert!(parse(&deep).is_err());
    let nested =
        format!("<Response>{}{}</Response>", "<a>".repeat(size / 7), "</a>".repeat(size / 7));
    assert!(parse(&nested).is_err());
    let attributes =
        (0..size / 8).map(|number| format!(" a{number}='x'")).collect::<Vec<_>>().concat();
    assert!(parse(&format!("<Response{attributes}/>")).is_err());
    let quotes = format!("<Response {}", "a='".repeat(size / 3));
    assert!(parse(&quotes).is_err());
    let ampersands = format!("<Response><Say>{}</Say></Response>", "&amp;".repeat(size / 5));
    assert!(parse(&ampersands).is_ok());
    let words = format!("<Response><Gather input='{}'/></Response>", "x ".repeat(size / 2));
    assert!(parse(&words).is_ok());
}

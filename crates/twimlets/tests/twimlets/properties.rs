//! Whatever is asked, there is an answer, and every document is TwiML without a mistake.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use twimlets::{Answer, Ask, Rules, answer, catalogue, shortcut, url};

const KEYS: [&str; 40] = [
    "PhoneNumber",
    "PhoneNumbers[0]",
    "PhoneNumbers[]",
    "PhoneNumbers",
    "FailUrl",
    "Timeout",
    "CallerId",
    "AllowedCallers[]",
    "Message",
    "Message[1]",
    "Email",
    "Transcribe",
    "Language",
    "Voice",
    "Options[1]",
    "Options[#]",
    "Options[]",
    "Options[12]",
    "Bucket",
    "Twiml",
    "HumanCheck",
    "Dial",
    "Step",
    "Digits",
    "From",
    "To",
    "Caller",
    "Called",
    "DialCallStatus",
    "DialStatus",
    "DialBridged",
    "RecordingUrl",
    "RecordingSid",
    "RecordingStatus",
    "RecordingDuration",
    "TranscriptionText",
    "Name",
    "Password",
    "Moderators[]",
    "Music",
];

const VALUES: [&str; 26] = [
    "+5511987654321",
    " 14155550123",
    "client:ada",
    "sip:a@pbx.example",
    "sip:a;b@[::1]:5060?X=<",
    "true",
    "mail",
    "recorded",
    "chosen",
    "1",
    "#",
    "",
    "0",
    "-1",
    "600000",
    "completed",
    "no-answer",
    "pt-BR",
    "ada@x.test",
    "https://a.example/x?a=b&c=\"<>",
    "voicemail?Email=ada@x.test",
    "//x",
    "alo://prompts/x",
    "ambient",
    "/2010-04-01/Accounts/AC1/Recordings/RE1",
    "http://",
];

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => select(&VALUES[..]).prop_map(str::to_owned),
        2 => any::<String>(),
        1 => "[<>&\"'\\]\\[#%+ \\x00-\\x20a-z\u{80}-\u{ffff}]{0,40}",
        1 => "http://[ -~]{0,20}",
        1 => "client:\\PC{1,10}",
        1 => "sip:\\PC{1,6}@\\PC{1,10}",
    ]
}

fn pairs() -> impl Strategy<Value = Vec<(String, String)>> {
    let key = prop_oneof![9 => select(&KEYS[..]).prop_map(str::to_owned), 1 => any::<String>()];
    vec((key, value()), 0..12)
}

fn name() -> impl Strategy<Value = String> {
    let known = select(catalogue()).prop_map(|twimlet| twimlet.name.to_owned());
    prop_oneof![19 => known, 1 => any::<String>()]
}

fn rules() -> impl Strategy<Value = Rules> {
    let words = |known: &'static [&'static str]| {
        vec(prop_oneof![select(known).prop_map(str::to_owned), any::<String>()], 0..4)
    };
    let numbers = words(&["+", "+55", "client:", "sip:", "sip:pbx.example", ""]);
    (numbers, words(&["@", "@x.test", "ada@x.test", ""]), any::<bool>())
        .prop_map(|(numbers, addresses, transcribes)| Rules { numbers, addresses, transcribes })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn whatever_is_asked_is_answered_with_a_document_without_a_mistake(
        name in name(), query in pairs(), params in pairs(), rules in rules(), chance: u64,
    ) {
        let (base, recordings) = ("alo://twimlets", "https://alo.example");
        let ask =
            Ask { name: &name, query: &query, params: &params, base, recordings, rules: &rules, chance };
        let reply = answer(&ask);
        prop_assert!(reply == answer(&ask), "the same again");
        match reply.answer {
            Answer::Twiml(document) => {
                let xml = twiml::to_xml(&document);
                let read = twiml::parse(&xml);
                let read = read.map_err(|error| TestCaseError::fail(format!("{error}: {xml}")))?;
                prop_assert!(read.warnings.is_empty(), "{:?}: {xml}", read.warnings);
                prop_assert_eq!(read.verbs.len(), document.verbs.len());
            }
            Answer::Redirect(to) => {
                let printable = to.bytes().all(|byte| (0x21..0x7f).contains(&byte));
                prop_assert!(printable, "a header can hold it: {to}");
            }
            Answer::Refused(refusal) => {
                prop_assert!(matches!(refusal.status, 400 | 403 | 404 | 413));
                prop_assert!(!refusal.message.chars().any(char::is_control));
            }
            Answer::Xml(_) => {}
        }
        prop_assert!(reply.effects.len() <= 1);
    }

    #[test]
    fn a_url_that_is_written_is_answered(name in name(), query in pairs()) {
        if let Ok(written) = url("https://alo.example/twimlets", &name, &query) {
            let parsed = url::Url::parse(&written).expect("it is one");
            let query: Vec<(String, String)> = parsed.query_pairs().into_owned().collect();
            let rules = Rules {
                numbers: vec!["+".to_owned(), "client:".to_owned(), "sip:".to_owned()],
                addresses: vec!["@".to_owned()],
                transcribes: false,
            };
            let base = "https://alo.example/twimlets";
            let ask = Ask { name: &name, query: &query, params: &[], base, recordings: "", rules: &rules, chance: 1 };
            prop_assert!(!matches!(answer(&ask).answer, Answer::Refused(_)), "{written}");
        }
    }

    #[test]
    fn any_short_cut_is_read_or_refused(text: String, value in value(), name in name()) {
        let _ = shortcut(&text);
        let _ = shortcut(&format!("{name}:{value}"));
    }
}

//! What is said and written, as it comes out.

use std::collections::{BTreeMap, HashSet};

use model::oncall::{Language, LineCall, LineOutcome, PROMPTS, Prompt, Rota, TextKind, Zone};
use model::{Moment, Party, Sid, SidKind};
use proptest::prelude::*;

use super::*;
use crate::Handoff;

/// The GSM 7 bit default alphabet (3GPP TS 23.038 §6.2.1), without its extension.
const GSM: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                   ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

fn line() -> Line {
    let team = model::oncall::Team { key: None, display: String::new(), levels: Vec::new() };
    Line {
        name: "support".parse().expect("a name"),
        display: "Example Support".to_owned(),
        language: Language::English,
        callers_language: true,
        mode: model::oncall::Mode::ConnectFirst,
        teams: vec![team],
        ring_seconds: 20,
        shown: model::oncall::Shown::Line,
        allow: Vec::new(),
        block: Vec::new(),
        hours: None,
        everyone_last: false,
        voicemail: None,
        music: model::oncall::Music::Ringing,
        prompts: BTreeMap::new(),
        target: None,
        text_from: None,
    }
}

fn call(from: &str) -> LineCall {
    LineCall {
        call: Sid::new(SidKind::Call, 1),
        line: "support".parse().expect("a name"),
        team: String::new(),
        from: from.parse().unwrap_or_else(|_| Party::Other(from.to_owned())),
        to: "+551130000100".parse().expect("a number"),
        began_at: Moment::EPOCH,
        ended_at: None,
        outcome: LineOutcome::Missed,
        attempts: Vec::new(),
        voicemail: None,
        voicemail_seconds: Some(12),
        transcript: None,
        ticket: Some(12),
        acknowledged: None,
    }
}

fn placeholders(text: &str) -> HashSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

#[test]
fn every_prompt_has_its_phrase_and_no_other() {
    let named: Vec<&str> =
        Phrase::REPLACEABLE.iter().filter_map(|phrase| phrase.prompt()).collect();
    assert_eq!(named, PROMPTS);
    for phrase in Phrase::REPLACEABLE {
        let name = phrase.prompt().expect("it is replaceable");
        let letters = name.replace('_', "");
        assert_eq!(format!("{phrase:?}").to_lowercase(), letters);
        let own = Prompt::Text("own {line}".to_owned());
        let mut line = line();
        line.prompts.insert(name.to_owned(), BTreeMap::from([("*".to_owned(), own)]));
        let filling = Filling { line: Some("X".to_owned()), ..Filling::default() };
        assert!(is_own(&line, phrase, Language::Portuguese));
        assert_eq!(write(Some(&line), phrase, Language::Portuguese, &filling), "own X");
        let said = Step::Say { text: "own X".to_owned(), language: Language::English };
        assert_eq!(say(&line, phrase, Language::English, &filling), said);
    }
    assert_eq!(Phrase::Goodbye.prompt(), None);
}

#[test]
fn both_languages_say_the_same_things() {
    for phrase in Phrase::REPLACEABLE {
        let [english, portuguese] = Language::ALL.map(|language| phrase.text(language));
        assert_eq!(placeholders(english), placeholders(portuguese), "{phrase:?}");
        assert_ne!(english, portuguese, "{phrase:?}");
    }
}

#[test]
fn the_lines_language_counts_more_than_any_language() {
    let mut line = line();
    let text = |text: &str| Prompt::Text(text.to_owned());
    let own = [("*".to_owned(), text("any")), ("pt-BR".to_owned(), text("ours"))];
    line.prompts.insert("gap".to_owned(), BTreeMap::from(own));
    let filling = Filling::default();
    assert_eq!(write(Some(&line), Phrase::Gap, Language::Portuguese, &filling), "ours");
    assert_eq!(write(Some(&line), Phrase::Gap, Language::English, &filling), "any");
}

#[test]
fn english_texts_are_one_cheap_segment() {
    let line = line();
    for (kind, link) in [
        (TextKind::Missed, None),
        (TextKind::Voicemail, None),
        (TextKind::Voicemail, Some("https://alo.example/r/RE0123456789abcdef")),
    ] {
        let text = about_call(kind, Language::English, &line, &call("+5511987654321"), link);
        assert!(text.chars().all(|c| GSM.contains(c)) && text.len() <= 160, "{text}");
    }
    let filling = Filling {
        line: Some("Example Support".to_owned()),
        person: Some("Benedict Cumberland".to_owned()),
        from: Some("Mon 30 Nov 09:00".to_owned()),
        until: Some("Mon 30 Nov 09:00".to_owned()),
        caller: Some("+5511987654321".to_owned()),
        ..Filling::default()
    };
    for phrase in [
        Phrase::TextOnDuty,
        Phrase::TextSoonOnDuty,
        Phrase::TextOffDuty,
        Phrase::TextChanged,
        Phrase::TextChangedGap,
        Phrase::Stranger,
        Phrase::NotNow,
    ] {
        let text = write(Some(&line), phrase, Language::English, &filling);
        assert!(text.chars().all(|c| GSM.contains(c)) && text.len() <= 160, "{text}");
        assert!(!text.contains('{'), "{text}");
    }
}

#[test]
fn missed_calls_and_messages_are_told_with_their_number() {
    let (line, english) = (line(), Language::English);
    let told = |kind, from: &str, link| about_call(kind, english, &line, &call(from), link);
    assert_eq!(
        told(TextKind::Missed, "+14155550123", None),
        "Missed call for Example Support from +14155550123. Reply ACK 12 if you see to it."
    );
    assert_eq!(
        told(TextKind::Voicemail, "anonymous", Some("https://a.example/1")),
        "Message for Example Support from an unknown number (12 s): https://a.example/1 Reply ACK 12 if you see to it."
    );
    let said =
        LineCall { transcript: Some("the till is on fire".to_owned()), ..call("+14155550123") };
    assert_eq!(
        about_call(TextKind::Transcript, english, &line, &said, None),
        "+14155550123 said to Example Support (message 12): the till is on fire"
    );
    let mut call = call("+14155550123");
    call.team = "billing".to_owned();
    assert_eq!(
        about_call(TextKind::Missed, Language::Portuguese, &line, &call, None),
        "Chamada perdida de +14155550123 para Example Support, billing. Responda ACK 12 se for cuidar disso."
    );
    assert_eq!(
        call_subject(TextKind::Voicemail, english, &line, &call),
        "Message from +14155550123: Example Support, billing"
    );
}

#[test]
fn handoffs_are_told_with_their_end_in_the_readers_zone() {
    let rota = Rota {
        name: "support".parse().expect("a name"),
        display: "Website".to_owned(),
        zone: Zone::utc(),
        layers: Vec::new(),
        tell_before_minutes: None,
        tell_off: false,
        text_from: None,
    };
    let name = |text: &str| Some(text.parse().expect("a name"));
    let change = Handoff {
        at: "2026-11-30T12:00:00Z".parse().expect("a moment"),
        off: name("ada"),
        on: name("ben"),
        until: "2026-12-07T12:00:00Z".parse().expect("a moment"),
    };
    let zone: Zone = "America/Sao_Paulo".parse().expect("a zone");
    let told = |kind, language, line: Option<&Line>| {
        handoff(kind, language, line, &rota, &change, &zone, Some("Ada Costa"))
    };
    let (line, english) = (line(), Language::English);
    for (kind, text) in [
        (
            TextKind::OnDuty,
            "Congratulations, you are the new developer on duty for Website until Mon 7 Dec 09:00. \
             You take over from Ada Costa.",
        ),
        (
            TextKind::SoonOnDuty,
            "You are on duty for Website from Mon 30 Nov 09:00 until Mon 7 Dec 09:00.",
        ),
        (TextKind::OffDuty, "You are off duty for Website now: ben takes over. Thank you!"),
        (
            TextKind::Changed,
            "Ada Costa is on duty for Website instead of you until Mon 7 Dec 09:00.",
        ),
    ] {
        assert_eq!(told(kind, english, None), text);
        assert!(told(kind, Language::Portuguese, Some(&line)).contains("Example Support"));
    }
}

#[test]
fn strangers_hear_what_the_number_is_for() {
    let number = "+551130000100".parse().expect("a number");
    assert_eq!(
        stranger(&line(), Some(&number)),
        "This number is for people on duty for Example Support, and yours is not known here. Please call \
         +551130000100 instead."
    );
    assert!(stranger(&line(), None).ends_with("is not known here."));
}

#[test]
fn numbers_are_said_digit_by_digit_in_their_groups() {
    let said = |text: &str, language| {
        let party = text.parse().unwrap_or_else(|_| Party::Other(text.to_owned()));
        spoken(&party, language)
    };
    let english = Language::English;
    assert_eq!(said("+551130000100", english), "plus 5 5, 1 1, 3 0 0 0, 0 1 0 0");
    assert_eq!(said("+442079460018", english), "plus 4 4, 2 0, 7 9 4 6, 0 0 1 8");
    assert_eq!(said("+14155550123", Language::Portuguese), "mais 1, 4 1 5, 5 5 5, 0 1 2 3");
    assert_eq!(said("+9991234567", english), "plus 9 9 9, 1 2 3, 4 5 6, 7");
    assert_eq!(said("911", english), "9 1 1");
    assert_eq!(said("anonymous", english), "an unknown number");
    assert_eq!(said("anonymous", Language::Portuguese), "um número desconhecido");
    assert_eq!(said("client:ada", english), "ada");
    assert_eq!(said("sip:101@office.example", english), "1 0 1");
}

#[test]
fn times_are_those_of_the_readers_zone() {
    let zone: Zone = "America/Sao_Paulo".parse().expect("a zone");
    let at: Moment = "2026-11-28T12:00:00Z".parse().expect("a moment");
    assert_eq!(when(at, &zone, Language::English), "Sat 28 Nov 09:00");
    assert_eq!(when(at, &zone, Language::Portuguese), "sáb 28/11 09:00");
    let hours = |minutes: u64| length(std::time::Duration::from_secs(minutes * 60));
    assert_eq!([hours(0), hours(90), hours(3000)], ["0 min", "1 h 30 min", "2 d 2 h"]);
}

proptest! {
    #[test]
    fn any_template_is_filled(template: String, line in prop::option::of(".*")) {
        let filling = Filling { line: line.clone(), ..Filling::default() };
        let filled = fill(&template, &filling);
        if !template.contains("{line}") {
            prop_assert_eq!(filled, template);
        }
    }

    #[test]
    fn what_is_filled_in_is_not_looked_at_again(value in "[{}a-z]{0,12}") {
        let filling = Filling { line: Some(value.clone()), ..Filling::default() };
        prop_assert_eq!(fill("{line}{x}{", &filling), format!("{value}{{x}}{{"));
    }

    #[test]
    fn any_number_can_be_said(digits in "[1-9][0-9]{6,14}") {
        let party: Party = format!("+{digits}").parse().expect("7 to 15 digits");
        let said: String = spoken(&party, Language::English).chars().filter(char::is_ascii_digit).collect();
        prop_assert_eq!(said, digits);
    }
}

//! What is said and written, word by word; and any title, any detail.

use std::time::Duration;

use model::Moment;
use model::oncall::Language;
use model::watch::{Author, Incident, IncidentKind, LogEntry, LogEvent, Policy, Way};
use proptest::prelude::*;

use super::{After, Key, LONGEST_TEXT, after_key, mail, posted, spoken, subject, text};
use crate::escalation::{Recipient, Telling, What};

const ENGLISH: Language = Language::English;
const PORTUGUESE: Language = Language::Portuguese;

fn opened_at() -> Moment {
    "2026-11-23T09:00:00Z".parse().expect("a moment")
}

/// Something that is down, as it is told five minutes after it began.
fn incident(id: i64, title: &str, detail: &str) -> Incident {
    Incident {
        id,
        key: format!("check/{id}/down"),
        kind: IncidentKind::Down,
        check: Some("shop".parse().expect("a name")),
        title: title.to_owned(),
        detail: detail.to_owned(),
        source: "watch".to_owned(),
        link: None,
        opened_at: opened_at(),
        repeats: 0,
        policy: Policy {
            name: "default".parse().expect("a name"),
            steps: Vec::new(),
            repeats: 0,
            repeat_after_seconds: 900,
            remind_seconds: 0,
            from_file: false,
        },
        steps_done: 0,
        next_at: None,
        acknowledged: None,
        resolved_at: None,
        closed: None,
        quiet: Vec::new(),
        log: vec![LogEntry {
            at: opened_at() + Duration::from_secs(310),
            event: LogEvent::Changed { detail: detail.to_owned() },
        }],
    }
}

fn shop() -> Incident {
    incident(12, "The shop", "status 502")
}

#[test]
fn a_call_says_what_and_why_and_since_when_and_which_keys() {
    assert_eq!(
        spoken(&[&shop()], ENGLISH),
        "The shop is down: status 502. It began 5 minutes ago. Press 4 to acknowledge, 5 to escalate, 6 to close, 1 to \
         stop being called, star to repeat."
    );
    assert_eq!(
        spoken(&[&incident(12, "A loja", "status 502")], PORTUGUESE),
        "A loja está fora do ar: status 502. Começou há 5 minutos. Tecle 4 para assumir, 5 para escalar, 6 para \
         encerrar, 1 para não receber mais ligações, asterisco para repetir."
    );
    let fresh = Incident { log: Vec::new(), ..shop() };
    assert!(spoken(&[&fresh], ENGLISH).contains("502. It began just now. Press 4"));
}

#[test]
fn a_call_about_many_says_how_many() {
    let all: Vec<Incident> = (0..412)
        .map(|id| incident(id, if id == 0 { "the shop" } else { "the API" }, "status 502"))
        .collect();
    let all: Vec<&Incident> = all.iter().collect();
    assert!(spoken(&all, ENGLISH).starts_with(
        "412 alerts: the shop, the API and 410 others. The first began 5 minutes ago. Press 4"
    ));
    assert!(spoken(&all, PORTUGUESE).starts_with(
        "412 alertas: the shop, the API e outros 410. O primeiro começou há 5 minutos. Tecle 4"
    ));
    assert!(spoken(&all[..2], ENGLISH).starts_with(
        "2 alerts. the shop is down: status 502. the API is down: status 502. The first began"
    ));
    assert_eq!(spoken(&[], ENGLISH), "This is over already. Goodbye.");
}

#[test]
fn each_kind_has_its_own_words() {
    let said = |kind| {
        let incident = Incident { kind, ..shop() };
        let right = Incident {
            resolved_at: Some(opened_at() + Duration::from_secs(3700)),
            ..incident.clone()
        };
        format!(
            "{} / {}",
            text(&[(&incident, What::Down)], ENGLISH, None),
            text(&[(&right, What::Recovered)], ENGLISH, None)
        )
    };
    let reply = "Reply ACK 12, CLOSE 12 or ESCALATE 12.";
    let lasted = "It lasted 1 hour 1 minute.";
    for (kind, wrong, right) in [
        (IncidentKind::Down, "The shop is down: status 502.", "The shop is up again."),
        (
            IncidentKind::Certificate,
            "The certificate of The shop is about to end: status 502.",
            "The certificate of The shop is good again.",
        ),
        (
            IncidentKind::Flapping,
            "The shop goes up and down: status 502.",
            "The shop is stable again.",
        ),
        (
            IncidentKind::Blind,
            "The shop: the watch has no network of its own and sees nothing: status 502.",
            "The shop: the watch sees again.",
        ),
        (IncidentKind::Alert, "The shop: status 502.", "The shop is over."),
    ] {
        assert_eq!(said(kind), format!("{wrong} {reply} / {right} {lasted}"));
    }
}

#[test]
fn a_text_names_the_number_and_how_to_answer() {
    assert_eq!(
        text(&[(&shop(), What::Down)], ENGLISH, Some("https://alo.test/ack/t")),
        "The shop is down: status 502. Reply ACK 12, CLOSE 12 or ESCALATE 12. https://alo.test/ack/t"
    );
    assert_eq!(
        text(&[(&incident(12, "A loja", "sem resposta"), What::Down)], PORTUGUESE, None),
        "A loja está fora do ar: sem resposta. Responda ACK 12, FECHAR 12 ou ESCALAR 12."
    );
    let author = Author { by: "ada".parse().ok(), way: Way::Text, at: opened_at() };
    let seen_to = Incident { acknowledged: Some(author), ..shop() };
    assert_eq!(
        text(&[(&seen_to, What::Reminder)], ENGLISH, None),
        "Reminder: The shop is down: status 502. Reply CLOSE 12 or ESCALATE 12."
    );
    assert_eq!(
        text(&[(&seen_to, What::Acknowledged)], ENGLISH, Some("https://alo.test/ack/t")),
        "ada sees to it: The shop is down: status 502."
    );
}

#[test]
fn a_text_about_many_names_the_first_and_says_how_many() {
    let all: Vec<Incident> =
        (12..1012).map(|id| incident(id, &format!("Host {id}"), "no answer")).collect();
    let all: Vec<(&Incident, What)> = all.iter().map(|it| (it, What::Down)).collect();
    assert_eq!(
        text(&all, ENGLISH, Some("https://alo.test/ack/t")),
        "1000 alerts:\n12 Host 12 is down: no answer.\n13 Host 13 is down: no answer.\n14 Host 14 is down: no answer.\n15 \
         Host 15 is down: no answer.\n16 Host 16 is down: no answer.\nand 995 others.\nReply ACK, CLOSE or ESCALATE and \
         the number, as ACK 12.\nhttps://alo.test/ack/t"
    );
}

#[test]
fn every_answer_that_a_text_names_is_a_command() {
    for language in Language::ALL {
        let said = text(&[(&shop(), What::Down)], language, None);
        let (_, answers) = said.split_once("502. ").expect("how to answer");
        let words = answers.split_once(' ').expect("a verb before it").1;
        let words = words.trim_end_matches('.').replace(" ou ", ", ").replace(" or ", ", ");
        let commands = words.split(", ").filter_map(crate::commands::read).count();
        assert_eq!(commands, 3, "{said}");
    }
}

#[test]
fn an_english_text_keeps_to_the_alphabet_of_cheap_ones() {
    let long = incident(12, &"The shop ".repeat(30), &"no answer ".repeat(100));
    let said = text(&[(&long, What::Down)], ENGLISH, Some("https://alo.test/ack/t"));
    assert!(said.is_ascii(), "{said}");
    assert!(said.chars().count() < 459, "more than three segments: {said}");
}

#[test]
fn mail_has_room_for_everything() {
    let linked = Incident { link: Some("https://grafana.test/d/1".to_owned()), ..shop() };
    assert_eq!(subject(&[(&linked, What::Down)], ENGLISH), "The shop is down");
    assert_eq!(
        mail(&[(&linked, What::Down)], ENGLISH, Some("https://alo.test/ack/t")),
        "The shop is down: status 502.\nSince: 2026-11-23T09:00:00Z (5 minutes)\nSource: watch\nNumber: 12\nMore: \
         https://grafana.test/d/1\n\nTo acknowledge, open https://alo.test/ack/t\n"
    );
    let both = [(&linked, What::Down), (&linked, What::Recovered)];
    assert_eq!(subject(&both, PORTUGUESE), "2 alertas");
    assert!(
        mail(&both, PORTUGUESE, None).ends_with("mande ACK 12 por SMS ou execute: alo ack 12\n")
    );
}

#[test]
fn a_webhook_has_a_field_for_each_thing() {
    let telling = Telling {
        key: "12/1/@0/webhook".to_owned(),
        to: Recipient::Url("https://hook.test".to_owned()),
        channel: model::watch::Channel::Webhook,
        what: What::Down,
    };
    let posted = posted(&shop(), &telling, ENGLISH);
    assert_eq!((posted.event, posted.incident), ("down", 12));
    assert_eq!(posted.key, "12/1/@0/webhook");
    assert_eq!(posted.text, "The shop is down: status 502.");
}

#[test]
fn keys_are_those_that_the_call_names() {
    assert_eq!("456*1".chars().filter_map(Key::read).count(), 5);
    assert_eq!(Key::read('4'), Some(Key::Acknowledge));
    assert_eq!(Key::read('9'), None);
    assert_eq!(after_key(After::Acknowledged, ENGLISH), "Acknowledged. Thank you. Goodbye.");
    assert_eq!(
        after_key(After::SeenTo(Some("Ben")), PORTUGUESE),
        "Ben já está cuidando disto. Até logo."
    );
    assert!(after_key(After::Wrong, ENGLISH).ends_with("star to repeat."));
}

fn any_incident() -> impl Strategy<Value = Incident> {
    let kind = prop::sample::select(vec![
        IncidentKind::Down,
        IncidentKind::Certificate,
        IncidentKind::Flapping,
        IncidentKind::Blind,
        IncidentKind::Alert,
    ]);
    let words = || prop_oneof![any::<String>(), "\\PC{0,3000}", "[ã ]{0,2000}", "[…. ]{0,900}"];
    (any::<i64>(), words(), words(), kind, any::<bool>(), any::<u32>()).prop_map(
        |(id, title, detail, kind, is_ours, lasted)| Incident {
            kind,
            check: is_ours.then(|| "shop".parse().expect("a name")),
            source: title.clone(),
            resolved_at: Some(opened_at() + Duration::from_secs(u64::from(lasted))),
            ..incident(id, &title, &detail)
        },
    )
}

fn any_what() -> impl Strategy<Value = What> {
    let all = vec![What::Down, What::Recovered, What::Reminder, What::Acknowledged];
    prop::sample::select(all)
}

proptest! {
    #[test]
    fn any_title_and_detail_fit_a_text(
        all in prop::collection::vec((any_incident(), any_what()), 0..8),
        link in prop::option::of("https://\\PC{0,500}"),
        language in prop::sample::select(Language::ALL.to_vec()),
    ) {
        let told: Vec<(&Incident, What)> = all.iter().map(|(it, what)| (it, *what)).collect();
        let said = text(&told, language, link.as_deref());
        prop_assert!(said.chars().count() <= LONGEST_TEXT, "{}", said);
        if let Some((first, _)) = told.iter().find(|(_, what)| *what == What::Down) {
            prop_assert!(said.contains(&format!("ACK {}", first.id)) || told.len() > 1, "{}", said);
        }
        let subject = subject(&told, language);
        prop_assert!(subject.chars().count() < 200 && !subject.contains(char::is_control));
        let _ = mail(&told, language, link.as_deref());
    }

    #[test]
    fn any_title_and_detail_can_be_said_shortly(
        all in prop::collection::vec(any_incident(), 0..8),
        language in prop::sample::select(Language::ALL.to_vec()),
    ) {
        let told: Vec<&Incident> = all.iter().collect();
        let said = spoken(&told, language);
        prop_assert!(said.chars().count() < 900, "{}", said);
        prop_assert!(!said.contains(['<', '>', '&']) && !said.contains(char::is_control));
    }
}

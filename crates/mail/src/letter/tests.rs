//! Letters, read back by a parser that isn't ours.

use lettre::message::Mailbox;
use mail_parser::{Message, MessageParser};
use model::Moment;
use proptest::prelude::*;

use super::*;
use crate::address::mailbox;

fn sender() -> Mailbox {
    mailbox("Support Roulette <support@example.com>").expect("a sender")
}

fn letter(subject: &str, text: &str) -> Letter {
    Letter {
        id: "missed/CA1/ada".to_owned(),
        to: "ada@example.com".to_owned(),
        subject: subject.to_owned(),
        text: text.to_owned(),
        at: Moment::from_millis(1_692_853_305_000),
    }
}

fn bytes(letter: &Letter) -> Vec<u8> {
    letter.post(&sender()).expect("a letter").bytes
}

fn read(bytes: &[u8]) -> Message<'_> {
    MessageParser::default().parse(bytes).expect("a message")
}

fn names(message: &Message<'_>) -> Vec<String> {
    message.headers().iter().map(|header| header.name().to_owned()).collect()
}

const HEADERS: [&str; 9] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
];

#[test]
fn a_letter_reads_as_it_was_written() {
    let letter = letter("Missed call from +14155550100", "Ada,\n\nnobody took it.\n");
    let written = String::from_utf8(bytes(&letter)).expect("ASCII");
    let id = message_id("missed/CA1/ada", "example.com");
    let expected = [
        "From: \"Support Roulette\" <support@example.com>",
        "To: ada@example.com",
        "Subject: Missed call from +14155550100",
        "Date: Thu, 24 Aug 2023 05:01:45 +0000",
        &format!("Message-ID: {id}"),
        "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        "Ada,",
        "",
        "nobody took it.",
    ];
    assert_eq!(written, expected.join("\r\n"));
}

#[test]
fn the_same_letter_has_the_same_message_id_and_another_has_another() {
    let first = message_id("missed/CA1/ada", "example.com");
    assert_eq!(first, message_id("missed/CA1/ada", "example.com"));
    assert_ne!(first, message_id("missed/CA1/bob", "example.com"));
    assert!(
        first.starts_with('<') && first.ends_with("@example.com>") && first.len() == 46,
        "{first}"
    );
}

#[test]
fn no_subject_becomes_a_header() {
    for subject in [
        "Hello\r\nBcc: eve@example.com",
        "Hello\nBcc: eve@example.com\n\nanother body",
        "Hello\r\n\r\nanother body",
        "\rBcc: eve@example.com",
        "Hello\u{85}Bcc: eve@example.com",
        "Olá\r\nBcc: eve@example.com",
    ] {
        let bytes = bytes(&letter(subject, "text"));
        let message = read(&bytes);
        assert_eq!(names(&message), HEADERS, "{subject:?}");
        assert!(!message.subject().expect("a subject").contains(['\r', '\n']), "{subject:?}");
        assert_eq!(message.body_text(0).as_deref(), Some("text"), "{subject:?}");
    }
}

#[test]
fn no_receiver_becomes_a_header() {
    for to in ["ada@example.com\r\nBcc: eve@example.com", "ada@example.com\n", "\rada@example.com"]
    {
        let letter = Letter { to: to.to_owned(), ..letter("Hello", "text") };
        assert!(letter.post(&sender()).is_err(), "{to:?}");
    }
}

#[test]
fn what_looks_encoded_is_shown_as_it_is() {
    let subject = "=?utf-8?B?SGk=?= is what the caller is called";
    let bytes = bytes(&letter(subject, "text"));
    assert_eq!(read(&bytes).subject(), Some(subject));
}

#[test]
fn words_of_other_scripts_arrive() {
    let subject = "Você está de plantão — 東京 🎉, e isto é um assunto que não cabe numa linha só de jeito nenhum";
    let text = "Olá,\r\n\r\n東京 🎉\n.\n..\nFrom here\n=3D and = alone\ttab ";
    let bytes = bytes(&letter(subject, text));
    assert!(bytes.is_ascii());
    let message = read(&bytes);
    assert_eq!(message.subject(), Some(subject));
    assert_eq!(
        message.body_text(0).as_deref(),
        Some(text.replace("\r\n", "\n").replace('\n', "\r\n").as_str())
    );
}

#[test]
fn lines_are_short_enough_for_every_relay() {
    let long = "x".repeat(5_000);
    for subject in [long.as_str(), &"é".repeat(2_000), &"word ".repeat(500)] {
        let written = String::from_utf8(bytes(&letter(subject, &long))).expect("ASCII");
        let longest = written.split("\r\n").map(str::len).max();
        assert!(longest <= Some(76), "{longest:?}");
    }
}

proptest! {
    #[test]
    fn any_subject_and_any_text_read_as_they_were_written(subject in "(?s).{0,120}", text in "(?s).{0,400}") {
        let bytes = bytes(&letter(&subject, &text));
        let message = read(&bytes);
        prop_assert_eq!(names(&message), HEADERS);
        let line: String = subject.chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
        prop_assert_eq!(message.subject().unwrap_or_default(), line.trim());
        let lines = text.replace("\r\n", "\n").replace('\r', "\n");
        let lines = lines.trim_end_matches('\n').replace('\n', "\r\n");
        let body = message.body_text(0).unwrap_or_default();
        prop_assert_eq!(body.as_ref(), lines.as_str());
        prop_assert!(bytes.is_ascii());
        prop_assert!(!bytes.windows(2).any(|it| (it[0] == b'\r') != (it[1] == b'\n')));
    }

    #[test]
    fn subjects_of_ascii_survive_folding(subject in "[ -~]{0,200}") {
        let bytes = bytes(&letter(&subject, "text"));
        let message = read(&bytes);
        prop_assert_eq!(message.subject().unwrap_or_default(), subject.trim());
    }
}

//! Texts and SSML, as the pieces that engines are asked for.

use proptest::prelude::*;

use super::*;

fn utterance(text: &str, ssml: Option<&str>) -> Utterance {
    Utterance {
        text: text.to_owned(),
        ssml: ssml.map(str::to_owned),
        voice: None,
        language: "en-US".to_owned(),
    }
}

/// A piece on a line: language where it is another, text or SSML, and the pause in milliseconds.
fn shown(pieces: &[Piece]) -> Vec<String> {
    let line = |piece: &Piece| {
        let said = piece.said.as_ref().map(|said| {
            let language = Some(&said.language).filter(|tag| *tag != "en-US");
            let language = language.map_or_else(String::new, |tag| format!("[{tag}] "));
            format!("{language}{} ", said.ssml.as_ref().unwrap_or(&said.text))
        });
        format!("{}+{}", said.unwrap_or_default(), piece.pause.as_millis())
    };
    pieces.iter().map(line).collect()
}

fn text(text: &str) -> Vec<String> {
    shown(&pieces(&utterance(text, None)))
}

fn ssml(ssml: &str) -> Vec<String> {
    shown(&pieces(&utterance("the text", Some(ssml))))
}

#[test]
fn a_text_is_parted_at_its_sentences() {
    assert_eq!(
        text(" Hello. Dr. Smith owes $3.50!  Press one, or wait "),
        ["Hello. +250", "Dr. Smith owes $3.50! +250", "Press one, or wait +0"]
    );
    assert_eq!(text("One sentence"), ["One sentence +0"]);
}

#[test]
fn nothing_to_hear_has_no_pieces() {
    for nothing in ["", " \n ", "...", "—"] {
        assert_eq!(text(nothing), [""; 0], "{nothing:?}");
    }
    assert_eq!(text("#"), ["# +0"]);
}

#[test]
fn breaks_are_silence_between_pieces_whatever_the_engine() {
    assert_eq!(
        ssml("<break time='2s'/>Hello. <break time='1s'/>Press <break time='300ms'/>one."),
        ["+2000", "Hello. +1000", "Press +300", "one. +0"]
    );
    assert_eq!(ssml("A.<break time='1s'/><break time='2s'/>B"), ["A. +3000", "B +0"]);
    assert_eq!(
        ssml("<s>One</s><s>Two</s><p>Three</p>Four"),
        ["One +250", "Two +600", "Three +600", "Four +0"]
    );
}

#[test]
fn a_sentence_keeps_the_elements_in_it() {
    assert_eq!(
        ssml("Hi. Your code is <say-as interpret-as='digits'>12</say-as>. Bye."),
        ["Hi. +250", "Your code is <say-as interpret-as=\"digits\">12</say-as>. +250", "Bye. +0"]
    );
}

#[test]
fn each_language_is_a_piece_of_its_own() {
    assert_eq!(
        ssml(
            "Welcome. <lang xml:lang='pt-BR'>Bem-vindo. Olá</lang> Say <lang xml:lang='en-GB'>hi</lang>."
        ),
        [
            "Welcome. +250",
            "[pt-BR] Bem-vindo. +250",
            "[pt-BR] Olá +0",
            "Say <lang xml:lang=\"en-GB\">hi</lang>. +0"
        ]
    );
}

#[test]
fn a_sentence_without_end_is_parted_at_a_comma_or_between_words() {
    let comma = format!("{}, {}", "so ".repeat(100).trim(), "on ".repeat(100).trim());
    let parted = pieces(&utterance(&comma, None));
    assert!(parted[0].said.as_ref().is_some_and(|said| said.text.ends_with("so,")), "{parted:?}");
    assert_eq!((parted.len(), parted[0].pause), (2, COMMA));
    assert_eq!(pieces(&utterance(&"x".repeat(1_000), None)).len(), 3);
}

/// What is spoken at all: letters and digits, in order.
fn letters(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).collect()
}

proptest! {
    #[test]
    fn no_letter_of_a_text_is_lost_or_moved(text in "[a-zé0-9.,!? \n。\u{fffc}\u{a0}]{0,600}") {
        let pieces = pieces(&utterance(&text, None));
        let said = pieces.iter().filter_map(|piece| piece.said.as_ref());
        let said: String = said.map(|said| said.text.as_str()).collect();
        prop_assert_eq!(letters(&said), letters(&text));
    }

    #[test]
    fn any_text_is_parted_into_bounded_pieces(text in "\\PC{0,900}") {
        for piece in pieces(&utterance(&text, None)) {
            prop_assert!(piece.said.is_some_and(|said| said.text.chars().count() <= LONGEST));
        }
    }

    #[test]
    fn any_ssml_is_parted(
        ssml in "(<(p|s|break time='1s'/|lang xml:lang='fr'|prosody rate='slow'|say-as interpret-as='date')>|</(p|s|lang|say-as|prosody)>|[ab.,& <]){0,40}",
    ) {
        for piece in pieces(&utterance("a", Some(&ssml))) {
            prop_assert!(piece.said.is_some() || !piece.pause.is_zero());
        }
    }
}

//! Breaths: what is one, what is silent between them, and how much is read ahead.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::sentence::run::{Run, Segment};
use crate::{Breath, How, Part, Reading, Script, Style, Token, Unknown};

/// The breaths of `ssml` without their phonemes: `speech`, silences in milliseconds, foreign texts.
fn shape(ssml: &str) -> String {
    let mut shape = String::new();
    for breath in Reading::new(Script::read("", Some(ssml)), None) {
        if !shape.is_empty() {
            shape.push(' ');
        }
        let (name, style) = match breath {
            Breath::Silence(pause) => {
                let _ = write!(shape, "{}", pause.as_millis());
                continue;
            }
            Breath::Speech { phonemes, style } => {
                assert!(!phonemes.trim().is_empty());
                ("speech".to_owned(), style)
            }
            Breath::Foreign { text, language, style } => (format!("{language}:{text:?}"), style),
        };
        shape.push_str(&name);
        if (style.rate - 1.0).abs() > 0.001 {
            let _ = write!(shape, "*{}", style.rate);
        }
        if (style.volume - 1.0).abs() > 0.001 {
            let _ = write!(shape, "!{}", style.volume);
        }
    }
    shape
}

#[track_caller]
fn check(ssml: &str, expected: &str) {
    assert_eq!(shape(ssml), expected, "{ssml}");
}

/// The segments of the sentences that `ssml`'s parts make as one run: words by spaces, `/` between segments, `|` between
/// sentences.
fn segments(ssml: &str) -> String {
    let mut run = Run::default();
    for part in Script::read("", Some(ssml)).parts {
        if let Part::Text { text, how, style, .. } = part {
            run.push(text, how, style);
        }
    }
    let mut sentences = Vec::new();
    while let Some(sentence) = run.sentence() {
        let segments = sentence.segments.iter().map(|segment| match segment {
            Segment::Pause => "pause".to_owned(),
            Segment::Words { tokens, .. } => {
                tokens.iter().map(spelled).collect::<Vec<_>>().join(" ")
            }
        });
        sentences.push(segments.collect::<Vec<_>>().join(" / "));
    }
    sentences.join(" | ")
}

fn spelled(token: &Token) -> String {
    match token {
        Token::Word(word) | Token::Letters(word) => word.clone(),
        Token::Phonemes(phonemes) => format!("[{phonemes}]"),
        Token::Mark(mark) => mark.to_string(),
    }
}

#[test]
fn sentences_are_breaths_with_silence_between() {
    check("One thing. Another thing! A third thing", "speech 250 speech 250 speech");
    check("Hello there.", "speech");
    check("Dr. Smith is here.", "speech");
}

#[test]
fn nothing_to_say_is_no_breath() {
    for nothing in ["", " ", "<s> </s>", "<p/>", "<say-as interpret-as='digits'/>"] {
        check(nothing, "");
    }
    assert_eq!(Reading::new(Script::read("", None), None).next(), None);
    assert_eq!(Reading::new(Script::default(), None).next(), None);
}

#[test]
fn paragraphs_are_further_apart_than_sentences() {
    check("<p><s>One.</s><s>Two</s></p><p>Three.</p>", "speech 250 speech 600 speech");
    let empty_line = Script::read("One thing\n\nAnother thing", None);
    let pauses: Vec<Breath> = Reading::new(empty_line, None)
        .filter(|breath| matches!(breath, Breath::Silence(_)))
        .collect();
    assert_eq!(pauses, [Breath::Silence(Duration::from_millis(600))]);
}

#[test]
fn a_break_is_exactly_as_long_as_it_says_and_stands_for_the_pause() {
    check("One.<break time='1s'/>Two.", "speech 1000 speech");
    check("One<break time='20ms'/>two", "speech 20 speech");
    check("<s>One.</s><break time='2s'/><s>Two.</s>", "speech 2000 speech");
    check("<break time='1s'/>One.<break time='3s'/>", "1000 speech 3000");
    check("<break time='1s'/><break time='2s'/>", "1000 2000");
    check("One.<break strength='none'/>Two.", "speech speech");
}

#[test]
fn parts_of_one_style_are_one_breath() {
    check("Call <say-as interpret-as='telephone'>5551234</say-as> now.", "speech");
    check("I <phoneme ph='rɛd'>read</phoneme> <w role='amazon:VBD'>it</w> today.", "speech");
    assert_eq!(segments("a <phoneme ph='日本'>place</phoneme>"), "a place");
    assert_eq!(segments("Call <sub alias='the doctor'>Dr.</sub> now"), "Call the doctor now");
}

#[test]
fn another_style_is_another_breath_without_a_pause_but_at_a_comma() {
    check(
        "I <emphasis level='reduced'>really</emphasis> mean it.",
        "speech speech*1.1!0.75 speech",
    );
    check(
        "<prosody rate='fast'>One. Two.</prosody> Three.",
        "speech*1.25 250 speech*1.25 250 speech",
    );
    check("<prosody volume='silent'>psst</prosody>", "speech!0");
    check("Well, <emphasis level='reduced'>yes</emphasis>", "speech 100 speech*1.1!0.75");
}

#[test]
fn marks_alone_belong_to_what_they_stand_at() {
    check("Say <prosody rate='slow'>hello</prosody>.", "speech speech*0.75");
    check("<prosody rate='slow'>hello</prosody>. Bye.", "speech*0.75 250 speech");
}

#[test]
fn marks_behind_another_part_are_heard() {
    let digits = "<say-as interpret-as='digits'>1</say-as>";
    assert_eq!(segments(&format!("Press {digits}, now")), "Press one , now");
    assert_eq!(segments(&format!("Press {digits}.")), "Press one .");
    assert_eq!(segments(&format!("“Press {digits}!” Bye.")), "“ Press one ! ” | Bye .");
    assert_eq!(segments(&format!("Press {digits}... or wait")), "Press one … or wait");
    assert_eq!(segments("<prosody rate='slow'>Wait</prosody>, please"), "Wait , / please");
}

#[test]
fn what_stands_in_say_as_ends_no_sentence() {
    check("On <say-as interpret-as='date'>1. 2. 2020</say-as> Ada called.", "speech");
    check("It is <say-as interpret-as='ordinal'>3</say-as>. Then go.", "speech 250 speech");
}

#[test]
fn what_is_not_to_be_said_is_silence() {
    check("Oh <say-as interpret-as='expletive'>damn</say-as> it.", "speech 300 speech");
    check("<say-as interpret-as='expletive'>damn</say-as>", "300");
}

#[test]
fn other_languages_are_for_others() {
    check(
        "Say <lang xml:lang='fr-FR'>bonjour. Ça va?</lang> now.",
        "speech fr-FR:\"bonjour. Ça va?\" 250 speech",
    );
    check("Say <lang xml:lang='fr-FR'>bonjour</lang> now.", "speech fr-FR:\"bonjour\" speech");
    check("<lang xml:lang='pt-BR'> </lang>", "");
    check("<prosody rate='fast'><lang xml:lang='de'>ja</lang></prosody>", "de:\"ja\"*1.25");
    check("One. <lang xml:lang='de'>Zwei.</lang> Three.", "speech 250 de:\"Zwei.\" 250 speech");
}

#[test]
fn english_of_any_country_is_read() {
    check("I <lang xml:lang='en-GB'>say</lang> <lang xml:lang='EN_us'>so</lang>.", "speech");
}

#[test]
fn a_sentence_goes_over_parts_and_a_part_over_sentences() {
    assert_eq!(segments("one <emphasis>two three</emphasis> four"), "one / two three / four",);
    assert_eq!(segments("<prosody rate='slow'>one two</prosody> three"), "one two / three");
}

#[test]
fn long_sentences_are_parted_and_none_is_longer_than_the_longest() {
    let words = "extraordinary circumstances ".repeat(400);
    let commas = "extraordinary circumstances, however, ".repeat(100);
    for text in [words, commas] {
        let breaths: Vec<Breath> = Reading::new(Script::read(&text, None), None).collect();
        assert!(breaths.len() > 3, "{}", breaths.len());
        for breath in breaths {
            let Breath::Speech { phonemes, .. } = breath else { continue };
            assert!(phonemes.chars().count() <= Reading::LONGEST, "{phonemes}");
        }
    }
}

#[test]
fn the_first_breath_of_a_long_sentence_is_a_short_one() {
    let text = "whatever happens, wherever you are, ".repeat(12);
    let mut breaths = Reading::new(Script::read(&text, None), None);
    let Some(Breath::Speech { phonemes, .. }) = breaths.next() else { panic!("it speaks") };
    assert!(phonemes.chars().count() <= 160, "{phonemes}");
    assert_eq!(breaths.next(), Some(Breath::Silence(Duration::from_millis(100))));
    assert!(matches!(breaths.next(), Some(Breath::Speech { .. })));
}

/// Counts what it is asked for.
#[derive(Default)]
struct Counting {
    asked: AtomicUsize,
}

impl Unknown for Counting {
    fn read(&self, _: &str) -> Option<String> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Some("zˈɪɡ".to_owned())
    }
}

#[test]
fn nothing_of_the_second_sentence_is_read_before_the_first_was_taken() {
    let counting = Counting::default();
    let text = "Zzyqgrmpf is here. Wqxvtkkl is there. Qzzxwvvk is nowhere.";
    let mut reading = Reading::new(Script::read(text, None), Some(&counting));
    assert_eq!(counting.asked.load(Ordering::Relaxed), 0);
    for sentence in 1..=3 {
        let breath = reading.find(|breath| matches!(breath, Breath::Speech { .. }));
        assert!(breath.is_some());
        assert_eq!(counting.asked.load(Ordering::Relaxed), sentence);
    }
    assert_eq!(reading.next(), None);
}

#[test]
fn the_object_replacement_character_in_a_text_is_only_a_character() {
    let text = "a \u{fffc}. b \u{fffc}";
    let mut run = Run::default();
    run.push(text.to_owned(), How::Plain, Style::default());
    while run.sentence().is_some() {}
    assert_eq!(Reading::new(Script::read("\u{fffc}\u{fffc}", None), None).count(), 0);
}

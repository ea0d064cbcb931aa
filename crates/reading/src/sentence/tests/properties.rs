//! Whatever is said: no panic, nothing lost, nothing too long, no silence where none belongs.

use proptest::prelude::*;

use crate::sentence::bounds;
use crate::{Breath, Reading, Script, sentences};

/// Texts with many marks.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,60}",
        "[A-Ca-c0-3.!?…。 \n\"')(,]{0,60}",
        proptest::collection::vec(
            proptest::sample::select(vec![
                "Dr.", "p.m.", " ", "  ", "\n", "\n\n", "U.S.", "The", "no.", "5", ".", "...", "?",
                "e.g.", "Jan.", "\u{fffc}", "J.", "I", "etc.", "word", "“", "”", ")", "\r\n",
            ]),
            0..30
        )
        .prop_map(|pieces| pieces.concat()),
    ]
}

fn letters(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace()).collect()
}

proptest! {
    #[test]
    fn sentences_have_all_characters_and_none_is_blank(text in text()) {
        let found: Vec<&str> = sentences(&text).collect();
        prop_assert_eq!(letters(&found.concat()), letters(&text));
        for sentence in found {
            prop_assert_eq!(sentence.trim(), sentence);
            prop_assert!(!sentence.is_empty());
        }
    }

    #[test]
    fn a_long_text_is_cut_within_the_limit(text in "\\PC{1,60}", limit in 1_usize..20) {
        prop_assume!(text.chars().count() > limit);
        let cut = bounds::cut(&text, limit);
        prop_assert!(cut > 0);
        prop_assert!(text[..cut].chars().count() <= limit);
    }

    #[test]
    fn any_text_ends_in_short_breaths_without_silence_at_the_ends(text in text()) {
        let breaths: Vec<Breath> = Reading::new(Script::read(&text, None), None).collect();
        for breath in &breaths {
            if let Breath::Speech { phonemes, .. } = breath {
                prop_assert!(phonemes.chars().count() <= Reading::LONGEST);
                prop_assert!(!phonemes.trim().is_empty());
            }
        }
        prop_assert!(!matches!(breaths.first(), Some(Breath::Silence(_))));
        prop_assert!(!matches!(breaths.last(), Some(Breath::Silence(_))));
        let twice = breaths.windows(2).any(|two| matches!(two, [Breath::Silence(_), Breath::Silence(_)]));
        prop_assert!(!twice);
    }

    #[test]
    fn any_text_behind_another_part_is_read(text in prop_oneof![text(), "[.,!…\u{a0}\u{2003} a\"]{0,12}"]) {
        let mut script = Script::read("", Some("<say-as interpret-as='digits'>1</say-as>"));
        script.parts.extend(Script::read(&text, None).parts);
        let speaks = Reading::new(script, None).any(|it| matches!(it, Breath::Speech { .. }));
        prop_assert!(speaks);
    }

    #[test]
    fn any_markup_ends(
        pieces in proptest::collection::vec(
            prop_oneof![
                Just("<p>a.</p>"), Just("<s>b</s>"), Just("<break time='1s'/>"), Just("<emphasis>c.</emphasis>"),
                Just("<say-as interpret-as='date'>1.2.</say-as>"), Just("<lang xml:lang='fr'>d.</lang>"),
                Just("<phoneme ph='ɪ'/>"), Just(" e. "), Just(". "), Just("<prosody volume='silent'>f</prosody>"),
            ],
            0..20
        )
    ) {
        let script = Script::read("", Some(&pieces.concat()));
        let breaths = Reading::new(script, None).count();
        prop_assert!(breaths <= 3 * pieces.len());
    }
}

//! What a `<Say>` says, from any text as SSML and as words: every part and every breath is within its limits, printed SSML is
//! read the same, no character of a sentence is lost, and it all comes to an end.

#![no_main]

use libfuzzer_sys::fuzz_target;
use reading::{Breath, Part, Reading, Script, sentences};

/// More breaths than any text of the fuzzer's longest input needs.
const BREATHS: usize = 200_000;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let script = Script::read(text, Some(text));
    within_limits(&script);
    let printed = script.to_ssml();
    let again = Script::read("", Some(&printed));
    within_limits(&again);
    nothing_lost(text);
    aloud(script);
    aloud(Script::read(text, None));
});

fn within_limits(script: &Script) {
    for part in &script.parts {
        match part {
            Part::Break(pause) => assert!(pause.as_secs() <= 10),
            Part::Text { style, .. } => {
                assert!((0.2..=4.0).contains(&style.rate), "{style:?}");
                assert!((0.5..=2.0).contains(&style.pitch), "{style:?}");
                assert!((0.0..=4.0).contains(&style.volume), "{style:?}");
            }
            Part::End | Part::Paragraph => {}
        }
    }
}

fn nothing_lost(text: &str) {
    let letters = |text: &str| text.chars().filter(|it| !it.is_whitespace()).count();
    assert_eq!(sentences(text).map(letters).sum::<usize>(), letters(text));
}

fn aloud(script: Script) {
    let mut breaths = 0;
    for breath in Reading::new(script, None) {
        if let Breath::Speech { phonemes, .. } = breath {
            assert!(phonemes.chars().count() <= Reading::LONGEST, "{phonemes}");
            assert!(!phonemes.trim().is_empty());
        }
        breaths += 1;
        assert!(breaths < BREATHS, "it never ends");
    }
}

//! Whatever is read: no panic, bounded parts, the text kept.

use proptest::prelude::*;

use crate::script::{PARTS_LIMIT, Part, Script, TEXT_LIMIT};

/// Texts that are nearly SSML, and sometimes are.
fn xml_ish() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "\\PC{0,8}",
        "[a-z .,!?]{0,12}",
        proptest::sample::select(vec![
            "<",
            ">",
            "&",
            "</",
            "/>",
            "'",
            "\"",
            "&amp;",
            "&#x41;",
            "&#0;",
            "&x;",
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "<?a",
            "?>",
            "<!DOCTYPE a>",
            "<s>",
            "</s>",
            "<p>",
            "</p>",
            "<break/>",
            "<break time='9s'/>",
            "<prosody rate='",
            "<prosody rate='50%'>",
            "</prosody>",
            "<say-as interpret-as='date' format='dmy'>",
            "</say-as>",
            "<sub alias='b'>",
            "</sub>",
            "<lang xml:lang='fr'>",
            "</lang>",
            "<phoneme ph='x' alphabet='x-sampa'>",
            "</phoneme>",
            "<emphasis>",
            "</emphasis>",
            "\u{fffc}",
        ])
        .prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn is_sound(script: &Script) -> bool {
    let mut characters = 0;
    for part in &script.parts {
        match part {
            Part::Break(pause) if pause.as_secs() > 10 => return false,
            Part::Text { text, style, .. } => {
                characters += text.chars().count();
                let is_allowed = (0.2..=4.0).contains(&style.rate)
                    && (0.5..=2.0).contains(&style.pitch)
                    && (0.0..=4.0).contains(&style.volume);
                if !is_allowed {
                    return false;
                }
            }
            Part::Break(_) | Part::End | Part::Paragraph => {}
        }
    }
    script.parts.len() <= PARTS_LIMIT && characters <= TEXT_LIMIT
}

proptest! {
    #[test]
    fn any_text_and_any_ssml_are_read(text in ".{0,40}", ssml in prop_oneof![xml_ish(), ".{0,80}"]) {
        let script = Script::read(&text, Some(&ssml));
        prop_assert!(is_sound(&script), "{script:?}");
        let again = Script::read("", Some(&script.to_ssml()));
        prop_assert!(is_sound(&again), "{again:?}");
    }

    #[test]
    fn a_text_without_markup_is_kept(text in "\\PC{0,60}") {
        let script = Script::read(&text, None);
        let expected = if text.trim().is_empty() { "" } else { &text };
        prop_assert_eq!(script.plain_text(), expected);
        prop_assert!(script.is_plain());
    }

    #[test]
    fn ssml_without_markup_is_the_text_with_single_spaces(text in "[a-zé0-9 .,!?\n-]{0,60}") {
        let words = text.split([' ', '\n']).filter(|word| !word.is_empty());
        let expected = words.collect::<Vec<_>>().join(" ");
        let plain = Script::read("", Some(&text)).plain_text();
        prop_assert_eq!(plain.trim(), expected);
    }

    #[test]
    fn what_is_printed_is_read_again(ssml in xml_ish()) {
        let script = Script::read("text", Some(&ssml));
        let printed = script.to_ssml();
        let again = Script::read("text", Some(&printed));
        if again.parts.is_empty() && script.is_plain() {
            // Characters that XML can't hold.
            return Ok(());
        }
        prop_assert_eq!(again.to_ssml(), printed);
    }

    #[test]
    fn values_never_panic(value in "[-+.0-9a-z%]{0,12}") {
        let ssml = format!(
            "<prosody rate='{value}' pitch='{value}' volume='{value}'>a<break time='{value}'/></prosody>"
        );
        prop_assert!(is_sound(&Script::read("", Some(&ssml))));
    }
}

//! IPA of `<phoneme alphabet="ipa">` in the voice's alphabet, as far as English goes; sounds of other languages become
//! what Americans make of them. Symbols: <https://www.internationalphoneticassociation.org/content/ipa-chart>.

use super::alphabet::{PRIMARY, SECONDARY, is_symbol, is_vowel};

/// Most symbols of IPA that are read, in characters: what is longer is no word.
const LONGEST: usize = 200;

/// `symbols` in the voice's alphabet: at most three for each. `None` where nothing of them is a sound, or where they
/// are more than 200.
pub fn from_ipa(symbols: &str) -> Option<String> {
    if symbols.chars().count() > LONGEST {
        return None;
    }
    let mut rest = symbols.trim();
    let mut read = String::with_capacity(rest.len());
    while let Some(c) = rest.chars().next() {
        let found = SOUNDS.iter().find_map(|(ipa, ours)| Some((rest.strip_prefix(ipa)?, *ours)));
        if let Some((after, ours)) = found {
            read.push_str(ours);
            rest = after;
        } else {
            // Ties, lengths, syllables, tones and what nobody knows are left out.
            if is_symbol(c) && !UNHEARD.contains(c) {
                read.push(c);
            }
            rest = &rest[c.len_utf8()..];
        }
    }
    let read = with_stress_at_vowels(&read);
    read.chars().any(|c| is_symbol(c) && !" ˈˌ".contains(c)).then_some(read)
}

/// Symbols of the voice's alphabet that are no sounds in IPA of English.
const UNHEARD: &str = ".;:,!?—…\"()“”ː\u{303}↓→↗↘ʰʲ";

/// IPA puts stress before the syllable, the voice expects it before the vowel. The first word without any has its main
/// stress on its first vowel.
fn with_stress_at_vowels(read: &str) -> String {
    let mut moved = String::with_capacity(read.len());
    let mut waiting = None;
    for c in read.chars() {
        if c == PRIMARY || c == SECONDARY {
            waiting = Some(c);
            continue;
        }
        if is_vowel(c) || c == 'ᵊ' || c == ' ' {
            moved.extend(waiting.take().filter(|_| is_vowel(c)));
        }
        moved.push(c);
    }
    if !moved.contains([PRIMARY, SECONDARY])
        && let Some(at) = moved.find(is_vowel)
    {
        moved.insert(at, PRIMARY);
    }
    moved.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Sounds, the longer ones before those that they begin with.
const SOUNDS: &[(&str, &str)] = &[
    // Diphthongs.
    ("eɪ", "A"),
    ("ei", "A"),
    ("e\u{361}ɪ", "A"),
    ("ɛɪ", "A"),
    ("aɪ", "I"),
    ("ai", "I"),
    ("ɑɪ", "I"),
    ("a\u{361}ɪ", "I"),
    ("oʊ", "O"),
    ("əʊ", "O"),
    ("ou", "O"),
    ("o\u{361}ʊ", "O"),
    ("ɔʊ", "O"),
    ("aʊ", "W"),
    ("au", "W"),
    ("ɑʊ", "W"),
    ("a\u{361}ʊ", "W"),
    ("æʊ", "W"),
    ("ɔɪ", "Y"),
    ("oɪ", "Y"),
    ("ɔi", "Y"),
    ("oi", "Y"),
    ("ɔ\u{361}ɪ", "Y"),
    // Vowels before r.
    ("ɪəɹ", "ɪɹ"),
    ("ɪər", "ɪɹ"),
    ("ɪə", "ɪɹ"),
    ("ɛəɹ", "ɛɹ"),
    ("ɛər", "ɛɹ"),
    ("eəɹ", "ɛɹ"),
    ("eər", "ɛɹ"),
    ("ɛə", "ɛɹ"),
    ("eə", "ɛɹ"),
    ("ʊəɹ", "ʊɹ"),
    ("ʊər", "ʊɹ"),
    ("ʊə", "ʊɹ"),
    ("ɜːɹ", "ɜɹ"),
    ("ɜːr", "ɜɹ"),
    ("ɜɹ", "ɜɹ"),
    ("ɜr", "ɜɹ"),
    ("ɜː", "ɜɹ"),
    ("ɝː", "ɜɹ"),
    ("ɝ", "ɜɹ"),
    ("ɚ", "əɹ"),
    ("ə\u{2de}", "əɹ"),
    ("ɜ\u{2de}", "ɜɹ"),
    ("ɜ", "ɜɹ"),
    // Affricates.
    ("t\u{361}ʃ", "ʧ"),
    ("tʃ", "ʧ"),
    ("d\u{361}ʒ", "ʤ"),
    ("dʒ", "ʤ"),
    // Syllables without a vowel.
    ("l\u{329}", "ᵊl"),
    ("n\u{329}", "ᵊn"),
    ("m\u{329}", "ᵊm"),
    // Other vowels.
    ("ɒ", "ɑ"),
    ("ɐ", "ə"),
    ("ɨ", "ᵻ"),
    ("ʉ", "u"),
    ("ɵ", "ʊ"),
    ("ɘ", "ə"),
    ("ɤ", "ʌ"),
    ("ɯ", "u"),
    ("y", "u"),
    ("ʏ", "ʊ"),
    ("ø", "ɜ"),
    ("œ", "ɜ"),
    ("ɶ", "æ"),
    ("a", "ɑ"),
    ("e", "A"),
    ("o", "O"),
    // Other consonants.
    ("g", "ɡ"),
    ("r", "ɹ"),
    ("ɾ", "T"),
    ("ʀ", "ɹ"),
    ("ʁ", "ɹ"),
    ("ɻ", "ɹ"),
    ("ɽ", "T"),
    ("ɺ", "T"),
    ("ɫ", "l"),
    ("ɬ", "l"),
    ("ɭ", "l"),
    ("ʎ", "lj"),
    ("ɲ", "nj"),
    ("ɳ", "n"),
    ("ɴ", "ŋ"),
    ("ɱ", "m"),
    ("x", "k"),
    ("χ", "k"),
    ("ɣ", "ɡ"),
    ("ç", "h"),
    ("ʝ", "j"),
    ("ħ", "h"),
    ("ɦ", "h"),
    ("ʕ", ""),
    ("ʔ", "t"),
    ("β", "b"),
    ("ɸ", "f"),
    ("ʋ", "v"),
    ("ʍ", "w"),
    ("ɥ", "w"),
    ("ɰ", "w"),
    ("ʙ", "b"),
    ("c", "k"),
    ("ɟ", "ʤ"),
    ("q", "k"),
    ("ɢ", "ɡ"),
    ("ʈ", "t"),
    ("ɖ", "d"),
    ("ʂ", "ʃ"),
    ("ʐ", "ʒ"),
    ("ɕ", "ʃ"),
    ("ʑ", "ʒ"),
    ("ɓ", "b"),
    ("ɗ", "d"),
    ("ɠ", "ɡ"),
    ("ʦ", "ts"),
    ("ʣ", "dz"),
    ("ʨ", "ʧ"),
    ("ʥ", "ʤ"),
    ("ɹ\u{329}", "əɹ"),
    // Stress as keyboards have it, and parts of words.
    ("'", "ˈ"),
    ("’", "ˈ"),
    ("\"", "ˈ"),
    ("/", ""),
    ("[", ""),
    ("]", ""),
    ("-", ""),
    ("|", " "),
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn english_ipa_is_what_the_voice_was_taught() {
        let examples = [
            ("pɪˈkɑːn", "pɪkˈɑn"),
            ("ˈpi.kæn", "pˈikæn"),
            ("təˈmeɪtoʊ", "təmˈAtO"),
            ("ˈt͡ʃɝt͡ʃ", "ʧˈɜɹʧ"),
            ("ˈdʒɔɪ", "ʤˈY"),
            ("həˈloʊ ˈwɜːrld", "həlˈO wˈɜɹld"),
            ("wɔːtɚ", "wˈɔtəɹ"),
            ("ˌæl.ə.ˈbæm.ə", "ˌæləbˈæmə"),
            ("ɡoʊ", "ɡˈO"),
            ("go", "ɡˈO"),
            ("ˈbʌtn̩", "bˈʌtᵊn"),
            ("/ˈstraɪk/", "stɹˈIk"),
        ];
        for (ipa, expected) in examples {
            assert_eq!(from_ipa(ipa).as_deref(), Some(expected), "{ipa}");
        }
    }

    #[test]
    fn what_has_no_sound_is_nothing() {
        for ipa in ["", " ", "ˈ", "...", "日本", "ː"] {
            assert_eq!(from_ipa(ipa), None, "{ipa}");
        }
        assert_eq!(from_ipa(&"a".repeat(201)), None);
    }

    proptest! {
        #[test]
        fn only_symbols_of_the_voice_come_out(ipa in "[a-zɪʊəɛɔæʃʒθðŋɹˈˌː.͡ ]{0,40}|.{0,40}") {
            let read = from_ipa(&ipa).unwrap_or_default();
            prop_assert!(read.chars().all(is_symbol), "{}", read);
            prop_assert!(read.chars().count() <= 3 * ipa.chars().count() + 1);
        }
    }
}

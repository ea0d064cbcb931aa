//! The voice's alphabet: IPA with one letter for each diphthong and affricate, as misaki writes it for Kokoro
//! (<https://github.com/hexgrad/misaki/blob/main/EN_PHONES.md>). What isn't in it, the voice has never heard.

/// Main stress, written right before the vowel.
pub(super) const PRIMARY: char = 'ˈ';
/// Lesser stress.
pub(super) const SECONDARY: char = 'ˌ';

/// Every symbol that the voice knows, marks and the space included.
const SYMBOLS: &str = ";:,.!?—…\"()“” \u{303}ʣʥʦʨᵝꭧAIOQSTWYᵊabcdefhijklmnopqrstuvwxyzɑɐɒæβɔɕçɖðʤəɚɛɜɟɡɥɨɪʝɯɰŋɳɲɴøɸθœɹɾɻʁɽʂʃʈʧʊʋʌɣɤχʎʒʔˈˌːʰʲ↓→↗↘ᵻ";

const VOWELS: &str = "AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻ";
const CONSONANTS: &str = "bdfhjklmnpstvwzðŋɡɹɾʃʒʤʧθ";
const PAUSES: &str = ";:,.!?—…";

/// Whether the voice knows it.
pub(super) fn is_symbol(symbol: char) -> bool {
    SYMBOLS.contains(symbol)
}

/// Whether stress may stand before it.
pub(super) fn is_vowel(symbol: char) -> bool {
    VOWELS.contains(symbol)
}

/// What is heard after a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// A vowel: `the` is `ði`.
    Vowel,
    /// A consonant.
    Consonant,
    /// Nothing for a while: words are said in full.
    Pause,
}

impl Next {
    /// What one hears first of `phonemes`, `self` where they are silent.
    pub(super) fn before(self, phonemes: &str) -> Next {
        let kinds = phonemes.chars().find_map(|symbol| {
            if is_vowel(symbol) {
                Some(Next::Vowel)
            } else if CONSONANTS.contains(symbol) {
                Some(Next::Consonant)
            } else {
                PAUSES.contains(symbol).then_some(Next::Pause)
            }
        });
        kinds.unwrap_or(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sound_counts_and_stress_is_none() {
        assert_eq!(Next::Pause.before("ˈAti"), Next::Vowel);
        assert_eq!(Next::Pause.before("“tˈu"), Next::Consonant);
        assert_eq!(Next::Vowel.before(", ænd"), Next::Pause);
        assert_eq!(Next::Vowel.before("“"), Next::Vowel);
        assert!(!is_symbol('g') && is_symbol('ɡ'), "the voice's g is U+0261");
    }
}

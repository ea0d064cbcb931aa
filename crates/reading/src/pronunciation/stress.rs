//! Stress, as the voice was taught to hear it: `ˈ` and `ˌ` stand right before a vowel.

use super::alphabet::{PRIMARY, SECONDARY, is_vowel};

/// How a word's own stress is changed by the way in which it stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// Nothing is changed.
    AsItIs,
    /// A capital letter: a word without stress has a little.
    Capital,
    /// Capitals throughout: the word has main stress.
    Capitals,
    /// One among others: main stress becomes lesser.
    Lesser,
    /// Letters are named: each has lesser stress.
    Letter,
}

impl Weight {
    /// What a word's capitals say.
    pub(super) fn of(word: &str) -> Weight {
        let has = |is: fn(char) -> bool| word.chars().any(is);
        match (has(char::is_uppercase), has(char::is_lowercase)) {
            (false, _) => Weight::AsItIs,
            (true, true) => Weight::Capital,
            (true, false) => Weight::Capitals,
        }
    }

    /// `phonemes` with this weight.
    pub(super) fn on(self, phonemes: String) -> String {
        let has_primary = phonemes.contains(PRIMARY);
        let has_secondary = phonemes.contains(SECONDARY);
        match self {
            Weight::Lesser | Weight::Letter if has_primary => demoted(&phonemes),
            Weight::Capital | Weight::Letter if !has_primary && !has_secondary => {
                stressed(&phonemes, SECONDARY)
            }
            Weight::Capitals if !has_primary && has_secondary => {
                phonemes.replace(SECONDARY, &PRIMARY.to_string())
            }
            Weight::Capitals if !has_primary => stressed(&phonemes, PRIMARY),
            Weight::AsItIs
            | Weight::Capital
            | Weight::Capitals
            | Weight::Lesser
            | Weight::Letter => phonemes,
        }
    }
}

/// Main stress as lesser, and lesser as none.
fn demoted(phonemes: &str) -> String {
    phonemes
        .chars()
        .filter(|symbol| *symbol != SECONDARY)
        .map(|symbol| if symbol == PRIMARY { SECONDARY } else { symbol })
        .collect()
}

/// With `stress` before the first vowel; without one there is nothing to stress.
fn stressed(phonemes: &str, stress: char) -> String {
    let mut phonemes = phonemes.to_owned();
    if let Some(at) = phonemes.find(is_vowel) {
        phonemes.insert(at, stress);
    }
    phonemes
}

/// Letters named one after the other: the last has the main stress.
pub(super) fn initials(names: impl Iterator<Item = String>) -> String {
    let mut joined: String = names.map(|name| Weight::Letter.on(name)).collect();
    if let Some(last) = joined.rfind(SECONDARY) {
        joined.replace_range(last..last + SECONDARY.len_utf8(), &PRIMARY.to_string());
    }
    joined
}

/// The parts of one word: half of them, the lighter ones, lose their main stress.
pub(super) fn settle(parts: &mut [(bool, String)]) {
    let spoken: Vec<usize> = (0..parts.len()).filter(|at| !parts[*at].1.is_empty()).collect();
    if let [first, second] = spoken[..]
        && parts[first].0
    {
        lessen(&mut parts[second].1);
        return;
    }
    let mains = spoken.iter().filter(|at| parts[**at].1.contains(PRIMARY)).count();
    if spoken.len() < 2 || mains <= spoken.len().div_ceil(2) {
        return;
    }
    let mut by_weight = spoken;
    by_weight.sort_by_key(|at| (parts[*at].1.contains(PRIMARY), length(&parts[*at].1), *at));
    let half = by_weight.len() / 2;
    for at in &by_weight[..half] {
        lessen(&mut parts[*at].1);
    }
}

/// Takes the main stress of `phonemes` away.
pub(super) fn lessen(phonemes: &mut String) {
    *phonemes = Weight::Lesser.on(std::mem::take(phonemes));
}

/// How long phonemes sound: diphthongs and affricates count twice.
fn length(phonemes: &str) -> usize {
    phonemes.chars().map(|symbol| if "AIOQWYʤʧ".contains(symbol) { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_give_stress_to_a_word_that_has_none() {
        assert_eq!(Weight::of("and").on("ænd".to_owned()), "ænd");
        assert_eq!(Weight::of("And").on("ænd".to_owned()), "ˌænd");
        assert_eq!(Weight::of("AND").on("ænd".to_owned()), "ˈænd");
        assert_eq!(Weight::of("ME").on("mˌi".to_owned()), "mˈi");
        assert_eq!(Weight::of("Hmm").on("hmm".to_owned()), "hmm");
    }

    #[test]
    fn the_last_of_several_letters_has_the_main_stress() {
        let names = ["ˈɛs", "ˈɛm", "ˈɛs"].map(str::to_owned);
        assert_eq!(initials(names.into_iter()), "ˌɛsˌɛmˈɛs");
        assert_eq!(initials(["ˈA".to_owned()].into_iter()), "ˈA");
    }

    #[test]
    fn the_lighter_part_of_a_word_loses_its_main_stress() {
        let mut parts = [(false, "wˈɛl".to_owned()), (false, "nˈOn".to_owned())];
        settle(&mut parts);
        assert_eq!(parts.map(|part| part.1).concat(), "wˌɛlnˈOn");
        let mut parts = [(true, "ˈi".to_owned()), (false, "mˈAl".to_owned())];
        settle(&mut parts);
        assert_eq!(parts.map(|part| part.1).concat(), "ˈimˌAl");
    }
}

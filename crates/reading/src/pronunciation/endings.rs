//! Words that are another word with an ending: `-s`, `-'s`, `-ed`, `-ing`, and how it sounds after what.

/// An ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// `-s`, `-es`, `-'s`.
    S,
    /// `-ed`, `-d`.
    Ed,
    /// `-ing`.
    Ing,
}

/// The words that `word` may be made of, the likeliest first, with the ending.
pub(super) fn stems(word: &str) -> Vec<(String, Ending)> {
    let mut stems = Vec::new();
    let mut may_be = |stem: String, ending| {
        if !stem.is_empty() {
            stems.push((stem, ending));
        }
    };
    let length = word.chars().count();
    if let Some(stem) = word.strip_suffix('s').filter(|_| length > 2) {
        if let Some(owner) = stem.strip_suffix('\'') {
            may_be(owner.to_owned(), Ending::S);
        } else if !stem.ends_with('s') {
            may_be(stem.to_owned(), Ending::S);
        }
        if let Some(stem) = stem.strip_suffix("ie").filter(|_| length > 4) {
            may_be(format!("{stem}y"), Ending::S);
        } else if let Some(stem) = stem.strip_suffix('e').filter(|_| length > 4) {
            may_be(stem.to_owned(), Ending::S);
        }
    }
    if let Some(stem) = word.strip_suffix('d').filter(|_| length > 3) {
        if !stem.ends_with('d') {
            may_be(stem.to_owned(), Ending::Ed);
        }
        if let Some(stem) = stem.strip_suffix('e').filter(|it| length > 4 && !it.ends_with('e')) {
            may_be(stem.to_owned(), Ending::Ed);
            if let Some(stem) = undoubled(stem) {
                may_be(stem.to_owned(), Ending::Ed);
            }
            if let Some(stem) = stem.strip_suffix('i') {
                may_be(format!("{stem}y"), Ending::Ed);
            }
        }
    }
    if let Some(stem) = word.strip_suffix("ing").filter(|_| length > 4) {
        if length > 5 {
            may_be(stem.to_owned(), Ending::Ing);
        }
        may_be(format!("{stem}e"), Ending::Ing);
        if let Some(stem) = undoubled(stem).filter(|_| length > 5) {
            may_be(stem.to_owned(), Ending::Ing);
        }
    }
    stems
}

/// `stopp` without its second `p`.
fn undoubled(stem: &str) -> Option<&str> {
    let mut last = stem.chars().rev();
    let (last, before) = (last.next()?, last.next()?);
    let doubled = last == before && "bcdgklmnprstvxz".contains(last);
    (doubled || (before, last) == ('c', 'k')).then(|| &stem[..stem.len() - 1])
}

impl Ending {
    /// A word's phonemes with the ending.
    pub(super) fn after(self, mut stem: String) -> String {
        let mut symbols = stem.chars().rev();
        let (Some(last), before) = (symbols.next(), symbols.next()) else { return stem };
        let is_flapped = last == 't' && before.is_some_and(flaps);
        if is_flapped && self != Ending::S {
            stem.pop();
            stem.push('ɾ');
        }
        stem.push_str(match self {
            Ending::S if "ptkfθ".contains(last) => "s",
            Ending::S if "szʃʒʧʤ".contains(last) => "ᵻz",
            Ending::S => "z",
            Ending::Ed if last == 't' && before.is_none() => "ɪd",
            Ending::Ed if "td".contains(last) => "ᵻd",
            Ending::Ed if "pkfθʃsʧ".contains(last) => "t",
            Ending::Ed => "d",
            Ending::Ing => "ɪŋ",
        });
        stem
    }
}

/// Whether Americans tap a `t` between it and a vowel (`waiting`).
fn flaps(before: char) -> bool {
    "AIOWYiuæɑəɛɪɹʊʌ".contains(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_sound_as_what_stands_before_them_asks() {
        let made = |stem: &str, ending: Ending| ending.after(stem.to_owned());
        assert_eq!(made("kˈæt", Ending::S), "kˈæts");
        assert_eq!(made("dˈɔɡ", Ending::S), "dˈɔɡz");
        assert_eq!(made("mˈɛsɪʤ", Ending::S), "mˈɛsɪʤᵻz");
        assert_eq!(made("wˈAt", Ending::Ed), "wˈAɾᵻd");
        assert_eq!(made("wˈAt", Ending::Ing), "wˈAɾɪŋ");
        assert_eq!(made("kənˈɛkt", Ending::Ed), "kənˈɛktᵻd");
        assert_eq!(made("pˈɪŋ", Ending::Ed), "pˈɪŋd");
        assert_eq!(made("lˈɔnʧ", Ending::Ed), "lˈɔnʧt");
        assert_eq!(made("", Ending::S), "");
    }

    #[test]
    fn a_word_may_be_made_of_several() {
        let made_of =
            |word: &str| stems(word).into_iter().map(|(stem, _)| stem).collect::<Vec<_>>();
        assert_eq!(made_of("retries"), ["retrie", "retry"]);
        assert_eq!(made_of("matches"), ["matche", "match"]);
        assert_eq!(made_of("Ada's"), ["Ada"]);
        assert_eq!(made_of("stopped"), ["stoppe", "stopp", "stop"]);
        assert_eq!(made_of("pinging"), ["ping", "pinge"]);
        assert_eq!(made_of("mapping"), ["mapp", "mappe", "map"]);
        assert_eq!(made_of("glass"), [""; 0]);
    }
}

//! Words whose reading is their function: articles, `to`, `in`, `by`, `used`, and `resume`, which is sent or done.

use super::alphabet::Next;
use super::tag::Tag;
use super::word::Asked;

/// How such a word is read where it stands; `None`: as any other word.
pub(super) fn read(asked: Asked<'_>) -> Option<&'static str> {
    let Asked { word, tag, ahead } = asked;
    let is_shouted = word.len() > 1 && !word.contains(|c: char| c.is_ascii_lowercase());
    let lower = Some(word).filter(|word| word.len() <= LONGEST)?.to_ascii_lowercase();
    let reading = match (lower.as_str(), ahead.next) {
        ("a", Next::Vowel | Next::Consonant) if tag == Tag::Determiner => "ɐ",
        ("a", _) => "ˈA",
        ("an", _) if is_shouted && tag.is_noun() => return None,
        ("an", _) => "ɐn",
        ("am", _) if tag.is_noun() => "ˌAˈɛm",
        ("am", Next::Vowel | Next::Consonant) if word == "am" => "ɐm",
        ("i", _) if tag == Tag::Pronoun && word == "I" => "ˌI",
        ("to", _) if is_shouted && !matches!(tag, Tag::To | Tag::Preposition) => return None,
        ("to", Next::Vowel) => "tʊ",
        ("to", Next::Consonant) => "tə",
        ("to", Next::Pause) => "tu",
        ("in", _) if is_shouted && tag == Tag::Name => return None,
        ("in", Next::Vowel | Next::Consonant) if tag == Tag::Preposition => "ɪn",
        ("in", _) => "ˈɪn",
        ("the", Next::Vowel) => "ði",
        ("the", _) => "ðə",
        ("by", _) if tag.is_adverb() => "bˈI",
        ("vs", _) => "vˈɜɹsəs",
        ("used", _) if ahead.to && matches!(tag, Tag::Past | Tag::Adjective) => "jˈust",
        ("used", _) => "jˈuzd",
        ("resume", _) if tag.is_noun() => "ɹˈɛzəmˌA",
        ("resumes", _) if tag == Tag::Nouns => "ɹˈɛzəmˌAz",
        _ => return None,
    };
    Some(reading)
}

/// Longest such word.
const LONGEST: usize = 7;

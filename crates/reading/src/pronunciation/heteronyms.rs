//! What the tagger is often wrong about on the telephone, put right by rules: who does something is followed by a verb,
//! what was read is read in the past, and one goes live.

use super::tag::Tag;
use super::tagger::Piece;

/// Puts the parts of speech of `pieces` right.
pub(super) fn correct(pieces: &[Piece], tags: &mut [Option<Tag>]) {
    let words: Vec<String> = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Word(word) => word.to_lowercase(),
            Piece::Mark(mark) => mark.to_string(),
        })
        .collect();
    for at in 0..words.len() {
        if let Some(tag) = tags[at] {
            let seen = Seen { words: &words, tags, at };
            tags[at] = Some(seen.corrected(tag));
        }
    }
}

/// A word among the others.
struct Seen<'s> {
    words: &'s [String],
    tags: &'s [Option<Tag>],
    at: usize,
}

impl Seen<'_> {
    fn corrected(&self, tag: Tag) -> Tag {
        match self.word(0) {
            "read" if self.is_verb(tag) => self.read(),
            "live" => self.live(tag),
            "resume" | "resumes" if tag.is_noun() && !self.is_owned() => Tag::Verb,
            _ if matches!(tag, Tag::Verb | Tag::Present) && OWNED.contains(&self.word(-1)) => {
                Tag::Noun
            }
            _ if tag.is_noun() && tag != Tag::Name || tag == Tag::Adjective => self.noun(tag),
            _ => tag,
        }
    }

    /// The word that many places on, or nothing.
    fn word(&self, offset: isize) -> &str {
        let at = self.at.checked_add_signed(offset);
        at.and_then(|at| self.words.get(at)).map_or("", String::as_str)
    }

    /// Whether one of `words` stands within some words before, and no mark between.
    fn follows(&self, words: &[&str], within: usize) -> bool {
        let before = self.words[..self.at].iter().zip(self.tags).rev().take(within);
        before.take_while(|(_, tag)| tag.is_some()).any(|(word, _)| words.contains(&word.as_str()))
    }

    fn is_verb(&self, tag: Tag) -> bool {
        matches!(tag, Tag::Verb | Tag::Past | Tag::Participle | Tag::Present)
            && !self.word(-1).is_empty()
    }

    /// `read`: as `reed` after `to` and what one can or did, as `red` after what is and has been.
    fn read(&self) -> Tag {
        if self.follows(&HAVING, 1) || self.follows(&BEING, 1) {
            Tag::Participle
        } else if self.follows(&["to", "please", "did", "do", "does"], 2) || self.is_modal() {
            Tag::Verb
        } else if self.follows(&HAVING, 3) || self.follows(&BEING, 2) {
            Tag::Participle
        } else {
            self.tags[self.at].unwrap_or(Tag::Verb)
        }
    }

    /// `live`: somebody lives, something is live.
    fn live(&self, tag: Tag) -> Tag {
        let before = self.word(-1);
        if BEING.contains(&before) || GOING.contains(&before) || THINGS.contains(&before) {
            Tag::Adjective
        } else {
            tag
        }
    }

    /// Whether it is somebody's or has a quality.
    fn is_owned(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.tags[at]);
        matches!(before, Some(Tag::Owner | Tag::Determiner | Tag::Adjective | Tag::Possessive))
    }

    /// A noun or adjective where a verb must be.
    fn noun(&self, tag: Tag) -> Tag {
        let before = self.word(-1);
        let has_object = OBJECTS.contains(&self.word(1));
        let begins = self.at == 0 || self.tags[self.at - 1].is_none() || before == "please";
        if self.is_modal()
            || (is_doer(before) && !self.follows(&BEING, 2))
            || (begins && has_object)
        {
            Tag::Verb
        } else {
            tag
        }
    }

    /// Whether a modal stands before it, with no more than a pronoun or `not` between.
    fn is_modal(&self) -> bool {
        let tag = |back: usize| self.at.checked_sub(back).and_then(|at| self.tags[at]);
        let between = tag(1) == Some(Tag::Pronoun) || matches!(self.word(-1), "not" | "n't");
        tag(1) == Some(Tag::Modal) || (between && (tag(2) == Some(Tag::Modal)))
    }
}

fn is_doer(word: &str) -> bool {
    matches!(word, "i" | "we" | "they" | "n't")
}

const HAVING: [&str; 6] = ["have", "has", "had", "'ve", "having", "been"];
const BEING: [&str; 9] = ["is", "are", "was", "were", "be", "been", "being", "'s", "'re"];
const GOING: [&str; 6] = ["go", "goes", "going", "went", "gone", "stream"];
/// What something may be done to live.
const THINGS: [&str; 5] = ["it", "them", "this", "call", "calls"];
/// What is followed by a noun or an adjective, never by a verb.
const OWNED: [&str; 9] = ["the", "a", "an", "your", "my", "our", "their", "its", "every"];
/// What begins the object of a verb.
const OBJECTS: [&str; 14] = [
    "your", "the", "this", "my", "a", "an", "it", "them", "all", "our", "their", "these", "his",
    "her",
];

//! A text as atoms: runs of digits, words, and single other characters, each with the gap before it.
//!
//! The rules look at atoms around a place, never at characters further away than a fixed number of atoms. So the time
//! is linear: every atom is looked at by a bounded number of rules, each of which takes time in the atom's length.

use super::fold::is_combining;

/// What an atom is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// ASCII digits.
    Digits,
    /// Letters with their accents, and apostrophes between them.
    Word,
    /// One character that is neither.
    Symbol,
}

/// What stands before an atom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gap {
    Joined,
    Space,
    /// The beginning, or a blank line.
    Paragraph,
}

#[derive(Clone, Copy, Debug)]
struct Atom<'t> {
    kind: Kind,
    text: &'t str,
    gap: Gap,
}

/// The atoms of a folded text.
#[derive(Debug)]
pub(super) struct Text<'t> {
    atoms: Vec<Atom<'t>>,
}

impl<'t> Text<'t> {
    /// Parts `folded` into its atoms.
    pub(super) fn of(folded: &'t str) -> Text<'t> {
        let mut atoms = Vec::new();
        let mut gap = Gap::Paragraph;
        let mut rest = folded;
        while let Some(first) = rest.chars().next() {
            if first.is_whitespace() {
                let len = rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len());
                let blank = rest[..len].matches('\n').nth(1).is_some();
                gap = if blank || gap == Gap::Paragraph { Gap::Paragraph } else { Gap::Space };
                rest = &rest[len..];
                continue;
            }
            let (kind, len) = if first.is_ascii_digit() {
                let end = rest.find(|c: char| !c.is_ascii_digit());
                (Kind::Digits, end.unwrap_or(rest.len()))
            } else if first.is_alphabetic() {
                (Kind::Word, word(rest))
            } else {
                (Kind::Symbol, first.len_utf8())
            };
            atoms.push(Atom { kind, text: &rest[..len], gap });
            gap = Gap::Joined;
            rest = &rest[len..];
        }
        Text { atoms }
    }

    /// How many atoms there are.
    pub(super) fn len(&self) -> usize {
        self.atoms.len()
    }

    /// Its words.
    pub(super) fn words(&self) -> impl Iterator<Item = &'t str> {
        self.atoms.iter().filter(|atom| atom.kind == Kind::Word).map(|atom| atom.text)
    }
}

/// The length of the word at the beginning of `text`.
fn word(text: &str) -> usize {
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let inner = c == '\'' && characters.peek().is_some_and(|(_, next)| next.is_alphabetic());
        if !(c.is_alphabetic() || inner || is_combining(c)) {
            return at;
        }
    }
    text.len()
}

/// A place in a text, and what is known there from what was read before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Here<'t> {
    text: &'t Text<'t>,
    at: usize,
    /// What the words before say about a number.
    pub(super) cue: Option<super::cues::Cue>,
    /// Whether what was read last is a quantity, a date or a time, so that a dash is "to".
    pub(super) after_quantity: bool,
    /// Whether a sentence begins here.
    pub(super) begins: bool,
    /// Whether the whole text is written in capitals.
    pub(super) shouted: bool,
}

impl<'t> Here<'t> {
    /// The place at the atom `at`.
    pub(super) fn new(text: &'t Text<'t>, at: usize) -> Here<'t> {
        Here { text, at, cue: None, after_quantity: false, begins: at == 0, shouted: false }
    }

    fn atom(&self, offset: isize) -> Option<&'t Atom<'t>> {
        self.text.atoms.get(self.at.checked_add_signed(offset)?)
    }

    /// The kind of the atom that stands `offset` further (0: here, -1: before).
    pub(super) fn kind(&self, offset: isize) -> Option<Kind> {
        Some(self.atom(offset)?.kind)
    }

    /// Its characters.
    pub(super) fn text(&self, offset: isize) -> Option<&'t str> {
        Some(self.atom(offset)?.text)
    }

    /// Its digits, if it is made of them.
    pub(super) fn digits(&self, offset: isize) -> Option<&'t str> {
        self.atom(offset).filter(|atom| atom.kind == Kind::Digits).map(|atom| atom.text)
    }

    /// The word, if it is one.
    pub(super) fn word(&self, offset: isize) -> Option<&'t str> {
        self.atom(offset).filter(|atom| atom.kind == Kind::Word).map(|atom| atom.text)
    }

    /// The character, if it is a symbol.
    pub(super) fn symbol(&self, offset: isize) -> Option<char> {
        self.atom(offset).filter(|atom| atom.kind == Kind::Symbol)?.text.chars().next()
    }

    /// Whether it is this symbol.
    pub(super) fn is(&self, offset: isize, symbol: char) -> bool {
        self.symbol(offset) == Some(symbol)
    }

    /// Whether it is there and nothing parts it from the one before.
    pub(super) fn joined(&self, offset: isize) -> bool {
        self.atom(offset).is_some_and(|atom| atom.gap == Gap::Joined)
    }

    /// Whether it is this symbol, joined to the one before.
    pub(super) fn joined_is(&self, offset: isize, symbol: char) -> bool {
        self.joined(offset) && self.is(offset, symbol)
    }

    /// Digits that are joined to what is before them.
    pub(super) fn joined_digits(&self, offset: isize) -> Option<&'t str> {
        self.digits(offset).filter(|_| self.joined(offset))
    }

    /// A word that is joined to what is before it.
    pub(super) fn joined_word(&self, offset: isize) -> Option<&'t str> {
        self.word(offset).filter(|_| self.joined(offset))
    }

    /// Whether a paragraph ends before it, or the text does.
    pub(super) fn ends(&self, offset: isize) -> bool {
        self.atom(offset).is_none_or(|atom| atom.gap == Gap::Paragraph)
    }

    /// Whether it is a word that begins with a capital.
    pub(super) fn is_capitalized(&self, offset: isize) -> bool {
        self.word(offset).is_some_and(|word| word.starts_with(char::is_uppercase))
    }

    /// The same place `offset` atoms further, where another rule looks.
    pub(super) fn further(&self, offset: usize) -> Here<'t> {
        Here { at: self.at + offset, ..*self }
    }

    /// Whether a thing that is counted stands there (`messages`): the number before it is an amount.
    pub(super) fn counts(&self, offset: isize) -> bool {
        !self.joined(offset)
            && self.word(offset).is_some_and(|word| {
                word.len() > 3
                    && word.starts_with(char::is_lowercase)
                    && word.ends_with('s')
                    && !word.ends_with("ss")
                    && !word.ends_with("'s")
                    && !NOT_COUNTED.contains(&word)
            })
    }
}

/// Words in s that are not plurals.
const NOT_COUNTED: &[&str] = &[
    "this",
    "always",
    "across",
    "plus",
    "minus",
    "thus",
    "perhaps",
    "expires",
    "ends",
    "starts",
    "begins",
    "comes",
    "works",
    "gets",
    "goes",
    "takes",
    "says",
    "does",
    "needs",
    "means",
    "seems",
    "remains",
    "fails",
    "opens",
    "closes",
    "arrives",
    "departs",
    "leaves",
    "includes",
    "costs",
    "towards",
    "besides",
    "versus",
    "whereas",
    "sometimes",
    "makes",
    "saves",
    "requires",
];

/// What a rule read.
#[derive(Debug)]
pub(super) struct Found {
    /// How many atoms it took; at least one.
    pub(super) atoms: usize,
    /// How they are spoken.
    pub(super) said: Said,
    /// Whether it is a quantity, a date or a time.
    pub(super) quantity: bool,
}

use super::said::Said;

impl Found {
    /// `atoms` atoms that are read as `said`.
    pub(super) fn new(atoms: usize, said: Said) -> Found {
        Found { atoms, said, quantity: false }
    }

    /// The same for a quantity, a date or a time.
    pub(super) fn quantity(atoms: usize, said: Said) -> Found {
        Found { atoms, said, quantity: true }
    }
}

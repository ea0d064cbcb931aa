//! Parts of speech, as the Penn Treebank names them (Santorini 1990), and which readings of the lexicon they choose.

use crate::lexicon::Kind;

macro_rules! tags {
    ($($tag:ident $name:literal,)*) => {
        /// A word's part of speech. Their order is that of the tagger's file.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Tag { $($tag,)* }

        impl Tag {
            /// All of them.
            pub(super) const ALL: &'static [Tag] = &[$(Tag::$tag,)*];

            /// The Treebank's name, by which the tagger's weights go.
            pub(super) fn name(self) -> &'static str {
                match self { $(Tag::$tag => $name,)* }
            }
        }
    };
}

tags! {
    Conjunction "CC",
    Number "CD",
    Determiner "DT",
    There "EX",
    Foreign "FW",
    Preposition "IN",
    Adjective "JJ",
    Comparative "JJR",
    Superlative "JJS",
    Modal "MD",
    Noun "NN",
    Name "NNP",
    Names "NNPS",
    Nouns "NNS",
    Predeterminer "PDT",
    Possessive "POS",
    Pronoun "PRP",
    Owner "PRP$",
    Adverb "RB",
    AdverbComparative "RBR",
    AdverbSuperlative "RBS",
    Particle "RP",
    To "TO",
    Interjection "UH",
    Verb "VB",
    Past "VBD",
    Gerund "VBG",
    Participle "VBN",
    Present "VBP",
    ThirdPerson "VBZ",
    WhDeterminer "WDT",
    WhPronoun "WP",
    WhOwner "WP$",
    WhAdverb "WRB",
}

impl Tag {
    /// The readings that it chooses, the most exact first.
    pub(super) fn kinds(self) -> &'static [Kind] {
        match self {
            Tag::Noun | Tag::Name | Tag::Names | Tag::Nouns => &[Kind::Noun],
            Tag::Verb | Tag::Gerund | Tag::ThirdPerson => &[Kind::Verb],
            Tag::Past => &[Kind::Past, Kind::Verb],
            Tag::Participle => &[Kind::Participle, Kind::Verb],
            Tag::Present => &[Kind::Present, Kind::Verb],
            Tag::Adjective | Tag::Comparative | Tag::Superlative => &[Kind::Adjective],
            Tag::Adverb | Tag::AdverbComparative | Tag::AdverbSuperlative => &[Kind::Adverb],
            Tag::Determiner => &[Kind::Determiner],
            Tag::Conjunction
            | Tag::Number
            | Tag::There
            | Tag::Foreign
            | Tag::Preposition
            | Tag::Modal
            | Tag::Predeterminer
            | Tag::Possessive
            | Tag::Pronoun
            | Tag::Owner
            | Tag::Particle
            | Tag::To
            | Tag::Interjection
            | Tag::WhDeterminer
            | Tag::WhPronoun
            | Tag::WhOwner
            | Tag::WhAdverb => &[],
        }
    }

    /// Whether it is a noun or a name.
    pub(super) fn is_noun(self) -> bool {
        self.kinds() == [Kind::Noun]
    }

    /// Whether it is a name.
    pub(super) fn is_name(self) -> bool {
        matches!(self, Tag::Name | Tag::Names)
    }

    /// Whether it is an adverb.
    pub(super) fn is_adverb(self) -> bool {
        self.kinds() == [Kind::Adverb]
    }
}

/// The Treebank's name of a mark.
pub(super) fn of_mark(mark: char) -> &'static str {
    match mark {
        '.' | '!' | '?' => ".",
        ',' => ",",
        '(' => "-LRB-",
        ')' => "-RRB-",
        '“' => "``",
        '”' => "''",
        _ => ":",
    }
}

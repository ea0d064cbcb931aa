//! What words say about the number that comes soon: a code is read digit by digit, an amount is not.

use super::atoms::{Here, Kind};

/// What the words before a number make of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cue {
    /// A code or PIN: digit by digit, in groups.
    Code,
    /// An account, order or ticket: three and more digits one by one.
    Number,
    /// A telephone number or short code.
    Dial,
    /// A room, gate or suite, a status: in pairs.
    Room,
}

impl Cue {
    /// How many words may stand between it and its number (`code for logging in to Acme is`).
    fn reach(self) -> u8 {
        match self {
            Cue::Code => 8,
            Cue::Dial => 4,
            Cue::Number => 3,
            Cue::Room => 1,
        }
    }
}

/// The cue that is in force, and how long.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cues {
    cue: Option<(Cue, u8)>,
}

impl Cues {
    /// The cue in force.
    pub(super) fn now(self) -> Option<Cue> {
        self.cue.map(|(cue, _)| cue)
    }

    /// Takes note of `atoms` atoms that are read.
    pub(super) fn pass(&mut self, here: Here<'_>, atoms: usize) {
        for offset in 0..atoms.cast_signed() {
            match here.kind(offset) {
                Some(Kind::Word) => self.word(here, offset),
                Some(Kind::Symbol) => {
                    let symbol = here.symbol(offset);
                    if matches!(symbol, Some('.' | '!' | '?' | ';')) && !here.joined(offset + 1) {
                        self.cue = None;
                    } else if symbol == Some('#') {
                        self.cue = Some((Cue::Number, 0));
                    }
                }
                Some(Kind::Digits) | None => {}
            }
        }
    }

    fn word(&mut self, here: Here<'_>, offset: isize) {
        let Some(word) = here.word(offset) else { return };
        if word.len() <= LONGEST {
            let word = word.to_lowercase();
            if let Some((cue, _)) = CUES.iter().find(|(_, words)| words.contains(&word.as_str())) {
                self.cue = Some((*cue, 0));
                return;
            }
            if matches!((self.cue, word.as_str()), (Some((Cue::Number, 0)), "of")) {
                self.cue = None;
            }
        }
        self.cue = self.cue.map(|(cue, words)| (cue, words + 1));
        self.cue = self.cue.filter(|(cue, words)| *words <= cue.reach());
    }
}

/// Whether a word about codes follows within the sentence (`482913 is your code`).
pub(super) fn code_follows(here: Here<'_>, offset: isize) -> bool {
    let first = here.word(offset).is_some_and(|word| word == "is");
    first
        && (offset..offset + AHEAD)
            .map_while(|offset| here.word(offset))
            .any(|word| CODES.contains(&word.to_lowercase().as_str()))
}

/// How many words ahead a code is looked for.
const AHEAD: isize = 7;

/// Longest cue word, in bytes.
const LONGEST: usize = 14;

const CODES: &[&str] =
    &["code", "codes", "pin", "passcode", "otp", "password", "passwords", "token", "cvv", "digits"];

const CUES: &[(Cue, &[&str])] = &[
    (Cue::Code, CODES),
    (
        Cue::Number,
        &[
            "number",
            "numbers",
            "no",
            "account",
            "acct",
            "order",
            "ticket",
            "case",
            "invoice",
            "reference",
            "ref",
            "tracking",
            "policy",
            "booking",
            "reservation",
            "incident",
            "flight",
            "extension",
            "ext",
            "id",
            "serial",
            "routing",
            "card",
            "license",
            "ending",
            "zip",
            "job",
            "claim",
            "member",
            "parcel",
            "package",
            "shipment",
            "bus",
            "train",
            "highway",
            "route",
            "interstate",
            "channel",
            "port",
        ],
    ),
    (
        Cue::Dial,
        &[
            "dial",
            "call",
            "phone",
            "text",
            "fax",
            "tel",
            "telephone",
            "sms",
            "reply",
            "mobile",
            "cell",
            "whatsapp",
        ],
    ),
    (
        Cue::Room,
        &[
            "room",
            "suite",
            "apartment",
            "apt",
            "ste",
            "gate",
            "unit",
            "bay",
            "box",
            "building",
            "locker",
            "rm",
            "error",
            "status",
            "http",
        ],
    ),
];

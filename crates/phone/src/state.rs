//! What a call is doing, and with whom.
//!
//! Plain words; they change nothing.

use std::fmt;

use sip::Ending;

use crate::note::InWords;

/// Who is at an end of a call, as the signalling names them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Party {
    /// User part of the address, as a rule a number or a name.
    pub number: String,
    /// Name to show.
    pub display: Option<String>,
    /// Host part of the address.
    pub host: Option<String>,
}

/// What a call is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It is placed, and nothing is known yet.
    Dialling,
    /// It is placed, and the far phone rings.
    RingingThere,
    /// It came in, and waits to be answered.
    Ringing,
    /// It is up.
    Talking {
        /// Who holds whom.
        hold: Hold,
    },
    /// It is over.
    Ended(Ending),
}

/// Who holds whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Both talk.
    Nobody,
    /// We hold them.
    Us,
    /// They hold us.
    Them,
    /// Each holds the other.
    Both,
}

impl Hold {
    pub(crate) fn of(us: bool, them: bool) -> Self {
        match (us, them) {
            (false, false) => Self::Nobody,
            (true, false) => Self::Us,
            (false, true) => Self::Them,
            (true, true) => Self::Both,
        }
    }

    pub(crate) fn by_them(self) -> bool {
        match self {
            Self::Them | Self::Both => true,
            Self::Nobody | Self::Us => false,
        }
    }
}

impl Party {
    pub(crate) fn of(address: &sip::Address) -> Self {
        Self {
            number: address.user.clone(),
            display: address.display.clone(),
            host: address.host.clone(),
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.display {
            Some(display) => write!(f, "{} ({display})", self.number),
            None => f.write_str(&self.number),
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dialling => f.write_str("dialling"),
            Self::RingingThere => f.write_str("ringing at the far end"),
            Self::Ringing => f.write_str("ringing"),
            Self::Talking { hold: Hold::Nobody } => f.write_str("up"),
            Self::Talking { hold: Hold::Us } => f.write_str("up, the far side on hold"),
            Self::Talking { hold: Hold::Them } => f.write_str("up, held by the far side"),
            Self::Talking { hold: Hold::Both } => f.write_str("up, both on hold"),
            Self::Ended(ending) => write!(f, "over ({})", InWords(ending)),
        }
    }
}

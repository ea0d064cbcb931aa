//! What a hunt is told, and what it asks of the world. Words only: nothing is decided here.

use std::collections::BTreeSet;
use std::time::Duration;

use model::oncall::{Language, Line, LineCall, Name, Shown, TextKind};
use model::{Moment, Party, Sid};

/// All that a hunt has to know of the world, as it was when the call came; what changes later doesn't matter to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Which line.
    pub line: Line,
    /// `CA…` of the caller's leg.
    pub call: Sid,
    /// Who calls.
    pub from: Party,
    /// The number called.
    pub to: Party,
    /// What the caller hears.
    pub language: Language,
    /// The caller is somebody of ours, by phone.
    pub known: Option<Name>,
    /// Per team, per level: who is meant, in order. A gap is an empty level.
    pub teams: Vec<Vec<Vec<Candidate>>>,
    /// Per team: everyone, for `everyone_last`.
    pub everyone: Vec<Vec<Candidate>>,
    /// Whom every call goes to, whatever the rota says.
    pub target: Option<Party>,
    /// Whether the line is open at this moment.
    pub is_open: bool,
    /// Who is on duty, in words for a known caller.
    pub duty: String,
}

/// Somebody who could be rung.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Who; `None`: a phone that belongs to nobody here.
    pub person: Option<Name>,
    /// What people call them.
    pub display: String,
    /// What they hear.
    pub language: Language,
    /// Those that ring, in order.
    pub phones: Vec<Party>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Who is on other calls of lines now; it comes before each of the others.
    Engaged(BTreeSet<Name>),
    /// The call's first request.
    Entered,
    /// The caller's answer to the menu of teams; `None`: no key.
    Key(Option<char>),
    /// A rung phone was answered: its document is asked for.
    Answered {
        /// Which.
        attempt: u32,
    },
    /// The answer of the one rung; `None`: no key.
    CalledKey {
        /// Which.
        attempt: u32,
        /// What they pressed.
        key: Option<char>,
    },
    /// A dial is over, and the caller's leg asks what next.
    DialEnded {
        /// What came of it.
        outcome: DialOutcome,
        /// `CA…` of the leg that it speaks of.
        call: Option<Sid>,
        /// How long they talked, in seconds.
        talked_seconds: Option<u32>,
    },
    /// A rung leg has ended. Before the dial's end, or after it, or never.
    AttemptEnded {
        /// Which.
        attempt: u32,
        /// What came of it; a leg that was answered is `Completed`.
        outcome: DialOutcome,
        /// `CA…` of the leg.
        call: Sid,
    },
    /// A message is complete.
    Recorded {
        /// `RE…`.
        recording: Sid,
        /// Its length.
        seconds: u32,
    },
    /// There is no message.
    NoMessage,
    /// A known caller's key; `None`: none.
    Command(Option<char>),
    /// What came of an [`Output::Order`], in words to be said.
    CommandDone(String),
    /// The caller hung up, or was hung up on.
    CallerLeft,
}

/// What came of ringing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DialOutcome {
    /// Somebody answered, and is gone.
    Completed,
    /// It rang out.
    NoAnswer,
    /// It was busy.
    Busy,
    /// It could not be reached.
    Failed,
    /// The caller pressed `*` while it rang; of one leg: it was given up.
    Canceled,
}

/// What the hunt asks of the world. A request is answered by exactly one `Caller` or `Called` of the same turn; what is to
/// be kept and told comes before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// The document for the caller's leg, which asked.
    Caller(Vec<Step>),
    /// The document for the rung phone's leg, which asked.
    Called(Vec<Step>),
    /// Keep it as it is now.
    Save(Box<LineCall>),
    /// Tell them by text and e-mail. At most once per call and kind.
    Tell(Notice),
    /// Do what a known caller ordered, and answer by [`Input::CommandDone`].
    Order(Order),
    /// Nothing to do before the next input; or, if a moment is given, before any input at or after it
    /// ([`Input::Engaged`] will do): a missed call is told only once it is clear that there is no message.
    Idle(Option<Moment>),
}

/// What is told to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// `Missed` or `Voicemail`.
    pub kind: TextKind,
    /// Those on duty and those who were tried. Empty if there is nobody: the line's other addresses are still told.
    pub to: Vec<Name>,
}

/// A known caller's command by key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Who is on duty.
    Who,
    /// Who comes next.
    Next,
    /// Take duty for that long.
    Take(Duration),
    /// Go off duty.
    Off,
}

/// One step of a leg's document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Say it.
    Say {
        /// The words.
        text: String,
        /// In which language.
        language: Language,
    },
    /// Play it: an `alo://` or http(s) address.
    Play(String),
    /// Ask for one key. After silence the same input comes, with no key.
    Menu {
        /// What is heard.
        prompts: Vec<Step>,
        /// Keys that mean something.
        keys: Vec<char>,
        /// Silence after the prompts, in seconds.
        seconds: u32,
        /// Which input the answer becomes.
        ask: Ask,
    },
    /// Ring phones, at once if several.
    Dial {
        /// Which.
        rings: Vec<Ring>,
        /// How long.
        seconds: u32,
        /// What they see.
        shown: Shown,
        /// What the caller hears meanwhile: messages, then music endlessly. Without music it is the ring-back.
        hold: Vec<Step>,
    },
    /// Take a message.
    Record {
        /// Longest, in seconds.
        max_seconds: u32,
    },
    /// Don't answer the call.
    Reject,
    /// Hang up.
    Hangup,
    /// End of the called's document: connects.
    Bridge,
}

/// Which input a key becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// [`Input::Key`].
    Key,
    /// [`Input::CalledKey`].
    CalledKey {
        /// Which.
        attempt: u32,
    },
    /// [`Input::Command`].
    Command,
}

/// One phone that is rung.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ring {
    /// Its place in the record's attempts, from 1.
    pub attempt: u32,
    /// Where.
    pub phone: Party,
}

//! What goes into an escalation and what comes out of it. Values only.

use std::collections::{BTreeMap, BTreeSet};

use model::Moment;
use model::oncall::Name;
use model::watch::{Author, Channel, Incident};

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The incident is kept, under this number. Nobody is told before.
    Kept {
        /// What `ack 12` takes.
        id: i64,
    },
    /// Who is on duty now. Given before each other input; nobody is told before the first.
    Known(Known),
    /// It was said again.
    Again {
        /// Why now.
        detail: String,
    },
    /// It is up again, or its source says so.
    Resolved,
    /// Somebody sees to it.
    Acknowledged(Author),
    /// Somebody wants the next level told now.
    Escalated(Author),
    /// Somebody closed it by hand.
    Closed(Author),
    /// Somebody doesn't want to be called about it.
    Quieted(Author),
    /// What came of telling. Every [`Output::Tell`] is to be answered by one of these.
    Told {
        /// As in the telling.
        key: String,
        /// It reached them.
        reached: bool,
        /// How that is known, or why not.
        detail: String,
    },
    /// The moment of [`Output::Idle`] has come.
    Tick,
}

/// Who there is, who is on duty, and how each can be reached.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Known {
    /// By rota: the first is on duty, the others follow in their order.
    pub on_duty: BTreeMap<Name, Vec<Name>>,
    /// Everybody of the account.
    pub everyone: Vec<Name>,
    /// How each can be reached.
    pub reach: BTreeMap<Name, BTreeSet<Channel>>,
}

/// What an escalation wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Keep the incident as it is now. What is told next stands in its log already.
    Save(Box<Incident>),
    /// Tell somebody.
    Tell(Telling),
    /// Nothing to do before this moment, or before the next input if `None`.
    Idle(Option<Moment>),
}

/// Somebody is to be told in some way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telling {
    /// By which a repetition is recognised, also after a restart: `12/1/ada/call`.
    pub key: String,
    /// Whom.
    pub to: Recipient,
    /// How.
    pub channel: Channel,
    /// What.
    pub what: What,
}

/// Whom.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Recipient {
    /// Somebody.
    Person(Name),
    /// A webhook.
    Url(String),
}

/// What is told of an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum What {
    /// Something is wrong.
    Down,
    /// It is right again.
    Recovered,
    /// Somebody sees to it, and it is still wrong.
    Reminder,
    /// Somebody sees to it. Told to webhooks only.
    Acknowledged,
}

impl What {
    /// As it is written in documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            What::Down => "down",
            What::Recovered => "recovered",
            What::Reminder => "reminder",
            What::Acknowledged => "acknowledged",
        }
    }
}

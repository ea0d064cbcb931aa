//! Commands by text: what people of a line may say, what they are answered, and what follows from it.
//!
//! Nothing is done here. A command is carried out against a [`Scene`], which is all that it may look at; out of it come
//! the reply, and deeds for whoever keeps the rotas and sends texts.

mod calls;
mod duty;
mod fold;
mod read;
mod replies;
mod swaps;
#[cfg(test)]
mod tests;
mod which;

use std::time::Duration;

use model::Moment;
use model::oncall::{LineCall, Name, Override, Person, Rota, Swap};

pub use read::read;
pub use swaps::swap_news;

use replies::Replies;

/// What somebody wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Who is on duty?
    Who {
        /// In this rota; `None`: in all.
        rota: Option<String>,
    },
    /// Who comes next?
    Next {
        /// In this rota; `None`: in all.
        rota: Option<String>,
    },
    /// Let me be on duty from now on.
    Take {
        /// For that long.
        time: Duration,
        /// In this rota; `None`: the one I take part in.
        rota: Option<String>,
    },
    /// A `TAKE` whose time can't be read.
    BadTime {
        /// As it was written.
        text: String,
    },
    /// Let somebody take my next shift for theirs.
    Swap {
        /// Who, and perhaps in which rota, as it was written. Empty: nobody was named.
        with: String,
    },
    /// I don't want to be on duty for the rest of my shift.
    Off {
        /// In this rota; `None`: the one where I am on duty.
        rota: Option<String>,
    },
    /// I see to this call, or agree to this swap.
    Acknowledge {
        /// Its number; `None`: the only one there is.
        ticket: Option<i64>,
    },
    /// I don't agree to this swap.
    Refuse {
        /// Its number; `None`: the only one there is.
        ticket: Option<i64>,
    },
    /// What can I say?
    Help,
    /// Not understood.
    Unknown,
}

/// All that a command may look at.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The time.
    pub now: Moment,
    /// Who says it.
    pub me: &'a Person,
    /// Everybody.
    pub people: &'a [Person],
    /// Every rota, with what was changed by hand around now.
    pub rotas: &'a [(Rota, Vec<Override>)],
    /// Swaps that are asked and not answered.
    pub swaps: &'a [Swap],
    /// Missed calls that nobody has seen to.
    pub calls: &'a [LineCall],
}

/// What follows from a command, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Change a rota.
    Override(Override),
    /// Ask somebody. `{id}` in the reply and in the texts of the same command is the number that it gets.
    AskSwap(Swap),
    /// Decide what was asked.
    DecideSwap {
        /// As it was asked.
        swap: Swap,
        /// Whether it counts.
        accept: bool,
        /// What it changes.
        overrides: Vec<Override>,
    },
    /// Somebody sees to a call.
    Acknowledge {
        /// Its number.
        ticket: i64,
    },
    /// Send a text.
    Tell {
        /// To whom.
        to: Name,
        /// In their language.
        text: String,
    },
}

/// Carries a command out: the reply in the sender's language, and what is to be done.
pub fn carry_out(scene: &Scene<'_>, command: &Command) -> (String, Vec<Deed>) {
    let say = Replies::of(scene.me);
    let done = match command {
        Command::Who { rota } => duty::who(scene, rota.as_deref()),
        Command::Next { rota } => duty::next(scene, rota.as_deref()),
        Command::Take { time, rota } => duty::take(scene, *time, rota.as_deref()),
        Command::BadTime { text } => Err(say.bad_time(text)),
        Command::Swap { with } => swaps::ask(scene, with),
        Command::Off { rota } => duty::off(scene, rota.as_deref()),
        Command::Acknowledge { ticket } => calls::acknowledge(scene, *ticket),
        Command::Refuse { ticket } => swaps::refuse(scene, *ticket),
        Command::Help => Err(say.help()),
        Command::Unknown => Err(say.unknown()),
    };
    done.unwrap_or_else(|reply| (reply, Vec::new()))
}

/// A reply with deeds, or only a reply.
type Done = Result<(String, Vec<Deed>), String>;

impl<'a> Scene<'a> {
    fn person(&self, name: &Name) -> Option<&'a Person> {
        self.people.iter().find(|person| person.name == *name)
    }

    /// What people call them.
    fn shown(&self, name: &Name) -> String {
        self.person(name).map_or_else(|| name.to_string(), |person| person.shown().to_owned())
    }

    /// A text to somebody; none to oneself, or to somebody unknown.
    fn tell(&self, to: &Name, text: impl FnOnce(&Replies<'_>) -> String) -> Option<Deed> {
        let person = self.person(to).filter(|person| person.name != self.me.name)?;
        Some(Deed::Tell { to: to.clone(), text: text(&Replies::of(person)) })
    }
}

//! The words of the support line: people and their phones, rotas, lines, and the records of what happened on them.
//!
//! Values only, in the shape in which they are kept and shown; what follows from them (who is on duty, who is rung
//! next) is decided in the crate `oncall`. Each belongs to an account, which is not written in it.

mod call;
mod line;
mod person;
mod rota;

pub use call::{
    Acknowledgement, Attempt, AttemptOutcome, LineCall, LineOutcome, Mail, TextKind, Told,
};
pub use line::{
    Hours, Level, Line, Mode, Music, PROMPTS, Prompt, Shown, Team, VoicemailRules, Window,
};
pub use person::{InvalidName, InvalidZone, Language, Name, Person, PersonPhone, Zone};
pub use rota::{Change, Crew, Layer, Order, Override, Rota, Swap, SwapState, Turn, TurnUnit};

//! Support Roulette as data: rotas, shifts, the hunt for whoever answers, commands by text.

mod change;
mod clock;
pub mod commands;
mod duty;
mod hours;
mod hunt;
pub mod ical;
pub mod load;
mod lot;
pub mod original;
mod roster;
mod rota;
mod swap;
mod turn_order;
mod turns;
pub mod words;

pub use change::{change_crew, off, take};
pub use duty::{Draw, Duty, Handoff, Why};
pub use hours::is_open;
pub use hunt::{
    Ask, Candidate, DialOutcome, Hunt, Input, Notice, Order, Output, Ring, Setting, Step,
};
pub use roster::Roster;
pub use rota::{RotaError, check_rota};
pub use swap::{swap, swap_overrides, swap_shifts};

//! Support Roulette as data: rotas, shifts, the hunt for whoever answers, commands by text.

mod hunt;
pub mod words;

pub use hunt::{
    Ask, Candidate, DialOutcome, Hunt, Input, Notice, Order, Output, Ring, Setting, Step,
};

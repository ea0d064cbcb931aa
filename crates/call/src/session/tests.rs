//! Scenarios of calls on virtual time: script in, transcript out.

mod dials;
mod ends;
mod holds;
mod properties;
mod script;
mod speech;
mod texts;
mod verbs;
mod whispers;

//! Scenarios of calls on virtual time: script in, transcript out.

mod dials;
mod ends;
mod properties;
mod script;
mod texts;
mod verbs;

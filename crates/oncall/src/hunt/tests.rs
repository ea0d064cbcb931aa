//! Calls of a line: scripts in, transcripts out.

mod connecting;
mod leaving;
mod properties;
mod receiving;
mod script;
mod several;

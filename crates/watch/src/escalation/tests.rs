//! Incidents on virtual time: scripts in, transcripts out.

mod acts;
mod properties;
mod reaching;
mod restarts;
mod script;
mod steps;

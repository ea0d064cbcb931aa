//! Scenarios of calls on virtual time: script in, transcript out.

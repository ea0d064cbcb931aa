//! Scenarios of the interpreter on virtual time: script in, transcript out.

//! TwiML: parser with positions, typed verbs, the interpreter (a state machine).

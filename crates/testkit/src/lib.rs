//! Scenario language over virtual phones, and audio checks by frequency.

//! Probing: one question to one host, one outcome. What follows from it is the crate `watch`'s.

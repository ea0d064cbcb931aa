//! Batches, seen from inside: verbs that are made to share a transaction.

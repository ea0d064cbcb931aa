//! Twilio-compatible REST: one route table, one file per resource, thin handlers.

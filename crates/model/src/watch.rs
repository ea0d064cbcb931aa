//! The words of the watch: checks and what they probe, what came of it, incidents, and who is to be told of them.
//!
//! Values only, in the shape in which they are kept and shown; what follows from them (down or up, who is told when) is
//! decided in the crate `watch`, and the probing is `probes`'. Each belongs to an account, which is not written in it.

mod check;
mod incident;
mod page;
mod policy;
mod probe;
mod state;

pub use check::{Check, Schedule};
pub use incident::{Author, Incident, IncidentKind, LogEntry, LogEvent, Signal, SignalState, Way};
pub use page::{Maintenance, Recurrence, StatusPage};
pub use policy::{Channel, Policy, PolicyStep, Target};
pub use probe::{
    Auth, BodyRule, Comparison, DnsRecord, Family, HttpProbe, Probe, SmtpTls, StatusRange,
};
pub use state::{CheckState, Hour, Outcome, Standing};

//! The watch: is it up, and who was told? Outcomes in, states and incidents out.
//!
//! Pure: no clock, no socket, no chance; `now` is an argument. [`Judge`] is one check (hysteresis both ways, flapping,
//! maintenance, parents, heartbeats), [`Escalation`] one incident (steps of a policy until somebody sees to it),
//! [`Bundle`] what one person is told of many incidents, [`Rounds`] whose turn to be probed it is.

pub mod bundle;
pub mod commands;
mod cron;
mod cut;
pub mod escalation;
pub mod judge;
mod maintenance;
mod network;
mod rounds;
mod times;
mod wall;
pub mod words;

pub use bundle::Bundle;
pub use cron::{Cron, InvalidCron};
pub use escalation::{Escalation, Known, Recipient, Telling, What};
pub use judge::Judge;
pub use maintenance::{in_maintenance, next_change};
pub use network::network_is_up;
pub use rounds::Rounds;
pub use times::{BUCKETS, bucket, percentile, uptime};

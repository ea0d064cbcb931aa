//! The API on a real engine: every request goes through the whole router; the store is in memory, SIP on loopback.

mod accounts;
mod ack;
mod applications;
mod calendars;
mod calls;
mod described;
mod doors;
mod handsets;
mod line_calls;
mod magic;
mod media;
mod messages;
mod numbers;
mod on_duty;
mod ours;
mod recordings;
mod server;
mod services;
mod short_codes;
mod support_line;
mod transcriptions;
mod twimlets;

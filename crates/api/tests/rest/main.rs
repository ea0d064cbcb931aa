//! The API on a real engine: every request goes through the whole router; the store is in memory, SIP on loopback.

mod accounts;
mod calls;
mod doors;
mod numbers;
mod ours;
mod recordings;
mod server;

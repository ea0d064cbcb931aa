//! Texts through a whole engine: a real store, the virtual carrier, applications on loopback.

mod house;
mod inbound;
mod outbound;
mod upsets;
mod uptime;

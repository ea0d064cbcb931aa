//! What it costs to keep what must not be lost, from a verb to its acknowledgement, alone and among many.
//!
//! `cargo bench -p store` measures calls and texts; `cargo bench -p store -- million` what a full queue costs.

mod calls;
mod clients;
mod texts;

use criterion::{criterion_group, criterion_main};

criterion_group!(benches, calls::save_call, texts::texts, texts::million);
criterion_main!(benches);

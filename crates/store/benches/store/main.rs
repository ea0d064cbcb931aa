//! What it costs to keep what must not be lost, from a verb to its acknowledgement, alone and among many.
//!
//! `cargo bench -p store` measures calls, texts and the watch; `cargo bench -p store -- million` what a full queue
//! and a million outcomes cost.

mod calls;
mod clients;
mod texts;
mod watch;

use criterion::{criterion_group, criterion_main};

criterion_group!(
    benches,
    calls::save_call,
    texts::texts,
    texts::million,
    watch::outcomes,
    watch::million
);
criterion_main!(benches);

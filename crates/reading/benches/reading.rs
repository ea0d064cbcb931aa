//! What a text costs before the voice has it: its words, then their phonemes.
//!
//! A prompt's first sentence is on nobody's ear before this is done, so it is to stay well under a millisecond; the voice
//! itself takes some tens.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use reading::{Pronunciation, words};

const SHORT: &str = "Thank you for calling Acme. Please hold while I connect you.";

const LONG: &str = "Your appointment with Dr. Smith is on 11/23/2026 at 10:30 am. Press 1 to confirm, 2 to \
    reschedule, or read the record live at https://example.com/help. Your balance is $1,234.50, and your code is \
    482913. The webhook of the API couldn't be reached, so the incident was escalated to the secondary responder. ";

fn reading(criterion: &mut Criterion) {
    let texts = [("a greeting", SHORT.to_owned()), ("a page", LONG.repeat(8))];
    let mut group = criterion.benchmark_group("reading");
    for (name, text) in &texts {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(format!("words of {name}"), |bencher| {
            bencher.iter(|| words(black_box(text)));
        });
        let tokens = words(text);
        group.bench_function(format!("phonemes of {name}"), |bencher| {
            bencher.iter(|| Pronunciation::american(None).phonemes(black_box(&tokens)));
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = reading
}
criterion_main!(benches);

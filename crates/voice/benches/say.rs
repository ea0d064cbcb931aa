//! What a sentence costs: the time of one core from phonemes to samples, and of reading the network at the first use.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use reading::{Style, Unknown};
use voice::{UnknownWords, Voice};

/// "Hello there.", 1.1 s.
const SHORT: &str = "həlˈO ðˈɛɹ.";
/// "The quick brown fox jumps over the lazy dog while the engineer on call reads the news.", 5 s.
const LONG: &str =
    "ðə kwˈɪk bɹˈWn fˈɑks ʤˈʌmps ˈOvəɹ ðə lˈAzi dˈɔɡ wˌIl ði ˌɛnʤənˈɪɹ ˌɔn kˈɔl ɹˈidz ðə nˈuz.";

fn say(criterion: &mut Criterion) {
    let voice = Voice::new();
    let mut group = criterion.benchmark_group("voice");
    group.sample_size(20);
    for (name, phonemes) in [("short sentence", SHORT), ("long sentence", LONG)] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| voice.say(black_box(phonemes), Style::default()).expect("it speaks"));
        });
    }
    group.bench_function("read the network", |bencher| {
        bencher.iter(|| Voice::new().warm().expect("it lies in the binary"));
    });
    group.finish();
}

fn unknown(criterion: &mut Criterion) {
    let words = UnknownWords::new();
    criterion.bench_function("voice/an unknown word", |bencher| {
        bencher.iter(|| words.read(black_box("Kubernetes")));
    });
}

criterion_group!(benches, say, unknown);
criterion_main!(benches);

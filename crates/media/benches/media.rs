//! What a packet and a tick cost: codec, RTP, jitter buffer, DTMF and recorder, and streams over loopback.
//!
//! Each of the first group is the work of one packet or one tick of 20 ms; fifty of them a second make a direction of a
//! call. The last group measures the CPU time of this process for streams in real time, per stream and second, which is
//! what the budgets of the design are in.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use media::dtmf::inband;
use media::jitter::Buffer;
use media::recorder::{Channels, Plan, Recorder, Source};
use media::rtp::{HEADER, Header, Packet, Sequence, Timestamp};
use media::tone::{Country, Generator, Tone};
use media::{Codec, FRAME, Frame, Prompt, SILENCE, TICK};

fn speech() -> Frame {
    std::array::from_fn(|index| ((index * 2_654_435_761) >> 16) as i16 / 4)
}

fn codec(criterion: &mut Criterion) {
    let frame = speech();
    let mut bytes = [0; FRAME];
    let mut group = criterion.benchmark_group("codec, 20 ms");
    for codec in [Codec::Pcmu, Codec::Pcma] {
        group.bench_function(format!("encode {}", codec.name()), |bencher| {
            bencher.iter(|| codec.encode(black_box(&frame), &mut bytes));
        });
        let mut samples = SILENCE;
        group.bench_function(format!("decode {}", codec.name()), |bencher| {
            bencher.iter(|| codec.decode(black_box(&bytes), &mut samples));
        });
    }
    group.bench_function("transcode", |bencher| {
        bencher.iter(|| Codec::Pcmu.transcode(Codec::Pcma, black_box(&mut bytes)));
    });
    group.finish();
}

fn rtp(criterion: &mut Criterion) {
    let mut datagram = [0; HEADER + FRAME];
    let header = Header { payload_type: 0, sequence: Sequence(9), ..Header::default() };
    header.write(datagram.first_chunk_mut().expect("longer than a header"));
    criterion.bench_function("rtp, parse and rewrite a packet", |bencher| {
        bencher.iter(|| {
            let packet = Packet::parse(black_box(&datagram)).expect("it is one");
            let header = Header { sequence: packet.header.sequence.next(), ..packet.header };
            header.write(datagram.first_chunk_mut().expect("longer than a header"));
        });
    });
}

fn jitter(criterion: &mut Criterion) {
    let frame = speech();
    let mut heard = SILENCE;
    let mut group = criterion.benchmark_group("jitter buffer, 20 ms");
    for (name, lost) in [("steady", u32::MAX), ("every tenth lost", 10)] {
        let mut buffer = Buffer::default();
        let mut number = 0u32;
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                number = number.wrapping_add(1);
                if !number.is_multiple_of(lost) {
                    buffer.push(
                        Timestamp(number.wrapping_mul(160)),
                        &frame,
                        TICK * (number % 1_000_000),
                    );
                }
                buffer.pull(black_box(&mut heard))
            });
        });
    }
    group.finish();
}

fn ticks(criterion: &mut Criterion) {
    let frame = speech();
    let mut group = criterion.benchmark_group("ticks, 20 ms");
    let mut detector = inband::Detector::default();
    group.bench_function("listen for keys in the audio", |bencher| {
        bencher.iter(|| detector.listen(black_box(&frame)));
    });
    let mut generator = Generator::new(Tone::RingBack(Country::UnitedStates));
    let mut tone = SILENCE;
    group.bench_function("ring-back", |bencher| {
        bencher.iter(|| generator.fill(black_box(&mut tone)));
    });
    for (name, channels) in [("mono", Channels::Mono), ("dual", Channels::Dual)] {
        let mut recorder = Recorder::new(Plan {
            source: Source::Both,
            channels,
            max_length: Duration::MAX,
            end_on_silence: None,
            trim: false,
        });
        let mut block = Vec::with_capacity(2 * FRAME);
        group.bench_function(format!("record {name}"), |bencher| {
            bencher.iter(|| {
                block.clear();
                recorder.tick(black_box(&frame), &frame, &mut block)
            });
        });
    }
    group.finish();
}

fn prompt(criterion: &mut Criterion) {
    let second: Vec<i16> = (0..44_100).map(|index| (index % 2_000) as i16).collect();
    let mut group = criterion.benchmark_group("prompt");
    group.sample_size(20);
    group.bench_function("resample a second from 44.1 kHz", |bencher| {
        bencher.iter(|| Prompt::from_pcm(44_100, black_box(second.clone())).expect("audio"));
    });
    group.finish();
}

fn music(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hold music, a piece");
    group.sample_size(10);
    for bucket in media::music::BUCKETS {
        group.bench_function(bucket, |bencher| {
            bencher.iter(|| media::music::compose(black_box(bucket), 3).expect("there is one"));
        });
    }
    group.finish();
}

criterion_group!(benches, codec, rtp, jitter, ticks, prompt, music);
criterion_main!(benches);

//! Two streams that talk to each other: packet by packet, transcoded, and by way of decoded audio.

use std::time::Duration;

use media::dtmf;
use media::io::{Audio, Direction, Event, PlayId, Remote};
use media::rtp::Header;
use media::{Codec, FRAME};

use crate::far::{Far, Line, Metronome, Voice, hears, media, prompt};

/// Two bridged lines that have both heard a packet.
fn bridged(media: &media::io::Media, one: Codec, other: Codec) -> (Line, Line) {
    let (mut one, mut other) = (Line::open(media, one), Line::open(media, other));
    one.greet();
    other.greet();
    one.stream.bridge(&other.stream);
    one.settle();
    (one, other)
}

#[test]
fn packets_are_relayed_both_ways_as_they_come() {
    let media = media();
    let (mut one, mut other) = bridged(&media, Codec::Pcmu, Codec::Pcmu);
    assert_relays(&mut one.far, &other.far);
    assert_relays(&mut other.far, &one.far);
}

fn assert_relays(from: &mut Far, to: &Far) {
    let mut before: Option<Header> = None;
    for number in 0..50u8 {
        let payload = vec![number; if number.is_multiple_of(2) { 160 } else { 80 }];
        from.send(&payload);
        let packet = to.receive();
        assert_eq!(packet.payload, payload);
        assert_ne!(packet.header.ssrc, from.next.ssrc);
        assert_eq!(packet.header.marker, before.is_none());
        if let Some(before) = before {
            assert_eq!(packet.header.sequence, before.sequence.next());
            assert_eq!(packet.header.timestamp, before.timestamp.plus(160));
            assert_eq!(packet.header.ssrc, before.ssrc);
        }
        before = Some(packet.header);
    }
}

#[test]
fn gaps_and_disorder_stay_visible_to_the_far_side() {
    let media = media();
    let (one, other) = bridged(&media, Codec::Pcma, Codec::Pcma);
    let first = one.far.next;
    let mut relayed = Vec::new();
    for step in [0u16, 1, 4, 3, 5] {
        let header = Header {
            sequence: first.sequence.plus(step),
            timestamp: first.timestamp.plus(u32::from(step) * 160),
            ..first
        };
        one.far.send_as(header, &[1; FRAME]);
        relayed.push(other.far.receive().header);
    }
    let distances: Vec<_> = relayed
        .iter()
        .map(|header| {
            let time = header.timestamp.since(relayed[0].timestamp);
            (header.sequence.since(relayed[0].sequence), time / 160)
        })
        .collect();
    assert_eq!(distances, [(0, 0), (1, 1), (4, 4), (3, 3), (5, 5)]);
}

#[test]
fn codecs_are_transcoded_both_ways() {
    let media = media();
    let (mut one, mut other) = bridged(&media, Codec::Pcmu, Codec::Pcma);
    let payload: Vec<u8> = (0..160).map(|n| n as u8).collect();
    one.far.send(&payload);
    let packet = other.far.receive();
    assert_eq!(packet.header.payload_type, 8);
    let mut expected = payload.clone();
    Codec::Pcmu.transcode(Codec::Pcma, &mut expected);
    assert_eq!(packet.payload, expected);

    other.far.send(&payload);
    let packet = one.far.receive();
    assert_eq!(packet.header.payload_type, 0);
    let mut expected = payload.clone();
    Codec::Pcma.transcode(Codec::Pcmu, &mut expected);
    assert_eq!(packet.payload, expected);
}

/// Presses a key on one line, packet by packet.
fn press(line: &mut Line, payload_type: u8, key: char) {
    let mut header = Header { payload_type, marker: true, ..line.far.next };
    for (duration, end) in [(160, false), (320, false), (480, true), (480, true), (480, true)] {
        let key = dtmf::Key::from_char(key).expect("a key");
        let event = dtmf::Event { key, end, volume: 10, duration };
        line.far.send_as(header, &event.to_bytes());
        header = Header { marker: false, sequence: header.sequence.next(), ..header };
    }
    line.far.next.sequence = header.sequence;
    line.far.next.timestamp = header.timestamp.plus(480);
}

/// The events that arrive at a line until a key has ended three times: whether they are one event, and which key.
fn pressed(line: &Line, payload_type: u8) -> char {
    let mut ends = 0;
    let mut began = None;
    loop {
        let packet = line.far.receive();
        if packet.header.payload_type != payload_type {
            continue;
        }
        let event = dtmf::Event::parse(&packet.payload).expect("an event");
        assert_eq!(*began.get_or_insert(packet.header.timestamp), packet.header.timestamp);
        ends += u32::from(event.end);
        if ends == 3 {
            return event.key.as_char();
        }
    }
}

#[test]
fn keys_are_relayed_with_the_payload_type_of_the_other_side_and_told() {
    let media = media();
    let (mut one, other) = bridged(&media, Codec::Pcmu, Codec::Pcmu);
    other.stream.connect(Remote { dtmf_payload_type: Some(96), ..other.remote });
    other.settle();
    press(&mut one, 101, '7');
    assert_eq!(pressed(&other, 96), '7');
    assert_eq!(one.next_event(), Event::Digit { key: '7', length: Duration::from_millis(60) });
}

#[test]
fn keys_pass_while_audio_is_decoded() {
    let media = media();
    let (mut one, other) = bridged(&media, Codec::Pcmu, Codec::Pcma);
    one.stream.tap(Some(Box::new(|_| {})));
    one.settle();
    press(&mut one, 101, '7');
    assert_eq!(pressed(&other, 101), '7');
    assert_eq!(one.next_event(), Event::Digit { key: '7', length: Duration::from_millis(60) });
}

#[test]
fn keys_become_tones_where_there_are_no_telephone_events() {
    let media = media();
    let (mut one, other) = bridged(&media, Codec::Pcmu, Codec::Pcmu);
    other.stream.connect(Remote { dtmf_payload_type: None, ..other.remote });
    other.settle();
    press(&mut one, 101, '1');
    loop {
        let samples = other.far.listen(Codec::Pcmu, 1);
        if hears(&samples, 697) && hears(&samples, 1_209) {
            return;
        }
    }
}

#[test]
fn speech_passes_both_ways_while_audio_is_decoded_and_after() {
    let media = media();
    let metronome = Metronome::new(&media);
    let (mut one, mut other) = bridged(&media, Codec::Pcmu, Codec::Pcma);
    let (mut low, mut high) = (Voice::new(Codec::Pcmu, 440), Voice::new(Codec::Pcma, 1_000));
    let mut sequences = (Vec::new(), Vec::new());
    for tick in 0..120 {
        match tick {
            30 => one.stream.tap(Some(Box::new(|_| {}))),
            80 => one.stream.tap(None),
            _ => {}
        }
        metronome.tick();
        one.far.send(&low.frame());
        other.far.send(&high.frame());
    }
    // What was lost in a change of paths can't be more than the jitter buffer holds.
    for (line, codec, hz, headers) in
        [(&other, Codec::Pcma, 440, &mut sequences.0), (&one, Codec::Pcmu, 1_000, &mut sequences.1)]
    {
        let mut heard = 0;
        while heard < 100 {
            let packet = line.far.receive();
            heard += usize::from(hears(&crate::far::decode(codec, &packet.payload), hz));
            headers.push(packet.header);
        }
        for pair in headers.windows(2) {
            assert_eq!(pair[1].sequence, pair[0].sequence.next(), "numbers go on");
            let step = pair[1].timestamp.since(pair[0].timestamp);
            assert!((160..8_000).contains(&step), "time goes on: {step}");
        }
    }
}

#[test]
fn a_prompt_replaces_the_other_side_until_it_ends() {
    let media = media();
    let metronome = Metronome::new(&media);
    let (mut one, other) = bridged(&media, Codec::Pcmu, Codec::Pcmu);
    let mut voice = Voice::new(Codec::Pcmu, 440);
    let audio = Audio::Prompt { prompt: prompt(1_000, 10), times: std::num::NonZeroU32::new(1) };
    other.stream.play(PlayId(1), audio);
    for _ in 0..60 {
        metronome.tick();
        one.far.send(&voice.frame());
    }
    let mut heard = Vec::new();
    while heard.len() < 30 {
        let samples = other.far.listen(Codec::Pcmu, 1);
        heard.push([440, 1_000].map(|hz| hears(&samples, hz)));
    }
    let prompt_frames = heard.iter().filter(|frame| **frame == [false, true]).count();
    assert_eq!(prompt_frames, 10);
    assert!(heard[15..].iter().all(|frame| *frame == [true, false]), "{heard:?}");
    assert_eq!(other.event(), Event::PlayEnded { id: PlayId(1) });
}

#[test]
fn hold_stops_what_is_sent_and_what_is_heard() {
    let media = media();
    let (mut one, mut other) = bridged(&media, Codec::Pcmu, Codec::Pcmu);
    other.stream.connect(Remote { direction: Direction::Inactive, ..other.remote });
    other.settle();
    one.far.send(&[1; FRAME]);
    other.far.send(&[2; FRAME]);
    // Both packets are taken and go nowhere; what comes after the hold arrives first.
    one.settle();
    other.stream.connect(other.remote);
    other.settle();
    one.far.send(&[3; FRAME]);
    assert_eq!(other.far.receive().payload, [3; FRAME]);
}

#[test]
fn after_the_bridge_nothing_passes() {
    let media = media();
    let (mut one, mut other) = bridged(&media, Codec::Pcmu, Codec::Pcmu);
    let third = Line::open(&media, Codec::Pcmu);
    one.far.send(&[1; FRAME]);
    assert_eq!(other.far.receive().payload, [1; FRAME]);
    // A bridge to somebody else replaces it.
    third.stream.bridge(&one.stream);
    one.settle();
    other.far.send(&[2; FRAME]);
    one.far.send(&[3; FRAME]);
    assert_eq!(third.far.receive().payload, [3; FRAME]);
    third.stream.unbridge();
    third.settle();
    one.far.send(&[4; FRAME]);
    one.stream.bridge(&other.stream);
    one.settle();
    one.far.send(&[5; FRAME]);
    assert_eq!(other.far.receive().payload, [5; FRAME]);
    // The other side may close at any time.
    drop(other);
    one.far.send(&[6; FRAME]);
    one.settle();
}

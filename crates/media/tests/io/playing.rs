//! What plays, and the keys that are pressed and heard.

use std::num::NonZeroU32;
use std::time::Duration;

use media::dtmf;
use media::io::{Audio, Direction, Event, PlayId, Remote};
use media::tone::Tone;
use media::{Codec, FRAME};

use crate::far::{Arrived, Line, Metronome, Voice, decode, hears, media, prompt};

fn once(hz: u16, ticks: usize) -> Audio {
    Audio::Prompt { prompt: prompt(hz, ticks), times: NonZeroU32::new(1) }
}

fn assert_follows(packets: &[Arrived]) {
    for pair in packets.windows(2) {
        assert_eq!(pair[1].header.sequence, pair[0].header.sequence.next());
        assert_eq!(pair[1].header.timestamp, pair[0].header.timestamp.plus(FRAME as u32));
        assert_eq!(pair[1].header.ssrc, pair[0].header.ssrc);
        assert!(!pair[1].header.marker);
    }
    assert!(packets[0].header.marker, "a talk spurt begins with a marker");
}

#[test]
fn a_prompt_is_heard_whole_in_each_codec_and_its_end_is_told() {
    let media = media();
    for codec in [Codec::Pcmu, Codec::Pcma] {
        let line = Line::open(&media, codec);
        line.stream.play(PlayId(3), once(440, 25));
        let packets: Vec<_> = (0..25).map(|_| line.far.receive()).collect();
        assert_follows(&packets);
        for packet in &packets {
            assert_eq!(packet.header.payload_type, codec.payload_type());
            assert!(hears(&decode(codec, &packet.payload), 440));
        }
        assert_eq!(line.event(), Event::PlayEnded { id: PlayId(3) });
    }
}

#[test]
fn a_second_prompt_follows_with_a_marker_and_the_time_that_passed() {
    let media = media();
    let metronome = Metronome::new(&media);
    let line = Line::open(&media, Codec::Pcmu);
    line.stream.play(PlayId(1), once(440, 5));
    let first: Vec<_> = (0..5).map(|_| line.far.receive()).collect();
    assert_eq!(line.event(), Event::PlayEnded { id: PlayId(1) });
    metronome.rest(10);
    line.stream.play(PlayId(2), once(600, 5));
    let second: Vec<_> = (0..5).map(|_| line.far.receive()).collect();
    assert_follows(&second);
    let (last, next) = (&first[4].header, &second[0].header);
    assert_eq!(next.sequence, last.sequence.next());
    let gap = next.timestamp.since(last.timestamp);
    assert!(gap >= 10 * FRAME as i32 && gap % FRAME as i32 == 0, "{gap}");
}

#[test]
fn what_replaces_a_prompt_is_heard_and_the_replaced_one_reports_no_end() {
    let media = media();
    let line = Line::open(&media, Codec::Pcma);
    line.stream.play(PlayId(1), Audio::Prompt { prompt: prompt(440, 50), times: None });
    line.far.listen_for(Codec::Pcma, 440);
    line.stream.play(PlayId(2), once(900, 10));
    line.far.listen_for(Codec::Pcma, 900);
    assert_eq!(line.event(), Event::PlayEnded { id: PlayId(2) });
    line.stream.play(PlayId(3), Audio::Prompt { prompt: prompt(440, 50), times: None });
    line.far.listen_for(Codec::Pcma, 440);
    line.stream.stop();
    line.stream.play(PlayId(4), Audio::Silence(Duration::from_millis(20)));
    assert_eq!(line.event(), Event::PlayEnded { id: PlayId(4) });
    let (left, _) = line.close();
    assert_eq!(left, []);
}

#[test]
fn a_prompt_that_is_being_made_plays_as_one_stream_with_silence_for_what_is_late() {
    let media = media();
    let line = Line::open(&media, Codec::Pcma);
    let times = NonZeroU32::new(1);
    line.stream.play(PlayId(1), Audio::Growing { first: prompt(440, 5), times });
    line.stream.grow(PlayId(9), prompt(1_500, 5));
    let first: Vec<_> = (0..8).map(|_| line.far.receive()).collect();
    assert_follows(&first);
    assert!(first[..5].iter().all(|packet| hears(&decode(Codec::Pcma, &packet.payload), 440)));
    let silence = Codec::Pcma.encode_sample(0);
    assert!(first[5..].iter().all(|packet| packet.payload == [silence; FRAME]), "of another");
    line.stream.grow(PlayId(1), prompt(900, 5));
    line.far.listen_for(Codec::Pcma, 900);
    line.stream.complete(PlayId(1));
    assert_eq!(line.event(), Event::PlayEnded { id: PlayId(1) });
    line.stream.grow(PlayId(1), prompt(1_500, 5));
    assert_eq!(line.close().0, []);
}

#[test]
fn tones_and_silence_are_played_for_their_time() {
    let media = media();
    let line = Line::open(&media, Codec::Pcmu);
    line.stream.play(PlayId(1), Audio::Tone(Tone::Beep));
    assert!((0..20).all(|_| hears(&decode(Codec::Pcmu, &line.far.receive().payload), 1_000)));
    assert_eq!(line.event(), Event::PlayEnded { id: PlayId(1) });
    line.stream.play(PlayId(2), Audio::Silence(Duration::from_millis(200)));
    assert!((0..10).all(|_| line.far.receive().payload == [0xFF; FRAME]));
    assert_eq!(line.event(), Event::PlayEnded { id: PlayId(2) });
    line.stream.play(PlayId(3), Audio::Silence(Duration::ZERO));
    assert_eq!(line.event(), Event::PlayEnded { id: PlayId(3) });
}

#[test]
fn a_prompt_waits_for_the_far_side_to_be_known() {
    let media = media();
    let line = Line::open(&media, Codec::Pcmu);
    let (sender, events) = crossbeam_channel::unbounded();
    let early = media.open(7, Box::new(move |event| drop(sender.send(event)))).expect("a port");
    early.play(PlayId(1), once(440, 3));
    let metronome = Metronome::new(&media);
    metronome.rest(5);
    early.connect(Remote { address: line.far.address(), ..line.remote });
    assert!(hears(&line.far.listen(Codec::Pcmu, 3), 440));
    assert_eq!(events.recv_timeout(crate::far::DEADLINE), Ok(Event::PlayEnded { id: PlayId(1) }));
}

#[test]
fn nothing_is_sent_while_the_far_side_only_sends() {
    let media = media();
    let line = Line::open(&media, Codec::Pcmu);
    line.stream.connect(Remote { direction: Direction::ReceiveOnly, ..line.remote });
    line.stream.play(PlayId(1), once(440, 5));
    assert_eq!(line.event(), Event::PlayEnded { id: PlayId(1) });
    line.stream.connect(line.remote);
    line.stream.play(PlayId(2), once(900, 1));
    assert!(
        hears(&line.far.listen(Codec::Pcmu, 1), 900),
        "the first packet is the second prompt's"
    );
}

#[test]
fn another_codec_takes_over_in_the_middle_of_a_prompt() {
    let media = media();
    let line = Line::open(&media, Codec::Pcmu);
    line.stream.play(PlayId(1), Audio::Prompt { prompt: prompt(440, 10), times: None });
    line.far.listen_for(Codec::Pcmu, 440);
    let music_on_hold = Direction::SendOnly;
    let (codec, payload_type) = (Codec::Pcma, 8);
    line.stream.connect(Remote { codec, payload_type, direction: music_on_hold, ..line.remote });
    let mut before = line.far.receive();
    let mut heard = 0;
    while heard < 10 {
        let packet = line.far.receive();
        assert_eq!(packet.header.sequence, before.header.sequence.next());
        if packet.header.payload_type == 8 {
            assert!(hears(&decode(Codec::Pcma, &packet.payload), 440));
            heard += 1;
        }
        before = packet;
    }
}

#[test]
fn digits_are_sent_as_telephone_events() {
    let media = media();
    let line = Line::open(&media, Codec::Pcmu);
    line.stream.send_digits(PlayId(9), "1w#");
    let mut receiver = dtmf::Receiver::default();
    let mut heard = String::new();
    let mut packets = Vec::new();
    for _ in 0..14 {
        let packet = line.far.receive();
        assert_eq!(packet.header.payload_type, 101);
        let event = dtmf::Event::parse(&packet.payload).expect("an event");
        let digits = receiver.receive(event, packet.header.timestamp, Duration::ZERO);
        heard.extend(digits.into_iter().flatten().map(|digit| digit.key.as_char()));
        packets.push(packet);
    }
    assert_eq!(heard, "1#");
    let starts: Vec<_> = packets.iter().filter(|packet| packet.header.marker).collect();
    assert_eq!(starts.len(), 2, "each key starts with a marker");
    let apart = starts[1].header.timestamp.since(starts[0].header.timestamp);
    assert_eq!(apart, (10 + 25) * 160, "100 ms, 100 ms and half a second apart");
    assert_eq!(line.event(), Event::PlayEnded { id: PlayId(9) });
}

#[test]
fn digits_are_sent_and_heard_as_tones_without_telephone_events() {
    let media = media();
    let one = Line::open_with(&media, Codec::Pcmu, None);
    let other = Line::open_with(&media, Codec::Pcmu, None);
    // The two streams are each other's far side.
    let address = |line: &Line| line.far.to;
    one.stream.connect(Remote { address: address(&other), ..one.remote });
    other.stream.connect(Remote { address: address(&one), ..other.remote });
    one.stream.send_digits(PlayId(1), "19*D");
    let heard: String = (0..4)
        .map(|_| match other.next_event() {
            Event::Digit { key, length } => {
                assert!(length.abs_diff(Duration::from_millis(100)) <= Duration::from_millis(20));
                key
            }
            event => panic!("{event:?} isn't a digit"),
        })
        .collect();
    assert_eq!(heard, "19*D");
    assert_eq!(one.event(), Event::PlayEnded { id: PlayId(1) });
}

#[test]
fn a_prompt_goes_on_after_digits() {
    let media = media();
    let line = Line::open(&media, Codec::Pcmu);
    line.stream.play(PlayId(1), once(440, 10));
    line.stream.send_digits(PlayId(2), "5");
    let mut frames = 0;
    while frames < 10 {
        frames += usize::from(line.far.receive().header.payload_type == 0);
    }
    assert_eq!(line.event(), Event::PlayEnded { id: PlayId(2) });
    assert_eq!(line.event(), Event::PlayEnded { id: PlayId(1) });
}

#[test]
fn an_ear_hears_what_the_far_side_says() {
    let media = media();
    let metronome = Metronome::new(&media);
    let mut line = Line::open(&media, Codec::Pcma);
    let (sender, frames) = crossbeam_channel::unbounded();
    line.stream.tap(Some(Box::new(move |frame: &[i16]| drop(sender.send(frame.to_vec())))));
    let mut voice = Voice::new(Codec::Pcma, 700);
    let mut heard = 0;
    while heard < 20 {
        metronome.tick();
        line.far.send(&voice.frame());
        heard += frames.try_iter().filter(|frame| hears(frame, 700)).count();
    }
    line.stream.tap(None);
    // The channel is disconnected when the ear is dropped.
    while frames.recv_timeout(crate::far::DEADLINE).is_ok() {}
}

#[test]
fn a_digit_from_the_far_side_is_told_once() {
    let media = media();
    let mut line = Line::open(&media, Codec::Pcmu);
    line.greet();
    let mut header = line.far.next;
    header.payload_type = 101;
    for (duration, end) in [(160, false), (320, false), (800, true), (800, true), (800, true)] {
        let key = dtmf::Key::from_char('#').expect("a key");
        let event = dtmf::Event { key, end, volume: 10, duration };
        line.far.send_as(header, &event.to_bytes());
        header.sequence = header.sequence.next();
    }
    assert_eq!(line.event(), Event::Digit { key: '#', length: Duration::from_millis(100) });
    let (left, _) = line.close();
    assert_eq!(left, []);
}

//! Opening and closing, whom a stream listens to, and hostile packets.

use std::net::SocketAddr;
use std::time::Duration;

use crossbeam_channel::unbounded;
use media::io::{Audio, Direction, Event, Media, PlayId, Remote, Settings, StartError};
use media::rtp::Ssrc;
use media::{Codec, FRAME, rtcp};

use crate::far::{DEADLINE, Far, LOCALHOST, Line, Metronome, media, prompt, settings};

#[test]
fn five_thousand_streams_are_opened_and_closed_and_their_ports_return() {
    let media =
        Media::start(Settings { ports: 22_000..=22_099, ..settings() }).expect("threads start");
    let mut opened = 0;
    while opened < 5_000 {
        let (sender, events) = unbounded();
        let streams: Vec<_> = std::iter::from_fn(|| {
            let sender = sender.clone();
            media.open(opened, Box::new(move |event| drop(sender.send(event)))).ok()
        })
        .collect();
        assert!(streams.len() > 25, "most of fifty pairs are free: {}", streams.len());
        assert_eq!(media.streams(), streams.len());
        opened += streams.len() as u64;
        let count = streams.len();
        drop(streams);
        for _ in 0..count {
            let event = events.recv_timeout(DEADLINE).expect("each close is told of");
            assert!(matches!(event, Event::Closed { .. }));
        }
        assert_eq!(media.streams(), 0);
    }
}

#[test]
fn a_range_without_a_pair_of_ports_is_refused() {
    let settings = Settings { ports: 20_001..=20_002, ..settings() };
    assert!(matches!(
        Media::start(settings),
        Err(StartError::NoPorts { first: 20_001, last: 20_002 })
    ));
}

#[test]
fn the_first_packet_is_told_of_once_for_each_address() {
    let media = media();
    let mut line = Line::open(&media, Codec::Pcmu);
    line.greet();
    line.far.send(&[1; FRAME]);
    line.settle();
    let mut moved = Far::new(line.far.to, Codec::Pcmu);
    line.stream.connect(Remote { address: moved.address(), ..line.remote });
    line.stream.play(PlayId(1), Audio::Prompt { prompt: prompt(440, 5), times: None });
    // What we send goes to the new address at once, and what comes from there is heard.
    moved.receive();
    moved.send(&[2; FRAME]);
    assert_eq!(line.event(), Event::FirstPacket);
    // The old address has become a stranger.
    line.far.send(&[3; FRAME]);
    moved.send(&[4; FRAME]);
    line.settle();
    let (events, statistics) = line.close();
    assert_eq!(events, []);
    assert_eq!((statistics.strangers, statistics.packets_received), (1, 4));
}

#[test]
fn a_strangers_packets_are_neither_heard_nor_answered() {
    let media = media();
    let (mut one, mut other) = (Line::open(&media, Codec::Pcmu), Line::open(&media, Codec::Pcmu));
    one.greet();
    other.greet();
    one.stream.bridge(&other.stream);
    one.settle();
    let mut stranger = Far::new(one.far.to, Codec::Pcmu);
    for _ in 0..20 {
        stranger.send(&[9; FRAME]);
    }
    one.far.send(&[1; FRAME]);
    assert_eq!(other.far.receive().payload, [1; FRAME]);
    let (_, statistics) = one.close();
    assert_eq!((statistics.strangers, statistics.packets_received), (20, 2));
}

#[test]
fn a_far_side_behind_a_nat_is_answered_where_it_sends_from() {
    let media = media();
    let line = Line::open(&media, Codec::Pcmu);
    line.settle();
    let mut mapped = Far::new(line.far.to, Codec::Pcmu);
    for _ in 0..5 {
        mapped.send(&[1; FRAME]);
    }
    assert_eq!(line.event(), Event::FirstPacket);
    line.stream.play(PlayId(1), Audio::Tone(media::tone::Tone::Beep));
    assert_eq!(mapped.receive().payload.len(), FRAME);
    let (_, statistics) = line.close();
    assert_eq!((statistics.strangers, statistics.packets_received), (4, 1));
}

#[test]
fn silence_of_the_far_side_is_told_once_and_anew_after_it_spoke() {
    let settings = Settings { rtp_timeout: Duration::from_millis(100), ..settings() };
    let media = Media::start(settings).expect("threads start");
    let mut line = Line::open(&media, Codec::Pcmu);
    assert_eq!(line.event(), Event::Lost);
    line.greet();
    assert_eq!(line.event(), Event::Lost);
    // Nothing is expected of a far side that is on hold.
    line.stream.connect(Remote { direction: Direction::SendOnly, ..line.remote });
    let metronome = Metronome::new(&media);
    metronome.rest(15);
    let (events, _) = line.close();
    assert_eq!(events, []);
}

#[test]
fn a_bye_is_sent_at_the_close() {
    let media = media();
    // A far side has RTCP on the port above.
    let (far, rtcp) = loop {
        let far = Far::new(SocketAddr::from(([127, 0, 0, 1], 9)), Codec::Pcmu);
        let port = far.address().port();
        if let Ok(rtcp) = std::net::UdpSocket::bind(("127.0.0.1", port.wrapping_add(1).max(1_024)))
        {
            break (far, rtcp);
        }
    };
    rtcp.set_read_timeout(Some(DEADLINE)).expect("a timeout can be set");
    let line = Line::open(&media, Codec::Pcmu);
    line.stream.connect(Remote { address: far.address(), ..line.remote });
    line.close();
    let mut bytes = [0; 256];
    let length = rtcp.recv(&mut bytes).expect("a report comes");
    assert_eq!(bytes[1], 201, "a receiver report comes first");
    assert_eq!(bytes[length - 7], 203, "a BYE comes last");
}

#[test]
fn what_the_far_side_reports_is_in_the_statistics() {
    let media = media();
    let line = Line::open(&media, Codec::Pcmu);
    line.stream.play(PlayId(1), Audio::Prompt { prompt: prompt(440, 1), times: None });
    let ours = line.far.receive().header.ssrc;
    let quality = media::reception::Quality { fraction_lost: 1, lost: 17, highest: 9, jitter: 80 };
    let report =
        rtcp::Compound { ssrc: Ssrc(1), sent: None, received: Some((ours, quality)), bye: false };
    let mut bytes = [0; rtcp::MAX];
    let length = report.write(&mut bytes);
    let to = SocketAddr::new(LOCALHOST, line.stream.local_port() + 1);
    line.far.socket.send_to(&[0xFF; 40], to).expect("loopback takes it");
    line.far.socket.send_to(&bytes[..length], to).expect("loopback takes it");
    line.settle();
    let (_, statistics) = line.close();
    assert_eq!(statistics.remote_lost, 17);
    assert_eq!(statistics.remote_jitter, Duration::from_millis(10));
    assert!(statistics.packets_sent >= 1);
}

#[test]
fn hostile_packets_are_dropped_and_counted() {
    let media = media();
    let mut line = Line::open(&media, Codec::Pcmu);
    line.stream.tap(Some(Box::new(|_| {})));
    line.greet();
    let mut state = 7u32;
    let mut random = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) as u8
    };
    for round in 0..2_000usize {
        let mut bytes: Vec<u8> = (0..round % 700).map(|_| random()).collect();
        if let [first, second, ..] = &mut bytes[..] {
            // Half of them look like RTP with audio or events.
            match round % 4 {
                0 => (*first, *second) = (0x80, 0),
                1 => (*first, *second) = (0x80 | *first & 0x3F, 101),
                _ => {}
            }
        }
        line.far.send_raw(&bytes);
        if round % 50 == 0 {
            // Lets the thread read what is there, so that little is lost in the socket.
            line.stream.play(PlayId(round as u64), Audio::Silence(Duration::ZERO));
            while !matches!(line.event(), Event::PlayEnded { .. }) {}
        }
    }
    line.far.send(&[5; FRAME]);
    let (_, statistics) = line.close();
    assert!(statistics.malformed > 100, "{statistics:?}");
}

#[test]
fn a_panic_in_a_sink_ends_that_stream_only() {
    let media = media();
    let healthy = Line::open(&media, Codec::Pcmu);
    let before = media.streams();
    let broken = media.open(7, Box::new(|_| panic!("a bug"))).expect("a port is free");
    broken.connect(healthy.remote);
    broken.play(PlayId(1), Audio::Silence(Duration::ZERO));
    let metronome = Metronome::new(&media);
    while media.streams() != before + 1 {
        metronome.tick();
    }
    healthy.stream.play(PlayId(2), Audio::Silence(Duration::ZERO));
    assert_eq!(healthy.event(), Event::PlayEnded { id: PlayId(2) });
}

#[test]
fn streams_outlive_the_handle_of_their_threads() {
    let media = media();
    let line = Line::open(&media, Codec::Pcmu);
    drop(media);
    line.stream.play(PlayId(2), Audio::Silence(Duration::ZERO));
    assert_eq!(line.event(), Event::PlayEnded { id: PlayId(2) });
    line.close();
}

#[test]
fn streams_of_different_threads_are_not_bridged() {
    let media = Media::start(Settings { threads: 2, ..settings() }).expect("threads start");
    let mut line = Line::open(&media, Codec::Pcmu);
    line.greet();
    let other = media.open(8, Box::new(|_| {})).expect("a port is free");
    let far = Far::new(SocketAddr::new(LOCALHOST, other.local_port()), Codec::Pcmu);
    other.connect(Remote { address: far.address(), ..line.remote });
    line.stream.bridge(&other);
    line.settle();
    line.far.send(&[1; FRAME]);
    other.play(PlayId(1), Audio::Prompt { prompt: prompt(440, 1), times: None });
    assert_ne!(far.receive().payload, [1; FRAME]);
}

#[test]
fn a_socket_for_both_families_reaches_both() {
    let bind = std::net::IpAddr::V6(std::net::Ipv6Addr::UNSPECIFIED);
    let media = Media::start(Settings { bind, ..settings() }).expect("threads start");
    let mut line = Line::open(&media, Codec::Pcmu);
    line.greet();
    line.stream.play(PlayId(1), Audio::Prompt { prompt: prompt(440, 1), times: None });
    assert_eq!(line.far.receive().payload.len(), FRAME);
}

#[test]
fn an_address_of_zeros_is_sent_nothing() {
    let media = media();
    let line = Line::open(&media, Codec::Pcmu);
    let zeros = SocketAddr::from(([0, 0, 0, 0], line.far.address().port()));
    line.stream.connect(Remote { address: zeros, ..line.remote });
    line.stream.play(PlayId(1), Audio::Tone(media::tone::Tone::Beep));
    assert_eq!(line.event(), Event::PlayEnded { id: PlayId(1) });
    let (_, statistics) = line.close();
    assert_eq!((statistics.packets_sent, statistics.send_failures), (0, 0));
}

//! The far side of a stream, played by the test: a socket that sends and receives RTP, and a channel of events.
//!
//! All waiting is a blocking receive with a generous deadline. Time comes from the media threads themselves: a metronome
//! is a stream whose ear is called at every tick.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use crossbeam_channel::{Receiver, unbounded};
use media::io::{Audio, Direction, Event, Media, PlayId, Remote, Settings, Statistics, Stream};
use media::rtp::{HEADER, Header, Packet, Sequence, Ssrc, Timestamp};
use media::tone::{Detector, Generator, Tone};
use media::{Codec, FRAME, Frame, SILENCE};

/// Nothing here takes this long unless it is broken.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

pub(crate) const LOCALHOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

pub(crate) fn settings() -> Settings {
    Settings { threads: 1, bind: LOCALHOST, ..Settings::default() }
}

pub(crate) fn media() -> Media {
    Media::start(settings()).expect("threads start")
}

/// A packet that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arrived {
    pub(crate) header: Header,
    pub(crate) payload: Vec<u8>,
}

/// An open stream and its far side.
pub(crate) struct Line {
    pub(crate) stream: Stream,
    pub(crate) events: Receiver<Event>,
    pub(crate) far: Far,
    pub(crate) remote: Remote,
}

/// The far side: a socket and the numbers of its source.
pub(crate) struct Far {
    pub(crate) socket: UdpSocket,
    pub(crate) to: SocketAddr,
    pub(crate) next: Header,
}

impl Line {
    /// A connected stream that speaks a codec and has telephone events as payload type 101.
    pub(crate) fn open(media: &Media, codec: Codec) -> Self {
        Self::open_with(media, codec, Some(101))
    }

    pub(crate) fn open_with(media: &Media, codec: Codec, dtmf_payload_type: Option<u8>) -> Self {
        let (sender, events) = unbounded();
        let sink = Box::new(move |event| drop(sender.send(event)));
        let stream = media.open(7, sink).expect("a port is free");
        let far = Far::new(SocketAddr::new(LOCALHOST, stream.local_port()), codec);
        let remote = Remote {
            address: far.address(),
            codec,
            payload_type: codec.payload_type(),
            dtmf_payload_type,
            direction: Direction::SendReceive,
        };
        stream.connect(remote);
        Self { stream, events, far, remote }
    }

    /// The next event.
    pub(crate) fn event(&self) -> Event {
        self.events.recv_timeout(DEADLINE).expect("an event comes")
    }

    /// The next event that isn't the first packet's.
    pub(crate) fn next_event(&self) -> Event {
        match self.event() {
            Event::FirstPacket => self.event(),
            event => event,
        }
    }

    /// Sends a packet, and waits until the stream has taken it.
    pub(crate) fn greet(&mut self) {
        // Before it is connected, a stream knows nobody.
        self.settle();
        self.far.send(&[0xD5; FRAME]);
        assert_eq!(self.event(), Event::FirstPacket);
    }

    /// Waits until the stream has done what it was told: commands are obeyed in turn.
    pub(crate) fn settle(&self) {
        self.stream.play(PlayId(99), Audio::Silence(Duration::ZERO));
        assert_eq!(self.next_event(), Event::PlayEnded { id: PlayId(99) });
    }

    /// Closes the stream; all events that were left, and the statistics.
    pub(crate) fn close(self) -> (Vec<Event>, Statistics) {
        drop(self.stream);
        let mut before = Vec::new();
        loop {
            match self.events.recv_timeout(DEADLINE).expect("the close is told of") {
                Event::Closed { statistics } => return (before, statistics),
                event => before.push(event),
            }
        }
    }
}

impl Far {
    pub(crate) fn new(to: SocketAddr, codec: Codec) -> Self {
        let socket = UdpSocket::bind((LOCALHOST, 0)).expect("a port is free");
        socket.set_read_timeout(Some(DEADLINE)).expect("a timeout can be set");
        let next = Header {
            marker: false,
            payload_type: codec.payload_type(),
            sequence: Sequence(65_530),
            timestamp: Timestamp(u32::MAX - 500),
            ssrc: Ssrc(u32::from(to.port()) << 8 | u32::from(codec.payload_type())),
        };
        Self { socket, to, next }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.socket.local_addr().expect("it is bound")
    }

    /// Sends a payload, and counts on.
    pub(crate) fn send(&mut self, payload: &[u8]) {
        self.send_as(self.next, payload);
        self.next.sequence = self.next.sequence.next();
        self.next.timestamp = self.next.timestamp.plus(FRAME as u32);
    }

    /// Sends a packet with a header of its own.
    pub(crate) fn send_as(&self, header: Header, payload: &[u8]) {
        let mut packet = [0; HEADER];
        header.write(&mut packet);
        self.send_raw(&[&packet, payload].concat());
    }

    pub(crate) fn send_raw(&self, bytes: &[u8]) {
        self.socket.send_to(bytes, self.to).expect("loopback takes it");
    }

    /// The next packet. Reports that other tests send to the port below this one are passed over.
    pub(crate) fn receive(&self) -> Arrived {
        let mut bytes = [0; 2_048];
        loop {
            let length = self.socket.recv(&mut bytes).expect("a packet comes");
            if !(200..=204).contains(&bytes[1]) {
                let packet = Packet::parse(&bytes[..length]).expect("we send RTP");
                return Arrived { header: packet.header, payload: packet.payload.to_vec() };
            }
        }
    }

    /// The next packets, decoded.
    pub(crate) fn listen(&self, codec: Codec, packets: usize) -> Vec<i16> {
        (0..packets).flat_map(|_| decode(codec, &self.receive().payload)).collect()
    }

    /// Listens until a frequency is there.
    pub(crate) fn listen_for(&self, codec: Codec, hz: u16) {
        while !hears(&decode(codec, &self.receive().payload), hz) {}
    }
}

/// Ticks of the thread that owns the lines.
pub(crate) struct Metronome {
    ticks: Receiver<()>,
    _stream: Stream,
}

impl Metronome {
    pub(crate) fn new(media: &Media) -> Self {
        let (sender, ticks) = unbounded();
        let stream = media.open(7, Box::new(|_| {})).expect("a port is free");
        stream.tap(Some(Box::new(move |_| {
            // An error means that nobody counts any more.
            let _ = sender.send(());
        })));
        Self { ticks, _stream: stream }
    }

    /// Waits for so many ticks from now.
    pub(crate) fn rest(&self, ticks: usize) {
        self.ticks.try_iter().for_each(drop);
        (0..ticks).for_each(|_| self.tick());
    }

    /// Waits for the tick after the one that was waited for before.
    pub(crate) fn tick(&self) {
        self.ticks.recv_timeout(DEADLINE).expect("time passes");
    }
}

/// A tone, frame by frame, encoded.
pub(crate) struct Voice {
    codec: Codec,
    generator: Generator,
}

impl Voice {
    pub(crate) fn new(codec: Codec, hz: u16) -> Self {
        let tone = Tone::Steady { hz, duration: Duration::from_secs(3_600) };
        Self { codec, generator: Generator::new(tone) }
    }

    pub(crate) fn frame(&mut self) -> [u8; FRAME] {
        let mut frame: Frame = SILENCE;
        self.generator.fill(&mut frame);
        let mut bytes = [0; FRAME];
        self.codec.encode(&frame, &mut bytes);
        bytes
    }
}

pub(crate) fn decode(codec: Codec, payload: &[u8]) -> Vec<i16> {
    let mut samples = vec![0; payload.len()];
    codec.decode(payload, &mut samples);
    samples
}

pub(crate) fn hears(samples: &[i16], hz: u16) -> bool {
    Detector::new(&[hz]).hear(samples).iter().any(|heard| heard.hz == hz)
}

/// A prompt of a frequency.
pub(crate) fn prompt(hz: u16, ticks: usize) -> std::sync::Arc<media::Prompt> {
    let mut generator = Generator::new(Tone::Steady { hz, duration: Duration::from_secs(3_600) });
    let mut samples = Vec::new();
    for _ in 0..ticks {
        let mut frame = SILENCE;
        generator.fill(&mut frame);
        samples.extend(frame);
    }
    std::sync::Arc::new(media::Prompt::from_pcm(8_000, samples).expect("linear audio"))
}

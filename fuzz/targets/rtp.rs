//! A leg's socket: any datagrams, in any order, at any times, go through everything that reads them.
//!
//! The input is a list of datagrams, each behind two bytes: milliseconds since the one before, and its length.

#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use media::dtmf::{self, inband};
use media::jitter::Buffer;
use media::reception::Reception;
use media::rtp::{Packet, Ssrc};
use media::{Codec, SILENCE, TICK, rtcp};

fuzz_target!(|data: &[u8]| {
    let mut leg = Leg::default();
    let mut rest = data;
    while let [wait, length, after @ ..] = rest {
        let (datagram, after) = after.split_at(usize::from(*length).min(after.len()));
        leg.datagram(datagram);
        leg.passes(Duration::from_millis(u64::from(*wait)));
        rest = after;
    }
    leg.passes(Duration::from_secs(1));
    assert!(!leg.keys.is_held(), "a key stays down although nothing has come for a second");
});

#[derive(Default)]
struct Leg {
    now: Duration,
    ticked: Duration,
    reception: Reception,
    keys: dtmf::Receiver,
    tones: inband::Detector,
    buffer: Buffer,
}

impl Leg {
    fn datagram(&mut self, datagram: &[u8]) {
        let _ = rtcp::report_on(datagram, Ssrc(7));
        let Ok(packet) = Packet::parse(datagram) else { return };
        assert!(packet.payload_at + packet.payload.len() <= datagram.len());
        assert_eq!(datagram[packet.payload_at..][..packet.payload.len()], *packet.payload);
        let header = packet.header;
        let _ = self.reception.receive(header.sequence, header.timestamp, self.now);
        if let Some(event) = dtmf::Event::parse(packet.payload) {
            assert_eq!(event.to_bytes()[0], packet.payload[0]);
            let _ = self.keys.receive(event, header.timestamp, self.now);
        }
        let codec = if header.payload_type == 8 { Codec::Pcma } else { Codec::Pcmu };
        let mut samples = [0; 256];
        let count = codec.decode(packet.payload, &mut samples);
        let _ = self.buffer.push(header.timestamp, &samples[..count], self.now);
    }

    /// Ticks come as the clock goes on.
    fn passes(&mut self, time: Duration) {
        self.now += time;
        while self.ticked + TICK <= self.now {
            self.ticked += TICK;
            let mut frame = SILENCE;
            let _ = self.buffer.pull(&mut frame);
            let _ = self.tones.listen(&frame);
            let _ = self.keys.tick(self.ticked);
        }
        let _ = self.reception.report();
    }
}

//! `[rtp]`: audio on the wire.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use super::section::section;
use super::value::Ports;

section! {
    /// Audio over RTP.
    Rtp = "rtp" {
        /// Address that the audio sockets are bound to.
        listen: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        /// UDP ports for audio. A stream takes two, and a bridged call two streams: 10,001 ports are room for 2,500 bridged calls.
        ports: Ports = Ports { first: 10_000, last: 20_000 },
        /// Threads that carry audio; 0: one per core.
        threads: usize = 0; 0..=256,
        /// A call without audio from the far side for so long is ended.
        timeout: Duration = Duration::from_secs(30); Duration::from_secs(1)..=Duration::from_secs(3_600),
    }
}

impl Rtp {
    /// As the audio threads take it.
    pub(crate) fn settings(&self) -> media::io::Settings {
        let defaults = media::io::Settings::default();
        media::io::Settings {
            threads: if self.threads == 0 { defaults.threads } else { self.threads },
            bind: self.listen,
            ports: self.ports.range(),
            rtp_timeout: self.timeout,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::layers::Layers;

    #[test]
    fn the_defaults_are_those_of_the_audio_threads() {
        let here = Rtp::read(&mut Layers::default()).settings();
        let there = media::io::Settings::default();
        assert_eq!((here.threads, here.bind), (there.threads, there.bind));
        assert_eq!((here.ports, here.rtp_timeout), (there.ports, there.rtp_timeout));
    }
}

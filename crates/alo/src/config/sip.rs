//! `[sip]`: signalling, and where its limits stand.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use super::section::section;
use super::value::choice;

choice! {
    /// What happens to a caller that is neither a phone nor a trunk of ours.
    Strangers {
        /// 403.
        Refuse = "refuse",
        /// The call comes in.
        Accept = "accept",
    }
}

section! {
    /// Signalling over UDP.
    Sip = "sip" {
        /// Where SIP listens, over UDP. Port 0 takes a free one.
        listen: SocketAddr = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 5060)),
        /// The address that the world reaches this machine at, for a server behind NAT. Empty: the local address that leads
        /// to the peer.
        public_ip: Option<IpAddr> = None,
        /// The realm that phones are asked their password for (RFC 3261 §22.1).
        realm: String = "alo".to_owned(),
        /// Whether phones are offered SHA-256 (RFC 8760) before MD5 to prove their password. Some (baresip 1.0) give up at it.
        offer_sha256: bool = false,
        /// What happens to a caller that is neither a phone nor a trunk of ours: `refuse` answers 403, `accept` takes the
        /// call. `alo serve --dev` accepts.
        strangers: Strangers = Strangers::Refuse,
        /// Calls at once, both directions together; over it callers get 503 with Retry-After.
        calls: usize = 2_000; 1..=1_000_000,
        /// New calls a second from one address; over it 503.
        invites_per_second: u32 = 100; 1..=1_000_000,
        /// New calls that one address may send at once before the rate counts.
        burst: u32 = 200; 1..=1_000_000,
        /// Datagrams a second from one address; over it they are dropped unread.
        messages_per_second: u32 = 2_000; 1..=10_000_000,
        /// Wrong passwords in a row from one address before it must wait; then one more every six seconds.
        failures: u32 = 10; 1..=1_000_000,
        /// Transactions remembered at once; over it 503.
        transactions: usize = 200_000; 100..=10_000_000,
        /// Places that one phone may be registered at. One more replaces the one that would expire first.
        contacts: usize = 10; 1..=100,
        /// Longest ringing in either direction before a call is given up.
        ring: Duration = Duration::from_secs(660); Duration::from_secs(1)..=Duration::from_secs(3_600),
        /// Shortest registration of a phone that is granted; less is refused with 423.
        registration_min: Duration = Duration::from_secs(30); Duration::from_secs(1)..=Duration::from_secs(86_400),
        /// Longest registration granted; more is cut.
        registration_max: Duration = Duration::from_secs(3_600); Duration::from_secs(1)..=Duration::from_secs(86_400),
    }
}

impl Sip {
    /// As the signalling takes it.
    pub(crate) fn settings(&self) -> sip::Settings {
        let defaults = sip::Settings::default();
        sip::Settings {
            bind: self.listen,
            advertise: self.public_ip,
            realm: self.realm.clone(),
            offer_sha256: self.offer_sha256,
            strangers: match self.strangers {
                Strangers::Refuse => sip::Strangers::Refuse,
                Strangers::Accept => sip::Strangers::Accept,
            },
            limits: sip::Limits {
                calls: self.calls,
                invites_per_second: self.invites_per_second,
                burst: self.burst,
                messages_per_second: self.messages_per_second,
                failures: self.failures,
                transactions: self.transactions,
                contacts: self.contacts,
            },
            timers: sip::Timers {
                ring: self.ring,
                registration_min: self.registration_min,
                registration_max: self.registration_max.max(self.registration_min),
                registration_default: defaults
                    .timers
                    .registration_default
                    .clamp(self.registration_min, self.registration_max.max(self.registration_min)),
                ..defaults.timers
            },
            ..defaults
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::layers::Layers;

    #[test]
    fn the_defaults_are_those_of_the_signalling() {
        let here = Sip::read(&mut Layers::default());
        assert_eq!(here.settings(), sip::Settings::default());
    }
}

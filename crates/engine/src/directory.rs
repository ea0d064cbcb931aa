//! Phones and trunks as they are now: a snapshot that calls read without asking the store.

use std::sync::Arc;

use arc_swap::ArcSwap;
use model::{PhoneAccount, PhoneNumber, Trunk};

/// The snapshot.
#[derive(Default)]
pub(crate) struct Directory {
    now: ArcSwap<Entries>,
}

/// Phones and trunks.
#[derive(Debug, Default)]
pub(crate) struct Entries {
    pub(crate) phones: Vec<PhoneAccount>,
    pub(crate) trunks: Vec<Trunk>,
}

impl Directory {
    pub(crate) fn now(&self) -> Arc<Entries> {
        self.now.load_full()
    }

    pub(crate) fn replace(&self, entries: Entries) {
        self.now.store(Arc::new(entries));
    }
}

impl Entries {
    /// The phone of that name.
    pub(crate) fn phone(&self, name: &str) -> Option<&PhoneAccount> {
        self.phones.iter().find(|phone| phone.name == name)
    }

    /// The phone that has this number.
    pub(crate) fn phone_with(&self, number: &PhoneNumber) -> Option<&PhoneAccount> {
        self.phones.iter().find(|phone| phone.caller_id.as_ref() == Some(number))
    }

    /// The trunk that reaches `number`: the one with the longest matching prefix, the first made among equals.
    pub(crate) fn trunk_for(&self, number: &PhoneNumber) -> Option<&Trunk> {
        let reach = |trunk: &&Trunk| {
            let matching =
                trunk.prefixes.iter().filter(|prefix| number.as_str().starts_with(*prefix));
            matching.map(String::len).max()
        };
        let reached = self.trunks.iter().filter_map(|trunk| Some((reach(&trunk)?, trunk)));
        // `max_by_key` takes the last of equals, so go through them backwards.
        reached.rev().max_by_key(|(length, _)| *length).map(|(_, trunk)| trunk)
    }

    /// As the signalling wants it.
    pub(crate) fn for_sip(&self) -> sip::Directory {
        let phones = self.phones.iter().map(|phone| sip::PhoneAccount {
            name: phone.name.clone(),
            password: sip::Password::new(phone.password.reveal()),
        });
        let trunks = self.trunks.iter().map(|trunk| sip::Trunk {
            name: trunk.name.clone(),
            host: trunk.host.clone(),
            port: trunk.port,
            credentials: trunk.credentials.as_ref().map(|(user, password)| sip::Credentials {
                user: user.clone(),
                password: sip::Password::new(password.reveal()),
            }),
            sources: trunk.sources.clone(),
        });
        sip::Directory { phones: phones.collect(), trunks: trunks.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Moment, Sid, SidKind};

    fn trunk(name: &str, prefixes: &[&str]) -> Trunk {
        Trunk {
            sid: Sid::new(SidKind::Trunk, 1),
            name: name.to_owned(),
            host: "192.0.2.1".to_owned(),
            port: 5060,
            credentials: None,
            sources: Vec::new(),
            prefixes: prefixes.iter().map(|prefix| (*prefix).to_owned()).collect(),
            created_at: Moment::EPOCH,
        }
    }

    #[test]
    fn the_longest_prefix_wins_and_the_first_among_equals() {
        let trunks = vec![
            trunk("world", &["+"]),
            trunk("brazil", &["+55"]),
            trunk("brazil too", &["+55"]),
            trunk("rio", &["+5521", "+1"]),
        ];
        let entries = Entries { phones: Vec::new(), trunks };
        let reached = |number: &str| {
            let number = number.parse().expect("a number");
            entries.trunk_for(&number).map(|trunk| trunk.name.as_str())
        };
        assert_eq!(reached("+551130000000"), Some("brazil"));
        assert_eq!(reached("+552130000000"), Some("rio"));
        assert_eq!(reached("+14155550100"), Some("rio"));
        assert_eq!(reached("+442079460000"), Some("world"));
    }
}

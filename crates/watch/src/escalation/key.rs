//! The key of a telling, `12/1/ada/call`: by which it is the same one after a restart, and for whoever receives it.
//!
//! Its parts are the incident, what of it is told (the number of the step over all rounds, `recovered`, `reminder-2`,
//! `acknowledged`), to whom (a person, or `@0`: the policy's first URL), the channel, and from the second attempt on its
//! number. Names have neither `/` nor `@`, so that no two keys read the same.

use std::fmt;
use std::str::FromStr;

use model::oncall::Name;
use model::watch::Channel;

use super::input::What;

/// One attempt to tell somebody something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) incident: i64,
    pub(super) part: Part,
    pub(super) to: To,
    pub(super) channel: Channel,
    /// From 1.
    pub(super) attempt: u32,
}

/// What of an incident is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// A step of the policy, counted from 1 over all rounds.
    Step(u32),
    /// Somebody sees to it.
    Acknowledged,
    /// It is still so, for the nth time.
    Reminder(u32),
    /// It is up again.
    Recovered,
}

impl Part {
    pub(super) const fn what(self) -> What {
        match self {
            Part::Step(_) => What::Down,
            Part::Acknowledged => What::Acknowledged,
            Part::Reminder(_) => What::Reminder,
            Part::Recovered => What::Recovered,
        }
    }
}

/// To whom, as it can be kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum To {
    Person(Name),
    /// The place of a URL among those of the policy.
    Url(usize),
}

impl To {
    pub(super) const fn person(&self) -> Option<&Name> {
        match self {
            To::Person(name) => Some(name),
            To::Url(_) => None,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/", self.incident)?;
        match self.part {
            Part::Step(number) => write!(f, "{number}/")?,
            Part::Acknowledged => f.write_str("acknowledged/")?,
            Part::Reminder(number) => write!(f, "reminder-{number}/")?,
            Part::Recovered => f.write_str("recovered/")?,
        }
        match &self.to {
            To::Person(name) => write!(f, "{name}/")?,
            To::Url(place) => write!(f, "@{place}/")?,
        }
        f.write_str(self.channel.as_str())?;
        if self.attempt > 1 { write!(f, "/{}", self.attempt) } else { Ok(()) }
    }
}

/// The text is no key of a telling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoKey;

impl FromStr for Key {
    type Err = NoKey;

    fn from_str(text: &str) -> Result<Key, NoKey> {
        let mut parts = text.split('/');
        let incident = number(parts.next())?;
        let part = part(parts.next().ok_or(NoKey)?)?;
        let to = parts.next().ok_or(NoKey)?;
        let to = match to.strip_prefix('@') {
            Some(place) => To::Url(number(Some(place))?),
            None => To::Person(to.parse().map_err(|_| NoKey)?),
        };
        let channel = channel(parts.next().ok_or(NoKey)?)?;
        let attempt = match parts.next() {
            None => 1,
            attempt @ Some(_) => number(attempt)?,
        };
        let key = Key { incident, part, to, channel, attempt };
        // Only as it is printed: `12/01/ada/call` is another text, and nobody's key.
        if key.to_string() == text { Ok(key) } else { Err(NoKey) }
    }
}

fn number<T: FromStr>(text: Option<&str>) -> Result<T, NoKey> {
    text.and_then(|text| text.parse().ok()).ok_or(NoKey)
}

fn part(text: &str) -> Result<Part, NoKey> {
    match text {
        "acknowledged" => Ok(Part::Acknowledged),
        "recovered" => Ok(Part::Recovered),
        _ => match text.strip_prefix("reminder-") {
            Some(count) => Ok(Part::Reminder(number(Some(count))?)),
            None => Ok(Part::Step(number(Some(text))?)),
        },
    }
}

fn channel(text: &str) -> Result<Channel, NoKey> {
    let all = [Channel::Text, Channel::Call, Channel::Mail, Channel::Webhook];
    all.into_iter().find(|channel| channel.as_str() == text).ok_or(NoKey)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_key() -> impl Strategy<Value = Key> {
        let part = prop_oneof![
            any::<u32>().prop_map(Part::Step),
            Just(Part::Acknowledged),
            any::<u32>().prop_map(Part::Reminder),
            Just(Part::Recovered),
        ];
        let to = prop_oneof![
            "[a-z0-9][a-z0-9._-]{0,20}"
                .prop_map(|name| To::Person(name.parse().expect("such a name"))),
            any::<usize>().prop_map(To::Url),
        ];
        let channel = prop::sample::select(vec![
            Channel::Text,
            Channel::Call,
            Channel::Mail,
            Channel::Webhook,
        ]);
        (1..i64::MAX, part, to, channel, 1u32..).prop_map(
            |(incident, part, to, channel, attempt)| Key { incident, part, to, channel, attempt },
        )
    }

    #[test]
    fn keys_read_as_people_expect() {
        let key: Key = "12/1/ada/call".parse().expect("a key");
        assert_eq!((key.incident, key.part, key.attempt), (12, Part::Step(1), 1));
        let key: Key = "12/recovered/@0/webhook/3".parse().expect("a key");
        assert_eq!((key.part, key.to, key.attempt), (Part::Recovered, To::Url(0), 3));
        for text in ["", "12", "12/1/ada", "12/1/ada/fax", "12/01/ada/call", "12/1/ada/call/1"] {
            assert_eq!(text.parse::<Key>(), Err(NoKey), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_key_is_read_as_it_was_printed(key in any_key()) {
            prop_assert_eq!(key.to_string().parse::<Key>(), Ok(key));
        }

        #[test]
        fn any_text_can_be_asked_for_a_key(text: String) {
            let _ = text.parse::<Key>();
        }
    }
}

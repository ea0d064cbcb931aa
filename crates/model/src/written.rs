//! How words of the model are written in documents: as the text they print and read.
//!
//! What the store keeps as a document (rotas, lines) and what `/v1/` shows is written like this; Twilio's resources are
//! written by the API itself.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::moment::Moment;
use crate::number::PhoneNumber;
use crate::oncall::{Name, Zone};
use crate::party::Party;
use crate::sid::Sid;

/// Reads a text by the type's own reader.
struct Reads<T>(&'static str, PhantomData<T>);

impl<T> Visitor<'_> for Reads<T>
where
    T: FromStr,
    T::Err: fmt::Display,
{
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

macro_rules! written {
    ($($type:ty, $example:literal;)*) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                deserializer.deserialize_str(Reads($example, PhantomData))
            }
        }
    )*};
}

written! {
    PhoneNumber, "a phone number, as +14155550123";
    Party, "a phone: +14155550123, client:NAME or sip:USER@HOST";
    Sid, "a SID";
    Name, "a name of a-z, 0-9, '-', '_' and '.', as ada";
    Zone, "an IANA time zone, as America/Sao_Paulo";
}

impl Serialize for Moment {
    /// RFC 3339 in UTC, with as many digits of a second as it has.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.timestamp())
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Moment, D::Error> {
        deserializer.deserialize_str(Reads("a time as 2026-11-23T09:00:00Z", PhantomData))
    }
}

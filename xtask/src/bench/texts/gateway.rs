//! What is measured: something that takes texts over HTTP and hands them to an SMSC. alo is one, Kannel the other.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

/// The text of every message: one segment of the GSM alphabet.
pub(super) const BODY: &str =
    "The site does not answer since 04:12. Call back or text 1 to take it.";

/// Words of a callback's address or body that say that the message has arrived.
pub(super) type Arrived = &'static [u8];

/// A running gateway.
pub(super) trait Gateway {
    /// Where it takes messages.
    fn http(&self) -> SocketAddr;

    /// Writes the request that sends message `index`; its status is told to `callback`.
    fn request(&self, index: u32, callback: Option<SocketAddr>, to: &mut Vec<u8>);

    /// What tells the callback of an arrival from others.
    fn arrived(&self) -> Arrived;

    /// CPU time of all its processes so far.
    fn cpu(&self) -> anyhow::Result<Duration>;
}

/// The receiver of message `index`, without `+`: a mobile number of São Paulo, another one each time.
pub(super) fn receiver(index: u32) -> u64 {
    5_511_900_000_000 + u64::from(index % 100_000_000)
}

/// Text as it stands in a form or a query.
pub(super) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_letter_is_encoded() {
        assert_eq!(encoded("a:1 %"), "a%3A1%20%25");
        assert_eq!(receiver(7), 5_511_900_000_007);
    }
}

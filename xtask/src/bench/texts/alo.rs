//! alo as a gateway for texts: one number, and one carrier that speaks SMPP.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use crate::bench::place::Place;
use crate::bench::server::Server;
use crate::bench::texts::gateway::{Arrived, BODY, Gateway, encoded, receiver};

/// The number that sends.
const SENDER: &str = "+14155550100";

/// Where its calls would go. Nobody rings it.
const NOWHERE: &str = "http://127.0.0.1:9/";

/// A running alo.
pub(super) struct Alo {
    pub(super) server: Server,
    head: String,
    form: String,
}

impl Alo {
    /// Starts it in a new data folder, with the SMSC at `smsc`, of which nobody need be there yet.
    pub(super) fn start(
        binary: &Path,
        place: Place,
        smsc: u16,
        window: usize,
        receipts: bool,
    ) -> anyhow::Result<Self> {
        let settings = format!(
            "[[carriers]]\nname = \"smsc\"\nkind = \"smpp\"\nhost = \"127.0.0.1\"\n\
             port = {smsc}\nsystem_id = \"bench\"\npassword = \"bench\"\n\
             window = {window}\nreceipts = {receipts}\nreconnect_at_most = \"1 s\"\n"
        );
        let server = Server::start(binary, place, &settings)?;
        server.buy(SENDER, NOWHERE)?;
        Ok(Self::speaking_to(server))
    }

    /// Ends it and starts it again with the data that it has.
    pub(super) fn restart(self, place: Place) -> anyhow::Result<Self> {
        Ok(Self::speaking_to(self.server.restart(place)?))
    }

    fn speaking_to(server: Server) -> Self {
        let ready = server.ready();
        let head = format!(
            "POST /2010-04-01/Accounts/{}/Messages.json HTTP/1.1\r\nHost: localhost\r\n\
             Authorization: Basic {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: ",
            ready.account,
            base64(&format!("{}:{}", ready.account, ready.token))
        );
        let form = format!("From={}&Body={}&To=%2B", encoded(SENDER), encoded(BODY));
        Self { server, head, form }
    }
}

impl Gateway for Alo {
    fn http(&self) -> SocketAddr {
        self.server.ready().http
    }

    fn request(&self, index: u32, callback: Option<SocketAddr>, to: &mut Vec<u8>) {
        let told = callback.map_or_else(String::new, |callback| {
            format!("&StatusCallback={}", encoded(&format!("http://{callback}/told")))
        });
        let form = format!("{}{}{told}", self.form, receiver(index));
        to.extend(self.head.as_bytes());
        to.extend(form.len().to_string().as_bytes());
        to.extend(b"\r\n\r\n");
        to.extend(form.as_bytes());
    }

    fn arrived(&self) -> Arrived {
        b"MessageStatus=delivered"
    }

    fn cpu(&self) -> anyhow::Result<Duration> {
        self.server.process.cpu()
    }
}

/// Text in Base64 (RFC 4648 §4).
fn base64(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::new();
    for three in text.as_bytes().chunks(3) {
        let octet = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
        let bits = octet(0) << 16 | octet(1) << 8 | octet(2);
        for at in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * at) & 63) as usize];
            encoded.push(if at <= three.len() { char::from(letter) } else { '=' });
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_rfc() {
        for (text, encoded) in
            [("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
        {
            assert_eq!(base64(text), encoded);
        }
    }
}

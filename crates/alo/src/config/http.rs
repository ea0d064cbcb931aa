//! `[http]`: where the API is, and how the world names it.

use std::net::{Ipv4Addr, SocketAddr};

use url::Url;

use super::numbers::Numbers;
use super::section::section;
use super::value::Size;

section! {
    /// The REST API, `/metrics`, `/healthz` and `/readyz`.
    Http = "http" {
        /// Where the API listens. Port 0 takes a free one. It speaks plain HTTP: put a proxy with TLS before it where
        /// others than this machine reach it. The variable `PORT` stands for `0.0.0.0:PORT`.
        listen: SocketAddr = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
        /// How applications and people reach the API, as in `RecordingUrl`. Empty: `http://` and the address it listens on.
        public_url: Option<Url> = None,
        /// Whether the audio of a recording is given to whoever knows its SID, as Twilio has it. Otherwise it takes the
        /// account's credentials.
        public_recordings: bool = true,
        /// Wrong tokens in a row from one address before it gets 429; then one more every six seconds. Behind a proxy all
        /// clients count as one.
        auth_failures: u32 = 10; 1..=1_000_000,
        /// Largest body of a request; a larger one gets 413.
        body_size: Size = Size(64 << 10); Size(1 << 10)..=Size(16 << 20),
        /// Domain whose subdomains name Twilio's products, in the Host header: `api.twilio.com` is answered.
        product_host: String = "twilio.com".to_owned(),
    }
}

impl Http {
    /// As the API takes it.
    pub(crate) fn settings(&self, numbers: &Numbers, bound: SocketAddr) -> api::Settings {
        api::Settings {
            product_hosts: vec![self.product_host.clone()],
            ranges: numbers.ranges(),
            public_recordings: self.public_recordings,
            auth_failures: self.auth_failures,
            body_size: self.body_size.0,
            http_address: Some(bound),
            ..api::Settings::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::layers::Layers;

    #[test]
    fn the_defaults_are_those_of_the_api() {
        let mut layers = Layers::default();
        let http = Http::read(&mut layers);
        let here = http.settings(&Numbers::read(&mut layers), http.listen);
        let there = api::Settings { http_address: Some(http.listen), ..api::Settings::default() };
        assert_eq!(format!("{here:?}"), format!("{there:?}"));
    }
}

//! `[webhooks]`: how applications are asked and told.

use std::time::Duration;

use super::section::section;
use super::value::Size;

section! {
    /// How applications are asked for TwiML, told of what happened, and where prompts come from.
    Webhooks = "webhooks" {
        /// Whether applications and prompts at private, loopback and link-local addresses are asked (RFC 1918, 4193, 3927).
        /// Leave it off where people you don't know write TwiML. `alo serve --dev` turns it on.
        private_addresses: bool = false,
        /// Until a connection to the application stands.
        connect_timeout: Duration = Duration::from_secs(5); Duration::from_millis(100)..=Duration::from_secs(60),
        /// Until its answer is complete.
        total_timeout: Duration = Duration::from_secs(15); Duration::from_millis(100)..=Duration::from_secs(120),
        /// Redirects followed in one request.
        redirects: usize = 10; 0..=50,
        /// Largest TwiML document; a larger one is error 11750.
        document_size: Size = Size(64 << 10); Size(1 << 10)..=Size(16 << 20),
        /// Largest prompt of `<Play>`.
        prompt_size: Size = Size(32 << 20); Size(1 << 10)..=Size(1 << 30),
        /// Prompts kept in memory, as bytes of audio.
        prompt_cache: Size = Size(64 << 20); Size(0)..=Size(16 << 30),
        /// Tries of a status callback before it is given up; 8 take about an hour.
        callback_tries: u32 = 8; 1..=20,
    }
}

impl Webhooks {
    /// As the engine takes it.
    pub(crate) fn settings(&self) -> engine::HttpSettings {
        engine::HttpSettings {
            private_addresses: self.private_addresses,
            connect_timeout: self.connect_timeout,
            total_timeout: self.total_timeout,
            redirects: self.redirects,
            document_size: self.document_size.0,
            prompt_size: self.prompt_size.0,
            prompt_cache: self.prompt_cache.0,
            callback_tries: self.callback_tries,
        }
    }
}

//! `[[carriers]]` of kind `twilio`: Twilio itself, or who is spoken to like it, such as another alo.

use std::time::Duration;

use sms::web::{ApiKey, Timeouts, UpstreamSettings};
use url::Url;

use super::carriers::Needs;
use super::secret::Hidden;
use super::section::section;
use super::value::Needed;

section! {
    /// Twilio, or who is spoken to like it: another alo, for example.
    Upstream = "carriers" {
        /// Where its API is.
        url: Url = twilio(),
        /// The account there, `AC…`.
        account_sid: Needed<String> = Needed(None),
        /// The account's token: it opens the API unless there is an `api_key`, and signs the webhooks. Without it no
        /// webhook is believed: no receipts, no messages in.
        auth_token: Option<Hidden> = None,
        /// An API key, `SK…`, that opens the API in place of the token.
        api_key: Option<String> = None,
        /// The secret of that key.
        api_secret: Option<Hidden> = None,
        /// A service at the upstream, `MG…`, that messages are sent through.
        messaging_service_sid: Option<String> = None,
        /// Messages under way at once.
        window: usize = sms::web::WINDOW; 1..=10_000,
        /// Until a connection stands.
        connect_timeout: Duration = Duration::from_secs(5); Duration::from_millis(100)..=Duration::from_secs(60),
        /// Until the answer is read.
        total_timeout: Duration = Duration::from_secs(15); Duration::from_millis(100)..=Duration::from_secs(120),
    }
}

impl Upstream {
    /// As the carrier takes it; `None` where something is missing, which `needs` then knows.
    pub(super) fn settings(
        &self,
        name: &str,
        needs: &mut Needs<'_, '_>,
    ) -> Option<UpstreamSettings> {
        let wrong = match (&self.auth_token, &self.api_key, &self.api_secret) {
            (_, Some(_), None) => Some(("api_key", "an api_key needs its api_secret")),
            (_, None, Some(_)) => Some(("api_secret", "this is the secret of no api_key")),
            (None, None, None) => {
                Some(("account_sid", "this account has neither auth_token nor api_key"))
            }
            (_, Some(_), Some(_)) | (Some(_), None, None) => None,
        };
        if let Some((setting, message)) = wrong {
            needs.reader.wrong_value(setting, message.to_owned());
        }
        let token = needs.secret("auth_token", self.auth_token.as_ref());
        let secret = needs.secret("api_secret", self.api_secret.as_ref());
        let key = self.api_key.clone().zip(secret);
        Some(UpstreamSettings {
            name: name.to_owned(),
            base_url: self.url.as_str().trim_end_matches('/').to_owned(),
            account_sid: self.account_sid.0.clone()?,
            auth_token: token,
            api_key: key.map(|(sid, secret)| ApiKey { sid, secret }),
            messaging_service_sid: self.messaging_service_sid.clone(),
            callback_url: None,
            window: self.window,
            timeouts: Timeouts { connect: self.connect_timeout, total: self.total_timeout },
        })
    }
}

fn twilio() -> Url {
    Url::parse(sms::web::TWILIO).expect("the carrier's own constant is a URL")
}

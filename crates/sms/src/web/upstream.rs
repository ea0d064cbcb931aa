//! A Twilio-compatible upstream: Twilio itself, or another alo.
//!
//! Messages are made as any client of its REST API makes them, with an idempotency token that is the same on every try,
//! so that an upstream that knows it sends nothing twice. Its webhooks are believed only with its signature.
//! <https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource>

mod faults;
mod hooks;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::header::CONTENT_TYPE;
use model::Secret;
use serde::Deserialize;
use tokio::sync::mpsc;
use url::Url;

use super::client::{Client, Response, Timeouts};
use super::standing::Standing;
use super::{Hears, Hook, HookReply, reachable};
use crate::{Carrier, CarrierEvent, CarrierState, Submission, SubmitError, Submitted};

/// Where Twilio is.
pub const TWILIO: &str = "https://api.twilio.com";

/// Longest validity period, which is also what a message has without one:
/// <https://www.twilio.com/docs/api/errors/90007>.
const LONGEST_VALIDITY: Duration = Duration::from_secs(36_000);

/// What an upstream is made from.
#[derive(Clone, Debug)]
pub struct UpstreamSettings {
    /// Name of the carrier, for logs and errors.
    pub name: String,
    /// Where its API is: [`TWILIO`] unless said.
    pub base_url: String,
    /// `AC…`: the account that messages are made in.
    pub account_sid: String,
    /// The account's token: authenticates requests where there is no key, and is what webhooks are signed with. Without
    /// it no webhook is believed.
    pub auth_token: Option<Secret>,
    /// An API key instead of the token.
    pub api_key: Option<ApiKey>,
    /// `MG…`: the service at the upstream that messages are sent through.
    pub messaging_service_sid: Option<String>,
    /// The public address under which this server hears its receipts; `None`: no receipts are asked for.
    pub callback_url: Option<String>,
    /// Messages that it takes at once, at least 1; [`super::WINDOW`] unless said.
    pub window: usize,
    /// How long it is waited for.
    pub timeouts: Timeouts,
}

/// An API key of the upstream's.
#[derive(Clone, Debug)]
pub struct ApiKey {
    /// `SK…`.
    pub sid: String,
    /// Its secret.
    pub secret: Secret,
}

/// Why no upstream could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UpstreamError {
    /// Write `https://` and a host.
    #[error("'{0}' is not the address of an API: write https:// and a host")]
    BaseUrl(String),
    /// Give the carrier an auth token or an API key.
    #[error("neither auth_token nor an API key is set")]
    NoCredentials,
    /// Write the account's SID, `AC` and 32 characters.
    #[error("'{0}' is not an account's SID: it begins with AC")]
    AccountSid(String),
    /// The certificates of this machine can't be read.
    #[error("no HTTP client")]
    Client(#[source] reqwest::Error),
}

/// A carrier behind a Twilio-compatible API.
#[derive(Debug)]
pub struct Upstream {
    name: String,
    client: Client,
    timeouts: Timeouts,
    messages: Url,
    user: String,
    password: Secret,
    auth_token: Option<Secret>,
    messaging_service_sid: Option<String>,
    callback_url: Option<String>,
    standing: Arc<Standing>,
    /// Bounded: where it is full, a webhook waits, and is asked to come again if that takes too long.
    events: mpsc::Sender<CarrierEvent>,
}

/// A message, as far as it is read.
#[derive(Deserialize)]
struct Created {
    sid: String,
}

impl Upstream {
    /// Makes one; nothing is asked of the far side. `events` gets what its webhooks tell, and its changes of state.
    pub fn new(
        settings: UpstreamSettings,
        events: mpsc::Sender<CarrierEvent>,
    ) -> Result<Upstream, UpstreamError> {
        let account = settings.account_sid;
        let known = account.starts_with("AC") && account.bytes().all(|b| b.is_ascii_alphanumeric());
        if !known {
            return Err(UpstreamError::AccountSid(account));
        }
        let auth_token = settings.auth_token.filter(|token| !token.reveal().is_empty());
        let (user, password) = match (settings.api_key, &auth_token) {
            (Some(ApiKey { sid, secret }), _) => (sid, secret),
            (None, Some(token)) => (account.clone(), token.clone()),
            (None, None) => return Err(UpstreamError::NoCredentials),
        };
        let messages = messages_url(&settings.base_url, &account)
            .ok_or(UpstreamError::BaseUrl(settings.base_url))?;
        let callback_url = reachable(&settings.name, settings.callback_url, &messages);
        Ok(Upstream {
            name: settings.name,
            client: Client::new(settings.timeouts).map_err(UpstreamError::Client)?,
            timeouts: settings.timeouts,
            messages,
            user,
            password,
            auth_token,
            messaging_service_sid: settings.messaging_service_sid,
            callback_url,
            standing: Standing::new(settings.window, events.clone()),
            events,
        })
    }

    async fn send(&self, submission: &Submission) -> Result<Submitted, SubmitError> {
        let request = self
            .client
            .request(http::Method::POST, self.messages.clone())
            .basic_auth(&self.user, Some(self.password.reveal()))
            .header("I-Twilio-Idempotency-Token", submission.message.to_string())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8")
            .body(self.form(submission));
        let outcome = match self.client.ask(request, self.timeouts.total).await {
            Ok(response) => read(&response),
            Err(silence) => Err(silence.means()),
        };
        self.standing.learn(&outcome);
        outcome
    }

    fn form(&self, submission: &Submission) -> String {
        let Submission { message: _, from, to, body, media, valid_for, wants_receipt } = submission;
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("To", &to.to_string());
        form.append_pair("From", &from.to_string());
        if let Some(service) = &self.messaging_service_sid {
            form.append_pair("MessagingServiceSid", service);
        }
        if !body.is_empty() || media.is_empty() {
            form.append_pair("Body", body);
        }
        for media in media {
            form.append_pair("MediaUrl", &media.url);
        }
        if let Some(valid_for) = valid_for {
            let seconds = (*valid_for).min(LONGEST_VALIDITY).as_secs().max(1);
            form.append_pair("ValidityPeriod", &seconds.to_string());
        }
        if let Some(url) = self.callback_url.as_ref().filter(|_| *wants_receipt) {
            form.append_pair("StatusCallback", url);
        }
        form.finish()
    }
}

#[async_trait]
impl Carrier for Upstream {
    async fn submit(&self, submission: Submission) -> Result<Submitted, SubmitError> {
        let _place = self.standing.place().await?;
        self.send(&submission).await
    }

    fn state(&self) -> CarrierState {
        self.standing.state()
    }

    fn window(&self) -> usize {
        self.standing.window()
    }

    fn takes_media(&self) -> bool {
        true
    }

    async fn close(&self) {
        self.standing.close().await;
    }
}

#[async_trait]
impl Hears for Upstream {
    async fn hear(&self, hook: Hook) -> HookReply {
        self.heard(&hook).await
    }
}

fn read(response: &Response) -> Result<Submitted, SubmitError> {
    if response.status.is_success() {
        let created = serde_json::from_slice::<Created>(&response.body);
        if let Some(Created { sid }) = created.ok().filter(|created| !created.sid.is_empty()) {
            return Ok(Submitted { ids: vec![sid], delivered: false });
        }
    }
    Err(faults::read(response))
}

/// Where messages are made.
fn messages_url(base: &str, account: &str) -> Option<Url> {
    let url = Url::parse(base.trim_end_matches('/')).ok()?;
    let usable = matches!(url.scheme(), "http" | "https") && url.query().is_none();
    let path = url.path().trim_end_matches('/').to_owned();
    let mut messages = usable.then_some(url)?;
    messages.set_path(&format!("{path}/2010-04-01/Accounts/{account}/Messages.json"));
    Some(messages)
}

//! The HTTP client: webhooks with their signature, prompts, status callbacks.
//!
//! Times, redirects and what each failure is called follow Twilio: <https://www.twilio.com/docs/api/errors> 11200–11237,
//! connection overrides <https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides>.

mod guard;
mod overrides;
mod signature;

use std::error::Error as _;
use std::sync::Arc;

use call::{FetchFailure, Fetched};
use http::StatusCode;
use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, LOCATION, USER_AGENT};
use model::{Method, Secret};
use reqwest::{Client, Response};
use url::Url;

use crate::settings::HttpSettings;
use guard::{GuardedResolver, PrivateAddress};
use overrides::{Overrides, RetryOn};

/// Name under which applications see us.
const AGENT: &str = concat!("alo/", env!("CARGO_PKG_VERSION"));

/// Asks applications.
#[derive(Clone)]
pub(crate) struct Http {
    client: Client,
    settings: Arc<HttpSettings>,
}

/// A request that is signed.
pub(crate) struct Ask<'a> {
    pub(crate) url: &'a str,
    pub(crate) method: Method,
    pub(crate) params: &'a [(String, String)],
    /// Signs it.
    pub(crate) token: &'a Secret,
    /// The same on every try.
    pub(crate) idempotency_key: &'a str,
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) url: String,
    pub(crate) content_type: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// Why there was none.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct AskError {
    /// Twilio's code.
    pub(crate) code: u32,
    pub(crate) message: String,
    /// HTTP status, where one came.
    pub(crate) status: Option<u16>,
    /// No connection could be made: nothing was asked.
    pub(crate) unreached: bool,
}

impl AskError {
    fn new(code: u32, message: String) -> AskError {
        AskError { code, message, status: None, unreached: false }
    }

    /// Whether another try might go better.
    pub(crate) fn is_passing(&self) -> bool {
        self.status.is_none_or(|status| status >= 500 || status == 429 || status == 408)
    }
}

impl Http {
    pub(crate) fn new(settings: HttpSettings) -> Result<Http, reqwest::Error> {
        let resolver = GuardedResolver { private_allowed: settings.private_addresses };
        let client = Client::builder()
            .dns_resolver(Arc::new(resolver))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(settings.connect_timeout)
            .timeout(settings.total_timeout)
            .no_proxy()
            .build()?;
        Ok(Http { client, settings: Arc::new(settings) })
    }

    pub(crate) fn settings(&self) -> &HttpSettings {
        &self.settings
    }

    /// Asks for a document: 2xx, at most `document_size` bytes.
    pub(crate) async fn document(&self, ask: &Ask<'_>) -> Result<Fetched, FetchFailure> {
        match self.ask(ask, self.settings.document_size, 11750).await {
            Ok(Answer { url, content_type, body }) => Ok(Fetched { url, content_type, body }),
            Err(AskError { code, message, .. }) => Err(FetchFailure { code, message }),
        }
    }

    /// Gets a prompt: 2xx, at most `prompt_size` bytes. It isn't signed.
    pub(crate) async fn prompt(&self, url: &str) -> Result<Answer, AskError> {
        let ask = Ask {
            url,
            method: Method::Get,
            params: &[],
            token: &Secret::new(""),
            idempotency_key: "",
        };
        self.ask(&ask, self.settings.prompt_size, 11750).await
    }

    /// Tells an application something; what it answers is not read.
    pub(crate) async fn tell(&self, ask: &Ask<'_>) -> Result<(), AskError> {
        self.ask(ask, self.settings.document_size, 15003).await.map(|_| ()).or_else(|error| {
            // A long answer to a callback is its own business.
            if error.code == 15003 { Ok(()) } else { Err(error) }
        })
    }

    async fn ask(&self, ask: &Ask<'_>, limit: usize, too_large: u32) -> Result<Answer, AskError> {
        let (url, overrides) = overrides::split(ask.url).map_err(|error| {
            AskError::new(11100, format!("'{}' can't be asked: {error}", ask.url))
        })?;
        let mut tries = 0;
        loop {
            let result = self.follow(ask, url.clone(), &overrides, limit, too_large).await;
            match result {
                Err(error) if tries < overrides.retries && overrides.retry_on.covers(&error) => {
                    tries += 1;
                }
                result => return result,
            }
        }
    }

    /// One try, through redirects. Each hop is signed for its own URL.
    async fn follow(
        &self,
        ask: &Ask<'_>,
        mut url: Url,
        overrides: &Overrides,
        limit: usize,
        too_large: u32,
    ) -> Result<Answer, AskError> {
        let mut method = ask.method;
        let mut params = ask.params;
        for _ in 0..=self.settings.redirects {
            let response = self.send(ask, &url, method, params, overrides).await?;
            let status = response.status();
            if !status.is_redirection() {
                return read(response, &url, limit, too_large).await;
            }
            let location = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
            let Some(next) = location.and_then(|to| url.join(to).ok()) else {
                return Err(AskError::new(
                    11215,
                    format!("{url} redirected to nowhere ({status})"),
                ));
            };
            url = next;
            if !matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT) {
                method = Method::Get;
                params = &[];
            }
        }
        let message = format!(
            "{} redirected more than {} times: do the redirects go in a circle?",
            ask.url, self.settings.redirects
        );
        Err(AskError::new(11215, message))
    }

    async fn send(
        &self,
        ask: &Ask<'_>,
        url: &Url,
        method: Method,
        params: &[(String, String)],
        overrides: &Overrides,
    ) -> Result<Response, AskError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(AskError::new(11100, format!("'{url}' is no http:// or https:// address")));
        }
        guard::check(url, self.settings.private_addresses)
            .map_err(|error| AskError::new(11205, error.to_string()))?;
        let mut url = url.clone();
        let signed_url = url.to_string();
        let request = match method {
            Method::Get => {
                if !params.is_empty() {
                    url.query_pairs_mut().extend_pairs(params);
                }
                let signature = signature::sign(ask.token, url.as_str(), &[]);
                self.client.get(url.clone()).header("X-Twilio-Signature", signature)
            }
            Method::Post => {
                let form = url::form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(params)
                    .finish();
                let signature = signature::sign(ask.token, &signed_url, params);
                self.client
                    .post(url.clone())
                    .header(CONTENT_TYPE, "application/x-www-form-urlencoded; charset=UTF-8")
                    .header("X-Twilio-Signature", signature)
                    .body(form)
            }
        };
        let mut request = request
            .header(USER_AGENT, AGENT)
            .header(ACCEPT, "*/*")
            .timeout(overrides.total.unwrap_or(self.settings.total_timeout));
        if !ask.idempotency_key.is_empty() {
            request = request.header("I-Twilio-Idempotency-Token", ask.idempotency_key);
        }
        request.send().await.map_err(|error| classify(&url, &error))
    }
}

async fn read(
    mut response: Response,
    url: &Url,
    limit: usize,
    too_large: u32,
) -> Result<Answer, AskError> {
    let status = response.status();
    if !status.is_success() {
        let mut error = AskError::new(11200, format!("{url} answered {status}"));
        error.status = Some(status.as_u16());
        return Err(error);
    }
    let too_long =
        || AskError::new(too_large, format!("{url} answered with more than {limit} bytes"));
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let content_type = header(CONTENT_TYPE).map(str::to_owned);
    let announced = header(CONTENT_LENGTH).and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(too_long());
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| classify(url, &error))? {
        if body.len() + chunk.len() > limit {
            return Err(too_long());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { url: url.to_string(), content_type, body })
}

/// What a failed request is called.
fn classify(url: &Url, error: &reqwest::Error) -> AskError {
    let mut cause: Option<&dyn std::error::Error> = error.source();
    let mut reason = error.to_string();
    while let Some(inner) = cause {
        if let Some(private) = inner.downcast_ref::<PrivateAddress>() {
            return AskError::new(11205, format!("{url} was not asked: {private}"));
        }
        reason = inner.to_string();
        cause = inner.source();
    }
    let host = url.host_str().unwrap_or_default();
    let (code, message) = if error.is_timeout() {
        (11205, format!("{url} did not answer in time"))
    } else if error.is_connect() && reason.contains("lookup") {
        (11210, format!("there is no host '{host}': {reason}"))
    } else if error.is_connect() && (reason.contains("certificate") || reason.contains("tls")) {
        (11237, format!("{url} has no valid certificate: {reason}"))
    } else if error.is_connect() {
        (11205, format!("{url} could not be connected to: {reason}"))
    } else {
        (11206, format!("{url} broke off: {reason}"))
    };
    AskError { code, message, status: None, unreached: error.is_connect() }
}

impl RetryOn {
    fn covers(self, error: &AskError) -> bool {
        match self {
            RetryOn::Connect => error.unreached,
            RetryOn::ClientErrors => {
                error.status.is_some_and(|status| (400..500).contains(&status))
            }
            RetryOn::ServerErrors => error.status.is_some_and(|status| status >= 500),
            RetryOn::All => true,
        }
    }
}

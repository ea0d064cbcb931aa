//! The HTTP client: webhooks with their signature, prompts, status callbacks. What built-in applications answer never
//! gets this far: it is answered inside, also where a redirect from outside leads to it.
//!
//! Times, redirects and what each failure is called follow Twilio: <https://www.twilio.com/docs/api/errors> 11200–11237,
//! connection overrides <https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides>.

mod cookies;
mod freshness;
mod guard;
mod overrides;
mod signature;

use std::error::Error as _;
use std::sync::{Arc, OnceLock, Weak};
use std::time::{Duration, Instant, SystemTime};

use call::{FetchFailure, Fetched};
use http::StatusCode;
use http::header::{
    ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, IF_MODIFIED_SINCE, IF_NONE_MATCH, LOCATION,
    USER_AGENT,
};
use model::{Method, Secret};
use reqwest::{Client, RequestBuilder, Response};
use url::Url;

use crate::hub::Hub;
use crate::inside::{self, Inner, Place};
use crate::settings::HttpSettings;
pub(crate) use cookies::Cookies;
pub(crate) use freshness::{Freshness, Validators};
use guard::{GuardedResolver, PrivateAddress};
use overrides::{Overrides, RetryOn};

/// Connections to one application that are kept open between webhooks; more are closed when they fall idle.
const IDLE_PER_HOST: usize = 64;
/// How long they are kept.
const IDLE_FOR: Duration = Duration::from_secs(30);
/// Largest calendar, in bytes.
const CALENDAR_SIZE: usize = 1024 * 1024;
/// Name under which applications see us.
const AGENT: &str = concat!("alo/", env!("CARGO_PKG_VERSION"));

/// Times that a connection may take where a URL asks for another than the configured one (`#ct=`), in milliseconds; it
/// gets the next longer of them. Each has its own connections, made when it is first asked for.
const CONNECT_STEPS: [u64; 8] = [100, 200, 500, 1_000, 2_000, 3_000, 5_000, 10_000];

/// Asks applications.
#[derive(Clone)]
pub(crate) struct Http {
    client: Client,
    /// By [`CONNECT_STEPS`].
    others: Arc<[OnceLock<Client>; CONNECT_STEPS.len()]>,
    settings: Arc<HttpSettings>,
    /// Who answers what never leaves the machine; nobody before the engine stands.
    house: Arc<OnceLock<Weak<Hub>>>,
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
    /// Those of the call, where it is one's.
    pub(crate) cookies: Option<&'a Cookies>,
}

/// Signs nothing.
static NO_TOKEN: Secret = Secret::empty();

impl<'a> Ask<'a> {
    /// A plain GET, for what anybody may have.
    fn unsigned(url: &'a str) -> Ask<'a> {
        Ask {
            url,
            method: Method::Get,
            params: &[],
            token: &NO_TOKEN,
            idempotency_key: "",
            cookies: None,
        }
    }
}

/// What is made of the answer.
#[derive(Clone, Copy)]
enum Wanted<'a> {
    /// Its body, of at most so many bytes; longer is failure `too_large`. With `known`, only if it changed.
    Body { limit: usize, too_large: u32, known: Option<&'a Validators> },
    /// Only whether it was 2xx.
    Status,
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) url: String,
    pub(crate) content_type: Option<String>,
    pub(crate) freshness: Freshness,
    pub(crate) body: Vec<u8>,
    /// It was 304: what is known is still right, and there is no body.
    unchanged: bool,
}

/// What came of asking for a prompt.
#[derive(Debug)]
pub(crate) enum Prompted {
    /// This one.
    New(Answer),
    /// The one that is known is still right.
    Unchanged(Freshness),
}

/// A prompt as it is known: what to ask about, and where it came from in the end.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) validators: Validators,
    pub(crate) url: String,
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
    kind: Kind,
}

/// What went wrong, for whoever thinks about another try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// No connection could be made: nothing was asked.
    Unreached,
    /// The answer did not come in time.
    Late,
    /// An answer came, or broke off.
    Answered,
    /// The same will happen until somebody changes the URL or the configuration.
    Lasting,
}

impl AskError {
    fn new(code: u32, kind: Kind, message: String) -> AskError {
        AskError { code, message, status: None, kind }
    }

    /// What was asked inside can't be had until somebody changes something.
    pub(crate) fn inside(code: u32, message: String) -> AskError {
        AskError::new(code, Kind::Lasting, message)
    }

    /// What was asked inside can't be had now: the store failed.
    pub(crate) fn for_now(message: String) -> AskError {
        AskError::new(12400, Kind::Answered, message)
    }

    fn late(url: &Url) -> AskError {
        AskError::new(11205, Kind::Late, format!("{} did not answer in time", shown(url)))
    }

    /// Whether another try might go better.
    pub(crate) fn is_passing(&self) -> bool {
        self.kind != Kind::Lasting
            && self.status.is_none_or(|status| status >= 500 || status == 429 || status == 408)
    }
}

impl Http {
    pub(crate) fn new(settings: HttpSettings) -> Result<Http, reqwest::Error> {
        let client = client(&settings, settings.connect_timeout)?;
        let settings = Arc::new(settings);
        Ok(Http { client, others: Arc::default(), settings, house: Arc::default() })
    }

    /// Built-in applications and sounds are asked of `hub` from now on.
    pub(crate) fn settle(&self, hub: &Arc<Hub>) {
        let _ = self.house.set(Arc::downgrade(hub));
    }

    pub(crate) fn settings(&self) -> &HttpSettings {
        &self.settings
    }

    /// Asks for a document: 2xx, at most `document_size` bytes.
    pub(crate) async fn document(&self, ask: &Ask<'_>) -> Result<Fetched, FetchFailure> {
        let limit = self.settings.document_size;
        match self.ask(ask, Wanted::Body { limit, too_large: 11750, known: None }).await {
            Ok(Answer { url, content_type, body, .. }) => Ok(Fetched { url, content_type, body }),
            Err(AskError { code, message, .. }) => Err(FetchFailure { code, message }),
        }
    }

    /// Gets a prompt: 2xx, at most `prompt_size` bytes; with `known`, only if it changed. It isn't signed.
    pub(crate) async fn prompt(
        &self,
        url: &str,
        known: Option<&Known>,
    ) -> Result<Prompted, AskError> {
        let ask = Ask::unsigned(url);
        let limit = self.settings.prompt_size;
        let wanted = |known| Wanted::Body { limit, too_large: 11750, known };
        let answer = self.ask(&ask, wanted(known.map(|known| &known.validators))).await?;
        match known {
            Some(known) if answer.unchanged && answer.url == known.url => {
                Ok(Prompted::Unchanged(answer.freshness))
            }
            // Redirected meanwhile, to something else that has not changed either.
            Some(_) if answer.unchanged => Ok(Prompted::New(self.ask(&ask, wanted(None)).await?)),
            Some(_) | None => Ok(Prompted::New(answer)),
        }
    }

    /// Asks what to answer to a text: 2xx, at most `document_size` bytes.
    pub(crate) async fn text_document(&self, ask: &Ask<'_>) -> Result<Fetched, AskError> {
        let limit = self.settings.document_size;
        let wanted = Wanted::Body { limit, too_large: 11750, known: None };
        let Answer { url, content_type, body, .. } = self.ask(ask, wanted).await?;
        Ok(Fetched { url, content_type, body })
    }

    /// Gets media of a message: 2xx, at most `prompt_size` bytes. It isn't signed.
    pub(crate) async fn media(&self, url: &str) -> Result<Answer, AskError> {
        let limit = self.settings.prompt_size;
        let wanted = Wanted::Body { limit, too_large: 11751, known: None };
        self.ask(&Ask::unsigned(url), wanted).await
    }

    /// Gets a calendar: 2xx, at most `CALENDAR_SIZE` bytes. It isn't signed.
    pub(crate) async fn calendar(&self, url: &str) -> Result<Vec<u8>, AskError> {
        // What subscribers are given begins so, and means the same.
        let url = url.replacen("webcal://", "https://", 1);
        let wanted = Wanted::Body { limit: CALENDAR_SIZE, too_large: 11750, known: None };
        Ok(self.ask(&Ask::unsigned(&url), wanted).await?.body)
    }

    /// Tells an application something; what it answers is not read.
    pub(crate) async fn tell(&self, ask: &Ask<'_>) -> Result<(), AskError> {
        self.ask(ask, Wanted::Status).await.map(|_| ())
    }

    async fn ask(&self, ask: &Ask<'_>, wanted: Wanted<'_>) -> Result<Answer, AskError> {
        let (url, overrides) = overrides::split(ask.url).map_err(|error| {
            let message = format!("'{}' can't be asked: {error}", ask.url);
            AskError::new(11100, Kind::Lasting, message)
        })?;
        let deadline = Instant::now() + overrides.total.unwrap_or(self.settings.total_timeout);
        let mut tries = 0;
        loop {
            let result = self.follow(ask, url.clone(), &overrides, deadline, wanted).await;
            match result {
                Err(error)
                    if tries < overrides.retries
                        && overrides.retry_on.covers(&error)
                        && Instant::now() < deadline =>
                {
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
        deadline: Instant,
        wanted: Wanted<'_>,
    ) -> Result<Answer, AskError> {
        let deadline = match overrides.read {
            Some(read) => deadline.min(Instant::now() + read),
            None => deadline,
        };
        let mut method = ask.method;
        let mut params = ask.params;
        for _ in 0..=self.settings.redirects {
            if let Some((hub, place)) = self.at_home(&url) {
                let answered = inside::answer(&hub, place, &url, ask.params);
                match tokio::time::timeout_at(deadline.into(), answered).await {
                    Err(_) => return Err(AskError::late(&url)),
                    Ok(Ok(Inner::Redirect(next))) => url = next,
                    Ok(inner) => return home_answer(&url, inner?, wanted),
                }
                continue;
            }
            let request = self.request(ask, &url, method, params, overrides)?;
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(AskError::late(&url));
            }
            let sent = conditional(request, wanted).timeout(left).send().await;
            let response = sent.map_err(|error| classify(&url, &error))?;
            if let Some(cookies) = ask.cookies {
                cookies.take(&url, response.headers());
            }
            let status = response.status();
            if !status.is_redirection() || wanted.takes(status) {
                return read(response, &url, wanted).await;
            }
            let location = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
            let Some(mut next) = location.and_then(|to| url.join(to).ok()) else {
                let message = format!("{} redirected to nowhere ({status})", shown(&url));
                return Err(AskError::new(11215, Kind::Lasting, message));
            };
            next.set_fragment(None);
            url = next;
            if !matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT) {
                method = Method::Get;
                params = &[];
            }
        }
        let message = format!(
            "{} redirected more than {} times: do the redirects go in a circle?",
            shown(&url),
            self.settings.redirects
        );
        Err(AskError::new(11215, Kind::Lasting, message))
    }

    /// Who answers a URL that never leaves the machine, and what it names.
    fn at_home(&self, url: &Url) -> Option<(Arc<Hub>, Place)> {
        let hub = self.house.get()?.upgrade()?;
        let place = inside::place(url, &hub.settings.public_url)?;
        Some((hub, place))
    }

    fn request(
        &self,
        ask: &Ask<'_>,
        url: &Url,
        method: Method,
        params: &[(String, String)],
        overrides: &Overrides,
    ) -> Result<RequestBuilder, AskError> {
        if !matches!(url.scheme(), "http" | "https") {
            let message = format!("'{}' is no http:// or https:// address", shown(url));
            return Err(AskError::new(11100, Kind::Lasting, message));
        }
        guard::check(url, self.settings.private_addresses)
            .map_err(|error| AskError::new(11205, Kind::Lasting, error.to_string()))?;
        let client = self.client(overrides.connect);
        let mut url = url.clone();
        let signed_url = url.to_string();
        let (request, signature) = match method {
            Method::Get => {
                if !params.is_empty() {
                    url.query_pairs_mut().extend_pairs(params);
                }
                (client.get(url.clone()), signature::sign(ask.token, url.as_str(), &[]))
            }
            Method::Post => {
                let form = url::form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(params)
                    .finish();
                let request = client
                    .post(url.clone())
                    .header(CONTENT_TYPE, "application/x-www-form-urlencoded; charset=UTF-8")
                    .body(form);
                (request, signature::sign(ask.token, &signed_url, params))
            }
        };
        let mut request = request.header(USER_AGENT, AGENT).header(ACCEPT, "*/*");
        // A signature with an empty key would be anybody's.
        if !ask.token.reveal().is_empty() {
            request = request.header("X-Twilio-Signature", signature);
        }
        if !ask.idempotency_key.is_empty() {
            request = request.header("I-Twilio-Idempotency-Token", ask.idempotency_key);
        }
        if let Some(cookies) = ask.cookies.and_then(|cookies| cookies.header(&url)) {
            request = request.header(COOKIE, cookies);
        }
        Ok(request)
    }

    /// The client whose connections may take so long to stand.
    fn client(&self, connect: Option<Duration>) -> &Client {
        let step = connect.and_then(|wanted| {
            CONNECT_STEPS.iter().position(|step| Duration::from_millis(*step) >= wanted)
        });
        let Some(step) = step else { return &self.client };
        self.others[step].get_or_init(|| {
            let timeout = Duration::from_millis(CONNECT_STEPS[step]);
            // The first was made from the same settings, so this one can be made, too.
            client(&self.settings, timeout).unwrap_or_else(|_| self.client.clone())
        })
    }
}

fn client(settings: &HttpSettings, connect_timeout: Duration) -> Result<Client, reqwest::Error> {
    let resolver = GuardedResolver { private_allowed: settings.private_addresses };
    Client::builder()
        .dns_resolver(Arc::new(resolver))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(connect_timeout)
        .pool_max_idle_per_host(IDLE_PER_HOST)
        .pool_idle_timeout(IDLE_FOR)
        .no_proxy()
        .build()
}

/// What was answered inside, as if it had come from outside.
fn home_answer(url: &Url, inner: Inner, wanted: Wanted<'_>) -> Result<Answer, AskError> {
    let Inner::Body { content_type, body, freshness } = inner else {
        let message = format!("{} redirected to nowhere", shown(url));
        return Err(AskError::new(11215, Kind::Lasting, message));
    };
    let content_type = Some(content_type.to_owned());
    let answer = |body, unchanged| Answer {
        url: url.to_string(),
        content_type: content_type.clone(),
        freshness: freshness.clone(),
        body,
        unchanged,
    };
    match wanted {
        Wanted::Body { known: Some(known), .. } if *known == freshness.validators => {
            Ok(answer(Vec::new(), true))
        }
        Wanted::Body { limit, too_large, .. } if body.len() > limit => {
            let message = format!("{} answered with more than {limit} bytes", shown(url));
            Err(AskError::new(too_large, Kind::Lasting, message))
        }
        Wanted::Body { .. } => Ok(answer(body, false)),
        Wanted::Status => Ok(answer(Vec::new(), false)),
    }
}

/// The request, to be answered in full only if what is known has changed.
fn conditional(request: RequestBuilder, wanted: Wanted<'_>) -> RequestBuilder {
    let Wanted::Body { known: Some(known), .. } = wanted else { return request };
    let Validators { etag, last_modified } = known;
    let request = match etag {
        Some(etag) => request.header(IF_NONE_MATCH, etag),
        None => request,
    };
    match last_modified {
        Some(at) => request.header(IF_MODIFIED_SINCE, at),
        None => request,
    }
}

impl Wanted<'_> {
    /// Whether a redirection is no redirect but the answer: 304, where that was asked for.
    fn takes(self, status: StatusCode) -> bool {
        match self {
            Wanted::Body { known, .. } => known.is_some() && status == StatusCode::NOT_MODIFIED,
            Wanted::Status => false,
        }
    }
}

/// A URL as it may be shown and logged: without user and password.
fn shown(url: &Url) -> String {
    let mut url = url.clone();
    if !url.username().is_empty() || url.password().is_some() {
        let _ = url.set_username("");
        let _ = url.set_password(None);
    }
    url.into()
}

async fn read(mut response: Response, url: &Url, wanted: Wanted<'_>) -> Result<Answer, AskError> {
    let status = response.status();
    let unchanged = wanted.takes(status);
    if !status.is_success() && !unchanged {
        let message = format!("{} answered {status}", shown(url));
        let mut error = AskError::new(11200, Kind::Answered, message);
        error.status = Some(status.as_u16());
        return Err(error);
    }
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let content_type = header(CONTENT_TYPE).map(str::to_owned);
    let announced = header(CONTENT_LENGTH).and_then(|length| length.parse::<usize>().ok());
    let freshness = Freshness::read(response.headers(), SystemTime::now());
    let answer = |body| Answer { url: url.to_string(), content_type, freshness, body, unchanged };
    let (limit, too_large) = match wanted {
        Wanted::Body { .. } if unchanged => return Ok(answer(Vec::new())),
        Wanted::Body { limit, too_large, .. } => (limit, too_large),
        Wanted::Status => {
            // A short rest is read so that the connection can be used again; it says nothing that matters.
            if announced.is_some_and(|length| length <= SHORT) {
                while let Ok(Some(_)) = response.chunk().await {}
            }
            return Ok(answer(Vec::new()));
        }
    };
    let too_long = || {
        let message = format!("{} answered with more than {limit} bytes", shown(url));
        AskError::new(too_large, Kind::Lasting, message)
    };
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
    Ok(answer(body))
}

/// Longest body that is read to the end although nobody wants it.
const SHORT: usize = 4096;

/// What a failed request is called.
fn classify(url: &Url, error: &reqwest::Error) -> AskError {
    let mut cause: Option<&dyn std::error::Error> = error.source();
    let mut reason = "no reason is known".to_owned();
    let shown = shown(url);
    while let Some(inner) = cause {
        if let Some(private) = inner.downcast_ref::<PrivateAddress>() {
            let message = format!("{shown} was not asked: {private}");
            return AskError::new(11205, Kind::Lasting, message);
        }
        reason = inner.to_string();
        cause = inner.source();
    }
    let host = url.host_str().unwrap_or_default();
    let unreached = |code, message| AskError::new(code, Kind::Unreached, message);
    if error.is_timeout() && !error.is_connect() {
        AskError::late(url)
    } else if error.is_timeout() {
        unreached(11205, format!("{shown} could not be connected to in time"))
    } else if error.is_connect() && reason.contains("lookup") {
        unreached(11210, format!("there is no host '{host}': {reason}"))
    } else if error.is_connect() && (reason.contains("certificate") || reason.contains("tls")) {
        unreached(11237, format!("{shown} has no valid certificate: {reason}"))
    } else if error.is_connect() {
        unreached(11205, format!("{shown} could not be connected to: {reason}"))
    } else {
        AskError::new(11206, Kind::Answered, format!("{shown} broke off: {reason}"))
    }
}

impl RetryOn {
    fn covers(self, error: &AskError) -> bool {
        match (error.kind, error.status) {
            (Kind::Unreached, _) => self.connect,
            // Late, or broken off: there was a connection, and no answer.
            (Kind::Late, _) | (Kind::Answered, None) => self.read,
            (Kind::Answered, Some(400..=499)) => self.client_errors,
            (Kind::Answered, Some(_)) => self.server_errors,
            (Kind::Lasting, _) => false,
        }
    }
}

#[cfg(test)]
mod tests;

//! The HTTP client of a running server, for the commands: Basic auth with the account and token of the data folder.
//!
//! It speaks the same REST API as everybody; there is no back door.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::AsyncWriteExt;

use crate::address::reachable;
use crate::config::Config;

/// How long the server on this machine may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Nobody answers where the server should be. Start one, or name the right address with `--http`.
#[derive(Debug, thiserror::Error)]
#[error("no alo answers at {address}: start one with `alo serve`{hint}")]
pub(crate) struct NoServer {
    address: String,
    hint: &'static str,
}

/// The server refused.
#[derive(Debug, thiserror::Error)]
#[error("{message} (error {code})")]
pub(crate) struct Refused {
    /// HTTP status.
    pub(crate) status: u16,
    /// Twilio's code.
    pub(crate) code: u64,
    /// What the server says.
    pub(crate) message: String,
}

/// Account and token, as the data folder keeps them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Keys {
    /// `AC…`.
    pub(crate) account_sid: String,
    /// Opens the API and signs webhooks.
    pub(crate) auth_token: String,
}

/// Addresses of a running server, as bound.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Running {
    /// The process.
    pub(crate) process: u32,
    /// `127.0.0.1:8080`.
    pub(crate) http: String,
    /// `0.0.0.0:5060`.
    pub(crate) sip: String,
}

/// A running server.
pub(crate) struct Client {
    base: String,
    keys: Keys,
    http: reqwest::Client,
}

/// What is done with a row of a list.
pub(crate) enum Sight {
    /// It is one of those.
    Take,
    /// It is not.
    Pass,
    /// Neither is it nor any behind it.
    Enough,
}

/// Parameters of a form or a query.
pub(crate) type Parameters = Vec<(&'static str, String)>;

impl Keys {
    /// Reads `credentials.json`; `None` where there is none.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Option<Keys>> {
        read_json(path)
    }
}

impl Running {
    /// Reads `running.json`; `None` where there is none.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Option<Running>> {
        read_json(path)
    }
}

fn read_json<T: for<'a> Deserialize<'a>>(path: &Path) -> anyhow::Result<Option<T>> {
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .with_context(|| format!("{} is damaged: `alo serve` writes it anew", path.display())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{} can't be read", path.display())),
    }
}

impl Client {
    /// The server that `config` means: where `--http` says, else the one that runs on this data folder, else where the
    /// configuration says.
    pub(crate) fn new(config: &Config) -> anyhow::Result<Client> {
        let running =
            if config.http_was_named() { None } else { Running::read(&config.running())? };
        let address = match running {
            Some(running) => running.http.parse().unwrap_or(config.http.listen),
            None => config.http.listen,
        };
        let base = format!("http://{}", reachable(address));
        let keys = Keys::read(&config.credentials())?.ok_or_else(|| NoServer {
            address: base.clone(),
            hint: "; it writes the credentials that this command needs to its data folder (--data)",
        })?;
        let http = reqwest::Client::builder().timeout(PATIENCE).no_proxy().build()?;
        Ok(Client { base, keys, http })
    }

    /// `/2010-04-01/Accounts/AC…/` and `rest`.
    pub(crate) fn account_path(&self, rest: &str) -> String {
        format!("/2010-04-01/Accounts/{}/{rest}", self.keys.account_sid)
    }

    /// Reads a resource.
    pub(crate) async fn get(&self, path: &str, query: &Parameters) -> anyhow::Result<Value> {
        let path =
            if query.is_empty() { path.to_owned() } else { format!("{path}?{}", encoded(query)) };
        self.answer(self.request(Method::GET, &path)).await
    }

    /// Creates or changes a resource.
    pub(crate) async fn post(&self, path: &str, form: &Parameters) -> anyhow::Result<Value> {
        self.answer(self.posting(path, form)).await
    }

    /// Creates a resource that is made once however often this is asked with the same `key`.
    pub(crate) async fn post_once(
        &self,
        path: &str,
        form: &Parameters,
        key: &str,
    ) -> anyhow::Result<Value> {
        self.answer(self.posting(path, form).header("Idempotency-Key", key)).await
    }

    fn posting(&self, path: &str, form: &Parameters) -> RequestBuilder {
        self.request(Method::POST, path)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(encoded(form))
    }

    /// Creates or changes a resource of ours with a JSON document.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        document: &Value,
    ) -> anyhow::Result<Value> {
        let body = serde_json::to_vec(document)?;
        self.upload(method, path, "application/json", body).await
    }

    /// Sends bytes as they are.
    pub(crate) async fn upload(
        &self,
        method: Method,
        path: &str,
        content_type: &str,
        body: Vec<u8>,
    ) -> anyhow::Result<Value> {
        let request = self.request(method, path).header(CONTENT_TYPE, content_type).body(body);
        self.answer(request).await
    }

    /// Deletes a resource.
    pub(crate) async fn delete(&self, path: &str) -> anyhow::Result<()> {
        self.answer(self.request(Method::DELETE, path)).await.map(drop)
    }

    /// Follows the pages of a list until there are `limit` rows or no more.
    pub(crate) async fn list(
        &self,
        path: &str,
        key: &str,
        query: &Parameters,
        limit: usize,
    ) -> anyhow::Result<Vec<Value>> {
        let page = limit.clamp(1, LARGEST_PAGE);
        self.pages(path, key, query, limit, page, |_| Sight::Take).await
    }

    /// [`Client::list`] of the rows that are wanted, which are few among many.
    pub(crate) async fn list_where(
        &self,
        path: &str,
        key: &str,
        query: &Parameters,
        limit: usize,
        wanted: impl Fn(&Value) -> Sight,
    ) -> anyhow::Result<Vec<Value>> {
        self.pages(path, key, query, limit, LARGEST_PAGE, wanted).await
    }

    async fn pages(
        &self,
        path: &str,
        key: &str,
        query: &Parameters,
        limit: usize,
        page_size: usize,
        wanted: impl Fn(&Value) -> Sight,
    ) -> anyhow::Result<Vec<Value>> {
        let mut rows = Vec::new();
        let mut query = query.clone();
        query.push(("PageSize", page_size.to_string()));
        let mut page = self.get(path, &query).await?;
        loop {
            let items = page[key].as_array().cloned().unwrap_or_default();
            let last = items.is_empty();
            for row in items {
                match wanted(&row) {
                    _ if rows.len() == limit => return Ok(rows),
                    Sight::Take => rows.push(row),
                    Sight::Pass => {}
                    Sight::Enough => return Ok(rows),
                }
            }
            let next = page["next_page_uri"].as_str().map(str::to_owned);
            match next {
                Some(next) if rows.len() < limit && !last => {
                    page = self.get(&next, &Vec::new()).await?;
                }
                Some(_) | None => return Ok(rows),
            }
        }
    }

    /// Writes what is at `path` to a file that doesn't exist yet; the bytes written.
    pub(crate) async fn download(&self, path: &str, to: &Path) -> anyhow::Result<u64> {
        let mut response = self.sent(self.request(Method::GET, path)).await?;
        if !response.status().is_success() {
            return Err(refused(response).await);
        }
        let mut file = tokio::fs::File::create_new(to)
            .await
            .with_context(|| format!("{} can't be created", to.display()))?;
        let mut written = 0;
        while let Some(chunk) = response.chunk().await? {
            file.write_all(&chunk)
                .await
                .with_context(|| format!("{} can't be written", to.display()))?;
            written += chunk.len() as u64;
        }
        file.sync_all().await?;
        Ok(written)
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.base))
            .basic_auth(&self.keys.account_sid, Some(&self.keys.auth_token))
            .header(ACCEPT, "application/json")
    }

    async fn answer(&self, request: RequestBuilder) -> anyhow::Result<Value> {
        let response = self.sent(request).await?;
        if !response.status().is_success() {
            return Err(refused(response).await);
        }
        let body = response.bytes().await?;
        if body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&body).with_context(|| {
            format!("{} is no alo: it answers something that is no JSON", self.base)
        })
    }

    async fn sent(&self, request: RequestBuilder) -> anyhow::Result<reqwest::Response> {
        request.send().await.map_err(|error| {
            if error.is_connect() {
                let hint = ", or say where it is with --http";
                NoServer { address: self.base.clone(), hint }.into()
            } else {
                anyhow::Error::new(error.without_url())
                    .context(format!("{} did not answer", self.base))
            }
        })
    }
}

/// Rows of the largest page that the API gives.
const LARGEST_PAGE: usize = 1_000;

fn encoded(parameters: &Parameters) -> String {
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(parameters.iter().map(|(name, value)| (*name, value)));
    text.finish()
}

/// Why a request failed, down to its cause, without the URL, which may hold a password.
pub(crate) fn reason(error: reqwest::Error) -> String {
    let error = anyhow::Error::new(error.without_url());
    error.chain().last().map_or_else(String::new, ToString::to_string)
}

async fn refused(response: reqwest::Response) -> anyhow::Error {
    let status = response.status();
    let body = response.bytes().await.unwrap_or_default();
    let json: Value = serde_json::from_slice(&body).unwrap_or_default();
    if status == StatusCode::UNAUTHORIZED {
        return Refused {
            status: status.as_u16(),
            code: json["code"].as_u64().unwrap_or_default(),
            message: "the server doesn't know the account and token of this data folder: name the one that it runs on with --data"
                .to_owned(),
        }
        .into();
    }
    let message = json["message"]
        .as_str()
        .map_or_else(|| format!("the server answered {status}"), str::to_owned);
    Refused { status: status.as_u16(), code: json["code"].as_u64().unwrap_or_default(), message }
        .into()
}

//! A running server: store, account, engine and API put together, and their end in order.
//!
//! `alo serve` and `alo demo` run the same one. It prints nothing and waits for no signal.

mod account;
mod metrics;

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};
use axum::serve::ListenerExt;
use engine::Engine;
use model::Account;
use store::{Sqlite, Store};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::address::reachable;
use crate::client::Running;
use crate::config::{Config, Invalid};

use account::Opened;
pub(crate) use account::{add_account, replace_token};

/// How long requests may take to end after the calls have.
const LAST_REQUESTS: Duration = Duration::from_secs(2);

/// A running server.
pub(crate) struct Server {
    engine: Engine,
    account: Account,
    is_new: bool,
    http: SocketAddr,
    stop: CancellationToken,
    serving: JoinHandle<std::io::Result<()>>,
    running: PathBuf,
}

impl Server {
    /// Opens the store, makes the account at the first start, binds every port, and serves.
    pub(crate) async fn start(config: &Config) -> anyhow::Result<Server> {
        let missing = config.missing();
        if !missing.is_empty() {
            return Err(Invalid(missing).into());
        }
        make_folder(&config.data)?;
        let store: Arc<dyn Store> = Arc::new(Sqlite::open(config.database())?);
        let Opened { account, is_new } =
            account::open(store.as_ref(), &config.credentials()).await?;
        let listener = bind(config.http.listen).await?;
        let http = listener.local_addr()?;
        let speaking = config.clone();
        let voices = tokio::task::spawn_blocking(move || speaking.voices(true)).await??;
        let hearing = config.clone();
        let ears = tokio::task::spawn_blocking(move || hearing.ears()).await??;
        let settings = config.engine(&account, http)?;
        let engine = Engine::start(settings, store, voices, ears).await.map_err(explained)?;
        let figures = metrics::Figures::start()?;
        let api_settings = api::Settings {
            ping_trunk: Some(pings(engine.sip().clone())),
            // Others, where `alo accounts` made some, may not change what the whole server shares.
            admin: Some(account.sid),
            ..config.http.settings(&config.numbers, http)
        };
        let api = api::router(engine.clone(), api_settings);
        let routes = metrics::route(figures, engine.clone()).fallback_service(api);
        let stop = CancellationToken::new();
        let stopped = stop.clone().cancelled_owned();
        // An answer is small and awaited: Nagle's algorithm would only hold it back.
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        let service = routes.into_make_service_with_connect_info::<SocketAddr>();
        let serving = axum::serve(listener, service).with_graceful_shutdown(stopped);
        let serving = tokio::spawn(async move { serving.await });
        let server =
            Server { engine, account, is_new, http, stop, serving, running: config.running() };
        server.note_running();
        Ok(server)
    }

    /// The engine.
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The account of this server.
    pub(crate) fn account(&self) -> &Account {
        &self.account
    }

    /// Whether the account was made by this start.
    pub(crate) fn is_new(&self) -> bool {
        self.is_new
    }

    /// Where the API listens.
    pub(crate) fn http(&self) -> SocketAddr {
        self.http
    }

    /// Where SIP listens.
    pub(crate) fn sip(&self) -> SocketAddr {
        self.engine.sip().local_addr()
    }

    /// Takes no new calls, gives the live ones `patience`, hangs up what is left, and closes everything. The API answers
    /// until the calls have ended, so that applications can still act on them.
    pub(crate) async fn stop(self, patience: Duration) {
        self.engine.drain(patience).await;
        self.stop.cancel();
        let aborted = self.serving.abort_handle();
        if tokio::time::timeout(LAST_REQUESTS, self.serving).await.is_err() {
            aborted.abort();
        }
        let _ = std::fs::remove_file(&self.running);
    }

    /// Tells the commands of this machine where the server is; without it they ask where the configuration says.
    fn note_running(&self) {
        let running = Running {
            process: std::process::id(),
            http: self.http.to_string(),
            sip: self.sip().to_string(),
        };
        let written = serde_json::to_vec(&running)
            .map_err(std::io::Error::from)
            .and_then(|bytes| std::fs::write(&self.running, bytes));
        if let Err(error) = written {
            tracing::warn!(%error, "the file that tells commands where the server is could not be written");
        }
    }
}

impl Config {
    /// As the engine takes it, for a server whose API is at `http`.
    fn engine(&self, account: &Account, http: SocketAddr) -> anyhow::Result<engine::Settings> {
        let named =
            self.http.public_url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned());
        Ok(engine::Settings {
            data: self.data.clone(),
            public_url: named.unwrap_or_else(|| format!("http://{}", reachable(http))),
            account: account.sid,
            sip: self.sip.settings(),
            media: self.rtp.settings(),
            http: self.webhooks.settings(),
            calls_per_second: self.calls.per_second,
            queued_calls: self.calls.queued,
            texts: self.text_settings()?,
            handoff_grace: self.roulette.handoff_grace,
            twimlets: self.twimlets.rules(self.recognition.is_set()),
            mail: self.mail_settings()?,
            mail_tries: self.mail.tries,
            transcripts_in: self.recognition.language.clone(),
            watch: engine::WatchSettings::default(),
        })
    }
}

/// How the API asks a trunk whether it is there, knowing nothing of SIP.
fn pings(sip: sip::Sip) -> api::TrunkPing {
    api::TrunkPing::new(move |name| {
        let sip = sip.clone();
        let trunk = sip::Destination::Trunk { name, user: PINGED.to_owned() };
        async move { sip.ping(&trunk).await.map_err(|error| error.to_string()) }
    })
}

/// Whom an OPTIONS asks for at a trunk; any final answer will do, also that nobody has that name.
pub(crate) const PINGED: &str = "ping";

/// The folder holds tokens, passwords and recordings: it is for this user alone.
fn make_folder(folder: &Path) -> anyhow::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).with_context(|| {
        format!("the data folder {} can't be made: choose another with --data", folder.display())
    })
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => anyhow!(
            "another program listens at {address} already: stop it, or choose another address with --http or \
             http.listen in alo.toml"
        ),
        ErrorKind::PermissionDenied => anyhow!(
            "{address} may not be listened at by this user: choose a port above 1023 with --http or http.listen in \
             alo.toml"
        ),
        ErrorKind::AddrNotAvailable => anyhow!(
            "{address} is not an address of this machine: correct --http or http.listen in alo.toml"
        ),
        _ => anyhow::Error::new(error).context(format!("the API can't listen at {address}")),
    })
}

fn explained(error: engine::StartError) -> anyhow::Error {
    use engine::StartError;
    let hint = match &error {
        StartError::Sip(sip::StartError::Bind { source, .. }) => match source.kind() {
            ErrorKind::AddrInUse => Some(
                "another program has the SIP port: stop it, or choose another with --sip or sip.listen in alo.toml",
            ),
            ErrorKind::AddrNotAvailable => Some(
                "this machine doesn't have that address: correct --sip or sip.listen in alo.toml",
            ),
            _ => Some("choose another address with --sip or sip.listen in alo.toml"),
        },
        StartError::Media(_) => {
            Some("choose other ports with --rtp-ports or rtp.ports in alo.toml")
        }
        StartError::Folder(..) => Some("choose another folder with --data"),
        _ => None,
    };
    let error = anyhow::Error::new(error);
    match hint {
        Some(hint) => error.context(hint),
        None => error,
    }
}

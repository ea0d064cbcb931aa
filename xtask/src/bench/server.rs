//! The server under measurement: the release binary with a temporary data folder, on free ports of loopback.
//!
//! Its limits against floods are lifted, since all the load comes from one address; texts have a carrier besides. Nothing
//! else is set: it logs, keeps calls and texts in its store and asks applications as it does everywhere.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::Value;
use tempfile::TempDir;

use crate::bench::place::Place;
use crate::bench::process::Process;

/// Ports for audio: enough for 2,500 calls bridged at once, below those that the system hands out by itself.
const RTP_PORTS: &str = "10000-20000";

/// The data folder, in the run's.
const DATA: &str = "data";

/// The file of settings, in the run's folder.
const SETTINGS: &str = "alo.toml";

/// Limits that are there for the sake of strangers, by their variables.
const LIFTED: [(&str, &str); 4] = [
    ("ALO_SIP_INVITES_PER_SECOND", "1000000"),
    ("ALO_SIP_BURST", "1000000"),
    ("ALO_SIP_MESSAGES_PER_SECOND", "10000000"),
    ("ALO_SIP_CALLS", "100000"),
];

/// A running `alo serve`.
pub(super) struct Server {
    pub(super) process: Process,
    /// When the process was started.
    pub(super) started: Instant,
    /// From the start of the process until it said that it is ready.
    pub(super) ready_after: Duration,
    ready: Ready,
    binary: PathBuf,
    folder: TempDir,
}

/// What it says when it is ready.
pub(super) struct Ready {
    sip: SocketAddr,
    /// Where its API is.
    pub(super) http: SocketAddr,
    /// `AC…`.
    pub(super) account: String,
    /// The account's token.
    pub(super) token: String,
}

impl Server {
    /// Starts it in a new data folder, with an `alo.toml` that says no more than `settings`.
    pub(super) fn start(binary: &Path, place: Place, settings: &str) -> anyhow::Result<Self> {
        let folder = TempDir::new().context("no temporary folder")?;
        std::fs::write(folder.path().join(SETTINGS), settings).context("no file for settings")?;
        Self::launch(binary.to_path_buf(), folder, place)
    }

    /// Ends it and starts it again with the data that it has.
    pub(super) fn restart(mut self, place: Place) -> anyhow::Result<Self> {
        self.process.terminate()?;
        Self::launch(self.binary, self.folder, place)
    }

    fn launch(binary: PathBuf, folder: TempDir, place: Place) -> anyhow::Result<Self> {
        let started = Instant::now();
        let (process, ready_after, ready) = launch(&binary, folder.path(), place)?;
        let ready = Ready::read(&ready)
            .with_context(|| format!("the server did not say what it is to: {ready}"))?;
        Ok(Self { process, started, ready_after, ready, binary, folder })
    }

    /// Addresses and account.
    pub(super) fn ready(&self) -> &Ready {
        &self.ready
    }

    /// What was spoken and kept is forgotten, and it is started again: nothing has been said by it yet.
    pub(super) fn restart_dumb(mut self, place: Place) -> anyhow::Result<Self> {
        self.process.terminate()?;
        let kept = self.folder.path().join(DATA).join("speech");
        if kept.exists() {
            std::fs::remove_dir_all(kept).context("what was spoken can't be removed")?;
        }
        Self::launch(self.binary, self.folder, place)
    }

    /// What it keeps on disk, in octets.
    pub(super) fn kept(&self) -> anyhow::Result<u64> {
        let mut octets = 0;
        for entry in std::fs::read_dir(self.folder.path().join(DATA))? {
            octets += entry?.metadata()?.len();
        }
        Ok(octets)
    }

    /// Where it is rung.
    pub(super) fn sip(&self) -> SocketAddr {
        self.ready.sip
    }

    /// Buys a number whose calls are answered by the application at `url`.
    pub(super) fn buy(&self, number: &str, url: &str) -> anyhow::Result<()> {
        let output = Command::new(&self.binary)
            .args(["--http", &self.ready.http.to_string(), "--json", "--data"])
            .arg(self.folder.path().join(DATA))
            .args(["numbers", "buy", number, "--url", url])
            .stdin(Stdio::null())
            .output()
            .context("alo numbers buy could not be started")?;
        if !output.status.success() {
            bail!("{number} could not be bought: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(())
    }

    /// Lets its calls end, and ends it.
    pub(super) fn stop(mut self) -> anyhow::Result<()> {
        self.process.terminate()
    }
}

impl Ready {
    fn read(line: &Value) -> Option<Self> {
        let text = |name: &str| line[name].as_str();
        Some(Self {
            sip: text("sip")?.parse().ok()?,
            http: text("http")?.parse().ok()?,
            account: text("account_sid")?.to_owned(),
            token: text("auth_token")?.to_owned(),
        })
    }
}

fn launch(
    binary: &Path,
    folder: &Path,
    place: Place,
) -> anyhow::Result<(Process, Duration, Value)> {
    let log = folder.join("log");
    let errors = File::create(&log).context("no file for the log")?;
    let free = "127.0.0.1:0";
    let begun = Instant::now();
    let mut process = Process::start(
        place
            .beside_load(&binary.to_string_lossy())
            .args(["serve", "--dev", "--json", "--http", free, "--sip", free])
            .args(["--rtp-ports", RTP_PORTS, "--config"])
            .arg(folder.join(SETTINGS))
            .arg("--data")
            .arg(folder.join(DATA))
            .env_remove("PORT")
            .env_remove("DATABASE_URL")
            .envs(LIFTED)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors),
    )?;
    let stdout = process.child().stdout.take().context("its output is piped")?;
    let mut lines = BufReader::new(stdout).lines();
    let Some(line) = lines.next().transpose()? else {
        let told = std::fs::read_to_string(&log).unwrap_or_default();
        bail!("alo ended before it was ready:\n{told}");
    };
    let ready_after = begun.elapsed();
    // What else it prints is read, so that it never waits for us.
    std::thread::spawn(move || lines.for_each(drop));
    let ready: Value =
        serde_json::from_str(&line).with_context(|| format!("'{line}' is no JSON"))?;
    Ok((process, ready_after, ready))
}

//! The server under measurement: the release binary with a temporary data folder, on free ports of loopback.
//!
//! Its limits against floods are lifted, since all the load comes from one address. Nothing else is set: it logs, keeps
//! calls in its store and asks applications as it does everywhere.

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
    /// From the start of the process until it said that it is ready.
    pub(super) ready_after: Duration,
    sip: SocketAddr,
    http: String,
    binary: PathBuf,
    data: PathBuf,
    folder: TempDir,
}

impl Server {
    /// Starts it in a new data folder.
    pub(super) fn start(binary: &Path, place: Place) -> anyhow::Result<Self> {
        let folder = TempDir::new().context("no temporary folder")?;
        let data = folder.path().join("data");
        let (process, ready_after, ready) = launch(binary, &data, folder.path(), place)?;
        let text = |name: &str| {
            let text = ready[name].as_str().map(str::to_owned);
            text.with_context(|| format!("the server did not say its {name}: {ready}"))
        };
        let sip = text("sip")?.parse().context("the server's SIP address")?;
        let http = text("http")?;
        let binary = binary.to_path_buf();
        Ok(Self { process, ready_after, sip, http, binary, data, folder })
    }

    /// Ends it and starts it again with the data that it has.
    pub(super) fn restart(mut self, place: Place) -> anyhow::Result<Self> {
        self.process.terminate()?;
        let Self { binary, data, folder, .. } = self;
        let (process, ready_after, ready) = launch(&binary, &data, folder.path(), place)?;
        let (Some(sip), Some(http)) = (ready["sip"].as_str(), ready["http"].as_str()) else {
            bail!("the server did not say its addresses: {ready}");
        };
        let (sip, http) = (sip.parse()?, http.to_owned());
        Ok(Self { process, ready_after, sip, http, binary, data, folder })
    }

    /// Where it is rung.
    pub(super) fn sip(&self) -> SocketAddr {
        self.sip
    }

    /// Buys a number whose calls are answered by the application at `url`.
    pub(super) fn buy(&self, number: &str, url: &str) -> anyhow::Result<()> {
        let output = Command::new(&self.binary)
            .args(["--http", &self.http, "--json", "--data"])
            .arg(&self.data)
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

fn launch(
    binary: &Path,
    data: &Path,
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
            .args(["--rtp-ports", RTP_PORTS, "--data"])
            .arg(data)
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

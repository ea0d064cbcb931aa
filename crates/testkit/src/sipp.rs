//! Runs sipp, the SIP tester, with the scenarios in `peers/sipp`, and says what it counted and what it did not expect.
//!
//! sipp takes part as a caller ([`Sipp::run`]) or as somebody who is called ([`Sipp::serve`]). Its options are explained
//! by `sipp -h`; the page beside the scenarios says which scenario wants which.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::ports::PortRange;

/// How long a run may take unless it is told otherwise.
const RUN_MAX: Duration = Duration::from_secs(60);

/// How long sipp may take to open its socket.
const START_MAX: Duration = Duration::from_secs(10);

/// How often it is looked whether it has.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Bytes of sipp's error log that a failure shows.
const LOG_SHOWN: usize = 6_000;

/// A run of sipp to be.
#[derive(Debug, Clone)]
pub struct Sipp {
    scenario: String,
    target: Option<SocketAddr>,
    arguments: Vec<String>,
    limit: Duration,
}

/// What sipp counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Calls that were begun.
    pub calls: u64,
    /// Calls that went as written.
    pub successful: u64,
    /// Calls that did not.
    pub failed: u64,
    /// Messages that were sent again.
    pub retransmissions: u64,
    /// All cumulative counters by sipp's names, such as `ResponseTime1(C)`.
    pub counters: BTreeMap<String, String>,
    /// What it did not expect, as it wrote it.
    pub errors: String,
}

/// Why a run failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SippError {
    /// It isn't there: Debian's package is `sip-tester`; `./test --install` installs it.
    #[error("sipp can't be started")]
    Start(#[source] std::io::Error),
    /// It didn't open its socket.
    #[error("sipp did not listen within {START_MAX:?}")]
    NotListening,
    /// Calls failed, or it gave up.
    #[error("sipp's scenario {scenario} ended with {status}: {report}")]
    Failed {
        /// Name of the scenario.
        scenario: String,
        /// 1: calls failed; 97: its time was up; 99: it ended without a call; 255: it could not begin.
        status: ExitStatus,
        /// What it counted.
        report: Box<Report>,
    },
}

/// A sipp that is called by others. Dropped, it is killed.
pub struct Serving {
    scenario: String,
    address: SocketAddr,
    media: u16,
    child: Child,
    folder: TempDir,
    _ports: PortRange,
}

impl Sipp {
    /// A run of a scenario of `peers/sipp`, named without `.xml`; or of a file, named with its path.
    pub fn new(scenario: &str) -> Self {
        Self { scenario: scenario.to_owned(), target: None, arguments: Vec::new(), limit: RUN_MAX }
    }

    /// Where its calls go. Needed by callers.
    pub fn target(mut self, target: SocketAddr) -> Self {
        self.target = Some(target);
        self
    }

    /// The number that is called (`[service]` in a scenario).
    pub fn service(self, number: &str) -> Self {
        self.option("-s", number)
    }

    /// A word of the scenario (`[key]`).
    pub fn set(mut self, key: &str, value: &str) -> Self {
        self.arguments.extend(["-key", key, value].map(str::to_owned));
        self
    }

    /// How many calls, after which it ends.
    pub fn calls(self, calls: u32) -> Self {
        self.option("-m", &calls.to_string())
    }

    /// How many calls a second it begins. Default 10.
    pub fn rate(self, calls_per_second: u32) -> Self {
        self.option("-r", &calls_per_second.to_string())
    }

    /// How many calls at once at most.
    pub fn at_once(self, calls: u32) -> Self {
        self.option("-l", &calls.to_string())
    }

    /// How long the pauses of the scenario are: how long it talks, or rings.
    pub fn talk(self, time: Duration) -> Self {
        self.option("-d", &time.as_millis().to_string())
    }

    /// User and password for a challenge.
    pub fn credentials(self, user: &str, password: &str) -> Self {
        self.option("-au", user).option("-ap", password)
    }

    /// Sends back the RTP that it gets.
    pub fn echo(mut self) -> Self {
        self.arguments.push("-rtp_echo".to_owned());
        self
    }

    /// Any option of sipp's.
    pub fn option(mut self, name: &str, value: &str) -> Self {
        self.arguments.extend([name, value].map(str::to_owned));
        self
    }

    /// How long the run may take. Default 60 s.
    pub fn within(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Runs it to its end. Panics with its counts and its log if a call failed.
    pub async fn run(self) -> Report {
        match self.attempt().await {
            Ok(report) => report,
            Err(error) => panic!("{error}"),
        }
    }

    /// Runs it to its end.
    pub async fn attempt(self) -> Result<Report, SippError> {
        let serving = self.start()?;
        serving.attempt().await
    }

    /// Starts it as somebody who is called, and waits until it listens. Panics if it doesn't.
    pub async fn serve(self) -> Serving {
        let serving = match self.start() {
            Ok(serving) => serving,
            Err(error) => panic!("{error}"),
        };
        assert!(serving.listens().await, "{}", SippError::NotListening);
        serving
    }

    fn start(self) -> Result<Serving, SippError> {
        let folder = TempDir::new().map_err(SippError::Start)?;
        let ports = PortRange::take();
        let port = ports.first();
        let media = port + 2;
        let mut command = Command::new("sipp");
        if let Some(target) = self.target {
            command.arg(target.to_string());
        }
        let seconds = format!("{}s", self.limit.as_secs().max(1));
        command
            .arg("-sf")
            .arg(file(&self.scenario))
            .args(["-i", "127.0.0.1", "-mi", "127.0.0.1"])
            .args(["-p", &port.to_string(), "-mp", &media.to_string()])
            .args(["-cp", &(port + 6).to_string()])
            .args(["-nostdin", "-timeout", &seconds, "-timeout_error"])
            .args(["-trace_err", "-error_file", "errors.log"])
            .args(["-trace_stat", "-stf", "counts.csv", "-fd", "1"])
            .args(&self.arguments)
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let child = command.spawn().map_err(SippError::Start)?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Ok(Serving { scenario: self.scenario, address, media, child, folder, _ports: ports })
    }
}

impl Serving {
    /// Where it is called.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it takes RTP.
    pub fn media_port(&self) -> u16 {
        self.media
    }

    /// Waits until it has taken all its calls. Panics with its counts and its log if one failed.
    pub async fn finish(self) -> Report {
        match self.attempt().await {
            Ok(report) => report,
            Err(error) => panic!("{error}"),
        }
    }

    /// Waits until it has taken all its calls.
    pub async fn attempt(mut self) -> Result<Report, SippError> {
        let status = self.child.wait().await.map_err(SippError::Start)?;
        let report = Report::read(self.folder.path());
        if status.success() {
            return Ok(report);
        }
        let report = Box::new(report);
        Err(SippError::Failed { scenario: self.scenario, status, report })
    }

    /// Waits until its socket is open. sipp doesn't say so, so the kernel is asked.
    async fn listens(&self) -> bool {
        let mut looks = tokio::time::interval(LOOK_EVERY);
        let open = async {
            while !is_bound(self.address) {
                looks.tick().await;
            }
        };
        tokio::time::timeout(START_MAX, open).await.is_ok()
    }
}

impl Report {
    fn read(folder: &Path) -> Self {
        let text = |name: &str| {
            let bytes = std::fs::read(folder.join(name)).unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        Self { errors: text("errors.log"), ..Self::parse(&text("counts.csv")) }
    }

    /// Reads the last row of sipp's statistics.
    fn parse(csv: &str) -> Self {
        let mut lines = csv.lines();
        let names = lines.next().unwrap_or_default().split(';');
        let values = lines.next_back().unwrap_or_default().split(';');
        let counters: BTreeMap<String, String> = names
            .zip(values)
            .filter(|(name, _)| !name.is_empty())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let count = |name: &str| counters.get(name).and_then(|n| n.parse().ok()).unwrap_or(0);
        Self {
            calls: count("TotalCallCreated"),
            successful: count("SuccessfulCall(C)"),
            failed: count("FailedCall(C)"),
            retransmissions: count("Retransmissions(C)"),
            errors: String::new(),
            counters,
        }
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { calls, successful, failed, retransmissions, .. } = self;
        write!(f, "{calls} calls, {successful} as written, {failed} failed, ")?;
        write!(f, "{retransmissions} retransmissions")?;
        let failures = self.counters.iter().filter(|(name, count)| {
            name.starts_with("Failed") && name.ends_with("(C)") && *count != "0"
        });
        let mut list = String::new();
        for (name, count) in failures {
            // Writing to a string never fails.
            let _ = write!(list, " {name}={count}");
        }
        write!(f, "{list}")?;
        if self.errors.is_empty() {
            return Ok(());
        }
        let shown: String = self.errors.chars().take(LOG_SHOWN).collect();
        write!(f, "\n{shown}")
    }
}

fn file(scenario: &str) -> PathBuf {
    if Path::new(scenario).extension().is_some() {
        return PathBuf::from(scenario);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/sipp");
    folder.join(format!("{scenario}.xml"))
}

/// Whether somebody has bound a UDP port, by the kernel's table.
fn is_bound(address: SocketAddr) -> bool {
    let wanted = format!(":{:04X} ", address.port());
    let table = std::fs::read_to_string("/proc/net/udp").unwrap_or_default();
    table.lines().skip(1).any(|line| {
        let local = line.split_whitespace().nth(1).unwrap_or_default();
        format!("{local} ").ends_with(&wanted)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_row_counts() {
        let csv = "StartTime;TotalCallCreated;SuccessfulCall(C);FailedCall(C);FailedTimeoutOnRecv(C);\n\
                   x;1;0;0;0;\nx;3;1;2;2;\n";
        let report = Report::parse(csv);
        assert_eq!((report.calls, report.successful, report.failed), (3, 1, 2));
        assert_eq!(
            report.to_string(),
            "3 calls, 1 as written, 2 failed, 0 retransmissions FailedCall(C)=2 FailedTimeoutOnRecv(C)=2"
        );
        assert_eq!(Report::parse(""), Report::default());
    }

    #[test]
    fn a_bound_port_is_seen() {
        let socket = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        assert!(is_bound(socket.local_addr().expect("it is bound")));
    }
}

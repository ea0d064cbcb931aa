//! Debian's `sipp` as caller and as callee, with the scenarios of `crates/testkit/peers/sipp`.
//!
//! Its own processor time is not the server's; only as the peer of a comparison is it measured.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tempfile::TempDir;

use crate::bench::pause::pause;
use crate::bench::process::Process;
use crate::house::House;

/// Calls that one caller has at once at most; over it, it waits.
const AT_ONCE: u32 = 1_000;

/// How long a run may take besides the time that its calls take to begin.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long it may take to open its socket.
const START_MAX: Duration = Duration::from_secs(10);

/// How often it is looked whether it has.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Bytes of its error log that a failure shows.
const LOG_SHOWN: usize = 2_000;

/// Calls to be made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Load {
    /// Name of the scenario.
    pub(super) scenario: &'static str,
    /// The number that is rung.
    pub(super) number: &'static str,
    pub(super) calls: u32,
    pub(super) per_second: u32,
    /// Length of each talk, where the caller hangs up.
    pub(super) talk: Duration,
}

/// What sipp counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    /// Calls that went as written.
    pub(super) successful: u32,
    pub(super) failed: u32,
    /// Messages that were sent again.
    pub(super) retransmissions: u32,
}

/// A sipp that is called.
pub(super) struct Callee {
    pub(super) process: Process,
    pub(super) address: SocketAddr,
    _folder: TempDir,
}

/// Whether it is installed.
pub(super) fn is_there() -> bool {
    // It ends with 99 after telling its version.
    Command::new("sipp").arg("-v").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// Makes all calls of `load` and waits until they are over.
pub(super) fn call(target: SocketAddr, load: &Load) -> anyhow::Result<Counts> {
    let folder = TempDir::new().context("no temporary folder")?;
    let mut command = Command::new("sipp");
    command
        .arg(target.to_string())
        .args(["-m", &load.calls.to_string(), "-r", &load.per_second.to_string()])
        .args(["-l", &AT_ONCE.to_string(), "-d", &load.talk.as_millis().to_string()])
        .args(["-s", load.number, "-key", "caller", super::CALLER])
        .args(["-trace_stat", "-stf", "counts.csv", "-fd", "1"]);
    scenario(&mut command, load.scenario);
    surroundings(&mut command, folder.path(), free_port()?)?;
    let mut process = Process::start(&mut command)?;
    let sending = Duration::from_secs(u64::from(load.calls / load.per_second.max(1)));
    // Its exit code says no more than its counts, which are judged by who asked.
    process.wait(sending + load.talk + PATIENCE)?;
    let csv = std::fs::read_to_string(folder.path().join("counts.csv")).unwrap_or_default();
    let Some(counts) = counts(&csv) else {
        let errors = std::fs::read_to_string(folder.path().join("errors.log")).unwrap_or_default();
        let shown: String = errors.chars().take(LOG_SHOWN).collect();
        bail!("sipp counted nothing with {}: {shown}", load.scenario);
    };
    Ok(counts)
}

impl Callee {
    /// Answers at once, and gives back all audio that it gets.
    pub(super) fn echoing() -> anyhow::Result<Self> {
        let mut command = Command::new("sipp");
        command.args(["-rtp_echo", "-d", "0"]);
        scenario(&mut command, "uas-answered");
        Self::listening(command)
    }

    /// sipp's own callee without media, given the command that runs it in the right place.
    pub(super) fn plain(mut command: Command) -> anyhow::Result<Self> {
        command.args(["-sn", "uas"]);
        Self::listening(command)
    }

    fn listening(mut command: Command) -> anyhow::Result<Self> {
        let folder = TempDir::new().context("no temporary folder")?;
        let port = free_port()?;
        surroundings(&mut command, folder.path(), port)?;
        let process = Process::start(&mut command)?;
        let begun = Instant::now();
        while !is_bound(port) {
            if begun.elapsed() > START_MAX {
                bail!("sipp did not listen within {START_MAX:?}");
            }
            pause(LOOK_EVERY);
        }
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Ok(Self { process, address, _folder: folder })
    }
}

fn scenario(command: &mut Command, name: &str) {
    let file = format!("crates/testkit/peers/sipp/{name}.xml");
    command.arg("-sf").arg(House::root().join(file));
}

fn surroundings(command: &mut Command, folder: &Path, port: u16) -> anyhow::Result<()> {
    command
        .args(["-i", "127.0.0.1", "-mi", "127.0.0.1", "-p", &port.to_string()])
        .args(["-mp", &free_port()?.to_string(), "-cp", &free_port()?.to_string()])
        .args(["-nostdin", "-trace_err", "-error_file", "errors.log"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    Ok(())
}

/// A port that was free a moment ago, an even one.
fn free_port() -> anyhow::Result<u16> {
    loop {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).context("no free UDP port")?;
        let port = socket.local_addr()?.port();
        if port.is_multiple_of(2) {
            return Ok(port);
        }
    }
}

/// Whether somebody has bound a UDP port, by the kernel's table: sipp doesn't say so.
fn is_bound(port: u16) -> bool {
    let wanted = format!(":{port:04X}");
    let table = std::fs::read_to_string("/proc/net/udp").unwrap_or_default();
    let mut local = table.lines().filter_map(|line| line.split_whitespace().nth(1));
    local.any(|address| address.ends_with(&wanted))
}

/// The last row of its statistics.
fn counts(csv: &str) -> Option<Counts> {
    let mut lines = csv.lines();
    let names: Vec<&str> = lines.next()?.split(';').collect();
    let values: Vec<&str> = lines.next_back()?.split(';').collect();
    let count = |name: &str| {
        let at = names.iter().position(|found| *found == name)?;
        values.get(at)?.parse().ok()
    };
    Some(Counts {
        successful: count("SuccessfulCall(C)")?,
        failed: count("FailedCall(C)")?,
        retransmissions: count("Retransmissions(C)")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_row_counts() {
        let csv = "T;SuccessfulCall(C);FailedCall(C);Retransmissions(C);\nx;0;0;0;\nx;3;1;2;\n";
        assert_eq!(counts(csv), Some(Counts { successful: 3, failed: 1, retransmissions: 2 }));
        assert_eq!(counts(""), None);
    }
}

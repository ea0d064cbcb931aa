//! The machine that is measured on: which CPU is the server's, which the load's, and what a reader has to know of it.
//!
//! Pinning is done by `taskset` (util-linux). Where it is missing, or there is one CPU only, nothing is pinned, and the
//! notes say so.

use std::process::Command;

use anyhow::{Context, bail};
use serde_json::{Value, json};

use crate::cargo;
use crate::house::House;

/// Who runs where.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// CPU of the server, and of whatever it is compared with.
    server: Option<usize>,
    /// CPU of this program and of all the load it makes.
    load: Option<usize>,
}

impl Place {
    /// Moves this process, and so all that it starts, to the last CPU it may use; the first is left to the server.
    pub(super) fn take() -> anyhow::Result<Self> {
        let status = read("/proc/self/status")?;
        let allowed = status
            .lines()
            .find_map(|line| line.strip_prefix("Cpus_allowed_list:"))
            .context("/proc/self/status names no CPUs: benches need Linux")?;
        let cpus = cpus(allowed.trim()).with_context(|| format!("'{allowed}' is no CPU list"))?;
        let (Some(first), Some(last)) = (cpus.first(), cpus.last()) else {
            bail!("this process may use no CPU");
        };
        let process = std::process::id().to_string();
        let words = ["-acp", &last.to_string(), &process];
        if first == last || !cargo::succeeds(&House::root(), "taskset", &words) {
            return Ok(Self { server: None, load: None });
        }
        Ok(Self { server: Some(*first), load: Some(*last) })
    }

    /// A command that will run on the server's CPU.
    pub(super) fn beside_load(self, program: &str) -> Command {
        let Some(cpu) = self.server else { return Command::new(program) };
        let mut command = Command::new("taskset");
        command.args(["-c", &cpu.to_string(), program]);
        command
    }

    /// Moves the thread that calls this to the server's CPU.
    pub(super) fn move_thread(self) -> anyhow::Result<()> {
        let Some(cpu) = self.server else { return Ok(()) };
        let thread = std::fs::read_link("/proc/thread-self").context("no /proc/thread-self")?;
        let number = thread.file_name().context("a thread has a number")?.to_string_lossy();
        if !cargo::succeeds(&House::root(), "taskset", &["-cp", &cpu.to_string(), &number]) {
            bail!("thread {number} could not be moved to CPU {cpu}");
        }
        Ok(())
    }

    /// What the numbers depend on: CPU, kernel, pinning, and how busy the machine is with other work.
    pub(super) fn notes(self) -> Value {
        let field = |path: &str, name: &str| {
            let text = read(path).ok()?;
            let line = text.lines().find(|line| line.starts_with(name))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        };
        let count = std::thread::available_parallelism().map_or(1, usize::from);
        let pinned = match (self.server, self.load) {
            (Some(server), Some(load)) => {
                format!("server on CPU {server}, load on CPU {load}")
            }
            _ => format!("nothing pinned, {count} CPU"),
        };
        json!({
            "cpu": field("/proc/cpuinfo", "model name"),
            "kernel": read("/proc/sys/kernel/osrelease").ok().map(|text| text.trim().to_owned()),
            "pinned": pinned,
            "load_average": load_average(),
        })
    }
}

/// Processes that wanted a CPU in the last minute, this run's own among them.
pub(super) fn load_average() -> Option<f64> {
    read("/proc/loadavg").ok()?.split_whitespace().next()?.parse().ok()
}

/// Reads a list such as `0-2,5`.
fn cpus(list: &str) -> Option<Vec<usize>> {
    let mut cpus = Vec::new();
    for part in list.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        cpus.extend(first.parse::<usize>().ok()?..=last.parse::<usize>().ok()?);
    }
    Some(cpus)
}

fn read(path: &str) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("{path} could not be read"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_cpus_is_read() {
        assert_eq!(cpus("0-2,5"), Some(vec![0, 1, 2, 5]));
        assert_eq!(cpus("3"), Some(vec![3]));
        assert_eq!(cpus("all"), None);
    }
}

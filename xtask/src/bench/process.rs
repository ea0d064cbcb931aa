//! A process that is measured: its CPU time and its memory, as the kernel counts them. It ends when this is dropped.

use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::bench::pause::pause;

/// Length of one unit of `utime` and `stime` (proc(5)): USER_HZ is 100 on every architecture that Rust's std runs on.
const TICK: Duration = Duration::from_millis(10);

/// How long a process may take to end after SIGTERM before it is killed.
const END_MAX: Duration = Duration::from_secs(15);

/// How often it is looked whether it has ended.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A child of ours.
pub(super) struct Process {
    child: Child,
}

impl Process {
    pub(super) fn start(command: &mut Command) -> anyhow::Result<Self> {
        let child = command.spawn().with_context(|| format!("{command:?} could not be started"))?;
        Ok(Self { child })
    }

    pub(super) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// CPU time of all its threads so far, the ended ones too, in user space and in the kernel.
    pub(super) fn cpu(&self) -> anyhow::Result<Duration> {
        let text = self.file("stat")?;
        let ticks = ticks(&text).with_context(|| format!("'{text}' is no stat line"))?;
        Ok(TICK * ticks)
    }

    /// Memory that is in RAM (VmRSS), in kB of 1,024 bytes.
    pub(super) fn resident(&self) -> anyhow::Result<f64> {
        let text = self.file("status")?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
        kilobytes.with_context(|| format!("process {} has no VmRSS", self.child.id()))
    }

    /// Waits until it ends by itself. Later than `limit` is an error.
    pub(super) fn wait(&mut self, limit: Duration) -> anyhow::Result<std::process::ExitStatus> {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            if begun.elapsed() > limit {
                bail!("process {} did not end within {limit:?}", self.child.id());
            }
            pause(LOOK_EVERY);
        }
    }

    /// Asks it to end by SIGTERM, and waits until it has.
    pub(super) fn terminate(&mut self) -> anyhow::Result<()> {
        let process = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &process]).status().context("there is no kill")?;
        self.wait(END_MAX).map(|_| ())
    }

    fn file(&self, name: &str) -> anyhow::Result<String> {
        let path = format!("/proc/{}/{name}", self.child.id());
        std::fs::read_to_string(&path).with_context(|| format!("{path} could not be read"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already, which is all that is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Fields 14 and 15 of `/proc/PID/stat`; the second, the program's name, may hold spaces and brackets.
fn ticks(stat: &str) -> Option<u32> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let user: u32 = fields.next()?.parse().ok()?;
    let system: u32 = fields.next()?.parse().ok()?;
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_does_not_move_the_fields() {
        let stat = "7 (a) b) S 1 2 3 4 5 6 7 8 9 10 31 11 0 0 20 0 1";
        assert_eq!(ticks(stat), Some(42));
        assert_eq!(ticks("nonsense"), None);
    }

    #[test]
    fn a_child_has_memory_and_ends_when_asked() {
        let mut sleeper = Process::start(Command::new("sleep").arg("60")).expect("there is sleep");
        assert!(sleeper.resident().expect("it runs") > 0.0);
        assert!(sleeper.cpu().expect("it runs") < Duration::from_secs(1));
        sleeper.terminate().expect("it obeys");
    }
}

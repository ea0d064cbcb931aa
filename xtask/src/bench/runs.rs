//! The measurements, in the order of the table. Each leaves the server idle again.
//!
//! CPU time is that of the server's process, of user space and kernel together, divided by the work that was done
//! meanwhile. It holds what the server does besides (timers, checkpoints): nothing is taken off.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::bench::app;
use crate::bench::caller::Callers;
use crate::bench::pause::pause;
use crate::bench::place::Place;
use crate::bench::rtp::{Pace, TICK};
use crate::bench::server::Server;
use crate::bench::sipp::{self, Callee, Counts, Load};
use crate::bench::table::{Row, Table};
use crate::bench::{Numbers, floor};

/// Calls at once where audio is measured.
const CALLS: u32 = 100;

/// How many of them begin in a second.
const CALLS_PER_SECOND: u32 = 25;

/// How long audio is measured.
const AUDIO: Duration = Duration::from_secs(10);

/// How long audio runs before that, until every call is bridged.
const WARM_UP: Duration = Duration::from_millis(1_500);

/// What the server gets to finish its writing after the last call.
const SETTLE: Duration = Duration::from_millis(700);

/// Audio that may be missing before a measurement is called unsound, as a share.
const LOSS_MAX: f64 = 0.02;

/// Names of the runs of calls, as the command line takes them.
pub(super) const NAMES: [&str; 8] =
    ["start", "peer", "refuse", "answer", "bridge", "play", "relay", "latency"];

/// What all runs share.
pub(super) struct Bench<'all> {
    pub(super) place: Place,
    pub(super) server: &'all Server,
    pub(super) numbers: &'all Numbers,
    pub(super) table: Table,
}

impl Bench<'_> {
    /// What sipp's own callee takes for a call without audio: the peer of everything that is counted in calls.
    pub(super) fn sipp_itself(&mut self) -> anyhow::Result<Row> {
        let callee = Callee::plain(self.place.beside_load("sipp"))?;
        let before = callee.process.cpu()?;
        let load = Load { talk: Duration::ZERO, ..load("uac-load", self.numbers.nobody) };
        let counts = sipp::call(callee.address, &load)?;
        let took = callee.process.cpu()?.saturating_sub(before);
        let row = Row::new(
            "sipp's own callee: INVITE – 200 – ACK – BYE",
            a_call(took, counts)?,
            MS_A_CALL,
        );
        Ok(row.note(told(counts)))
    }

    /// Calls by sipp, and what one of them took.
    pub(super) fn calls(&mut self, work: &'static str, load: &Load) -> anyhow::Result<Row> {
        let before = self.server.process.cpu()?;
        let counts = sipp::call(self.server.sip(), load)?;
        pause(SETTLE);
        let took = self.server.process.cpu()?.saturating_sub(before);
        let row = Row::new(work, a_call(took, counts)?, MS_A_CALL);
        Ok(row.note(format!("{}, {} a second", told(counts), load.per_second)))
    }

    /// Calls that stay while audio goes: what a second of one of them takes, and the memory of each.
    pub(super) fn audio(&mut self, work: &'static str, run: Audio) -> anyhow::Result<Measured> {
        let mut callers = Callers::new(self.server.sip())?;
        let empty = self.server.process.resident()?;
        callers.ring(run.number, CALLS, CALLS_PER_SECOND)?;
        let to = if run.pace.is_some() { callers.audio_of_live() } else { Vec::new() };
        let pace = run.pace.unwrap_or(Pace::Spread);
        callers.audio.speak(&to, pace, WARM_UP);
        let (before, begun) = (self.server.process.cpu()?, Instant::now());
        callers.audio.heard();
        let sent = callers.audio.speak(&to, pace, AUDIO);
        if run.pace.is_none() {
            pause(AUDIO);
        }
        let heard = callers.audio.heard();
        let length = begun.elapsed();
        let took = self.server.process.cpu()?.saturating_sub(before);
        let memory = (self.server.process.resident()? - empty) / f64::from(CALLS);
        callers.hang_up()?;
        pause(SETTLE);
        let wanted = length.as_secs_f64() / TICK.as_secs_f64() * f64::from(CALLS);
        let missing = 1.0 - heard.packets as f64 / wanted;
        let mut note = format!(
            "{} of {CALLS} calls heard audio; {sent} packets to the server, {} back, {} gaps",
            heard.streams_since(begun),
            heard.packets,
            heard.lost
        );
        if missing > LOSS_MAX {
            note = format!("**unsound**: {:.1} % of the audio is missing; {note}", missing * 100.0);
        }
        let cpu = milliseconds(took) / length.as_secs_f64() / f64::from(CALLS);
        let mut off_pace = heard.off_pace;
        off_pace.sort_unstable();
        Ok(Measured { row: Row::new(work, cpu, "ms CPU/s a call").note(note), memory, off_pace })
    }

    /// From the INVITE to the first packet of the prompt, as the callers see it.
    pub(super) fn latency(&mut self) -> anyhow::Result<()> {
        const PER_SECOND: u32 = 100;
        const ROUNDS: u32 = 600;
        let mut callers = Callers::new(self.server.sip())?;
        callers.ring(self.numbers.short, ROUNDS, PER_SECOND)?;
        callers.be_hung_up_on()?;
        let mut waits = callers.waits();
        waits.sort_unstable();
        let note = format!("{} of {ROUNDS} calls, {PER_SECOND} a second", waits.len());
        let rows = [("p50", 0.50, 2.5), ("p99", 0.99, 7.0)];
        for ((name, share, budget), work) in rows.into_iter().zip([
            "INVITE → webhook → first packet of the prompt, p50",
            "INVITE → webhook → first packet of the prompt, p99",
        ]) {
            let wait = at(&waits, share).with_context(|| format!("no call heard audio: {name}"))?;
            let row = Row::new(work, milliseconds(wait), "ms").budget(budget).note(note.clone());
            self.table.rows.push(row);
        }
        Ok(())
    }

    /// The kernel's share of a bridged call: 100 packets a second in and out.
    pub(super) fn floor(&self, pace: Pace) -> anyhow::Result<f64> {
        let packet = floor::packet(self.place, CALLS as usize, pace, AUDIO / 2)?;
        Ok(milliseconds(packet) * 2.0 / TICK.as_secs_f64())
    }
}

/// A run with audio.
#[derive(Debug, Clone, Copy)]
pub(super) struct Audio {
    pub(super) number: &'static str,
    /// How the callers speak; nothing: they only listen.
    pub(super) pace: Option<Pace>,
}

/// What a run with audio showed.
pub(super) struct Measured {
    pub(super) row: Row,
    /// kB that each call added.
    pub(super) memory: f64,
    /// Sorted.
    pub(super) off_pace: Vec<Duration>,
}

/// Unit of what is counted in calls.
const MS_A_CALL: &str = "ms CPU a call";

/// A thousand calls, two hundred a second.
pub(super) fn load(scenario: &'static str, number: &'static str) -> Load {
    Load { scenario, number, calls: 1_000, per_second: 200, talk: Duration::ZERO }
}

/// Calls with a prompt, which last a little longer and take more.
pub(super) fn with_prompt(number: &'static str) -> Load {
    Load { per_second: 100, talk: app::SHORT, ..load("uac-hung-up-on", number) }
}

pub(super) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// The value below which this share lies.
pub(super) fn at(sorted: &[Duration], share: f64) -> Option<Duration> {
    let last = sorted.len().checked_sub(1)?;
    sorted.get((last as f64 * share).round() as usize).copied()
}

fn a_call(took: Duration, counts: Counts) -> anyhow::Result<f64> {
    if counts.successful == 0 {
        bail!("no call went as it should");
    }
    Ok(milliseconds(took) / f64::from(counts.successful))
}

fn told(counts: Counts) -> String {
    let Counts { successful, failed, retransmissions } = counts;
    format!("{successful} calls, {failed} failed, {retransmissions} retransmissions")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_found_among_few() {
        let times: Vec<Duration> = (1..=101).map(Duration::from_millis).collect();
        assert_eq!(at(&times, 0.5), Some(Duration::from_millis(51)));
        assert_eq!(at(&times, 0.99), Some(Duration::from_millis(100)));
        assert_eq!(at(&[], 0.5), None);
    }
}

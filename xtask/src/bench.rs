//! `cargo xtask bench`: what the server takes for its work, as CPU time per unit, beside the budgets of the design.
//!
//! It builds the release binary, starts it on loopback with a data folder of its own, drives it with sipp, with callers of
//! its own and a small webhook application, and prints a table. Texts are measured beside Kannel, and speech beside
//! espeak-ng and flite, where these are installed.
//! It takes about five minutes and leaves nothing behind.
//! How to read the numbers is in `docs/performance.md`.

mod app;
mod caller;
mod floor;
mod pause;
mod place;
mod process;
mod rtp;
mod runs;
mod server;
mod sipp;
mod speech;
mod table;
mod texts;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::json;

use crate::bench::app::App;
use crate::bench::pause::pause;
use crate::bench::place::Place;
use crate::bench::rtp::Pace;
use crate::bench::runs::{Audio, Bench, at, load, milliseconds, with_prompt};
use crate::bench::server::Server;
use crate::bench::sipp::{Callee, Load};
use crate::bench::table::{Row, Table};
use crate::cargo;

/// The number that calls.
const CALLER: &str = "+14155550100";

/// How often the start is measured; the fastest counts, since others use the machine too.
const STARTS: usize = 3;

/// How long the idle server is watched.
const IDLE: Duration = Duration::from_secs(3);

/// The numbers that are rung, by what their application does.
struct Numbers {
    hangup: &'static str,
    reject: &'static str,
    short: &'static str,
    long: &'static str,
    bridge: &'static str,
    record: &'static str,
    /// Nobody owns it.
    nobody: &'static str,
}

const NUMBERS: Numbers = Numbers {
    hangup: "+14155550101",
    reject: "+14155550102",
    short: "+14155550103",
    long: "+14155550104",
    bridge: "+14155550105",
    record: "+14155550106",
    nobody: "+14155550199",
};

/// What the command line asks for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Wishes {
    json: bool,
    binary: Option<PathBuf>,
    runs: Vec<String>,
}

/// Reads `[--json] [--binary PATH] [RUN...]`, measures and prints.
pub(crate) fn run(root: &Path, words: &[&str]) -> anyhow::Result<()> {
    let wishes = Wishes::read(words)?;
    if wishes.wants_any(&runs::NAMES) && !sipp::is_there() {
        bail!("sipp is missing: install Debian's sip-tester");
    }
    let binary = if let Some(binary) = &wishes.binary {
        binary.clone()
    } else {
        cargo::show(root, "cargo", &["build", "--release", "--package", "alo"], &[])?;
        let metadata =
            cargo::read(root, "cargo", &["metadata", "--no-deps", "--format-version", "1"])?;
        let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
        let target = metadata["target_directory"].as_str().context("cargo has a target folder")?;
        Path::new(target).join("release/alo")
    };
    let place = Place::take()?;
    let mut machine = place.notes();
    let table = measure(&binary, place, &wishes)?;
    machine["load_average_after"] = json!(place::load_average());
    if wishes.json {
        println!("{:#}", table.json(&machine));
    } else {
        println!("{table}\n{}", described(&machine));
    }
    Ok(())
}

impl Wishes {
    fn read(words: &[&str]) -> anyhow::Result<Self> {
        let mut wishes = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--json" => wishes.json = true,
                "--binary" => {
                    let path = words.next().context("--binary wants a path")?;
                    wishes.binary = Some(std::path::absolute(path)?);
                }
                run if names().any(|name| name == run) => wishes.runs.push(run.to_owned()),
                unknown => {
                    let names: Vec<&str> = names().collect();
                    bail!("'{unknown}' is no run; there are {}", names.join(", "));
                }
            }
        }
        Ok(wishes)
    }

    /// Whether it was asked for; whoever asks for nothing gets all but the long ones.
    fn wants(&self, run: &str) -> bool {
        if self.runs.is_empty() {
            return run != texts::MILLION;
        }
        self.runs.iter().any(|wanted| wanted == run)
    }

    fn wants_any(&self, runs: &[&str]) -> bool {
        runs.iter().any(|run| self.wants(run))
    }
}

/// Names of all runs, in the order in which they are made.
fn names() -> impl Iterator<Item = &'static str> {
    runs::NAMES.into_iter().chain(texts::NAMES).chain([speech::NAME])
}

fn measure(binary: &Path, place: Place, wishes: &Wishes) -> anyhow::Result<Table> {
    let mut table = Table::default();
    if wishes.wants_any(&runs::NAMES) {
        table = calls(binary, place, wishes)?;
    }
    if wishes.wants_any(&texts::NAMES) {
        texts::measure(binary, place, &|run| wishes.wants(run), &mut table)?;
    }
    if wishes.wants(speech::NAME) {
        speech::measure(binary, place, &mut table)?;
    }
    Ok(table)
}

fn calls(binary: &Path, place: Place, wishes: &Wishes) -> anyhow::Result<Table> {
    let callee = Callee::echoing()?;
    let app = App::start(callee.address)?;
    let mut server = Server::start(binary, place, "")?;
    let mut table = Table::default();
    if wishes.wants("start") {
        server = start(server, place, &mut table)?;
    }
    for (number, path) in [
        (NUMBERS.hangup, "/hangup"),
        (NUMBERS.reject, "/reject"),
        (NUMBERS.short, "/short"),
        (NUMBERS.long, "/long"),
        (NUMBERS.bridge, "/bridge"),
        (NUMBERS.record, "/record"),
    ] {
        server.buy(number, &app.url(path))?;
    }
    let mut bench = Bench { place, server: &server, numbers: &NUMBERS, table };
    signalling(&mut bench, wishes)?;
    playing(&mut bench, wishes)?;
    bridged(&mut bench, wishes)?;
    if wishes.wants("latency") {
        eprintln!("== latency");
        bench.latency()?;
    }
    let table = bench.table;
    server.stop()?;
    Ok(table)
}

/// Start to ready, and what the server takes while nothing happens.
fn start(mut server: Server, place: Place, table: &mut Table) -> anyhow::Result<Server> {
    eprintln!("== start");
    let first = server.ready_after;
    let mut fastest = None;
    for _ in 0..STARTS {
        server = server.restart(place)?;
        fastest = Some(fastest.unwrap_or(server.ready_after).min(server.ready_after));
    }
    let again = milliseconds(fastest.unwrap_or(first));
    table
        .rows
        .push(Row::new("start to ready, new data folder", milliseconds(first), "ms").budget(300.0));
    let row = Row::new("start to ready, again", again, "ms").budget(300.0);
    table.rows.push(row.note(format!("fastest of {STARTS}")));
    let before = server.process.cpu()?;
    pause(IDLE);
    let idle = milliseconds(server.process.cpu()?.saturating_sub(before)) / IDLE.as_secs_f64();
    table.rows.push(Row::new("nothing at all", idle, "ms CPU/s"));
    let resident = server.process.resident()? / 1_024.0;
    table.rows.push(Row::new("memory, idle (VmRSS)", resident, "MiB").budget(40.0));
    Ok(server)
}

/// What is counted in calls.
fn signalling(bench: &mut Bench<'_>, wishes: &Wishes) -> anyhow::Result<()> {
    let mut peer = None;
    if wishes.wants("peer") {
        eprintln!("== peer");
        let row = bench.sipp_itself()?;
        peer = Some(("sipp's own callee", row.measured));
        bench.table.rows.push(row);
    }
    let numbers = bench.numbers;
    let mut works: Vec<(&'static str, Load, Option<f64>)> = Vec::new();
    if wishes.wants("refuse") {
        works.push((
            "a number nobody owns: INVITE – 404 – ACK",
            load("uac-expects-404", numbers.nobody),
            Some(0.20),
        ));
        works.push((
            "refused by a webhook (`<Reject/>`)",
            load("uac-expects-603", numbers.reject),
            None,
        ));
    }
    if wishes.wants("answer") {
        works.push((
            "answered by a webhook and hung up (`<Hangup/>`)",
            load("uac-hung-up-on", numbers.hangup),
            Some(0.9),
        ));
        works.push((
            "webhook, prompt of 0.5 s, hang-up, all in the store",
            with_prompt(numbers.short),
            Some(0.9),
        ));
    }
    if wishes.wants("bridge") {
        let talk = Duration::from_millis(200);
        let calls = load("uac-load", numbers.bridge);
        works.push((
            "webhook, bridged for 0.2 s without audio, hung up",
            Load { calls: 500, per_second: 50, talk, ..calls },
            None,
        ));
    }
    for (work, load, budget) in works {
        eprintln!("== {work}");
        let row = bench.calls(work, &load)?.beside(peer);
        bench.table.rows.push(match budget {
            Some(budget) => row.budget(budget),
            None => row,
        });
    }
    Ok(())
}

/// Prompts.
fn playing(bench: &mut Bench<'_>, wishes: &Wishes) -> anyhow::Result<()> {
    if !wishes.wants("play") {
        return Ok(());
    }
    eprintln!("== play");
    let number = bench.numbers.long;
    let silent = bench.audio("a channel plays a prompt", Audio { number, pace: None })?;
    bench.table.rows.push(silent.row.budget(0.15));
    for (work, share, budget) in [
        ("its pace, distance from 20 ms, p50", 0.50, 0.012),
        ("its pace, distance from 20 ms, p99", 0.99, 0.3),
        ("its pace, distance from 20 ms, p99.9", 0.999, 1.4),
    ] {
        if let Some(off) = at(&silent.off_pace, share) {
            bench.table.rows.push(Row::new(work, milliseconds(off), "ms").budget(budget));
        }
    }
    let both = bench
        .audio("the same, and the caller speaks", Audio { number, pace: Some(Pace::Spread) })?;
    bench.table.rows.push(both.row);
    Ok(())
}

/// Bridged calls, plain and recorded.
fn bridged(bench: &mut Bench<'_>, wishes: &Wishes) -> anyhow::Result<()> {
    if !wishes.wants("relay") {
        return Ok(());
    }
    eprintln!("== relay");
    let (plain, recorded) = (bench.numbers.bridge, bench.numbers.record);
    for (pace, floor_work, work) in [
        (
            Pace::Spread,
            "I/O floor: 100 packets received and sent, each by itself",
            "a bridged call, relayed, each packet by itself",
        ),
        (
            Pace::InStep,
            "I/O floor: the same, a hundred phones in step",
            "a bridged call, relayed, a hundred phones in step",
        ),
    ] {
        let floor = bench.floor(pace)?;
        let row = Row::new(floor_work, floor, "ms CPU/s a call");
        bench.table.rows.push(row.note("one blocking socket, no epoll"));
        let relay = bench.audio(work, Audio { number: plain, pace: Some(pace) })?;
        bench.table.rows.push(relay.row.budget(0.35).beside(Some(("I/O floor", floor))));
        if pace == Pace::Spread {
            let memory = Row::new("memory of a bridged call", relay.memory, "kB").budget(40.0);
            bench.table.rows.push(memory.note("more on a server that carried none before"));
        }
    }
    let record = Audio { number: recorded, pace: Some(Pace::InStep) };
    let recorded = bench.audio("a bridged call, recorded in two channels, in step", record)?;
    bench.table.rows.push(recorded.row.budget(0.60));
    Ok(())
}

fn described(machine: &serde_json::Value) -> String {
    let text = |name: &str| machine[name].as_str().unwrap_or("unknown").to_owned();
    let number = |name: &str| machine[name].as_f64().unwrap_or(f64::NAN);
    format!(
        "{}, Linux {}; {}; load average {:.1} before, {:.1} after",
        text("cpu"),
        text("kernel"),
        text("pinned"),
        number("load_average"),
        number("load_average_after")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_read_and_unknown_runs_are_named() {
        let wishes = Wishes::read(&["--json", "relay", "play"]).expect("all are known");
        assert!(wishes.json && wishes.wants("relay") && !wishes.wants("start"));
        assert!(Wishes::default().wants("start") && !Wishes::default().wants("texts-million"));
        assert!(!wishes.wants_any(&texts::NAMES));
        let error = Wishes::read(&["soup"]).expect_err("there is no such run");
        assert!(error.to_string().starts_with("'soup' is no run; there are start,"), "{error}");
    }
}

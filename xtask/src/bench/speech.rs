//! Speech: how soon a caller hears what `<Say>` says, what the embedded voice takes, and whether calls that speak keep pace.
//!
//! It has a server of its own, which has said nothing yet. Engines are compared in `engines`, what is said is in `texts`.

mod engines;
pub(super) mod texts;

use std::path::Path;

use anyhow::Context;

use crate::bench::app::App;
use crate::bench::caller::Callers;
use crate::bench::place::Place;
use crate::bench::runs::{at, milliseconds};
use crate::bench::server::Server;
use crate::bench::table::{Row, Table};

/// Name of the run, as the command line takes it.
pub(super) const NAME: &str = "speech";

/// Calls that say ten seconds at once.
const AT_ONCE: u32 = 100;

/// How many of them begin in a second.
const PER_SECOND: u32 = 100;

/// Calls of which each waits until the one before is over.
const ALONE: usize = 20;

/// The numbers that are rung: the same text, another text each time, ten seconds of another text.
const SAME: &str = "+14155550107";
const ANOTHER: &str = "+14155550108";
const LONG: &str = "+14155550109";

/// All of it.
pub(super) fn measure(binary: &Path, place: Place, table: &mut Table) -> anyhow::Result<()> {
    eprintln!("== speech");
    engines::measure(binary, place, table)?;
    let size = std::fs::metadata(binary)?.len() as f64 / 1_048_576.0;
    table.rows.push(Row::new("size of the binary, voice and all", size, "MiB"));
    let app = App::start(([127, 0, 0, 1], 9).into())?;
    let server = Server::start(binary, place, "")?;
    for (number, path) in [(SAME, "/say-same"), (ANOTHER, "/say-another"), (LONG, "/say-long")] {
        server.buy(number, &app.url(path))?;
    }
    let server = server.restart_dumb(place)?;
    let ready = milliseconds(server.ready_after);
    table.rows.push(Row::new("start to ready, before speech", ready, "ms").budget(300.0));
    let before = server.process.resident()? / 1_024.0;
    table.rows.push(Row::new("memory before the first sentence (VmRSS)", before, "MiB"));
    let mut callers = Callers::new(server.sip())?;
    first_packets(&mut callers, table)?;
    let after = server.process.resident()? / 1_024.0;
    let row = Row::new("memory after sentences (VmRSS)", after, "MiB");
    table.rows.push(row.note(format!("{} sentences were said", ALONE + 1)));
    all_at_once(&mut callers, table)?;
    let after = server.process.resident()? / 1_024.0;
    table.rows.push(Row::new("memory after a hundred calls that spoke", after, "MiB"));
    server.stop()
}

/// From the INVITE to the first packet: cold, with another text each time, and with the same.
fn first_packets(callers: &mut Callers, table: &mut Table) -> anyhow::Result<()> {
    let cold = waits(callers, SAME, 1)?;
    let same = waits(callers, SAME, ALONE)?;
    let another = waits(callers, ANOTHER, ALONE)?;
    let cached = at(&same, 0.5).map(milliseconds).context("no call heard the cached text")?;
    let peer = Some(("the same text", cached));
    let row = |work, wait: Option<_>, note: String| {
        let wait = milliseconds(wait.context("no call heard speech")?);
        anyhow::Ok(Row::new(work, wait, "ms").note(note))
    };
    let note = || format!("{ALONE} calls, one after the other");
    table.rows.push(row(
        "INVITE → webhook → first packet, same text, p50",
        at(&same, 0.5),
        note(),
    )?);
    let another_row =
        row("INVITE → webhook → first packet, another text, p50", at(&another, 0.5), note())?;
    table.rows.push(another_row.beside(peer));
    let slowest = row("the same, slowest", at(&another, 1.0), note())?;
    table.rows.push(slowest.beside(peer));
    let first = row(
        "INVITE → webhook → first packet, first sentence of the process",
        at(&cold, 0.5),
        "one call".to_owned(),
    )?;
    table.rows.push(first.beside(peer));
    Ok(())
}

fn waits(
    callers: &mut Callers,
    number: &str,
    calls: usize,
) -> anyhow::Result<Vec<std::time::Duration>> {
    let mut waits = Vec::new();
    for _ in 0..calls {
        callers.ring(number, 1, 1)?;
        callers.be_hung_up_on()?;
        waits.extend(callers.waits());
    }
    waits.sort_unstable();
    Ok(waits)
}

/// A hundred calls at once, each with a text of its own.
fn all_at_once(callers: &mut Callers, table: &mut Table) -> anyhow::Result<()> {
    eprintln!("== a hundred speak at once");
    callers.audio.heard();
    callers.ring(LONG, AT_ONCE, PER_SECOND)?;
    callers.be_hung_up_on()?;
    let mut waits = callers.waits();
    waits.sort_unstable();
    let mut heard = callers.audio.heard();
    heard.off_pace.sort_unstable();
    let note = format!(
        "{} of {AT_ONCE} calls heard speech, {PER_SECOND} a second; {} packets",
        waits.len(),
        heard.packets
    );
    let lost =
        Row::new("a hundred calls say 10 s each: packets lost", heard.lost as f64, "packets");
    table.rows.push(lost.note(note));
    for (work, share, budget) in [
        ("their pace, distance from 20 ms, p50", 0.50, 0.012),
        ("their pace, distance from 20 ms, p99", 0.99, 0.3),
        ("their pace, distance from 20 ms, p99.9", 0.999, 1.4),
    ] {
        let off = at(&heard.off_pace, share).context("nothing was heard")?;
        table.rows.push(Row::new(work, milliseconds(off), "ms").budget(budget));
    }
    let waited = heard.stalls.len() as f64;
    let row =
        Row::new("calls that waited in silence for a sentence, once answered", waited, "calls");
    let times: u32 = heard.stalls.values().sum();
    table.rows.push(row.note(format!("{times} silences of a second or more before a sound")));
    for (work, share) in [
        ("INVITE → first packet of theirs, p50", 0.5),
        ("INVITE → first packet of theirs, p99", 0.99),
    ] {
        let wait = at(&waits, share).context("no call heard speech")?;
        table.rows.push(Row::new(work, milliseconds(wait), "ms"));
    }
    Ok(())
}

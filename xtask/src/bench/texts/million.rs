//! A million texts that wait for a carrier which is down: what that takes of memory and disk, and of a restart.
//!
//! They are accepted over the API like all others. Then the server is restarted, and the carrier is there.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::bench::pause::pause;
use crate::bench::place::Place;
use crate::bench::runs::milliseconds;
use crate::bench::table::{Row, Table};
use crate::bench::texts::alo::Alo;
use crate::bench::texts::generator::{self, Load};
use crate::bench::texts::smsc::{Smsc, free_port, until};
use crate::bench::texts::{A_SECOND, CLIENTS, PATIENCE, SETTLE, WARM_UP, WINDOW};

/// Texts that wait.
const TEXTS: u32 = 1_000_000;

/// How long it is watched how they go.
const WATCHED: Duration = Duration::from_secs(10);

pub(super) fn measure(binary: &Path, place: Place, table: &mut Table) -> anyhow::Result<()> {
    let port = free_port()?;
    let alo = Alo::start(binary, place, port, WINDOW, false)?;
    let load = Load { clients: CLIENTS, first: 0, messages: WARM_UP, callback: None };
    generator::send(&alo, load)?;
    pause(SETTLE);
    let empty = mebibytes(&alo)?;
    let load = Load { first: WARM_UP, messages: TEXTS - WARM_UP, ..load };
    let accepted = generator::send(&alo, load)?;
    pause(SETTLE);
    let full = mebibytes(&alo)?;
    let disk = alo.server.kept()? as f64 / f64::from(TEXTS);
    let rate = f64::from(load.messages) / accepted.took.as_secs_f64();
    let note = format!("{:.0} s for all of them", accepted.took.as_secs_f64());
    table.rows.push(Row::new("a million texts accepted, on disk", rate, A_SECOND).note(note));
    let note = format!("{empty:.1} MiB with {WARM_UP}, {full:.1} MiB with {TEXTS}");
    table.rows.push(Row::new("memory that they take (VmRSS)", full - empty, "MiB").note(note));
    table.rows.push(Row::new("disk that each takes", disk, "octets"));
    let smsc = Smsc::start(port)?;
    let ending = Instant::now();
    let alo = alo.restart(place)?;
    let ended = milliseconds(alo.server.started.duration_since(ending));
    let ready = milliseconds(alo.server.ready_after);
    let note = format!("to end took {ended:.0} ms");
    table.rows.push(Row::new("start to ready, a million wait", ready, "ms").note(note));
    let first = until("the first submit_sm", PATIENCE, || smsc.submits() > 0)
        .context("after the restart")?;
    let first = milliseconds(first.duration_since(alo.server.started));
    table.rows.push(Row::new("start to the first submit_sm, a million wait", first, "ms"));
    let (before, begun) = (smsc.submits(), Instant::now());
    pause(WATCHED);
    let gone = f64::from(smsc.submits() - before) / begun.elapsed().as_secs_f64();
    let note = format!("{:.1} MiB meanwhile", mebibytes(&alo)?);
    table.rows.push(Row::new("to the SMSC from a queue of a million", gone, A_SECOND).note(note));
    alo.server.stop()
}

fn mebibytes(alo: &Alo) -> anyhow::Result<f64> {
    Ok(alo.server.process.resident()? / 1_024.0)
}

//! Texts: HTTP in, SMPP out, receipts and callbacks, for alo and for Kannel on the same SMSC under the same load.
//!
//! The two are measured one after the other, each alone on the server's CPU; clients, SMSC and whoever is told of receipts
//! share the other. CPU time is that of all processes of a gateway, until a moment after the last message.

mod alo;
mod gateway;
mod generator;
mod kannel;
mod million;
mod pdu;
mod sink;
mod smsc;
mod wire;

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;

use crate::bench::pause::pause;
use crate::bench::place::Place;
use crate::bench::runs::{at, milliseconds};
use crate::bench::table::{Row, Table};
use crate::bench::texts::alo::Alo;
use crate::bench::texts::gateway::Gateway;
use crate::bench::texts::generator::{Accepted, Load};
use crate::bench::texts::kannel::Kannel;
use crate::bench::texts::sink::Sink;
use crate::bench::texts::smsc::{Smsc, free_port, until};

/// Names of the runs, as the command line takes them.
pub(super) const NAMES: [&str; 4] = ["texts-accept", "texts-smpp", "texts-receipts", MILLION];

/// The run that takes minutes, and so is made only for who asks for it.
pub(super) const MILLION: &str = "texts-million";

/// Clients at once; so many has the design's budget.
const CLIENTS: usize = 64;

/// Messages under way to the SMSC before the first is acknowledged, for both gateways.
const WINDOW: usize = 500;

/// Messages of one run.
const MESSAGES: u32 = 30_000;

/// Messages that get a gateway going before it is measured.
const WARM_UP: u32 = 2_000;

/// Messages of a run with one client, which waits for the disk at each.
const ALONE: u32 = 2_000;

/// How long the last message may take after the last answer.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long a gateway may take to bind.
const BIND_MAX: Duration = Duration::from_secs(20);

/// What a gateway gets to finish its writing after the last message.
const SETTLE: Duration = Duration::from_millis(700);

/// What all runs share.
struct Texts<'all> {
    binary: &'all Path,
    place: Place,
    /// Whether Kannel is installed.
    kannel: bool,
    table: &'all mut Table,
}

/// What one gateway did.
struct Measured {
    /// Messages a second: accepted, or through.
    rate: f64,
    /// CPU time of one, in µs.
    cpu: f64,
    p50: f64,
    p99: f64,
    /// Messages a second that were accepted meanwhile.
    accepted: f64,
    /// Counts that say whether it went as it should.
    note: String,
}

/// How far a message has to go until it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Accepted,
    Submitted,
    Reported,
}

/// Makes the runs that are wanted.
pub(super) fn measure(
    binary: &Path,
    place: Place,
    wants: &dyn Fn(&str) -> bool,
    table: &mut Table,
) -> anyhow::Result<()> {
    let kannel = kannel::is_there();
    if !kannel {
        eprintln!("Kannel is missing, and so is what stands beside it: install Debian's kannel");
    }
    let mut texts = Texts { binary, place, kannel, table };
    if wants("texts-accept") {
        eprintln!("== texts-accept");
        texts.accept()?;
    }
    if wants("texts-smpp") {
        eprintln!("== texts-smpp");
        texts.submit()?;
    }
    if wants("texts-receipts") {
        eprintln!("== texts-receipts");
        texts.report()?;
    }
    if wants(MILLION) {
        eprintln!("== {MILLION}");
        million::measure(binary, place, texts.table)?;
    }
    Ok(())
}

impl Texts<'_> {
    /// Request to answer, while the carrier is down.
    fn accept(&mut self) -> anyhow::Result<()> {
        for (clients, messages, works) in [
            (
                1,
                ALONE,
                [
                    "Kannel: texts accepted, in memory, 1 client",
                    "texts accepted, on disk, 1 client",
                    "its p99",
                    "its CPU",
                ],
            ),
            (
                CLIENTS,
                MESSAGES,
                [
                    "Kannel: texts accepted, in memory, 64 clients",
                    "texts accepted, on disk, 64 clients",
                    "its p99, 64 clients",
                    "its CPU, 64 clients",
                ],
            ),
        ] {
            let load = Load { clients, first: WARM_UP, messages, callback: None };
            let [peer, work, p99, cpu] = works;
            let kannel = self.kannel(Way::Accepted, load)?;
            let alo = self.alo(Way::Accepted, load)?;
            self.row_of_peer(peer, kannel.as_ref());
            let many = clients > 1;
            let beside = kannel.as_ref().map(|peer| ("Kannel", peer.rate));
            let row = Row::new(work, alo.rate, A_SECOND).beside(beside);
            let row = if many { row.at_least(20_000.0) } else { row };
            self.table.rows.push(row.note(format!("p50 {:.2} ms", alo.p50)));
            let row = Row::new(p99, alo.p99, "ms");
            self.table.rows.push(if many { row.budget(15.0) } else { row });
            let beside = kannel.as_ref().map(|peer| ("Kannel", peer.cpu));
            let row = Row::new(cpu, alo.cpu, US_A_TEXT).beside(beside);
            self.table.rows.push(if many { row.budget(50.0) } else { row });
        }
        Ok(())
    }

    /// Request to submit_sm, without receipts.
    fn submit(&mut self) -> anyhow::Result<()> {
        let kannel = self.kannel(Way::Submitted, Load::many())?;
        let alo = self.alo(Way::Submitted, Load::many())?;
        self.row_of_peer("Kannel: texts to the SMSC, not on disk", kannel.as_ref());
        let beside = kannel.as_ref().map(|peer| ("Kannel", peer.rate));
        let row = Row::new("texts to the SMSC, on disk", alo.rate, A_SECOND).beside(beside);
        // As fast as Kannel, says the design.
        let row = match &kannel {
            Some(peer) => row.at_least(peer.rate),
            None => row,
        };
        self.table.rows.push(row.note(alo.told()));
        let beside = kannel.as_ref().map(|peer| ("Kannel", peer.cpu));
        self.table.rows.push(Row::new("their CPU", alo.cpu, US_A_TEXT).beside(beside));
        Ok(())
    }

    /// Request to the callback that tells of the receipt.
    fn report(&mut self) -> anyhow::Result<()> {
        let kannel = self.kannel(Way::Reported, Load::many())?;
        let alo = self.alo(Way::Reported, Load::many())?;
        self.row_of_peer("Kannel: texts with receipt and callback, not on disk", kannel.as_ref());
        let beside = kannel.as_ref().map(|peer| ("Kannel", peer.rate));
        let row = Row::new("texts with receipt and callbacks, on disk", alo.rate, A_SECOND);
        self.table.rows.push(row.beside(beside).at_least(6_000.0).note(alo.told()));
        let beside = kannel.as_ref().map(|peer| ("Kannel", peer.cpu));
        self.table
            .rows
            .push(Row::new("their CPU with all of it", alo.cpu, US_A_TEXT).beside(beside));
        Ok(())
    }

    fn row_of_peer(&mut self, work: &'static str, kannel: Option<&Measured>) {
        if let Some(peer) = kannel {
            let note = format!("{:.0} µs CPU each; {}", peer.cpu, peer.told());
            self.table.rows.push(Row::new(work, peer.rate, A_SECOND).note(note));
        }
    }

    fn kannel(&self, way: Way, load: Load) -> anyhow::Result<Option<Measured>> {
        if !self.kannel {
            return Ok(None);
        }
        let port = free_port()?;
        let smsc = way.smsc(port)?;
        let kannel = Kannel::start(self.place, port, WINDOW)?;
        let measured = through(&kannel, smsc.as_ref(), way, load).context("Kannel")?;
        eprintln!("Kannel: {:.0}/s, {:.0} µs CPU each", measured.rate, measured.cpu);
        Ok(Some(measured))
    }

    fn alo(&self, way: Way, load: Load) -> anyhow::Result<Measured> {
        let port = free_port()?;
        let smsc = way.smsc(port)?;
        let alo = Alo::start(self.binary, self.place, port, WINDOW, way == Way::Reported)?;
        let measured = through(&alo, smsc.as_ref(), way, load).context("alo")?;
        eprintln!("alo: {:.0}/s, {:.0} µs CPU each", measured.rate, measured.cpu);
        alo.server.stop()?;
        Ok(measured)
    }
}

/// Units of the rows.
const A_SECOND: &str = "/s";
const US_A_TEXT: &str = "µs CPU a text";

impl Load {
    /// That of all runs but one.
    fn many() -> Self {
        Self { clients: CLIENTS, first: WARM_UP, messages: MESSAGES, callback: None }
    }
}

impl Way {
    /// The SMSC, unless the carrier is to be down.
    fn smsc(self, port: u16) -> anyhow::Result<Option<Smsc>> {
        match self {
            Way::Accepted => Ok(None),
            Way::Submitted | Way::Reported => Smsc::start(port).map(Some),
        }
    }
}

impl Measured {
    fn told(&self) -> String {
        let Self { accepted, p50, p99, note, .. } = self;
        format!("{accepted:.0} requests/s, p50 {p50:.2} ms, p99 {p99:.2} ms{note}")
    }
}

/// Warms the gateway up, sends the load through it, and waits until all of it has come as far as it shall.
fn through(
    gateway: &dyn Gateway,
    smsc: Option<&Smsc>,
    way: Way,
    load: Load,
) -> anyhow::Result<Measured> {
    let sink = Sink::start(gateway.arrived())?;
    let callback = (way == Way::Reported).then_some(sink.address);
    let load = Load { callback, ..load };
    if let Some(smsc) = smsc {
        smsc.until_bound(BIND_MAX)?;
    }
    let come = || match way {
        Way::Accepted => u32::MAX,
        Way::Submitted => smsc.map_or(0, Smsc::submits),
        Way::Reported => sink.arrived(),
    };
    generator::send(gateway, Load { first: 0, messages: WARM_UP, ..load })?;
    until("the last of the first texts", PATIENCE, || come() >= WARM_UP)?;
    pause(SETTLE);
    let (before, told_before) = (gateway.cpu()?, sink.told());
    let accepted = generator::send(gateway, load)?;
    let all = WARM_UP + load.messages;
    let last = until("the last text", PATIENCE, || come() >= all)
        .with_context(|| format!("{} of {all} came", come()))?;
    let length = match way {
        Way::Accepted => accepted.took,
        Way::Submitted | Way::Reported => last.duration_since(accepted.begun),
    };
    pause(SETTLE);
    let cpu = gateway.cpu()?.saturating_sub(before);
    let messages = f64::from(load.messages);
    let mut note = String::new();
    if let Some(smsc) = smsc {
        let submits = smsc.submits();
        note = format!("; {submits} submitted of {all}");
        if way == Way::Reported {
            let (receipts, told) = (smsc.receipts(), f64::from(sink.told() - told_before));
            let _ = write!(note, ", {receipts} receipts, {:.1} callbacks each", told / messages);
        }
    }
    let Accepted { took, waits, .. } = accepted;
    let wait = |share| at(&waits, share).map(milliseconds).context("nothing was accepted");
    Ok(Measured {
        rate: messages / length.as_secs_f64(),
        cpu: cpu.as_secs_f64() * 1e6 / messages,
        p50: wait(0.50)?,
        p99: wait(0.99)?,
        accepted: messages / took.as_secs_f64(),
        note,
    })
}

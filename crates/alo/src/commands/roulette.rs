//! `alo roulette`: the support line: who is on duty, who comes next, who takes over, and what became of the calls.
//!
//! Here stand the words of the command line; what each does is in the modules below, over the same API as everybody's.

mod absences;
mod asked;
mod duty;
mod feed;
mod importing;
mod levels;
mod line;
mod lines;
mod original;
mod overrides;
mod people;
mod prompts;
mod records;
mod rota;
mod rotas;
mod swaps;
mod when;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use model::oncall::Zone;

pub(super) use asked::lines_named;

use crate::client::Client;
use crate::output::Output;

/// What to do with the support line.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo roulette add-person ada --display \"Ada Costa\" --phone +5511987654321
  alo roulette add-rota support --zone America/Sao_Paulo --people ada,ben,cleo --weekly
  alo roulette line add support --rota support --greeting \"Welcome to Example Support.\"
  alo numbers buy --app roulette:support       a number that leads there
  alo roulette who                             who is on duty
  alo roulette schedule --days 28
  alo roulette take --person ada 2h
  alo roulette calls                           and what became of each

Where there is one rota, or one line, its name may be left out. Times without a zone are meant in
the rota's: now, 2h (from now), 21:00, tomorrow 09:00, mon 09:00, 2026-11-24 09:00. With one they
are written as 2026-11-24T12:00:00Z.")]
pub(crate) struct Roulette {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Say who is on duty
    Who(duty::Who),
    /// Say who comes next, and when
    Next(duty::Next),
    /// Show who is on duty when
    Schedule(duty::Schedule),
    /// Put somebody on duty for a while, from now
    Take(duty::Take),
    /// Take somebody off duty for the rest of their shift: who comes next is on
    Off(duty::Off),
    /// Ask somebody to change shifts, and answer
    Swap(swaps::Swap),
    /// List swaps
    Swaps(swaps::Swaps),
    /// Change who is on duty, by hand, for a while
    Override(overrides::Override),
    /// Add a person
    AddPerson(people::AddPerson),
    /// Change a person; what isn't said stays
    SetPerson(people::SetPerson),
    /// List people
    People,
    /// Forget a person
    RemovePerson {
        /// The name
        name: model::oncall::Name,
    },
    /// Add a rota
    AddRota(rotas::AddRota),
    /// List rotas
    Rotas,
    /// Look at a rota, or change it
    Rota(rota::Rota),
    /// Add a line, look at it, or change it
    Line(line::Line),
    /// List lines
    Lines,
    /// List calls of lines, the newest first
    Calls(records::Calls),
    /// Show a call, with everyone who was rung
    Call {
        /// Its SID, or the ticket of a missed one
        call: String,
    },
    /// List messages that callers left
    Voicemails(records::Voicemails),
    /// Say that somebody sees to a missed call or a message
    Ack(records::Ack),
    /// Show who had how much: calls, nights, weekends
    Load(records::Load),
    /// Print where a calendar of shifts can be subscribed to
    Feed(feed::Feed),
    /// Keep an audio file for prompts and music
    Prompt(prompts::Prompt),
    /// Take over what is there: the first Support Roulette's application.yml, a CSV of people, absences from a calendar
    #[command(after_help = importing::EXAMPLES)]
    Import {
        /// application.yml, a .csv, an .ics, or the address of a calendar
        source: String,
        /// The time zone of an application.yml's schedule, as America/Sao_Paulo
        #[arg(long, value_parser = when::zone)]
        zone: Option<Zone>,
        /// The rota: its name for an application.yml [default: support], else the one that absences are for
        #[arg(long)]
        rota: Option<model::oncall::Name>,
        /// Whose absences a calendar tells
        #[arg(long)]
        person: Option<model::oncall::Name>,
    },
}

impl Roulette {
    pub(crate) async fn run(self, client: &Client, output: Output) -> anyhow::Result<ExitCode> {
        match self.action {
            Action::Who(who) => who.run(client, output).await?,
            Action::Next(next) => next.run(client, output).await?,
            Action::Schedule(schedule) => schedule.run(client, output).await?,
            Action::Take(take) => take.run(client, output).await?,
            Action::Off(off) => off.run(client, output).await?,
            Action::Swap(swap) => swap.run(client, output).await?,
            Action::Swaps(swaps) => swaps.run(client, output).await?,
            Action::Override(change) => change.run(client, output).await?,
            Action::AddPerson(add) => add.run(client, output).await?,
            Action::SetPerson(set) => set.run(client, output).await?,
            Action::People => people::list(client, output).await?,
            Action::RemovePerson { name } => people::remove(client, &name, output).await?,
            Action::AddRota(add) => add.run(client, output).await?,
            Action::Rotas => rotas::list(client, output).await?,
            Action::Rota(rota) => rota.run(client, output).await?,
            Action::Line(line) => line.run(client, output).await?,
            Action::Lines => lines::list(client, output).await?,
            Action::Calls(calls) => calls.run(client, output).await?,
            Action::Call { call } => records::show(client, &call, output).await?,
            Action::Voicemails(voicemails) => voicemails.run(client, output).await?,
            Action::Ack(ack) => ack.run(client, output).await?,
            Action::Load(load) => load.run(client, output).await?,
            Action::Feed(feed) => feed.run(client, output).await?,
            Action::Prompt(prompt) => prompt.run(client, output).await?,
            Action::Import { source, zone, rota, person } => {
                let wishes = importing::Wishes { zone, rota, person };
                importing::run(client, &source, wishes, output).await?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Reads a file that is named on the command line, of at most so many bytes.
fn file(path: &PathBuf, most: u64) -> anyhow::Result<Vec<u8>> {
    use anyhow::Context;
    let size =
        std::fs::metadata(path).with_context(|| format!("{} can't be read", path.display()))?.len();
    if size > most {
        anyhow::bail!("{} has {size} bytes: at most {most} are taken", path.display());
    }
    std::fs::read(path).with_context(|| format!("{} can't be read", path.display()))
}

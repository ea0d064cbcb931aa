//! `alo roulette feed`: where a calendar of shifts can be subscribed to.

use clap::Args;
use model::oncall::Name;

use super::asked::{self, rows};
use crate::client::Client;
use crate::commands::shown;
use crate::output::Output;

/// Whose shifts.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo roulette feed                  of the only rota
  alo roulette feed support
  alo roulette feed ada              of one person, in all rotas
  alo roulette feed ada --rota support

Type the address into a calendar program. It needs no password: whoever has it may read the shifts.")]
pub(super) struct Feed {
    /// A rota or a person [default: the only rota]
    whose: Option<Name>,
    /// The rota that a person's shifts are in [default: all]
    #[arg(long)]
    rota: Option<Name>,
}

impl Feed {
    pub(super) async fn run(self, client: &Client, output: Output) -> anyhow::Result<()> {
        let path = self.path(client).await?;
        let calendar = client.get(&path, &Vec::new()).await?;
        if output.json {
            return output.document(&calendar);
        }
        output.line(shown::text(&calendar, "calendar_url"))
    }

    /// The resource that tells the address.
    async fn path(self, client: &Client) -> anyhow::Result<String> {
        let rotas = asked::rotas(client).await?;
        let is_rota = |name: &Name| rotas.iter().any(|rota| rota["name"] == name.as_str());
        let Some(whose) = self.whose else {
            return Ok(asked::rota(client, self.rota.as_ref()).await?.path("/calendar"));
        };
        if self.rota.is_none() && is_rota(&whose) {
            return Ok(format!("/v1/rotas/{whose}/calendar"));
        }
        let people = rows(&client.get("/v1/people", &Vec::new()).await?, "people");
        if !people.iter().any(|person| person["name"] == whose.as_str()) {
            anyhow::bail!(
                "'{whose}' is neither a rota nor a person: see `alo roulette rotas` and `alo roulette people`"
            );
        }
        match &self.rota {
            None => Ok(format!("/v1/people/{whose}/calendar")),
            Some(rota) => {
                let asked = asked::rota(client, Some(rota)).await?;
                Ok(asked.path(&format!("/calendar?person={whose}")))
            }
        }
    }
}

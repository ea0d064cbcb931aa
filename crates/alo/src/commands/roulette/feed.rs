//! `alo roulette feed`: where a calendar of shifts can be subscribed to.

use clap::Args;
use model::oncall::Name;
use serde_json::{Value, json};

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
  alo roulette feed ada              of one person, in the only rota
  alo roulette feed ada --rota support

Type the address into a calendar program, with the account's SID and token as user and password.")]
pub(super) struct Feed {
    /// A rota or a person [default: the only rota]
    whose: Option<Name>,
    /// The rota that a person's shifts are in [default: the only one]
    #[arg(long)]
    rota: Option<Name>,
}

impl Feed {
    pub(super) async fn run(self, client: &Client, output: Output) -> anyhow::Result<()> {
        let rotas = asked::rotas(client).await?;
        let is_rota = |name: &Name| rotas.iter().any(|rota| rota["name"] == name.as_str());
        let (rota, person) = match (self.whose, self.rota) {
            (Some(whose), None) if is_rota(&whose) => (Some(whose), None),
            (whose, rota) => (rota, whose),
        };
        if let Some(person) = &person {
            let people = rows(&client.get("/v1/people", &Vec::new()).await?, "people");
            if !people.iter().any(|it| it["name"] == person.as_str()) {
                anyhow::bail!(
                    "'{person}' is neither a rota nor a person: see `alo roulette rotas` and `people`"
                );
            }
        }
        let asked = asked::rota(client, rota.as_ref()).await?;
        let status = client.get("/v1/status", &Vec::new()).await?;
        let url = address(&base(client, &status), &asked.path("/calendar.ics"), person.as_ref());
        if output.json {
            return output.document(&json!({ "url": url }));
        }
        output.line(&url)?;
        output.remark("user and password are those of `alo credentials`");
        Ok(())
    }
}

/// Where the world reaches the server, if it says so, else where this command does.
fn base(client: &Client, status: &Value) -> String {
    match shown::text(status, "public_url").as_str() {
        "-" => client.base().to_owned(),
        url => url.trim_end_matches('/').to_owned(),
    }
}

fn address(base: &str, path: &str, person: Option<&Name>) -> String {
    let query = person.map(|person| format!("?person={person}")).unwrap_or_default();
    format!("{base}{path}{query}")
}

//! The first Support Roulette's `application.yml`, taken over: its agents become people, their turns a rota.
//!
//! Reading it is `oncall::original`'s; here it is brought to the server as any client would.

use anyhow::Context;
use model::Moment;
use model::oncall::{Name, Person, Rota};
use oncall::original::Imported;
use reqwest::Method;
use serde_json::{Value, json};

use super::asked::{self, rows};
use super::importing::Wishes;
use super::{duty, rota};
use crate::client::Client;
use crate::commands::{Usage, shown};
use crate::output::Output;

pub(super) async fn import(
    client: &Client,
    source: &str,
    text: &str,
    wishes: Wishes,
    output: Output,
) -> anyhow::Result<()> {
    let zone = wishes.zone.ok_or_else(|| {
        Usage(format!(
            "{source} has no time zone: say in which its weeks begin, as alo roulette import {source} --zone America/Sao_Paulo"
        ))
    })?;
    let now = Moment::from(jiff::Timestamp::now());
    let imported = oncall::original::import(text, &zone, now).with_context(|| source.to_owned())?;
    let Imported { people, rota, left_out } = imported;
    let rota = Rota { name: wishes.rota.unwrap_or(rota.name), ..rota };
    let brought = bring(client, people, &rota, left_out).await?;
    if output.json {
        return output.document(&json!({
            "people": brought.added,
            "kept": brought.kept,
            "rota": brought.rota,
            "left_out": brought.left_out,
        }));
    }
    tell(&brought, output)?;
    duty::tell_who(client, &asked::rota(client, Some(&rota.name)).await?, output).await?;
    output.remark(format!(
        "a line rings them: alo roulette line add {0} --rota {0}, then alo numbers buy --app roulette:{0}",
        rota.name
    ));
    Ok(())
}

/// What came of it.
struct Brought {
    added: Vec<Value>,
    kept: Vec<Name>,
    rota: Value,
    left_out: Vec<String>,
}

/// Brings people and rota to the server. Who is there already stays as they are.
async fn bring(
    client: &Client,
    people: Vec<Person>,
    rota: &Rota,
    left_out: Vec<String>,
) -> anyhow::Result<Brought> {
    let named = |it: &Value, name: &Name| it["name"].as_str() == Some(name.as_str());
    if asked::rotas(client).await?.iter().any(|known| named(known, &rota.name)) {
        anyhow::bail!(
            "there is a rota {} already: say how this one is called with --rota NAME",
            rota.name
        );
    }
    let known = rows(&client.get("/v1/people", &Vec::new()).await?, "people");
    let (mut added, mut kept) = (Vec::new(), Vec::new());
    for person in people {
        if known.iter().any(|known| named(known, &person.name)) {
            kept.push(person.name);
        } else {
            let person = serde_json::to_value(&person)?;
            added.push(client.send(Method::POST, "/v1/people", &person).await?);
        }
    }
    let rota = client.send(Method::POST, "/v1/rotas", &serde_json::to_value(rota)?).await?;
    Ok(Brought { added, kept, rota, left_out })
}

fn tell(brought: &Brought, output: Output) -> anyhow::Result<()> {
    for person in &brought.added {
        let fields = shown::row(person, &["name", "display"]).join("  ");
        output.line(format!("took over {fields}  {}", shown::text(&person["phones"][0], "at")))?;
    }
    for name in &brought.kept {
        output.line(format!("kept      {name}, who is here already"))?;
    }
    for why in &brought.left_out {
        output.line(format!("left out  {why}"))?;
    }
    rota::print(&brought.rota, output)
}

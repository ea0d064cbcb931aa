//! The support line: rotas with gaps, people who can't be reached, lines that ring nobody, numbers that lead nowhere.

use std::collections::BTreeSet;

use engine::{CarrierKind, CarrierSettings};
use jiff::{Timestamp, ToSpan};
use model::oncall::{Level, Line, Name, Person, Rota};
use serde_json::Value;

use super::Finding;
use super::ground::{Ground, KnownNumber};
use crate::client::Client;
use crate::commands::{app, shown};
use crate::config::Config;

/// How far gaps are looked for: long enough to ask somebody.
const AHEAD_DAYS: i64 = 14;

/// Numbers of fixed lines in countries where those send no texts: a country code, and how a mobile goes on.
const NO_TEXTS: [&str; 1] = ["+55"];

/// What the server keeps of it.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) people: Vec<Person>,
    pub(super) rotas: Vec<Rota>,
    pub(super) lines: Vec<Line>,
}

impl Kept {
    /// As a running server tells it.
    pub(super) async fn of_server(client: &Client) -> anyhow::Result<Kept> {
        Ok(Kept {
            people: read(client, "people").await?,
            rotas: read(client, "rotas").await?,
            lines: read(client, "lines").await?,
        })
    }
}

async fn read<T: serde::de::DeserializeOwned>(
    client: &Client,
    list: &str,
) -> anyhow::Result<Vec<T>> {
    let answer = client.get(&format!("/v1/{list}"), &Vec::new()).await?;
    Ok(serde_json::from_value(answer[list].clone())?)
}

/// Everything that can be seen of it; nothing where there is no line, no rota and nobody.
pub(super) async fn check(config: &Config, ground: &Ground) -> Vec<Finding> {
    let is_outside = |carrier: &CarrierSettings| !matches!(carrier.kind, CarrierKind::Virtual);
    let texts_leave = config.carriers.known().any(is_outside);
    let Kept { people, rotas, lines } = ground.on_call();
    let mut findings = Vec::new();
    for rota in rotas {
        findings.extend(members(rota, people));
        if let Some(client) = ground.client() {
            findings.push(gaps(client, rota).await);
        }
    }
    findings.extend(people.iter().map(reachable));
    for line in lines {
        findings.extend(rings(line, rotas, people));
        findings.push(leads(line, ground.numbers()));
        if texts_leave {
            findings.extend(texts(line, ground.numbers()));
        }
    }
    findings.extend(ground.numbers().iter().filter_map(|number| leads_nowhere(number, lines)));
    findings
}

/// Whether everyone who takes turns is there.
fn members(rota: &Rota, people: &[Person]) -> Vec<Finding> {
    let crews = rota.layers.iter().filter_map(|layer| layer.crews.last());
    let members: BTreeSet<&Name> = crews.flat_map(|crew| &crew.people).collect();
    let unknown = members.into_iter().filter(|name| !knows(people, name));
    let finding = |name| {
        let said = format!("{}: {name} takes turns, and there is nobody of that name", rota.name);
        let next = format!(
            "alo roulette add-person {name} --phone NUMBER, or alo roulette rota set-people {} NAMES",
            rota.name
        );
        Finding::failed("rota", said, next)
    };
    unknown.map(finding).collect()
}

fn knows(people: &[Person], name: &Name) -> bool {
    people.iter().any(|person| person.name == *name)
}

async fn gaps(client: &Client, rota: &Rota) -> Finding {
    let now = Timestamp::now();
    let until = now.checked_add((AHEAD_DAYS * 24).hours()).unwrap_or(now);
    let query = vec![("from", now.to_string()), ("until", until.to_string())];
    let path = format!("/v1/rotas/{}/gaps", rota.name);
    match client.get(&path, &query).await {
        Ok(answer) => gap(rota, answer["gaps"].as_array().map_or(&[][..], Vec::as_slice)),
        Err(error) => {
            Finding::failed("rota", format!("{}: {error:#}", rota.name), "see the server's log")
        }
    }
}

fn gap(rota: &Rota, gaps: &[Value]) -> Finding {
    let Some(first) = gaps.first() else {
        return Finding::ok(
            "rota",
            format!("{}: somebody is on duty for {AHEAD_DAYS} days", rota.name),
        );
    };
    let zone = rota.zone.rules();
    let time = |field: &str| match first[field].as_str().and_then(|at| at.parse::<Timestamp>().ok())
    {
        Some(at) => at.to_zoned(zone.clone()).strftime("%a %Y-%m-%d %H:%M").to_string(),
        None => shown::text(first, field),
    };
    let more = match gaps.len() {
        1 => String::new(),
        count => format!(", and {} more gaps", count - 1),
    };
    let said = format!(
        "{}: nobody is on duty from {} to {} ({}){more}",
        rota.name,
        time("from"),
        time("until"),
        rota.zone
    );
    let next = format!(
        "alo roulette override add {} --person NAME --from \"TIME\" --until \"TIME\"",
        rota.name
    );
    Finding::warning("rota", said, next)
}

/// Whether a person can be rung and texted.
fn reachable(person: &Person) -> Finding {
    let name = &person.name;
    let set = format!("alo roulette set-person {name} --phone +5511987654321");
    if !person.phones.iter().any(|phone| phone.rings) {
        return Finding::failed("person", format!("{name} has no phone that rings"), set);
    }
    if person.texts_at().is_none() {
        let said = format!(
            "{name} has no phone that takes texts, and isn't told of handoffs and missed calls"
        );
        return Finding::warning("person", said, set);
    }
    let phones: Vec<String> = person.phones.iter().map(|phone| phone.at.to_string()).collect();
    Finding::ok("person", format!("{name} is rung at {}", phones.join(", then ")))
}

/// Whether whom a line rings is there.
fn rings(line: &Line, rotas: &[Rota], people: &[Person]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for level in line.teams.iter().flat_map(|team| &team.levels) {
        let missing = match level {
            Level::Rota(rota) | Level::Next(rota) | Level::Everyone(rota)
                if !rotas.iter().any(|known| known.name == *rota) =>
            {
                let next = format!("alo roulette add-rota {rota} --zone ZONE --people NAMES");
                Some((format!("the rota {rota}"), next))
            }
            Level::Person(person) if !knows(people, person) => {
                let next = format!("alo roulette add-person {person} --phone NUMBER");
                Some((person.to_string(), next))
            }
            Level::Rota(_)
            | Level::Next(_)
            | Level::Everyone(_)
            | Level::Person(_)
            | Level::Phone(_) => None,
        };
        if let Some((what, next)) = missing {
            let said = format!("{} rings {what}, which isn't there", line.name);
            if findings.iter().all(|known: &Finding| known.said != said) {
                findings.push(Finding::failed("line", said, next));
            }
        }
    }
    findings
}

fn leads_to(number: &KnownNumber, line: &Line) -> bool {
    number.url.as_deref().and_then(app::line_of) == Some(line.name.as_str())
}

/// Whether a number leads to a line.
fn leads(line: &Line, numbers: &[KnownNumber]) -> Finding {
    let leading = numbers.iter().filter(|number| leads_to(number, line));
    let leading: Vec<&str> = leading.map(|number| number.number.as_str()).collect();
    if leading.is_empty() {
        let next = format!("alo numbers buy --app roulette:{}", line.name);
        return Finding::warning("line", format!("{}: no number leads there", line.name), next);
    }
    Finding::ok("line", format!("{} answers {}", line.name, leading.join(", ")))
}

/// Whether texts of a line come from a number that can send them.
fn texts(line: &Line, numbers: &[KnownNumber]) -> Option<Finding> {
    let leading = numbers.iter().find(|number| leads_to(number, line));
    let sender = line.text_from.as_ref().or(leading.map(|number| &number.number))?;
    if !is_fixed_line(sender.as_str()) {
        return None;
    }
    let said = format!(
        "{}: texts come from {sender}, a fixed line, which carriers don't take texts from",
        line.name
    );
    let next = format!("alo roulette line set {} --text-from NUMBER, one that texts", line.name);
    Some(Finding::warning("line", said, next))
}

/// Brazil: after the two digits of the area a mobile goes on with 9 and has nine digits, a fixed line has eight
/// (Anatel, Resolução 749, and ITU-T E.129 notification of Brazil).
fn is_fixed_line(number: &str) -> bool {
    let national = NO_TEXTS.iter().find_map(|code| number.strip_prefix(code));
    national.is_some_and(|national| national.len() == 10)
}

/// A number whose line isn't there.
fn leads_nowhere(number: &KnownNumber, lines: &[Line]) -> Option<Finding> {
    let urls = [number.url.as_deref(), number.text_url.as_deref()];
    let line = urls.into_iter().flatten().find_map(app::line_of)?;
    if lines.iter().any(|known| known.name.as_str() == line) {
        return None;
    }
    let said = format!("{} leads to the line {line}, which isn't there", number.number);
    let next = format!(
        "alo roulette line add {line} --rota ROTA, or alo numbers set {} --app roulette:LINE",
        number.number
    );
    Some(Finding::failed("number", said, next))
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;
    use serde_json::json;

    fn line(levels: &Value) -> Line {
        let line = json!({ "name": "support", "teams": [{ "levels": levels }] });
        serde_json::from_value(line).expect("a line")
    }

    fn number(number: &str, url: &str) -> KnownNumber {
        let number = number.parse().expect("a number");
        KnownNumber { number, url: Some(url.to_owned()), text_url: None }
    }

    fn person(phones: &Value) -> Person {
        serde_json::from_value(json!({ "name": "ada", "phones": phones })).expect("a person")
    }

    #[test]
    fn a_person_needs_a_phone_that_rings_and_one_that_takes_texts() {
        let state = |phones| reachable(&person(&phones)).state;
        assert_eq!(state(json!([])), State::Failed);
        assert_eq!(state(json!([{ "at": "+551133334444", "texts": false }])), State::Warning);
        assert_eq!(state(json!([{ "at": "+5511987654321", "rings": false }])), State::Failed);
        assert_eq!(state(json!([{ "at": "+5511987654321" }])), State::Ok);
    }

    #[test]
    fn a_line_that_rings_nobody_says_what_makes_them() {
        let line = line(&json!([{"rota": "support"}, {"next": "support"}, {"person": "ada"}]));
        let found = rings(&line, &[], &[]);
        let next: Vec<&str> = found.iter().filter_map(|it| it.next.as_deref()).collect();
        assert_eq!(
            next,
            [
                "alo roulette add-rota support --zone ZONE --people NAMES",
                "alo roulette add-person ada --phone NUMBER",
            ]
        );
        assert!(rings(&line, &[], &[person(&json!([]))]).len() == 1);
    }

    #[test]
    fn lines_and_numbers_find_each_other() {
        let line = line(&json!([{"phone": "+5511987654321"}]));
        let right = number("+551155500142", "alo://roulette/support");
        let wrong = number("+551155500143", "alo://roulette/sales");
        assert_eq!(leads(&line, &[]).state, State::Warning);
        assert_eq!(leads(&line, &[right]).state, State::Ok);
        assert!(leads_nowhere(&wrong, &[line]).is_some_and(|it| it.said.contains("sales")));
    }

    #[test]
    fn a_fixed_line_of_brazil_sends_no_texts() {
        assert!(is_fixed_line("+551155500142"));
        assert!(!is_fixed_line("+5511987654321"));
        assert!(!is_fixed_line("+14155550100"));
    }

    #[test]
    fn a_gap_is_told_in_the_zone_of_the_rota() {
        let rota = json!({
            "name": "support", "zone": "America/Sao_Paulo", "layers": [],
        });
        let rota: Rota = serde_json::from_value(rota).expect("a rota");
        let gaps = [json!({ "from": "2026-11-24T12:00:00Z", "until": "2026-11-25T12:00:00Z" })];
        let found = gap(&rota, &gaps);
        assert_eq!(found.state, State::Warning);
        let said = "support: nobody is on duty from Tue 2026-11-24 09:00 to Wed 2026-11-25 09:00 (America/Sao_Paulo)";
        assert_eq!(found.said, said);
    }
}

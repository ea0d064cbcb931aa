//! What a hunt is told at its beginning: the line, who is on duty, and on which phones.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use model::oncall::{Language, Level, Line, LineCall, Name, Person};
use model::{Moment, Party, PhoneNumber, Sid};
use oncall::{Candidate, Hunt, Setting};
use store::StoreError;

use super::duty::{self, Duties};
use super::requests::Webhook;
use super::{Hunting, Live, no_line};
use crate::clock::wall;
use crate::http::AskError;
use crate::hub::Hub;

/// A call has come to a line.
pub(super) async fn enter(
    hub: &Arc<Hub>,
    name: &Name,
    call: Sid,
    webhook: &Webhook<'_>,
) -> Result<Arc<Live>, AskError> {
    let account = webhook.account;
    let read = read(hub, account, name).await;
    let read = read.map_err(|error| AskError::for_now(error.to_string()))?;
    let Some((line, people, duties)) = read else { return Err(no_line(name.as_str())) };
    let now = wall();
    let (from, to) = (webhook.party("From"), webhook.party("To"));
    let setting = setting(&line, &people, &duties, now, (call, from, to));
    let hunt = tokio::sync::Mutex::new(Hunting::new(Hunt::new(now, setting)));
    let left = AtomicBool::new(false);
    Ok(Arc::new(Live { account, line, call, left, hunt }))
}

type Read = (Line, BTreeMap<Name, Person>, Duties);

async fn read(hub: &Hub, account: Sid, name: &Name) -> Result<Option<Read>, StoreError> {
    let Some(line) = hub.store.line(account, name).await? else { return Ok(None) };
    let people = duty::people(hub, account).await?;
    let duties = Duties::read(hub, account, wall()).await?;
    Ok(Some((line, people, duties)))
}

fn setting(
    line: &Line,
    people: &BTreeMap<Name, Person>,
    duties: &Duties,
    now: Moment,
    (call, from, to): (Sid, Party, Party),
) -> Setting {
    let known = people.values().find(|person| person.phones.iter().any(|phone| phone.at == from));
    let of_level = |level: &Level| -> Vec<Candidate> {
        named(level, duties, now).into_iter().map(|who| candidate(who, people)).collect()
    };
    let teams = line.teams.iter();
    let teams = teams.map(|team| team.levels.iter().map(of_level).collect()).collect();
    let everyone = line.teams.iter().map(|team| {
        let rotas = team.levels.iter().filter_map(rota);
        let mut names: Vec<Name> = rotas.flat_map(|rota| duties.everyone(rota, now)).collect();
        let mut seen = BTreeSet::new();
        names.retain(|name| seen.insert(name.clone()));
        names.into_iter().map(|name| candidate(Who::Person(name), people)).collect()
    });
    let everyone = everyone.collect();
    Setting {
        call,
        language: known.map_or_else(|| language(line, &from), |person| person.language),
        known: known.map(|person| person.name.clone()),
        teams,
        everyone,
        target: line.target.clone(),
        is_open: line.hours.as_ref().is_none_or(|hours| oncall::is_open(hours, now)),
        duty: known.map(|person| duties.who(line, person, people, now)).unwrap_or_default(),
        line: line.clone(),
        from,
        to,
    }
}

/// Whom a level means.
enum Who {
    Person(Name),
    Phone(Party),
}

fn named(level: &Level, duties: &Duties, now: Moment) -> Vec<Who> {
    let people = |names: Vec<Name>| names.into_iter().map(Who::Person).collect();
    match level {
        Level::Rota(rota) => people(duties.on_duty(rota, now).into_iter().collect()),
        Level::Next(rota) => people(duties.next(rota, now).into_iter().collect()),
        Level::Everyone(rota) => people(duties.everyone(rota, now)),
        Level::Person(name) => people(vec![name.clone()]),
        Level::Phone(party) => vec![Who::Phone(party.clone())],
    }
}

fn candidate(who: Who, people: &BTreeMap<Name, Person>) -> Candidate {
    match who {
        Who::Phone(phone) => Candidate {
            person: None,
            display: phone.to_string(),
            language: Language::default(),
            phones: vec![phone],
        },
        Who::Person(name) => match people.get(&name) {
            Some(person) => Candidate {
                person: Some(name),
                display: person.shown().to_owned(),
                language: person.language,
                phones: person
                    .phones
                    .iter()
                    .filter(|phone| phone.rings)
                    .map(|phone| phone.at.clone())
                    .collect(),
            },
            // Deleted, and still in the rota: nobody to ring, and the record says so.
            None => Candidate {
                display: name.to_string(),
                person: Some(name),
                language: Language::default(),
                phones: Vec::new(),
            },
        },
    }
}

/// The language of the caller's country where it has one of ours, if the line wants that.
fn language(line: &Line, from: &Party) -> Language {
    let country = from.number().filter(|_| line.callers_language).and_then(PhoneNumber::country);
    match country.as_deref() {
        Some("BR" | "PT") => Language::Portuguese,
        Some("US" | "CA" | "GB" | "IE" | "AU" | "NZ" | "ZA") => Language::English,
        Some(_) | None => line.language,
    }
}

/// Whom a call concerns whose hunt is gone: those on duty when it came, and those who were tried. Where there was nobody,
/// everyone of its team.
pub(super) async fn concerned(
    hub: &Hub,
    account: Sid,
    line: &Line,
    record: &LineCall,
) -> Result<Vec<Name>, StoreError> {
    let then = record.began_at;
    let duties = Duties::read(hub, account, then).await?;
    let team = line.teams.iter().find(|team| team.display == record.team).or(line.teams.first());
    let levels = team.map(|team| team.levels.as_slice()).unwrap_or_default();
    let people = |whom: Vec<Who>| -> Vec<Name> {
        let names = whom.into_iter().filter_map(|who| match who {
            Who::Person(name) => Some(name),
            Who::Phone(_) => None,
        });
        names.collect()
    };
    let mut on_duty = levels.iter().map(|level| people(named(level, &duties, then)));
    let mut names = on_duty.find(|names| !names.is_empty()).unwrap_or_default();
    names.extend(record.attempts.iter().filter_map(|attempt| attempt.person.clone()));
    if names.is_empty() {
        names =
            levels.iter().filter_map(rota).flat_map(|rota| duties.everyone(rota, then)).collect();
    }
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    Ok(names)
}

/// Of which rota a level is.
fn rota(level: &Level) -> Option<&Name> {
    match level {
        Level::Rota(rota) | Level::Next(rota) | Level::Everyone(rota) => Some(rota),
        Level::Person(_) | Level::Phone(_) => None,
    }
}

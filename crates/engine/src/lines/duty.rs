//! Rotas with what was changed by hand, as they are now.

use std::collections::BTreeMap;
use std::time::Duration;

use model::oncall::{Line, Name, Override, Person, Rota};
use model::{Moment, Sid};
use oncall::Roster;
use store::StoreError;

use crate::hub::Hub;

/// How far back and ahead overrides are read: who asks about now needs no more.
const AROUND: Duration = Duration::from_secs(62 * 24 * 3600);

/// An account's rotas.
pub(crate) struct Duties {
    rotas: Vec<(Rota, Vec<Override>)>,
}

/// Everybody of an account, by name.
pub(crate) async fn people(hub: &Hub, account: Sid) -> Result<BTreeMap<Name, Person>, StoreError> {
    let people = hub.store.people(account).await?;
    Ok(people.into_iter().map(|person| (person.name.clone(), person)).collect())
}

impl Duties {
    /// As they are around `now`.
    pub(crate) async fn read(hub: &Hub, account: Sid, now: Moment) -> Result<Duties, StoreError> {
        let mut rotas = Vec::new();
        for rota in hub.store.rotas(account).await? {
            let (from, until) = (now - AROUND, now + AROUND);
            let overrides = hub.store.overrides(account, &rota.name, from, until).await?;
            rotas.push((rota, overrides));
        }
        Ok(Duties { rotas })
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &Name> {
        self.rotas.iter().map(|(rota, _)| &rota.name)
    }

    /// Whoever is on duty, then the others in their order.
    pub(crate) fn in_turn(&self, rota: &Name, now: Moment) -> Vec<Name> {
        let mut names: Vec<Name> = self.on_duty(rota, now).into_iter().collect();
        names.extend(self.next(rota, now).filter(|next| !names.contains(next)));
        let others = self.everyone(rota, now).into_iter().filter(|name| !names.contains(name));
        let others: Vec<Name> = others.collect();
        names.extend(others);
        names
    }

    pub(crate) fn rotas(self) -> Vec<(Rota, Vec<Override>)> {
        self.rotas
    }

    /// A rota that can't be read as one has nobody on duty: it was checked when it was saved.
    fn roster(&self, rota: &Name) -> Option<Roster<'_>> {
        let (rota, overrides) = self.rotas.iter().find(|(known, _)| known.name == *rota)?;
        Roster::new(rota, overrides).ok()
    }

    pub(super) fn on_duty(&self, rota: &Name, now: Moment) -> Option<Name> {
        self.roster(rota)?.on_duty(now).person
    }

    pub(super) fn next(&self, rota: &Name, now: Moment) -> Option<Name> {
        let roster = self.roster(rota)?;
        let on_duty = roster.on_duty(now).person;
        roster.next_after(on_duty.as_ref(), now)
    }

    pub(super) fn everyone(&self, rota: &Name, now: Moment) -> Vec<Name> {
        self.roster(rota).map(|roster| roster.people(now)).unwrap_or_default()
    }

    /// Who is on duty for a line, in words for one of ours.
    pub(super) fn who(
        &self,
        line: &Line,
        me: &Person,
        people: &BTreeMap<Name, Person>,
        now: Moment,
    ) -> String {
        let everybody: Vec<Person> = people.values().cloned().collect();
        let scene = oncall::commands::Scene {
            now,
            me,
            people: &everybody,
            rotas: &self.rotas,
            swaps: &[],
            calls: &[],
        };
        let _ = line;
        oncall::commands::carry_out(&scene, &oncall::commands::Command::Who { rota: None }).0
    }
}

//! Handoffs: who comes on duty is told, exactly once, also across a restart and where clocks are set.
//!
//! Up to when handoffs of a rota were told is on disk. What is told carries a key made of rota, moment and person, by which
//! the store knows a repetition: if the server stops between telling and keeping that it told, the next start tells
//! again, and nothing is sent twice. A rota that was never looked at begins now: nobody is told of the past.

use std::sync::Arc;
use std::time::Duration;

use model::oncall::{Language, Name, Override, Person, Rota, TextKind, Told};
use model::{Moment, Sid};
use oncall::{Handoff, Roster, Why, words};
use store::StoreError;

use super::duty;
use super::tell::{self, Letter};
use crate::clock::wall;
use crate::hub::Hub;

/// Longest pause between two looks: a clock that was set, or a rota changed behind our back, is seen by then.
const LOOK: Duration = Duration::from_secs(60);
/// Pause after the store could not be read or written.
const AFTER_FAILURE: Duration = Duration::from_secs(5);
/// How far ahead overrides are read.
const AHEAD: Duration = Duration::from_secs(62 * 24 * 3600);
/// A change that counts so soon after it was made was meant for at once.
const AT_ONCE_MEANS: Duration = Duration::from_secs(60);
/// Who makes an override that no person made by text or key.
const API: &str = "api";
/// Handoffs of one rota that are told in one look; the next look goes on.
const AT_ONCE: usize = 100;

/// Tells of handoffs until the engine is dropped.
pub(crate) async fn serve(hub: Arc<Hub>) {
    loop {
        let pause = match look(&hub, wall()).await {
            Ok(next) => next.map_or(LOOK, |at| at.since(wall()).min(LOOK)),
            Err(error) => {
                tracing::error!(%error, "handoffs could not be told: they are tried again");
                AFTER_FAILURE
            }
        };
        tokio::select! {
            () = hub.lines.duty_changed.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Tells what is due at `now`; when to look again. A rota that can't be told of holds up no other; the last error is given.
pub(crate) async fn look(hub: &Hub, now: Moment) -> Result<Option<Moment>, StoreError> {
    let (mut next, mut failed) = (None, None);
    for (account, rota) in hub.store.all_rotas().await? {
        match of_rota(hub, account, &rota, now).await {
            Ok(wanted) => next = [next, wanted].into_iter().flatten().min(),
            Err(error) => failed = Some(error),
        }
    }
    failed.map_or(Ok(next), Err)
}

async fn of_rota(
    hub: &Hub,
    account: Sid,
    rota: &Rota,
    now: Moment,
) -> Result<Option<Moment>, StoreError> {
    let Some(mut told) = hub.store.told(account, &rota.name).await? else {
        let told = Told { handoffs: now, announced: now };
        hub.store.handoffs_told(account, &rota.name, told).await?;
        return Ok(Some(now));
    };
    // A clock that was ahead, and was set right: who was told meanwhile is known by the keys, and nobody else is passed over.
    let before = rota.tell_before_minutes.unwrap_or_default();
    let before = Duration::from_secs(60 * u64::from(before));
    if told.handoffs > now || told.announced > now + before {
        told.handoffs = told.handoffs.min(now);
        told.announced = told.announced.min(now + before);
        hub.store.handoffs_told(account, &rota.name, told).await?;
    }
    let since = told.handoffs.min(told.announced);
    let overrides = hub.store.overrides(account, &rota.name, since, now + AHEAD).await?;
    let Ok(roster) = Roster::new(rota, &overrides) else { return Ok(None) };
    let watch = Watch { hub, account, rota, roster: &roster, overrides: &overrides, now };
    for _ in 0..AT_ONCE {
        let Some(handoff) = roster.next_handoff(told.handoffs) else { break };
        if handoff.at > now {
            break;
        }
        watch.tell(&handoff).await?;
        told.handoffs = handoff.at;
        hub.store.handoffs_told(account, &rota.name, told).await?;
    }
    let announced = watch.announce(&mut told).await?;
    let next = roster.next_handoff(told.handoffs).map(|handoff| handoff.at);
    Ok([next, announced].into_iter().flatten().min())
}

/// One rota, looked at.
struct Watch<'a> {
    hub: &'a Hub,
    account: Sid,
    rota: &'a Rota,
    roster: &'a Roster<'a>,
    overrides: &'a [Override],
    now: Moment,
}

impl Watch<'_> {
    /// A handoff has come.
    async fn tell(&self, handoff: &Handoff) -> Result<(), StoreError> {
        if self.now.since(handoff.at) > self.hub.settings.handoff_grace {
            let (rota, at) = (&self.rota.name, handoff.at);
            tracing::warn!(%rota, %at, "a handoff is not told: it is too long ago");
            return Ok(());
        }
        let duty = self.roster.on_duty(handoff.at);
        let by_hand = match &duty.why {
            Why::Override { id, by, .. } => self.made_just_then(*id, handoff.at).then_some(by),
            Why::Turn { .. } | Why::Gap => None,
        };
        // Who changed it by text or key was answered, and told the others.
        if by_hand.is_some_and(|by| by != API) {
            return Ok(());
        }
        // Whose duty is over again by now, or was given to somebody else meanwhile, isn't called to it.
        let still = self.roster.on_duty(self.now).person;
        if let Some(on) = handoff.on.as_ref().filter(|on| still.as_ref() == Some(*on)) {
            self.told(TextKind::OnDuty, on, handoff).await?;
        }
        match &handoff.off {
            Some(off) if by_hand.is_some() => self.told(TextKind::Changed, off, handoff).await,
            Some(off) if self.rota.tell_off => self.told(TextKind::OffDuty, off, handoff).await,
            Some(_) | None => Ok(()),
        }
    }

    /// Whether an override was made for at once, rather than planned.
    fn made_just_then(&self, id: i64, at: Moment) -> bool {
        let change = self.overrides.iter().find(|change| change.id == id);
        change.is_some_and(|change| change.made_at + AT_ONCE_MEANS >= at)
    }

    /// Tells of the next handoff before it comes, where that is wanted; when the next one is to be told of.
    async fn announce(&self, told: &mut Told) -> Result<Option<Moment>, StoreError> {
        let Some(minutes) = self.rota.tell_before_minutes else { return Ok(None) };
        let before = Duration::from_secs(60 * u64::from(minutes));
        for _ in 0..AT_ONCE {
            let Some(handoff) = self.roster.next_handoff(told.announced.max(told.handoffs)) else {
                return Ok(None);
            };
            let due = handoff.at - before;
            if due > self.now {
                return Ok(Some(due));
            }
            if let Some(on) = &handoff.on {
                self.told(TextKind::SoonOnDuty, on, &handoff).await?;
            }
            told.announced = handoff.at;
            self.hub.store.handoffs_told(self.account, &self.rota.name, *told).await?;
        }
        Ok(Some(self.now))
    }

    async fn told(&self, kind: TextKind, name: &Name, at: &Handoff) -> Result<(), StoreError> {
        let people = duty::people(self.hub, self.account).await?;
        let Some(person) = people.get(name) else {
            let message = format!(
                "{name} is on duty in rota {} and isn't known: add them with `alo roulette add-person {name}`",
                self.rota.name
            );
            super::raise(self.hub, self.account, None, tell::NOBODY, message).await;
            return Ok(());
        };
        let lines = self.hub.store.lines(self.account).await?;
        let line = lines.iter().find(|line| rings(line, &self.rota.name));
        let zone = person.zone.as_ref().unwrap_or(&self.rota.zone);
        let other = match kind {
            TextKind::Changed => at.on.as_ref(),
            TextKind::OnDuty
            | TextKind::SoonOnDuty
            | TextKind::OffDuty
            | TextKind::Missed
            | TextKind::Voicemail
            | TextKind::Transcript => at.off.as_ref(),
        };
        let other = other.and_then(|name| people.get(name)).map(Person::shown);
        let language: Language = person.language;
        let words = words::handoff(kind, language, line, self.rota, at, zone, other);
        let key = format!("handoff/{}/{}/{kind:?}/{name}", self.rota.name, at.at);
        let letter = Letter {
            text: words,
            subject: words::subject(kind, language, self.rota.name.as_str()),
            key,
        };
        let from = self.rota.text_from.as_ref().or(line.and_then(|line| line.text_from.as_ref()));
        tell::person(self.hub, self.account, from, line.map(|line| &line.name), person, letter)
            .await
    }
}

/// Whether a line rings those of a rota.
fn rings(line: &model::oncall::Line, rota: &Name) -> bool {
    use model::oncall::Level;
    line.teams.iter().flat_map(|team| &team.levels).any(|level| match level {
        Level::Rota(name) | Level::Next(name) | Level::Everyone(name) => name == rota,
        Level::Person(_) | Level::Phone(_) => false,
    })
}

#[cfg(test)]
mod tests;

//! `WHO`, `NEXT`, `TAKE` and `OFF`: who is on duty, and who is from now on.

use std::time::Duration;

use model::Moment;
use model::oncall::{Name, Override, Rota};

use super::replies::Replies;
use super::which::{self, Known};
use super::{Deed, Done, Scene};
use crate::{Roster, RotaError};

/// The rota as it is; `None` if it can't be read as one.
pub(super) fn roster((rota, overrides): Known<'_>) -> Option<Roster<'_>> {
    Roster::new(rota, overrides).ok()
}

/// `WHO`.
pub(super) fn who(scene: &Scene<'_>, word: Option<&str>) -> Done {
    let say = Replies::of(scene.me);
    each(scene, word, |known| {
        let roster = roster(known)?;
        let duty = roster.on_duty(scene.now);
        let handoff = roster.next_handoff(scene.now);
        let until = handoff.as_ref().map(|handoff| say.when(handoff.at, &known.0.zone));
        let shown = duty.person.as_ref().map(|name| scene.shown(name));
        let is_me = duty.person.as_ref() == Some(&scene.me.name);
        let now = say.on_duty(shown.as_deref(), is_me, until.as_deref());
        let next = handoff.and_then(|handoff| handoff.on);
        let next = next.map(|name| say.then(&scene.shown(&name)));
        Some([Some(now), next].into_iter().flatten().collect::<Vec<_>>().join(" "))
    })
}

/// `NEXT`.
pub(super) fn next(scene: &Scene<'_>, word: Option<&str>) -> Done {
    let say = Replies::of(scene.me);
    each(scene, word, |known| {
        let Some(handoff) = roster(known)?.next_handoff(scene.now) else {
            return Some(say.no_next());
        };
        let shown = handoff.on.as_ref().map(|name| scene.shown(name));
        Some(say.next(shown.as_deref(), &say.when(handoff.at, &known.0.zone)))
    })
}

/// A line for each rota that is asked about; its name before it where there are several.
fn each(scene: &Scene<'_>, word: Option<&str>, line: impl Fn(Known<'_>) -> Option<String>) -> Done {
    let rotas = which::asked(scene, word)?;
    if rotas.is_empty() {
        return Err(Replies::of(scene.me).no_rotas());
    }
    let several = rotas.len() > 1;
    let lines = rotas.into_iter().filter_map(|known| {
        let line = line(known)?;
        Some(if several { format!("{}: {line}", which::shown(&known.0)) } else { line })
    });
    Ok((lines.collect::<Vec<_>>().join("\n"), Vec::new()))
}

/// `TAKE 2h`.
pub(super) fn take(scene: &Scene<'_>, time: Duration, word: Option<&str>) -> Done {
    let say = Replies::of(scene.me);
    let me = &scene.me.name;
    let mine = |known: Known<'_>| which::takes_part(&known.0, me);
    // Who takes part in none may help out where there is one.
    let any = scene.rotas.iter().any(mine);
    let known = which::meant(scene, word, |known| mine(known) || !any, "TAKE 2h", say.no_rotas())?;
    let (rota, overrides) = known;
    let change = crate::take(rota, overrides, me, scene.now, time, me.as_str())
        .map_err(|error| refused(&say, &error))?;
    let before = roster(known).and_then(|roster| roster.on_duty(scene.now).person);
    let shown = which::shown(rota);
    let until = change.until;
    let told = before.and_then(|before| {
        scene.tell(&before, |say| {
            say.taken_from(scene.me.shown(), shown, &say.when(until, &rota.zone))
        })
    });
    let reply = say.taken(shown, &say.when(until, &rota.zone));
    Ok((reply, [Deed::Override(change)].into_iter().chain(told).collect()))
}

/// `OFF`.
pub(super) fn off(scene: &Scene<'_>, word: Option<&str>) -> Done {
    let say = Replies::of(scene.me);
    let me = &scene.me.name;
    let on_duty = |known: Known<'_>| {
        roster(known).is_some_and(|roster| roster.on_duty(scene.now).person.as_ref() == Some(me))
    };
    let known = which::meant(scene, word, on_duty, "OFF", say.not_on_duty())?;
    if !on_duty(known) {
        return Err(say.not_on_duty());
    }
    let (rota, overrides) = known;
    let roster = roster(known).ok_or_else(|| say.not_on_duty())?;
    let change = crate::off(&roster, me, scene.now).map_err(|error| refused(&say, &error))?;
    let after = after(rota, overrides, &change, scene.now);
    let shown = which::shown(rota);
    let told = after.as_ref().and_then(|name| {
        scene.tell(name, |say| {
            let until = say.when(change.until, &rota.zone);
            say.falls_to_you(scene.me.shown(), shown, &until)
        })
    });
    let now: Option<String> = after.as_ref().map(|name| scene.shown(name));
    let reply = say.off(shown, now.as_deref());
    Ok((reply, [Deed::Override(change)].into_iter().chain(told).collect()))
}

/// Who is on duty once it is changed.
fn after(rota: &Rota, overrides: &[Override], change: &Override, now: Moment) -> Option<Name> {
    let mut overrides = overrides.to_vec();
    let last = overrides.iter().map(|known| known.id).max().unwrap_or(0);
    overrides.push(Override { id: last + 1, ..change.clone() });
    Roster::new(rota, &overrides).ok()?.on_duty(now).person
}

/// Why a change can't be made: what happens every day in the language of whoever asks, the rest as it is.
pub(super) fn refused(say: &Replies<'_>, error: &RotaError) -> String {
    if matches!(error, RotaError::OnDutyAlready(_)) {
        say.on_duty_already()
    } else if matches!(error, RotaError::NobodyElse(_)) {
        say.nobody_else()
    } else {
        say.failed(&error.to_string())
    }
}

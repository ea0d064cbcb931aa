//! `SWAP`, and the answers to it: one asks another to change shifts, and nothing changes before they agree.

use model::oncall::{Override, Person, Rota, Swap, SwapState};

use super::replies::Replies;
use super::which::{self, Known};
use super::{Deed, Done, Scene, duty};

/// Swaps that wait for the sender's answer.
pub(super) fn asked_of_me<'a>(scene: &Scene<'a>) -> impl Iterator<Item = &'a Swap> {
    let me = &scene.me.name;
    scene.swaps.iter().filter(move |swap| swap.asked == *me)
}

/// `SWAP ben`, `SWAP ben nights`.
pub(super) fn ask(scene: &Scene<'_>, with: &str) -> Done {
    let say = Replies::of(scene.me);
    let (other, known) = meant(scene, with)?;
    let (rota, _) = known;
    let roster = duty::roster(known).ok_or_else(|| say.no_shift(other.shown()))?;
    let swap = crate::swap(&roster, &scene.me.name, &other.name, scene.now)
        .map_err(|_| say.no_shift(other.shown()))?;
    let told = scene.tell(&other.name, |say| {
        let (gives, takes) = shifts(say, rota, &swap);
        say.asks(scene.me.shown(), &gives, takes.as_deref())
    });
    let (gives, takes) = shifts(&say, rota, &swap);
    let reply = say.asked(other.shown(), &gives, takes.as_deref());
    Ok((reply, [Deed::AskSwap(swap)].into_iter().chain(told).collect()))
}

/// What `hears` is told of a swap that somebody else asked or decided elsewhere: the one asked of what is asked, the one
/// who asks of the answer. `None` where there is nothing to tell. The swap has its number.
pub fn swap_news(swap: &Swap, rota: &Rota, other: &Person, hears: &Person) -> Option<String> {
    let say = Replies::of(hears);
    match swap.state {
        SwapState::Asked if hears.name == swap.asked => {
            let (gives, takes) = shifts(&say, rota, swap);
            let text = say.asks(other.shown(), &gives, takes.as_deref());
            Some(text.replace("{id}", &swap.id.to_string()))
        }
        SwapState::Accepted if hears.name == swap.asks => Some(say.agreed(other.shown(), swap.id)),
        SwapState::Refused if hears.name == swap.asks => {
            Some(say.disagreed(other.shown(), swap.id))
        }
        SwapState::Asked | SwapState::Accepted | SwapState::Refused | SwapState::TakenBack => None,
    }
}

/// When the two shifts begin.
fn shifts(say: &Replies<'_>, rota: &Rota, swap: &Swap) -> (String, Option<String>) {
    let gives = say.when(swap.gives.0, &rota.zone);
    (gives, swap.takes.map(|(from, _)| say.when(from, &rota.zone)))
}

/// With whom, and in which rota: all words are a name, or all but the last, which is a rota then.
fn meant<'a>(scene: &Scene<'a>, with: &str) -> Result<(&'a Person, Known<'a>), String> {
    let say = Replies::of(scene.me);
    if with.is_empty() {
        return Err(say.swap_with_whom());
    }
    let whole = which::person(scene, with).map(|person| (person, None));
    let parts = || {
        let (name, rota) = with.rsplit_once(' ')?;
        Some((which::person(scene, name)?, Some(rota)))
    };
    let (other, rota) = whole.or_else(parts).ok_or_else(|| say.nobody_called(with))?;
    if other.name == scene.me.name {
        return Err(say.not_with_yourself());
    }
    let both = |(rota, _): &(Rota, Vec<Override>)| {
        [scene.me, other].iter().all(|person| which::takes_part(rota, &person.name))
    };
    let example = format!("SWAP {}", other.name);
    let known = which::meant(scene, rota, both, &example, say.no_common_rota(other.shown()))?;
    if both(known) { Ok((other, known)) } else { Err(say.no_common_rota(other.shown())) }
}

/// `ACK 7`, where 7 is a swap.
pub(super) fn accept(scene: &Scene<'_>, swap: &Swap) -> Done {
    let say = Replies::of(scene.me);
    let changes = crate::swap_overrides(swap, scene.me.name.as_str(), scene.now);
    if changes.is_empty() {
        return Err(say.swap_is_past());
    }
    let reply = say.swapped(&scene.shown(&swap.asks));
    let told = scene.tell(&swap.asks, |say| say.agreed(scene.me.shown(), swap.id));
    Ok((reply, decided(swap, true, changes, told)))
}

/// `NO 7`.
pub(super) fn refuse(scene: &Scene<'_>, ticket: Option<i64>) -> Done {
    let say = Replies::of(scene.me);
    let mine: Vec<&Swap> = asked_of_me(scene).collect();
    let swap = match (ticket, mine.as_slice()) {
        (Some(ticket), _) => mine.iter().find(|swap| swap.id == ticket).copied(),
        (None, []) => return Err(say.nothing_open()),
        (None, [only]) => Some(*only),
        (None, several) => {
            let numbers: Vec<i64> = several.iter().map(|swap| swap.id).collect();
            return Err(say.which_number("NO", &numbers));
        }
    };
    let Some(swap) = swap else { return Err(say.not_open(ticket.unwrap_or_default())) };
    let reply = say.refused(&scene.shown(&swap.asks));
    let told = scene.tell(&swap.asks, |say| say.disagreed(scene.me.shown(), swap.id));
    Ok((reply, decided(swap, false, Vec::new(), told)))
}

fn decided(swap: &Swap, accept: bool, overrides: Vec<Override>, told: Option<Deed>) -> Vec<Deed> {
    let decided = Deed::DecideSwap { swap: swap.clone(), accept, overrides };
    [decided].into_iter().chain(told).collect()
}

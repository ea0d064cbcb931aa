//! `ACK`: somebody sees to a missed call, or agrees to a swap. Both have their numbers from one row.

use model::oncall::{LineCall, Name};

use super::replies::Replies;
use super::{Deed, Done, Scene, swaps};

/// `ACK 12`, `12`, `OK`.
pub(super) fn acknowledge(scene: &Scene<'_>, ticket: Option<i64>) -> Done {
    let say = Replies::of(scene.me);
    let swaps = || swaps::asked_of_me(scene);
    let calls = || scene.calls.iter().filter(|call| call.acknowledged.is_none());
    let ticket = if let Some(ticket) = ticket {
        ticket
    } else {
        let calls = calls().filter_map(|call| call.ticket);
        let mut open: Vec<i64> = calls.chain(swaps().map(|swap| swap.id)).collect();
        open.sort_unstable();
        match open.as_slice() {
            [] => return Err(say.nothing_open()),
            [only] => *only,
            several => return Err(say.which_number("ACK", several)),
        }
    };
    if let Some(swap) = swaps().find(|swap| swap.id == ticket) {
        return swaps::accept(scene, swap);
    }
    match calls().find(|call| call.ticket == Some(ticket)) {
        Some(call) => Ok(seen(scene, ticket, call)),
        None => Err(say.not_open(ticket)),
    }
}

/// Those who were tried needn't call back, too.
fn seen(scene: &Scene<'_>, ticket: i64, call: &LineCall) -> (String, Vec<Deed>) {
    let caller = call.from.to_string();
    let me = scene.me.shown();
    let mut others: Vec<&Name> =
        call.attempts.iter().filter_map(|attempt| attempt.person.as_ref()).collect();
    others.sort();
    others.dedup();
    let told = others
        .into_iter()
        .filter_map(|name| scene.tell(name, |say| say.seen_by(me, ticket, &caller)));
    let deeds = [Deed::Acknowledge { ticket }].into_iter().chain(told).collect();
    (Replies::of(scene.me).seen(ticket, &caller), deeds)
}

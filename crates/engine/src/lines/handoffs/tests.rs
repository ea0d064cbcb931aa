//! Nobody is told twice, and nobody is forgotten: a thousand handoffs with restarts, crashes and clocks that are set.

use std::collections::BTreeMap;
use std::path::Path;

use model::oncall::{Change, Turn, TurnUnit};
use store::{MessageFilter, Page};

use super::*;
use crate::trial::{ACCOUNT, PEOPLE, daily, peopled};

const HOUR: Duration = Duration::from_secs(3600);

/// At an hour that is left out in March and passes twice in November.
fn rota() -> Rota {
    daily(PEOPLE.len(), "02:30")
}

async fn furnished(folder: &Path, rota: Rota) -> Arc<Hub> {
    let hub = peopled(folder).await;
    hub.store.save_rota(ACCOUNT, rota).await.expect("it is kept");
    hub
}

/// Texts sent, by receiver.
async fn texts(hub: &Hub) -> BTreeMap<String, usize> {
    let mut sent = BTreeMap::new();
    let mut page = Page::first(Page::LARGEST);
    loop {
        let filter = MessageFilter::default();
        let list = hub.store.messages(ACCOUNT, filter, page).await.expect("it can be read").items;
        let Some(last) = list.last() else { return sent };
        page = Page { token: Some(last.sid), ..Page::first(Page::LARGEST) };
        for message in list {
            *sent.entry(message.to.to_string()).or_insert(0) += 1;
        }
    }
}

/// The next of some numbers that look like chance, and are the same every time.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

fn at(text: &str) -> Moment {
    text.parse().expect("a time")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_handoffs_are_told_once_each_through_restarts_and_crashes() {
    let folder = tempfile::tempdir().expect("a folder");
    let begins = at("2026-01-01T12:00:00Z");
    let mut hub = furnished(folder.path(), rota()).await;
    look(&hub, begins).await.expect("it can be read");
    let (mut now, mut chance, mut looks) = (begins, 42, 0_u32);
    let ends = begins + 24 * HOUR * 1_000;
    while now < ends {
        now = now + HOUR * u32::try_from(1 + next(&mut chance) % 22).expect("below 22");
        let before = hub.store.told(ACCOUNT, &rota().name).await.expect("it can be read");
        look(&hub, now).await.expect("it can be written");
        looks += 1;
        if looks % 7 == 0 {
            // The server died after it told, and before it could keep that.
            let before = before.expect("it was looked at");
            hub.store.handoffs_told(ACCOUNT, &rota().name, before).await.expect("it is kept");
        }
        if looks % 97 == 0 {
            hub.sip.shutdown().await;
            hub.media.shutdown();
            hub.store.close().await;
            drop(hub);
            hub = crate::trial::hub(folder.path()).await;
        }
    }
    look(&hub, now).await.expect("it can be written");
    let rota = rota();
    let roster = Roster::new(&rota, &[]).expect("a rota");
    let mut expected = BTreeMap::new();
    let mut from = begins;
    while let Some(handoff) = roster.next_handoff(from).filter(|handoff| handoff.at <= now) {
        let on = handoff.on.expect("no gap");
        let (_, mobile) = PEOPLE.iter().find(|(name, _)| *name == on.as_str()).expect("known");
        *expected.entry((*mobile).to_owned()).or_insert(0) += 1;
        from = handoff.at;
    }
    assert!(expected.values().sum::<usize>() >= 1_000, "{expected:?}");
    assert_eq!(texts(&hub).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_to_be_told_before_is_told_before_and_once_more_at_the_handoff() {
    let folder = tempfile::tempdir().expect("a folder");
    let rota = Rota { tell_before_minutes: Some(60), ..rota() };
    let hub = furnished(folder.path(), rota).await;
    let handoff = at("2026-06-02T06:30:00Z");
    look(&hub, handoff - 2 * HOUR).await.expect("it can be read");
    let due = look(&hub, handoff - 2 * HOUR).await.expect("it can be read");
    assert_eq!(due, Some(handoff - HOUR));
    for minutes in [60, 59, 30, 1] {
        let now = handoff - Duration::from_secs(60 * minutes);
        look(&hub, now).await.expect("it can be written");
    }
    assert_eq!(texts(&hub).await.values().sum::<usize>(), 1);
    look(&hub, handoff).await.expect("it can be written");
    look(&hub, handoff + HOUR).await.expect("it can be written");
    let sent = texts(&hub).await;
    assert_eq!((sent.len(), sent.values().sum::<usize>()), (1, 2), "{sent:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rota_that_was_never_looked_at_tells_nobody_of_the_past() {
    let folder = tempfile::tempdir().expect("a folder");
    let hub = furnished(folder.path(), rota()).await;
    look(&hub, at("2026-06-02T12:00:00Z")).await.expect("it can be read");
    assert_eq!(texts(&hub).await, BTreeMap::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handoff_that_is_long_past_is_not_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let hub = furnished(folder.path(), rota()).await;
    look(&hub, at("2026-06-02T12:00:00Z")).await.expect("it can be read");
    look(&hub, at("2026-06-09T12:00:00Z")).await.expect("it can be written");
    let sent = texts(&hub).await;
    assert_eq!(sent.values().sum::<usize>(), 1, "only that of the last day: {sent:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_relieved_by_the_api_is_told_and_so_is_who_takes_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let hub = furnished(folder.path(), rota()).await;
    let noon = at("2026-06-02T12:00:00Z");
    look(&hub, noon).await.expect("it can be read");
    let rota = rota();
    let roster = Roster::new(&rota, &[]).expect("a rota");
    let person = roster.next_after(roster.on_duty(noon).person.as_ref(), noon).expect("another");
    let change = |by: &str, from: Moment| Override {
        id: 0,
        rota: rota.name.clone(),
        from,
        until: from + 2 * HOUR,
        change: Change::Add { person: person.clone() },
        by: by.to_owned(),
        reason: String::new(),
        made_at: from,
    };
    let first = noon + HOUR;
    hub.store.add_override(ACCOUNT, change("api", first)).await.expect("it is kept");
    look(&hub, first).await.expect("it can be written");
    assert_eq!(texts(&hub).await.values().sum::<usize>(), 2);
    // By text: whoever does it is answered, and tells whom they relieve.
    let rested = first + 3 * HOUR;
    look(&hub, rested).await.expect("it can be written");
    let before = texts(&hub).await;
    hub.store.add_override(ACCOUNT, change(person.as_str(), rested)).await.expect("it is kept");
    look(&hub, rested).await.expect("it can be written");
    assert_eq!(texts(&hub).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_was_a_year_ahead_and_is_set_right_silences_nobody() {
    let folder = tempfile::tempdir().expect("a folder");
    let hub = furnished(folder.path(), rota()).await;
    look(&hub, at("2026-06-02T12:00:00Z")).await.expect("it can be read");
    for _ in 0..5 {
        look(&hub, at("2027-06-02T12:00:00Z")).await.expect("it can be written");
    }
    let before = texts(&hub).await.values().sum::<usize>();
    look(&hub, at("2026-06-02T13:00:00Z")).await.expect("it can be written");
    for _ in 0..2 {
        look(&hub, at("2026-06-03T06:30:00Z")).await.expect("it can be written");
    }
    // Half a second back, as clocks are set every day.
    look(&hub, at("2026-06-03T06:29:59.5Z")).await.expect("it can be written");
    look(&hub, at("2026-06-03T06:30:00Z")).await.expect("it can be written");
    assert_eq!(texts(&hub).await.values().sum::<usize>(), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_duty_was_over_before_they_could_be_told_is_not_called_to_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut hourly = rota();
    hourly.layers[0].turn = Turn { every: 1, unit: TurnUnit::Hour };
    let hub = furnished(folder.path(), hourly).await;
    look(&hub, at("2026-06-02T12:00:00Z")).await.expect("it can be read");
    look(&hub, at("2026-06-02T17:00:00Z")).await.expect("it can be written");
    let told = texts(&hub).await;
    assert_eq!(told.len(), 1, "only who is on duty at last: {told:?}");
}

//! What a page is made of, read from the store. Nothing is decided here, and nothing is written.

use std::collections::BTreeMap;
use std::time::Duration;

use model::oncall::Name;
use model::watch::{Check, CheckState, Hour, Incident, Maintenance, StatusPage};
use model::{Moment, Sid};
use store::{IncidentFilter, Store, StoreError};

use crate::view::{DAYS, HISTORY_DAYS};

/// Checks of a page that are shown with their hours; of more only how they stand counts.
pub(crate) const MOST_CHECKS: usize = 200;
/// Incidents that are read for a page; older ones are left out.
const MOST_INCIDENTS: u32 = 500;

/// What is known about the checks of a page.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    /// The page.
    pub(crate) page: StatusPage,
    /// Its checks in its order, each with its hours of the last [`DAYS`].
    pub(crate) checks: Vec<(Check, CheckState, Vec<Hour>)>,
    /// Checks beyond [`MOST_CHECKS`].
    pub(crate) more: Vec<(Check, CheckState)>,
    /// Of the account, newest first: those that go on and those of the last [`HISTORY_DAYS`].
    pub(crate) incidents: Vec<Incident>,
    /// Of the account.
    pub(crate) maintenances: Vec<Maintenance>,
}

/// Reads them.
pub(crate) async fn gather(
    store: &dyn Store,
    account: Sid,
    page: StatusPage,
    now: Moment,
) -> Result<Facts, StoreError> {
    let states = store.check_states(account).await?.into_iter();
    let mut states: BTreeMap<Name, CheckState> =
        states.map(|state| (state.check.clone(), state)).collect();
    let mut chosen = choose(&page, store.checks(account).await?).into_iter().map(|check| {
        let state = states.remove(&check.name);
        let state = state.unwrap_or_else(|| CheckState::new(check.name.clone()));
        (check, state)
    });
    let from = midnight(now) - days(DAYS as u64 - 1);
    let mut checks = Vec::new();
    for (check, state) in chosen.by_ref().take(MOST_CHECKS) {
        let hours = store.hours(account, &check.name, from, now + days(1)).await?;
        checks.push((check, state, hours));
    }
    let more = chosen.collect();
    let incidents = incidents(store, account, now).await?;
    let maintenances = store.maintenances(account).await?;
    Ok(Facts { page, checks, more, incidents, maintenances })
}

/// The first moment of the day, in UTC.
pub(crate) fn midnight(now: Moment) -> Moment {
    const DAY: i64 = 86_400_000_000;
    Moment::from_micros(now.micros().div_euclid(DAY).saturating_mul(DAY))
}

pub(crate) const fn days(count: u64) -> Duration {
    Duration::from_secs(count * 86_400)
}

async fn incidents(
    store: &dyn Store,
    account: Sid,
    now: Moment,
) -> Result<Vec<Incident>, StoreError> {
    let open = IncidentFilter { open: Some(true), limit: MOST_INCIDENTS, ..Default::default() };
    let from = Some(now - days(HISTORY_DAYS));
    let past =
        IncidentFilter { open: Some(false), from, limit: MOST_INCIDENTS, ..Default::default() };
    let mut all = store.incidents(account, open).await?;
    all.extend(store.incidents(account, past).await?);
    Ok(all)
}

/// The page's checks: those it names, in its order, then those it chooses by label, by name. A page that says neither has
/// all.
fn choose(page: &StatusPage, all: Vec<Check>) -> Vec<Check> {
    let place = |check: &Check| page.checks.iter().position(|name| *name == check.name);
    let labelled = |check: &Check| check.labels.iter().any(|label| page.labels.contains(label));
    let every = page.checks.is_empty() && page.labels.is_empty();
    let mut chosen: Vec<Check> = all
        .into_iter()
        .filter(|check| every || place(check).is_some() || labelled(check))
        .collect();
    chosen.sort_by_key(|check| (place(check).unwrap_or(usize::MAX), check.name.clone()));
    chosen
}

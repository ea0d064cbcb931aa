//! Incidents: one open for each key, with ids that mean but one thing.

use model::watch::{Incident, LogEntry, LogEvent};
use store::{IncidentFilter, Opened, Store, StoreError};

use crate::oncall_rows::{change, missed, name, open_rota};
use crate::rows::{account, at, open_owner, owner};
use crate::watch_rows::{author, incident, resolved};

async fn open(store: &dyn Store, key: &str, second: u64) -> Incident {
    let opened = store.open_incident(owner(), incident(key, second)).await.expect("it is kept");
    assert!(opened.new, "{key} was open");
    opened.incident
}

pub(crate) async fn an_incident_is_opened_once_until_it_ends(store: &dyn Store) {
    open_owner(store).await;
    let first = open(store, "check/shop/down", 10).await;
    assert_eq!(first, Incident { id: first.id, ..incident("check/shop/down", 10) });
    let other = open(store, "check/api/down", 11).await;
    assert_ne!(other.id, first.id);
    let mut changed = first.clone();
    changed.acknowledged = Some(author(name("ada"), 20));
    let event = LogEvent::Acknowledged(author(name("ada"), 20));
    changed.log.push(LogEntry { at: at(20), event });
    store.save_incident(owner(), changed.clone()).await.expect("it is kept");
    let again = store.open_incident(owner(), incident("check/shop/down", 30)).await;
    assert_eq!(again, Ok(Opened { incident: changed.clone(), new: false }), "as it is by now");
    let ended = resolved(changed, 40);
    store.save_incident(owner(), ended.clone()).await.expect("it is kept");
    assert_eq!(store.incident(owner(), first.id).await, Ok(Some(ended.clone())));
    let second = open(store, "check/shop/down", 50).await;
    assert!(second.id > other.id, "ids ascend");
    let back = Incident { resolved_at: None, ..ended.clone() };
    let taken = store.save_incident(owner(), back).await;
    assert_eq!(taken, Err(StoreError::Taken("check/shop/down".to_owned())));
    let closed = Incident { closed: Some(author(name("bo"), 60)), ..second };
    store.save_incident(owner(), closed.clone()).await.expect("it is kept");
    assert_eq!(store.open_incidents().await, Ok(vec![(owner(), other)]));
    let unknown = Incident { id: 404, ..closed };
    let refused = store.save_incident(owner(), unknown).await;
    assert_eq!(refused, Err(StoreError::Refused("there is no incident 404".to_owned())));
    assert_eq!(store.incident(owner(), 404).await, Ok(None));
}

pub(crate) async fn incidents_share_the_sequence_of_missed_calls(store: &dyn Store) {
    open_rota(store).await;
    let missed_call = store.miss_line_call(owner(), missed(1, 1)).await.expect("a number");
    let incident = open(store, "check/shop/down", 2).await;
    let change = store.add_override(owner(), change(0, 1)).await.expect("a number");
    assert_eq!([missed_call, incident.id, change], [1, 2, 3]);
}

pub(crate) async fn accounts_have_incidents_of_their_own(store: &dyn Store) {
    open_owner(store).await;
    store.open_account(account(2)).await.expect("it is new");
    let second = account(2).sid;
    let first = open(store, "check/shop/down", 20).await;
    let theirs = store.open_incident(second, incident("check/shop/down", 10)).await;
    let theirs = theirs.expect("it is kept");
    assert!(theirs.new);
    let both = vec![(second, theirs.incident.clone()), (owner(), first.clone())];
    assert_eq!(store.open_incidents().await, Ok(both), "oldest first");
    let all = IncidentFilter { limit: 9, ..IncidentFilter::default() };
    assert_eq!(store.incidents(owner(), all.clone()).await, Ok(vec![first]));
    assert_eq!(store.incidents(second, all).await, Ok(vec![theirs.incident]));
}

pub(crate) async fn incidents_are_listed_by_filter_and_page(store: &dyn Store) {
    open_owner(store).await;
    for second in 1..=6 {
        let check = ["shop", "api"][second as usize % 2];
        let new = incident(&format!("key/{second}"), second * 10);
        let new = Incident { check: Some(name(check)), ..new };
        let opened = store.open_incident(owner(), new).await.expect("it is kept").incident;
        if second <= 3 {
            store.save_incident(owner(), resolved(opened, 99)).await.expect("it is kept");
        }
    }
    let foreign = Incident { check: None, ..incident("monit/1", 35) };
    let foreign = store.open_incident(owner(), foreign).await.expect("it is kept").incident;
    let began = async |filter: IncidentFilter| {
        let filter = IncidentFilter { limit: filter.limit.max(9), ..filter };
        let list = store.incidents(owner(), filter).await.expect("a list");
        list.iter().map(|found| found.opened_at.micros() / 1_000_000).collect::<Vec<_>>()
    };
    let all = IncidentFilter::default;
    let check = |check| Some(name(check));
    assert_eq!(began(all()).await, [60, 50, 40, 35, 30, 20, 10], "newest first");
    assert_eq!(began(IncidentFilter { open: Some(true), ..all() }).await, [60, 50, 40, 35]);
    assert_eq!(began(IncidentFilter { open: Some(false), ..all() }).await, [30, 20, 10]);
    assert_eq!(began(IncidentFilter { check: check("shop"), ..all() }).await, [60, 40, 20]);
    let open = IncidentFilter { check: check("api"), open: Some(true), ..all() };
    assert_eq!(began(open).await, [50]);
    let between = IncidentFilter { from: Some(at(20)), until: Some(at(40)), ..all() };
    assert_eq!(began(between).await, [35, 30, 20]);
    let after = IncidentFilter { before: Some(foreign.id), ..all() };
    assert_eq!(began(after).await, [30, 20, 10]);
    let none = IncidentFilter { before: Some(404), ..all() };
    assert_eq!(began(none).await, [0; 0], "after what was forgotten there is nothing");
    let first = IncidentFilter { limit: 2, ..all() };
    assert_eq!(store.incidents(owner(), first).await.expect("a list").len(), 2);
}

pub(crate) async fn incidents_that_ended_are_forgotten_in_time(store: &dyn Store) {
    open_owner(store).await;
    for second in 1..=4 {
        let opened = open(store, &format!("key/{second}"), second).await;
        if second != 2 {
            store.save_incident(owner(), resolved(opened, 9)).await.expect("it is kept");
        }
    }
    assert_eq!(store.forget_incidents(at(4), 1).await, Ok(1), "no more than asked for");
    assert_eq!(store.forget_incidents(at(4), 9).await, Ok(1));
    assert_eq!(store.forget_incidents(at(4), 9).await, Ok(0));
    let all = IncidentFilter { limit: 9, ..IncidentFilter::default() };
    let left = store.incidents(owner(), all).await.expect("a list");
    let left: Vec<&str> = left.iter().map(|left| left.key.as_str()).collect();
    assert_eq!(left, ["key/4", "key/2"], "what goes on stays");
}

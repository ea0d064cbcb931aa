//! The watch: checks, policies, maintenance, status pages, tokens, and what stands in a file.

use model::SidKind;
use model::watch::{Check, Maintenance, Policy, StatusPage};
use store::{Store, StoreError};

use crate::oncall_rows::name;
use crate::rows::{account, at, open_owner, owner, sid};
use crate::watch_rows::{check, heartbeat, maintenance, page, policy, row, state, token, up};

pub(crate) async fn checks_come_back_change_and_are_removed(store: &dyn Store) {
    open_owner(store).await;
    let mut shop = check("shop");
    store.save_check(owner(), shop.clone()).await.expect("it is kept");
    store.save_check(owner(), check("api")).await.expect("it is kept");
    assert_eq!(store.checks(owner()).await, Ok(vec![check("api"), shop.clone()]), "by name");
    shop.paused = true;
    shop.parent = Some(name("api"));
    store.save_check(owner(), shop.clone()).await.expect("it is replaced");
    assert_eq!(store.check(owner(), &shop.name).await, Ok(Some(shop.clone())));
    let second = account(2).sid;
    store.open_account(account(2)).await.expect("it is new");
    store.save_check(second, check("shop")).await.expect("names are the account's own");
    let all = vec![(owner(), check("api")), (owner(), shop.clone()), (second, check("shop"))];
    assert_eq!(store.all_checks().await, Ok(all));
    assert_eq!(store.remove_check(owner(), &shop.name).await, Ok(true));
    assert_eq!(store.remove_check(owner(), &shop.name).await, Ok(false));
    assert_eq!(store.check(owner(), &shop.name).await, Ok(None));
    assert_eq!(store.check(second, &shop.name).await, Ok(Some(check("shop"))));
}

pub(crate) async fn a_heartbeat_is_found_by_its_token(store: &dyn Store) {
    open_owner(store).await;
    store.save_check(owner(), heartbeat("backup", "secret-1")).await.expect("it is kept");
    store.save_check(owner(), heartbeat("empty", "")).await.expect("it is kept");
    store.save_check(owner(), heartbeat("empty-too", "")).await.expect("none isn't the same");
    store.save_check(owner(), check("shop")).await.expect("it is kept");
    let found = Ok(Some((owner(), name("backup"))));
    assert_eq!(store.check_by_token("secret-1").await, found);
    assert_eq!(store.check_by_token("").await, Ok(None));
    assert_eq!(store.check_by_token("secret-2").await, Ok(None));
    let taken = store.save_check(owner(), heartbeat("other", "secret-1")).await;
    assert_eq!(taken, Err(StoreError::Taken("the token of other".to_owned())), "not the secret");
    store.save_check(owner(), heartbeat("backup", "secret-2")).await.expect("it is replaced");
    assert_eq!(store.check_by_token("secret-1").await, Ok(None));
    store.save_check(owner(), heartbeat("other", "secret-1")).await.expect("it is free");
    assert_eq!(store.remove_check(owner(), &name("backup")).await, Ok(true));
    assert_eq!(store.check_by_token("secret-2").await, Ok(None));
}

pub(crate) async fn policies_and_maintenance_come_back_and_are_removed(store: &dyn Store) {
    open_owner(store).await;
    let (mut default, mut updates) = (policy("default"), maintenance("updates"));
    store.save_policy(owner(), default.clone()).await.expect("it is kept");
    store.save_policy(owner(), policy("day")).await.expect("it is kept");
    store.save_maintenance(owner(), updates.clone()).await.expect("it is kept");
    store.save_maintenance(owner(), maintenance("move")).await.expect("it is kept");
    default.repeats = 0;
    updates.checks.clear();
    store.save_policy(owner(), default.clone()).await.expect("it is replaced");
    store.save_maintenance(owner(), updates.clone()).await.expect("it is replaced");
    assert_eq!(store.policies(owner()).await, Ok(vec![policy("day"), default.clone()]));
    assert_eq!(store.policy(owner(), &default.name).await, Ok(Some(default.clone())));
    let both = vec![maintenance("move"), updates.clone()];
    assert_eq!(store.maintenances(owner()).await, Ok(both.clone()));
    let all: Vec<_> = both.into_iter().map(|maintenance| (owner(), maintenance)).collect();
    assert_eq!(store.all_maintenances().await, Ok(all));
    assert_eq!(store.maintenance(owner(), &updates.name).await, Ok(Some(updates.clone())));
    for expected in [true, false] {
        assert_eq!(store.remove_policy(owner(), &default.name).await, Ok(expected));
        assert_eq!(store.remove_maintenance(owner(), &updates.name).await, Ok(expected));
    }
    assert_eq!(store.policy(owner(), &default.name).await, Ok(None));
    assert_eq!(store.maintenances(owner()).await, Ok(vec![maintenance("move")]));
}

pub(crate) async fn a_status_pages_name_is_unique_on_the_server(store: &dyn Store) {
    open_owner(store).await;
    store.open_account(account(2)).await.expect("it is new");
    let (second, mut shop) = (account(2).sid, page("shop"));
    store.save_status_page(owner(), shop.clone()).await.expect("it is kept");
    let taken = store.save_status_page(second, shop.clone()).await;
    assert_eq!(taken, Err(StoreError::Taken("shop".to_owned())));
    shop.public = false;
    store.save_status_page(owner(), shop.clone()).await.expect("its own is replaced");
    store.save_status_page(second, page("api")).await.expect("it is kept");
    assert_eq!(store.status_pages(owner()).await, Ok(vec![shop.clone()]));
    assert_eq!(store.status_page(owner(), &shop.name).await, Ok(Some(shop.clone())));
    assert_eq!(store.status_page(second, &shop.name).await, Ok(None));
    let found = Ok(Some((owner(), shop.clone())));
    assert_eq!(store.status_page_by_name(&shop.name).await, found);
    assert_eq!(store.remove_status_page(second, &shop.name).await, Ok(false));
    assert_eq!(store.remove_status_page(owner(), &shop.name).await, Ok(true));
    assert_eq!(store.status_page_by_name(&shop.name).await, Ok(None));
    store.save_status_page(second, page("shop")).await.expect("it is free");
}

pub(crate) async fn alert_tokens_are_found_by_their_hash(store: &dyn Store) {
    open_owner(store).await;
    store.save_alert_token(owner(), token("monit", "aa")).await.expect("it is kept");
    store.save_alert_token(owner(), token("grafana", "bb")).await.expect("it is kept");
    let both = vec![token("grafana", "bb"), token("monit", "aa")];
    assert_eq!(store.alert_tokens(owner()).await, Ok(both), "by name");
    assert_eq!(store.alert_token("aa").await, Ok(Some((owner(), token("monit", "aa")))));
    let taken = store.save_alert_token(owner(), token("other", "aa")).await;
    assert_eq!(taken, Err(StoreError::Taken("the hash of other".to_owned())));
    store.save_alert_token(owner(), token("monit", "cc")).await.expect("it is replaced");
    assert_eq!(store.alert_token("aa").await, Ok(None));
    assert_eq!(store.remove_alert_token(owner(), &name("monit")).await, Ok(true));
    assert_eq!(store.remove_alert_token(owner(), &name("monit")).await, Ok(false));
    assert_eq!(store.alert_token("cc").await, Ok(None));
}

pub(crate) async fn a_file_replaces_what_stood_in_it_and_nothing_else(store: &dyn Store) {
    open_owner(store).await;
    store.open_account(account(2)).await.expect("it is new");
    let second = account(2).sid;
    store.save_check(owner(), check("by-api")).await.expect("it is kept");
    store.save_policy(owner(), policy("by-api")).await.expect("it is kept");
    let first = |names: &[&str]| names.iter().map(|name| check(name)).collect::<Vec<_>>();
    let (default, updates, public) = (policy("default"), maintenance("updates"), page("public"));
    let replaced = store.replace_from_file(
        owner(),
        first(&["shop", "api"]),
        vec![default.clone()],
        vec![updates.clone()],
        vec![public.clone()],
    );
    replaced.await.expect("it is kept");
    let nothing = store.replace_from_file(second, first(&["shop"]), vec![], vec![], vec![]).await;
    nothing.expect("it is another account's");
    store.keep_outcomes(vec![row("shop", up(1))], vec![]).await.expect("it is kept");
    let filed = |name| Check { from_file: true, ..check(name) };
    let all = vec![filed("api"), check("by-api"), filed("shop")];
    assert_eq!(store.checks(owner()).await, Ok(all), "as from the file");
    let default = Policy { from_file: true, ..default };
    assert_eq!(store.policies(owner()).await, Ok(vec![policy("by-api"), default]));
    let updates = Maintenance { from_file: true, ..updates };
    assert_eq!(store.maintenances(owner()).await, Ok(vec![updates]));
    let public = StatusPage { from_file: true, ..public };
    assert_eq!(store.status_pages(owner()).await, Ok(vec![public]));
    let fewer = first(&["shop", "by-api"]);
    store.replace_from_file(owner(), fewer, vec![], vec![], vec![]).await.expect("it is kept");
    let all = vec![filed("by-api"), filed("shop")];
    assert_eq!(store.checks(owner()).await, Ok(all), "the file takes over");
    assert_eq!(store.policies(owner()).await, Ok(vec![policy("by-api")]));
    assert_eq!(store.maintenances(owner()).await, Ok(vec![]));
    assert_eq!(store.status_pages(owner()).await, Ok(vec![]));
    let kept = store.outcomes(owner(), &name("shop"), at(0), at(9), 9).await.expect("a list");
    assert_eq!(kept.len(), 1, "a check that stays keeps what came of it");
    assert_eq!(store.checks(second).await, Ok(vec![filed("shop")]));
}

pub(crate) async fn a_file_is_taken_as_a_whole_or_not_at_all(store: &dyn Store) {
    open_owner(store).await;
    store.open_account(account(2)).await.expect("it is new");
    store.save_status_page(account(2).sid, page("public")).await.expect("it is kept");
    store.save_check(account(2).sid, heartbeat("theirs", "secret")).await.expect("it is kept");
    let shop = vec![check("shop"), heartbeat("night", "n"), heartbeat("day", "d")];
    let first = store.replace_from_file(owner(), shop, vec![policy("default")], vec![], vec![]);
    first.await.expect("it is kept");
    let before = (store.checks(owner()).await, store.policies(owner()).await);
    let clash = store.replace_from_file(
        owner(),
        vec![check("api")],
        vec![policy("new")],
        vec![],
        vec![page("public")],
    );
    assert_eq!(clash.await, Err(StoreError::Taken("public".to_owned())));
    let token = vec![check("api"), heartbeat("ours", "secret")];
    let clash = store.replace_from_file(owner(), token, vec![], vec![], vec![]).await;
    assert_eq!(clash, Err(StoreError::Taken("the token of ours".to_owned())));
    assert_eq!((store.checks(owner()).await, store.policies(owner()).await), before);
    assert_eq!(store.check_by_token("n").await, Ok(Some((owner(), name("night")))));
    let swapped = vec![heartbeat("night", "d"), heartbeat("day", "n")];
    let moved = store.replace_from_file(owner(), swapped, vec![], vec![], vec![]).await;
    moved.expect("tokens may change hands within a file");
    assert_eq!(store.check_by_token("n").await, Ok(Some((owner(), name("day")))));
}

pub(crate) async fn states_are_kept_by_check_and_go_with_it(store: &dyn Store) {
    open_owner(store).await;
    store.open_account(account(2)).await.expect("it is new");
    let second = account(2).sid;
    for owner in [owner(), second] {
        store.save_check(owner, check("shop")).await.expect("it is kept");
    }
    store.save_check(owner(), check("api")).await.expect("it is kept");
    assert_eq!(store.check_states(owner()).await, Ok(vec![]));
    let states = vec![
        (owner(), state("shop", 1)),
        (owner(), state("api", 2)),
        (second, state("shop", 3)),
        (owner(), state("gone", 4)),
    ];
    store.keep_outcomes(vec![], states).await.expect("what is gone is left out");
    let newer = vec![(owner(), state("shop", 5))];
    store.keep_outcomes(vec![], newer).await.expect("it is replaced");
    let own = vec![state("api", 2), state("shop", 5)];
    assert_eq!(store.check_states(owner()).await, Ok(own));
    let all =
        vec![(owner(), state("api", 2)), (owner(), state("shop", 5)), (second, state("shop", 3))];
    assert_eq!(store.all_check_states().await, Ok(all));
    store.save_check(owner(), Check { paused: true, ..check("shop") }).await.expect("it is kept");
    assert_eq!(store.check_states(owner()).await.expect("a list").len(), 2, "it stays");
    assert_eq!(store.remove_check(owner(), &name("shop")).await, Ok(true));
    store.save_check(owner(), check("shop")).await.expect("a new one");
    assert_eq!(store.check_states(owner()).await, Ok(vec![state("api", 2)]));
    assert_eq!(store.check_states(second).await, Ok(vec![state("shop", 3)]));
}

pub(crate) async fn what_of_the_watch_belongs_to_no_account_is_refused(store: &dyn Store) {
    let nobody = sid(SidKind::Account, 404);
    let missing = || Err(StoreError::Missing(nobody));
    assert_eq!(store.save_check(nobody, check("shop")).await, missing());
    assert_eq!(store.save_policy(nobody, policy("default")).await, missing());
    assert_eq!(store.save_maintenance(nobody, maintenance("updates")).await, missing());
    assert_eq!(store.save_status_page(nobody, page("shop")).await, missing());
    assert_eq!(store.save_alert_token(nobody, token("monit", "aa")).await, missing());
    let file = store.replace_from_file(nobody, vec![check("shop")], vec![], vec![], vec![]);
    assert_eq!(file.await, missing());
    let incident = crate::watch_rows::incident("check/shop/down", 1);
    assert_eq!(store.open_incident(nobody, incident).await.map(|_| ()), missing());
}

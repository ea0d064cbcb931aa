//! The support line: people, rotas, lines, changes by hand, and the numbers that they share.

use model::oncall::{Override, Swap, SwapState, Told};
use store::{Store, StoreError};

use crate::oncall_rows::{
    change, line, line_call, missed, name, open_rota, person, rota, seen_by, swap,
};
use crate::rows::{account, at, open_owner, owner, sid};

pub(crate) async fn people_come_back_change_and_are_removed(store: &dyn Store) {
    open_owner(store).await;
    let mut ada = person("ada");
    store.save_person(owner(), person("bo")).await.expect("it is kept");
    store.save_person(owner(), ada.clone()).await.expect("it is kept");
    assert_eq!(store.people(owner()).await, Ok(vec![ada.clone(), person("bo")]), "by name");
    ada.phones.clear();
    ada.email = None;
    ada.zone = None;
    store.save_person(owner(), ada.clone()).await.expect("it is replaced");
    assert_eq!(store.person(owner(), &ada.name).await, Ok(Some(ada.clone())));
    assert_eq!(store.remove_person(owner(), &ada.name).await, Ok(true));
    assert_eq!(store.remove_person(owner(), &ada.name).await, Ok(false));
    assert_eq!(store.person(owner(), &ada.name).await, Ok(None));
    assert_eq!(store.people(owner()).await, Ok(vec![person("bo")]));
}

pub(crate) async fn lines_come_back_change_and_are_removed(store: &dyn Store) {
    open_owner(store).await;
    let mut support = line("support");
    store.save_line(owner(), support.clone()).await.expect("it is kept");
    store.save_line(owner(), line("sales")).await.expect("it is kept");
    assert_eq!(store.lines(owner()).await, Ok(vec![line("sales"), support.clone()]), "by name");
    support.teams.clear();
    support.voicemail = None;
    store.save_line(owner(), support.clone()).await.expect("it is replaced");
    assert_eq!(store.line(owner(), &support.name).await, Ok(Some(support.clone())));
    store.save_line_call(owner(), line_call(1, 10)).await.expect("it is kept");
    assert_eq!(store.remove_line(owner(), &support.name).await, Ok(true));
    assert_eq!(store.remove_line(owner(), &support.name).await, Ok(false));
    assert_eq!(store.line(owner(), &support.name).await, Ok(None));
    let call = line_call(1, 10);
    assert_eq!(store.line_call(owner(), call.call).await, Ok(Some(call)), "its calls stay");
}

pub(crate) async fn rotas_come_back_and_take_what_is_theirs_along(store: &dyn Store) {
    open_rota(store).await;
    store.save_rota(owner(), rota("nights")).await.expect("it is kept");
    let nights = Override { rota: name("nights"), ..change(0, 100) };
    let other = store.add_override(owner(), nights.clone()).await.expect("a number");
    store.add_override(owner(), change(0, 100)).await.expect("a number");
    let asked = store.ask_swap(owner(), swap()).await.expect("a number");
    let told = Told { handoffs: at(7), announced: at(8) };
    store.handoffs_told(owner(), &name("support"), told).await.expect("it is kept");
    store.save_rota(owner(), rota("support")).await.expect("a rota that is saved keeps its own");
    let support = name("support");
    assert_eq!(store.overrides(owner(), &support, at(0), at(9)).await.expect("a list").len(), 1);
    assert_eq!(store.told(owner(), &support).await, Ok(Some(told)));
    assert_eq!(store.rotas(owner()).await, Ok(vec![rota("nights"), rota("support")]));
    assert_eq!(store.remove_rota(owner(), &support).await, Ok(true));
    assert_eq!(store.remove_rota(owner(), &support).await, Ok(false));
    store.handoffs_told(owner(), &support, told).await.expect("nothing happens");
    assert_eq!(store.rota(owner(), &support).await, Ok(None));
    assert_eq!(store.told(owner(), &support).await, Ok(None));
    assert_eq!(store.swap(owner(), asked).await, Ok(None));
    assert_eq!(store.overrides(owner(), &support, at(0), at(9)).await, Ok(Vec::new()));
    let kept = vec![Override { id: other, ..nights }];
    assert_eq!(store.overrides(owner(), &name("nights"), at(0), at(9)).await, Ok(kept));
}

pub(crate) async fn every_accounts_rotas_are_listed_together(store: &dyn Store) {
    open_rota(store).await;
    let second = account(2);
    store.open_account(second.clone()).await.expect("it is new");
    store.save_rota(second.sid, rota("support")).await.expect("names are the account's own");
    store.save_rota(second.sid, rota("nights")).await.expect("it is kept");
    let all = vec![
        (owner(), rota("support")),
        (second.sid, rota("nights")),
        (second.sid, rota("support")),
    ];
    assert_eq!(store.all_rotas().await, Ok(all));
    assert_eq!(store.remove_rota(owner(), &name("support")).await, Ok(true));
    assert_eq!(store.rotas(second.sid).await.expect("a list").len(), 2);
}

pub(crate) async fn handoffs_told_are_kept_by_rota(store: &dyn Store) {
    open_rota(store).await;
    let support = name("support");
    assert_eq!(store.told(owner(), &support).await, Ok(None));
    for second in [5, 9] {
        let told = Told { handoffs: at(second), announced: at(second + 60) };
        store.handoffs_told(owner(), &support, told).await.expect("it is kept");
        assert_eq!(store.told(owner(), &support).await, Ok(Some(told)));
    }
}

pub(crate) async fn overrides_are_found_where_they_touch(store: &dyn Store) {
    open_rota(store).await;
    let mut ids = Vec::new();
    for (from, until) in [(50, 60), (10, 20), (20, 30), (0, 100)] {
        ids.push(store.add_override(owner(), change(from, until)).await.expect("a number"));
    }
    assert!(ids.is_sorted(), "{ids:?}");
    let found = async |from, until| {
        let found = store.overrides(owner(), &name("support"), at(from), at(until)).await;
        let found = found.expect("a list");
        found.iter().map(|found| found.from.micros() / 1_000_000).collect::<Vec<_>>()
    };
    assert_eq!(found(0, 100).await, [50, 10, 20, 0], "by id");
    assert_eq!(found(15, 20).await, [10, 0], "what begins at the end is outside");
    assert_eq!(found(20, 25).await, [20, 0], "what ends at the beginning, too");
    assert_eq!(found(20, 20).await, [20, 0], "a moment is enough");
    assert_eq!(found(100, 200).await, [0; 0]);
    let all = store.overrides(owner(), &name("support"), at(55), at(56)).await;
    let first = Override { id: ids[0], ..change(50, 60) };
    assert_eq!(all, Ok(vec![first, Override { id: ids[3], ..change(0, 100) }]));
    assert_eq!(store.remove_override(owner(), ids[3]).await, Ok(true));
    assert_eq!(store.remove_override(owner(), ids[3]).await, Ok(false));
    assert_eq!(found(0, 100).await, [50, 10, 20]);
}

pub(crate) async fn swaps_are_asked_accepted_and_taken_back(store: &dyn Store) {
    open_rota(store).await;
    let id = store.ask_swap(owner(), swap()).await.expect("a number");
    let asked = Swap { id, ..swap() };
    assert_eq!(store.swap(owner(), id).await, Ok(Some(asked.clone())));
    let accepted = Swap { state: SwapState::Accepted, decided_at: Some(at(60)), ..asked.clone() };
    let changes = vec![change(100, 200), change(300, 400)];
    let decided = store.decide_swap(owner(), accepted.clone(), SwapState::Asked, changes).await;
    let decided = decided.expect("it was asked");
    let expected = Swap { overrides: decided.overrides.clone(), ..accepted.clone() };
    assert_eq!(decided, expected);
    assert_eq!(store.swap(owner(), id).await, Ok(Some(decided.clone())));
    let support = name("support");
    let found = store.overrides(owner(), &support, at(0), at(999)).await.expect("a list");
    assert_eq!(found.iter().map(|change| change.id).collect::<Vec<_>>(), decided.overrides);
    let late = store.decide_swap(owner(), accepted, SwapState::Asked, vec![change(1, 2)]).await;
    assert_eq!(late, Err(StoreError::Missing(owner())), "it isn't asked any more");
    let back = Swap { state: SwapState::TakenBack, decided_at: Some(at(70)), ..asked };
    let back = store.decide_swap(owner(), back.clone(), SwapState::Accepted, Vec::new()).await;
    let back = back.expect("it was accepted");
    assert_eq!((back.state, back.overrides.as_slice()), (SwapState::TakenBack, [].as_slice()));
    assert_eq!(store.overrides(owner(), &support, at(0), at(999)).await, Ok(Vec::new()));
    let nobodys = Swap { id: 404, ..back };
    let none = store.decide_swap(owner(), nobodys, SwapState::TakenBack, Vec::new()).await;
    assert_eq!(none, Err(StoreError::Missing(owner())));
}

pub(crate) async fn swaps_are_listed_by_state_newest_first(store: &dyn Store) {
    open_rota(store).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(store.ask_swap(owner(), swap()).await.expect("a number"));
    }
    let refused = Swap { id: ids[1], state: SwapState::Refused, ..swap() };
    store.decide_swap(owner(), refused, SwapState::Asked, Vec::new()).await.expect("it is asked");
    let listed = async |state| {
        let swaps = store.swaps(owner(), state).await.expect("a list");
        swaps.into_iter().map(|swap| swap.id).collect::<Vec<_>>()
    };
    assert_eq!(listed(None).await, [ids[2], ids[1], ids[0]]);
    assert_eq!(listed(Some(SwapState::Asked)).await, [ids[2], ids[0]]);
    assert_eq!(listed(Some(SwapState::Refused)).await, [ids[1]]);
    assert_eq!(listed(Some(SwapState::Accepted)).await, [0; 0]);
}

pub(crate) async fn overrides_swaps_and_missed_calls_share_one_sequence(store: &dyn Store) {
    open_rota(store).await;
    let mut numbers = vec![store.miss_line_call(owner(), missed(1, 10)).await.expect("a number")];
    numbers.push(store.add_override(owner(), change(0, 1)).await.expect("a number"));
    numbers.push(store.ask_swap(owner(), swap()).await.expect("a number"));
    numbers.push(store.miss_line_call(owner(), missed(2, 20)).await.expect("a number"));
    assert_eq!(numbers, [1, 2, 3, 4]);
    let ack = store.acknowledge_line_call(owner(), 3, seen_by("ada", 9)).await;
    assert_eq!(ack, Ok(None), "that is a swap");
    let second = account(2);
    store.open_account(second.clone()).await.expect("it is new");
    store.save_rota(second.sid, rota("support")).await.expect("it is kept");
    assert_eq!(store.ask_swap(second.sid, swap()).await, Ok(1), "each account counts for itself");
    assert_eq!(store.swap(second.sid, 3).await, Ok(None));
    assert_eq!(store.remove_override(second.sid, 2).await, Ok(false));
}

pub(crate) async fn what_belongs_to_no_account_or_rota_is_refused(store: &dyn Store) {
    open_owner(store).await;
    let nobody = sid(model::SidKind::Account, 404);
    let missing = StoreError::Missing(nobody);
    assert_eq!(store.save_person(nobody, person("ada")).await, Err(missing.clone()));
    assert_eq!(store.save_rota(nobody, rota("support")).await, Err(missing.clone()));
    assert_eq!(store.save_line(nobody, line("support")).await, Err(missing.clone()));
    assert_eq!(store.add_override(nobody, change(0, 1)).await, Err(missing.clone()));
    assert_eq!(store.ask_swap(nobody, swap()).await, Err(missing.clone()));
    assert_eq!(store.save_line_call(nobody, line_call(1, 1)).await, Err(missing.clone()));
    assert_eq!(store.miss_line_call(nobody, missed(1, 1)).await, Err(missing.clone()));
    let mail = model::oncall::Mail { account: nobody, ..crate::oncall_rows::mail("a", 1) };
    assert_eq!(store.post_mail(mail).await, Err(missing));
    let no_rota = StoreError::Refused("there is no rota 'support'".to_owned());
    assert_eq!(store.add_override(owner(), change(0, 1)).await, Err(no_rota.clone()));
    assert_eq!(store.ask_swap(owner(), swap()).await, Err(no_rota));
    assert_eq!(store.miss_line_call(owner(), missed(1, 1)).await, Ok(1), "no number was used up");
}

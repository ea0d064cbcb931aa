//! What texts are sent through: services, senders, short codes, applications, and the handsets of the virtual carrier.

use model::{SidKind, TextRouting};
use store::{Handset, Page, Store, StoreError};

use crate::rows::{account, at, number, open_owner, owner, sid};
use crate::text_rows::{
    application, create, inbox_entry, message_sid, new, sender, service, service_sid, short_code,
    who,
};

/// More rows than any test has.
const MANY: u32 = 1000;

pub(crate) async fn services_come_back_change_and_are_closed(store: &dyn Store) {
    open_owner(store).await;
    let mut changed = service(1);
    assert_eq!(store.change_service(changed.clone()).await, Err(StoreError::Missing(changed.sid)));
    store.open_service(service(1)).await.expect("it is new");
    store.open_service(service(2)).await.expect("it is new");
    let again = store.open_service(service(1)).await;
    assert_eq!(again, Err(StoreError::Taken(changed.sid.to_string())));
    assert_eq!(store.service(changed.sid).await, Ok(Some(changed.clone())));
    changed.use_inbound_webhook_on_number = true;
    changed.sticky_sender = false;
    changed.validity = std::time::Duration::from_secs(1);
    changed.callback = None;
    changed.inbound = TextRouting::default();
    store.change_service(changed.clone()).await.expect("it exists");
    let listed = store.services(owner(), Page::default()).await.expect("a list");
    assert_eq!(listed.items, [service(2), changed.clone()]);
    assert_eq!(store.close_service(changed.sid).await, Ok(true));
    assert_eq!(store.close_service(changed.sid).await, Ok(false));
    assert_eq!(store.service(changed.sid).await, Ok(None));
}

pub(crate) async fn a_sender_is_in_one_service_at_most(store: &dyn Store) {
    open_owner(store).await;
    store.open_service(service(1)).await.expect("it is new");
    store.open_service(service(2)).await.expect("it is new");
    let one = sender(sid(SidKind::Number, 1), 1, "+14155550123");
    store.add_sender(one.clone()).await.expect("it is in none");
    let elsewhere = sender(one.sid, 2, "+14155550123");
    let taken = Err(StoreError::Taken(one.sid.to_string()));
    assert_eq!(store.add_sender(elsewhere.clone()).await, taken);
    let nowhere = sender(sid(SidKind::Number, 2), 404, "+14155550124");
    let missing = Err(StoreError::Missing(service_sid(404)));
    assert_eq!(store.add_sender(nowhere).await, missing);
    assert_eq!(store.sender(one.sid).await, Ok(Some(one.clone())));
    assert_eq!(store.remove_sender(one.sid).await, Ok(true));
    assert_eq!(store.remove_sender(one.sid).await, Ok(false));
    store.add_sender(elsewhere.clone()).await.expect("it is in none any more");
    assert_eq!(store.sender(one.sid).await, Ok(Some(elsewhere)));
}

pub(crate) async fn senders_are_listed_by_kind(store: &dyn Store) {
    open_owner(store).await;
    store.open_service(service(1)).await.expect("it is new");
    store.open_service(service(2)).await.expect("it is new");
    let numbers = [1, 2]
        .map(|digits| sender(sid(SidKind::Number, digits), 1, &format!("+1415555000{digits}")));
    let code = sender(sid(SidKind::ShortCode, 3), 1, "12345");
    let name = sender(sid(SidKind::AlphaSender, 4), 1, "ALO");
    let other = sender(sid(SidKind::Number, 5), 2, "+14155550005");
    for sender in [&numbers[0], &numbers[1], &code, &name, &other] {
        store.add_sender(sender.clone()).await.expect("it is in none");
    }
    let list = async |kind, page| {
        let listing = store.senders(owner(), service_sid(1), kind, page).await.expect("a list");
        (listing.items, listing.more)
    };
    let first = list(SidKind::Number, Page::first(1)).await;
    assert_eq!(first, (vec![numbers[1].clone()], true));
    store.remove_sender(numbers[1].sid).await.expect("it is there");
    let rest = list(SidKind::Number, Page::first(1).after(numbers[1].sid)).await;
    assert_eq!(rest, (vec![numbers[0].clone()], false));
    assert_eq!(list(SidKind::ShortCode, Page::default()).await, (vec![code.clone()], false));
    assert_eq!(list(SidKind::AlphaSender, Page::default()).await, (vec![name.clone()], false));
    let all = store.all_senders(service_sid(1)).await;
    assert_eq!(all, Ok(vec![name, numbers[0].clone(), code]), "of the same moment, by SID");
    store.close_service(service_sid(1)).await.expect("it exists");
    assert_eq!(store.all_senders(service_sid(1)).await, Ok(Vec::new()));
    assert_eq!(store.sender(other.sid).await, Ok(Some(other)));
}

pub(crate) async fn a_number_that_is_given_up_leaves_its_service(store: &dyn Store) {
    open_owner(store).await;
    store.open_service(service(1)).await.expect("it is new");
    let number = number(1, "+14155550123");
    store.buy_number(number.clone()).await.expect("nobody has it");
    store.add_short_code(short_code(2, "12345")).await.expect("nobody has it");
    let code = short_code(2, "12345").sid;
    for (sid, address) in [(number.sid, "+14155550123"), (code, "12345")] {
        store.add_sender(sender(sid, 1, address)).await.expect("it is in none");
    }
    assert_eq!(store.release_number(number.sid).await, Ok(true));
    assert_eq!(store.sender(number.sid).await, Ok(None));
    assert_eq!(store.remove_short_code(code).await, Ok(true));
    assert_eq!(store.all_senders(service_sid(1)).await, Ok(Vec::new()));
}

pub(crate) async fn a_closed_service_forgets_who_got_which_sender(store: &dyn Store) {
    open_owner(store).await;
    store.open_service(service(1)).await.expect("it is new");
    let mut sticky = new(1);
    sticky.message.record.service = Some(service_sid(1));
    sticky.sticky = true;
    create(store, sticky).await;
    store.close_service(service_sid(1)).await.expect("it exists");
    assert_eq!(store.sticky_sender(service_sid(1), &who("+14155550123")).await, Ok(None));
}

pub(crate) async fn short_codes_come_back_change_and_are_removed(store: &dyn Store) {
    open_owner(store).await;
    store.open_account(account(2)).await.expect("another account");
    let mut code = short_code(1, "12345");
    assert_eq!(store.change_short_code(code.clone()).await, Err(StoreError::Missing(code.sid)));
    store.add_short_code(code.clone()).await.expect("nobody has it");
    store.add_short_code(short_code(2, "54321")).await.expect("nobody has it");
    let mut strangers = short_code(3, "12345");
    strangers.account = sid(SidKind::Account, 2);
    let taken = Err(StoreError::Taken("12345".to_owned()));
    assert_eq!(store.add_short_code(strangers).await, taken);
    code.friendly_name.replace_range(.., "Votes");
    code.text = TextRouting::default();
    store.change_short_code(code.clone()).await.expect("it exists");
    assert_eq!(store.short_code(code.sid).await, Ok(Some(code.clone())));
    assert_eq!(store.short_code_texted("12345").await, Ok(Some(code.clone())));
    assert_eq!(store.short_code_texted("1234").await, Ok(None));
    let list = async |code: Option<&str>, name: Option<&str>| {
        let (code, name) = (code.map(str::to_owned), name.map(str::to_owned));
        store.short_codes(owner(), code, name, Page::default()).await.expect("a list").items
    };
    assert_eq!(list(None, None).await, [short_code(2, "54321"), code.clone()]);
    assert_eq!(list(Some("54321"), None).await, [short_code(2, "54321")]);
    assert_eq!(list(None, Some("Votes")).await, [code.clone()]);
    assert_eq!(list(Some("54321"), Some("Votes")).await, []);
    assert_eq!(store.remove_short_code(code.sid).await, Ok(true));
    assert_eq!(store.remove_short_code(code.sid).await, Ok(false));
}

pub(crate) async fn numbers_of_an_application_that_is_removed_use_their_own(store: &dyn Store) {
    open_owner(store).await;
    let mut changed = application(1);
    let missing = Err(StoreError::Missing(changed.sid));
    assert_eq!(store.change_application(changed.clone()).await, missing);
    store.add_application(application(1)).await.expect("it is new");
    store.add_application(application(2)).await.expect("it is new");
    let taken = Err(StoreError::Taken(changed.sid.to_string()));
    assert_eq!(store.add_application(application(1)).await, taken);
    changed.message_callback = Some("https://app.example/status".to_owned());
    changed.caller_name_lookup = false;
    changed.voice = model::VoiceRouting::default();
    store.change_application(changed.clone()).await.expect("it exists");
    assert_eq!(store.application(changed.sid).await, Ok(Some(changed.clone())));
    let named = store.applications(owner(), Some("Application 2".to_owned()), Page::default());
    assert_eq!(named.await.expect("a list").items, [application(2)]);
    let mut number = number(1, "+14155550123");
    number.voice_application = Some(changed.sid);
    number.sms_application = Some(application(2).sid);
    store.buy_number(number.clone()).await.expect("nobody has it");
    assert_eq!(store.number(number.sid).await, Ok(Some(number.clone())));
    assert_eq!(store.remove_application(changed.sid).await, Ok(true));
    assert_eq!(store.remove_application(changed.sid).await, Ok(false));
    number.voice_application = None;
    assert_eq!(store.number(number.sid).await, Ok(Some(number.clone())));
    assert_eq!(store.remove_application(application(2).sid).await, Ok(true));
    number.sms_application = None;
    assert_eq!(store.number(number.sid).await, Ok(Some(number)));
    let none = store.applications(owner(), None, Page::default()).await.expect("a list");
    assert_eq!((none.items, none.more), (Vec::new(), false));
}

pub(crate) async fn a_handset_shows_each_message_once_in_order(store: &dyn Store) {
    let (ada, bea) = ("+14155550001", "+14155550002");
    let mut ids = Vec::new();
    for message in 1..=4 {
        let mut entry = inbox_entry(message, ada);
        entry.at = at(message as u64);
        ids.push(store.add_to_inbox(entry).await.expect("it is kept"));
    }
    assert!(ids.is_sorted());
    assert_eq!(store.add_to_inbox(inbox_entry(2, ada)).await, Ok(ids[1]), "a repetition");
    let mut written = inbox_entry(2, ada);
    written.written_here = true;
    written.media.clear();
    written.id = store.add_to_inbox(written.clone()).await.expect("it is kept");
    let show = async |after, limit| {
        let handset = ada.parse().expect("a number");
        store.inbox(&handset, after, limit).await.expect("a list")
    };
    let shown = show(ids[1], MANY).await;
    assert_eq!(
        shown.iter().map(|entry| entry.id).collect::<Vec<_>>(),
        [ids[2], ids[3], written.id]
    );
    assert_eq!(shown[2], written);
    assert_eq!(shown[0].message, message_sid(3));
    assert_eq!(show(0, 1).await, [written.clone()], "the last ones");
    store.add_to_inbox(inbox_entry(2, bea)).await.expect("it is kept");
    let handset = |number: &str, entries| Handset {
        number: number.parse().expect("a number"),
        entries,
        last_at: at(400),
    };
    assert_eq!(store.handsets(MANY).await, Ok(vec![handset(bea, 1), handset(ada, 5)]));
    assert_eq!(store.handsets(1).await, Ok(vec![handset(bea, 1)]));
}

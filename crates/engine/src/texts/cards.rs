//! What is remembered of our own addresses: whose a number or short code is, what happens when it is texted, and the
//! services with their senders.
//!
//! Read from the store when first asked for, forgotten as a whole when one of them changes, and when there are too many.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use model::{Correspondent, Sender, Service, Sid, TextRouting};
use store::{NumberFilter, Page, Store, StoreError};

/// Most addresses, and most services, that are remembered; one more, and all are forgotten.
const MOST: usize = 100_000;

/// An address of ours.
#[derive(Debug)]
pub(crate) struct Card {
    /// Whose it is.
    pub(crate) account: Sid,
    /// What happens when it is texted: its own routing, or its application's.
    pub(crate) routing: TextRouting,
    /// The service it is a sender of.
    pub(crate) service: Option<Arc<ServiceCard>>,
    /// ISO 3166-1 code of its country.
    pub(crate) country: Option<String>,
}

impl Card {
    /// Under what its receivers opt out: its service, else itself.
    pub(crate) fn scope(&self, address: &Correspondent) -> String {
        match &self.service {
            Some(card) => card.service.sid.to_string(),
            None => address.to_string(),
        }
    }
}

/// A service and its senders.
#[derive(Debug)]
pub(crate) struct ServiceCard {
    pub(crate) service: Service,
    pub(crate) senders: Vec<Sender>,
}

/// What is remembered.
#[derive(Default)]
pub(crate) struct Cards {
    addresses: Shelf<Correspondent, Arc<Card>>,
    services: Shelf<Sid, Option<Arc<ServiceCard>>>,
    /// Every address of ours, so that the many that aren't cost no look into the store.
    ours: Shelf<(), Arc<HashSet<Correspondent>>>,
    /// Whether the numbers of a block of ten thousand are fixed lines, which the numbering metadata takes long to tell.
    blocks: Shelf<String, bool>,
}

/// Entries by key, all of one age: one that was being read while they were forgotten is not kept.
struct Shelf<K, V> {
    age: AtomicU64,
    kept: Mutex<HashMap<K, V>>,
}

impl<K, V> Default for Shelf<K, V> {
    fn default() -> Shelf<K, V> {
        Shelf { age: AtomicU64::new(0), kept: Mutex::default() }
    }
}

impl<K: Eq + Hash, V: Clone> Shelf<K, V> {
    fn find(&self, key: &K) -> Option<V> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn age(&self) -> u64 {
        self.age.load(Ordering::Acquire)
    }

    fn keep(&self, age: u64, key: K, value: V) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if self.age() != age {
            return;
        }
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(key, value);
    }

    fn forget(&self) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        self.age.fetch_add(1, Ordering::Release);
        kept.clear();
    }
}

impl Cards {
    /// Everything is read anew.
    pub(crate) fn forget(&self) {
        self.addresses.forget();
        self.services.forget();
        self.ours.forget();
    }

    /// Whether an address is one of ours.
    pub(crate) async fn is_ours(
        &self,
        store: &dyn Store,
        address: &Correspondent,
    ) -> Result<bool, StoreError> {
        if let Some(ours) = self.ours.find(&()) {
            return Ok(ours.contains(address));
        }
        let age = self.ours.age();
        let ours = Arc::new(every_address(store).await?);
        self.ours.keep(age, (), Arc::clone(&ours));
        Ok(ours.contains(address))
    }

    /// Whether the numbering plan says that a number is a fixed line. Plans give numbers away in blocks of ten thousand,
    /// so one of a block stands for all.
    pub(crate) fn is_fixed_line(&self, address: &Correspondent) -> bool {
        let Some(number) = address.number() else { return false };
        let digits = number.digits();
        let block = digits[..digits.len().saturating_sub(4)].to_owned();
        if let Some(known) = self.blocks.find(&block) {
            return known;
        }
        let fixed = number.is_fixed_line();
        self.blocks.keep(self.blocks.age(), block, fixed);
        fixed
    }

    /// The card of an address, if it is one of ours.
    pub(crate) async fn of(
        &self,
        store: &dyn Store,
        address: &Correspondent,
    ) -> Result<Option<Arc<Card>>, StoreError> {
        if let Some(known) = self.addresses.find(address) {
            return Ok(Some(known));
        }
        if !self.is_ours(store, address).await? {
            return Ok(None);
        }
        let age = self.addresses.age();
        let card = self.read(store, address).await?.map(Arc::new);
        if let Some(card) = &card {
            self.addresses.keep(age, address.clone(), Arc::clone(card));
        }
        Ok(card)
    }

    /// The card of a service.
    pub(crate) async fn service(
        &self,
        store: &dyn Store,
        sid: Sid,
    ) -> Result<Option<Arc<ServiceCard>>, StoreError> {
        if let Some(known) = self.services.find(&sid) {
            return Ok(known);
        }
        let age = self.services.age();
        let card = match store.service(sid).await? {
            Some(service) => {
                let senders = store.all_senders(sid).await?;
                Some(Arc::new(ServiceCard { service, senders }))
            }
            None => None,
        };
        self.services.keep(age, sid, card.clone());
        Ok(card)
    }

    async fn read(
        &self,
        store: &dyn Store,
        address: &Correspondent,
    ) -> Result<Option<Card>, StoreError> {
        let (sid, account, own, application, country) = match address {
            Correspondent::Number(number) => match store.number_called(number).await? {
                Some(record) => {
                    let country = record.number.country();
                    (record.sid, record.account, record.text, record.sms_application, country)
                }
                None => return Ok(None),
            },
            Correspondent::ShortCode(code) => match store.short_code_texted(code).await? {
                Some(record) => (record.sid, record.account, record.text, None, None),
                None => return Ok(None),
            },
            Correspondent::Alpha(_)
            | Correspondent::Client(_)
            | Correspondent::Sip(_)
            | Correspondent::Other(_) => return Ok(None),
        };
        let shared = match application {
            Some(sid) => store.application(sid).await?,
            None => None,
        };
        let routing = shared.map_or(own, |application| application.text);
        let service = match store.sender(sid).await? {
            Some(sender) => self.service(store, sender.service).await?,
            None => None,
        };
        Ok(Some(Card { account, routing, service, country }))
    }
}

/// Numbers and short codes of every account.
async fn every_address(store: &dyn Store) -> Result<HashSet<Correspondent>, StoreError> {
    let mut ours = HashSet::new();
    for account in store.accounts().await? {
        let mut page = Page::first(Page::LARGEST);
        loop {
            let listing = store.numbers(account.sid, NumberFilter::default(), page).await?;
            ours.extend(listing.items.iter().map(|it| Correspondent::Number(it.number.clone())));
            match listing.items.last() {
                Some(last) if listing.more => page = page.after(last.sid),
                Some(_) | None => break,
            }
        }
        let mut page = Page::first(Page::LARGEST);
        loop {
            let listing = store.short_codes(account.sid, None, None, page).await?;
            ours.extend(listing.items.iter().map(|it| Correspondent::ShortCode(it.code.clone())));
            match listing.items.last() {
                Some(last) if listing.more => page = page.after(last.sid),
                Some(_) | None => break,
            }
        }
    }
    Ok(ours)
}

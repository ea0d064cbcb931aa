//! What handlers share: the store, the time, and pages as they were made a moment ago.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::HeaderMap;
use model::oncall::Name;
use model::watch::StatusPage;
use model::{Moment, Sid};
use store::{Store, StoreError};

use crate::auth;
use crate::facts;
use crate::view::PageView;

/// A page is made anew after this time: a year of hours isn't read for each reader of a page that many look at.
pub(crate) const KEPT_FOR: Duration = Duration::from_secs(10);
/// Pages kept. When full, all are forgotten.
const KEPT_PAGES: usize = 256;

/// The status pages of a server.
pub(crate) struct Site {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) now: Box<dyn Fn() -> Moment + Send + Sync>,
    /// Where this server is reached.
    pub(crate) url: String,
    pages: Mutex<BTreeMap<Name, Shelf>>,
}

/// A page as it was made; held while it is made anew, so that many readers have it made once.
type Shelf = Arc<tokio::sync::Mutex<Option<Kept>>>;

struct Kept {
    account: Sid,
    page: StatusPage,
    view: Arc<PageView>,
}

/// What is shown of a page to this reader.
pub(crate) enum Seen {
    /// It.
    Page(Arc<PageView>),
    /// There is none of this name.
    None,
    /// It is private.
    Private,
}

impl Site {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        now: Box<dyn Fn() -> Moment + Send + Sync>,
        url: String,
    ) -> Site {
        Site { store, now, url, pages: Mutex::default() }
    }

    /// The page of this name, if whoever sends these headers may see it.
    pub(crate) async fn see(&self, name: &str, headers: &HeaderMap) -> Result<Seen, StoreError> {
        let Ok(name) = name.parse::<Name>() else { return Ok(Seen::None) };
        let Some((account, page)) = self.store.status_page_by_name(&name).await? else {
            return Ok(Seen::None);
        };
        if !page.public {
            let owner = self.store.account(account).await?;
            if !auth::opens(owner.as_ref(), headers) {
                return Ok(Seen::Private);
            }
        }
        Ok(Seen::Page(self.made(account, page).await?))
    }

    async fn made(&self, account: Sid, page: StatusPage) -> Result<Arc<PageView>, StoreError> {
        let shelf = self.shelf(&page.name);
        let mut kept = shelf.lock().await;
        let now = (self.now)();
        let fresh = kept.as_ref().filter(|kept| {
            let same = kept.account == account && kept.page == page;
            same && kept.view.at <= now && now.since(kept.view.at) < KEPT_FOR
        });
        if let Some(kept) = fresh {
            return Ok(Arc::clone(&kept.view));
        }
        let facts = facts::gather(self.store.as_ref(), account, page.clone(), now).await?;
        let view = Arc::new(PageView::new(&facts, now));
        *kept = Some(Kept { account, page, view: Arc::clone(&view) });
        Ok(view)
    }

    fn shelf(&self, name: &Name) -> Shelf {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.len() >= KEPT_PAGES && !pages.contains_key(name) {
            pages.clear();
        }
        Arc::clone(pages.entry(name.clone()).or_default())
    }
}

//! What every handler shares: the engine, the settings, accounts as they are known, and the count of failed
//! authentications.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use engine::Engine;
use model::{Account, Sid};
use store::{Store, StoreError};

use crate::errors::ApiError;
use crate::failures::Failures;
use crate::settings::Settings;

/// The state of the router.
pub(crate) struct Api {
    pub(crate) engine: Engine,
    pub(crate) settings: Settings,
    /// Held for the length of a look-up, never across an await.
    pub(crate) failures: Mutex<Failures>,
    accounts: Mutex<Known>,
    warned: Mutex<BTreeSet<&'static str>>,
}

/// Accounts that have asked before: every request asks for one, and this server alone changes them while it runs. There
/// are as many as were opened, which is few.
#[derive(Default)]
struct Known {
    accounts: HashMap<Sid, Account>,
    /// How often all were forgotten, so that one that was read before isn't kept after.
    forgotten: u64,
}

impl Api {
    pub(crate) fn new(engine: Engine, settings: Settings) -> Arc<Api> {
        let failures = Mutex::new(Failures::after(settings.auth_failures));
        let (accounts, warned) = (Mutex::default(), Mutex::default());
        Arc::new(Api { engine, settings, failures, accounts, warned })
    }

    pub(crate) fn store(&self) -> &dyn Store {
        self.engine.store().as_ref()
    }

    /// The account, open or closed.
    pub(crate) async fn account(&self, sid: Sid) -> Result<Option<Account>, StoreError> {
        let forgotten = {
            let known = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(account) = known.accounts.get(&sid) {
                return Ok(Some(account.clone()));
            }
            known.forgotten
        };
        let account = self.store().account(sid).await?;
        let mut known = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(account) = account.as_ref().filter(|_| known.forgotten == forgotten) {
            known.accounts.insert(sid, account.clone());
        }
        Ok(account)
    }

    /// To be called after a change of an account in the store.
    pub(crate) fn account_changed(&self) {
        let mut known = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        known.accounts.clear();
        known.forgotten += 1;
        self.engine.reload_accounts();
    }

    /// Whether `who` may do what concerns the whole server; everybody may where there is no administrator.
    pub(crate) fn administers(&self, who: Sid) -> bool {
        self.settings.admin.is_none_or(|admin| admin == who)
    }

    /// The same as a refusal that says what is the administrator's.
    pub(crate) fn needs_administrator(&self, who: Sid, what: &str) -> Result<(), ApiError> {
        if self.administers(who) {
            return Ok(());
        }
        let message = format!("{what} are the administrator's: ask with that account");
        Err(ApiError::forbidden(message))
    }

    /// Says in the log, once, that parameters are taken but change nothing.
    pub(crate) fn warn_ignored(&self, names: impl Iterator<Item = &'static str>) {
        for name in names {
            if self.warned.lock().unwrap_or_else(PoisonError::into_inner).insert(name) {
                tracing::warn!(parameter = name, "a parameter is not built and ignored");
            }
        }
    }
}

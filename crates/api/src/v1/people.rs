//! `/v1/people`: those who take calls, and their phones.

use async_trait::async_trait;
use model::Sid;
use model::oncall::{Name, Person};
use store::{Store, StoreError};

use crate::api::Api;
use crate::auth::Caller;
use crate::errors::ApiError;
use crate::v1::check;
use crate::v1::named::Named;

#[async_trait]
impl Named for Person {
    const LIST: &'static str = "people";
    const ONE: (&'static str, &'static str) = ("person", "them");
    const MOST: usize = 1000;

    fn name(&self) -> &Name {
        &self.name
    }

    async fn all(store: &dyn Store, account: Sid) -> Result<Vec<Person>, StoreError> {
        store.people(account).await
    }

    async fn one(
        store: &dyn Store,
        account: Sid,
        name: &Name,
    ) -> Result<Option<Person>, StoreError> {
        store.person(account, name).await
    }

    async fn check(&self, _: &Api, _: &Caller, _: Option<&Person>) -> Result<(), ApiError> {
        check::person(self)
    }

    async fn keep(&self, api: &Api, caller: &Caller) -> Result<(), ApiError> {
        Ok(api.store().save_person(caller.account.sid, self.clone()).await?)
    }

    /// Rotas and lines keep the name: whose turn it is then is nobody's.
    async fn forget(api: &Api, caller: &Caller, name: &Name) -> Result<bool, ApiError> {
        Ok(api.store().remove_person(caller.account.sid, name).await?)
    }
}

/// The person that a document or a query names in `field`; 400 if there is none.
pub(crate) async fn person_of(
    api: &Api,
    caller: &Caller,
    field: &str,
    name: &Name,
) -> Result<Person, ApiError> {
    let found = api.store().person(caller.account.sid, name).await?;
    found.ok_or_else(|| ApiError::invalid(format!("{field}: there is no person '{name}'")))
}

//! `/v1/rotas`: who takes turns. Who is on duty by them is in `duty.rs`.

use async_trait::async_trait;
use model::oncall::{Name, Rota};
use model::{Party, Sid};
use store::{Store, StoreError};

use crate::api::Api;
use crate::auth::Caller;
use crate::calls::own_number;
use crate::errors::ApiError;
use crate::v1::check;
use crate::v1::named::Named;

#[async_trait]
impl Named for Rota {
    const LIST: &'static str = "rotas";
    const ONE: (&'static str, &'static str) = ("rota", "it");
    const MOST: usize = 200;

    fn name(&self) -> &Name {
        &self.name
    }

    async fn all(store: &dyn Store, account: Sid) -> Result<Vec<Rota>, StoreError> {
        store.rotas(account).await
    }

    async fn one(store: &dyn Store, account: Sid, name: &Name) -> Result<Option<Rota>, StoreError> {
        store.rota(account, name).await
    }

    async fn check(
        &self,
        api: &Api,
        caller: &Caller,
        before: Option<&Rota>,
    ) -> Result<(), ApiError> {
        check(api, caller, self, before).await
    }

    async fn keep(&self, api: &Api, caller: &Caller) -> Result<(), ApiError> {
        keep(api, caller, self).await
    }

    /// With its overrides and swaps.
    async fn forget(api: &Api, caller: &Caller, name: &Name) -> Result<bool, ApiError> {
        let gone = api.store().remove_rota(caller.account.sid, name).await?;
        if gone {
            api.engine.duty_changed();
        }
        Ok(gone)
    }
}

/// Whether it can be kept in place of `before`.
pub(crate) async fn check(
    api: &Api,
    caller: &Caller,
    rota: &Rota,
    before: Option<&Rota>,
) -> Result<(), ApiError> {
    check::rota(rota)?;
    let newcomers = check::newcomers(rota, before);
    if !newcomers.is_empty() {
        let people = api.store().people(caller.account.sid).await?;
        let unknown = newcomers.iter().find(|name| people.iter().all(|known| known.name != **name));
        if let Some(name) = unknown {
            let message = format!("layers: there is no person '{name}': POST /v1/people adds them");
            return Err(ApiError::invalid(message));
        }
    }
    if let Some(number) = &rota.text_from {
        let number = Party::Number(number.clone());
        own_number(api, caller, &number).await.map_err(|error| error.about("text_from"))?;
    }
    Ok(())
}

/// Keeps it, and whoever comes on duty by that is told.
pub(crate) async fn keep(api: &Api, caller: &Caller, rota: &Rota) -> Result<(), ApiError> {
    api.store().save_rota(caller.account.sid, rota.clone()).await?;
    api.engine.duty_changed();
    Ok(())
}

//! Each verb of [`Watching`] as one closure for a database thread.

use async_trait::async_trait;
use model::oncall::Name;
use model::watch::{Check, CheckState, Hour, Incident, Maintenance, Policy, StatusPage};
use model::{Moment, Sid};

use crate::errors::StoreError;
use crate::sqlite::checks::WatchFile;
use crate::sqlite::{Sqlite, alert_tokens, checks, filed, hours, incidents, outcomes, sweeping};
use crate::watching::{AlertToken, IncidentFilter, KeptOutcome, Opened, OutcomeRow, Watching};

#[async_trait]
impl Watching for Sqlite {
    async fn checks(&self, account: Sid) -> Result<Vec<Check>, StoreError> {
        self.read(move |db| filed::all(db, account)).await
    }

    async fn all_checks(&self) -> Result<Vec<(Sid, Check)>, StoreError> {
        self.read(filed::everybodys).await
    }

    async fn check(&self, account: Sid, name: &Name) -> Result<Option<Check>, StoreError> {
        let name = name.clone();
        self.read(move |db| filed::one(db, account, &name)).await
    }

    async fn save_check(&self, account: Sid, check: Check) -> Result<(), StoreError> {
        self.write(move |db| checks::save(db, account, &check)).await
    }

    async fn remove_check(&self, account: Sid, name: &Name) -> Result<bool, StoreError> {
        let name = name.clone();
        self.write(move |db| checks::remove(db, account, &name)).await
    }

    async fn check_by_token(&self, token: &str) -> Result<Option<(Sid, Name)>, StoreError> {
        let token = token.to_owned();
        self.read(move |db| checks::by_token(db, &token)).await
    }

    async fn replace_from_file(
        &self,
        account: Sid,
        checks: Vec<Check>,
        policies: Vec<Policy>,
        maintenances: Vec<Maintenance>,
        pages: Vec<StatusPage>,
    ) -> Result<(), StoreError> {
        let file = WatchFile { checks, policies, maintenances, pages };
        self.write(move |db| checks::replace_from_file(db, account, &file)).await
    }

    async fn policies(&self, account: Sid) -> Result<Vec<Policy>, StoreError> {
        self.read(move |db| filed::all(db, account)).await
    }

    async fn policy(&self, account: Sid, name: &Name) -> Result<Option<Policy>, StoreError> {
        let name = name.clone();
        self.read(move |db| filed::one(db, account, &name)).await
    }

    async fn save_policy(&self, account: Sid, policy: Policy) -> Result<(), StoreError> {
        self.write(move |db| filed::save(db, account, &policy)).await
    }

    async fn remove_policy(&self, account: Sid, name: &Name) -> Result<bool, StoreError> {
        let name = name.clone();
        self.write(move |db| filed::remove::<Policy>(db, account, &name)).await
    }

    async fn maintenances(&self, account: Sid) -> Result<Vec<Maintenance>, StoreError> {
        self.read(move |db| filed::all(db, account)).await
    }

    async fn all_maintenances(&self) -> Result<Vec<(Sid, Maintenance)>, StoreError> {
        self.read(filed::everybodys).await
    }

    async fn maintenance(
        &self,
        account: Sid,
        name: &Name,
    ) -> Result<Option<Maintenance>, StoreError> {
        let name = name.clone();
        self.read(move |db| filed::one(db, account, &name)).await
    }

    async fn save_maintenance(
        &self,
        account: Sid,
        maintenance: Maintenance,
    ) -> Result<(), StoreError> {
        self.write(move |db| filed::save(db, account, &maintenance)).await
    }

    async fn remove_maintenance(&self, account: Sid, name: &Name) -> Result<bool, StoreError> {
        let name = name.clone();
        self.write(move |db| filed::remove::<Maintenance>(db, account, &name)).await
    }

    async fn status_pages(&self, account: Sid) -> Result<Vec<StatusPage>, StoreError> {
        self.read(move |db| filed::all(db, account)).await
    }

    async fn status_page(
        &self,
        account: Sid,
        name: &Name,
    ) -> Result<Option<StatusPage>, StoreError> {
        let name = name.clone();
        self.read(move |db| filed::one(db, account, &name)).await
    }

    async fn status_page_by_name(
        &self,
        name: &Name,
    ) -> Result<Option<(Sid, StatusPage)>, StoreError> {
        let name = name.clone();
        self.read(move |db| filed::page_by_name(db, &name)).await
    }

    async fn save_status_page(&self, account: Sid, page: StatusPage) -> Result<(), StoreError> {
        self.write(move |db| filed::save(db, account, &page)).await
    }

    async fn remove_status_page(&self, account: Sid, name: &Name) -> Result<bool, StoreError> {
        let name = name.clone();
        self.write(move |db| filed::remove::<StatusPage>(db, account, &name)).await
    }

    async fn alert_tokens(&self, account: Sid) -> Result<Vec<AlertToken>, StoreError> {
        self.read(move |db| alert_tokens::all(db, account)).await
    }

    async fn alert_token(&self, hash: &str) -> Result<Option<(Sid, AlertToken)>, StoreError> {
        let hash = hash.to_owned();
        self.read(move |db| alert_tokens::of_hash(db, &hash)).await
    }

    async fn save_alert_token(&self, account: Sid, token: AlertToken) -> Result<(), StoreError> {
        self.write(move |db| alert_tokens::save(db, account, &token)).await
    }

    async fn remove_alert_token(&self, account: Sid, name: &Name) -> Result<bool, StoreError> {
        let name = name.clone();
        self.write(move |db| alert_tokens::remove(db, account, &name)).await
    }

    async fn check_states(&self, account: Sid) -> Result<Vec<CheckState>, StoreError> {
        self.read(move |db| checks::states(db, account)).await
    }

    async fn all_check_states(&self) -> Result<Vec<(Sid, CheckState)>, StoreError> {
        self.read(checks::all_states).await
    }

    async fn keep_outcomes(
        &self,
        outcomes: Vec<OutcomeRow>,
        states: Vec<(Sid, CheckState)>,
    ) -> Result<(), StoreError> {
        self.write(move |db| outcomes::keep(db, &outcomes, &states)).await
    }

    async fn outcomes(
        &self,
        account: Sid,
        check: &Name,
        from: Moment,
        until: Moment,
        limit: u32,
    ) -> Result<Vec<KeptOutcome>, StoreError> {
        let check = check.clone();
        self.read(move |db| outcomes::list(db, account, &check, (from, until), limit)).await
    }

    async fn hours(
        &self,
        account: Sid,
        check: &Name,
        from: Moment,
        until: Moment,
    ) -> Result<Vec<Hour>, StoreError> {
        let check = check.clone();
        self.read(move |db| hours::list(db, account, &check, (from, until))).await
    }

    async fn forget_outcomes(
        &self,
        raw_before: Moment,
        hours_before: Moment,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let look = move |db: &_| sweeping::doomed(db, raw_before, hours_before, limit);
        let doomed = self.read(look).await?;
        if doomed.is_empty() {
            return Ok(0);
        }
        self.write(move |db| sweeping::forget(db, &doomed, raw_before, hours_before, limit)).await
    }

    async fn open_incident(&self, account: Sid, incident: Incident) -> Result<Opened, StoreError> {
        self.write(move |db| incidents::open(db, account, &incident)).await
    }

    async fn save_incident(&self, account: Sid, incident: Incident) -> Result<(), StoreError> {
        self.write(move |db| incidents::save(db, account, &incident)).await
    }

    async fn incident(&self, account: Sid, id: i64) -> Result<Option<Incident>, StoreError> {
        self.read(move |db| incidents::one(db, account, id)).await
    }

    async fn open_incidents(&self) -> Result<Vec<(Sid, Incident)>, StoreError> {
        self.read(incidents::unfinished).await
    }

    async fn incidents(
        &self,
        account: Sid,
        filter: IncidentFilter,
    ) -> Result<Vec<Incident>, StoreError> {
        self.read(move |db| incidents::list(db, account, &filter)).await
    }

    async fn forget_incidents(&self, before: Moment, limit: u32) -> Result<u64, StoreError> {
        self.write(move |db| incidents::forget(db, before, limit)).await
    }
}

//! Each verb of [`Store`] as one closure for a database thread.

use std::path::Path;

use async_trait::async_trait;
use model::{
    Account, Alert, CallRecord, Callback, Moment, NumberRecord, PhoneAccount, PhoneNumber,
    RecordingRecord, Sid, Trunk,
};

use crate::changes::{CallChange, Subscription};
use crate::errors::StoreError;
use crate::lists::{AlertFilter, CallFilter, Listing, NumberFilter, Page, RecordingFilter};
use crate::sqlite::{
    Sqlite, accounts, alerts, calls, health, numbers, outbox, phones, recordings, trunks,
};
use crate::verbs::Store;

#[async_trait]
impl Store for Sqlite {
    async fn open_account(&self, account: Account) -> Result<(), StoreError> {
        self.write(move |db| accounts::open(db, &account)).await
    }

    async fn account(&self, sid: Sid) -> Result<Option<Account>, StoreError> {
        self.read(move |db| accounts::one(db, sid)).await
    }

    async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        self.read(accounts::all).await
    }

    async fn change_account(&self, account: Account) -> Result<(), StoreError> {
        self.write(move |db| accounts::change(db, &account)).await
    }

    async fn buy_number(&self, number: NumberRecord) -> Result<(), StoreError> {
        self.write(move |db| numbers::buy(db, &number)).await
    }

    async fn number(&self, sid: Sid) -> Result<Option<NumberRecord>, StoreError> {
        self.read(move |db| numbers::one(db, sid)).await
    }

    async fn number_called(
        &self,
        number: &PhoneNumber,
    ) -> Result<Option<NumberRecord>, StoreError> {
        let number = number.clone();
        self.read(move |db| numbers::called(db, &number)).await
    }

    async fn numbers(
        &self,
        account: Sid,
        filter: NumberFilter,
        page: Page,
    ) -> Result<Listing<NumberRecord>, StoreError> {
        self.read(move |db| numbers::page(db, account, &filter, page)).await
    }

    async fn change_number(&self, number: NumberRecord) -> Result<(), StoreError> {
        self.write(move |db| numbers::change(db, &number)).await
    }

    async fn release_number(&self, sid: Sid) -> Result<bool, StoreError> {
        self.write(move |db| numbers::release(db, sid)).await
    }

    async fn add_phone(&self, phone: PhoneAccount) -> Result<(), StoreError> {
        self.write(move |db| phones::add(db, &phone)).await
    }

    async fn phone(&self, sid: Sid) -> Result<Option<PhoneAccount>, StoreError> {
        self.read(move |db| phones::one(db, sid)).await
    }

    async fn phone_named(&self, name: &str) -> Result<Option<PhoneAccount>, StoreError> {
        let name = name.to_owned();
        self.read(move |db| phones::named(db, &name)).await
    }

    async fn phones(&self, account: Sid) -> Result<Vec<PhoneAccount>, StoreError> {
        self.read(move |db| phones::of_account(db, account)).await
    }

    async fn all_phones(&self) -> Result<Vec<PhoneAccount>, StoreError> {
        self.read(phones::all).await
    }

    async fn change_phone(&self, phone: PhoneAccount) -> Result<(), StoreError> {
        self.write(move |db| phones::change(db, &phone)).await
    }

    async fn remove_phone(&self, sid: Sid) -> Result<bool, StoreError> {
        self.write(move |db| phones::remove(db, sid)).await
    }

    async fn add_trunk(&self, trunk: Trunk) -> Result<(), StoreError> {
        self.write(move |db| trunks::add(db, &trunk)).await
    }

    async fn trunks(&self) -> Result<Vec<Trunk>, StoreError> {
        self.read(trunks::all).await
    }

    async fn remove_trunk(&self, name: &str) -> Result<bool, StoreError> {
        let name = name.to_owned();
        self.write(move |db| trunks::remove(db, &name)).await
    }

    async fn save_call(&self, change: CallChange) -> Result<(), StoreError> {
        self.write(move |db| calls::save(db, &change)).await
    }

    async fn call(&self, sid: Sid) -> Result<Option<CallRecord>, StoreError> {
        self.read(move |db| calls::one(db, sid)).await
    }

    async fn calls(
        &self,
        account: Sid,
        filter: CallFilter,
        page: Page,
    ) -> Result<Listing<CallRecord>, StoreError> {
        self.read(move |db| calls::page(db, account, &filter, page)).await
    }

    async fn delete_call(&self, sid: Sid) -> Result<bool, StoreError> {
        self.write(move |db| calls::delete(db, sid)).await
    }

    async fn unfinished_calls(
        &self,
    ) -> Result<Vec<(CallRecord, Option<Subscription>)>, StoreError> {
        self.read(calls::unfinished).await
    }

    async fn save_recording(
        &self,
        recording: RecordingRecord,
        callbacks: Vec<Callback>,
    ) -> Result<(), StoreError> {
        self.write(move |db| recordings::save(db, &recording, &callbacks)).await
    }

    async fn recording(&self, sid: Sid) -> Result<Option<RecordingRecord>, StoreError> {
        self.read(move |db| recordings::one(db, sid)).await
    }

    async fn recordings(
        &self,
        account: Sid,
        filter: RecordingFilter,
        page: Page,
    ) -> Result<Listing<RecordingRecord>, StoreError> {
        self.read(move |db| recordings::page(db, account, filter, page)).await
    }

    async fn delete_recording(&self, sid: Sid) -> Result<bool, StoreError> {
        self.write(move |db| recordings::delete(db, sid)).await
    }

    async fn unfinished_recordings(&self) -> Result<Vec<RecordingRecord>, StoreError> {
        self.read(recordings::unfinished).await
    }

    async fn raise_alert(&self, alert: Alert) -> Result<(), StoreError> {
        self.write(move |db| alerts::raise(db, &alert)).await
    }

    async fn alert(&self, sid: Sid) -> Result<Option<Alert>, StoreError> {
        self.read(move |db| alerts::one(db, sid)).await
    }

    async fn alerts(
        &self,
        account: Sid,
        filter: AlertFilter,
        page: Page,
    ) -> Result<Listing<Alert>, StoreError> {
        self.read(move |db| alerts::page(db, account, filter, page)).await
    }

    async fn due_callbacks(
        &self,
        now: Moment,
        limit: u32,
        busy: &[Sid],
    ) -> Result<Vec<Callback>, StoreError> {
        let busy = busy.iter().copied().collect();
        self.read(move |db| outbox::due(db, now, limit, &busy)).await
    }

    async fn callback_sent(&self, id: i64) -> Result<(), StoreError> {
        self.write(move |db| outbox::remove(db, id)).await
    }

    async fn callback_failed(
        &self,
        id: i64,
        attempts: u32,
        due_at: Moment,
    ) -> Result<(), StoreError> {
        self.write(move |db| outbox::put_off(db, id, attempts, due_at)).await
    }

    async fn callback_dropped(&self, id: i64) -> Result<(), StoreError> {
        self.write(move |db| outbox::remove(db, id)).await
    }

    async fn next_callback_due(&self, busy: &[Sid]) -> Result<Option<Moment>, StoreError> {
        let busy = busy.iter().copied().collect();
        self.read(move |db| outbox::next_due(db, &busy)).await
    }

    async fn outbox_depth(&self) -> Result<u64, StoreError> {
        self.read(outbox::depth).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.write(health::beat).await?;
        self.read(health::look).await
    }

    async fn backup(&self, path: &Path) -> Result<(), StoreError> {
        let path = path.to_owned();
        self.read(move |db| health::copy(db, &path)).await
    }

    async fn close(&self) {
        self.finish().await;
    }
}

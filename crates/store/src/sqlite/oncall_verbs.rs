//! Each verb of [`OnCall`] as one closure for a database thread.

use async_trait::async_trait;
use model::oncall::{
    Acknowledgement, Line, LineCall, Mail, Name, Override, Person, Rota, Swap, SwapState, Told,
};
use model::{Moment, Sid};

use crate::errors::StoreError;
use crate::oncall::{LineCallFilter, OnCall};
use crate::sqlite::documents::{LINES, PEOPLE, ROTAS};
use crate::sqlite::{Sqlite, documents, duties, line_calls, mails};

#[async_trait]
impl OnCall for Sqlite {
    async fn people(&self, account: Sid) -> Result<Vec<Person>, StoreError> {
        self.read(move |db| PEOPLE.all(db, account)).await
    }

    async fn person(&self, account: Sid, name: &Name) -> Result<Option<Person>, StoreError> {
        let name = name.clone();
        self.read(move |db| PEOPLE.one(db, account, &name)).await
    }

    async fn save_person(&self, account: Sid, person: Person) -> Result<(), StoreError> {
        self.write(move |db| PEOPLE.save(db, account, &person)).await
    }

    async fn remove_person(&self, account: Sid, name: &Name) -> Result<bool, StoreError> {
        let name = name.clone();
        self.write(move |db| PEOPLE.remove(db, account, &name)).await
    }

    async fn rotas(&self, account: Sid) -> Result<Vec<Rota>, StoreError> {
        self.read(move |db| ROTAS.all(db, account)).await
    }

    async fn all_rotas(&self) -> Result<Vec<(Sid, Rota)>, StoreError> {
        self.read(documents::all_rotas).await
    }

    async fn rota(&self, account: Sid, name: &Name) -> Result<Option<Rota>, StoreError> {
        let name = name.clone();
        self.read(move |db| ROTAS.one(db, account, &name)).await
    }

    async fn save_rota(&self, account: Sid, rota: Rota) -> Result<(), StoreError> {
        self.write(move |db| ROTAS.save(db, account, &rota)).await
    }

    async fn remove_rota(&self, account: Sid, name: &Name) -> Result<bool, StoreError> {
        let name = name.clone();
        self.write(move |db| ROTAS.remove(db, account, &name)).await
    }

    async fn overrides(
        &self,
        account: Sid,
        rota: &Name,
        from: Moment,
        until: Moment,
    ) -> Result<Vec<Override>, StoreError> {
        let rota = rota.clone();
        self.read(move |db| duties::overrides(db, account, &rota, from, until)).await
    }

    async fn add_override(&self, account: Sid, change: Override) -> Result<i64, StoreError> {
        self.write(move |db| duties::add_override(db, account, &change)).await
    }

    async fn remove_override(&self, account: Sid, id: i64) -> Result<bool, StoreError> {
        self.write(move |db| duties::remove_override(db, account, id)).await
    }

    async fn ask_swap(&self, account: Sid, swap: Swap) -> Result<i64, StoreError> {
        self.write(move |db| duties::ask_swap(db, account, &swap)).await
    }

    async fn swap(&self, account: Sid, id: i64) -> Result<Option<Swap>, StoreError> {
        self.read(move |db| duties::swap(db, account, id)).await
    }

    async fn swaps(&self, account: Sid, state: Option<SwapState>) -> Result<Vec<Swap>, StoreError> {
        self.read(move |db| duties::swaps(db, account, state)).await
    }

    async fn decide_swap(
        &self,
        account: Sid,
        swap: Swap,
        before: SwapState,
        overrides: Vec<Override>,
    ) -> Result<Swap, StoreError> {
        self.write(move |db| duties::decide_swap(db, account, &swap, before, &overrides)).await
    }

    async fn lines(&self, account: Sid) -> Result<Vec<Line>, StoreError> {
        self.read(move |db| LINES.all(db, account)).await
    }

    async fn line(&self, account: Sid, name: &Name) -> Result<Option<Line>, StoreError> {
        let name = name.clone();
        self.read(move |db| LINES.one(db, account, &name)).await
    }

    async fn save_line(&self, account: Sid, line: Line) -> Result<(), StoreError> {
        self.write(move |db| LINES.save(db, account, &line)).await
    }

    async fn remove_line(&self, account: Sid, name: &Name) -> Result<bool, StoreError> {
        let name = name.clone();
        self.write(move |db| LINES.remove(db, account, &name)).await
    }

    async fn save_line_call(&self, account: Sid, call: LineCall) -> Result<(), StoreError> {
        self.write(move |db| line_calls::save(db, account, &call)).await
    }

    async fn save_line_transcript(
        &self,
        account: Sid,
        call: Sid,
        transcript: String,
    ) -> Result<bool, StoreError> {
        self.write(move |db| line_calls::save_transcript(db, account, call, &transcript)).await
    }

    async fn miss_line_call(&self, account: Sid, call: LineCall) -> Result<i64, StoreError> {
        self.write(move |db| line_calls::miss(db, account, &call)).await
    }

    async fn acknowledge_line_call(
        &self,
        account: Sid,
        ticket: i64,
        by: Acknowledgement,
    ) -> Result<Option<LineCall>, StoreError> {
        self.write(move |db| line_calls::acknowledge(db, account, ticket, &by)).await
    }

    async fn line_call(&self, account: Sid, call: Sid) -> Result<Option<LineCall>, StoreError> {
        self.read(move |db| line_calls::one(db, account, call)).await
    }

    async fn line_calls(
        &self,
        account: Sid,
        filter: LineCallFilter,
    ) -> Result<Vec<LineCall>, StoreError> {
        self.read(move |db| line_calls::list(db, account, &filter)).await
    }

    async fn unfinished_line_calls(&self) -> Result<Vec<(Sid, LineCall)>, StoreError> {
        self.read(line_calls::unfinished).await
    }

    async fn told(&self, account: Sid, rota: &Name) -> Result<Option<Told>, StoreError> {
        let rota = rota.clone();
        self.read(move |db| duties::told(db, account, &rota)).await
    }

    async fn handoffs_told(&self, account: Sid, rota: &Name, told: Told) -> Result<(), StoreError> {
        let rota = rota.clone();
        self.write(move |db| duties::set_told(db, account, &rota, told)).await
    }

    async fn post_mail(&self, mail: Mail) -> Result<bool, StoreError> {
        self.write(move |db| mails::post(db, &mail)).await
    }

    async fn due_mails(&self, now: Moment, limit: u32) -> Result<Vec<Mail>, StoreError> {
        self.read(move |db| mails::due(db, now, limit)).await
    }

    async fn mail_sent(&self, id: i64) -> Result<(), StoreError> {
        self.write(move |db| mails::done(db, id)).await
    }

    async fn mail_failed(&self, id: i64, attempts: u32, due_at: Moment) -> Result<(), StoreError> {
        self.write(move |db| mails::put_off(db, id, attempts, due_at)).await
    }

    async fn mail_dropped(&self, id: i64) -> Result<(), StoreError> {
        self.write(move |db| mails::done(db, id)).await
    }

    async fn next_mail_due(&self) -> Result<Option<Moment>, StoreError> {
        self.read(mails::next_due).await
    }
}

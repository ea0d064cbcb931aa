//! The verbs for the support line: people, rotas, lines, their calls, and e-mails that must arrive. They keep the
//! promises of [`crate::Store`], whose part they are.
//!
//! People, rotas and lines are named, uniquely in their account. Overrides, swaps and missed calls are numbered from one
//! sequence in each account, so that `ACK 12` can mean but one thing.

use async_trait::async_trait;
use model::oncall::{
    Acknowledgement, Line, LineCall, LineOutcome, Mail, Name, Override, Person, Rota, Swap,
    SwapState, Told,
};
use model::{Moment, Sid};

use crate::errors::StoreError;

/// Which calls of lines are wanted; `None` is any.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct LineCallFilter {
    /// Of this line.
    pub line: Option<Name>,
    /// That came to this.
    pub outcome: Option<LineOutcome>,
    /// That began then or later.
    pub from: Option<Moment>,
    /// That began before.
    pub until: Option<Moment>,
    /// Missed calls and messages that nobody has acknowledged.
    pub unseen: bool,
    /// Only those that began before the call of this SID (for the next page).
    pub before: Option<Sid>,
    /// At most so many, 1 to 1,000.
    pub limit: u32,
}

/// What must not be lost of the support line.
#[async_trait]
pub trait OnCall: Send + Sync {
    /// Everybody of an account, by name.
    async fn people(&self, account: Sid) -> Result<Vec<Person>, StoreError>;

    /// The person of this name.
    async fn person(&self, account: Sid, name: &Name) -> Result<Option<Person>, StoreError>;

    /// Keeps a person, in place of the one of the same name.
    async fn save_person(&self, account: Sid, person: Person) -> Result<(), StoreError>;

    /// Forgets a person; `false` if there was none. Rotas and lines keep the name.
    async fn remove_person(&self, account: Sid, name: &Name) -> Result<bool, StoreError>;

    /// Every rota of an account, by name.
    async fn rotas(&self, account: Sid) -> Result<Vec<Rota>, StoreError>;

    /// Every rota on this server, with its account, by account and name.
    async fn all_rotas(&self) -> Result<Vec<(Sid, Rota)>, StoreError>;

    /// The rota of this name.
    async fn rota(&self, account: Sid, name: &Name) -> Result<Option<Rota>, StoreError>;

    /// Keeps a rota, in place of the one of the same name.
    async fn save_rota(&self, account: Sid, rota: Rota) -> Result<(), StoreError>;

    /// Forgets a rota with its overrides, swaps and what was told of it; `false` if there was none.
    async fn remove_rota(&self, account: Sid, name: &Name) -> Result<bool, StoreError>;

    /// Overrides of a rota that touch the time between `from` and `until`, by id.
    async fn overrides(
        &self,
        account: Sid,
        rota: &Name,
        from: Moment,
        until: Moment,
    ) -> Result<Vec<Override>, StoreError>;

    /// Keeps a new override and gives its id. [`StoreError::Refused`] if there is no such rota.
    async fn add_override(&self, account: Sid, change: Override) -> Result<i64, StoreError>;

    /// Forgets an override; `false` if there was none.
    async fn remove_override(&self, account: Sid, id: i64) -> Result<bool, StoreError>;

    /// Keeps a new swap and gives its id. [`StoreError::Refused`] if there is no such rota.
    async fn ask_swap(&self, account: Sid, swap: Swap) -> Result<i64, StoreError>;

    /// The swap of this id.
    async fn swap(&self, account: Sid, id: i64) -> Result<Option<Swap>, StoreError>;

    /// Swaps of an account in this state, or all, newest first, at most 1,000.
    async fn swaps(&self, account: Sid, state: Option<SwapState>) -> Result<Vec<Swap>, StoreError>;

    /// Decides a swap that stands at `before`: keeps its new state, adds these overrides, whose ids it gets, and forgets
    /// those of [`Swap::overrides`] if it is taken back. What it is afterwards; [`StoreError::Missing`] if there is no
    /// such swap or it stands elsewhere by now.
    async fn decide_swap(
        &self,
        account: Sid,
        swap: Swap,
        before: SwapState,
        overrides: Vec<Override>,
    ) -> Result<Swap, StoreError>;

    /// Every line of an account, by name.
    async fn lines(&self, account: Sid) -> Result<Vec<Line>, StoreError>;

    /// The line of this name.
    async fn line(&self, account: Sid, name: &Name) -> Result<Option<Line>, StoreError>;

    /// Keeps a line, in place of the one of the same name.
    async fn save_line(&self, account: Sid, line: Line) -> Result<(), StoreError>;

    /// Forgets a line, but not its calls; `false` if there was none.
    async fn remove_line(&self, account: Sid, name: &Name) -> Result<bool, StoreError>;

    /// Keeps a call of a line as it is now, in place of the one of the same SID; a ticket, an acknowledgement or a
    /// transcript that it has by then stays, whatever the caller knows of it.
    async fn save_line_call(&self, account: Sid, call: LineCall) -> Result<(), StoreError>;

    /// Keeps what a message of a call says, and leaves all else of the call as it is; `false` if there is no such call.
    async fn save_line_transcript(
        &self,
        account: Sid,
        call: Sid,
        transcript: String,
    ) -> Result<bool, StoreError>;

    /// The same as [`OnCall::save_line_call`] for a call that was missed or has a message: gives its ticket, a new one if it had none.
    async fn miss_line_call(&self, account: Sid, call: LineCall) -> Result<i64, StoreError>;

    /// Somebody saw to the call with this ticket: the call as it is now, with whoever was first. `None` if there is none.
    async fn acknowledge_line_call(
        &self,
        account: Sid,
        ticket: i64,
        by: Acknowledgement,
    ) -> Result<Option<LineCall>, StoreError>;

    /// The call of a line with this SID.
    async fn line_call(&self, account: Sid, call: Sid) -> Result<Option<LineCall>, StoreError>;

    /// Calls of lines, newest first. [`StoreError::Missing`] if [`LineCallFilter::before`] is none of the account's.
    async fn line_calls(
        &self,
        account: Sid,
        filter: LineCallFilter,
    ) -> Result<Vec<LineCall>, StoreError>;

    /// Calls of lines that have not ended, with their accounts, oldest first: after a start, those that the server before
    /// lost.
    async fn unfinished_line_calls(&self) -> Result<Vec<(Sid, LineCall)>, StoreError>;

    /// Up to when handoffs of a rota were told; `None` if it was never looked at.
    async fn told(&self, account: Sid, rota: &Name) -> Result<Option<Told>, StoreError>;

    /// Handoffs of a rota were told up to then. Nothing happens if the rota is gone.
    async fn handoffs_told(&self, account: Sid, rota: &Name, told: Told) -> Result<(), StoreError>;

    /// Puts an e-mail into the outbox; `false` if its key is known already, sent or not.
    async fn post_mail(&self, mail: Mail) -> Result<bool, StoreError>;

    /// E-mails to send now, longest due first, at most `limit`.
    async fn due_mails(&self, now: Moment, limit: u32) -> Result<Vec<Mail>, StoreError>;

    /// The e-mail arrived; only its key is kept. Nothing happens if it is gone.
    async fn mail_sent(&self, id: i64) -> Result<(), StoreError>;

    /// The e-mail did not arrive after `attempts` tries: it waits until `due_at`. Nothing happens if it is gone.
    async fn mail_failed(&self, id: i64, attempts: u32, due_at: Moment) -> Result<(), StoreError>;

    /// The e-mail is given up; only its key is kept. Nothing happens if it is gone.
    async fn mail_dropped(&self, id: i64) -> Result<(), StoreError>;

    /// When [`OnCall::due_mails`] next has something; it may lie in the past.
    async fn next_mail_due(&self) -> Result<Option<Moment>, StoreError>;
}

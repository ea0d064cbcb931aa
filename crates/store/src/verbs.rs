//! The trait: every verb that the rest of alo has for what is kept.
//!
//! A verb that writes answers once its transaction is on disk, so what was acknowledged survives a crash. Each verb may
//! fail with [`StoreError::Disk`], [`StoreError::Full`], [`StoreError::Busy`], [`StoreError::Corrupt`] or
//! [`StoreError::Closed`]; its own errors are listed with it. Dropping the future of a verb that writes does not take
//! the write back. Whatever belongs to an account needs that account to exist first, else [`StoreError::Missing`].

use std::path::Path;

use async_trait::async_trait;
use model::{
    Account, Alert, CallRecord, Callback, Moment, NumberRecord, PhoneAccount, PhoneNumber,
    RecordingRecord, Sid, Trunk,
};

use crate::changes::{CallChange, Subscription};
use crate::errors::StoreError;
use crate::lists::{AlertFilter, CallFilter, Listing, NumberFilter, Page, RecordingFilter};
use crate::oncall::OnCall;
use crate::texts::Texts;
use crate::transcriptions::Transcriptions;
use crate::watching::Watching;

/// What must not be lost.
#[async_trait]
pub trait Store: Texts + OnCall + Transcriptions + Watching {
    /// Keeps a new account. [`StoreError::Taken`] if its SID exists.
    async fn open_account(&self, account: Account) -> Result<(), StoreError>;

    /// The account, open or closed.
    async fn account(&self, sid: Sid) -> Result<Option<Account>, StoreError>;

    /// Every account, newest first.
    async fn accounts(&self) -> Result<Vec<Account>, StoreError>;

    /// Replaces the account of the same SID. [`StoreError::Missing`] if there is none.
    async fn change_account(&self, account: Account) -> Result<(), StoreError>;

    /// Keeps a new number. [`StoreError::Taken`] if anybody on this server has it.
    async fn buy_number(&self, number: NumberRecord) -> Result<(), StoreError>;

    /// The number of this SID.
    async fn number(&self, sid: Sid) -> Result<Option<NumberRecord>, StoreError>;

    /// The record of a number that is rung, whosever it is.
    async fn number_called(&self, number: &PhoneNumber)
    -> Result<Option<NumberRecord>, StoreError>;

    /// Numbers of an account, newest first. [`StoreError::Missing`] if the page's token never was one of its rows.
    async fn numbers(
        &self,
        account: Sid,
        filter: NumberFilter,
        page: Page,
    ) -> Result<Listing<NumberRecord>, StoreError>;

    /// Replaces the number of the same SID. [`StoreError::Missing`] if there is none, [`StoreError::Taken`] if the
    /// number itself changed to one that somebody has.
    async fn change_number(&self, number: NumberRecord) -> Result<(), StoreError>;

    /// Gives the number up, and with it its place in a service; `false` if there was none.
    async fn release_number(&self, sid: Sid) -> Result<bool, StoreError>;

    /// Keeps a new phone. [`StoreError::Taken`] if its name exists on this server.
    async fn add_phone(&self, phone: PhoneAccount) -> Result<(), StoreError>;

    /// The phone of this SID.
    async fn phone(&self, sid: Sid) -> Result<Option<PhoneAccount>, StoreError>;

    /// The phone of this SIP user name (case matters).
    async fn phone_named(&self, name: &str) -> Result<Option<PhoneAccount>, StoreError>;

    /// Phones of an account, by name.
    async fn phones(&self, account: Sid) -> Result<Vec<PhoneAccount>, StoreError>;

    /// Every phone on this server, by name.
    async fn all_phones(&self) -> Result<Vec<PhoneAccount>, StoreError>;

    /// Replaces the phone of the same SID. [`StoreError::Missing`] if there is none, [`StoreError::Taken`] if its new
    /// name exists.
    async fn change_phone(&self, phone: PhoneAccount) -> Result<(), StoreError>;

    /// Forgets the phone; `false` if there was none.
    async fn remove_phone(&self, sid: Sid) -> Result<bool, StoreError>;

    /// Keeps a new trunk. [`StoreError::Taken`] if its name exists.
    async fn add_trunk(&self, trunk: Trunk) -> Result<(), StoreError>;

    /// Every trunk, by name.
    async fn trunks(&self) -> Result<Vec<Trunk>, StoreError>;

    /// Forgets the trunk of this name; `false` if there was none.
    async fn remove_trunk(&self, name: &str) -> Result<bool, StoreError>;

    /// Keeps a call as it is now, with its subscription and callbacks. A call that was deleted stays deleted; its
    /// callbacks are still sent.
    async fn save_call(&self, change: CallChange) -> Result<(), StoreError>;

    /// The call of this SID.
    async fn call(&self, sid: Sid) -> Result<Option<CallRecord>, StoreError>;

    /// Calls of an account, newest first. [`StoreError::Missing`] if the page's token never was one of its rows.
    async fn calls(
        &self,
        account: Sid,
        filter: CallFilter,
        page: Page,
    ) -> Result<Listing<CallRecord>, StoreError>;

    /// Forgets the call, but not its recordings; `false` if there was none.
    async fn delete_call(&self, sid: Sid) -> Result<bool, StoreError>;

    /// Calls that have not ended, oldest first: after a start, those that the server before lost.
    async fn unfinished_calls(&self)
    -> Result<Vec<(CallRecord, Option<Subscription>)>, StoreError>;

    /// Keeps a recording as it is now, with the callbacks that follow. One that was deleted stays deleted.
    async fn save_recording(
        &self,
        recording: RecordingRecord,
        callbacks: Vec<Callback>,
    ) -> Result<(), StoreError>;

    /// The recording of this SID.
    async fn recording(&self, sid: Sid) -> Result<Option<RecordingRecord>, StoreError>;

    /// Recordings of an account, newest first. [`StoreError::Missing`] if the page's token never was one of its rows.
    async fn recordings(
        &self,
        account: Sid,
        filter: RecordingFilter,
        page: Page,
    ) -> Result<Listing<RecordingRecord>, StoreError>;

    /// Forgets the recording (not its file) and its transcriptions; `false` if there was none.
    async fn delete_recording(&self, sid: Sid) -> Result<bool, StoreError>;

    /// Recordings still in progress, oldest first.
    async fn unfinished_recordings(&self) -> Result<Vec<RecordingRecord>, StoreError>;

    /// Keeps an alert. [`StoreError::Taken`] if its SID exists.
    async fn raise_alert(&self, alert: Alert) -> Result<(), StoreError>;

    /// The alert of this SID.
    async fn alert(&self, sid: Sid) -> Result<Option<Alert>, StoreError>;

    /// Alerts of an account, newest first. [`StoreError::Missing`] if the page's token never was one of its rows.
    async fn alerts(
        &self,
        account: Sid,
        filter: AlertFilter,
        page: Page,
    ) -> Result<Listing<Alert>, StoreError>;

    /// Callbacks to send now: of each lane only its oldest, and that only once due; longest due first, at most `limit`.
    /// Lanes in `busy` (one of theirs is being sent) are left out. Nothing is claimed: the one sender keeps `busy`.
    async fn due_callbacks(
        &self,
        now: Moment,
        limit: u32,
        busy: &[Sid],
    ) -> Result<Vec<Callback>, StoreError>;

    /// The callback arrived: forgets it, and the next of its lane may go. Nothing happens if it is gone.
    async fn callback_sent(&self, id: i64) -> Result<(), StoreError>;

    /// The callback did not arrive after `attempts` tries: it, and its lane, wait until `due_at`. Nothing happens if it
    /// is gone.
    async fn callback_failed(
        &self,
        id: i64,
        attempts: u32,
        due_at: Moment,
    ) -> Result<(), StoreError>;

    /// The callback is given up: forgets it, and the next of its lane may go. Nothing happens if it is gone.
    async fn callback_dropped(&self, id: i64) -> Result<(), StoreError>;

    /// When [`Store::due_callbacks`] with the same `busy` lanes next has something; `None` if not before a callback is
    /// added or a lane is no longer busy. It may lie in the past.
    async fn next_callback_due(&self, busy: &[Sid]) -> Result<Option<Moment>, StoreError>;

    /// Callbacks not yet sent.
    async fn outbox_depth(&self) -> Result<u64, StoreError>;

    /// Writes and reads, for a readiness check.
    async fn ping(&self) -> Result<(), StoreError>;

    /// Copies everything into a new database at `path`, as of one moment, while work goes on.
    /// [`StoreError::Taken`] if the file exists.
    async fn backup(&self, path: &Path) -> Result<(), StoreError>;

    /// Finishes what was asked before and closes; verbs asked after fail with [`StoreError::Closed`].
    async fn close(&self);
}

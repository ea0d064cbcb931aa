//! Each verb of [`Texts`] as one closure for a database thread.

use async_trait::async_trait;
use model::{
    Application, Correspondent, Fragment, InboxEntry, MediaRecord, MessagePart, MessageRecord,
    Moment, PhoneNumber, Sender, Service, ShortCode, Sid, SidKind,
};

use crate::errors::StoreError;
use crate::lists::{DateRange, Listing, MessageFilter, Page};
use crate::sqlite::Sqlite;
use crate::texts::{Creation, Handset, Message, MessageChange, NewMessage, PartFound, Texts};

#[async_trait]
impl Texts for Sqlite {
    async fn create_message(&self, _new: NewMessage) -> Result<Creation, StoreError> {
        Err(StoreError::Closed)
    }

    async fn message(&self, _sid: Sid) -> Result<Option<Message>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn messages(
        &self,
        _account: Sid,
        _filter: MessageFilter,
        _page: Page,
    ) -> Result<Listing<MessageRecord>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn change_message(&self, _change: MessageChange) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    async fn delete_message(&self, _sid: Sid) -> Result<bool, StoreError> {
        Err(StoreError::Closed)
    }

    async fn due_messages(
        &self,
        _now: Moment,
        _per_sender: u32,
        _limit: u32,
        _busy: &[Sid],
    ) -> Result<Vec<Message>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn next_message_due(&self, _busy: &[Sid]) -> Result<Option<Moment>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn waiting_messages(&self) -> Result<u64, StoreError> {
        Err(StoreError::Closed)
    }

    async fn unasked_messages(
        &self,
        _now: Moment,
        _limit: u32,
        _busy: &[Sid],
    ) -> Result<Vec<Message>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn next_unasked_due(&self, _busy: &[Sid]) -> Result<Option<Moment>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn part(&self, _carrier: &str, _id: &str) -> Result<Option<PartFound>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn parts(&self, _message: Sid) -> Result<Vec<MessagePart>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn keep_fragment(&self, _fragment: Fragment) -> Result<Vec<Fragment>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn stale_fragments(&self, _before: Moment) -> Result<Vec<Fragment>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn oldest_fragment(&self) -> Result<Option<Moment>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn media(&self, _sid: Sid) -> Result<Option<MediaRecord>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn media_of(
        &self,
        _account: Sid,
        _message: Sid,
        _created: DateRange,
        _page: Page,
    ) -> Result<Listing<MediaRecord>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn delete_media(&self, _sid: Sid) -> Result<bool, StoreError> {
        Err(StoreError::Closed)
    }

    async fn open_service(&self, _service: Service) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    async fn service(&self, _sid: Sid) -> Result<Option<Service>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn services(&self, _account: Sid, _page: Page) -> Result<Listing<Service>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn change_service(&self, _service: Service) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    async fn close_service(&self, _sid: Sid) -> Result<bool, StoreError> {
        Err(StoreError::Closed)
    }

    async fn add_sender(&self, _sender: Sender) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    async fn sender(&self, _sid: Sid) -> Result<Option<Sender>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn senders(
        &self,
        _account: Sid,
        _service: Sid,
        _kind: SidKind,
        _page: Page,
    ) -> Result<Listing<Sender>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn all_senders(&self, _service: Sid) -> Result<Vec<Sender>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn remove_sender(&self, _sid: Sid) -> Result<bool, StoreError> {
        Err(StoreError::Closed)
    }

    async fn sticky_sender(
        &self,
        _service: Sid,
        _to: &Correspondent,
    ) -> Result<Option<Correspondent>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn opt_out(
        &self,
        _account: Sid,
        _scope: &str,
        _who: &Correspondent,
        _at: Moment,
    ) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    async fn opt_in(
        &self,
        _account: Sid,
        _scope: &str,
        _who: &Correspondent,
    ) -> Result<bool, StoreError> {
        Err(StoreError::Closed)
    }

    async fn opted_out(
        &self,
        _account: Sid,
        _scope: &str,
        _who: &Correspondent,
    ) -> Result<bool, StoreError> {
        Err(StoreError::Closed)
    }

    async fn add_short_code(&self, _code: ShortCode) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    async fn short_code(&self, _sid: Sid) -> Result<Option<ShortCode>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn short_code_texted(&self, _code: &str) -> Result<Option<ShortCode>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn short_codes(
        &self,
        _account: Sid,
        _code: Option<String>,
        _friendly_name: Option<String>,
        _page: Page,
    ) -> Result<Listing<ShortCode>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn change_short_code(&self, _code: ShortCode) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    async fn remove_short_code(&self, _sid: Sid) -> Result<bool, StoreError> {
        Err(StoreError::Closed)
    }

    async fn add_application(&self, _application: Application) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    async fn application(&self, _sid: Sid) -> Result<Option<Application>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn applications(
        &self,
        _account: Sid,
        _friendly_name: Option<String>,
        _page: Page,
    ) -> Result<Listing<Application>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn change_application(&self, _application: Application) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    async fn remove_application(&self, _sid: Sid) -> Result<bool, StoreError> {
        Err(StoreError::Closed)
    }

    async fn add_to_inbox(&self, _entry: InboxEntry) -> Result<i64, StoreError> {
        Err(StoreError::Closed)
    }

    async fn inbox(
        &self,
        _handset: &PhoneNumber,
        _after: i64,
        _limit: u32,
    ) -> Result<Vec<InboxEntry>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn handsets(&self, _limit: u32) -> Result<Vec<Handset>, StoreError> {
        Err(StoreError::Closed)
    }

}

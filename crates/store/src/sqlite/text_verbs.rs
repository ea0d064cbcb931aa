//! Each verb of [`Texts`] as one closure for a database thread.

use async_trait::async_trait;
use model::{
    Application, Correspondent, Fragment, InboxEntry, MediaRecord, MessagePart, MessageRecord,
    Moment, PhoneNumber, Sender, Service, ShortCode, Sid, SidKind,
};

use crate::errors::StoreError;
use crate::lists::{DateRange, Listing, MessageFilter, Page};
use crate::sqlite::{
    Sqlite, applications, fragments, inbox, media, messages, opt_outs, parts, queue, senders,
    services, short_codes,
};
use crate::texts::{
    Creation, Due, Handset, Look, Message, MessageChange, NewMessage, PartFound, Texts,
};

#[async_trait]
impl Texts for Sqlite {
    async fn create_message(&self, new: NewMessage) -> Result<Creation, StoreError> {
        self.write(move |db| messages::create(db, &new)).await
    }

    async fn message(&self, sid: Sid) -> Result<Option<Message>, StoreError> {
        self.read(move |db| messages::one(db, sid)).await
    }

    async fn messages(
        &self,
        account: Sid,
        filter: MessageFilter,
        page: Page,
    ) -> Result<Listing<MessageRecord>, StoreError> {
        self.read(move |db| messages::page(db, account, &filter, page)).await
    }

    async fn change_message(&self, change: MessageChange) -> Result<(), StoreError> {
        self.write(move |db| messages::change(db, &change)).await
    }

    async fn delete_message(&self, sid: Sid) -> Result<bool, StoreError> {
        self.write(move |db| messages::delete(db, sid)).await
    }

    async fn due_messages(&self, look: Look) -> Result<Due, StoreError> {
        let busy = look.busy.iter().copied().collect();
        self.read(move |db| queue::due(db, &look, &busy)).await
    }

    async fn next_message_due(
        &self,
        busy: &[Sid],
        except: &[String],
    ) -> Result<Option<Moment>, StoreError> {
        let (busy, except) = (busy.iter().copied().collect(), except.to_vec());
        self.read(move |db| queue::next_due(db, &busy, &except)).await
    }

    async fn expired_messages(
        &self,
        now: Moment,
        limit: u32,
        busy: &[Sid],
    ) -> Result<Vec<Message>, StoreError> {
        let busy = busy.iter().copied().collect();
        self.read(move |db| queue::expired(db, now, limit, &busy)).await
    }

    async fn waiting_messages(&self) -> Result<u64, StoreError> {
        self.read(queue::waiting).await
    }

    async fn unasked_messages(
        &self,
        now: Moment,
        limit: u32,
        busy: &[Sid],
    ) -> Result<Vec<Message>, StoreError> {
        let busy = busy.iter().copied().collect();
        self.read(move |db| queue::unasked(db, now, limit, &busy)).await
    }

    async fn next_unasked_due(&self, busy: &[Sid]) -> Result<Option<Moment>, StoreError> {
        let busy = busy.iter().copied().collect();
        self.read(move |db| queue::next_unasked(db, &busy)).await
    }

    async fn part(&self, carrier: &str, id: &str) -> Result<Option<PartFound>, StoreError> {
        let (carrier, id) = (carrier.to_owned(), id.to_owned());
        self.read(move |db| parts::found(db, &carrier, &id)).await
    }

    async fn parts(&self, message: Sid) -> Result<Vec<MessagePart>, StoreError> {
        self.read(move |db| parts::of(db, message)).await
    }

    async fn keep_fragment(&self, fragment: Fragment) -> Result<Vec<Fragment>, StoreError> {
        self.write(move |db| fragments::keep(db, &fragment)).await
    }

    async fn stale_fragments(&self, before: Moment) -> Result<Vec<Fragment>, StoreError> {
        self.read(move |db| fragments::stale(db, before)).await
    }

    async fn oldest_fragment(&self) -> Result<Option<Moment>, StoreError> {
        self.read(fragments::oldest).await
    }

    async fn media(&self, sid: Sid) -> Result<Option<MediaRecord>, StoreError> {
        self.read(move |db| media::one(db, sid)).await
    }

    async fn media_of(
        &self,
        account: Sid,
        message: Sid,
        created: DateRange,
        page: Page,
    ) -> Result<Listing<MediaRecord>, StoreError> {
        self.read(move |db| media::page(db, account, message, created, page)).await
    }

    async fn delete_media(&self, sid: Sid) -> Result<bool, StoreError> {
        self.write(move |db| media::delete(db, sid)).await
    }

    async fn open_service(&self, service: Service) -> Result<(), StoreError> {
        self.write(move |db| services::open(db, &service)).await
    }

    async fn service(&self, sid: Sid) -> Result<Option<Service>, StoreError> {
        self.read(move |db| services::one(db, sid)).await
    }

    async fn services(&self, account: Sid, page: Page) -> Result<Listing<Service>, StoreError> {
        self.read(move |db| services::page(db, account, page)).await
    }

    async fn change_service(&self, service: Service) -> Result<(), StoreError> {
        self.write(move |db| services::change(db, &service)).await
    }

    async fn close_service(&self, sid: Sid) -> Result<bool, StoreError> {
        self.write(move |db| services::close(db, sid)).await
    }

    async fn add_sender(&self, sender: Sender) -> Result<(), StoreError> {
        self.write(move |db| senders::add(db, &sender)).await
    }

    async fn sender(&self, sid: Sid) -> Result<Option<Sender>, StoreError> {
        self.read(move |db| senders::one(db, sid)).await
    }

    async fn senders(
        &self,
        account: Sid,
        service: Sid,
        kind: SidKind,
        page: Page,
    ) -> Result<Listing<Sender>, StoreError> {
        self.read(move |db| senders::page(db, account, service, kind, page)).await
    }

    async fn all_senders(&self, service: Sid) -> Result<Vec<Sender>, StoreError> {
        self.read(move |db| senders::all(db, service)).await
    }

    async fn remove_sender(&self, sid: Sid) -> Result<bool, StoreError> {
        self.write(move |db| senders::remove(db, sid)).await
    }

    async fn sticky_sender(
        &self,
        service: Sid,
        to: &Correspondent,
    ) -> Result<Option<Correspondent>, StoreError> {
        let to = to.clone();
        self.read(move |db| senders::sticky(db, service, &to)).await
    }

    async fn opt_out(
        &self,
        account: Sid,
        scope: &str,
        who: &Correspondent,
        at: Moment,
    ) -> Result<(), StoreError> {
        let (scope, who) = (scope.to_owned(), who.clone());
        self.write(move |db| opt_outs::add(db, account, &scope, &who, at)).await
    }

    async fn opt_in(
        &self,
        account: Sid,
        scope: &str,
        who: &Correspondent,
    ) -> Result<bool, StoreError> {
        let (scope, who) = (scope.to_owned(), who.clone());
        self.write(move |db| opt_outs::remove(db, account, &scope, &who)).await
    }

    async fn opted_out(
        &self,
        account: Sid,
        scope: &str,
        who: &Correspondent,
    ) -> Result<bool, StoreError> {
        let (scope, who) = (scope.to_owned(), who.clone());
        self.read(move |db| opt_outs::any(db, account, &scope, &who)).await
    }

    async fn add_short_code(&self, code: ShortCode) -> Result<(), StoreError> {
        self.write(move |db| short_codes::add(db, &code)).await
    }

    async fn short_code(&self, sid: Sid) -> Result<Option<ShortCode>, StoreError> {
        self.read(move |db| short_codes::one(db, sid)).await
    }

    async fn short_code_texted(&self, code: &str) -> Result<Option<ShortCode>, StoreError> {
        let code = code.to_owned();
        self.read(move |db| short_codes::texted(db, &code)).await
    }

    async fn short_codes(
        &self,
        account: Sid,
        code: Option<String>,
        friendly_name: Option<String>,
        page: Page,
    ) -> Result<Listing<ShortCode>, StoreError> {
        let list =
            move |db: &_| short_codes::page(db, account, code.clone(), friendly_name.clone(), page);
        self.read(list).await
    }

    async fn change_short_code(&self, code: ShortCode) -> Result<(), StoreError> {
        self.write(move |db| short_codes::change(db, &code)).await
    }

    async fn remove_short_code(&self, sid: Sid) -> Result<bool, StoreError> {
        self.write(move |db| short_codes::remove(db, sid)).await
    }

    async fn add_application(&self, application: Application) -> Result<(), StoreError> {
        self.write(move |db| applications::add(db, &application)).await
    }

    async fn application(&self, sid: Sid) -> Result<Option<Application>, StoreError> {
        self.read(move |db| applications::one(db, sid)).await
    }

    async fn applications(
        &self,
        account: Sid,
        friendly_name: Option<String>,
        page: Page,
    ) -> Result<Listing<Application>, StoreError> {
        self.read(move |db| applications::page(db, account, friendly_name.clone(), page)).await
    }

    async fn change_application(&self, application: Application) -> Result<(), StoreError> {
        self.write(move |db| applications::change(db, &application)).await
    }

    async fn remove_application(&self, sid: Sid) -> Result<bool, StoreError> {
        self.write(move |db| applications::remove(db, sid)).await
    }

    async fn add_to_inbox(&self, entry: InboxEntry) -> Result<i64, StoreError> {
        self.write(move |db| inbox::add(db, &entry)).await
    }

    async fn inbox(
        &self,
        handset: &PhoneNumber,
        after: i64,
        limit: u32,
    ) -> Result<Vec<InboxEntry>, StoreError> {
        let handset = handset.clone();
        self.read(move |db| inbox::after(db, &handset, after, limit)).await
    }

    async fn handsets(&self, limit: u32) -> Result<Vec<Handset>, StoreError> {
        self.read(move |db| inbox::handsets(db, limit)).await
    }
}

//! What the engine's handle can be asked about texts.

use std::path::PathBuf;
use std::sync::Arc;

use model::{Correspondent, InboxEntry, MediaRecord, MessageRecord, MessageStatus, Sid};
use sms::MediaLink;
use sms::delivery::{Delivery, Input};
use store::{Message, StoreError};

use crate::Engine;
use crate::clock::wall;
use crate::texts::accept::accept;
use crate::texts::settle::{Settled, settle};
use crate::texts::{
    CarrierCall, CarrierReply, CarrierStatus, ChangeTextError, HandsetError, HandsetText, SendText,
    SendTextError, arrivals, media,
};

/// Does something to its end also where nobody waits for it any more (a client that hung up): half of it would leave a
/// message on disk that nobody was told of.
async fn to_its_end<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    match tokio::spawn(work).await {
        Ok(done) => done,
        Err(broken) => match broken.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime ends, and with it whoever waits here.
            Err(_) => std::future::pending().await,
        },
    }
}

impl Engine {
    /// Keeps a message and sends it as soon as its turn comes; its record is on disk when this returns.
    pub async fn send_text(&self, order: SendText) -> Result<MessageRecord, SendTextError> {
        if self.hub.is_draining() {
            return Err(SendTextError::Draining);
        }
        let hub = Arc::clone(&self.hub);
        to_its_end(async move { accept(&hub, order).await }).await
    }

    /// The message as it is now, also while a carrier has it (`sending`).
    pub async fn text(&self, account: Sid, sid: Sid) -> Result<Option<MessageRecord>, StoreError> {
        let Some(mut record) = self.own(account, sid).await?.map(|message| message.record) else {
            return Ok(None);
        };
        if record.status == MessageStatus::Queued && self.hub.texts.desk.is_out(sid).await {
            record.status = MessageStatus::Sending;
        }
        Ok(Some(record))
    }

    /// Takes a message back that no carrier has yet.
    pub async fn cancel_text(
        &self,
        account: Sid,
        sid: Sid,
    ) -> Result<MessageRecord, ChangeTextError> {
        let engine = self.clone();
        let change = async move { engine.change(account, sid, Input::Cancel).await };
        let (record, settled) = to_its_end(change).await?;
        if settled.too_late { Err(ChangeTextError::TooLate(sid)) } else { Ok(record) }
    }

    /// Forgets the text of a message.
    pub async fn redact_text(
        &self,
        account: Sid,
        sid: Sid,
    ) -> Result<MessageRecord, ChangeTextError> {
        let engine = self.clone();
        let change = async move { engine.change(account, sid, Input::Redact).await };
        let (record, settled) = to_its_end(change).await?;
        if settled.too_early { Err(ChangeTextError::StillGoing(sid)) } else { Ok(record) }
    }

    /// Forgets a message and its media, once nothing is to be done for it.
    pub async fn delete_text(&self, account: Sid, sid: Sid) -> Result<(), ChangeTextError> {
        let engine = self.clone();
        to_its_end(async move { engine.forget(account, sid).await }).await
    }

    async fn forget(&self, account: Sid, sid: Sid) -> Result<(), ChangeTextError> {
        let _released = self.hub.texts.desk.release(sid).await;
        let _lock = self.hub.texts.locks.of(sid).await;
        let found = self.own(account, sid).await?;
        let Message { record, .. } = found.ok_or(ChangeTextError::NotFound(sid))?;
        if record.status.is_waiting() || record.status == MessageStatus::Receiving {
            return Err(ChangeTextError::StillGoing(sid));
        }
        let media: Vec<Sid> =
            media::of(&self.hub, &record).await?.into_iter().map(|media| media.sid).collect();
        self.hub.store.delete_message(sid).await?;
        media::remove(&self.hub, &media).await;
        Ok(())
    }

    /// Gives a message an input, while nobody else works on it.
    async fn change(
        &self,
        account: Sid,
        sid: Sid,
        input: Input,
    ) -> Result<(MessageRecord, Settled), ChangeTextError> {
        let found = self.own(account, sid).await?;
        if found.is_none() {
            return Err(ChangeTextError::NotFound(sid));
        }
        let _released = self.hub.texts.desk.release(sid).await;
        let _lock = self.hub.texts.locks.of(sid).await;
        let found = self.own(account, sid).await?;
        let Message { record, plan } = found.ok_or(ChangeTextError::NotFound(sid))?;
        let was_waiting = record.status.is_waiting();
        let parts = self.hub.store.parts(sid).await?;
        let now = wall();
        let mut delivery = Delivery::of(record, plan, parts);
        delivery.handle(now, input);
        let mut settled = settle(&mut delivery, now);
        let record = delivery.record().clone();
        if let Some(change) = settled.change.take() {
            self.hub.store.change_message(change).await?;
            self.hub.outbox.notify_one();
            if was_waiting && !record.status.is_waiting() {
                self.hub.texts.one_less();
            }
        }
        Ok((record, settled))
    }

    async fn own(&self, account: Sid, sid: Sid) -> Result<Option<Message>, StoreError> {
        let found = self.store().message(sid).await?;
        Ok(found.filter(|message| message.record.account == account))
    }

    /// The file of media.
    pub fn media_path(&self, media: Sid) -> PathBuf {
        self.settings().data.join("media").join(media.to_string())
    }

    /// The media of a message, if both are the account's.
    pub async fn media_record(
        &self,
        account: Sid,
        message: Sid,
        media: Sid,
    ) -> Result<Option<MediaRecord>, StoreError> {
        let found = self.store().media(media).await?;
        Ok(found.filter(|media| media.account == account && media.message == message))
    }

    /// Forgets media, row and file; false if there was none.
    pub async fn delete_media(
        &self,
        account: Sid,
        message: Sid,
        media: Sid,
    ) -> Result<bool, StoreError> {
        if self.media_record(account, message, media).await?.is_none() {
            return Ok(false);
        }
        let deleted = self.store().delete_media(media).await?;
        media::remove(&self.hub, &[media]).await;
        Ok(deleted)
    }

    /// The carriers, in the order of the configuration.
    pub fn carriers(&self) -> Vec<CarrierStatus> {
        self.hub.texts.offices.statuses()
    }

    /// Messages that wait to be sent.
    pub fn waiting_texts(&self) -> u64 {
        self.hub.texts.waiting.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// A handset of the virtual carrier writes to a number of this server.
    pub async fn text_from_handset(
        &self,
        text: HandsetText,
    ) -> Result<MessageRecord, HandsetError> {
        let engine = self.clone();
        to_its_end(async move { engine.hear_handset(text).await }).await
    }

    async fn hear_handset(&self, text: HandsetText) -> Result<MessageRecord, HandsetError> {
        let HandsetText { from, to, body, media } = text;
        let handset = Correspondent::Number(from.clone());
        let hub = &self.hub;
        let reached = hub.texts.offices.reach(&handset, &to);
        let Some(office) = reached.into_iter().find(|office| office.is_virtual()) else {
            return Err(HandsetError::NotVirtual(from));
        };
        let card = hub.texts.cards.of(hub.store.as_ref(), &to).await?;
        let card = card.ok_or_else(|| HandsetError::NobodyThere(to.clone()))?;
        let links: Vec<MediaLink> = media
            .iter()
            .map(|url| MediaLink {
                url: url.clone(),
                content_type: "application/octet-stream".to_owned(),
            })
            .collect();
        let arrived = arrivals::Arrived::written_on(handset, to.clone(), body.clone(), links);
        let record = arrivals::keep_whole(hub, office.name(), &card, arrived).await?;
        let entry = InboxEntry {
            id: 0,
            handset: from,
            other: to,
            written_here: true,
            body,
            media,
            message: record.sid,
            at: record.created_at,
        };
        hub.store.add_to_inbox(entry).await?;
        Ok(record)
    }

    /// A carrier calls its webhook; `None` if there is no such carrier, or it has none.
    pub async fn hear_carrier(&self, carrier: &str, call: CarrierCall) -> Option<CarrierReply> {
        let office = self.hub.texts.offices.named(carrier)?;
        office.hear(call).await
    }

    /// Forgets what is remembered of numbers, short codes, services and applications; to be called after a change of one
    /// in the store.
    pub fn reload_numbers(&self) {
        self.hub.texts.cards.forget();
    }
}

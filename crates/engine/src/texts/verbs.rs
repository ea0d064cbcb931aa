//! What the engine's handle can be asked about texts.

use std::path::PathBuf;

use model::{MediaRecord, MessageRecord, Sid};
use store::StoreError;

use crate::Engine;
use crate::texts::{
    CarrierCall, CarrierReply, CarrierStatus, ChangeTextError, HandsetError, HandsetText, SendText,
    SendTextError,
};

impl Engine {
    /// Keeps a message and sends it as soon as its turn comes; its record is on disk when this returns.
    pub async fn send_text(&self, order: SendText) -> Result<MessageRecord, SendTextError> {
        let _ = order;
        Err(SendTextError::Draining)
    }

    /// The message as it is now, also while a carrier has it (`sending`).
    pub async fn text(&self, account: Sid, sid: Sid) -> Result<Option<MessageRecord>, StoreError> {
        let found = self.store().message(sid).await?;
        Ok(found.map(|message| message.record).filter(|record| record.account == account))
    }

    /// Takes a message back that no carrier has yet.
    pub async fn cancel_text(
        &self,
        account: Sid,
        sid: Sid,
    ) -> Result<MessageRecord, ChangeTextError> {
        let _ = account;
        Err(ChangeTextError::NotFound(sid))
    }

    /// Forgets the text of a message.
    pub async fn redact_text(
        &self,
        account: Sid,
        sid: Sid,
    ) -> Result<MessageRecord, ChangeTextError> {
        let _ = account;
        Err(ChangeTextError::NotFound(sid))
    }

    /// Forgets a message and its media, once nothing is to be done for it.
    pub async fn delete_text(&self, account: Sid, sid: Sid) -> Result<(), ChangeTextError> {
        let _ = account;
        Err(ChangeTextError::NotFound(sid))
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
        let _ = tokio::fs::remove_file(self.media_path(media)).await;
        Ok(deleted)
    }

    /// The carriers, in the order in which they are tried.
    pub fn carriers(&self) -> Vec<CarrierStatus> {
        Vec::new()
    }

    /// A handset of the virtual carrier writes to a number of this server.
    pub async fn text_from_handset(
        &self,
        text: HandsetText,
    ) -> Result<MessageRecord, HandsetError> {
        Err(HandsetError::NotVirtual(text.from))
    }

    /// A carrier calls its webhook; `None` if there is no such carrier, or it has none.
    pub async fn hear_carrier(&self, carrier: &str, call: CarrierCall) -> Option<CarrierReply> {
        let _ = (carrier, call);
        None
    }

    /// Forgets what is remembered of numbers, short codes, services and applications; to be called after a change of one
    /// in the store.
    pub fn reload_numbers(&self) {}
}

//! Each verb of [`Transcriptions`] as one closure for a database thread.

use async_trait::async_trait;
use model::{Callback, Moment, RecordingRecord, Sid, Transcription, TranscriptionOrder};

use crate::errors::StoreError;
use crate::lists::{Listing, Page};
use crate::sqlite::{Sqlite, transcriptions};
use crate::transcriptions::{DamagedTranscription, Transcriptions};

#[async_trait]
impl Transcriptions for Sqlite {
    async fn add_transcription(&self, order: TranscriptionOrder) -> Result<(), StoreError> {
        self.write(move |db| transcriptions::add(db, &order)).await
    }

    async fn save_recording_to_transcribe(
        &self,
        recording: RecordingRecord,
        callbacks: Vec<Callback>,
        order: TranscriptionOrder,
    ) -> Result<(), StoreError> {
        let run =
            move |db: &_| transcriptions::add_with_recording(db, &recording, &callbacks, &order);
        self.write(run).await
    }

    async fn owed_transcriptions(&self, limit: u32) -> Result<Vec<TranscriptionOrder>, StoreError> {
        self.read(move |db| transcriptions::owed(db, limit)).await
    }

    async fn give_up_damaged_transcriptions(
        &self,
        now: Moment,
    ) -> Result<Vec<DamagedTranscription>, StoreError> {
        self.write(move |db| transcriptions::give_up_damaged(db, now)).await
    }

    async fn finish_transcription(
        &self,
        record: Transcription,
        callbacks: Vec<Callback>,
    ) -> Result<bool, StoreError> {
        self.write(move |db| transcriptions::finish(db, &record, &callbacks)).await
    }

    async fn transcription(
        &self,
        account: Sid,
        sid: Sid,
    ) -> Result<Option<Transcription>, StoreError> {
        self.read(move |db| transcriptions::one(db, account, sid)).await
    }

    async fn transcriptions(
        &self,
        account: Sid,
        recording: Option<Sid>,
        page: Page,
    ) -> Result<Listing<Transcription>, StoreError> {
        self.read(move |db| transcriptions::page(db, account, recording, page)).await
    }

    async fn delete_transcription(&self, account: Sid, sid: Sid) -> Result<bool, StoreError> {
        self.write(move |db| transcriptions::delete(db, account, sid)).await
    }
}

//! The verbs for transcripts of recordings. They keep the promises of [`crate::Store`], whose part they are.

use async_trait::async_trait;
use model::{Callback, Moment, RecordingRecord, Sid, Transcription, TranscriptionOrder};

use crate::errors::StoreError;
use crate::lists::{Listing, Page};

/// A transcription in progress whose row nobody can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DamagedTranscription {
    /// Its SID, as it is on disk.
    pub sid: String,
    /// Whose it is, where that can be read.
    pub account: Option<Sid>,
}

/// What must not be lost of transcripts.
#[async_trait]
pub trait Transcriptions: Send + Sync {
    /// Keeps a transcription that is to be made. Nothing happens if its SID is known, or if it or its recording was
    /// deleted.
    async fn add_transcription(&self, order: TranscriptionOrder) -> Result<(), StoreError>;

    /// [`crate::Store::save_recording`] and [`Transcriptions::add_transcription`] in one: both are kept, or neither.
    async fn save_recording_to_transcribe(
        &self,
        recording: RecordingRecord,
        callbacks: Vec<Callback>,
        order: TranscriptionOrder,
    ) -> Result<(), StoreError>;

    /// Transcriptions in progress, oldest first, at most `limit`: what a server that was started again goes on with.
    /// [`StoreError::Corrupt`] if one can't be read; see [`Transcriptions::give_up_damaged_transcriptions`].
    async fn owed_transcriptions(&self, limit: u32) -> Result<Vec<TranscriptionOrder>, StoreError>;

    /// Makes those in progress that can't be read failed, of which nobody is told, so that the others go on; gives them.
    async fn give_up_damaged_transcriptions(
        &self,
        now: Moment,
    ) -> Result<Vec<DamagedTranscription>, StoreError>;

    /// Replaces one in progress by `record`, which is completed or failed, and keeps the callbacks that follow (their `id`
    /// is ignored); whom to tell is forgotten. `false`, and nothing is kept, if it is not in progress any more or was
    /// deleted.
    async fn finish_transcription(
        &self,
        record: Transcription,
        callbacks: Vec<Callback>,
    ) -> Result<bool, StoreError>;

    /// The transcription of this SID, if it is the account's.
    async fn transcription(
        &self,
        account: Sid,
        sid: Sid,
    ) -> Result<Option<Transcription>, StoreError>;

    /// Transcriptions of an account, or of one of its recordings, newest first. [`StoreError::Missing`] if the page's
    /// token never was one of its rows.
    async fn transcriptions(
        &self,
        account: Sid,
        recording: Option<Sid>,
        page: Page,
    ) -> Result<Listing<Transcription>, StoreError>;

    /// Forgets the transcription, also one in progress, of which nobody is told then; `false` if the account has none.
    async fn delete_transcription(&self, account: Sid, sid: Sid) -> Result<bool, StoreError>;
}

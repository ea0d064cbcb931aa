//! Transcripts of recordings: where each stands, and what must be kept so that whoever asked for one is told.
//!
//! It never recognises anything. The words are Twilio's (<https://www.twilio.com/docs/voice/api/recording-transcription>).

use std::str::FromStr;
use std::time::Duration;

use crate::moment::Moment;
use crate::records::Method;
use crate::sid::Sid;

/// Where a transcription stands. The words are those on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TranscriptionStatus {
    /// An engine has it, or is to have it.
    InProgress,
    /// The text is there.
    Completed,
    /// There will be no text.
    Failed,
}

impl TranscriptionStatus {
    /// Every status.
    pub const ALL: [TranscriptionStatus; 3] = [
        TranscriptionStatus::InProgress,
        TranscriptionStatus::Completed,
        TranscriptionStatus::Failed,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            TranscriptionStatus::InProgress => "in-progress",
            TranscriptionStatus::Completed => "completed",
            TranscriptionStatus::Failed => "failed",
        }
    }
}

impl FromStr for TranscriptionStatus {
    type Err = ();

    fn from_str(text: &str) -> Result<TranscriptionStatus, ()> {
        TranscriptionStatus::ALL.into_iter().find(|status| status.as_str() == text).ok_or(())
    }
}

/// What a recording says, written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transcription {
    /// `TR…`.
    pub sid: Sid,
    /// `AC…` of the owner.
    pub account: Sid,
    /// `RE…` of the recording; the transcription goes when it does.
    pub recording: Sid,
    /// `CA…` of the leg recorded.
    pub call: Sid,
    /// Where it stands.
    pub status: TranscriptionStatus,
    /// What was said, once completed. Empty if nothing was understood.
    pub text: Option<String>,
    /// Why there is no text, for people, once failed.
    pub failure: Option<String>,
    /// The language that the engine is asked for (BCP 47).
    pub language: String,
    /// Length of the recording.
    pub length: Duration,
    /// When it was ordered.
    pub created_at: Moment,
    /// When the record last changed.
    pub updated_at: Moment,
}

/// A transcription to be made, with what is kept beside it until it is done: enough to go on, and to tell whoever
/// waits, after a crash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TranscriptionOrder {
    /// Its record, in progress.
    pub record: Transcription,
    /// Who is told when it is done or has failed: an absolute URL.
    pub callback: Option<(String, Method)>,
    /// What the callback carries besides the transcript, in order.
    pub params: Vec<(String, String)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_reads_as_it_prints_and_nothing_else_does() {
        for status in TranscriptionStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(status));
        }
        assert_eq!("Completed".parse::<TranscriptionStatus>(), Err(()));
    }
}

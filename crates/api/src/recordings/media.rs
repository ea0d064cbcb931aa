//! The audio of a recording: a WAV file, whole or in ranges (RFC 9110 §14).
//!
//! `Differs:` only WAV is built, so `.mp3` is refused; a recording in two channels is always given in two, whatever
//! `RequestedChannels` says.

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use model::{RecordingRecord, RecordingStatus};
use tower_http::services::ServeFile;

use crate::api::Api;
use crate::asked::{Asked, Extension};
use crate::errors::{ApiError, INVALID_PARAMETER};

/// RFC 2361 calls it `audio/vnd.wave`; this is what Twilio says and players expect.
const WAV: HeaderValue = HeaderValue::from_static("audio/wav");

/// The file as an answer to `request`, with its length, and only the range that was asked for.
pub(super) async fn serve(
    api: &Api,
    recording: &RecordingRecord,
    asked: &Asked,
    request: Request,
) -> Result<Response, ApiError> {
    representation(asked)?;
    if !is_audible(recording.status) {
        return Err(asked.not_found());
    }
    let path = api.engine.recording_path(recording.sid);
    let served = ServeFile::new(&path).try_call(request).await.map_err(|error| {
        tracing::error!(%error, path = %path.display(), "a recording can't be read");
        ApiError::internal()
    })?;
    let status = served.status();
    if status == StatusCode::NOT_FOUND {
        tracing::warn!(path = %path.display(), "the file of a recording is gone");
        return Err(asked.not_found());
    }
    let mut response = served.map(Body::new).into_response();
    if status.is_success() {
        response.headers_mut().insert(CONTENT_TYPE, WAV);
    }
    Ok(response)
}

fn representation(asked: &Asked) -> Result<(), ApiError> {
    match asked.extension {
        Extension::None | Extension::Wav => Ok(()),
        Extension::Mp3 | Extension::Json | Extension::Text => {
            let message = "recordings are WAV files here: ask for .wav";
            Err(ApiError::new(StatusCode::NOT_ACCEPTABLE, INVALID_PARAMETER, message))
        }
    }
}

/// Whether there is audio that doesn't grow any more.
const fn is_audible(status: RecordingStatus) -> bool {
    match status {
        RecordingStatus::Completed | RecordingStatus::Failed => true,
        RecordingStatus::InProgress | RecordingStatus::Absent => false,
    }
}

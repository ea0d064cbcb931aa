//! The resource Transcription: what a recording says, listed, read and deleted, below its account and its recording.
//!
//! <https://www.twilio.com/docs/voice/api/recording-transcription>. With `.txt` the address of one is its text alone. None is
//! made here: `<Record transcribe>` does. `Differs:` one that failed has no text, where Twilio writes `(blank)`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use model::{SidKind, Transcription};
use serde_json::{Value, json};

use crate::api::Api;
use crate::asked::{Extension, VERSION};
use crate::auth::Caller;
use crate::errors::ApiError;
use crate::paging::ListAsked;
use crate::params::Params;
use crate::recordings::own_recording;

/// `GET /Transcriptions`.
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let list = ListAsked::read(&caller.asked, &params)?;
    let rows = api.store().transcriptions(caller.account.sid, None, list.page).await;
    Ok(Json(list.shape("transcriptions", &list.found(rows)?, |row| row.sid, shape)))
}

/// `GET /Recordings/{recording}/Transcriptions`.
pub(crate) async fn list_of_recording(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, recording)): Path<(String, String)>,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let list = ListAsked::read(&caller.asked, &params)?;
    let recording = own_recording(&api, &caller, &recording).await?.sid;
    let rows = api.store().transcriptions(caller.account.sid, Some(recording), list.page).await;
    Ok(Json(list.shape("transcriptions", &list.found(rows)?, |row| row.sid, shape)))
}

/// `GET /Transcriptions/{sid}`: the text alone with `.txt`, the record otherwise.
pub(crate) async fn fetch(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, sid)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let found = own_transcription(&api, &caller, &sid).await?;
    shown(&caller, found)
}

/// `GET /Recordings/{recording}/Transcriptions/{sid}`.
pub(crate) async fn fetch_of_recording(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, recording, sid)): Path<(String, String, String)>,
) -> Result<Response, ApiError> {
    let found = of_recording(&api, &caller, &recording, &sid).await?;
    shown(&caller, found)
}

/// `DELETE /Transcriptions/{sid}`.
pub(crate) async fn delete(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, sid)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let sid = caller.sid(SidKind::Transcription, &sid)?;
    let deleted = api.store().delete_transcription(caller.account.sid, sid).await?;
    if deleted { Ok(StatusCode::NO_CONTENT) } else { Err(caller.not_found()) }
}

/// `DELETE /Recordings/{recording}/Transcriptions/{sid}`.
pub(crate) async fn delete_of_recording(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((account, recording, sid)): Path<(String, String, String)>,
) -> Result<StatusCode, ApiError> {
    of_recording(&api, &caller, &recording, &sid).await?;
    delete(State(api), caller, Path((account, sid))).await
}

async fn own_transcription(
    api: &Api,
    caller: &Caller,
    sid: &str,
) -> Result<Transcription, ApiError> {
    let sid = caller.sid(SidKind::Transcription, sid)?;
    let found = api.store().transcription(caller.account.sid, sid).await?;
    found.ok_or_else(|| caller.not_found())
}

/// The transcription, if it is one of this recording.
async fn of_recording(
    api: &Api,
    caller: &Caller,
    recording: &str,
    sid: &str,
) -> Result<Transcription, ApiError> {
    let found = own_transcription(api, caller, sid).await?;
    let of_it = found.recording.to_string() == recording;
    if of_it { Ok(found) } else { Err(caller.not_found()) }
}

fn shown(caller: &Caller, found: Transcription) -> Result<Response, ApiError> {
    match (caller.asked.extension, found.text) {
        // Axum says that it is `text/plain` in UTF-8.
        (Extension::Text, Some(text)) => Ok(text.into_response()),
        (Extension::Text, None) => Err(caller.not_found()),
        (Extension::None | Extension::Json | Extension::Wav | Extension::Mp3, text) => {
            Ok(Json(shape(&Transcription { text, ..found })).into_response())
        }
    }
}

/// A transcription as JSON. It has one shape and one address, also below its recording.
fn shape(transcription: &Transcription) -> Value {
    let Transcription { account, sid, .. } = transcription;
    json!({
        "account_sid": account.to_string(),
        "api_version": "2010-04-01",
        "date_created": transcription.created_at.rfc2822(),
        "date_updated": transcription.updated_at.rfc2822(),
        "duration": transcription.length.as_secs().to_string(),
        "price": null,
        "price_unit": "USD",
        "recording_sid": transcription.recording.to_string(),
        "sid": sid.to_string(),
        "status": transcription.status.as_str(),
        "transcription_text": transcription.text,
        "type": "fast",
        "uri": format!("{VERSION}/Accounts/{account}/Transcriptions/{sid}.json"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{asked, assert_like, assert_page_like};
    use model::{Moment, Sid, TranscriptionStatus};
    use std::time::Duration;
    use store::Listing;

    fn example() -> Transcription {
        let ordered = Moment::from_millis(1_314_306_785_000);
        Transcription {
            sid: Sid::new(SidKind::Transcription, 1),
            account: Sid::new(SidKind::Account, 2),
            recording: Sid::new(SidKind::Recording, 3),
            call: Sid::new(SidKind::Call, 4),
            status: TranscriptionStatus::Completed,
            text: Some("THIS IS A TEST".to_owned()),
            failure: None,
            language: "en-US".to_owned(),
            length: Duration::from_millis(10_900),
            created_at: ordered,
            updated_at: ordered + Duration::from_secs(4),
        }
    }

    #[test]
    fn a_transcription_has_the_keys_and_types_of_twilios() {
        assert_like(&shape(&example()), "transcription");
        assert_like(&shape(&example()), "recording_transcription");
        let failed = Transcription {
            status: TranscriptionStatus::Failed,
            text: None,
            failure: Some("no engine".to_owned()),
            ..example()
        };
        assert_like(&shape(&failed), "transcription");
    }

    #[test]
    fn lists_have_the_keys_and_types_of_twilios() {
        let listing = Listing { items: vec![example()], more: false };
        for (path, name) in [
            ("Transcriptions", "transcriptions"),
            ("Recordings/RE1/Transcriptions", "recording_transcriptions"),
        ] {
            let list = ListAsked::read(&asked(path), &Params::default()).expect("a page");
            assert_page_like(&list.shape("transcriptions", &listing, |row| row.sid, shape), name);
        }
    }

    #[test]
    fn lengths_are_whole_seconds_as_text_and_times_are_of_rfc_2822() {
        let shaped = shape(&example());
        assert_eq!(shaped["duration"], "10");
        assert_eq!(shaped["date_created"], "Thu, 25 Aug 2011 21:13:05 +0000");
        let uri = "/2010-04-01/Accounts/AC00000000000000000000000000000002\
                   /Transcriptions/TR00000000000000000000000000000001.json";
        assert_eq!(shaped["uri"], uri);
    }
}

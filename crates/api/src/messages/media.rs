//! The resource Media: what came or goes with a message, listed, read, seen, deleted.
//!
//! <https://www.twilio.com/docs/messaging/api/media-resource>. The address with `.json` is the record, without an extension
//! it is the file, whole or in ranges (RFC 9110 §14), which whoever knows the SID may fetch unless
//! [`crate::Settings::public_recordings`] says otherwise. A file comes from strangers, so a browser is told to take it for
//! what it says it is and to run nothing in it.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use model::{MediaRecord, Sid, SidKind};
use serde_json::{Value, json};
use tower_http::services::ServeFile;

use crate::api::Api;
use crate::asked::{Asked, Extension, VERSION};
use crate::auth::Caller;
use crate::dates;
use crate::errors::ApiError;
use crate::messages::{message_sid, own_message};
use crate::paging::ListAsked;
use crate::params::Params;

/// What is said of a file beside its type, which is a stranger's word.
const CAREFULLY: [(HeaderName, HeaderValue); 2] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
];

/// Type of a file whose own can't be written as a header.
const UNKNOWN: HeaderValue = HeaderValue::from_static("application/octet-stream");

/// `GET /Messages/{message}/Media`.
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, message)): Path<(String, String)>,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let list = ListAsked::read(&caller.asked, &params)?;
    let message = own_message(&api, &caller, &message).await?;
    let created = dates::range(&params, "DateCreated")?;
    let rows = api.store().media_of(message.account, message.sid, created, list.page).await;
    Ok(Json(list.shape("media_list", &list.found(rows)?, |row| row.sid, shape)))
}

/// `GET /Messages/{message}/Media/{sid}`: the record with `.json`, the file otherwise.
pub(crate) async fn fetch(
    State(api): State<Arc<Api>>,
    caller: Result<Caller, ApiError>,
    Path((account, message, sid)): Path<(String, String, String)>,
    request: Request,
) -> Result<Response, ApiError> {
    let asked = request.extensions().get::<Asked>().cloned().ok_or_else(ApiError::internal)?;
    let wants_record = asked.extension == Extension::Json;
    if wants_record || !api.settings.public_recordings {
        caller?;
    }
    let found = media_of(&api, &account, &message, &sid).await?;
    let media = found.ok_or_else(|| asked.not_found())?;
    if wants_record {
        return Ok(Json(shape(&media)).into_response());
    }
    serve(&api, &media, &asked, request).await
}

/// `DELETE /Messages/{message}/Media/{sid}`: the row and the file.
pub(crate) async fn delete(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, message, sid)): Path<(String, String, String)>,
) -> Result<StatusCode, ApiError> {
    let message = message_sid(&caller, &message)?;
    let media = caller.sid(SidKind::Media, &sid)?;
    let deleted = api.engine.delete_media(caller.account.sid, message, media).await?;
    if deleted { Ok(StatusCode::NO_CONTENT) } else { Err(caller.not_found()) }
}

/// The media of a path, without regard to who asks.
async fn media_of(
    api: &Api,
    account: &str,
    message: &str,
    sid: &str,
) -> Result<Option<MediaRecord>, ApiError> {
    let (Ok(account), Ok(message), Ok(sid)) = (
        Sid::of_kind(SidKind::Account, account),
        message.parse::<Sid>(),
        Sid::of_kind(SidKind::Media, sid),
    ) else {
        return Ok(None);
    };
    Ok(api.engine.media_record(account, message, sid).await?)
}

async fn serve(
    api: &Api,
    media: &MediaRecord,
    asked: &Asked,
    request: Request,
) -> Result<Response, ApiError> {
    if asked.extension != Extension::None || media.size.is_none() {
        return Err(asked.not_found());
    }
    let path = api.engine.media_path(media.sid);
    let served = ServeFile::new(&path).try_call(request).await.map_err(|error| {
        tracing::error!(%error, path = %path.display(), "media can't be read");
        ApiError::internal()
    })?;
    let status = served.status();
    if status == StatusCode::NOT_FOUND {
        tracing::warn!(path = %path.display(), "the file of media is gone");
        return Err(asked.not_found());
    }
    let mut response = served.map(Body::new).into_response();
    if status.is_success() {
        let kind = HeaderValue::from_str(&media.content_type).unwrap_or(UNKNOWN);
        response.headers_mut().insert(CONTENT_TYPE, kind);
        response.headers_mut().extend(CAREFULLY);
    }
    Ok(response)
}

fn shape(media: &MediaRecord) -> Value {
    let MediaRecord { account, message, sid, .. } = media;
    json!({
        "account_sid": account.to_string(),
        "content_type": media.content_type,
        "date_created": media.created_at.rfc2822(),
        "date_updated": media.updated_at.rfc2822(),
        "parent_sid": message.to_string(),
        "sid": sid.to_string(),
        "uri": format!("{VERSION}/Accounts/{account}/Messages/{message}/Media/{sid}.json"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{asked, assert_like, assert_page_like};
    use model::Moment;
    use store::Listing;

    fn example() -> MediaRecord {
        MediaRecord {
            sid: Sid::new(SidKind::Media, 1),
            account: Sid::new(SidKind::Account, 2),
            message: Sid::new(SidKind::MediaMessage, 3),
            content_type: "image/jpeg".to_owned(),
            url: None,
            size: Some(7),
            created_at: Moment::EPOCH,
            updated_at: Moment::EPOCH,
        }
    }

    #[test]
    fn media_have_the_keys_and_types_of_twilios() {
        assert_like(&shape(&example()), "media");
        let path = asked("Messages/MM00000000000000000000000000000003/Media");
        let list = ListAsked::read(&path, &Params::read(b"DateCreated%3E=2008-01-02"));
        let list = list.expect("a page");
        let listing = Listing { items: vec![example()], more: false };
        assert_page_like(&list.shape("media_list", &listing, |row| row.sid, shape), "media_list");
    }
}

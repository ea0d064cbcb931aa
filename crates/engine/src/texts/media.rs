//! Media of messages: fetched once, with limits, and kept as files below `media` in the data folder.

use model::{MediaRecord, MessageRecord, Sid};
use store::{DateRange, MessageChange, Page, StoreError};

use crate::clock::wall;
use crate::http::AskError;
use crate::hub::Hub;

/// Media of one message at most (Twilio's limit, error 21623).
const MOST: u32 = 10;

/// Why media can't be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MediaError {
    /// Its server failed.
    #[error(transparent)]
    Fetch(#[from] AskError),
    /// The data folder can't be written.
    #[error("media could not be kept: {0}")]
    Disk(#[from] std::io::Error),
    /// See its message.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The media of a message, in order.
pub(crate) async fn of(hub: &Hub, record: &MessageRecord) -> Result<Vec<MediaRecord>, StoreError> {
    if record.media == 0 {
        return Ok(Vec::new());
    }
    let page = Page::first(MOST);
    let range = DateRange::default();
    let listing = hub.store.media_of(record.account, record.sid, range, page).await?;
    let mut media = listing.items;
    media.reverse();
    Ok(media)
}

/// Fetches what was not fetched yet; gives address and type of each as applications are told. Media whose server fails is
/// told with the address it came from.
pub(crate) async fn fetch_all(
    hub: &Hub,
    record: &MessageRecord,
) -> Result<Vec<(String, String)>, StoreError> {
    let mut told = Vec::new();
    for media in of(hub, record).await? {
        match keep(hub, media.clone()).await {
            Ok(kept) => told.push((address(hub, &kept), kept.content_type)),
            Err(MediaError::Store(error)) => return Err(error),
            Err(error) => {
                tracing::warn!(%error, media = %media.sid, "media of a message could not be fetched");
                told.push((media.url.unwrap_or_default(), media.content_type));
            }
        }
    }
    Ok(told)
}

/// The media with its bytes on disk.
pub(crate) async fn keep(hub: &Hub, mut media: MediaRecord) -> Result<MediaRecord, MediaError> {
    if media.size.is_some() {
        return Ok(media);
    }
    let Some(url) = media.url.clone() else { return Ok(media) };
    let answer = hub.http.media(&url).await?;
    let folder = hub.settings.data.join("media");
    tokio::fs::create_dir_all(&folder).await?;
    let whole = folder.join(media.sid.to_string());
    let partial = folder.join(format!("{}.part", media.sid));
    tokio::fs::write(&partial, &answer.body).await?;
    tokio::fs::rename(&partial, &whole).await?;
    media.size = Some(answer.body.len() as u64);
    if let Some(content_type) = answer.content_type {
        media.content_type = content_type;
    }
    media.updated_at = wall();
    save(hub, &media).await?;
    Ok(media)
}

async fn save(hub: &Hub, media: &MediaRecord) -> Result<(), StoreError> {
    let _lock = hub.texts.locks.of(media.message).await;
    let Some(message) = hub.store.message(media.message).await? else { return Ok(()) };
    let change = MessageChange { media: vec![media.clone()], ..MessageChange::quiet(message) };
    hub.store.change_message(change).await
}

/// Where media is fetched from us.
pub(crate) fn address(hub: &Hub, media: &MediaRecord) -> String {
    let MediaRecord { sid, account, message, .. } = media;
    let public = &hub.settings.public_url;
    format!("{public}/2010-04-01/Accounts/{account}/Messages/{message}/Media/{sid}")
}

/// Removes the files of media.
pub(crate) async fn remove(hub: &Hub, media: &[Sid]) {
    for sid in media {
        let path = hub.settings.data.join("media").join(sid.to_string());
        if let Err(error) = tokio::fs::remove_file(&path).await
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, media = %sid, "the file of media could not be removed");
        }
    }
}

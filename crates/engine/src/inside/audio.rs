//! Built-in music, and files that somebody uploaded.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use model::oncall::Name;
use url::Url;

use crate::http::{AskError, Freshness, Validators};
use crate::hub::Hub;
use crate::inside::Inner;

/// "Unable to fetch content" of `<Play>`: <https://www.twilio.com/docs/api/errors/11200>.
const NOT_THERE: u32 = 11200;
/// Music never changes while the server runs.
const MUSIC_FOR: Duration = Duration::from_secs(365 * 24 * 3600);

/// A piece of built-in music.
pub(super) async fn music(url: &Url, bucket: &str, number: u8) -> Result<Inner, AskError> {
    let name = bucket.to_owned();
    let composed = tokio::task::spawn_blocking(move || media::music::compose(&name, number)).await;
    let Ok(Some(samples)) = composed else {
        let buckets: Vec<&str> = media::music::pieces().map(|piece| piece.name).collect();
        let mut known = buckets;
        known.dedup();
        let message = format!("there is no music '{url}': there are {}", known.join(", "));
        return Err(AskError::inside(NOT_THERE, message));
    };
    let freshness =
        Freshness { may_be_kept: true, fresh_for: MUSIC_FOR, validators: Validators::default() };
    Ok(Inner::Body { content_type: "audio/wav", body: media::music::wav(&samples), freshness })
}

/// Where an uploaded file is kept.
pub(crate) fn prompt_path(data: &Path, name: &Name) -> PathBuf {
    data.join("prompts").join(name.as_str())
}

/// An uploaded file. It is asked for anew every time, and decoded only if it changed.
pub(super) async fn prompt(hub: &Arc<Hub>, name: &str) -> Result<Inner, AskError> {
    let missing = || {
        let message =
            format!("there is no prompt '{name}': upload it with `alo roulette prompt upload`");
        AskError::inside(NOT_THERE, message)
    };
    let name: Name = name.parse().map_err(|_| missing())?;
    let path = prompt_path(&hub.settings.data, &name);
    // Its time is read first: where another takes its place meanwhile, it is asked for once too often, never too rarely.
    let changed = tokio::fs::metadata(&path).await.and_then(|file| file.modified());
    let body = tokio::fs::read(&path).await.map_err(|_| missing())?;
    let stamp = changed.ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let etag = stamp.map(|stamp| format!("\"{}-{}\"", body.len(), stamp.as_micros()));
    let validators = Validators { etag, last_modified: None };
    let freshness = Freshness { may_be_kept: true, fresh_for: Duration::ZERO, validators };
    Ok(Inner::Body { content_type: "audio/*", body, freshness })
}

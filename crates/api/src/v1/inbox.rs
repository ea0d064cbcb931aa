//! `/v1/inbox`: handsets of the virtual carrier, for demonstration, development and tests: what they got, and what they
//! write.
//!
//! The administrator reads all, as everybody does where there is none. Another account reads, of any handset, what was
//! exchanged with its own numbers and short codes, and has handsets write to those; the list of handsets is the
//! administrator's.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use engine::{HandsetError, HandsetText};
use model::{Correspondent, InboxEntry, PhoneNumber};
use serde_json::{Value, json};
use store::{Handset, Page};

use crate::api::Api;
use crate::auth::Caller;
use crate::errors::ApiError;
use crate::messages;
use crate::params::{FormOrJson, Params, is_web_address};
use crate::written;

/// Most handsets that are listed.
const MOST_HANDSETS: u32 = 1000;
/// Longest text, in characters: as of a message.
const LONGEST_BODY: usize = 1600;
/// Most media: as of a message.
const MOST_MEDIA: usize = 10;

/// Why an inbox was not read, or nothing written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum InboxError {
    /// Write E.164.
    #[error("'{0}' is no phone number: write + and country code")]
    Handset(String),
    /// Write a number.
    #[error("{0} is '{1}': write a number")]
    Number(&'static str, String),
    /// Write whom the handset texts: a number or short code of this server.
    #[error("To is '{0}': write a number or short code of this server")]
    To(String),
    /// Write something.
    #[error("write Body or MediaUrl")]
    Nothing,
    /// Shorten it.
    #[error("Body has {0} characters: at most {LONGEST_BODY} are taken")]
    LongBody(usize),
    /// Write at most ten absolute addresses.
    #[error("MediaUrl is '{0}': write at most {MOST_MEDIA} absolute addresses")]
    Media(String),
}

impl From<InboxError> for ApiError {
    fn from(error: InboxError) -> ApiError {
        ApiError::invalid(error.to_string())
    }
}

/// `GET /v1/inbox`: the one with the newest message first.
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
) -> Result<Json<Value>, ApiError> {
    api.needs_administrator(caller.sid, "handsets")?;
    let handsets = api.store().handsets(MOST_HANDSETS).await?;
    Ok(Json(json!({ "handsets": handsets.iter().map(handset).collect::<Vec<Value>>() })))
}

/// `GET /v1/inbox/{number}?After=&Limit=`: the last `Limit` (1 to 1000, 50 unless said) after the entry `After`, oldest
/// first.
pub(crate) async fn read(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(number): Path<String>,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let number = number_of(&number)?;
    let after = whole(&params, "After", "after", 0)?;
    let limit = whole(&params, "Limit", "limit", i64::from(Page::DEFAULT_SIZE))?;
    let limit = limit.clamp(1, i64::from(Page::LARGEST)) as u32;
    let mut entries = api.store().inbox(&number, after, limit).await?;
    if !api.administers(caller.sid) {
        entries = exchanged_with(&api, &caller, entries).await?;
    }
    Ok(Json(json!({ "messages": entries.iter().map(shape).collect::<Vec<Value>>() })))
}

/// `POST /v1/inbox/{number}` with `To`, `Body` and `MediaUrl`: the handset writes. The answer is the message as it came in.
pub(crate) async fn write(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(number): Path<String>,
    FormOrJson(params): FormOrJson,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let text = text(number_of(&number)?, &params)?;
    if !(api.administers(caller.sid) || is_own(&api, &caller, &text.to).await?) {
        return Err(ApiError::forbidden("handsets write to numbers of this account alone"));
    }
    let message = api.engine.text_from_handset(text).await.map_err(not_written)?;
    Ok((StatusCode::CREATED, Json(messages::shape(&message))))
}

fn number_of(text: &str) -> Result<PhoneNumber, InboxError> {
    let bad = || InboxError::Handset(text.to_owned());
    let party = written::party(text).map_err(|_| bad())?;
    party.number().cloned().ok_or_else(bad)
}

/// A number by its name, in Twilio's spelling or ours.
fn whole(params: &Params, name: &'static str, ours: &str, unless: i64) -> Result<i64, InboxError> {
    let Some(text) = params.text(name).or(params.text(ours)) else { return Ok(unless) };
    text.parse().map_err(|_| InboxError::Number(name, text.to_owned()))
}

fn text(from: PhoneNumber, params: &Params) -> Result<HandsetText, InboxError> {
    let to = params.raw("To").unwrap_or_default();
    let to = written::correspondent(to).map_err(|error| InboxError::To(error.0))?;
    let body = params.raw("Body").unwrap_or_default().to_owned();
    let given = params.all("MediaUrl").map(str::trim).filter(|url| !url.is_empty());
    let media: Vec<String> = given.map(str::to_owned).collect();
    if let Some(bad) = media
        .iter()
        .enumerate()
        .find_map(|(index, url)| (index >= MOST_MEDIA || !is_web_address(url)).then_some(url))
    {
        return Err(InboxError::Media(bad.clone()));
    }
    let length = body.chars().count();
    match length {
        0 if media.is_empty() => Err(InboxError::Nothing),
        0..=LONGEST_BODY => Ok(HandsetText { from, to, body, media }),
        _ => Err(InboxError::LongBody(length)),
    }
}

/// What was exchanged with numbers and short codes of the account.
async fn exchanged_with(
    api: &Api,
    caller: &Caller,
    entries: Vec<InboxEntry>,
) -> Result<Vec<InboxEntry>, ApiError> {
    let mut own = HashMap::new();
    for entry in &entries {
        if !own.contains_key(&entry.other) {
            own.insert(entry.other.clone(), is_own(api, caller, &entry.other).await?);
        }
    }
    let is_own = |entry: &InboxEntry| own.get(&entry.other).copied().unwrap_or(false);
    Ok(entries.into_iter().filter(is_own).collect())
}

async fn is_own(api: &Api, caller: &Caller, who: &Correspondent) -> Result<bool, ApiError> {
    let owner = match who {
        Correspondent::Number(number) => {
            api.store().number_called(number).await?.map(|record| record.account)
        }
        Correspondent::ShortCode(code) => {
            api.store().short_code_texted(code).await?.map(|record| record.account)
        }
        Correspondent::Alpha(_)
        | Correspondent::Client(_)
        | Correspondent::Sip(_)
        | Correspondent::Other(_) => None,
    };
    Ok(owner == Some(caller.account.sid))
}

fn not_written(error: HandsetError) -> ApiError {
    match error {
        HandsetError::NobodyThere(_) | HandsetError::NotVirtual(_) => {
            ApiError::invalid(error.to_string())
        }
        HandsetError::Store(error) => error.into(),
        other => ApiError::unexpected(&other),
    }
}

fn handset(handset: &Handset) -> Value {
    json!({
        "number": handset.number.as_str(),
        "entries": handset.entries,
        "last_at": handset.last_at.iso8601(),
    })
}

fn shape(entry: &InboxEntry) -> Value {
    json!({
        "id": entry.id,
        "number": entry.handset.as_str(),
        "other": entry.other.to_string(),
        "written_here": entry.written_here,
        "body": entry.body,
        "media": entry.media,
        "message_sid": entry.message.to_string(),
        "at": entry.at.iso8601(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrote(form: &str) -> Result<HandsetText, InboxError> {
        let from = "+14155550123".parse().expect("a number");
        text(from, &Params::read(form.as_bytes()))
    }

    #[test]
    fn a_handset_writes_to_a_number_or_a_short_code() {
        for (form, to) in
            [("To=%2B14155550100&Body=Hi", "+14155550100"), ("To=12345&Body=x", "12345")]
        {
            assert_eq!(wrote(form).expect(form).to.to_string(), to);
        }
        let media = wrote("To=12345&MediaUrl=http://a.example/x.png").expect("a message");
        assert_eq!((media.body.as_str(), media.media.len()), ("", 1));
    }

    #[test]
    fn each_mistake_is_named() {
        assert_eq!(wrote("Body=x").err(), Some(InboxError::To(String::new())));
        assert_eq!(wrote("To=12345").err(), Some(InboxError::Nothing));
        let long = format!("To=12345&Body={}", "x".repeat(1601));
        assert_eq!(wrote(&long).err(), Some(InboxError::LongBody(1601)));
        let bad = wrote("To=12345&MediaUrl=x.png").err();
        assert_eq!(bad, Some(InboxError::Media("x.png".to_owned())));
        let many = format!("To=12345{}", "&MediaUrl=http://a.example/".repeat(11));
        assert!(matches!(wrote(&many), Err(InboxError::Media(_))));
        assert_eq!(number_of("ada"), Err(InboxError::Handset("ada".to_owned())));
    }

    #[test]
    fn pages_are_named_in_either_spelling() {
        let read = |query: &str| whole(&Params::read(query.as_bytes()), "After", "after", 0);
        assert_eq!((read("After=7"), read("after=7"), read("")), (Ok(7), Ok(7), Ok(0)));
        assert!(read("After=now").is_err());
    }
}

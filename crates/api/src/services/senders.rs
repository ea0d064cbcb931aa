//! Senders of a service: its PhoneNumbers, ShortCodes and AlphaSenders, each added, listed, read, removed.
//!
//! <https://www.twilio.com/docs/messaging/api/phonenumber-resource>, and its two sisters. A sender is in one service at
//! most. `Differs:` a service may have several alphanumeric senders.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::{Correspondent, Sender, Service, Sid, SidKind};
use serde_json::Value;
use store::StoreError;

use crate::api::Api;
use crate::auth::Caller;
use crate::errors::ApiError;
use crate::paging::ListAsked;
use crate::params::Params;
use crate::services::{base, own_service, shape};

/// Most senders of a service (Twilio's default).
const MOST_SENDERS: usize = 400;

/// A list of senders, by the last word of its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    PhoneNumbers,
    ShortCodes,
    AlphaSenders,
}

impl Kind {
    const ALL: [Kind; 3] = [Kind::PhoneNumbers, Kind::ShortCodes, Kind::AlphaSenders];

    const fn path(self) -> &'static str {
        match self {
            Kind::PhoneNumbers => "PhoneNumbers",
            Kind::ShortCodes => "ShortCodes",
            Kind::AlphaSenders => "AlphaSenders",
        }
    }

    /// The key of its list.
    const fn key(self) -> &'static str {
        match self {
            Kind::PhoneNumbers => "phone_numbers",
            Kind::ShortCodes => "short_codes",
            Kind::AlphaSenders => "alpha_senders",
        }
    }

    const fn sid(self) -> SidKind {
        match self {
            Kind::PhoneNumbers => SidKind::Number,
            Kind::ShortCodes => SidKind::ShortCode,
            Kind::AlphaSenders => SidKind::AlphaSender,
        }
    }

    /// The parameter that names the sender to be added.
    const fn parameter(self) -> &'static str {
        match self {
            Kind::PhoneNumbers => "PhoneNumberSid",
            Kind::ShortCodes => "ShortCodeSid",
            Kind::AlphaSenders => "AlphaSender",
        }
    }
}

/// Why a sender was not added.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum AddError {
    /// Write the SID of one of the account's (21421).
    #[error("{name} is '{value}': this account has no such sender")]
    Unknown {
        /// Of the parameter.
        name: &'static str,
        /// As it came.
        value: String,
    },
    /// Write at most 11 letters, digits, spaces and `-+_&.`, one a letter (21401).
    #[error("AlphaSender is '{0}': write at most 11 letters, digits, spaces and -+_&.")]
    Name(String),
    /// It is there (21710).
    #[error("{0} is already in the Messaging Service")]
    Already(String),
    /// Remove it there first (21712).
    #[error("{0} is associated with another Messaging Service")]
    Elsewhere(String),
    /// Open another service (21714).
    #[error("the Messaging Service has {MOST_SENDERS} senders, the most there may be")]
    Full,
}

impl From<AddError> for ApiError {
    fn from(error: AddError) -> ApiError {
        let message = error.to_string();
        match error {
            AddError::Unknown { .. } => ApiError::bad_request(21421, message),
            AddError::Name(_) => ApiError::bad_request(21401, message),
            AddError::Already(_) => ApiError::conflict_of(21710, message),
            AddError::Elsewhere(_) => ApiError::conflict_of(21712, message),
            AddError::Full => ApiError::bad_request(21714, message),
        }
    }
}

/// `POST /v1/Services/{service}/PhoneNumbers` with `PhoneNumberSid`, and so on.
pub(crate) async fn add(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((service, list)): Path<(String, String)>,
    params: Params,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let kind = kind_named(&caller, &list)?;
    let service = own_service(&api, &caller, &service).await?;
    let sender = wanted(&api, &service, kind, &params).await?;
    keep(&api, sender.clone()).await?;
    api.engine.reload_numbers();
    Ok((StatusCode::CREATED, Json(shaped(&sender, &list_url(&api, &caller, &service, kind)))))
}

/// `GET /v1/Services/{service}/PhoneNumbers`, and so on.
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((service, list)): Path<(String, String)>,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let kind = kind_named(&caller, &list)?;
    let service = own_service(&api, &caller, &service).await?;
    let url = list_url(&api, &caller, &service, kind);
    let list = ListAsked::read_at(url.clone(), &params)?;
    let rows = api.store().senders(service.account, service.sid, kind.sid(), list.page).await;
    let row = |sender: &Sender| shaped(sender, &url);
    Ok(Json(list.shape_with_meta(kind.key(), &list.found(rows)?, |row| row.sid, row)))
}

/// `GET /v1/Services/{service}/PhoneNumbers/{sid}`, and so on.
pub(crate) async fn fetch(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((service, list, sid)): Path<(String, String, String)>,
) -> Result<Json<Value>, ApiError> {
    let kind = kind_named(&caller, &list)?;
    let service = own_service(&api, &caller, &service).await?;
    let sender = sender_of(&api, &caller, &service, kind, &sid).await?;
    Ok(Json(shaped(&sender, &list_url(&api, &caller, &service, kind))))
}

/// `DELETE /v1/Services/{service}/PhoneNumbers/{sid}`, and so on. The number stays with the account.
pub(crate) async fn remove(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((service, list, sid)): Path<(String, String, String)>,
) -> Result<StatusCode, ApiError> {
    let kind = kind_named(&caller, &list)?;
    let service = own_service(&api, &caller, &service).await?;
    let sender = sender_of(&api, &caller, &service, kind, &sid).await?;
    api.store().remove_sender(sender.sid).await?;
    api.engine.reload_numbers();
    Ok(StatusCode::NO_CONTENT)
}

fn kind_named(caller: &Caller, word: &str) -> Result<Kind, ApiError> {
    let known = Kind::ALL.into_iter().find(|kind| kind.path() == word);
    known.ok_or_else(|| caller.not_found())
}

fn list_url(api: &Api, caller: &Caller, service: &Service, kind: Kind) -> String {
    format!("{}/{}/{}", base(api, caller), service.sid, kind.path())
}

fn shaped(sender: &Sender, list: &str) -> Value {
    let country = sender.address.number().and_then(model::PhoneNumber::country);
    shape::sender(sender, country.as_deref(), list)
}

async fn sender_of(
    api: &Api,
    caller: &Caller,
    service: &Service,
    kind: Kind,
    sid: &str,
) -> Result<Sender, ApiError> {
    let found = api.store().sender(caller.sid(kind.sid(), sid)?).await?;
    let found = found.filter(|sender| sender.service == service.sid);
    found.ok_or_else(|| caller.not_found())
}

/// The sender that a request names, if it may come into the service.
async fn wanted(
    api: &Api,
    service: &Service,
    kind: Kind,
    params: &Params,
) -> Result<Sender, ApiError> {
    let (sid, address) = named(api, service.account, kind, params).await?;
    let there = api.store().all_senders(service.sid).await?;
    if there.iter().any(|sender| sender.address == address) {
        return Err(AddError::Already(address.to_string()).into());
    }
    if there.len() >= MOST_SENDERS {
        return Err(AddError::Full.into());
    }
    let now = api.engine.now();
    let (account, service) = (service.account, service.sid);
    Ok(Sender { sid, account, service, address, created_at: now, updated_at: now })
}

/// What is to be added: a number or short code of the account, or any name.
async fn named(
    api: &Api,
    account: Sid,
    kind: Kind,
    params: &Params,
) -> Result<(Sid, Correspondent), ApiError> {
    let name = kind.parameter();
    let value = params.text(name).unwrap_or_default();
    let unknown = || AddError::Unknown { name, value: value.to_owned() };
    let sid = || Sid::of_kind(kind.sid(), value).map_err(|_| unknown());
    match kind {
        Kind::PhoneNumbers => {
            let found = api.store().number(sid()?).await?;
            let number = found.filter(|number| number.account == account).ok_or_else(unknown)?;
            Ok((number.sid, Correspondent::Number(number.number)))
        }
        Kind::ShortCodes => {
            let found = api.store().short_code(sid()?).await?;
            let code = found.filter(|code| code.account == account).ok_or_else(unknown)?;
            Ok((code.sid, Correspondent::ShortCode(code.code)))
        }
        Kind::AlphaSenders => {
            let name = alpha(value)?;
            Ok((api.engine.new_sid(SidKind::AlphaSender), name))
        }
    }
}

fn alpha(text: &str) -> Result<Correspondent, AddError> {
    match text.parse() {
        Ok(name @ Correspondent::Alpha(_)) => Ok(name),
        Ok(_) | Err(_) => Err(AddError::Name(text.to_owned())),
    }
}

async fn keep(api: &Api, sender: Sender) -> Result<(), ApiError> {
    let address = sender.address.to_string();
    match api.store().add_sender(sender).await {
        Ok(()) => Ok(()),
        Err(StoreError::Taken(_)) => Err(AddError::Elsewhere(address).into()),
        Err(other) => Err(other.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::assert_page_like;
    use model::Moment;
    use serde_json::json;
    use store::Listing;

    #[test]
    fn lists_have_the_keys_and_types_of_twilios() {
        for (kind, address, name) in [
            (Kind::PhoneNumbers, "+14155550100", "service_numbers"),
            (Kind::ShortCodes, "12345", "service_short_codes"),
            (Kind::AlphaSenders, "ALO", "service_alpha_senders"),
        ] {
            let url = format!("https://alo.example/v1/Services/MG1/{}", kind.path());
            let list = ListAsked::read_at(url.clone(), &Params::default()).expect("a page");
            let sender = Sender {
                sid: Sid::new(kind.sid(), 1),
                account: Sid::new(SidKind::Account, 2),
                service: Sid::new(SidKind::Service, 3),
                address: address.parse().expect(address),
                created_at: Moment::EPOCH,
                updated_at: Moment::EPOCH,
            };
            let listing = Listing { items: vec![sender], more: false };
            let row = |sender: &Sender| shaped(sender, &url);
            let mut page = list.shape_with_meta(kind.key(), &listing, |row| row.sid, row);
            if kind == Kind::PhoneNumbers {
                // The example's list is empty.
                page["phone_numbers"][0]["capabilities"] = json!([]);
            }
            assert_page_like(&page, name);
        }
    }

    #[test]
    fn a_name_has_at_most_eleven_characters_and_a_letter() {
        assert!(alpha("Web Shop").is_ok());
        for bad in ["", "12345", "+14155550100", "MuchTooLongAName", "client:ada"] {
            assert_eq!(alpha(bad), Err(AddError::Name(bad.to_owned())));
        }
    }

    #[test]
    fn each_refusal_has_twilios_code() {
        let code = |error| {
            let error = ApiError::from(error);
            (error.status.as_u16(), error.code)
        };
        let unknown = AddError::Unknown { name: "PhoneNumberSid", value: "PN1".to_owned() };
        assert_eq!(code(unknown), (400, 21421));
        assert_eq!(code(AddError::Already(String::new())), (409, 21710));
        assert_eq!(code(AddError::Elsewhere(String::new())), (409, 21712));
        assert_eq!(code(AddError::Full), (400, 21714));
    }
}

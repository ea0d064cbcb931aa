//! `/v1/phones`: phones that may register here, and where they are registered now.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::{PhoneAccount, Secret, SidKind, VoiceRouting};
use serde_json::{Value, json};
use store::StoreError;

use crate::api::Api;
use crate::auth::Caller;
use crate::calls::own_number;
use crate::errors::ApiError;
use crate::params::{FormOrJson, Params};
use crate::v1::is_name;
use crate::written;

/// Longest password, in bytes.
const LONGEST_PASSWORD: usize = 128;

/// Why a phone was not added.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum AddError {
    /// Choose another.
    #[error("Name is '{0}': write at most 64 letters, digits, '-', '_' and '.'")]
    Name(String),
    /// Choose another.
    #[error("the password is too long or holds line breaks")]
    Password,
    /// Write E.164.
    #[error("CallerId is '{0}', which is no phone number: write + and country code")]
    CallerId(String),
    /// Write an absolute address.
    #[error("VoiceUrl is '{0}', which is no web address")]
    VoiceUrl(String),
    /// Choose another, or remove that one.
    #[error("there is a phone '{0}' on this server already")]
    Taken(String),
}

impl From<AddError> for ApiError {
    fn from(error: AddError) -> ApiError {
        match error {
            AddError::Taken(_) => ApiError::conflict(error.to_string()),
            AddError::Name(_)
            | AddError::Password
            | AddError::CallerId(_)
            | AddError::VoiceUrl(_) => ApiError::invalid(error.to_string()),
        }
    }
}

/// `GET /v1/phones`.
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
) -> Result<Json<Value>, ApiError> {
    let phones = api.store().phones(caller.account.sid).await?;
    let registered = registrations(&api);
    let shaped: Vec<Value> = phones.iter().map(|phone| shape(phone, &registered)).collect();
    Ok(Json(json!({ "phones": shaped })))
}

/// `POST /v1/phones` with `Name`, `Password` (drawn at random unless said), `CallerId` (a number of the account) and
/// `VoiceUrl`. The answer alone shows the password.
pub(crate) async fn add(
    State(api): State<Arc<Api>>,
    caller: Caller,
    FormOrJson(params): FormOrJson,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let phone = phone(&api, &caller, &params).await?;
    keep(&api, phone.clone()).await?;
    api.engine.reload_directory().await?;
    let mut shaped = shape(&phone, &[]);
    shaped["password"] = phone.password.reveal().into();
    Ok((StatusCode::CREATED, Json(shaped)))
}

/// `DELETE /v1/phones/{name}`. Its registrations end.
pub(crate) async fn remove(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<StatusCode, ApiError> {
    let phone = caller.own(api.store().phone_named(&name).await?, |phone| phone.account)?;
    api.store().remove_phone(phone.sid).await?;
    api.engine.reload_directory().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn phone(api: &Api, caller: &Caller, params: &Params) -> Result<PhoneAccount, ApiError> {
    let random = || api.engine.new_sid(SidKind::Credential);
    // 128 random bits of their own: a SID is drawn like a password, but this one is nobody's SID.
    let (name, password, url) = checked(params, || format!("{:032x}", random().digits()))?;
    let caller_id = match params.raw("CallerId") {
        None => None,
        Some(text) => Some(own_caller_id(api, caller, text).await?),
    };
    Ok(PhoneAccount {
        sid: random(),
        account: caller.account.sid,
        name,
        password,
        caller_id,
        voice: VoiceRouting { url, ..VoiceRouting::default() },
        created_at: api.engine.now(),
    })
}

fn checked(
    params: &Params,
    drawn: impl FnOnce() -> String,
) -> Result<(String, Secret, Option<String>), AddError> {
    let name = params.text("Name").unwrap_or_default().to_owned();
    if !is_name(&name) {
        return Err(AddError::Name(name));
    }
    let password = params.raw("Password").map_or_else(drawn, str::to_owned);
    if password.len() > LONGEST_PASSWORD || password.chars().any(char::is_control) {
        return Err(AddError::Password);
    }
    let url = params.application("VoiceUrl").map_err(AddError::VoiceUrl)?;
    Ok((name, Secret::new(password), url))
}

async fn own_caller_id(
    api: &Api,
    caller: &Caller,
    text: &str,
) -> Result<model::PhoneNumber, ApiError> {
    let no_number = || AddError::CallerId(text.to_owned());
    let party = written::party(text).map_err(|_| no_number())?;
    let number = party.number().ok_or_else(no_number)?;
    own_number(api, caller, &party).await?;
    Ok(number.clone())
}

async fn keep(api: &Api, phone: PhoneAccount) -> Result<(), ApiError> {
    let name = phone.name.clone();
    match api.store().add_phone(phone).await {
        Ok(()) => Ok(()),
        Err(StoreError::Taken(_)) => Err(AddError::Taken(name).into()),
        Err(other) => Err(other.into()),
    }
}

/// Where a phone is registered, by its name.
type Registered = (String, Value);

fn registrations(api: &Api) -> Vec<Registered> {
    let contacts = api.engine.sip().registrations().into_iter();
    contacts
        .map(|(name, contact)| {
            let shaped = json!({
                "uri": contact.uri,
                "source": contact.source.to_string(),
                "expires_in": contact.expires_in.as_secs(),
                "user_agent": contact.user_agent,
            });
            (name, shaped)
        })
        .collect()
}

fn shape(phone: &PhoneAccount, registered: &[Registered]) -> Value {
    let own: Vec<&Value> =
        registered.iter().filter(|(name, _)| *name == phone.name).map(|(_, at)| at).collect();
    json!({
        "sid": phone.sid.to_string(),
        "name": phone.name,
        "caller_id": phone.caller_id.as_ref().map(model::PhoneNumber::as_str),
        "voice_url": phone.voice.url,
        "created_at": phone.created_at.iso8601(),
        "contacts": own,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(form: &str) -> Result<(String, Secret, Option<String>), AddError> {
        checked(&Params::read(form.as_bytes()), || "drawn".to_owned())
    }

    #[test]
    fn a_phone_needs_a_name_and_gets_a_password() {
        let (name, password, url) = check("Name=ada").expect("a phone");
        assert_eq!((name.as_str(), password.reveal(), url), ("ada", "drawn", None));
        let (_, password, url) =
            check("Name=ada&Password=s3cret&VoiceUrl=http://a.example").expect("a phone");
        assert_eq!((password.reveal(), url.as_deref()), ("s3cret", Some("http://a.example")));
    }

    #[test]
    fn each_mistake_is_named() {
        assert_eq!(check("Name=a+b").err(), Some(AddError::Name("a b".into())));
        assert_eq!(check("Password=x").err(), Some(AddError::Name(String::new())));
        assert_eq!(check("Name=ada&Password=a%0Ab").err(), Some(AddError::Password));
        assert_eq!(check("Name=ada&VoiceUrl=x").err(), Some(AddError::VoiceUrl("x".into())));
    }
}

//! The resource Application: routing that several numbers share, made, listed, read, changed, deleted.
//!
//! <https://www.twilio.com/docs/usage/api/applications>. `Differs:` whether others may connect to it and whether the
//! caller's name is looked up have no effect; the latter is kept.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::{Application, Moment, Sid, SidKind, TextRouting, VoiceRouting};
use serde_json::{Value, json};

use crate::api::Api;
use crate::asked::VERSION;
use crate::auth::Caller;
use crate::errors::ApiError;
use crate::paging::ListAsked;
use crate::params::Params;
use crate::routing::{self, RoutingError};

/// `POST /Applications`.
pub(crate) async fn create(
    State(api): State<Arc<Api>>,
    caller: Caller,
    params: Params,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let sid = api.engine.new_sid(SidKind::Application);
    let mut application = new_application(sid, caller.account.sid, api.engine.now());
    apply(&params, &mut application)?;
    api.store().add_application(application.clone()).await?;
    api.engine.reload_numbers();
    Ok((StatusCode::CREATED, Json(shape(&application))))
}

/// `GET /Applications`.
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let list = ListAsked::read(&caller.asked, &params)?;
    let name = params.text("FriendlyName").map(str::to_owned);
    let rows = api.store().applications(caller.account.sid, name, list.page).await;
    Ok(Json(list.shape("applications", &list.found(rows)?, |row| row.sid, shape)))
}

/// `GET /Applications/{sid}`.
pub(crate) async fn fetch(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, sid)): Path<(String, String)>,
) -> Result<Json<Value>, ApiError> {
    Ok(Json(shape(&own_application(&api, &caller, &sid).await?)))
}

/// `POST /Applications/{sid}`.
pub(crate) async fn update(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, sid)): Path<(String, String)>,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let mut application = own_application(&api, &caller, &sid).await?;
    apply(&params, &mut application)?;
    application.updated_at = api.engine.now();
    api.store().change_application(application.clone()).await?;
    api.engine.reload_numbers();
    Ok(Json(shape(&application)))
}

/// `DELETE /Applications/{sid}`. Numbers that used it fall back to their own routing.
pub(crate) async fn delete(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, sid)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let application = own_application(&api, &caller, &sid).await?;
    api.store().remove_application(application.sid).await?;
    api.engine.reload_numbers();
    Ok(StatusCode::NO_CONTENT)
}

async fn own_application(api: &Api, caller: &Caller, sid: &str) -> Result<Application, ApiError> {
    let sid = caller.sid(SidKind::Application, sid)?;
    caller.own(api.store().application(sid).await?, |application| application.account)
}

/// One without any routing, named after its SID until it gets a name.
fn new_application(sid: Sid, account: Sid, now: Moment) -> Application {
    Application {
        sid,
        account,
        friendly_name: sid.to_string(),
        voice: VoiceRouting::default(),
        caller_name_lookup: false,
        text: TextRouting::default(),
        message_callback: None,
        created_at: now,
        updated_at: now,
    }
}

/// `SmsStatusCallback` is the name of old for `MessageStatusCallback`, which counts more.
fn apply(params: &Params, application: &mut Application) -> Result<(), RoutingError> {
    routing::name(params, &mut application.friendly_name)?;
    routing::voice(params, &mut application.voice)?;
    routing::text(params, &mut application.text)?;
    routing::url(params, "SmsStatusCallback", &mut application.message_callback)?;
    routing::url(params, "MessageStatusCallback", &mut application.message_callback)?;
    let lookup = params.maybe_flag("VoiceCallerIdLookup");
    application.caller_name_lookup = lookup.unwrap_or(application.caller_name_lookup);
    Ok(())
}

fn shape(application: &Application) -> Value {
    let Application { sid, account, voice, text, .. } = application;
    json!({
        "account_sid": account.to_string(),
        "api_version": "2010-04-01",
        "date_created": application.created_at.rfc2822(),
        "date_updated": application.updated_at.rfc2822(),
        "friendly_name": application.friendly_name,
        "message_status_callback": application.message_callback,
        "public_application_connect_enabled": false,
        "sid": sid.to_string(),
        "sms_fallback_method": text.fallback_method.as_str(),
        "sms_fallback_url": text.fallback_url,
        "sms_method": text.method.as_str(),
        "sms_status_callback": application.message_callback,
        "sms_url": text.url,
        "status_callback": voice.status_callback,
        "status_callback_method": voice.status_callback_method.as_str(),
        "uri": format!("{VERSION}/Accounts/{account}/Applications/{sid}.json"),
        "voice_caller_id_lookup": application.caller_name_lookup,
        "voice_fallback_method": voice.fallback_method.as_str(),
        "voice_fallback_url": voice.fallback_url,
        "voice_method": voice.method.as_str(),
        "voice_url": voice.url,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{asked, assert_like, assert_page_like};
    use store::Listing;

    fn new() -> Application {
        let account = Sid::new(SidKind::Account, 2);
        new_application(Sid::new(SidKind::Application, 1), account, Moment::EPOCH)
    }

    fn set(form: &str) -> Result<Application, RoutingError> {
        let mut application = new();
        apply(&Params::read(form.as_bytes()), &mut application).map(|()| application)
    }

    #[test]
    fn applications_have_the_keys_and_types_of_twilios() {
        let form = "VoiceUrl=http://a.example/v&SmsUrl=http://a.example/s\
                    &MessageStatusCallback=http://a.example/m&StatusCallback=http://a.example/c";
        let example = set(form).expect("it can be set");
        assert_like(&shape(&example), "application");
        assert_like(&shape(&example), "application_created");
        let list = ListAsked::read(&asked("Applications"), &Params::default()).expect("a page");
        let listing = Listing { items: vec![example, new()], more: false };
        let page = list.shape("applications", &listing, |row| row.sid, shape);
        assert_page_like(&page, "applications");
    }

    #[test]
    fn the_callback_of_messages_has_two_names() {
        let old = set("SmsStatusCallback=http://a.example/old").expect("it can be set");
        assert_eq!(old.message_callback.as_deref(), Some("http://a.example/old"));
        let both = set("SmsStatusCallback=http://a.example/old\
                        &MessageStatusCallback=http://a.example/new&VoiceCallerIdLookup=true");
        let both = both.expect("it can be set");
        assert_eq!(both.message_callback.as_deref(), Some("http://a.example/new"));
        assert!(both.caller_name_lookup);
        assert!(set("SmsUrl=sms.xml").is_err());
    }
}

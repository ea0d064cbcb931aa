//! The resource Service of the product Messaging: senders under one roof, made, listed, read, changed, deleted.
//!
//! <https://www.twilio.com/docs/messaging/api/service-resource>. `change.rs` reads what is set, `shape.rs` prints,
//! `senders.rs` has the numbers, short codes and names below a service. Pages have absolute addresses.
//! `Differs:` scanning, use cases, the fall-back to long codes and synchronous validation are kept and have no effect;
//! American registration of campaigns isn't built.

mod change;
pub(crate) mod senders;
mod shape;

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::{Moment, Service, Sid, SidKind, TextRouting};
use serde_json::Value;

use crate::api::Api;
use crate::auth::Caller;
use crate::errors::ApiError;
use crate::paging::ListAsked;
use crate::params::Params;
use crate::services::change::{ChangeError, LONGEST_VALIDITY};
use crate::services::shape::shape;

/// `POST /v1/Services`.
pub(crate) async fn create(
    State(api): State<Arc<Api>>,
    caller: Caller,
    params: Params,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    if params.text("FriendlyName").is_none() {
        return Err(ChangeError::NoName.into());
    }
    let sid = api.engine.new_sid(SidKind::Service);
    let mut service = new_service(sid, caller.account.sid, api.engine.now());
    change::apply(&params, &mut service)?;
    api.store().open_service(service.clone()).await?;
    api.engine.reload_numbers();
    Ok((StatusCode::CREATED, Json(shape(&service, &base(&api, &caller)))))
}

/// `GET /v1/Services`.
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let base = base(&api, &caller);
    let list = ListAsked::read_at(base.clone(), &params)?;
    let listing = list.found(api.store().services(caller.account.sid, list.page).await)?;
    let row = |service: &Service| shape(service, &base);
    Ok(Json(list.shape_with_meta("services", &listing, |row| row.sid, row)))
}

/// `GET /v1/Services/{sid}`.
pub(crate) async fn fetch(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(sid): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let service = own_service(&api, &caller, &sid).await?;
    Ok(Json(shape(&service, &base(&api, &caller))))
}

/// `POST /v1/Services/{sid}`.
pub(crate) async fn update(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(sid): Path<String>,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let mut service = own_service(&api, &caller, &sid).await?;
    change::apply(&params, &mut service)?;
    service.updated_at = api.engine.now();
    api.store().change_service(service.clone()).await?;
    api.engine.reload_numbers();
    Ok(Json(shape(&service, &base(&api, &caller))))
}

/// `DELETE /v1/Services/{sid}`. Its senders stay with the account.
pub(crate) async fn delete(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(sid): Path<String>,
) -> Result<StatusCode, ApiError> {
    let service = own_service(&api, &caller, &sid).await?;
    api.store().close_service(service.sid).await?;
    api.engine.reload_numbers();
    Ok(StatusCode::NO_CONTENT)
}

async fn own_service(api: &Api, caller: &Caller, sid: &str) -> Result<Service, ApiError> {
    let sid = caller.sid(SidKind::Service, sid)?;
    caller.own(api.store().service(sid).await?, |service| service.account)
}

/// Absolute address of the list of services, as clients follow it.
fn base(api: &Api, caller: &Caller) -> String {
    let public = api.engine.settings().public_url.trim_end_matches('/');
    format!("{public}{}/v1/Services", caller.asked.prefix)
}

/// One with Twilio's defaults.
fn new_service(sid: Sid, account: Sid, now: Moment) -> Service {
    Service {
        sid,
        account,
        friendly_name: String::new(),
        inbound: TextRouting::default(),
        use_inbound_webhook_on_number: false,
        callback: None,
        sticky_sender: true,
        area_code_geomatch: true,
        smart_encoding: true,
        mms_converter: true,
        fallback_to_long_code: true,
        scan_message_content: "inherit".to_owned(),
        synchronous_validation: false,
        validity: LONGEST_VALIDITY,
        usecase: "undeclared".to_owned(),
        created_at: now,
        updated_at: now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{asked_of_services, assert_page_like};
    use crate::services::shape::example;
    use store::Listing;

    #[test]
    fn a_list_has_the_keys_and_types_of_twilios() {
        let base = format!("https://alo.example{}", asked_of_services("").path);
        let params = Params::read(b"PageSize=1");
        let list = ListAsked::read_at(base.clone(), &params).expect("a page");
        let listing = Listing { items: vec![example()], more: true };
        let row = |service: &Service| shape(service, &base);
        let page = list.shape_with_meta("services", &listing, |row| row.sid, row);
        assert_page_like(&page, "services");
        let expected = format!("{base}?PageSize=1&Page=1&PageToken=PA{}", example().sid);
        assert_eq!(page["meta"]["next_page_url"], expected);
        assert_eq!(page["meta"]["first_page_url"], format!("{base}?PageSize=1&Page=0"));
        assert_eq!(page["meta"]["key"], "services");
    }
}

//! The resource ShortCode: listed, read, changed. Carriers lease them, so they are added with `/v1/short-codes`.
//!
//! <https://www.twilio.com/docs/messaging/api/short-code-resource>.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use model::{ShortCode, SidKind};
use serde_json::{Value, json};

use crate::api::Api;
use crate::asked::VERSION;
use crate::auth::Caller;
use crate::errors::ApiError;
use crate::paging::ListAsked;
use crate::params::Params;
use crate::routing::{self, RoutingError};

/// `GET /SMS/ShortCodes`.
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let list = ListAsked::read(&caller.asked, &params)?;
    let text = |name| params.text(name).map(str::to_owned);
    let (code, name) = (text("ShortCode"), text("FriendlyName"));
    let rows = api.store().short_codes(caller.account.sid, code, name, list.page).await;
    Ok(Json(list.shape("short_codes", &list.found(rows)?, |row| row.sid, shape)))
}

/// `GET /SMS/ShortCodes/{sid}`.
pub(crate) async fn fetch(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, sid)): Path<(String, String)>,
) -> Result<Json<Value>, ApiError> {
    Ok(Json(shape(&own_code(&api, &caller, &sid).await?)))
}

/// `POST /SMS/ShortCodes/{sid}`.
pub(crate) async fn update(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, sid)): Path<(String, String)>,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let mut code = own_code(&api, &caller, &sid).await?;
    apply(&params, &mut code)?;
    code.updated_at = api.engine.now();
    api.store().change_short_code(code.clone()).await?;
    api.engine.reload_numbers();
    Ok(Json(shape(&code)))
}

/// Sets what is given.
pub(crate) fn apply(params: &Params, code: &mut ShortCode) -> Result<(), RoutingError> {
    routing::name(params, &mut code.friendly_name)?;
    routing::text(params, &mut code.text)
}

async fn own_code(api: &Api, caller: &Caller, sid: &str) -> Result<ShortCode, ApiError> {
    let sid = caller.sid(SidKind::ShortCode, sid)?;
    caller.own(api.store().short_code(sid).await?, |code| code.account)
}

pub(crate) fn shape(code: &ShortCode) -> Value {
    let ShortCode { sid, account, text, .. } = code;
    json!({
        "account_sid": account.to_string(),
        "api_version": "2010-04-01",
        "date_created": code.created_at.rfc2822(),
        "date_updated": code.updated_at.rfc2822(),
        "friendly_name": code.friendly_name,
        "short_code": code.code,
        "sid": sid.to_string(),
        "sms_fallback_method": text.fallback_method.as_str(),
        "sms_fallback_url": text.fallback_url,
        "sms_method": text.method.as_str(),
        "sms_url": text.url,
        "uri": format!("{VERSION}/Accounts/{account}/SMS/ShortCodes/{sid}.json"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{asked, assert_like, assert_page_like};
    use model::{Moment, Sid, TextRouting};
    use store::Listing;

    fn example() -> ShortCode {
        ShortCode {
            sid: Sid::new(SidKind::ShortCode, 1),
            account: Sid::new(SidKind::Account, 2),
            code: "12345".to_owned(),
            friendly_name: "Votes".to_owned(),
            text: TextRouting::default(),
            created_at: Moment::EPOCH,
            updated_at: Moment::EPOCH,
        }
    }

    #[test]
    fn short_codes_have_the_keys_and_types_of_twilios() {
        assert_like(&shape(&example()), "short_code");
        let list = ListAsked::read(&asked("SMS/ShortCodes"), &Params::default()).expect("a page");
        let listing = Listing { items: vec![example()], more: false };
        assert_page_like(&list.shape("short_codes", &listing, |row| row.sid, shape), "short_codes");
    }

    #[test]
    fn what_is_given_is_set() {
        let mut code = example();
        let params = Params::read(b"SmsUrl=http://a.example/votes&FriendlyName=Polls");
        apply(&params, &mut code).expect("it can be set");
        assert_eq!(code.text.url.as_deref(), Some("http://a.example/votes"));
        assert_eq!(code.friendly_name, "Polls");
        assert!(apply(&Params::read(b"SmsUrl=votes"), &mut code).is_err());
    }
}

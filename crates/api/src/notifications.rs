//! The resource Notification: what went wrong that the application's owner can mend.
//!
//! <https://www.twilio.com/docs/usage/troubleshooting/debugging-your-application>. `Differs:` the text is a sentence, not
//! a query string; the request's parameters and the application's answer are not kept; `MessageDate` filters nothing.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use model::{Alert, AlertLevel, Sid, SidKind};
use serde_json::{Value, json};
use store::AlertFilter;

use crate::api::Api;
use crate::asked::VERSION;
use crate::auth::Caller;
use crate::calls::own_call;
use crate::errors::ApiError;
use crate::paging::ListAsked;
use crate::params::Params;

/// `GET /Notifications`.
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let list = ListAsked::read(&caller.asked, &params)?;
    let filter = AlertFilter { call: None, level: level(&params)? };
    let rows = api.store().alerts(caller.account.sid, filter, list.page).await;
    let row = |alert: &Alert| row(alert, false);
    Ok(Json(list.shape("notifications", &list.found(rows)?, |alert| alert.sid, row)))
}

/// `GET /Calls/{call}/Notifications`.
pub(crate) async fn list_of_call(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, call)): Path<(String, String)>,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let list = ListAsked::read(&caller.asked, &params)?;
    let call = own_call(&api, &caller, &call).await?.sid;
    let filter = AlertFilter { call: Some(call), level: level(&params)? };
    let rows = api.store().alerts(caller.account.sid, filter, list.page).await;
    let row = |alert: &Alert| row(alert, true);
    Ok(Json(list.shape("notifications", &list.found(rows)?, |alert| alert.sid, row)))
}

/// `GET /Notifications/{sid}`.
pub(crate) async fn fetch(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, sid)): Path<(String, String)>,
) -> Result<Json<Value>, ApiError> {
    Ok(Json(whole(&own_alert(&api, &caller, &sid).await?, false)))
}

/// `GET /Calls/{call}/Notifications/{sid}`.
pub(crate) async fn fetch_of_call(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, call, sid)): Path<(String, String, String)>,
) -> Result<Json<Value>, ApiError> {
    let alert = own_alert(&api, &caller, &sid).await?;
    let concerned = alert.call.is_some_and(|sid| sid.to_string() == call);
    if concerned { Ok(Json(whole(&alert, true))) } else { Err(caller.not_found()) }
}

async fn own_alert(api: &Api, caller: &Caller, sid: &str) -> Result<Alert, ApiError> {
    let sid: Sid = caller.sid(SidKind::Alert, sid)?;
    caller.own(api.store().alert(sid).await?, |alert| alert.account)
}

fn level(params: &Params) -> Result<Option<AlertLevel>, ApiError> {
    match params.text("Log") {
        None => Ok(None),
        Some("0") => Ok(Some(AlertLevel::Error)),
        Some("1") => Ok(Some(AlertLevel::Warning)),
        Some(other) => {
            Err(ApiError::invalid(format!("Log is '{other}': write 0 for errors, 1 for warnings")))
        }
    }
}

const fn log(level: AlertLevel) -> &'static str {
    match level {
        AlertLevel::Error => "0",
        AlertLevel::Warning => "1",
    }
}

/// As a list shows it.
fn row(alert: &Alert, below_call: bool) -> Value {
    let Alert { account, sid, .. } = alert;
    let call = alert.call.filter(|_| below_call);
    let below = call.map(|call| format!("/Calls/{call}")).unwrap_or_default();
    json!({
        "account_sid": account.to_string(),
        "api_version": "2010-04-01",
        "call_sid": alert.call.map(|call| call.to_string()),
        "date_created": alert.at.rfc2822(),
        "date_updated": alert.at.rfc2822(),
        "error_code": alert.code.to_string(),
        "log": log(alert.level),
        "message_date": alert.at.rfc2822(),
        "message_text": alert.message,
        "more_info": format!("https://www.twilio.com/docs/errors/{}", alert.code),
        "request_method": null,
        "request_url": alert.url.as_deref().unwrap_or_default(),
        "sid": sid.to_string(),
        "uri": format!("{VERSION}/Accounts/{account}{below}/Notifications/{sid}.json"),
    })
}

/// As it is shown alone.
fn whole(alert: &Alert, below_call: bool) -> Value {
    let mut shaped = row(alert, below_call);
    for key in ["request_variables", "response_body", "response_headers"] {
        shaped[key] = "".into();
    }
    shaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{asked, assert_like, assert_page_like};
    use model::Moment;
    use store::Listing;

    fn example() -> Alert {
        Alert {
            sid: Sid::new(SidKind::Alert, 1),
            account: Sid::new(SidKind::Account, 2),
            call: Some(Sid::new(SidKind::Call, 3)),
            level: AlertLevel::Error,
            code: 11200,
            message: "the application answered 500".to_owned(),
            url: Some("http://a.example/twiml".to_owned()),
            at: Moment::EPOCH,
        }
    }

    #[test]
    fn a_notification_has_the_keys_and_types_of_twilios() {
        assert_like(&whole(&example(), false), "notification");
        assert_like(&whole(&example(), true), "call_notification");
    }

    #[test]
    fn lists_have_the_keys_and_types_of_twilios() {
        let list = ListAsked::read(&asked("Notifications"), &Params::default()).expect("a page");
        let listing = Listing { items: vec![example()], more: false };
        let page = |below| list.shape("notifications", &listing, |a| a.sid, |a| row(a, below));
        assert_page_like(&page(false), "notifications");
        assert_page_like(&page(true), "call_notifications");
    }

    #[test]
    fn errors_are_zero_and_warnings_one_and_codes_are_strings() {
        let shaped = row(&example(), false);
        assert_eq!((&shaped["log"], &shaped["error_code"]), (&json!("0"), &json!("11200")));
        assert_eq!(level(&Params::read(b"Log=1")), Ok(Some(AlertLevel::Warning)));
        assert_eq!(level(&Params::default()), Ok(None));
        assert!(level(&Params::read(b"Log=2")).is_err());
    }
}

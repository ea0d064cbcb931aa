//! `/v1/alerts`: what went wrong, newest first, in a shape for programs of ours.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use model::{Alert, AlertLevel};
use serde_json::{Value, json};
use store::{AlertFilter, Page};

use crate::api::Api;
use crate::auth::Caller;
use crate::errors::ApiError;
use crate::paging::ListAsked;
use crate::params::Params;

/// `GET /v1/alerts?limit=50&after=NO…`: at most `limit` (1 to 1000), older than the alert `after`.
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let list = ListAsked::of_page(&caller.asked, page(&params)?);
    let rows = api.store().alerts(caller.account.sid, AlertFilter::default(), list.page).await;
    let listing = list.found(rows)?;
    let alerts: Vec<Value> = listing.items.iter().map(shape).collect();
    Ok(Json(json!({ "alerts": alerts, "more": listing.more })))
}

fn page(params: &Params) -> Result<Page, ApiError> {
    let number = |text: &str| {
        text.parse().map_err(|_| ApiError::invalid(format!("limit is '{text}': write a number")))
    };
    let sid = |text: &str| {
        text.parse().map_err(|_| ApiError::invalid(format!("after is '{text}': write NO…")))
    };
    let limit: Option<u32> = params.text("limit").map(number).transpose()?;
    let size = limit.unwrap_or(Page::DEFAULT_SIZE).clamp(1, Page::LARGEST);
    Ok(Page { size, index: 0, token: params.text("after").map(sid).transpose()? })
}

fn shape(alert: &Alert) -> Value {
    let level = match alert.level {
        AlertLevel::Error => "error",
        AlertLevel::Warning => "warning",
    };
    json!({
        "sid": alert.sid.to_string(),
        "call_sid": alert.call.map(|sid| sid.to_string()),
        "level": level,
        "code": alert.code,
        "message": alert.message,
        "url": alert.url,
        "at": alert.at.iso8601(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Moment, Sid, SidKind};

    #[test]
    fn an_alert_is_shaped_for_programs() {
        let alert = Alert {
            sid: Sid::new(SidKind::Alert, 1),
            account: Sid::new(SidKind::Account, 2),
            call: None,
            level: AlertLevel::Warning,
            code: 12200,
            message: "an attribute is unknown".to_owned(),
            url: None,
            at: Moment::EPOCH,
        };
        let expected = json!({
            "sid": "NO00000000000000000000000000000001",
            "call_sid": null,
            "level": "warning",
            "code": 12200,
            "message": "an attribute is unknown",
            "url": null,
            "at": "1970-01-01T00:00:00Z",
        });
        assert_eq!(shape(&alert), expected);
    }

    #[test]
    fn a_page_begins_after_an_alert() {
        let sid = Sid::new(SidKind::Alert, 1);
        let read = page(&Params::read(format!("limit=5&after={sid}").as_bytes()));
        assert_eq!(read, Ok(Page { size: 5, index: 0, token: Some(sid) }));
        assert_eq!(page(&Params::default()), Ok(Page::default()));
        assert!(page(&Params::read(b"limit=all")).is_err());
    }
}

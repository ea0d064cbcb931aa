//! The resources IncomingPhoneNumber: a number taken over, listed, read, changed, given up.
//!
//! <https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource>. A number can be taken over if it lies in
//! a range on offer and nobody has it. `change.rs` reads what is set, `shape.rs` prints.

mod change;
mod shape;

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::{NumberRecord, PhoneNumber, SidKind, VoiceRouting};
use serde_json::Value;
use store::{NumberFilter, StoreError};

use crate::api::Api;
use crate::auth::Caller;
use crate::available_numbers::Wanted;
use crate::errors::ApiError;
use crate::incoming_numbers::shape::{of_kind, shape};
use crate::magic;
use crate::offer::{NumberKind, NumberRange};
use crate::paging::ListAsked;
use crate::params::Params;
use crate::written::{self, friendly};

/// Digits of an area code in the North American numbering plan.
const AREA_CODE: usize = 3;

/// Why no number was taken over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum BuyError {
    /// Write `PhoneNumber` or `AreaCode`, in E.164 (21421).
    #[error("PhoneNumber is '{0}', which is not a phone number: write + and country code")]
    NoNumber(String),
    /// Look for one with AvailablePhoneNumbers, or add a range to the settings (21422).
    #[error("{0} is not available: see AvailablePhoneNumbers for those that are")]
    NotAvailable(PhoneNumber),
    /// Write three digits (21451).
    #[error("AreaCode is '{0}': write three digits")]
    AreaCode(String),
    /// Look for another (21452).
    #[error("no number is available in area code {0}")]
    EmptyArea(String),
}

impl From<BuyError> for ApiError {
    fn from(error: BuyError) -> ApiError {
        let code = match error {
            BuyError::NoNumber(_) => 21421,
            BuyError::NotAvailable(_) => 21422,
            BuyError::AreaCode(_) => 21451,
            BuyError::EmptyArea(_) => 21452,
        };
        ApiError::bad_request(code, error.to_string())
    }
}

/// `POST /IncomingPhoneNumbers`.
pub(crate) async fn create(
    State(api): State<Arc<Api>>,
    caller: Caller,
    params: Params,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let record = buy(&api, &caller, &params, None).await?;
    Ok((StatusCode::CREATED, Json(shape(&record, kind(&api, &record)))))
}

/// `POST /IncomingPhoneNumbers/Local`, `…/Mobile`, `…/TollFree`.
pub(crate) async fn create_of(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, word)): Path<(String, String)>,
    params: Params,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let kind = kind_named(&word).ok_or_else(|| caller.not_found())?;
    let record = buy(&api, &caller, &params, Some(kind)).await?;
    Ok((StatusCode::CREATED, Json(of_kind(&record))))
}

/// `GET /IncomingPhoneNumbers`.
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let list = ListAsked::read(&caller.asked, &params)?;
    let rows = api.store().numbers(caller.account.sid, filter(&params), list.page).await;
    let row = |record: &NumberRecord| shape(record, kind(&api, record));
    Ok(Json(list.shape("incoming_phone_numbers", &list.found(rows)?, |row| row.sid, row)))
}

/// `GET /IncomingPhoneNumbers/{sid}`, and the lists `…/Local`, `…/Mobile` and `…/TollFree`.
pub(crate) async fn fetch(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, sid)): Path<(String, String)>,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    if let Some(kind) = kind_named(&sid) {
        return list_of(&api, &caller, &params, kind).await;
    }
    let record = own_number(&api, &caller, &sid).await?;
    Ok(Json(shape(&record, kind(&api, &record))))
}

/// `POST /IncomingPhoneNumbers/{sid}`, and buying with `…/Local`, `…/Mobile` and `…/TollFree`.
pub(crate) async fn update(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((account, sid)): Path<(String, String)>,
    params: Params,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    if kind_named(&sid).is_some() {
        return create_of(State(api), caller, Path((account, sid)), params).await;
    }
    let mut record = own_number(&api, &caller, &sid).await?;
    change::apply(&api, &params, &mut record).await?;
    record.updated_at = api.engine.now();
    api.store().change_number(record.clone()).await?;
    api.engine.reload_numbers();
    Ok((StatusCode::OK, Json(shape(&record, kind(&api, &record)))))
}

/// `DELETE /IncomingPhoneNumbers/{sid}`.
pub(crate) async fn delete(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, sid)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let record = own_number(&api, &caller, &sid).await?;
    api.store().release_number(record.sid).await?;
    api.engine.reload_numbers();
    Ok(StatusCode::NO_CONTENT)
}

/// `Differs:` a page of one kind has fewer rows than asked for where others lie between.
async fn list_of(
    api: &Api,
    caller: &Caller,
    params: &Params,
    wanted: NumberKind,
) -> Result<Json<Value>, ApiError> {
    let list = ListAsked::read(&caller.asked, params)?;
    let rows = api.store().numbers(caller.account.sid, filter(params), list.page).await;
    let listing = list.found(rows)?;
    let mut page = list.shape("incoming_phone_numbers", &listing, |row| row.sid, of_kind);
    let of_wanted = listing.items.iter().filter(|record| kind(api, record) == wanted);
    page["incoming_phone_numbers"] = of_wanted.map(of_kind).collect();
    Ok(Json(page))
}

async fn own_number(api: &Api, caller: &Caller, sid: &str) -> Result<NumberRecord, ApiError> {
    let sid = caller.sid(SidKind::Number, sid)?;
    caller.own(api.store().number(sid).await?, |record| record.account)
}

/// Takes over the number that is named, or the first free one of an area.
async fn buy(
    api: &Api,
    caller: &Caller,
    params: &Params,
    kind: Option<NumberKind>,
) -> Result<NumberRecord, ApiError> {
    if caller.account.test {
        return buy_in_pretence(api, caller, params).await;
    }
    let ranges = &api.settings.ranges;
    if let Some(text) = params.raw("PhoneNumber") {
        let number = on_offer(ranges, kind, text)?;
        let record = new_record(api, caller, params, number.clone()).await?;
        let taken = take_over(api, record).await?;
        return taken.ok_or_else(|| BuyError::NotAvailable(number).into());
    }
    let code = params.text("AreaCode").ok_or(BuyError::NoNumber(String::new()))?;
    for (number, _) in Wanted::in_area(kind, area_code(code)?).of(ranges) {
        let record = new_record(api, caller, params, number).await?;
        if api.store().number_called(&record.number).await?.is_none()
            && let Some(record) = take_over(api, record).await?
        {
            return Ok(record);
        }
    }
    Err(BuyError::EmptyArea(code.to_owned()).into())
}

/// What an account in test mode is answered: by magic numbers, and nothing is kept.
async fn buy_in_pretence(
    api: &Api,
    caller: &Caller,
    params: &Params,
) -> Result<NumberRecord, ApiError> {
    let number = match (params.raw("PhoneNumber"), params.text("AreaCode")) {
        (Some(text), _) => magic::number(text)?,
        (None, Some(area)) => magic::number_in(area)?,
        (None, None) => return Err(BuyError::NoNumber(String::new()).into()),
    };
    new_record(api, caller, params, number).await
}

/// `None` if somebody has it.
async fn take_over(api: &Api, record: NumberRecord) -> Result<Option<NumberRecord>, ApiError> {
    match api.store().buy_number(record.clone()).await {
        Ok(()) => {
            api.engine.reload_numbers();
            Ok(Some(record))
        }
        Err(StoreError::Taken(_)) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

fn on_offer(
    ranges: &[NumberRange],
    kind: Option<NumberKind>,
    text: &str,
) -> Result<PhoneNumber, BuyError> {
    let party = written::party(text).map_err(|error| BuyError::NoNumber(error.0))?;
    let number = party.number().ok_or_else(|| BuyError::NoNumber(text.to_owned()))?;
    let mut wanted = ranges.iter().filter(|range| kind.is_none_or(|kind| range.kind == kind));
    if wanted.any(|range| range.contains(number)) {
        Ok(number.clone())
    } else {
        Err(BuyError::NotAvailable(number.clone()))
    }
}

fn area_code(text: &str) -> Result<&str, BuyError> {
    let well_formed = text.len() == AREA_CODE && text.bytes().all(|byte| byte.is_ascii_digit());
    if well_formed { Ok(text) } else { Err(BuyError::AreaCode(text.to_owned())) }
}

async fn new_record(
    api: &Api,
    caller: &Caller,
    params: &Params,
    number: PhoneNumber,
) -> Result<NumberRecord, ApiError> {
    let now = api.engine.now();
    let mut record = NumberRecord {
        sid: api.engine.new_sid(SidKind::Number),
        account: caller.account.sid,
        friendly_name: friendly(&number),
        number,
        voice: VoiceRouting::default(),
        text: model::TextRouting::default(),
        voice_application: None,
        sms_application: None,
        created_at: now,
        updated_at: now,
    };
    change::apply(api, params, &mut record).await?;
    Ok(record)
}

fn filter(params: &Params) -> NumberFilter {
    NumberFilter {
        phone_number: params.text("PhoneNumber").map(str::to_owned),
        friendly_name: params.text("FriendlyName").map(str::to_owned),
    }
}

fn kind_named(word: &str) -> Option<NumberKind> {
    NumberKind::ALL.into_iter().find(|kind| kind.path() == word)
}

/// What its range says; a number whose range was taken off the settings counts as local.
fn kind(api: &Api, record: &NumberRecord) -> NumberKind {
    let range = api.settings.ranges.iter().find(|range| range.contains(&record.number));
    range.map_or(NumberKind::Local, |range| range.kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{asked, assert_page_like};
    use crate::incoming_numbers::shape::example;
    use store::Listing;

    #[test]
    fn a_list_has_the_keys_and_types_of_twilios() {
        let list =
            ListAsked::read(&asked("IncomingPhoneNumbers"), &Params::default()).expect("a page");
        let listing = Listing { items: vec![example()], more: false };
        let row = |record: &NumberRecord| shape(record, NumberKind::Local);
        let page = list.shape("incoming_phone_numbers", &listing, |row| row.sid, row);
        assert_page_like(&page, "incoming_numbers");
    }

    #[test]
    fn only_what_is_on_offer_can_be_taken_over() {
        let ranges = NumberRange::virtual_ones();
        let code = |kind, text| {
            on_offer(&ranges, kind, text).map_err(|error| ApiError::from(error).code).err()
        };
        assert_eq!(code(None, "+14155550100"), None);
        assert_eq!(code(Some(NumberKind::Local), "+14155550100"), None);
        assert_eq!(code(Some(NumberKind::Mobile), "+14155550100"), Some(21422));
        assert_eq!(code(None, "+14155550200"), Some(21422));
        assert_eq!(code(None, "client:ada"), Some(21421));
        assert_eq!(code(None, "hello"), Some(21421));
    }

    #[test]
    fn an_area_code_has_three_digits() {
        assert_eq!(area_code("415"), Ok("415"));
        for text in ["41", "4155", "abc"] {
            assert_eq!(area_code(text), Err(BuyError::AreaCode(text.to_owned())));
        }
    }
}

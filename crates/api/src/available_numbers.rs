//! The resources AvailablePhoneNumbers: countries on offer, and their numbers that nobody has yet.
//!
//! <https://www.twilio.com/docs/phone-numbers/api/availablephonenumber-resource>. What is on offer are the ranges of the
//! settings. `Differs:` places (`NearNumber`, `InRegion` and the like) are ignored; only voice is offered.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use model::PhoneNumber;
use serde_json::{Map, Value, json};

use crate::api::Api;
use crate::asked::{Asked, VERSION};
use crate::auth::Caller;
use crate::countries;
use crate::errors::ApiError;
use crate::offer::{BadPattern, NumberKind, NumberRange, Pattern};
use crate::params::Params;
use crate::written::friendly;

/// Numbers shown unless said otherwise.
const DEFAULT_SIZE: usize = 30;
/// Most numbers shown.
const LARGEST: usize = 1000;

impl From<BadPattern> for ApiError {
    fn from(error: BadPattern) -> ApiError {
        ApiError::invalid(error.to_string())
    }
}

/// `GET /AvailablePhoneNumbers`.
pub(crate) async fn countries(State(api): State<Arc<Api>>, caller: Caller) -> Json<Value> {
    let ranges = &api.settings.ranges;
    let codes: BTreeSet<&str> = ranges.iter().map(|range| range.country.as_str()).collect();
    let base = base(&caller);
    let shaped: Vec<Value> =
        codes.into_iter().map(|code| shape_country(&base, code, ranges)).collect();
    Json(json!({ "countries": shaped, "uri": format!("{base}.json") }))
}

/// `GET /AvailablePhoneNumbers/{country}`.
pub(crate) async fn country(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, code)): Path<(String, String)>,
) -> Result<Json<Value>, ApiError> {
    let ranges = &api.settings.ranges;
    let offered = ranges.iter().any(|range| range.country == code);
    if offered {
        Ok(Json(shape_country(&base(&caller), &code, ranges)))
    } else {
        Err(caller.not_found())
    }
}

/// `GET /AvailablePhoneNumbers/{country}/Local`.
pub(crate) async fn local(
    state: State<Arc<Api>>,
    caller: Caller,
    path: Path<(String, String)>,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    numbers(state, caller, path, params, NumberKind::Local).await
}

/// `GET /AvailablePhoneNumbers/{country}/Mobile`.
pub(crate) async fn mobile(
    state: State<Arc<Api>>,
    caller: Caller,
    path: Path<(String, String)>,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    numbers(state, caller, path, params, NumberKind::Mobile).await
}

/// `GET /AvailablePhoneNumbers/{country}/TollFree`.
pub(crate) async fn toll_free(
    state: State<Arc<Api>>,
    caller: Caller,
    path: Path<(String, String)>,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    numbers(state, caller, path, params, NumberKind::TollFree).await
}

async fn numbers(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, code)): Path<(String, String)>,
    params: Params,
    kind: NumberKind,
) -> Result<Json<Value>, ApiError> {
    let wanted = Wanted::read(&params, Some(kind), Some(&code))?;
    let mut found = Vec::new();
    for (number, range) in wanted.of(&api.settings.ranges) {
        if found.len() == wanted.at_most {
            break;
        }
        if api.store().number_called(&number).await?.is_none() {
            found.push(shape_number(&number, range));
        }
    }
    Ok(Json(page(&caller.asked, &found)))
}

/// Which numbers are wanted.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    kind: Option<NumberKind>,
    country: Option<&'a str>,
    area_code: Option<&'a str>,
    contains: Option<Pattern>,
    at_most: usize,
}

impl<'a> Wanted<'a> {
    fn read(
        params: &'a Params,
        kind: Option<NumberKind>,
        country: Option<&'a str>,
    ) -> Result<Wanted<'a>, BadPattern> {
        let size = params.text("PageSize").and_then(|text| text.parse().ok());
        Ok(Wanted {
            kind,
            country,
            area_code: params.text("AreaCode"),
            contains: params.text("Contains").map(Pattern::read).transpose()?,
            at_most: size.unwrap_or(DEFAULT_SIZE).clamp(1, LARGEST),
        })
    }

    /// Any number of this area code.
    pub(crate) fn in_area(kind: Option<NumberKind>, area_code: &'a str) -> Wanted<'a> {
        Wanted { kind, country: None, area_code: Some(area_code), contains: None, at_most: 1 }
    }

    /// Those of the ranges, whether somebody has them or not.
    pub(crate) fn of<'r>(
        &'r self,
        ranges: &'r [NumberRange],
    ) -> impl Iterator<Item = (PhoneNumber, &'r NumberRange)> {
        ranges
            .iter()
            .filter(|range| self.kind.is_none_or(|kind| range.kind == kind))
            .filter(|range| self.country.is_none_or(|country| range.country == country))
            .flat_map(|range| range.numbers_in(self.area_code).map(move |number| (number, range)))
            .filter(|(number, _)| self.contains.as_ref().is_none_or(|part| part.is_in(number)))
    }
}

/// The path of all countries.
fn base(caller: &Caller) -> String {
    format!("{VERSION}/Accounts/{}/AvailablePhoneNumbers", caller.account.sid)
}

fn shape_country(base: &str, code: &str, ranges: &[NumberRange]) -> Value {
    let kinds = NumberKind::ALL
        .into_iter()
        .filter(|kind| ranges.iter().any(|range| range.country == code && range.kind == *kind));
    let uri = |kind: NumberKind| format!("{base}/{code}/{}.json", kind.path());
    let subresources: Map<String, Value> =
        kinds.map(|kind| (kind.key().to_owned(), uri(kind).into())).collect();
    json!({
        "beta": false,
        "country": countries::name(code),
        "country_code": code,
        "subresource_uris": subresources,
        "uri": format!("{base}/{code}.json"),
    })
}

/// Only the numbers and an address: such a list has no pages.
fn page(asked: &Asked, numbers: &[Value]) -> Value {
    json!({ "available_phone_numbers": numbers, "uri": asked.uri() })
}

fn shape_number(number: &PhoneNumber, range: &NumberRange) -> Value {
    json!({
        "address_requirements": "none",
        "beta": false,
        "capabilities": { "mms": false, "sms": false, "voice": true },
        "friendly_name": friendly(number),
        "iso_country": range.country,
        "lata": null,
        "latitude": null,
        "locality": range.locality,
        "longitude": null,
        "phone_number": number.as_str(),
        "postal_code": null,
        "rate_center": null,
        "region": range.region,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{asked, assert_like, golden};

    fn found(query: &str, kind: NumberKind, country: &str) -> Vec<String> {
        let params = Params::read(query.as_bytes());
        let wanted = Wanted::read(&params, Some(kind), Some(country)).expect("a pattern");
        let ranges = NumberRange::virtual_ones();
        wanted.of(&ranges).take(wanted.at_most).map(|(number, _)| number.to_string()).collect()
    }

    #[test]
    fn a_number_has_the_keys_and_types_of_twilios() {
        let range = &NumberRange::virtual_ones()[0];
        let ours =
            page(&asked("AvailablePhoneNumbers/US/Local"), &[shape_number(&range.first, range)]);
        for name in ["available_local", "available_mobile", "available_toll_free"] {
            assert_like(&ours, name);
        }
        let number = &ours["available_phone_numbers"][0];
        assert_eq!(number["friendly_name"], "(415) 555-0100");
        assert_eq!(number["locality"], "San Francisco");
    }

    #[test]
    fn a_country_has_the_keys_and_types_of_twilios() {
        let mut ranges = NumberRange::virtual_ones();
        ranges.push(NumberRange { kind: NumberKind::TollFree, ..ranges[0].clone() });
        let base = "/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AvailablePhoneNumbers";
        assert_eq!(shape_country(base, "US", &ranges), golden("available_country"));
    }

    #[test]
    fn numbers_are_found_by_area_and_pattern() {
        assert_eq!(found("", NumberKind::Local, "US").len(), DEFAULT_SIZE);
        assert_eq!(found("PageSize=1000", NumberKind::Local, "BR").len(), 100);
        assert_eq!(found("Contains=555017*&AreaCode=415", NumberKind::Local, "US").len(), 10);
        assert_eq!(found("AreaCode=212", NumberKind::Local, "US"), Vec::<String>::new());
        assert_eq!(found("", NumberKind::Mobile, "US"), Vec::<String>::new());
        assert_eq!(found("PageSize=1", NumberKind::Local, "US"), ["+14155550100"]);
    }
}

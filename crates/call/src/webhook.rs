//! Parameters that every webhook of a call gets.
//!
//! <https://www.twilio.com/docs/voice/twiml#request-parameters>; places are sent empty where nothing is known of them.

use model::{CallRecord, Party};

/// Version of the API that webhooks and records speak.
pub(crate) const API_VERSION: &str = "2010-04-01";

/// A parameter's name and value.
pub(crate) type Param = (String, String);

/// One parameter.
pub(crate) fn param(name: &str, value: impl Into<String>) -> Param {
    (name.to_owned(), value.into())
}

/// Countries of the two parties of a call. Looking one up costs more than all the rest of a webhook's parameters, so it
/// is done once a leg.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Countries {
    from: Option<String>,
    to: Option<String>,
}

impl Countries {
    pub(crate) fn of(record: &CallRecord) -> Countries {
        Countries { from: country(&record.from), to: country(&record.to) }
    }
}

/// `None` for whoever is no number; empty where the numbering metadata knows no country.
fn country(party: &Party) -> Option<String> {
    Some(party.number()?.country().unwrap_or_default())
}

/// The standard parameters of a leg.
pub(crate) fn standard(record: &CallRecord, countries: &Countries) -> Vec<Param> {
    let (from, to) = (record.from.to_string(), record.to.to_string());
    let mut params = vec![
        param("CallSid", record.sid.to_string()),
        param("AccountSid", record.account.to_string()),
        param("From", from.clone()),
        param("To", to.clone()),
        param("Caller", from),
        param("Called", to),
        param("CallStatus", record.status.as_str()),
        param("ApiVersion", API_VERSION),
        param("Direction", record.direction.as_str()),
    ];
    if let Some(parent) = record.parent {
        params.push(param("ParentCallSid", parent.to_string()));
    }
    if let Some(forwarded_from) = &record.forwarded_from {
        params.push(param("ForwardedFrom", forwarded_from.clone()));
    }
    if let Some(caller_name) = &record.caller_name {
        params.push(param("CallerName", caller_name.clone()));
    }
    for (names, country) in
        [(["From", "Caller"], &countries.from), (["To", "Called"], &countries.to)]
    {
        let Some(country) = country else { continue };
        for name in names {
            places(name, country, &mut params);
        }
    }
    params
}

fn places(name: &str, country: &str, params: &mut Vec<Param>) {
    for place in ["City", "State", "Zip"] {
        params.push(param(&format!("{name}{place}"), ""));
    }
    params.push(param(&format!("{name}Country"), country));
}

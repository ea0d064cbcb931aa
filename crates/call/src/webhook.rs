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

/// The standard parameters of a leg.
pub(crate) fn standard(record: &CallRecord) -> Vec<Param> {
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
    for (names, party) in [(["From", "Caller"], &record.from), (["To", "Called"], &record.to)] {
        for name in names {
            places(name, party, &mut params);
        }
    }
    params
}

fn places(name: &str, party: &Party, params: &mut Vec<Param>) {
    let Some(number) = party.number() else { return };
    for place in ["City", "State", "Zip"] {
        params.push(param(&format!("{name}{place}"), ""));
    }
    params.push(param(&format!("{name}Country"), number.country().unwrap_or_default()));
}

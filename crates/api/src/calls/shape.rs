//! A call as JSON. Pure.
//!
//! The keys are those of the response examples; what isn't built (machines, groups, prices) is null.
//! `Differs:` `queue_time` is always `"0"`.

use model::{CallRecord, CallStatus};
use serde_json::{Map, Value, json};

use crate::asked::VERSION;
use crate::written::{date, friendly_party};

/// Resources below a call, by key and path.
const SUBRESOURCES: [(&str, &str); 9] = [
    ("events", "Events"),
    ("notifications", "Notifications"),
    ("payments", "Payments"),
    ("recordings", "Recordings"),
    ("siprec", "Siprec"),
    ("streams", "Streams"),
    ("transcriptions", "Transcriptions"),
    ("user_defined_message_subscriptions", "UserDefinedMessageSubscriptions"),
    ("user_defined_messages", "UserDefinedMessages"),
];

pub(super) fn shape(call: &CallRecord) -> Value {
    let base = format!("{VERSION}/Accounts/{}/Calls/{}", call.account, call.sid);
    let subresources: Map<String, Value> = SUBRESOURCES
        .into_iter()
        .map(|(key, path)| (key.to_owned(), Value::String(format!("{base}/{path}.json"))))
        .collect();
    json!({
        "account_sid": call.account.to_string(),
        "answered_by": null,
        "api_version": "2010-04-01",
        "caller_name": call.caller_name,
        "date_created": call.created_at.rfc2822(),
        "date_updated": call.updated_at.rfc2822(),
        "direction": call.direction.as_str(),
        "duration": call.duration().map(|length| length.as_secs().to_string()),
        "end_time": date(call.ended_at),
        "forwarded_from": call.forwarded_from,
        "from": call.from.to_string(),
        "from_formatted": friendly_party(&call.from),
        "group_sid": null,
        "parent_call_sid": call.parent.map(|sid| sid.to_string()),
        "phone_number_sid": call.number.map(|sid| sid.to_string()),
        "price": null,
        "price_unit": "USD",
        "queue_time": "0",
        "sid": call.sid.to_string(),
        "start_time": date(call.started_at),
        "status": status(call.status),
        "subresource_uris": subresources,
        "to": call.to.to_string(),
        "to_formatted": friendly_party(&call.to),
        "trunk_sid": null,
        "uri": format!("{base}.json"),
    })
}

/// `initiated` is an event on the wire, not a status: such a call is still queued.
const fn status(status: CallStatus) -> &'static str {
    match status {
        CallStatus::Initiated => CallStatus::Queued.as_str(),
        CallStatus::Queued
        | CallStatus::Ringing
        | CallStatus::InProgress
        | CallStatus::Completed
        | CallStatus::Busy
        | CallStatus::Failed
        | CallStatus::NoAnswer
        | CallStatus::Canceled => status.as_str(),
    }
}

/// A call that has all that a call can have.
#[cfg(test)]
pub(super) fn example() -> CallRecord {
    use model::{Direction, Hangup, Moment, Sid, SidKind};
    let second = std::time::Duration::from_secs(1);
    let made = Moment::from_millis(1_692_853_305_000);
    CallRecord {
        sid: Sid::new(SidKind::Call, 1),
        account: Sid::new(SidKind::Account, 2),
        parent: Some(Sid::new(SidKind::Call, 3)),
        from: "+14155550100".parse().expect("a number"),
        to: "+551130000100".parse().expect("a number"),
        number: Some(Sid::new(SidKind::Number, 4)),
        direction: Direction::OutboundApi,
        status: CallStatus::Completed,
        caller_name: Some("Ada".to_owned()),
        forwarded_from: Some("+14155550199".to_owned()),
        created_at: made,
        updated_at: made + second * 9,
        answered_at: Some(made + second * 4),
        started_at: Some(made + second * 4),
        ended_at: Some(made + second * 9),
        hangup: Hangup::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::assert_like;

    #[test]
    fn a_call_has_the_keys_and_types_of_twilios() {
        assert_like(&shape(&example()), "call");
        assert_like(&shape(&example()), "call_created");
    }

    #[test]
    fn a_completed_call_reads_as_on_the_wire() {
        let call = shape(&example());
        assert_eq!(call["duration"], "5");
        assert_eq!(call["start_time"], "Thu, 24 Aug 2023 05:01:49 +0000");
        assert_eq!(call["from_formatted"], "(415) 555-0100");
        assert_eq!(call["to_formatted"], "+551130000100");
        assert_eq!(call["sid"], "CA00000000000000000000000000000001");
    }

    #[test]
    fn a_call_that_was_just_made_is_queued_and_drops_no_null() {
        let mut call = example();
        call.status = CallStatus::Initiated;
        call.parent = None;
        (call.answered_at, call.started_at, call.ended_at) = (None, None, None);
        let shaped = shape(&call);
        assert_like(&shaped, "call_created");
        assert_eq!(shaped["status"], "queued");
        for key in ["duration", "start_time", "end_time", "parent_call_sid", "price", "answered_by"]
        {
            assert_eq!(shaped[key], Value::Null, "{key}");
        }
    }
}

//! A message as JSON. Pure.
//!
//! The keys are those of the response examples: the answer to a creation has one address fewer than the record.
//! A price is negative, since it is what the account pays, and null until a carrier with a price took the message.

use model::{Correspondent, Currency, MessageRecord, MessageStatus, Money};
use serde_json::{Value, json};

use crate::asked::VERSION;
use crate::written::date;

/// As it is read and listed.
pub(crate) fn shape(message: &MessageRecord) -> Value {
    let mut shaped = created(message);
    let feedback = format!("{}/Feedback.json", base(message));
    shaped["subresource_uris"]["feedback"] = feedback.into();
    let currency = message.price.map_or(Currency::USD, |price| price.currency);
    shaped["price_unit"] = currency.as_str().into();
    shaped
}

/// As the answer to its creation.
pub(super) fn created(message: &MessageRecord) -> Value {
    let base = base(message);
    let segments = if is_undecided(message.status) { 0 } else { message.segments };
    json!({
        "account_sid": message.account.to_string(),
        "api_version": "2010-04-01",
        "body": message.body,
        "date_created": message.created_at.rfc2822(),
        "date_sent": date(message.sent_at),
        "date_updated": message.updated_at.rfc2822(),
        "direction": message.direction.as_str(),
        "error_code": message.error_code,
        "error_message": message.error_message,
        "from": sender(message).map(ToString::to_string),
        "messaging_service_sid": message.service.map(|sid| sid.to_string()),
        "num_media": message.media.to_string(),
        "num_segments": segments.to_string(),
        "price": message.price.map(|price| negative(price).to_string()),
        "price_unit": message.price.map(|price| price.currency.as_str().to_owned()),
        "sid": message.sid.to_string(),
        "status": message.status.as_str(),
        "subresource_uris": { "media": format!("{base}/Media.json") },
        "to": message.to.to_string(),
        "uri": format!("{base}.json"),
    })
}

/// As the resource of old shows it.
pub(super) fn legacy(message: &MessageRecord) -> Value {
    let MessageRecord { account, sid, .. } = message;
    json!({
        "account_sid": account.to_string(),
        "api_version": "2010-04-01",
        "body": message.body,
        "date_created": message.created_at.rfc2822(),
        "date_sent": date(message.sent_at),
        "date_updated": message.updated_at.rfc2822(),
        "direction": message.direction.as_str(),
        "from": sender(message).map(ToString::to_string),
        "price": message.price.map(|price| negative(price).to_string()),
        "sid": sid.to_string(),
        "status": message.status.as_str(),
        "to": message.to.to_string(),
        "uri": format!("{VERSION}/Accounts/{account}/SMS/Messages/{sid}.json"),
    })
}

fn base(message: &MessageRecord) -> String {
    format!("{VERSION}/Accounts/{}/Messages/{}", message.account, message.sid)
}

const fn negative(price: Money) -> Money {
    Money::of(price.micros.saturating_neg(), price.currency)
}

/// Who sends it, once that is decided.
fn sender(message: &MessageRecord) -> Option<&Correspondent> {
    let chosen = !is_undecided(message.status) || message.service.is_none();
    message.from.as_ref().filter(|_| chosen)
}

/// Whether the service has still to choose the sender, as far as clients can tell.
const fn is_undecided(status: MessageStatus) -> bool {
    match status {
        MessageStatus::Accepted | MessageStatus::Scheduled => true,
        MessageStatus::Queued
        | MessageStatus::Sending
        | MessageStatus::Sent
        | MessageStatus::Delivered
        | MessageStatus::Undelivered
        | MessageStatus::Failed
        | MessageStatus::Canceled
        | MessageStatus::Receiving
        | MessageStatus::Received => false,
    }
}

/// A message that has all that a message can have.
#[cfg(test)]
pub(super) fn example() -> MessageRecord {
    use model::{MessageDirection, Moment, Sid, SidKind};
    let made = Moment::from_millis(1_692_853_305_000);
    MessageRecord {
        sid: Sid::new(SidKind::Message, 1),
        account: Sid::new(SidKind::Account, 2),
        service: Some(Sid::new(SidKind::Service, 3)),
        direction: MessageDirection::OutboundApi,
        from: Some("+14155550100".parse().expect("a number")),
        to: "+551130000100".parse().expect("a number"),
        body: "Hello! 👍".to_owned(),
        segments: 1,
        media: 0,
        status: MessageStatus::Undelivered,
        error_code: Some(30007),
        error_message: Some("Carrier violation".to_owned()),
        price: Some(Money::of(7_500, Currency::USD)),
        carrier: Some("smsc".to_owned()),
        created_at: made,
        updated_at: made + std::time::Duration::from_secs(2),
        sent_at: Some(made + std::time::Duration::from_secs(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::assert_like;

    #[test]
    fn a_message_has_the_keys_and_types_of_twilios() {
        for name in ["message", "message_redacted", "message_canceled"] {
            assert_like(&shape(&example()), name);
        }
    }

    #[test]
    fn a_new_message_has_the_keys_and_types_of_twilios() {
        for name in [
            "message_created",
            "message_created_by_service",
            "message_created_from_number",
            "message_queued",
            "message_scheduled",
        ] {
            assert_like(&created(&example()), name);
        }
    }

    #[test]
    fn a_message_that_was_sent_reads_as_on_the_wire() {
        let shaped = shape(&example());
        assert_eq!((&shaped["price"], &shaped["price_unit"]), (&"-0.00750".into(), &"USD".into()));
        assert_eq!((&shaped["num_segments"], &shaped["num_media"]), (&"1".into(), &"0".into()));
        assert_eq!(shaped["date_sent"], "Thu, 24 Aug 2023 05:01:46 +0000");
        assert_eq!(shaped["error_code"], 30007);
        assert_eq!(shaped["sid"], "SM00000000000000000000000000000001");
    }

    #[test]
    fn a_service_that_has_not_chosen_shows_neither_sender_nor_segments() {
        let mut message = example();
        (message.price, message.sent_at, message.error_code) = (None, None, None);
        for status in [MessageStatus::Accepted, MessageStatus::Scheduled] {
            message.status = status;
            let shaped = created(&message);
            assert_eq!((&shaped["from"], &shaped["num_segments"]), (&Value::Null, &"0".into()));
            for key in ["price", "price_unit", "date_sent", "error_code"] {
                assert_eq!(shaped[key], Value::Null, "{key}");
            }
        }
        message.status = MessageStatus::Queued;
        assert_eq!(created(&message)["from"], "+14155550100");
    }

    #[test]
    fn the_resource_of_old_shows_thirteen_keys() {
        let shaped = legacy(&example());
        let keys: Vec<&String> = shaped.as_object().expect("an object").keys().collect();
        let expected = [
            "account_sid",
            "api_version",
            "body",
            "date_created",
            "date_sent",
            "date_updated",
            "direction",
            "from",
            "price",
            "sid",
            "status",
            "to",
            "uri",
        ];
        assert_eq!(keys, expected);
        assert!(shaped["uri"].as_str().is_some_and(|uri| uri.contains("/SMS/Messages/SM")));
    }
}

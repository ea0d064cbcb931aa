//! A service and its senders as JSON. Pure. Dates are ISO 8601, addresses absolute.

use model::{Sender, Service, SidKind};
use serde_json::{Map, Value, json};

/// Resources below a service, by key and path.
const LINKS: [(&str, &str); 8] = [
    ("alpha_senders", "AlphaSenders"),
    ("channel_senders", "ChannelSenders"),
    ("destination_alpha_senders", "DestinationAlphaSenders"),
    ("messages", "Messages"),
    ("phone_numbers", "PhoneNumbers"),
    ("short_codes", "ShortCodes"),
    ("us_app_to_person", "Compliance/Usa2p"),
    ("us_app_to_person_usecases", "Compliance/Usa2p/Usecases"),
];

/// A service; `base` is the address of the list of services.
pub(super) fn shape(service: &Service, base: &str) -> Value {
    let url = format!("{base}/{}", service.sid);
    let links: Map<String, Value> = LINKS
        .into_iter()
        .map(|(key, path)| (key.to_owned(), Value::String(format!("{url}/{path}"))))
        .collect();
    json!({
        "account_sid": service.account.to_string(),
        "area_code_geomatch": service.area_code_geomatch,
        "date_created": service.created_at.iso8601(),
        "date_updated": service.updated_at.iso8601(),
        "fallback_method": service.inbound.fallback_method.as_str(),
        "fallback_to_long_code": service.fallback_to_long_code,
        "fallback_url": service.inbound.fallback_url,
        "friendly_name": service.friendly_name,
        "inbound_method": service.inbound.method.as_str(),
        "inbound_request_url": service.inbound.url,
        "links": links,
        "mms_converter": service.mms_converter,
        "scan_message_content": service.scan_message_content,
        "sid": service.sid.to_string(),
        "smart_encoding": service.smart_encoding,
        "status_callback": service.callback,
        "sticky_sender": service.sticky_sender,
        "synchronous_validation": service.synchronous_validation,
        "url": url,
        "us_app_to_person_registered": false,
        "use_inbound_webhook_on_number": service.use_inbound_webhook_on_number,
        "usecase": service.usecase,
        "validity_period": service.validity.as_secs(),
    })
}

/// A sender in the list of its kind at `list`. `country` is that of a number; short codes name that of their account.
pub(super) fn sender(sender: &Sender, country: Option<&str>, list: &str) -> Value {
    let mut shaped = json!({
        "account_sid": sender.account.to_string(),
        "capabilities": ["SMS", "MMS"],
        "date_created": sender.created_at.iso8601(),
        "date_updated": sender.updated_at.iso8601(),
        "service_sid": sender.service.to_string(),
        "sid": sender.sid.to_string(),
        "url": format!("{list}/{}", sender.sid),
    });
    let key = match sender.sid.kind() {
        SidKind::AlphaSender => {
            shaped["capabilities"] = json!(["SMS"]);
            "alpha_sender"
        }
        SidKind::ShortCode => {
            shaped["country_code"] = country.into();
            "short_code"
        }
        SidKind::Account
        | SidKind::Call
        | SidKind::Recording
        | SidKind::Number
        | SidKind::Application
        | SidKind::Alert
        | SidKind::Credential
        | SidKind::Trunk
        | SidKind::Message
        | SidKind::MediaMessage
        | SidKind::Media
        | SidKind::Transcription
        | SidKind::Service => {
            shaped["country_code"] = country.into();
            "phone_number"
        }
    };
    shaped[key] = sender.address.to_string().into();
    shaped
}

/// A service with everything set.
#[cfg(test)]
pub(super) fn example() -> Service {
    use model::{Moment, Sid, TextRouting};
    let url = |path: &str| Some(format!("https://a.example/{path}"));
    let sid = Sid::new(SidKind::Service, 1);
    let new = super::new_service(sid, Sid::new(SidKind::Account, 2), Moment::EPOCH);
    Service {
        friendly_name: "Votes".to_owned(),
        inbound: TextRouting {
            url: url("in"),
            fallback_url: url("fallback"),
            ..TextRouting::default()
        },
        callback: url("status"),
        ..new
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::assert_like;
    use model::{Moment, Sid};

    const BASE: &str = "https://alo.example/messaging/v1/Services";

    fn one(kind: SidKind, address: &str) -> Value {
        let record = Sender {
            sid: Sid::new(kind, 1),
            account: Sid::new(SidKind::Account, 2),
            service: Sid::new(SidKind::Service, 3),
            address: address.parse().expect(address),
            created_at: Moment::EPOCH,
            updated_at: Moment::EPOCH,
        };
        sender(&record, Some("US"), &format!("{BASE}/MG1/Senders"))
    }

    #[test]
    fn a_service_has_the_keys_and_types_of_twilios() {
        assert_like(&shape(&example(), BASE), "service");
        assert_like(&shape(&example(), BASE), "service_created");
    }

    #[test]
    fn senders_have_the_keys_and_types_of_twilios() {
        assert_like(&one(SidKind::AlphaSender, "ALO"), "service_alpha_sender");
        assert_like(&one(SidKind::ShortCode, "12345"), "service_short_code");
        let mut number = one(SidKind::Number, "+14155550100");
        // The example's list is empty; its items are words in the two others.
        assert_eq!(number["capabilities"], json!(["SMS", "MMS"]));
        number["capabilities"] = json!([]);
        assert_like(&number, "service_number");
    }

    #[test]
    fn addresses_are_absolute_and_dates_iso() {
        let shaped = shape(&example(), BASE);
        let url = format!("{BASE}/{}", example().sid);
        assert_eq!(shaped["url"], url);
        assert_eq!(shaped["links"]["phone_numbers"], format!("{url}/PhoneNumbers"));
        assert_eq!(shaped["date_created"], "1970-01-01T00:00:00Z");
        assert_eq!(shaped["validity_period"], 36_000);
    }
}

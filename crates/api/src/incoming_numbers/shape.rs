//! A number as JSON. Pure.
//!
//! What isn't set reads as in the response examples: an empty string for texts and callbacks, null for calls.

use model::{NumberRecord, Sid};
use serde_json::{Value, json};

use crate::asked::VERSION;
use crate::offer::NumberKind;

/// With its type.
pub(super) fn shape(number: &NumberRecord, kind: NumberKind) -> Value {
    let mut shaped = of_kind(number);
    shaped["type"] = kind.word().into();
    shaped
}

/// As the resource of one kind of numbers shows it: without its type.
pub(super) fn of_kind(number: &NumberRecord) -> Value {
    let NumberRecord { sid, account, voice, .. } = number;
    let text = |url: &Option<String>| url.clone().unwrap_or_default();
    let application = |sid: Option<Sid>| sid.map(|sid| sid.to_string()).unwrap_or_default();
    json!({
        "account_sid": account.to_string(),
        "address_requirements": "none",
        "address_sid": null,
        "api_version": "2010-04-01",
        "beta": false,
        "bundle_sid": null,
        "capabilities": { "fax": false, "mms": true, "sms": true, "voice": true },
        "date_created": number.created_at.rfc2822(),
        "date_updated": number.updated_at.rfc2822(),
        "emergency_address_sid": null,
        "emergency_address_status": "unregistered",
        "emergency_status": "Inactive",
        "friendly_name": number.friendly_name,
        "identity_sid": null,
        "origin": "twilio",
        "phone_number": number.number.as_str(),
        "sid": sid.to_string(),
        "sms_application_sid": application(number.sms_application),
        "sms_fallback_method": number.text.fallback_method.as_str(),
        "sms_fallback_url": text(&number.text.fallback_url),
        "sms_method": number.text.method.as_str(),
        "sms_url": text(&number.text.url),
        "status": "in-use",
        "status_callback": text(&voice.status_callback),
        "status_callback_method": voice.status_callback_method.as_str(),
        "trunk_sid": null,
        "uri": format!("{VERSION}/Accounts/{account}/IncomingPhoneNumbers/{sid}.json"),
        "voice_application_sid": application(number.voice_application),
        "voice_caller_id_lookup": false,
        "voice_fallback_method": voice.fallback_method.as_str(),
        "voice_fallback_url": voice.fallback_url,
        "voice_method": voice.method.as_str(),
        "voice_receive_mode": "voice",
        "voice_url": voice.url,
    })
}

/// A number with everything set.
#[cfg(test)]
pub(super) fn example() -> NumberRecord {
    use model::{Method, Moment, Sid, SidKind, TextRouting, VoiceRouting};
    let url = |path: &str| Some(format!("https://a.example/{path}"));
    NumberRecord {
        sid: Sid::new(SidKind::Number, 1),
        account: Sid::new(SidKind::Account, 2),
        number: "+14155550100".parse().expect("a number"),
        friendly_name: "(415) 555-0100".to_owned(),
        voice: VoiceRouting {
            url: url("voice"),
            fallback_url: url("fallback"),
            status_callback: url("status"),
            ..VoiceRouting::default()
        },
        text: TextRouting { url: url("text"), method: Method::Get, ..TextRouting::default() },
        voice_application: None,
        sms_application: None,
        created_at: Moment::EPOCH,
        updated_at: Moment::EPOCH,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::assert_like;

    #[test]
    fn a_number_has_the_keys_and_types_of_twilios() {
        assert_like(&shape(&example(), NumberKind::Local), "incoming_number");
        assert_like(&of_kind(&example()), "incoming_local");
    }

    #[test]
    fn what_is_not_set_is_empty_or_null_as_in_the_example() {
        let mut number = example();
        number.voice = model::VoiceRouting::default();
        let shaped = shape(&number, NumberKind::TollFree);
        assert_like(&shaped, "incoming_number");
        assert_eq!(shaped["voice_url"], Value::Null);
        assert_eq!(shaped["status_callback"], "");
        assert_eq!(shaped["type"], "toll-free");
    }
}

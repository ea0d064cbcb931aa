//! What applications are told of texts, in Twilio's words. Pure.
//!
//! Status callbacks: <https://www.twilio.com/docs/messaging/guides/track-outbound-message-status>. Webhooks of inbound
//! messages: <https://www.twilio.com/docs/messaging/guides/webhook-request>.

use std::fmt::Display;

use model::{Callback, Correspondent, MessagePlan, MessageRecord, MessageStatus, Moment};

use crate::convert;

/// Version of the API that webhooks name.
const API_VERSION: &str = "2010-04-01";

/// Parameters of a webhook, in order.
pub(crate) type Params = Vec<(String, String)>;

/// The callback that tells `status`, if somebody wants to be told.
pub(crate) fn callback(
    record: &MessageRecord,
    plan: &MessagePlan,
    status: MessageStatus,
    now: Moment,
) -> Option<Callback> {
    let (url, method) = plan.callback.clone()?;
    let params = status_params(record, status);
    Some(convert::row(record.sid, record.account, url, method, params, now))
}

fn status_params(record: &MessageRecord, status: MessageStatus) -> Params {
    let mut params = Written::default();
    params.add("SmsSid", &record.sid);
    params.add("SmsStatus", &status);
    params.add("MessageStatus", &status);
    params.add("To", &record.to);
    params.maybe("MessagingServiceSid", record.service.as_ref().map(shown));
    params.add("MessageSid", &record.sid);
    params.add("AccountSid", &record.account);
    params.add("From", &record.from.as_ref().map(ToString::to_string).unwrap_or_default());
    params.add("ApiVersion", &API_VERSION);
    params.maybe("ErrorCode", record.error_code.as_ref().map(shown));
    params.maybe("ErrorMessage", record.error_message.as_ref().map(shown));
    params.0
}

/// What an application is told of a message that came in. `media` is address and type of each.
pub(crate) fn inbound_params(
    record: &MessageRecord,
    media: &[(String, String)],
    consent: Option<&str>,
) -> Params {
    let mut params = Written::default();
    params.add("ToCountry", &country(&record.to));
    params.add("ToState", &"");
    params.add("SmsMessageSid", &record.sid);
    params.add("NumMedia", &media.len());
    for (index, (url, content_type)) in media.iter().enumerate() {
        params.add(&format!("MediaContentType{index}"), &content_type);
        params.add(&format!("MediaUrl{index}"), &url);
    }
    params.add("ToCity", &"");
    params.add("FromZip", &"");
    params.add("SmsSid", &record.sid);
    params.add("FromState", &"");
    params.add("SmsStatus", &MessageStatus::Received);
    params.add("FromCity", &"");
    params.add("Body", &record.body);
    params.maybe("OptOutType", consent.as_ref().map(shown));
    params.add("FromCountry", &record.from.as_ref().map(country).unwrap_or_default());
    params.add("To", &record.to);
    params.maybe("MessagingServiceSid", record.service.as_ref().map(shown));
    params.add("ToZip", &"");
    params.add("NumSegments", &record.segments.max(1));
    params.add("MessageSid", &record.sid);
    params.add("AccountSid", &record.account);
    params.add("From", &record.from.as_ref().map(ToString::to_string).unwrap_or_default());
    params.add("ApiVersion", &API_VERSION);
    params.0
}

fn country(who: &Correspondent) -> String {
    who.number().and_then(model::PhoneNumber::country).unwrap_or_default()
}

#[derive(Default)]
struct Written(Params);

fn shown<T: Display>(value: &T) -> &dyn Display {
    value
}

impl Written {
    fn add(&mut self, name: &str, value: &dyn Display) {
        self.0.push((name.to_owned(), value.to_string()));
    }

    fn maybe(&mut self, name: &str, value: Option<&dyn Display>) {
        if let Some(value) = value {
            self.add(name, value);
        }
    }
}

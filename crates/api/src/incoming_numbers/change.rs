//! What a request sets of a number. A parameter that is given empty takes away what was set.
//!
//! `Differs:` applications, addresses, bundles and emergency calling aren't built: an application is refused, the rest
//! is ignored.

use model::{Method, NumberRecord};

use crate::errors::{ApiError, INVALID_PARAMETER};
use crate::params::{Params, is_web_address};

/// Longest friendly name, in characters (Twilio's limit).
const LONGEST_NAME: usize = 64;

/// Why a number can't be set so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ChangeError {
    /// Write an absolute address (21402).
    #[error("{name} is not a valid URL: {value}")]
    Url {
        /// Of the parameter.
        name: &'static str,
        /// As it came.
        value: String,
    },
    /// Write GET or POST (21403).
    #[error("{name} is '{value}': write GET or POST")]
    Method {
        /// Of the parameter.
        name: &'static str,
        /// As it came.
        value: String,
    },
    /// Applications aren't built: write the URL itself (21420).
    #[error("{name} is '{value}': there are no applications here, write the URL itself")]
    Application {
        /// Of the parameter.
        name: &'static str,
        /// As it came.
        value: String,
    },
    /// Shorten it.
    #[error("FriendlyName has {0} characters: at most {LONGEST_NAME} are kept")]
    LongName(usize),
}

impl From<ChangeError> for ApiError {
    fn from(error: ChangeError) -> ApiError {
        let code = match error {
            ChangeError::Url { .. } => 21402,
            ChangeError::Method { .. } => 21403,
            ChangeError::Application { .. } => 21420,
            ChangeError::LongName(_) => INVALID_PARAMETER,
        };
        ApiError::bad_request(code, error.to_string())
    }
}

/// Sets what is given.
pub(super) fn apply(params: &Params, record: &mut NumberRecord) -> Result<(), ChangeError> {
    for name in ["VoiceApplicationSid", "SmsApplicationSid"] {
        if let Some(value) = params.text(name) {
            return Err(ChangeError::Application { name, value: value.to_owned() });
        }
    }
    if let Some(name) = params.text("FriendlyName") {
        let length = name.chars().count();
        if length > LONGEST_NAME {
            return Err(ChangeError::LongName(length));
        }
        name.clone_into(&mut record.friendly_name);
    }
    let voice = &mut record.voice;
    url(params, "VoiceUrl", &mut voice.url)?;
    method(params, "VoiceMethod", &mut voice.method)?;
    url(params, "VoiceFallbackUrl", &mut voice.fallback_url)?;
    method(params, "VoiceFallbackMethod", &mut voice.fallback_method)?;
    url(params, "StatusCallback", &mut voice.status_callback)?;
    method(params, "StatusCallbackMethod", &mut voice.status_callback_method)?;
    url(params, "SmsUrl", &mut record.text.url)?;
    method(params, "SmsMethod", &mut record.text.method)?;
    url(params, "SmsFallbackUrl", &mut record.text.fallback_url)?;
    method(params, "SmsFallbackMethod", &mut record.text.fallback_method)
}

fn url(params: &Params, name: &'static str, set: &mut Option<String>) -> Result<(), ChangeError> {
    match params.given(name) {
        None => {}
        Some("") => *set = None,
        Some(text) if is_web_address(text) => *set = Some(text.to_owned()),
        Some(text) => return Err(ChangeError::Url { name, value: text.to_owned() }),
    }
    Ok(())
}

fn method(params: &Params, name: &'static str, set: &mut Method) -> Result<(), ChangeError> {
    let read = params.method(name).map_err(|value| ChangeError::Method { name, value })?;
    *set = read.unwrap_or(*set);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incoming_numbers::shape::example;

    fn changed(form: &str) -> Result<NumberRecord, u32> {
        let mut record = example();
        let result = apply(&Params::read(form.as_bytes()), &mut record);
        result.map(|()| record).map_err(|error| ApiError::from(error).code)
    }

    #[test]
    fn what_is_given_is_set_and_the_rest_stays() {
        let form =
            "VoiceUrl=http://a.example/v&VoiceMethod=GET&FriendlyName=Support&AddressSid=AD1";
        let record = changed(form).expect("it can be set");
        assert_eq!(record.voice.url.as_deref(), Some("http://a.example/v"));
        assert_eq!(record.voice.method, Method::Get);
        assert_eq!(record.friendly_name, "Support");
        assert_eq!(record.text.url, example().text.url);
    }

    #[test]
    fn an_empty_address_takes_away_what_was_set() {
        let record = changed("VoiceUrl=&SmsUrl=&VoiceMethod=").expect("it can be set");
        assert_eq!((record.voice.url, record.text.url), (None, None));
        assert_eq!(record.voice.method, example().voice.method);
    }

    #[test]
    fn each_mistake_has_its_code() {
        for (form, code) in [
            ("VoiceUrl=voice.xml", 21402),
            ("StatusCallback=ftp://a.example", 21402),
            ("SmsMethod=PUT", 21403),
            ("VoiceApplicationSid=AP0123456789abcdef0123456789abcdef", 21420),
        ] {
            assert_eq!(changed(form).err(), Some(code), "{form}");
        }
        let name = format!("FriendlyName={}", "x".repeat(65));
        assert_eq!(changed(&name).err(), Some(20422));
    }
}

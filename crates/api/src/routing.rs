//! What is asked when a number, a short code or an application is rung or texted, as requests set it.
//!
//! What isn't given stays; an address that is given empty is taken away.

use model::{Method, TextRouting, VoiceRouting};

use crate::errors::{ApiError, INVALID_PARAMETER};
use crate::params::{BUILT_IN, Params, is_built_in, is_web_address};

/// Longest friendly name, in characters (Twilio's limit).
const LONGEST_NAME: usize = 64;

/// Why it can't be set so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RoutingError {
    /// Write an absolute address (21402).
    #[error("{name} is not a valid URL: {value}")]
    Url {
        /// Of the parameter.
        name: &'static str,
        /// As it came.
        value: String,
    },
    /// Write one of the two that there are (21402).
    #[error(
        "{name} is '{value}', and nothing like it is built in: write alo://roulette/LINE, alo://twimlets/NAME?PARAMETERS, \
         or a web address"
    )]
    BuiltIn {
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
    /// Shorten it.
    #[error("FriendlyName has {0} characters: at most {LONGEST_NAME} are kept")]
    LongName(usize),
}

impl From<RoutingError> for ApiError {
    fn from(error: RoutingError) -> ApiError {
        let code = match error {
            RoutingError::Url { .. } | RoutingError::BuiltIn { .. } => 21402,
            RoutingError::Method { .. } => 21403,
            RoutingError::LongName(_) => INVALID_PARAMETER,
        };
        ApiError::bad_request(code, error.to_string())
    }
}

/// `VoiceUrl` and its kin, and `StatusCallback`.
pub(crate) fn voice(params: &Params, voice: &mut VoiceRouting) -> Result<(), RoutingError> {
    application(params, "VoiceUrl", &mut voice.url)?;
    method(params, "VoiceMethod", &mut voice.method)?;
    application(params, "VoiceFallbackUrl", &mut voice.fallback_url)?;
    method(params, "VoiceFallbackMethod", &mut voice.fallback_method)?;
    url(params, "StatusCallback", &mut voice.status_callback)?;
    method(params, "StatusCallbackMethod", &mut voice.status_callback_method)
}

/// `SmsUrl` and its kin.
pub(crate) fn text(params: &Params, text: &mut TextRouting) -> Result<(), RoutingError> {
    application(params, "SmsUrl", &mut text.url)?;
    method(params, "SmsMethod", &mut text.method)?;
    application(params, "SmsFallbackUrl", &mut text.fallback_url)?;
    method(params, "SmsFallbackMethod", &mut text.fallback_method)
}

/// `FriendlyName`; one that is given empty changes nothing.
pub(crate) fn name(params: &Params, set: &mut String) -> Result<(), RoutingError> {
    let Some(name) = params.text("FriendlyName") else { return Ok(()) };
    let length = name.chars().count();
    if length > LONGEST_NAME {
        return Err(RoutingError::LongName(length));
    }
    name.clone_into(set);
    Ok(())
}

/// An application of this name: an address, or what is built in.
pub(crate) fn application(
    params: &Params,
    name: &'static str,
    set: &mut Option<String>,
) -> Result<(), RoutingError> {
    let begins = |text: &str| text.split_once(':').is_some_and(|(scheme, _)| scheme == BUILT_IN);
    match params.given(name) {
        Some(text) if is_built_in(text) => *set = Some(text.to_owned()),
        Some(text) if begins(text) => {
            return Err(RoutingError::BuiltIn { name, value: text.to_owned() });
        }
        Some(_) | None => url(params, name, set)?,
    }
    Ok(())
}

/// An address of this name.
pub(crate) fn url(
    params: &Params,
    name: &'static str,
    set: &mut Option<String>,
) -> Result<(), RoutingError> {
    match params.given(name) {
        None => {}
        Some("") => *set = None,
        Some(text) if is_web_address(text) => *set = Some(text.to_owned()),
        Some(text) => return Err(RoutingError::Url { name, value: text.to_owned() }),
    }
    Ok(())
}

/// A method of this name.
pub(crate) fn method(
    params: &Params,
    name: &'static str,
    set: &mut Method,
) -> Result<(), RoutingError> {
    let read = params.method(name).map_err(|value| RoutingError::Method { name, value })?;
    *set = read.unwrap_or(*set);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(form: &str) -> Result<(VoiceRouting, TextRouting), u32> {
        let params = Params::read(form.as_bytes());
        let url = Some("https://a.example/before".to_owned());
        let mut ring = VoiceRouting { url: url.clone(), ..VoiceRouting::default() };
        let mut write = TextRouting { url, ..TextRouting::default() };
        let both = voice(&params, &mut ring).and_then(|()| text(&params, &mut write));
        both.map(|()| (ring, write)).map_err(|error| ApiError::from(error).code)
    }

    #[test]
    fn what_is_given_is_set_and_the_rest_stays() {
        let form = "VoiceUrl=http://a.example/v&VoiceMethod=GET&SmsFallbackUrl=http://a.example/f";
        let (ring, write) = changed(form).expect("it can be set");
        assert_eq!(ring.url.as_deref(), Some("http://a.example/v"));
        assert_eq!(ring.method, Method::Get);
        assert_eq!(write.url.as_deref(), Some("https://a.example/before"));
        assert_eq!(write.fallback_url.as_deref(), Some("http://a.example/f"));
    }

    #[test]
    fn an_empty_address_takes_away_what_was_set() {
        let (ring, write) = changed("VoiceUrl=&SmsUrl=&VoiceMethod=").expect("it can be set");
        assert_eq!((ring.url, write.url), (None, None));
        assert_eq!(ring.method, Method::Post);
    }

    #[test]
    fn what_is_built_in_is_an_application_too_and_hears_of_no_status() {
        let form = "VoiceUrl=alo://roulette/support&SmsUrl=alo://twimlets/echo?Twiml=x";
        let (ring, write) = changed(form).expect("it can be set");
        assert_eq!(ring.url.as_deref(), Some("alo://roulette/support"));
        assert_eq!(write.url.as_deref(), Some("alo://twimlets/echo?Twiml=x"));
        assert_eq!(changed("VoiceUrl=alo://rulette/support").err(), Some(21402));
        assert_eq!(changed("StatusCallback=alo://roulette/support").err(), Some(21402));
    }

    #[test]
    fn each_mistake_has_its_code() {
        for (form, code) in [
            ("VoiceUrl=voice.xml", 21402),
            ("StatusCallback=ftp://a.example", 21402),
            ("SmsMethod=PUT", 21403),
        ] {
            assert_eq!(changed(form).err(), Some(code), "{form}");
        }
        let long = format!("FriendlyName={}", "x".repeat(65));
        let error = name(&Params::read(long.as_bytes()), &mut String::new());
        assert_eq!(error, Err(RoutingError::LongName(65)));
    }
}

//! What a request sets of a service. Pure.

use std::time::Duration;

use model::{Method, Service};

use crate::errors::{ApiError, INVALID_PARAMETER};
use crate::params::Params;
use crate::routing::{self, RoutingError};

/// How long messages may wait, unless said and at most (Twilio's default and limit).
pub(super) const LONGEST_VALIDITY: Duration = Duration::from_secs(36_000);

/// Longest word for a use case, in characters.
const LONGEST_USECASE: usize = 64;

/// A required parameter is missing.
const MISSING_PARAMETER: u32 = 20001;

/// Why a service can't be set so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ChangeError {
    /// Give it a name (20001).
    #[error("Missing required parameter FriendlyName in the post body")]
    NoName,
    /// See its message.
    #[error(transparent)]
    Routing(#[from] RoutingError),
    /// Write seconds (21624).
    #[error("ValidityPeriod is '{0}': write seconds from 1 to 36000")]
    Validity(String),
    /// Write one of them.
    #[error("ScanMessageContent is '{0}': write inherit, enable or disable")]
    Scan(String),
    /// Shorten it.
    #[error("Usecase has {0} characters: at most {LONGEST_USECASE} are kept")]
    Usecase(usize),
}

impl From<ChangeError> for ApiError {
    fn from(error: ChangeError) -> ApiError {
        let code = match error {
            ChangeError::NoName => MISSING_PARAMETER,
            ChangeError::Routing(error) => return error.into(),
            ChangeError::Validity(_) => 21624,
            ChangeError::Scan(_) | ChangeError::Usecase(_) => INVALID_PARAMETER,
        };
        ApiError::bad_request(code, error.to_string())
    }
}

/// Sets what is given.
pub(super) fn apply(params: &Params, service: &mut Service) -> Result<(), ChangeError> {
    routing::name(params, &mut service.friendly_name)?;
    routing::application(params, "InboundRequestUrl", &mut service.inbound.url)?;
    method(params, "InboundMethod", &mut service.inbound.method)?;
    routing::application(params, "FallbackUrl", &mut service.inbound.fallback_url)?;
    method(params, "FallbackMethod", &mut service.inbound.fallback_method)?;
    routing::url(params, "StatusCallback", &mut service.callback)?;
    flag(params, "UseInboundWebhookOnNumber", &mut service.use_inbound_webhook_on_number);
    flag(params, "StickySender", &mut service.sticky_sender);
    flag(params, "AreaCodeGeomatch", &mut service.area_code_geomatch);
    flag(params, "SmartEncoding", &mut service.smart_encoding);
    flag(params, "MmsConverter", &mut service.mms_converter);
    flag(params, "FallbackToLongCode", &mut service.fallback_to_long_code);
    flag(params, "SynchronousValidation", &mut service.synchronous_validation);
    if let Some(text) = params.text("ValidityPeriod") {
        service.validity = validity(text)?;
    }
    if let Some(text) = params.text("ScanMessageContent") {
        service.scan_message_content = scan(text)?;
    }
    if let Some(text) = params.text("Usecase") {
        service.usecase = usecase(text)?;
    }
    Ok(())
}

fn method(params: &Params, name: &'static str, set: &mut Method) -> Result<(), ChangeError> {
    Ok(routing::method(params, name, set)?)
}

fn flag(params: &Params, name: &str, set: &mut bool) {
    *set = params.maybe_flag(name).unwrap_or(*set);
}

fn validity(text: &str) -> Result<Duration, ChangeError> {
    let read = text.parse().ok().map(Duration::from_secs);
    let fits = read.filter(|time| !time.is_zero() && *time <= LONGEST_VALIDITY);
    fits.ok_or_else(|| ChangeError::Validity(text.to_owned()))
}

fn scan(text: &str) -> Result<String, ChangeError> {
    let known = ["inherit", "enable", "disable"].contains(&text);
    if known { Ok(text.to_owned()) } else { Err(ChangeError::Scan(text.to_owned())) }
}

fn usecase(text: &str) -> Result<String, ChangeError> {
    let length = text.chars().count();
    if length > LONGEST_USECASE { Err(ChangeError::Usecase(length)) } else { Ok(text.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::shape::example;

    fn set(form: &str) -> Result<Service, u32> {
        let mut service = example();
        let result = apply(&Params::read(form.as_bytes()), &mut service);
        result.map(|()| service).map_err(|error| ApiError::from(error).code)
    }

    #[test]
    fn what_is_given_is_set_and_the_rest_stays() {
        let service = set("StickySender=false&ValidityPeriod=60&Usecase=poll&FallbackUrl=\
                           &InboundMethod=GET&StatusCallback=http://a.example/s")
        .expect("it can be set");
        assert!(!service.sticky_sender && service.area_code_geomatch);
        assert_eq!(service.validity, Duration::from_secs(60));
        assert_eq!((service.usecase.as_str(), service.inbound.fallback_url), ("poll", None));
        assert_eq!(service.inbound.method, Method::Get);
        assert_eq!(service.callback.as_deref(), Some("http://a.example/s"));
        assert_eq!(service.friendly_name, example().friendly_name);
    }

    #[test]
    fn each_mistake_has_its_code() {
        for (form, code) in [
            ("ValidityPeriod=0", 21624),
            ("ValidityPeriod=36001", 21624),
            ("InboundRequestUrl=here", 21402),
            ("InboundMethod=PUT", 21403),
            ("ScanMessageContent=often", 20422),
        ] {
            assert_eq!(set(form).err(), Some(code), "{form}");
        }
        assert_eq!(set(&format!("Usecase={}", "x".repeat(65))).err(), Some(20422));
        assert_eq!(ApiError::from(ChangeError::NoName).code, 20001);
    }
}

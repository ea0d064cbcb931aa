//! What a request sets of a number. A parameter that is given empty takes away what was set.
//!
//! `Differs:` addresses, bundles and emergency calling aren't built and are ignored.

use model::{NumberRecord, Sid, SidKind};

use crate::api::Api;
use crate::errors::ApiError;
use crate::params::Params;
use crate::routing::{self, RoutingError};

/// The application is not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} is '{value}': this account has no such application")]
struct NoApplication {
    name: &'static str,
    value: String,
}

impl From<NoApplication> for ApiError {
    fn from(error: NoApplication) -> ApiError {
        ApiError::bad_request(21420, error.to_string())
    }
}

/// Sets what is given.
pub(super) async fn apply(
    api: &Api,
    params: &Params,
    record: &mut NumberRecord,
) -> Result<(), ApiError> {
    routings(params, record)?;
    let account = record.account;
    if let Some(value) = params.given("VoiceApplicationSid") {
        record.voice_application = own(api, account, "VoiceApplicationSid", value).await?;
    }
    if let Some(value) = params.given("SmsApplicationSid") {
        record.sms_application = own(api, account, "SmsApplicationSid", value).await?;
    }
    Ok(())
}

fn routings(params: &Params, record: &mut NumberRecord) -> Result<(), RoutingError> {
    routing::name(params, &mut record.friendly_name)?;
    routing::voice(params, &mut record.voice)?;
    routing::text(params, &mut record.text)
}

/// The SID of an application of the account; none where the value is empty.
async fn own(
    api: &Api,
    account: Sid,
    name: &'static str,
    value: &str,
) -> Result<Option<Sid>, ApiError> {
    if value.is_empty() {
        return Ok(None);
    }
    let missing = || NoApplication { name, value: value.to_owned() };
    let sid = Sid::of_kind(SidKind::Application, value).map_err(|_| missing())?;
    let found = api.store().application(sid).await?;
    let found = found.filter(|application| application.account == account);
    Ok(Some(found.ok_or_else(missing)?.sid))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incoming_numbers::shape::example;

    #[test]
    fn what_is_given_is_set_and_the_rest_stays() {
        let mut record = example();
        let form = b"VoiceUrl=http://a.example/v&FriendlyName=Support&AddressSid=AD1";
        routings(&Params::read(form), &mut record).expect("it can be set");
        assert_eq!(record.voice.url.as_deref(), Some("http://a.example/v"));
        assert_eq!(record.friendly_name, "Support");
        assert_eq!(record.text.url, example().text.url);
    }
}

//! A recording as JSON, in the two shapes it has: below its account and below its call. Pure.

use model::RecordingRecord;
use serde_json::{Value, json};

use crate::asked::VERSION;

/// Below its account.
pub(super) fn of_account(recording: &RecordingRecord, public_url: &str) -> Value {
    let base = format!("{VERSION}/Accounts/{}/Recordings/{}", recording.account, recording.sid);
    let mut shaped = shared(recording);
    shaped["uri"] = format!("{base}.json").into();
    shaped["media_url"] = format!("{}{base}", public_url.trim_end_matches('/')).into();
    shaped["subresource_uris"] = json!({
        "add_on_results": format!("{base}/AddOnResults.json"),
        "transcriptions": format!("{base}/Transcriptions.json"),
    });
    shaped
}

/// Below its call.
pub(super) fn of_call(recording: &RecordingRecord) -> Value {
    let RecordingRecord { account, call, sid, .. } = recording;
    let mut shaped = shared(recording);
    shaped["uri"] =
        format!("{VERSION}/Accounts/{account}/Calls/{call}/Recordings/{sid}.json").into();
    shaped["track"] = "both".into();
    shaped
}

fn shared(recording: &RecordingRecord) -> Value {
    json!({
        "account_sid": recording.account.to_string(),
        "api_version": "2010-04-01",
        "call_sid": recording.call.to_string(),
        "channels": recording.channels,
        "conference_sid": null,
        "date_created": recording.started_at.rfc2822(),
        "date_updated": recording.updated_at.rfc2822(),
        "duration": recording.duration.map(|length| length.as_secs().to_string()),
        "encryption_details": null,
        "error_code": recording.error_code,
        "price": null,
        "price_unit": "USD",
        "sid": recording.sid.to_string(),
        "source": recording.source.as_str(),
        "start_time": recording.started_at.rfc2822(),
        "status": recording.status.as_str(),
    })
}

/// A complete recording.
#[cfg(test)]
pub(super) fn example() -> RecordingRecord {
    use model::{Moment, RecordingSource, RecordingStatus, Sid, SidKind};
    use std::time::Duration;
    let began = Moment::from_millis(1_692_853_305_000);
    RecordingRecord {
        sid: Sid::new(SidKind::Recording, 1),
        account: Sid::new(SidKind::Account, 2),
        call: Sid::new(SidKind::Call, 3),
        source: RecordingSource::DialVerb,
        channels: 2,
        status: RecordingStatus::Completed,
        duration: Some(Duration::from_secs(4)),
        started_at: began,
        updated_at: began + Duration::from_secs(4),
        error_code: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::assert_like;

    #[test]
    fn a_recording_has_the_keys_and_types_of_twilios() {
        assert_like(&of_account(&example(), "https://alo.example"), "recording");
        assert_like(&of_call(&example()), "call_recording");
    }

    #[test]
    fn the_media_has_an_absolute_address_without_an_extension() {
        let shaped = of_account(&example(), "https://alo.example/");
        let expected = "https://alo.example/2010-04-01/Accounts/AC00000000000000000000000000000002\
                        /Recordings/RE00000000000000000000000000000001";
        assert_eq!(shaped["media_url"], expected);
        assert_eq!(shaped["duration"], "4");
    }
}

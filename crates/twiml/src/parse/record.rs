//! `<Record>`.

use std::time::Duration;

use crate::verb::{Hook, KeySet, Record};

use super::reading::Reading;
use super::tree::{Element, is_space};
use super::{SCHEMA, grammar};

/// Silence that ends a recording, unless said.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Longest silence that can be asked for, in seconds; 0 is silence that never ends it.
const TIMEOUT_LIMIT: u32 = 14_400;

/// Longest recording, unless said.
const MAX_LENGTH: Duration = Duration::from_secs(3600);

/// Longest recording that can be asked for, in seconds.
const MAX_LENGTH_LIMIT: u32 = 14_400;

/// Keys that end a recording, unless said.
pub(crate) const FINISH_ON_KEY: &str = "1234567890*#";

/// Reads a `<Record>`.
pub(super) fn record(reading: &mut Reading<'_>, element: &Element<'_>) -> Record {
    reading.check_attributes(element, &grammar::RECORD);
    reading.warn_children(element, SCHEMA, |_| false);
    let method = reading.method(element, "method", 13610);
    let url = element.word("action").unwrap_or_default().to_owned();
    let timeout = reading.seconds(element, "timeout", 0..=TIMEOUT_LIMIT, 13611);
    let max_length = reading.seconds(element, "maxLength", 1..=MAX_LENGTH_LIMIT, 13612);
    let callback_method = "recordingStatusCallbackMethod";
    let transcribe_callback = element.word("transcribeCallback").map(str::to_owned);
    Record {
        action: Hook { url, method },
        timeout: timeout.unwrap_or(TIMEOUT),
        finish_on_key: finish_on_key(reading, element),
        max_length: max_length.unwrap_or(MAX_LENGTH),
        play_beep: reading.flag(element, "playBeep", true, 13616),
        trim: reading.trim(element, true),
        status_callback: reading.callback(
            element,
            "recordingStatusCallback",
            callback_method,
            SCHEMA,
        ),
        status_events: reading.recording_events(element),
        transcribe: reading.flag(element, "transcribe", transcribe_callback.is_some(), 13614),
        transcribe_callback,
    }
}

fn finish_on_key(reading: &mut Reading<'_>, element: &Element<'_>) -> KeySet {
    let Some(attribute) = element.attribute("finishOnKey") else {
        return KeySet(FINISH_ON_KEY.to_owned());
    };
    let mut keys = String::new();
    for key in attribute.value.chars().filter(|key| !is_space(*key)) {
        if !FINISH_ON_KEY.contains(key) {
            let message = format!("'{key}' in finishOnKey of <Record> is not a key");
            let mend = Some("write keys out of 0 to 9, * and #, or nothing".to_owned());
            reading.warn(attribute.at, 13613, message, mend);
            return KeySet(FINISH_ON_KEY.to_owned());
        }
        if !keys.contains(key) {
            keys.push(key);
        }
    }
    KeySet(keys)
}

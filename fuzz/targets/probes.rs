//! What probes read: any text is a JSON path or an error, and what is written of a path is the same path; any text is
//! bytes with escapes or an error, and any bytes have a text; any bytes are an answer of a mail server, of Redis, of SIP
//! or of ping, or none.

#![no_main]

use libfuzzer_sys::fuzz_target;
use probes::{JsonPath, escape, unescape};

fuzz_target!(|data: &[u8]| {
    probes::fuzz::answers(data);
    assert_eq!(unescape(&escape(data)).as_deref(), Ok(data));

    let text = String::from_utf8_lossy(data);
    if let Ok(bytes) = unescape(&text) {
        assert_eq!(unescape(&escape(&bytes)), Ok(bytes));
    }
    let (path, document) = text.split_once('\n').unwrap_or((&text, "{}"));
    let Ok(path) = path.parse::<JsonPath>() else { return };
    let written = path.to_string();
    assert_eq!(written.parse::<JsonPath>().as_ref(), Ok(&path), "{written}");
    if let Ok(document) = serde_json::from_str(document) {
        let found = path.find(&document);
        let again = written.parse::<JsonPath>().expect("it was read before");
        assert_eq!(again.find(&document), found);
    }
});

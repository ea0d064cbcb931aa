//! The e-mail about a message that somebody left.

use std::fmt::Write as _;

use model::{Party, PhoneNumber};

use crate::given::Given;
use crate::refusal::{FAILED, Refusal, shown};
use crate::value::is_printable;
use crate::{Ask, Effect};

/// What the path of a recording begins with.
const API: &str = "/2010-04-01/";
/// Longest transcript in an e-mail, in characters.
const TRANSCRIPT: usize = 20_000;

/// The e-mail; `None` if there is nothing to be heard.
pub(super) fn of(ask: &Ask<'_>, given: &Given<'_>, to: &str) -> Result<Option<Effect>, Refusal> {
    if is_nothing(given) {
        return Ok(None);
    }
    let url = given.webhook(&["RecordingUrl"]).unwrap_or_default().trim();
    let link = link(ask, url)?;
    let who = who(given.caller());
    let sid = given.webhook(&["RecordingSid"]).filter(|sid| !sid.is_empty()).unwrap_or(url);
    Ok(Some(Effect::Mail {
        to: to.to_owned(),
        subject: format!("New Voicemail Message from {who}"),
        body: body(given, &who, &link),
        key: format!("voicemail {sid} {}", to.to_ascii_lowercase()),
    }))
}

/// Whether the recording failed, or nobody spoke.
fn is_nothing(given: &Given<'_>) -> bool {
    let failed = given.webhook(&["RecordingStatus"]).is_some_and(|status| status != "completed");
    failed || given.webhook(&["RecordingDuration"]) == Some("0")
}

/// Where it can be listened to. It is always at this server, whatever the request says.
///
/// `Differs:` it leads to a WAV file, since alo writes no MP3.
fn link(ask: &Ask<'_>, url: &str) -> Result<String, Refusal> {
    let ours = url.find(API).map(|at| &url[at..]);
    let ours =
        ours.filter(|path| path.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-._".contains(&b)));
    let path = ours.ok_or_else(|| {
        let message = format!("RecordingUrl '{}' is no recording of this server", shown(url));
        Refusal::bad(FAILED, message)
    })?;
    let path = path.strip_suffix(".wav").unwrap_or(path);
    Ok(format!("{}{path}.wav", ask.recordings.trim_end_matches('/')))
}

fn body(given: &Given<'_>, who: &str, link: &str) -> String {
    let mut body = format!("Somebody left a message.\n\nFrom: {who}");
    if let Ok(number) = given.caller().parse::<PhoneNumber>() {
        let _ = write!(body, ", {number}");
    }
    if let Some(called) = given.webhook(&["To", "Called"]).map(line).filter(|to| !to.is_empty()) {
        let _ = write!(body, "\nTo: {called}");
    }
    let seconds = given.webhook(&["RecordingDuration"]).and_then(|text| text.parse::<u32>().ok());
    if let Some(seconds) = seconds {
        let _ = write!(body, "\nLength: {}:{:02}", seconds / 60, seconds % 60);
    }
    let _ = write!(body, "\nListen: {link}\n");
    let transcript = given.webhook(&["TranscriptionText"]).map(paragraphs);
    if let Some(transcript) = transcript.filter(|text| !text.is_empty()) {
        let _ = write!(body, "\n{transcript}\n");
    }
    body
}

/// A number as people of its country write it, or a name.
fn who(caller: &str) -> String {
    let name = |name: &str| {
        let name = line(name);
        if name.is_empty() { "an unknown number".to_owned() } else { name }
    };
    match caller.parse::<Party>() {
        Ok(Party::Number(number)) => number.national(),
        Ok(Party::Sip(uri)) => name(uri.split_once(':').map_or("", |(_, rest)| rest)),
        Ok(party @ (Party::Client(_) | Party::Other(_))) => name(party.sip_user()),
        Err(_) => name(caller),
    }
}

/// What a caller's phone says, in one short line: it ends in the head of an e-mail.
fn line(text: &str) -> String {
    text.trim().chars().filter(|c| is_printable(*c)).take(100).collect()
}

fn paragraphs(text: &str) -> String {
    let text = text.trim().chars().filter(|c| *c == '\n' || is_printable(*c));
    text.take(TRANSCRIPT).collect()
}

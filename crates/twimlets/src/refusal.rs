//! Why a Twimlet doesn't answer, in words for whoever wrote its URL.
//!
//! Codes are Twilio's where one fits (<https://www.twilio.com/docs/api/errors>), and [`FAILED`] elsewhere.

/// "HTTP retrieval failure": an URL that has no document.
pub(crate) const FAILED: u32 = 11200;
/// "Invalid URL format".
pub(crate) const NO_URL: u32 = 11100;
/// "TwiML response body too large".
pub(crate) const TOO_LARGE: u32 = 11750;
/// "Schema validation warning": what alo doesn't have yet.
pub(crate) const NOT_YET: u32 = 12200;
/// "Dial: Invalid phone number format".
pub(crate) const NO_NUMBER: u32 = 13223;
/// "Dial: Forbidden phone number".
pub(crate) const FORBIDDEN_NUMBER: u32 = 13225;
/// "Say: Invalid text", which here is too long.
pub(crate) const TEXT_TOO_LONG: u32 = 13521;

/// Characters of a wrong value that are repeated to its author.
const SHOWN: usize = 80;

/// Why a Twimlet doesn't answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// For HTTP: 400, 403, 404 or 413.
    pub status: u16,
    /// Twilio's code.
    pub code: u32,
    /// What is wrong, and what to write instead.
    pub message: String,
}

impl Refusal {
    /// 400.
    pub(crate) fn bad(code: u32, message: String) -> Refusal {
        Refusal { status: 400, code, message }
    }

    /// 403.
    pub(crate) fn forbidden(code: u32, message: String) -> Refusal {
        Refusal { status: 403, code, message }
    }

    /// 413.
    pub(crate) fn too_large(code: u32, message: String) -> Refusal {
        Refusal { status: 413, code, message }
    }

    /// A parameter is missing; `example` is a query with it.
    pub(crate) fn missing(twimlet: &str, parameter: &str, example: &str) -> Refusal {
        let message = format!("{twimlet} needs {parameter}: write /twimlets/{twimlet}?{example}");
        Refusal::bad(FAILED, message)
    }

    /// There is no such Twimlet.
    pub(crate) fn unknown(name: &str) -> Refusal {
        let names: Vec<&str> = crate::catalogue().iter().map(|twimlet| twimlet.name).collect();
        let (name, names) = (shown(name), names.join(", "));
        let message = format!("there is no Twimlet '{name}': there are {names}");
        Refusal { status: 404, code: FAILED, message }
    }
}

/// The beginning of a value that somebody wrote, in one line.
pub(crate) fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown.replace(char::is_control, " ")
}

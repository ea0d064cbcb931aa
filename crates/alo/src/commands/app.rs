//! Built-in applications as `--app` names them: `roulette:support`, `forward:+5511987654321`, `voicemail:mail@example.com`.
//!
//! Each is a URL that never leaves the machine: `alo://roulette/LINE`, `alo://twimlets/NAME?…`.

use model::oncall::{InvalidName, Name};
use twimlets::ShortcutError;

use super::Usage;

/// Where lines are.
const LINES: &str = "alo://roulette/";
/// Where Twimlets are.
const TWIMLETS: &str = "alo://twimlets/";

/// What a number does by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum App {
    /// A support line, which takes calls and texts.
    Line(Name),
    /// A Twimlet, which takes calls: its URL.
    Twimlet(String),
}

impl App {
    /// What is asked when the number is rung.
    pub(super) fn voice_url(&self) -> String {
        match self {
            App::Line(line) => format!("{LINES}{line}"),
            App::Twimlet(url) => url.clone(),
        }
    }

    /// What is asked when it is texted.
    pub(super) fn text_url(&self) -> Option<String> {
        match self {
            App::Line(line) => Some(format!("{LINES}{line}")),
            App::Twimlet(_) => None,
        }
    }
}

/// Reads it, for the parser of the command line.
pub(super) fn app(text: &str) -> Result<App, Usage> {
    if let Some(line) = text.strip_prefix("roulette:") {
        let wrong = |error: InvalidName| Usage(error.to_string());
        return line.parse().map(App::Line).map_err(wrong);
    }
    if is_twimlet(text) {
        return Ok(App::Twimlet(text.to_owned()));
    }
    let wrong = |error: ShortcutError| {
        let unknown = matches!(error, ShortcutError::Unknown(_));
        let line = if unknown { "; a support line is roulette:LINE" } else { "" };
        Usage(format!("{error}{line}"))
    };
    twimlets::shortcut(text).map(App::Twimlet).map_err(wrong)
}

fn is_twimlet(url: &str) -> bool {
    url.strip_prefix(TWIMLETS).is_some_and(|name| !name.is_empty())
}

/// Whether a URL is answered inside.
pub(super) fn is_built_in(url: &str) -> bool {
    line_of(url).is_some() || is_twimlet(url)
}

/// The line that a URL leads to.
pub(super) fn line_of(url: &str) -> Option<&str> {
    let rest = url.strip_prefix(LINES)?;
    rest.split(['/', '?']).next().filter(|line| !line.is_empty())
}

/// A URL as it is shown: what is built in, by what `--app` calls it.
pub(super) fn shown(url: &str) -> String {
    if let Some(line) = line_of(url) {
        return format!("roulette:{line}");
    }
    let Some(twimlet) = url.strip_prefix(TWIMLETS) else { return url.to_owned() };
    let (name, query) = twimlet.split_once('?').unwrap_or((twimlet, ""));
    let values = url::form_urlencoded::parse(query.as_bytes()).map(|(_, value)| value.into_owned());
    format!("{name}:{}", values.collect::<Vec<String>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_takes_calls_and_texts_and_a_twimlet_calls() {
        let line = app("roulette:Support").expect("an application");
        assert_eq!(line.voice_url(), "alo://roulette/support");
        assert_eq!(line.text_url(), Some(line.voice_url()));
        let forward = app("forward:+5511987654321").expect("an application");
        assert!(forward.voice_url().starts_with(TWIMLETS), "{forward:?}");
        assert_eq!(forward.text_url(), None);
        for text in ["", "roulette:", "roulette", "roulette:a b", "fly:away"] {
            assert!(app(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_built_in_is_shown_as_it_is_written() {
        assert_eq!(shown("alo://roulette/support"), "roulette:support");
        let url = app("forward:+5511987654321").expect("an application").voice_url();
        assert_eq!(shown(&url), "forward:+5511987654321");
        assert_eq!(shown("https://example.com/voice"), "https://example.com/voice");
        assert_eq!(line_of("alo://roulette/support/step?x=1"), Some("support"));
        assert_eq!(line_of("alo://roulette/"), None);
    }
}

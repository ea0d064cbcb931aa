//! Where the next document comes from: relative URLs resolved (RFC 3986 §5), circles cut.

use model::AlertLevel;
use url::Url;

use super::{CIRCLE_LIMIT, Interpreter, Output, State};
use crate::verb::Hook;

/// Addresses that never leave the machine begin so: `alo://music/classical`. Whoever owns the call answers them.
const INSIDE: &str = "alo";

/// Why an address can't be asked.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadUrl {
    /// Write an absolute `http://` or `https://` URL.
    #[error("'{0}' is not a URL that can be asked: write an absolute http:// or https:// address")]
    Unusable(String),
    /// Write an absolute URL, or have the document fetched from one.
    #[error("the document was given inline and has no URL of its own: '{0}' needs an absolute URL")]
    NoBase(String),
}

/// `text` as an absolute URL of `http`, `https` or `alo`; empty text is `base` itself.
pub fn absolute(text: &str, base: Option<&Url>) -> Result<Url, BadUrl> {
    let parsed = match (Url::parse(text), base) {
        (Ok(url), _) => Ok(url),
        (Err(url::ParseError::RelativeUrlWithoutBase), Some(base)) if text.is_empty() => {
            Ok(base.clone())
        }
        (Err(url::ParseError::RelativeUrlWithoutBase), Some(base)) => base.join(text),
        (Err(url::ParseError::RelativeUrlWithoutBase), None) => {
            return Err(BadUrl::NoBase(text.to_owned()));
        }
        (Err(error), _) => Err(error),
    };
    match parsed {
        Ok(url) if matches!(url.scheme(), "http" | "https" | INSIDE) && url.has_host() => Ok(url),
        Ok(_) | Err(_) => Err(BadUrl::Unusable(text.to_owned())),
    }
}

impl Interpreter {
    /// The hook's address, or `None` where it can't be asked.
    pub(super) fn resolve(&self, hook: &Hook) -> Option<Url> {
        absolute(&hook.url, self.base.as_ref()).ok()
    }

    /// Asks for the next document; ends the call with an alert where that can't be done.
    pub(super) fn fetch(&mut self, hook: &Hook, params: Vec<(String, String)>) {
        self.verbs.clear();
        self.silent_documents += 1;
        if self.silent_documents > CIRCLE_LIMIT {
            let message = format!(
                "{CIRCLE_LIMIT} documents followed each other without a sound, a pause or a dial: the call went \
                 in circles and was ended"
            );
            self.alert(AlertLevel::Error, 13710, message);
            self.end(Output::Hangup);
            return;
        }
        match absolute(&hook.url, self.base.as_ref()) {
            Ok(url) => {
                self.outputs.push_back(Output::Fetch { url, method: hook.method, params });
                self.state = State::Waiting;
            }
            Err(error) => {
                self.alert(AlertLevel::Error, 11100, error.to_string());
                self.end(Output::Hangup);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_resolved_against_the_document() {
        let base = Url::parse("http://app.test/voice/start?step=1").expect("absolute");
        let resolve = |text| absolute(text, Some(&base)).map(String::from);
        assert_eq!(resolve("next"), Ok("http://app.test/voice/next".to_owned()));
        assert_eq!(resolve("/next"), Ok("http://app.test/next".to_owned()));
        assert_eq!(resolve("?step=2"), Ok("http://app.test/voice/start?step=2".to_owned()));
        assert_eq!(resolve(""), Ok("http://app.test/voice/start?step=1".to_owned()));
        assert_eq!(resolve("https://other.test"), Ok("https://other.test/".to_owned()));
        for bad in ["file:///etc/passwd", "ftp://host/x", "http://", "data:text/xml,x"] {
            assert_eq!(resolve(bad), Err(BadUrl::Unusable(bad.to_owned())));
        }
        assert_eq!(resolve("alo://music/classical"), Ok("alo://music/classical".to_owned()));
        assert_eq!(resolve("alo:music"), Err(BadUrl::Unusable("alo:music".to_owned())));
        let inside = Url::parse("alo://roulette/support/start?step=1").expect("absolute");
        let next = absolute("next?step=2", Some(&inside)).map(String::from);
        assert_eq!(next, Ok("alo://roulette/support/next?step=2".to_owned()));
        assert_eq!(absolute("next", None), Err(BadUrl::NoBase("next".to_owned())));
    }
}

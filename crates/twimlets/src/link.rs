//! Addresses: of other Twimlets in a document, and those that a Twimlet leads to.

use url::{Url, form_urlencoded};

use crate::Ask;
use crate::refusal::{NO_URL, Refusal, shown};

/// Longest address that is followed, in characters.
const LONGEST: usize = 8192;

/// A link to a Twimlet, with these parameters.
pub(crate) struct Link {
    address: String,
    query: form_urlencoded::Serializer<'static, String>,
    empty: bool,
}

impl Link {
    pub(crate) fn to(base: &str, name: &str) -> Link {
        let address = format!("{}/{name}", base.trim_end_matches('/'));
        Link { address, query: form_urlencoded::Serializer::new(String::new()), empty: true }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Link {
        self.query.append_pair(name, value);
        self.empty = false;
        self
    }

    pub(crate) fn with_some(self, name: &str, value: Option<&str>) -> Link {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    pub(crate) fn finish(mut self) -> String {
        if self.empty { self.address } else { format!("{}?{}", self.address, self.query.finish()) }
    }
}

/// Where `text`, the value of `parameter`, leads: an address of the web, something of ours (`alo://…`), or an address
/// relative to this Twimlet's, such as `voicemail?Email=ada@x.test` or `/twimlets/voicemail?…`.
pub(crate) fn target(ask: &Ask<'_>, parameter: &str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let wrong = |why: &str| {
        let message = format!(
            "{parameter} '{}' {why}: write https://…, alo://… or another Twimlet, as \
             voicemail?Email=ada@example.com",
            shown(text)
        );
        Refusal::bad(NO_URL, message)
    };
    if text.chars().count() > LONGEST {
        return Err(wrong("is too long"));
    }
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https" | "alo") && url.has_host() => {
            Ok(url.into())
        }
        Ok(_) => Err(wrong("leads nowhere that a call can go")),
        Err(url::ParseError::RelativeUrlWithoutBase) => {
            relative(ask, text).ok_or_else(|| wrong("is not an address"))
        }
        Err(_) => Err(wrong("is not an address")),
    }
}

fn relative(ask: &Ask<'_>, text: &str) -> Option<String> {
    // Another host without a scheme would be another one inside than outside.
    if text.starts_with("//") || text.starts_with('\\') || text.starts_with("/\\") {
        return None;
    }
    let here = Url::parse("http://here.invalid/").ok()?;
    let url = here.join(text).ok().filter(|url| url.origin() == here.origin())?;
    let path = url.path().trim_start_matches('/');
    let rest = &url[url::Position::AfterPath..];
    let name = path.strip_prefix("twimlets/").unwrap_or(path);
    let twimlet = crate::catalogue().iter().find(|twimlet| twimlet.name.eq_ignore_ascii_case(name));
    Some(match twimlet {
        Some(twimlet) => format!("{}/{}{rest}", ask.base.trim_end_matches('/'), twimlet.name),
        None if text.starts_with('/') => format!("/{path}{rest}"),
        None => format!("{path}{rest}"),
    })
}

//! URLs that never leave the machine: built-in applications and built-in sounds.
//!
//! `alo://roulette/LINE` is a support line, `alo://watch` the watch, `alo://twimlets/NAME` a Twimlet (as is `/twimlets/NAME` at `twimlets.com` and
//! at our own public address), `alo://music/BUCKET/N` built-in music, `alo://prompts/NAME` an uploaded file. Wherever a
//! number, a document or a REST client names one of them, it is answered here, with the same parameters that an
//! application outside would get, and with a document that such an application could send.

mod audio;
mod twimlet;

use std::sync::Arc;

use url::Url;

use crate::http::{AskError, Freshness};
use crate::hub::Hub;
use crate::{lines, watch};

pub(crate) use audio::prompt_path;

/// "Invalid URL format": <https://www.twilio.com/docs/api/errors/11100>.
const NOTHING_THERE: u32 = 11100;

/// What a URL names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A support line, and where a call of it is.
    Line { name: String, steps: Vec<String> },
    /// The watch: a call about incidents, and where it is.
    Watch { steps: Vec<String> },
    /// A Twimlet.
    Twimlet { name: String },
    /// Built-in music.
    Music { bucket: String, number: u8 },
    /// An uploaded file.
    Prompt { name: String },
    /// Nothing that there is.
    Nothing,
}

/// What came of asking inside.
#[derive(Debug)]
pub(crate) enum Inner {
    /// This.
    Body { content_type: &'static str, body: Vec<u8>, freshness: Freshness },
    /// Ask there.
    Redirect(Url),
}

impl Inner {
    /// A document.
    pub(crate) fn xml(text: String) -> Inner {
        let (content_type, freshness) = ("text/xml", Freshness::default());
        Inner::Body { content_type, body: text.into_bytes(), freshness }
    }
}

/// What `url` names in here; `None` if it leads outside. `public` is our own address.
pub(crate) fn place(url: &Url, public: &str) -> Option<Place> {
    let segments: Vec<&str> = url.path_segments().into_iter().flatten().collect();
    match url.scheme() {
        "alo" => Some(built_in(url.host_str().unwrap_or_default(), &segments)),
        "http" | "https" => {
            // With the root's dot it is the same host (RFC 1034 §3.1).
            let host = url.host_str().unwrap_or_default();
            let host = host.strip_suffix('.').unwrap_or(host);
            let theirs = matches!(host, "twimlets.com" | "www.twimlets.com");
            match (theirs, segments.as_slice()) {
                (true, ["twimlets", name] | [name]) => Some(twimlet(name)),
                (false, ["twimlets", name]) if is_ours(url, public) => Some(twimlet(name)),
                _ => None,
            }
        }
        _ => None,
    }
}

fn twimlet(name: &str) -> Place {
    Place::Twimlet { name: name.to_owned() }
}

fn is_ours(url: &Url, public: &str) -> bool {
    Url::parse(public).is_ok_and(|public| public.origin() == url.origin())
}

fn built_in(host: &str, segments: &[&str]) -> Place {
    match (host, segments) {
        ("roulette", [name, steps @ ..]) if !name.is_empty() => Place::Line {
            name: (*name).to_owned(),
            steps: steps.iter().map(|step| (*step).to_owned()).collect(),
        },
        ("twimlets", [name]) => twimlet(name),
        ("watch", steps) => {
            Place::Watch { steps: steps.iter().map(|step| (*step).to_owned()).collect() }
        }
        ("music", [bucket, rest @ ..]) => {
            let number = match rest {
                [] => Some(1),
                [number] => number.trim_end_matches(".wav").parse().ok(),
                _ => None,
            };
            number.map_or(Place::Nothing, |number| Place::Music {
                bucket: (*bucket).to_owned(),
                number,
            })
        }
        ("prompts", [name]) => Place::Prompt { name: (*name).to_owned() },
        _ => Place::Nothing,
    }
}

/// Answers for what is in here. `params` are those of the webhook.
pub(crate) async fn answer(
    hub: &Arc<Hub>,
    place: Place,
    url: &Url,
    params: &[(String, String)],
) -> Result<Inner, AskError> {
    match place {
        Place::Line { name, steps } => lines::answer(hub, &name, &steps, params).await,
        Place::Watch { steps } => watch::answer(hub, &steps, params).await,
        Place::Twimlet { name } => twimlet::answer(hub, &name, url, params).await,
        Place::Music { bucket, number } => audio::music(url, &bucket, number).await,
        Place::Prompt { name } => audio::prompt(hub, &name).await,
        Place::Nothing => Err(AskError::inside(
            NOTHING_THERE,
            format!(
                "'{url}' is nothing that alo has: alo://roulette/LINE, alo://twimlets/NAME, \
                 alo://music/BUCKET/N and alo://prompts/NAME are"
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str) -> Option<Place> {
        place(&Url::parse(url).expect("a URL"), "https://alo.example:8443")
    }

    #[test]
    fn twimlets_are_answered_inside_by_each_of_their_names() {
        let forward = Some(Place::Twimlet { name: "forward".to_owned() });
        for url in [
            "alo://twimlets/forward?PhoneNumber=%2B15005550006",
            "http://twimlets.com/forward?PhoneNumber=1",
            "https://www.twimlets.com/forward",
            "HTTP://user:word@TwimLets.com.:8080/forward",
            "https://alo.example:8443/twimlets/forward",
        ] {
            assert_eq!(of(url), forward, "{url}");
        }
    }

    #[test]
    fn what_only_looks_like_ours_leads_outside() {
        for url in [
            "https://alo.example/twimlets/forward",
            "https://twimlets.com.evil.example/forward",
            "https://eviltwimlets.com/forward",
            "https://alo.example:8443/voice",
            "ftp://twimlets.com/forward",
        ] {
            assert_eq!(of(url), None, "{url}");
        }
    }

    #[test]
    fn lines_have_steps_and_music_has_numbers() {
        let steps = vec!["called".to_owned(), "3".to_owned()];
        let line = Place::Line { name: "support".to_owned(), steps };
        assert_eq!(of("alo://roulette/support/called/3"), Some(line));
        let music = |number| Some(Place::Music { bucket: "ambient".to_owned(), number });
        assert_eq!(of("alo://music/ambient"), music(1));
        assert_eq!(of("alo://music/ambient/2"), music(2));
        for url in
            ["alo://music/ambient/x", "alo://roulette", "alo://nowhere/x", "alo://prompts/a/b"]
        {
            assert_eq!(of(url), Some(Place::Nothing), "{url}");
        }
    }
}

//! Recognition: whether an engine understands, by having it hear a second of silence.

use std::time::Instant;

use speech::{Request, Speech};

use super::Finding;
use crate::config::Config;

const NAME: &str = "recognition";
const SET: &str = "set recognition.url in alo.toml, if a <Gather> is to understand speech or recordings are transcribed";

/// A second at the telephone's rate.
const SILENCE: usize = 8_000;

pub(super) async fn check(config: &Config) -> Finding {
    let settings = config.clone();
    let ears = match tokio::task::spawn_blocking(move || settings.ears()).await {
        Ok(Ok(ears)) => ears,
        Ok(Err(error)) => {
            let mend = "correct [recognition] in alo.toml";
            return Finding::failed(NAME, error.to_string(), mend);
        }
        Err(error) => return Finding::failed(NAME, error.to_string(), SET),
    };
    if ears.is_empty() {
        // Not a warning: most applications press keys.
        return Finding::ok(NAME, format!("nothing recognises speech: {SET}"));
    }
    let names: Vec<&str> = ears.engines().map(speech::Recognizer::name).collect();
    let names = names.join(", then ");
    let language = config.recognition.languages.first().map_or("en-US", String::as_str);
    let request = Request { language: language.to_owned(), ..Request::default() };
    let silence = Speech { rate: 8_000, samples: vec![0; SILENCE] };
    let began = Instant::now();
    match ears.recognize(&silence, &request).await {
        Ok(_) => {
            let took = began.elapsed().as_millis();
            Finding::ok(NAME, format!("{names} listened to a second of silence in {took} ms"))
        }
        Err(error) => {
            let mend = "look whether the service runs, and correct recognition.url, key or model in alo.toml";
            Finding::failed(NAME, error.to_string(), mend)
        }
    }
}

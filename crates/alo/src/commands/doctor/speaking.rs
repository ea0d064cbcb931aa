//! Speech: whether an engine says a sentence.

use std::time::Instant;

use speech::{Utterance, Voices};

use super::Finding;
use crate::config::Config;

const NAME: &str = "speech";
const INSTALL: &str = "install espeak-ng, or set speech.url in alo.toml";

pub(super) async fn check(config: &Config) -> Finding {
    let settings = config.speech.clone();
    let key = match config.speech_key() {
        Ok(key) => key,
        Err(error) => {
            return Finding::failed(NAME, error.to_string(), "correct speech.key in alo.toml");
        }
    };
    let voices = match tokio::task::spawn_blocking(move || settings.voices(key)).await {
        Ok(Ok(voices)) => voices,
        Ok(Err(error)) => {
            return Finding::failed(NAME, error.to_string(), "correct speech.url in alo.toml");
        }
        Err(error) => return Finding::failed(NAME, error.to_string(), INSTALL),
    };
    let engines = names(&voices);
    if engines.is_empty() {
        return Finding::warning(
            NAME,
            "nothing speaks <Say>: callers hear a tone in its place",
            INSTALL,
        );
    }
    let sentence = Utterance {
        text: "All is well.".to_owned(),
        ssml: None,
        voice: None,
        language: "en-US".to_owned(),
    };
    let began = Instant::now();
    match voices.say(&sentence).await {
        Ok(speech) => {
            let took = began.elapsed().as_millis();
            let length = speech.duration().as_secs_f32();
            Finding::ok(NAME, format!("{engines} said a sentence of {length:.1} s in {took} ms"))
        }
        Err(error) => Finding::failed(NAME, error.to_string(), INSTALL),
    }
}

fn names(voices: &Voices) -> String {
    voices.engines().map(|engine| engine.name().to_owned()).collect::<Vec<_>>().join(", then ")
}

//! Speech: which languages speak, and by whom; English is tried.

use std::collections::BTreeSet;
use std::time::Instant;

use speech::{Utterance, Voices};

use super::Finding;
use crate::config::Config;

const NAME: &str = "speech";
const MORE: &str = "install espeak-ng, or set speech.url in alo.toml, for other languages";
const MEND: &str = "another engine speaks in its place; see docs/voices.md";

/// Languages that are named where they are spoken; the others are counted.
const NAMED: [&str; 6] = ["es", "pt", "fr", "de", "it", "ja"];

pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let settings = config.clone();
    // What is said for a trial isn't kept.
    let voices = match tokio::task::spawn_blocking(move || settings.voices(false)).await {
        Ok(Ok(voices)) => voices,
        Ok(Err(error)) => {
            return vec![Finding::failed(NAME, error.to_string(), "correct [speech] in alo.toml")];
        }
        Err(error) => {
            return vec![Finding::failed(NAME, error.to_string(), "correct [speech] in alo.toml")];
        }
    };
    let mut findings = vec![english(&voices).await];
    let others = others(&voices);
    if others.is_empty() && voices.engines().all(|engine| !engine.voices().is_empty()) {
        let said = "only English is spoken: a <Say> in another language is a tone";
        findings.push(Finding::warning("languages", said, MORE));
    } else {
        findings.push(Finding::ok("languages", told(&voices, &others)));
    }
    for engine in voices.engines() {
        for problem in engine.problems().await {
            let said = format!("{}: {problem}", engine.kind());
            findings.push(Finding::warning(NAME, said, MEND));
        }
    }
    findings
}

/// Has a sentence said.
async fn english(voices: &Voices) -> Finding {
    let sentence = Utterance {
        text: "All is well.".to_owned(),
        ssml: None,
        voice: None,
        language: "en-US".to_owned(),
    };
    let first = voices.speaker(&sentence).map_or("nobody", speech::Synthesizer::name);
    let began = Instant::now();
    let mut saying = voices.say(&sentence);
    match saying.next().await {
        Some(Ok(speech)) => {
            let took = began.elapsed().as_millis();
            let length = speech.duration().as_secs_f32();
            let engine = saying.speaker().unwrap_or_default();
            let said = format!("{engine} said a sentence of {length:.1} s in {took} ms");
            if engine == first {
                return Finding::ok(NAME, said);
            }
            let said = format!("{first} can't speak, and {said}");
            Finding::warning(NAME, said, "run alo say with --log debug: it says why")
        }
        None => Finding::failed(NAME, format!("{first} said nothing"), "report it with the log"),
        Some(Err(error)) => {
            Finding::failed(NAME, error.to_string(), "name another engine first in speech.order")
        }
    }
}

/// Languages that are spoken besides English.
fn others(voices: &Voices) -> BTreeSet<String> {
    let all = voices.engines().flat_map(speech::Synthesizer::voices);
    let primary = |tag: String| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    all.map(|voice| primary(voice.language))
        .filter(|language| !language.is_empty() && language != "en")
        .collect()
}

fn told(voices: &Voices, others: &BTreeSet<String>) -> String {
    let engines = voices.engines().map(|engine| engine.name().to_owned()).collect::<Vec<_>>();
    let engines = engines.join(", then ");
    if others.is_empty() {
        return format!("{engines}: the languages are the service's");
    }
    let named = NAMED.into_iter().filter(|language| others.contains(*language));
    let named: Vec<&str> = std::iter::once("en").chain(named).collect();
    let more = match others.len() + 1 - named.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{engines}: {}{more}", named.join(", "))
}

//! `alo voices`: who speaks which language, and under which name.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use speech::{Gender, Utterance, VoiceInfo, Voices};

use crate::cli::Globals;
use crate::commands::wait;
use crate::config::Config;
use crate::output::{Output, Tone};

/// Which voices.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo voices
  alo voices --language pt
  alo voices --json | jq -r '.voices[].name'

A name goes into <Say voice>, or into [[voices]] of alo.toml, so that other names lead to it. Twilio's own names (man,
woman, alice, Polly.*, Google.*) are cast by each engine: a woman's name is a woman's voice where it has one.")]
pub(crate) struct List {
    /// Only voices of this language: pt, pt-BR
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
}

impl List {
    pub(crate) fn run(self, globals: &Globals, output: Output) -> anyhow::Result<ExitCode> {
        let config = Config::load(globals)?;
        // Threads and requests of engines need a runtime around them.
        let (voices, problems) = wait(async {
            let voices = tokio::task::spawn_blocking(move || config.voices(false)).await??;
            let mut problems = Vec::new();
            for engine in voices.engines() {
                let told = engine.problems().await.into_iter();
                problems.extend(told.map(|problem| (engine.kind().to_owned(), problem)));
            }
            anyhow::Ok((voices, problems))
        })??;
        let listed = self.listed(&voices);
        let usual = usual(&voices, &listed);
        if output.json {
            output.document(&as_json(&listed, &usual, &problems))?;
        } else {
            show(&voices, &listed, &usual, output)?;
            for (engine, problem) in problems {
                output.line(output.paint(Tone::Warning, format!("{engine}: {problem}")))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    fn listed(&self, voices: &Voices) -> Vec<VoiceInfo> {
        let fits = |voice: &VoiceInfo| {
            let Some(asked) = self.language.as_deref() else { return true };
            let asked = asked.to_ascii_lowercase();
            let language = voice.language.to_ascii_lowercase();
            language.is_empty() || language == asked || primary(&language) == asked
        };
        voices.engines().flat_map(speech::Synthesizer::voices).filter(fits).collect()
    }
}

/// The engine that speaks each language when nothing else is said.
fn usual(voices: &Voices, listed: &[VoiceInfo]) -> BTreeMap<String, String> {
    let languages: BTreeSet<&str> =
        listed.iter().map(|voice| voice.language.as_str()).filter(|tag| !tag.is_empty()).collect();
    let engine = |language: &str| {
        let (text, language) = (String::new(), language.to_owned());
        let utterance = Utterance { text, ssml: None, voice: None, language };
        voices.speaker(&utterance).map(|engine| engine.kind().to_owned())
    };
    languages
        .into_iter()
        .filter_map(|language| Some((language.to_owned(), engine(language)?)))
        .collect()
}

fn show(
    voices: &Voices,
    listed: &[VoiceInfo],
    usual: &BTreeMap<String, String>,
    output: Output,
) -> anyhow::Result<()> {
    let rows = listed.iter().map(|voice| {
        let first = usual.get(&voice.language) == Some(&voice.engine);
        vec![
            voice.engine.clone(),
            voice.name.clone(),
            if voice.language.is_empty() { "any".to_owned() } else { voice.language.clone() },
            voice.gender.map_or("", gender).to_owned(),
            if first { "asked first" } else { "" }.to_owned(),
        ]
    });
    let heads = ["engine", "voice", "language", "", ""];
    output.table(&heads, rows.collect(), "No voice speaks that language.")?;
    for engine in voices.engines().filter(|engine| engine.voices().is_empty()) {
        let line = format!("{}: its voices can't be listed; it takes every name", engine.name());
        output.line(output.paint(Tone::Quiet, line))?;
    }
    Ok(())
}

fn as_json(
    listed: &[VoiceInfo],
    usual: &BTreeMap<String, String>,
    problems: &[(String, String)],
) -> serde_json::Value {
    let voices: Vec<_> = listed
        .iter()
        .map(|voice| {
            json!({
                "engine": voice.engine,
                "name": voice.name,
                "language": voice.language,
                "gender": voice.gender.map(gender),
            })
        })
        .collect();
    let problems: Vec<_> = problems
        .iter()
        .map(|(engine, problem)| json!({ "engine": engine, "problem": problem }))
        .collect();
    json!({ "voices": voices, "asked_first": usual, "problems": problems })
}

fn gender(gender: Gender) -> &'static str {
    match gender {
        Gender::Man => "man",
        Gender::Woman => "woman",
    }
}

fn primary(language: &str) -> &str {
    language.split('-').next().unwrap_or(language)
}

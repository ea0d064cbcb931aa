//! The JSON file beside a Piper voice: its alphabet, its speakers, and how it likes to speak.
//!
//! Fields as in Piper's `TRAINING.md` and its published voices; what isn't read here doesn't change the sound.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

/// Begins a sentence.
const BEGIN: &str = "^";
/// Stands after each symbol.
const PAD: &str = "_";
/// Ends a sentence.
const END: &str = "$";
/// Rates of its sound that are taken, in samples a second.
const RATES: std::ops::RangeInclusive<u32> = 8_000..=48_000;
/// Factors of length that are taken: beyond, a sentence takes minutes, or none.
const LENGTHS: std::ops::RangeInclusive<f32> = 0.1..=10.0;

/// What the file says.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Description {
    pub(super) audio: Audio,
    #[serde(default)]
    pub(super) espeak: Espeak,
    #[serde(default)]
    pub(super) inference: Inference,
    #[serde(default)]
    pub(super) phoneme_type: Alphabet,
    #[serde(default)]
    phoneme_map: HashMap<String, Vec<String>>,
    phoneme_id_map: HashMap<String, Vec<i32>>,
    #[serde(default = "one")]
    pub(super) num_speakers: u32,
    #[serde(default)]
    speaker_id_map: BTreeMap<String, i32>,
    #[serde(default)]
    language: Language,
}

/// Of its sound.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Audio {
    /// Samples a second.
    pub(super) sample_rate: u32,
}

/// How espeak-ng is asked.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Espeak {
    /// Its language, as espeak-ng calls it.
    pub(super) voice: String,
}

/// How it speaks unless it is told otherwise.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default)]
pub(super) struct Inference {
    /// How much the sound varies.
    pub(super) noise_scale: f32,
    /// Length of every sound, as a factor.
    pub(super) length_scale: f32,
    /// How much the lengths vary.
    pub(super) noise_w: f32,
}

/// Piper's own, where a file says nothing.
impl Default for Inference {
    fn default() -> Inference {
        Inference { noise_scale: 0.667, length_scale: 1.0, noise_w: 0.8 }
    }
}

/// What its symbols are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Alphabet {
    /// Phonemes as espeak-ng writes them.
    #[default]
    Espeak,
    /// Letters.
    Text,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Language {
    #[serde(default)]
    code: String,
}

/// Why a voice can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum DescriptionError {
    /// The path in `speech.piper` is wrong.
    #[error("there is no file {0}")]
    NoVoice(String),
    /// Download the `.onnx.json` of the voice and put it beside the `.onnx`.
    #[error("there is no file {0}: a Piper voice is two files, put that one beside it")]
    NoDescription(String),
    /// The file isn't one of Piper's, or broken.
    #[error("{file} does not describe a Piper voice: {reason}")]
    Broken {
        /// The file.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
}

fn one() -> u32 {
    1
}

impl Description {
    /// Reads the file beside `voice`: its name with `.json` after it.
    pub(super) fn beside(voice: &Path) -> Result<Description, DescriptionError> {
        if !voice.is_file() {
            return Err(DescriptionError::NoVoice(voice.display().to_string()));
        }
        let mut name = voice.as_os_str().to_owned();
        name.push(".json");
        let file = name.to_string_lossy().into_owned();
        let json = match std::fs::read(&name) {
            Ok(json) => json,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(DescriptionError::NoDescription(file));
            }
            Err(error) => return Err(broken(file, &error)),
        };
        let description: Description =
            serde_json::from_slice(&json).map_err(|error| broken(file.clone(), &error))?;
        description.check().map_err(|reason| DescriptionError::Broken { file, reason })?;
        Ok(description)
    }

    fn check(&self) -> Result<(), String> {
        let rate = self.audio.sample_rate;
        if !RATES.contains(&rate) {
            return Err(format!("its sample rate is {rate}"));
        }
        let length = self.inference.length_scale;
        if !LENGTHS.contains(&length) {
            return Err(format!("its length_scale is {length}"));
        }
        if self.phoneme_type == Alphabet::Espeak && self.espeak.voice.is_empty() {
            return Err("it has no espeak.voice".to_owned());
        }
        let known = |symbol: &&str| self.phoneme_id_map.contains_key(*symbol);
        match [BEGIN, PAD, END].iter().find(|symbol| !known(symbol)) {
            Some(missing) => Err(format!("its phoneme_id_map has no '{missing}'")),
            None => Ok(()),
        }
    }

    /// Its language as a BCP 47 tag; `None` where it doesn't say.
    pub(super) fn language(&self) -> Option<String> {
        let code = if self.language.code.is_empty() {
            self.espeak.voice.as_str()
        } else {
            self.language.code.as_str()
        };
        tag(code)
    }

    /// Its speakers' names; none where there is only one.
    pub(super) fn speakers(&self) -> impl Iterator<Item = &str> {
        let several = self.num_speakers > 1;
        self.speaker_id_map.keys().filter(move |_| several).map(String::as_str)
    }

    /// A speaker's number: the first's unless one is named that it knows. `None` where there is only one.
    pub(super) fn speaker(&self, name: Option<&str>) -> Option<i32> {
        let named = name.and_then(|name| self.speaker_id_map.get(name)).copied();
        (self.num_speakers > 1).then(|| named.unwrap_or(0))
    }

    /// What the network takes for `symbols`, and those that it doesn't know.
    pub(super) fn numbers(&self, symbols: &str) -> (Vec<i32>, Vec<char>) {
        let (mut numbers, mut unknown) = (Vec::new(), Vec::new());
        let mut add = |symbol: &str| match self.phoneme_id_map.get(symbol) {
            Some(known) => {
                numbers.extend(known);
                true
            }
            None => false,
        };
        add(BEGIN);
        add(PAD);
        for symbol in symbols.nfd() {
            let mut letter = [0; 4];
            let written: &str = symbol.encode_utf8(&mut letter);
            let mapped = self.phoneme_map.get(written);
            let mapped =
                mapped.map_or_else(|| vec![written], |to| to.iter().map(String::as_str).collect());
            for symbol in mapped {
                if add(symbol) {
                    add(PAD);
                } else {
                    unknown.extend(symbol.chars());
                }
            }
        }
        add(END);
        (numbers, unknown)
    }
}

/// `pt-BR` of `pt_BR` or `pt-br`; `None` where it is nothing of the kind.
pub(super) fn tag(code: &str) -> Option<String> {
    let mut parts = code.split(['-', '_']);
    let language = parts.next().filter(|part| {
        (2..=3).contains(&part.len()) && part.chars().all(|letter| letter.is_ascii_alphabetic())
    })?;
    let language = language.to_ascii_lowercase();
    Some(match parts.next().filter(|part| part.len() == 2) {
        Some(country) => format!("{language}-{}", country.to_ascii_uppercase()),
        None => language,
    })
}

fn broken(file: String, error: &dyn std::error::Error) -> DescriptionError {
    DescriptionError::Broken { file, reason: error.to_string() }
}

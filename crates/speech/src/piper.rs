//! Piper's voices: neural ones of many languages, each a file with another beside it, computed in this process.
//!
//! Text becomes phonemes by espeak-ng, phonemes sound by a network that is read at its first use and kept. A voice that
//! can't be used says why at every sentence, so that the next engine speaks: nothing is broken by one bad file.
//! Voices: <https://github.com/OHF-Voice/piper1-gpl/blob/main/docs/VOICES.md>.

mod description;
mod network;
#[cfg(test)]
mod onnx;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use crate::phonemes::Phonemes;
use crate::routes::primary;
use crate::spoken::{Stretch, at_volume, stretches};
use crate::workers::Workers;
use crate::{SayError, Speech, Synthesizer, Utterance, VoiceInfo};

use description::{Alphabet, Description, DescriptionError, Inference, tag};
use network::Network;

/// Its name.
const NAME: &str = "piper";

/// The voices of `speech.piper`.
pub struct Piper {
    voices: Vec<Arc<PiperVoice>>,
    phonemes: Phonemes,
    workers: Workers,
}

/// A file, and what was found in it.
struct PiperVoice {
    file: PathBuf,
    /// The file's name without its end: `pt_BR-faber-medium`.
    name: String,
    /// BCP 47 tag; `None` where neither the description nor the name says.
    language: Option<String>,
    description: Result<Description, DescriptionError>,
    network: OnceLock<Result<Network, String>>,
    /// Whether symbols that it doesn't know were told of.
    warned: AtomicBool,
}

impl Piper {
    /// The voices of `files` (`pt_BR-faber-medium.onnx`, with `.onnx.json` beside each), computed on `threads` threads;
    /// 0: one for each core but one, and 4 at most. What is wrong with a file is told by [`Synthesizer::problems`].
    pub fn open(files: &[PathBuf], threads: usize) -> std::io::Result<Piper> {
        let voices = files.iter().map(|file| Arc::new(PiperVoice::of(file))).collect();
        let (phonemes, workers) = (Phonemes::new(), Workers::start(NAME, threads)?);
        Ok(Piper { voices, phonemes, workers })
    }

    /// The voice for `utterance`: the one that it names, else the first of the language, one that can be used before one
    /// that can't.
    fn cast(&self, utterance: &Utterance) -> Option<&Arc<PiperVoice>> {
        let asked = utterance.voice.as_deref().unwrap_or_default();
        let near = self.voices.iter().filter(|voice| voice.speaks(&utterance.language));
        near.min_by_key(|voice| {
            let own = voice.language.as_deref().unwrap_or_default();
            let is_own = own.eq_ignore_ascii_case(&utterance.language);
            (!voice.is_named(asked), voice.description.is_err(), !is_own)
        })
    }

    async fn numbers(
        &self,
        voice: &PiperVoice,
        description: &Description,
        stretch: &Stretch,
    ) -> Result<Vec<i32>, SayError> {
        let symbols = match description.phoneme_type {
            Alphabet::Text => stretch.text(),
            Alphabet::Espeak => {
                let language = &description.espeak.voice;
                let phonemes = stretch.phonemes(&self.phonemes, language).await;
                phonemes.map_err(|error| failed(error.to_string()))?
            }
        };
        let (numbers, unknown) = description.numbers(&symbols);
        if !unknown.is_empty() && !voice.warned.swap(true, Ordering::Relaxed) {
            let unknown: String = unknown.into_iter().collect();
            tracing::warn!(
                voice = voice.name,
                unknown,
                "symbols that the voice lacks are left out"
            );
        }
        Ok(numbers)
    }
}

#[async_trait::async_trait]
impl Synthesizer for Piper {
    fn name(&self) -> &str {
        NAME
    }

    /// The files, by their size and age: a voice that was replaced is not the one that was kept.
    fn fingerprint(&self) -> String {
        let file = |voice: &Arc<PiperVoice>| {
            let of = std::fs::metadata(&voice.file).ok();
            let changed = of.as_ref().and_then(|of| of.modified().ok());
            let changed = changed.and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
            let (size, changed) = (of.map_or(0, |of| of.len()), changed.unwrap_or_default());
            format!(" {} {size} {}", voice.name, changed.as_millis())
        };
        let files: String = self.voices.iter().map(file).collect();
        format!("{NAME} {}{files}", env!("CARGO_PKG_VERSION"))
    }

    fn voices(&self) -> Vec<VoiceInfo> {
        let usable = self.voices.iter().filter(|voice| voice.description.is_ok());
        usable.flat_map(|voice| voice.listed()).collect()
    }

    async fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for voice in &self.voices {
            let read = Arc::clone(voice);
            // Reading a network takes a while.
            let read = tokio::task::spawn_blocking(move || read.problem()).await;
            problems.extend(read.unwrap_or_else(|error| Some(error.to_string())));
            let Ok(description) = &voice.description else { continue };
            if description.phoneme_type == Alphabet::Espeak {
                let phonemes = self.phonemes.of(&description.espeak.voice, "a").await;
                problems.extend(phonemes.err().map(|error| error.to_string()));
            }
        }
        problems.dedup();
        problems
    }

    fn speaks(&self, language: &str) -> bool {
        self.voices.iter().any(|voice| voice.speaks(language))
    }

    /// Each stretch is brought to it here, so that `<prosody volume>` is heard.
    fn is_level(&self) -> bool {
        true
    }

    async fn say(&self, utterance: &Utterance) -> Result<Speech, SayError> {
        let no_engine = || SayError::NoEngine { language: utterance.language.clone() };
        let voice = self.cast(utterance).ok_or_else(no_engine)?;
        let description = match &voice.description {
            Ok(description) => description,
            Err(error) => return Err(failed(error.to_string())),
        };
        let mut spoken = Vec::new();
        for stretch in stretches(utterance) {
            let numbers = self.numbers(voice, description, &stretch).await?;
            spoken.push((numbers, stretch.style));
        }
        let speaker = utterance.voice.as_deref().and_then(|asked| voice.speaker(asked));
        let (voice, speaker) = (Arc::clone(voice), description.speaker(speaker));
        let (inference, rate) = (description.inference, description.audio.sample_rate);
        let work = move |gone: &dyn Fn() -> bool| {
            let network = voice.network().as_ref().map_err(|reason| failed(reason.clone()))?;
            let mut speech = Speech { rate, samples: Vec::new() };
            for (numbers, style) in spoken {
                if gone() {
                    break;
                }
                let length_scale = inference.length_scale / style.rate;
                let inference = Inference { length_scale, ..inference };
                let sound = network.say(&numbers, inference, speaker).map_err(failed)?;
                // A cast from float saturates, and turns NaN into 0.
                let samples = sound.into_iter().map(|it| (it * 32_767.0).round() as i16).collect();
                speech.append(&at_volume(Speech { rate, samples }, style))?;
            }
            Ok(speech)
        };
        self.workers.run(work).await
    }
}

impl PiperVoice {
    fn of(file: &Path) -> PiperVoice {
        let name = file.file_stem().map(|name| name.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        let description = Description::beside(file);
        let told = description.as_ref().ok().and_then(Description::language);
        // A name that is one of Piper's begins with it: of a broken voice one knows whose turn it was.
        let language = told.or_else(|| tag(name.split('-').next().unwrap_or_default()));
        PiperVoice {
            file: file.to_owned(),
            name,
            language,
            description,
            network: OnceLock::new(),
            warned: AtomicBool::new(false),
        }
    }

    fn speaks(&self, language: &str) -> bool {
        let own = self.language.as_deref().unwrap_or_default();
        primary(own).eq_ignore_ascii_case(primary(language)) && !own.is_empty()
    }

    /// Whether `asked` is this voice or one of its speakers: `en_US-libritts-high`, `en_US-libritts-high/p3922`.
    fn is_named(&self, asked: &str) -> bool {
        asked == self.name || self.speaker(asked).is_some()
    }

    /// The speaker that `asked` names.
    fn speaker<'v>(&'v self, asked: &str) -> Option<&'v str> {
        let speaker = asked.strip_prefix(self.name.as_str())?.strip_prefix('/')?;
        let mut known = self.description.as_ref().ok()?.speakers();
        known.find(|known| *known == speaker)
    }

    /// It, or each of its speakers.
    fn listed(&self) -> Vec<VoiceInfo> {
        let info = |name: String| VoiceInfo {
            name,
            language: self.language.clone().unwrap_or_default(),
            gender: None,
            engine: NAME.to_owned(),
        };
        let speakers = self.description.iter().flat_map(Description::speakers);
        let speakers = speakers.map(|speaker| info(format!("{}/{speaker}", self.name)));
        std::iter::once(info(self.name.clone())).chain(speakers).collect()
    }

    fn network(&self) -> &Result<Network, String> {
        self.network.get_or_init(|| match &self.description {
            Ok(description) => Network::open(&self.file, description),
            Err(error) => Err(error.to_string()),
        })
    }

    /// Why it can't speak; reads all of it.
    fn problem(&self) -> Option<String> {
        if self.language.is_none() && self.description.is_ok() {
            let file = self.file.display();
            return Some(format!("{file} does not say which language it speaks (language.code)"));
        }
        self.network().as_ref().err().cloned()
    }
}

fn failed(reason: String) -> SayError {
    SayError::Engine { engine: NAME.to_owned(), reason }
}

#[cfg(test)]
mod tests;

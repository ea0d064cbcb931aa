//! Words from whisper.cpp in this process, on a model file; only with the cargo feature `whisper`.
//!
//! The model is read once and shared; each utterance has a state of its own on a blocking thread, which goes on to its end
//! if nobody waits for it any more. Models: <https://github.com/ggml-org/whisper.cpp/tree/master/models>.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use whisper_rs::{FullParams, SamplingStrategy, WhisperContext, WhisperContextParameters};

use super::{HearError, Recognized, Recognizer, Request};
use crate::Speech;

/// The rate that models are made for, in Hz.
const RATE: u32 = 16_000;

/// Candidates that are followed at once: whisper.cpp's own default.
const BEAM: i32 = 5;

/// Shorter audio is stretched by silence: whisper.cpp hears nothing in less than a second.
const SHORTEST: usize = RATE as usize * 11 / 10;

/// Why a model can't be used.
#[derive(Debug, thiserror::Error)]
pub enum WhisperError {
    /// Name a file of the kind `ggml-base.bin`.
    #[error("'{}' is no model of whisper.cpp: {reason}", file.display())]
    Model {
        /// As set.
        file: PathBuf,
        /// What whisper.cpp said.
        reason: String,
    },
}

/// whisper.cpp with a model.
pub struct Whisper {
    name: String,
    model: Arc<WhisperContext>,
}

impl Whisper {
    /// Reads the model, which takes a moment.
    pub fn open(file: &Path) -> Result<Whisper, WhisperError> {
        // Its words go to `log` and `tracing`, not to standard error.
        whisper_rs::install_logging_hooks();
        let model =
            WhisperContext::new_with_params(file, WhisperContextParameters::default()).map_err(
                |error| WhisperError::Model { file: file.to_owned(), reason: error.to_string() },
            )?;
        let shown = file.file_name().unwrap_or_default().to_string_lossy();
        Ok(Whisper { name: format!("whisper.cpp with {shown}"), model: Arc::new(model) })
    }

    fn failed(&self, reason: &dyn std::fmt::Display) -> HearError {
        HearError::Engine { engine: self.name.clone(), reason: reason.to_string() }
    }
}

#[async_trait::async_trait]
impl Recognizer for Whisper {
    fn name(&self) -> &str {
        &self.name
    }

    fn hears(&self, language: &str) -> bool {
        let primary = primary(language);
        // Models of one language are English.
        primary == "en"
            || (self.model.is_multilingual() && whisper_rs::get_lang_id(&primary).is_some())
    }

    async fn recognize(&self, audio: &Speech, request: &Request) -> Result<Recognized, HearError> {
        let audio = audio.clone().at(RATE).map_err(|error| self.failed(&error))?;
        let mut samples: Vec<f32> =
            audio.samples.iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
        samples.resize(samples.len().max(SHORTEST), 0.0);
        let (model, request) = (Arc::clone(&self.model), request.clone());
        let heard = tokio::task::spawn_blocking(move || hear(&model, &samples, &request));
        let heard = heard.await.map_err(|error| self.failed(&error))?;
        heard.map_err(|error| self.failed(&error))
    }
}

fn hear(
    model: &WhisperContext,
    samples: &[f32],
    request: &Request,
) -> Result<Recognized, whisper_rs::WhisperError> {
    let language = primary(&request.language);
    let mut how = FullParams::new(SamplingStrategy::BeamSearch { beam_size: BEAM, patience: -1.0 });
    how.set_language(Some(&language));
    // A zero byte would end the text in C, and is no word.
    let prompt = request.hints.join(", ").replace('\0', "");
    if !prompt.is_empty() {
        how.set_initial_prompt(&prompt);
    }
    how.set_no_context(true);
    how.set_print_special(false);
    how.set_print_progress(false);
    how.set_print_realtime(false);
    how.set_print_timestamps(false);
    let mut state = model.create_state()?;
    state.full(how, samples)?;
    let mut text = String::new();
    let (mut sum, mut tokens) = (0.0, 0_u32);
    for segment in state.as_iter() {
        text.push_str(&segment.to_str_lossy()?);
        for token in (0..segment.n_tokens()).filter_map(|at| segment.get_token(at)) {
            sum += token.token_probability().max(1e-6).ln();
            tokens += 1;
        }
    }
    let confidence = (tokens > 0).then(|| (sum / tokens as f32).exp().clamp(0.0, 1.0));
    Ok(Recognized { text: text.trim().to_owned(), confidence })
}

/// ISO 639-1, as whisper.cpp names languages.
fn primary(language: &str) -> String {
    let primary = language.split('-').next().unwrap_or_default();
    primary.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase()
}

//! The embedded English voice as an engine: text to phonemes by `reading`, phonemes to sound by `voice`.
//!
//! It computes on threads of its own, see [`crate::workers`].

use std::sync::Arc;
use std::time::Duration;

use reading::{Breath, Reading, Script, Style};
use voice::{SAMPLE_RATE, UnknownWords, Voice, VoiceError};

use crate::casting::{Gender, cast};
use crate::routes::primary;
use crate::workers::Workers;
use crate::{SayError, Speech, Synthesizer, Utterance, VoiceInfo};

/// Its name.
const NAME: &str = "alo";
/// Its voice, an American woman.
const HEART: &str = "heart";
/// The same, lowered: where a man is asked for.
const LOW: &str = "heart-low";
/// Fundamental frequency of [`LOW`] beside [`HEART`]'s. Lower sounds slowed down rather than like a man.
const LOWERED: f32 = 0.75;
/// Language of a `<Say>`'s words that it speaks.
const LANGUAGE: &str = "en-US";
/// Longest silence that is made at once.
const LONGEST_SILENCE: Duration = Duration::from_secs(10);

/// The voice that is always there.
pub struct Embedded {
    workers: Workers,
    reader: Arc<Reader>,
}

/// What its threads share.
struct Reader {
    voice: Voice,
    unknown: UnknownWords,
}

impl Embedded {
    /// Starts `threads` threads, 1 at least; 0: one for each core but one, and 4 at most. The voice's data is read when
    /// the first sentence is asked for.
    pub fn start(threads: usize) -> std::io::Result<Embedded> {
        let reader = Arc::new(Reader { voice: Voice::new(), unknown: UnknownWords::new() });
        Ok(Embedded { workers: Workers::start(NAME, threads)?, reader })
    }

    /// The phonemes that it says for `utterance`, a breath to a line; for those who look for a mispronounced word.
    pub fn phonemes(utterance: &Utterance) -> Vec<String> {
        let script = Script::read(&utterance.text, utterance.ssml.as_deref());
        let unknown = UnknownWords::new();
        let lines = Reading::new(script, Some(&unknown)).map(|breath| match breath {
            Breath::Silence(length) => format!("({} ms)", length.as_millis()),
            Breath::Speech { phonemes, .. } => phonemes,
            Breath::Foreign { text, language, .. } => format!("[{language}] {text}"),
        });
        lines.collect()
    }
}

#[async_trait::async_trait]
impl Synthesizer for Embedded {
    fn name(&self) -> &str {
        NAME
    }

    fn fingerprint(&self) -> String {
        format!("{NAME} {}", env!("CARGO_PKG_VERSION"))
    }

    fn voices(&self) -> Vec<VoiceInfo> {
        let voice = |name: &str, gender| VoiceInfo {
            name: name.to_owned(),
            language: LANGUAGE.to_owned(),
            gender: Some(gender),
            engine: NAME.to_owned(),
        };
        vec![voice(HEART, Gender::Woman), voice(LOW, Gender::Man)]
    }

    fn speaks(&self, language: &str) -> bool {
        primary(language).eq_ignore_ascii_case("en")
    }

    /// The voice sees to it, and `<prosody volume>` is heard.
    fn is_level(&self) -> bool {
        true
    }

    async fn say(&self, utterance: &Utterance) -> Result<Speech, SayError> {
        let (reader, utterance) = (Arc::clone(&self.reader), utterance.clone());
        self.workers.run(move |gone| speak(&reader, &utterance, gone)).await
    }
}

fn speak(
    reader: &Reader,
    utterance: &Utterance,
    gone: &dyn Fn() -> bool,
) -> Result<Speech, SayError> {
    let script = Script::read(&utterance.text, utterance.ssml.as_deref());
    let lowered = if is_low(utterance.voice.as_deref()) { LOWERED } else { 1.0 };
    let mut samples: Vec<i16> = Vec::new();
    for breath in Reading::new(script, Some(&reader.unknown)) {
        if gone() {
            break;
        }
        match breath {
            Breath::Silence(length) => {
                let length = length.min(LONGEST_SILENCE).as_secs_f64();
                let silent = (length * f64::from(SAMPLE_RATE)) as usize;
                samples.resize(samples.len() + silent, 0);
            }
            Breath::Speech { phonemes, style } => {
                let style = Style { pitch: style.pitch * lowered, ..style };
                let sound = reader.voice.say(&phonemes, style).map_err(|error| broken(&error))?;
                let is_silent = style.volume <= 0.0;
                if sound.is_empty() && !is_silent && phonemes.contains(char::is_alphabetic) {
                    return Err(failed(format!("it made no sound of '{phonemes}'")));
                }
                // A cast from float saturates, and turns NaN into 0.
                samples.extend(sound.into_iter().map(|sample| (sample * 32_767.0).round() as i16));
            }
            Breath::Foreign { language, .. } => return Err(SayError::NoEngine { language }),
        }
    }
    Ok(Speech { rate: SAMPLE_RATE, samples })
}

/// Whether a man is asked for.
fn is_low(voice: Option<&str>) -> bool {
    let gender = voice.and_then(cast).and_then(|casting| casting.gender);
    voice == Some(LOW) || gender == Some(Gender::Man)
}

fn broken(error: &VoiceError) -> SayError {
    failed(error.to_string())
}

fn failed(reason: String) -> SayError {
    SayError::Engine { engine: NAME.to_owned(), reason }
}

#[cfg(test)]
mod tests;

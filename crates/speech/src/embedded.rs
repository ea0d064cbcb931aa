//! The embedded English voice as an engine: text to phonemes by `reading`, phonemes to sound by `voice`.
//!
//! It computes on threads of its own, never on the runtime's, and with the lowest claim to the processor, so that the
//! threads that carry audio come first. Whoever doesn't listen any more isn't spoken to: what waits for him is dropped.

use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender};
use reading::{Breath, Reading, Script, Style};
use tokio::sync::oneshot;
use voice::{SAMPLE_RATE, UnknownWords, Voice, VoiceError};

use crate::casting::{Gender, cast};
use crate::routes::primary;
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
/// Utterances that wait for a thread; beyond, [`SayError::Busy`] at once. [`crate::Voices`] asks for far fewer at once.
const QUEUE: usize = 256;
/// Claim to the processor of its threads, from -20 (most) to 19 (least).
const NICE: i32 = 10;
/// Threads at most: more don't make a first sentence come earlier.
const MOST_THREADS: usize = 4;
/// Longest silence that is made at once.
const LONGEST_SILENCE: Duration = Duration::from_secs(10);

/// The voice that is always there.
pub struct Embedded {
    jobs: Sender<Job>,
}

/// What its threads share.
struct Reader {
    voice: Voice,
    unknown: UnknownWords,
}

struct Job {
    utterance: Utterance,
    answer: oneshot::Sender<Result<Speech, SayError>>,
}

impl Embedded {
    /// Starts `threads` threads, 1 at least; 0: one for each core but one, and 4 at most. The voice's data is read when
    /// the first sentence is asked for.
    pub fn start(threads: usize) -> std::io::Result<Embedded> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let usual = cores.saturating_sub(1).clamp(1, MOST_THREADS);
        let threads = if threads == 0 { usual } else { threads };
        let (jobs, waiting) = crossbeam_channel::bounded(QUEUE);
        let reader = Arc::new(Reader { voice: Voice::new(), unknown: UnknownWords::new() });
        for number in 0..threads {
            let (waiting, reader) = (Receiver::clone(&waiting), Arc::clone(&reader));
            std::thread::Builder::new()
                .name(format!("voice-{number}"))
                .spawn(move || work(&waiting, &reader))?;
        }
        Ok(Embedded { jobs })
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
        let (answer, speech) = oneshot::channel();
        let job = Job { utterance: utterance.clone(), answer };
        self.jobs.try_send(job).map_err(|_| SayError::Busy { waiting: QUEUE })?;
        speech
            .await
            .unwrap_or_else(|_| Err(failed("its thread ended: please report it".to_owned())))
    }
}

/// A thread's life: it ends with the engine.
fn work(waiting: &Receiver<Job>, reader: &Reader) {
    // Where it may not give way it works as it is.
    let _ = rustix::process::nice(NICE);
    while let Ok(Job { utterance, answer }) = waiting.recv() {
        if answer.is_closed() {
            continue;
        }
        // A panic is one sentence that isn't spoken.
        let speak = || speak(reader, &utterance, &|| answer.is_closed());
        let speech = std::panic::catch_unwind(std::panic::AssertUnwindSafe(speak));
        let speech =
            speech.unwrap_or_else(|_| Err(failed("it broke down at this text".to_owned())));
        // Whoever asked may be gone.
        let _ = answer.send(speech);
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

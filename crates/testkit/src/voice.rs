//! A speech service whose words are melodies, so that a phone can be asked what it was told.
//!
//! It speaks OpenAI's `POST /v1/audio/speech`, which is what alo asks if `speech.url` is set. Every text becomes four
//! notes of its own, and `call.hears("…")` listens for these: words are tested over real audio, without a recogniser.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use phone::Sound;
use serde_json::Value;

use crate::answer::Answer;
use crate::app::{App, Request};
use crate::audio::{tone_samples, wav};
use crate::chance::Chance;
use crate::story::Story;

/// Where speech is asked for.
const PATH: &str = "/v1/audio/speech";

/// Notes of a text.
const NOTES: usize = 4;

/// How long a note sounds: it fills at least two windows of 100 ms, wherever these begin, so that one may be spoilt by a
/// packet that a busy machine delivers late.
const NOTE: Duration = Duration::from_millis(300);

/// The pause after the last note.
const REST: Duration = Duration::from_millis(100);

/// The lowest note, and the distance of the notes, in Hz: none of them is a tone of the network.
const LOWEST: u16 = 500;
const DISTANCE: u16 = 180;

/// How many notes there are to choose from; the highest is 3,200 Hz.
const SCALE: u64 = 16;

/// How far from a note a tone may be heard, in Hz.
const TOLERANCE: u16 = 15;

/// A speech service. Dropped, it listens no more.
pub struct Voice {
    app: App,
    spoken: Arc<Mutex<Vec<String>>>,
}

impl Voice {
    /// Listens on a free port, and tells a story of what it says.
    pub async fn start_in(story: &Story) -> Self {
        let app = App::start().await;
        let spoken = Arc::new(Mutex::new(Vec::new()));
        let (story, kept) = (story.clone(), Arc::clone(&spoken));
        app.on(PATH, move |request| {
            let Some(text) = text(request) else { return Answer::status(400) };
            story.tell(format!("the voice is asked to say \"{text}\""));
            kept.lock().unwrap_or_else(PoisonError::into_inner).push(text.clone());
            Answer::content("audio/wav", wav(&sung(&text)))
        });
        Self { app, spoken }
    }

    /// What to give alo as `speech.url` (the variable `ALO_SPEECH_URL`).
    pub fn url(&self) -> String {
        self.app.url("/v1")
    }

    /// What it was asked to say so far, in order. What alo has spoken before it need not ask for again.
    pub fn spoken(&self) -> Vec<String> {
        self.spoken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Listens for a text: alo has it spoken sentence by sentence, so each has its own melody.
pub(crate) struct Listener {
    wanted: VecDeque<[u16; NOTES]>,
    heard: Vec<u16>,
}

impl Listener {
    pub(crate) fn new(text: &str) -> Self {
        Self { wanted: speech::sentences(text).map(melody).collect(), heard: Vec::new() }
    }

    /// Hears 100 ms; whether the text is said to its end.
    pub(crate) fn hears(&mut self, window: &[i16]) -> Option<()> {
        let (Sound::Tone(tones), _) = Sound::of(window) else { return None };
        let [hz] = tones[..] else { return None };
        let note = scale().find(|note| note.abs_diff(hz) <= TOLERANCE)?;
        if self.heard.last() != Some(&note) {
            self.heard.push(note);
        }
        if self.wanted.front().is_some_and(|melody| self.is_heard(*melody)) {
            self.wanted.pop_front();
            self.heard.clear();
        }
        self.wanted.is_empty().then_some(())
    }

    /// All of it, or all but a note before the last, which packets that came late may have spoilt as a whole.
    fn is_heard(&self, wanted: [u16; NOTES]) -> bool {
        let without = |spoilt: usize| {
            let notes = wanted.iter().enumerate().filter(|(place, _)| *place != spoilt);
            let mut notes: Vec<u16> = notes.map(|(_, note)| *note).collect();
            notes.dedup();
            notes
        };
        self.heard.ends_with(&wanted)
            || (0..NOTES - 1).any(|spoilt| {
                let rest = without(spoilt);
                rest.len() == NOTES - 1 && self.heard.ends_with(&rest)
            })
    }
}

/// The notes of a text; neighbours differ. Spaces count as one, and not at all at the ends.
fn melody(text: &str) -> [u16; NOTES] {
    let mut words = String::new();
    for word in text.split_whitespace() {
        // Writing to a string never fails.
        let _ = write!(words, "{word} ");
    }
    // FNV-1a spreads texts over seeds; the chance spreads seeds over notes.
    let seed = words.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    });
    let mut chance = Chance::of_seed(seed);
    let mut notes = [0; NOTES];
    let mut last = SCALE;
    for note in &mut notes {
        let mut step = chance.number() % (SCALE - 1);
        if step >= last {
            step += 1;
        }
        last = step;
        *note = LOWEST + DISTANCE * step as u16;
    }
    notes
}

fn scale() -> impl Iterator<Item = u16> {
    (0..SCALE as u16).map(|step| LOWEST + DISTANCE * step)
}

fn sung(text: &str) -> Vec<i16> {
    let mut samples: Vec<i16> =
        melody(text).into_iter().flat_map(|note| tone_samples(note, NOTE)).collect();
    samples.resize(samples.len() + REST.as_millis() as usize * 8, 0);
    samples
}

fn text(request: &Request) -> Option<String> {
    let body: Value = serde_json::from_slice(&request.body).ok()?;
    body["input"].as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: usize = 800;

    /// Whether a text is heard in audio whose windows begin anywhere.
    fn is_heard(text: &str, audio: &[i16], offset: usize) -> bool {
        let mut listener = Listener::new(text);
        audio[offset..].chunks_exact(WINDOW).any(|window| listener.hears(window).is_some())
    }

    #[test]
    fn a_text_is_told_from_others_wherever_listening_begins() {
        let said = ["You have  a support call.", "Press one to accept."];
        let other = "Goodbye.";
        let mut audio = vec![0; WINDOW];
        audio.extend(said.into_iter().flat_map(sung));
        audio.extend(sung("Nobody is there."));
        for offset in (0..WINDOW).step_by(80) {
            assert!(is_heard("You have a support call. Press one to accept.", &audio, offset));
            assert!(is_heard("Nobody is there.", &audio, offset));
            assert!(!is_heard(other, &audio, offset));
        }
    }

    #[test]
    fn a_text_is_known_though_a_note_was_spoilt() {
        let note = NOTE.as_millis() as usize * 8;
        let mut audio = sung("You have a support call.");
        audio[note..2 * note].fill(0);
        assert!(is_heard("You have a support call.", &audio, 0));
        audio[2 * note..3 * note].fill(0);
        assert!(!is_heard("You have a support call.", &audio, 0));
    }

    #[test]
    fn half_a_text_is_not_the_text() {
        let audio = sung("Goodbye.");
        assert!(!is_heard("Goodbye.", &audio[..audio.len() / 2], 0));
    }

    #[test]
    fn neighbouring_notes_differ() {
        for number in 0..1_000 {
            let notes = melody(&number.to_string());
            assert!(notes.windows(2).all(|two| two[0] != two[1]), "{notes:?}");
            assert!(notes.iter().all(|note| scale().any(|known| known == *note)), "{notes:?}");
        }
    }
}

//! What a `<Gather>` hears: the caller's audio, parted into utterances by voice activity, each handed to a recogniser.
//!
//! The media thread only copies 20 ms at a time into a bounded channel; what doesn't fit while this is busy is lost, and
//! speech with a gap is still speech. Voice activity and recognition run in a task beside the call, which ends when the
//! stream's ear is taken away.

use std::sync::Arc;
use std::time::Duration;

use call::{LegId, LegInput, ListenId};
use media::{FRAME, Frame, SAMPLE_RATE};
use speech::{Activity, Ears, HearError, ListenSettings, Listener, Request, Speech};
use tokio::sync::mpsc;
use twiml::{Heard, Listen};

use super::{Event, Task};

/// Frames that wait for the ear's task: 4 s.
const FRAMES: usize = 200;
/// So much before the first sound is kept: the beginning of a word is quiet.
const LEAD: Duration = Duration::from_millis(300);
/// How often words are guessed while somebody still speaks, in frames: 1 s.
const PARTIAL_EVERY: usize = 50;
/// How sure a guess is that the next second may change. Recognisers of files don't say.
const STABILITY: f32 = 0.5;
/// Confidence where a recogniser tells none.
const CONFIDENCE: f32 = 0.9;
/// Nothing can be heard: an internal failure in Twilio's words (<https://www.twilio.com/docs/api/errors/12400>).
const DEAF: u32 = 12400;

impl Task {
    /// Listens on a line; what is heard comes back as [`Event::Heard`].
    pub(super) fn listen(&mut self, leg: LegId, id: ListenId, listen: Listen) {
        let ears = Arc::clone(&self.hub.ears);
        if ears.is_empty() {
            let error = HearError::NoEngine { language: listen.language };
            return self.tell(leg, Some(LegInput::Heard(id, failed(&error))));
        }
        let Some(stream) = self.lines.get(&leg).and_then(|line| line.stream()) else { return };
        let (frames, heard) = mpsc::channel::<Frame>(FRAMES);
        stream.tap(Some(Box::new(move |samples| {
            if let Ok(frame) = Frame::try_from(samples) {
                // Full: a gap.
                let _ = frames.try_send(frame);
            }
        })));
        let ear = Ear { ears, leg, id, listen, events: self.events.clone() };
        tokio::spawn(ear.hear(heard));
    }

    /// Listens no more.
    pub(super) fn stop_listening(&mut self, leg: LegId) {
        if let Some(stream) = self.lines.get(&leg).and_then(|line| line.stream()) {
            stream.tap(None);
        }
    }
}

/// Whoever listens for one `<Gather>`.
struct Ear {
    ears: Arc<Ears>,
    leg: LegId,
    id: ListenId,
    listen: Listen,
    events: mpsc::Sender<Event>,
}

impl Ear {
    async fn hear(self, mut frames: mpsc::Receiver<Frame>) {
        let mut listener = Listener::new(ListenSettings {
            end_after: self.listen.end_after,
            longest: self.listen.longest,
            lead: LEAD,
        });
        let mut guesses = Guesses::default();
        while let Some(frame) = frames.recv().await {
            match listener.hear(&frame) {
                Some(Activity::Began) => self.tell(LegInput::SpeechBegan(self.id)).await,
                Some(Activity::Ended(samples)) => {
                    guesses = Guesses::default();
                    let heard = self.recognize(samples).await;
                    self.tell(LegInput::Heard(self.id, heard)).await;
                }
                None if self.listen.partial && guesses.is_due(listener.so_far().len()) => {
                    let so_far = listener.so_far().to_vec();
                    self.guess(so_far, &mut guesses).await;
                }
                None => {}
            }
        }
    }

    async fn guess(&self, so_far: Vec<i16>, guesses: &mut Guesses) {
        let heard = self.recognize(so_far).await;
        if let Heard::Words { text, .. } = heard {
            let sequence = guesses.told;
            guesses.told += 1;
            let heard = Heard::Partial { text, stability: STABILITY, sequence };
            self.tell(LegInput::Heard(self.id, heard)).await;
        }
    }

    async fn recognize(&self, samples: Vec<i16>) -> Heard {
        let audio = Speech { rate: SAMPLE_RATE, samples };
        let request = Request {
            language: self.listen.language.clone(),
            hints: self.listen.hints.clone(),
            model: self.listen.model.clone(),
            profanity_filter: self.listen.profanity_filter,
        };
        match self.ears.recognize(&audio, &request).await {
            Ok(words) if words.text.trim().is_empty() => Heard::Nothing,
            Ok(words) => Heard::Words {
                text: words.text.trim().to_owned(),
                confidence: words.confidence.unwrap_or(CONFIDENCE),
            },
            Err(error) => failed(&error),
        }
    }

    async fn tell(&self, input: LegInput) {
        // An error: the call is over.
        let _ = self.events.send(Event::Heard(self.leg, input)).await;
    }
}

/// Guesses at what somebody says who still speaks.
#[derive(Default)]
struct Guesses {
    told: u32,
    at: usize,
}

impl Guesses {
    /// Whether enough came since the last, with so many samples heard.
    fn is_due(&mut self, heard: usize) -> bool {
        let due = heard >= self.at + PARTIAL_EVERY * FRAME;
        if due {
            self.at = heard;
        }
        due
    }
}

fn failed(error: &HearError) -> Heard {
    Heard::Failed { code: DEAF, message: format!("<Gather>: {error}") }
}

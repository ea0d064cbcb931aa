//! What a `<Gather>` hears: the caller's audio, parted into utterances by voice activity, each handed to a recogniser.
//!
//! The media thread only copies 20 ms at a time into a bounded channel; what doesn't fit while this is busy is lost, and
//! speech with a gap is still speech. Voice activity and recognition run in a task beside the call, which ends when the
//! stream's ear is taken away, also in the middle of a recognition. Guesses are made beside the listening, one at a time:
//! a slow recogniser makes fewer of them, and loses no word.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use call::{LegId, LegInput, ListenId};
use media::{FRAME, Frame, SAMPLE_RATE};
use speech::{Activity, Ears, HearError, ListenSettings, Listener, Request, Speech};
use tokio::sync::{mpsc, oneshot};
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
        let (stopped, listens) = oneshot::channel();
        stream.tap(Some(Box::new(move |samples| {
            // Dropped with this: the ear hears that it is to stop.
            let _ = &listens;
            if let Ok(frame) = Frame::try_from(samples) {
                // Full: a gap.
                let _ = frames.try_send(frame);
            }
        })));
        let ear = Ear { ears, leg, id, listen, events: self.events.clone() };
        tokio::spawn(ear.hear(heard, stopped));
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

/// A guess that is being made.
type Guessing<'e> = Pin<Box<dyn Future<Output = Heard> + Send + 'e>>;

impl Ear {
    /// Hears until the far side of `stopped` is dropped.
    async fn hear(self, frames: mpsc::Receiver<Frame>, mut stopped: oneshot::Sender<()>) {
        tokio::select! {
            () = stopped.closed() => {}
            () = self.hear_all(frames) => {}
        }
    }

    async fn hear_all(&self, mut frames: mpsc::Receiver<Frame>) {
        let mut listener = Listener::new(ListenSettings {
            end_after: self.listen.end_after,
            longest: self.listen.longest,
            lead: LEAD,
        });
        let mut guesses = Guesses::default();
        let mut guessing: Option<Guessing<'_>> = None;
        loop {
            tokio::select! {
                // What was said comes before what is guessed.
                biased;
                frame = frames.recv() => {
                    let Some(frame) = frame else { return };
                    match listener.hear(&frame) {
                        Some(Activity::Began) => self.tell(LegInput::SpeechBegan(self.id)).await,
                        Some(Activity::Ended(samples)) => {
                            // A guess at what is known now is of no use.
                            (guessing, guesses) = (None, Guesses::default());
                            let heard = self.recognize(samples).await;
                            self.tell(LegInput::Heard(self.id, heard)).await;
                        }
                        None if self.listen.partial
                            && guessing.is_none()
                            && guesses.is_due(listener.so_far().len()) =>
                        {
                            let so_far = listener.so_far().to_vec();
                            guessing = Some(Box::pin(self.recognize(so_far)));
                        }
                        None => {}
                    }
                }
                heard = made(&mut guessing) => {
                    guessing = None;
                    self.tell_guess(heard, &mut guesses).await;
                }
            }
        }
    }

    async fn tell_guess(&self, heard: Heard, guesses: &mut Guesses) {
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

/// What the guess came to; never, where none is being made.
async fn made(guessing: &mut Option<Guessing<'_>>) -> Heard {
    match guessing {
        Some(guessing) => guessing.await,
        None => std::future::pending().await,
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

#[cfg(test)]
mod tests;

//! A text that is being spoken, sentence by sentence.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::{Admission, Studio};
use crate::pieces::Piece;
use crate::{SayError, Speech, Utterance};

/// Sentences that are made before they are asked for; more wait until one was taken, so that a text that nobody hears to
/// its end isn't made to its end.
const AHEAD: usize = 3;

/// What is being said. Whoever drops it doesn't want the rest: what isn't made yet is never made.
pub struct Saying {
    parts: mpsc::Receiver<Sent>,
    task: AbortHandle,
    speaker: Option<Arc<str>>,
    /// The end was told: nothing is missing at it.
    over: bool,
}

/// What the task that speaks sends; where no end is sent, it broke.
enum Sent {
    Part(Result<Part, SayError>),
    End,
}

/// A sentence, and who spoke it.
struct Part {
    speech: Arc<Speech>,
    speaker: Option<Arc<str>>,
}

impl Saying {
    pub(super) fn begin(studio: &Arc<Studio>, utterance: &Utterance) -> Saying {
        let (sender, parts) = mpsc::channel(AHEAD);
        let task = tokio::spawn(speak(Arc::clone(studio), utterance.clone(), sender));
        Saying { parts, task: task.abort_handle(), speaker: None, over: false }
    }

    /// The next part; `None` after the last. After a part that nobody could speak for want of an engine for its language the others
    /// still come; after another error nothing does. An engine that panics is such an error.
    pub async fn next(&mut self) -> Option<Result<Arc<Speech>, SayError>> {
        if self.over {
            return None;
        }
        match self.parts.recv().await {
            Some(Sent::Part(Ok(part))) => {
                self.speaker = part.speaker.or(self.speaker.take());
                Some(Ok(part.speech))
            }
            Some(Sent::Part(Err(error))) => Some(Err(error)),
            Some(Sent::End) => {
                self.over = true;
                None
            }
            None => {
                self.over = true;
                let engine = self.speaker.as_deref().unwrap_or("speech").to_owned();
                let reason = "it broke: please report it with the log".to_owned();
                Some(Err(SayError::Engine { engine, reason }))
            }
        }
    }

    /// The name of the engine that spoke the last sentence that came, now or when it was kept.
    pub fn speaker(&self) -> Option<&str> {
        self.speaker.as_deref()
    }
}

impl Drop for Saying {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Whoever asked may be gone: then nothing is sent any more.
async fn speak(studio: Arc<Studio>, utterance: Utterance, parts: mpsc::Sender<Sent>) {
    match studio.pieces(&utterance) {
        Ok(pieces) => speak_each(&studio, pieces, &parts).await,
        Err(error) => {
            let _ = parts.send(Sent::Part(Err(error))).await;
        }
    }
    let _ = parts.send(Sent::End).await;
}

async fn speak_each(studio: &Studio, pieces: Vec<Piece>, parts: &mpsc::Sender<Sent>) {
    let mut failed = Vec::new();
    let mut admission = Admission::First;
    for piece in pieces {
        // Room first: only what can be handed over is made.
        let Ok(room) = parts.reserve().await else { return };
        let part = if let Some(said) = &piece.said {
            let spoken = studio.speak(said, admission, &mut failed).await;
            admission = Admission::Later;
            spoken.map(|(seat, speech)| {
                let speaker = Some(Arc::clone(&studio.seats[seat].name));
                Part { speech: followed(speech, piece.pause), speaker }
            })
        } else {
            let silence = Arc::new(Speech::nothing());
            Ok(Part { speech: followed(silence, piece.pause), speaker: None })
        };
        let ends = match &part {
            Ok(_) | Err(SayError::NoEngine { .. }) => false,
            Err(
                SayError::Engine { .. }
                | SayError::TooLong { .. }
                | SayError::Timeout { .. }
                | SayError::Busy { .. },
            ) => true,
        };
        room.send(Sent::Part(part));
        if ends {
            return;
        }
    }
}

/// `speech`, and silence after it.
fn followed(speech: Arc<Speech>, pause: Duration) -> Arc<Speech> {
    if pause.is_zero() {
        return speech;
    }
    let silent = pause.as_millis() * u128::from(speech.rate) / 1_000;
    let mut samples = Vec::with_capacity(speech.samples.len() + silent as usize);
    samples.extend_from_slice(&speech.samples);
    samples.resize(samples.len() + silent as usize, 0);
    Arc::new(Speech { rate: speech.rate, samples })
}

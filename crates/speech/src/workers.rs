//! Threads for engines that compute in this process.
//!
//! They are never the runtime's, and have the lowest claim to the processor, so that the threads that carry audio come
//! first. Whoever doesn't listen any more isn't spoken to: what waits for him is dropped.

use crossbeam_channel::{Receiver, Sender};
use tokio::sync::oneshot;

use crate::{SayError, Speech};

/// Utterances that wait for a thread; beyond, [`SayError::Busy`] at once. [`crate::Voices`] asks for far fewer at once.
const QUEUE: usize = 256;
/// Claim to the processor of the threads, from -20 (most) to 19 (least).
const NICE: i32 = 10;
/// Threads at most: more don't make a first sentence come earlier.
const MOST_THREADS: usize = 4;

/// The threads of one engine; they end with it.
pub(crate) struct Workers {
    engine: &'static str,
    jobs: Sender<Job>,
}

/// What a thread does; it is told how to find out that nobody listens any more.
type Work = Box<dyn FnOnce(&dyn Fn() -> bool) -> Result<Speech, SayError> + Send>;

struct Job {
    work: Work,
    answer: oneshot::Sender<Result<Speech, SayError>>,
}

impl Workers {
    /// Starts `threads` threads for `engine`, 1 at least; 0: one for each core but one, and 4 at most.
    pub(crate) fn start(engine: &'static str, threads: usize) -> std::io::Result<Workers> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let usual = cores.saturating_sub(1).clamp(1, MOST_THREADS);
        let threads = if threads == 0 { usual } else { threads };
        let (jobs, waiting) = crossbeam_channel::bounded(QUEUE);
        for number in 0..threads {
            let waiting = Receiver::clone(&waiting);
            std::thread::Builder::new()
                .name(format!("{engine}-{number}"))
                .spawn(move || live(engine, &waiting))?;
        }
        Ok(Workers { engine, jobs })
    }

    /// Has `work` done by a thread.
    pub(crate) async fn run(
        &self,
        work: impl FnOnce(&dyn Fn() -> bool) -> Result<Speech, SayError> + Send + 'static,
    ) -> Result<Speech, SayError> {
        let (answer, speech) = oneshot::channel();
        let job = Job { work: Box::new(work), answer };
        self.jobs.try_send(job).map_err(|_| SayError::Busy { waiting: QUEUE })?;
        let ended = || Err(failed(self.engine, "its thread ended: please report it"));
        speech.await.unwrap_or_else(|_| ended())
    }
}

/// A thread's life: it ends with the engine.
fn live(engine: &'static str, waiting: &Receiver<Job>) {
    // Where it may not give way it works as it is.
    let _ = rustix::process::nice(NICE);
    while let Ok(Job { work, answer }) = waiting.recv() {
        if answer.is_closed() {
            continue;
        }
        // A panic is one sentence that isn't spoken.
        let speak = || work(&|| answer.is_closed());
        let speech = std::panic::catch_unwind(std::panic::AssertUnwindSafe(speak));
        let speech = speech.unwrap_or_else(|_| Err(failed(engine, "it broke down at this text")));
        // Whoever asked may be gone.
        let _ = answer.send(speech);
    }
}

fn failed(engine: &str, reason: &str) -> SayError {
    SayError::Engine { engine: engine.to_owned(), reason: reason.to_owned() }
}

//! A recogniser that never comes back with its guesses, and callers who go on.

use std::time::Duration;

use speech::{EarLimits, Recognized, Recognizer};
use tokio::sync::Notify;

use super::*;

const SECOND: usize = 8_000;
/// A guard against a test that hangs, far beyond what it takes.
const AT_MOST: Duration = Duration::from_secs(30);

/// Guesses for ever; what ended in silence it understands if it is not `stuck`.
struct Slow {
    stuck: bool,
    began: Arc<Notify>,
    dropped: Arc<Notify>,
}

/// Tells when what it is part of is dropped.
struct Tells(Arc<Notify>);

impl Drop for Tells {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

#[async_trait::async_trait]
impl Recognizer for Slow {
    fn name(&self) -> &'static str {
        "slow"
    }

    fn hears(&self, _: &str) -> bool {
        true
    }

    async fn recognize(&self, audio: &Speech, _: &Request) -> Result<Recognized, HearError> {
        let _tells = Tells(Arc::clone(&self.dropped));
        self.began.notify_one();
        // A guess is told from the whole by its end.
        let mut end = audio.samples.iter().rev().take(SECOND / 2);
        if self.stuck || end.any(|sample| *sample != 0) {
            std::future::pending::<()>().await;
        }
        let text = if audio.samples.len() >= 8 * SECOND { "all" } else { "a part" };
        Ok(Recognized { text: text.to_owned(), confidence: None })
    }
}

/// "Aha, aha" for so long: two syllables of 200 ms, then as long a pause; pulses at 130 to 110 Hz through the resonances of a vowel.
fn voice(seconds: usize) -> Vec<i16> {
    let syllable = SECOND / 5;
    let formants = [(730.0, 60.0), (1_090.0, 90.0), (2_440.0, 120.0)];
    let (mut past, mut phase) = ([[0.0_f64; 2]; 3], 0.0);
    let sound = (0..seconds * SECOND).map(|at| {
        let part = (at % syllable) as f64 / syllable as f64;
        phase += (130.0 - 20.0 * part) / SECOND as f64;
        let mut sample = if phase >= 1.0 { 1.0 } else { 0.0 };
        phase -= sample;
        for ((hz, width), past) in formants.into_iter().zip(&mut past) {
            let radius = (-std::f64::consts::PI * width / SECOND as f64).exp();
            let turn = std::f64::consts::TAU * hz / SECOND as f64;
            let out = sample + 2.0 * radius * turn.cos() * past[0] - radius * radius * past[1];
            *past = [out, past[0]];
            sample = out;
        }
        let pause = (at / syllable) % 3 == 2;
        if pause { 0.0 } else { sample * (part * std::f64::consts::PI).sin().powf(0.3) }
    });
    let sound: Vec<f64> = sound.collect();
    let loudest = sound.iter().fold(1e-9, |loudest: f64, sample| loudest.max(sample.abs()));
    sound.into_iter().map(|sample| (sample / loudest * 12_000.0) as i16).collect()
}

/// An ear on a line where somebody speaks for so long and then says nothing, and what it tells.
struct Told {
    events: mpsc::Receiver<Event>,
    frames: mpsc::Sender<Frame>,
    listens: oneshot::Receiver<()>,
    engine: Slow,
}

fn slow(stuck: bool) -> Slow {
    Slow { stuck, began: Arc::default(), dropped: Arc::default() }
}

fn listens(engine: Slow, partial: bool) -> Told {
    let (events, told) = mpsc::channel(64);
    let kept = Slow {
        stuck: engine.stuck,
        began: Arc::clone(&engine.began),
        dropped: Arc::clone(&engine.dropped),
    };
    let ears = Arc::new(Ears::new(vec![Box::new(engine)], EarLimits::default()));
    let listen = Listen {
        language: "en-US".to_owned(),
        hints: Vec::new(),
        model: None,
        profanity_filter: false,
        end_after: None,
        longest: Duration::from_secs(60),
        partial,
    };
    let ear = Ear { ears, leg: LegId(0), id: ListenId(1), listen, events };
    let (frames, heard) = mpsc::channel(FRAMES);
    let (stopped, listens) = oneshot::channel();
    tokio::spawn(ear.hear(heard, stopped));
    Told { events: told, frames, listens, engine: kept }
}

async fn speaks(frames: &mpsc::Sender<Frame>, seconds: usize) {
    let mut samples = vec![0; SECOND];
    samples.extend(voice(seconds));
    samples.resize(samples.len() + 2 * SECOND, 0);
    for frame in samples.chunks_exact(FRAME) {
        let frame = Frame::try_from(frame).expect("a frame");
        frames.send(frame).await.expect("it listens");
    }
}

async fn heard(events: &mut mpsc::Receiver<Event>) -> Heard {
    loop {
        match events.recv().await.expect("it listens") {
            Event::Heard(_, LegInput::Heard(_, Heard::Partial { .. })) => {}
            Event::Heard(_, LegInput::Heard(_, heard)) => return heard,
            Event::Heard(..) => {}
            _ => panic!("something else than what was heard"),
        }
    }
}

#[tokio::test]
async fn a_guess_that_never_comes_back_keeps_no_word_waiting() {
    let mut told = listens(slow(false), true);
    let conversation = async {
        for _ in 0..2 {
            speaks(&told.frames, 8).await;
            let Heard::Words { text, .. } = heard(&mut told.events).await else {
                panic!("no words")
            };
            assert_eq!(text, "all");
        }
    };
    tokio::time::timeout(AT_MOST, conversation).await.expect("it goes on");
}

#[tokio::test]
async fn recognition_ends_when_nobody_listens_any_more() {
    let told = listens(slow(true), false);
    let story = async {
        speaks(&told.frames, 2).await;
        told.engine.began.notified().await;
        drop(told.listens);
        told.engine.dropped.notified().await;
    };
    tokio::time::timeout(AT_MOST, story).await.expect("it stops");
}

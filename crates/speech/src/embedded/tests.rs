//! The voice itself, heard by its length and level.

use super::*;
use crate::{Limits, Voices};

fn utterance(text: &str) -> Utterance {
    let (text, language) = (text.to_owned(), "en-US".to_owned());
    Utterance { text, ssml: None, voice: None, language }
}

fn voices() -> Voices {
    let engine = Embedded::start(2).expect("threads can be started");
    Voices::new(vec![Box::new(engine)], Limits::default())
}

/// Level of all of it, in dB below full scale.
fn decibels(speech: &Speech) -> f64 {
    let power: f64 = speech.samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    10.0 * (power / speech.samples.len().max(1) as f64 / 32_767_f64.powi(2)).log10()
}

#[tokio::test]
async fn it_speaks_at_the_telephones_level_as_long_as_a_person_would() {
    let speech = voices().speak(&utterance("Your call is important.")).await.expect("it speaks");
    let seconds = speech.duration().as_secs_f32();
    assert!((0.9..3.5).contains(&seconds), "{seconds} s");
    let level = decibels(&speech);
    assert!((-26.0..-17.0).contains(&level), "{level} dB");
    assert_eq!(speech.rate, SAMPLE_RATE);
}

#[tokio::test]
async fn a_man_is_lower_and_a_word_that_nobody_knows_is_read() {
    let voices = voices();
    let woman = voices.speak(&utterance("Zorblat.")).await.expect("it speaks");
    let voice = Some("man".to_owned());
    let man = voices.speak(&Utterance { voice, ..utterance("Zorblat.") }).await;
    let man = man.expect("it speaks");
    assert_ne!(woman.samples, man.samples);
    assert!(!Embedded::phonemes(&utterance("Zorblat.")).is_empty());
}

#[tokio::test]
async fn a_hundred_callers_at_once_all_hear_their_own_words() {
    let voices = Arc::new(voices());
    let callers: Vec<_> = (0..100)
        .map(|number| {
            let voices = Arc::clone(&voices);
            tokio::spawn(async move { voices.speak(&utterance(&format!("{number}."))).await })
        })
        .collect();
    for caller in callers {
        let speech = caller.await.expect("no caller panics").expect("it speaks");
        assert!(!speech.samples.is_empty());
    }
}

#[tokio::test]
async fn another_language_is_not_its_own() {
    let engine = Embedded::start(1).expect("a thread can be started");
    assert!(engine.speaks("en") && engine.speaks("en-GB") && !engine.speaks("pt-BR"));
    let ssml = Some("<lang xml:lang=\"pt-BR\">Oi</lang>".to_owned());
    let error = engine.say(&Utterance { ssml, ..utterance("Oi") }).await;
    assert_eq!(error, Err(SayError::NoEngine { language: "pt-BR".to_owned() }));
}

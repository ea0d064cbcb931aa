//! Sentences come one by one, and another engine says the rest.

use std::sync::atomic::AtomicUsize;

use super::*;

/// A sentence each.
const EIGHT: &str = "Ann. Ben. Cleo. Dora. Eve. Finn. Gus. Hal.";

/// Speaks so many sentences, and then no more.
struct Dying {
    left: AtomicUsize,
    asked: mpsc::UnboundedSender<String>,
    error: SayError,
}

#[async_trait::async_trait]
impl Synthesizer for Dying {
    fn name(&self) -> &'static str {
        "dying"
    }

    fn speaks(&self, language: &str) -> bool {
        language == "en"
    }

    async fn say(&self, utterance: &Utterance) -> Result<Speech, SayError> {
        self.asked.send(format!("dying {}", utterance.text)).expect("the test listens");
        let left =
            self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        match left {
            Ok(_) => Ok(Speech { rate: 16_000, samples: vec![9_000; 16] }),
            Err(_) => Err(self.error.clone()),
        }
    }
}

fn dying(town: &mut Town, sentences: usize, error: SayError) {
    let (left, asked) = (AtomicUsize::new(sentences), town.told.clone());
    town.engines.push(Box::new(Dying { left, asked, error }));
}

/// Speaks the first sentence, and panics at the second.
struct Panics;

#[async_trait::async_trait]
impl Synthesizer for Panics {
    fn name(&self) -> &'static str {
        "panics"
    }

    fn speaks(&self, _: &str) -> bool {
        true
    }

    async fn say(&self, utterance: &Utterance) -> Result<Speech, SayError> {
        assert_eq!(utterance.text, "Ann.", "on purpose");
        Ok(Speech { rate: 16_000, samples: vec![9_000; 16] })
    }
}

#[tokio::test]
async fn a_text_that_broke_off_is_not_taken_for_whole() {
    let mut town = Town::new();
    town.engines.push(Box::new(Panics));
    let (voices, _) = town.opens(Limits::default());
    let mut saying = voices.say(&utterance("Ann. Ben. Cleo."));
    assert!(saying.next().await.is_some_and(|part| part.is_ok()));
    assert!(saying.next().await.is_some_and(|part| part.is_err()));
    assert!(saying.next().await.is_none());
    assert!(saying.next().await.is_none(), "and stays so");
}

#[tokio::test]
async fn the_first_sentence_is_there_while_the_second_is_made() {
    let gate = Arc::new(Notify::new());
    let (voices, mut asked) = Town::new().gated(&gate).opens(Limits::default());
    let mut saying = voices.say(&utterance("One. Two."));
    gate.notify_one();
    saying.next().await.expect("a sentence").expect("it speaks");
    assert_eq!(asked.recv().await.as_deref(), Some("slow One."));
    assert_eq!(asked.recv().await.as_deref(), Some("slow Two."));
    gate.notify_one();
    saying.next().await.expect("a sentence").expect("it speaks");
    assert!(saying.next().await.is_none());
}

#[tokio::test]
async fn only_so_much_is_made_ahead_of_who_listens() {
    let (voices, mut asked) = Town::new().engine("a", "en", None).opens(Limits::default());
    let mut saying = voices.say(&utterance(EIGHT));
    let three = ["a Ann.", "a Ben.", "a Cleo."];
    for expected in three {
        assert_eq!(asked.recv().await.as_deref(), Some(expected));
    }
    // Whatever else could run has run when these few came back.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(all(&mut asked), [""; 0]);
    saying.next().await.expect("a sentence").expect("it speaks");
    assert_eq!(asked.recv().await.as_deref(), Some("a Dora."));
}

#[tokio::test]
async fn who_hangs_up_leaves_the_rest_unmade() {
    let (voices, mut asked) = Town::new().engine("a", "en", None).opens(Limits::default());
    let mut saying = voices.say(&utterance(EIGHT));
    saying.next().await.expect("a sentence").expect("it speaks");
    drop(saying);
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(all(&mut asked).len() <= 4);
    assert_eq!(voices.studio.waiting(), 0);
    assert!(locked(&voices.studio.making).is_empty());
}

#[tokio::test]
async fn the_next_engine_says_the_rest_when_one_dies_in_the_middle() {
    let mut town = Town::new();
    dying(&mut town, 1, broken("dying"));
    let (voices, mut asked) = town.engine("b", "en", None).opens(Limits::default());
    let speech = voices.speak(&utterance("One. Two. Three.")).await.expect("b says the rest");
    // Who failed isn't waited for again by the same listener.
    assert_eq!(all(&mut asked), ["dying One.", "dying Two.", "b Two.", "b Three."]);
    // At the first engine's rate: twice 8 samples of 8,000 Hz, and two pauses.
    let (rate, pauses) = (16_000, 2 * 4_000);
    assert_eq!((speech.rate, speech.samples.len()), (rate, 16 + pauses + 2 * 16));
    let mut again = voices.say(&utterance("One. Two."));
    again.next().await.expect("a part").expect("it is kept");
    assert_eq!(again.speaker(), Some("dying"));
    again.next().await.expect("a part").expect("it is kept");
    assert_eq!(again.speaker(), Some("b"));
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_let_somebody_wait_is_asked_last_for_a_while() {
    let mut town = Town::new();
    let after = Duration::from_secs(20);
    dying(&mut town, 0, SayError::Timeout { engine: "dying".to_owned(), after });
    let (voices, mut asked) = town.engine("b", "en", None).opens(Limits::default());
    voices.speak(&utterance("One.")).await.expect("b speaks");
    voices.speak(&utterance("Two.")).await.expect("b speaks");
    assert_eq!(all(&mut asked), ["dying One.", "b One.", "b Two."]);
    tokio::time::advance(Duration::from_secs(31)).await;
    voices.speak(&utterance("Three.")).await.expect("b speaks");
    assert_eq!(all(&mut asked), ["dying Three.", "b Three."]);
}

#[tokio::test]
async fn a_language_that_nobody_speaks_leaves_out_its_part_alone() {
    let (voices, mut asked) = Town::new().engine("a", "en", None).opens(Limits::default());
    let ssml = Some("Hi. <lang xml:lang=\"pt\">Oi.</lang> Bye.".to_owned());
    let mut saying = voices.say(&Utterance { ssml, ..utterance("Hi. Oi. Bye.") });
    assert!(saying.next().await.expect("a part").is_ok());
    let error = saying.next().await.expect("a part").expect_err("nobody speaks it");
    assert_eq!(error, SayError::NoEngine { language: "pt".to_owned() });
    assert!(saying.next().await.expect("a part").is_ok());
    assert!(saying.next().await.is_none());
    assert_eq!(all(&mut asked), ["a Hi.", "a Bye."]);
}

#[tokio::test]
async fn a_hundred_texts_at_once_are_all_spoken_each_its_first_sentence_first() {
    let (voices, mut asked) = Town::new().engine("a", "en", None).opens(Limits::default());
    let callers: Vec<_> = (0..100)
        .map(|number| {
            let voices = Arc::clone(&voices);
            let text = format!("Code {number}. Bye {number}.");
            tokio::spawn(async move { voices.speak(&utterance(&text)).await })
        })
        .collect();
    for caller in callers {
        let speech = caller.await.expect("no caller panics").expect("it speaks");
        assert!(!speech.samples.is_empty());
    }
    let asked = all(&mut asked);
    assert_eq!(asked.len(), 200);
    let firsts = asked.iter().take(100).filter(|text| text.starts_with("a Code")).count();
    assert!(firsts >= 90, "{firsts} of 100 first sentences came first");
}

#[tokio::test]
async fn silence_comes_by_itself() {
    let (voices, mut asked) = Town::new().engine("a", "en", None).opens(Limits::default());
    let ssml = Some("<break time=\"1s\"/>".to_owned());
    let silent = Utterance { ssml, ..utterance("") };
    let speech = voices.speak(&silent).await.expect("silence needs nobody");
    assert_eq!(speech.duration(), Duration::from_secs(1));
    assert!(voices.say(&utterance(" ")).next().await.is_none());
    assert_eq!(all(&mut asked), [""; 0]);
}

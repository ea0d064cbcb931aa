//! The real program, and others in its place that hang, fail or babble.

use super::*;

fn espeak() -> Espeak {
    Espeak::find().expect("install espeak-ng: these tests run it")
}

/// A shell script in place of the program; the options become its parameters.
fn instead(script: &str) -> Espeak {
    Espeak {
        program: "/bin/sh".into(),
        arguments: vec!["-c".to_owned(), script.to_owned(), NAME.to_owned()],
        ..espeak()
    }
}

fn utterance(text: &str, language: &str) -> Utterance {
    Utterance { text: text.to_owned(), ssml: None, voice: None, language: language.to_owned() }
}

fn loudest(speech: &Speech) -> u16 {
    speech.samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0)
}

#[tokio::test]
async fn it_speaks_english_and_portuguese() {
    let espeak = espeak();
    for (text, language) in [("Hello, how are you?", "en-US"), ("Alô, tudo bem?", "pt-BR")] {
        let speech = espeak.say(&utterance(text, language)).await.expect("it speaks");
        assert_eq!(speech.rate, 22_050);
        assert!(speech.duration() > Duration::from_millis(500), "{speech:?}");
        assert!(loudest(&speech) > 1_000, "{speech:?} is silent");
    }
}

#[tokio::test]
async fn one_child_speaks_line_after_line_as_one_of_its_own_would() {
    let espeak = espeak();
    let texts = ["One two three.", "Four & <five>!", "Six\nseven", "One two three."];
    let mut lengths = Vec::new();
    for text in texts {
        let speech = espeak.say(&utterance(text, "en-US")).await.expect("it speaks");
        let ssml = text.replace('&', "&amp;").replace('<', "&lt;");
        let whole = Utterance { ssml: Some(ssml), ..utterance(text, "en-US") };
        let alone = espeak.say(&whole).await.expect("it speaks").duration().as_millis();
        let kept = speech.duration().as_millis();
        assert!(kept.abs_diff(alone) < 800, "{text:?}: {kept} ms, alone {alone} ms");
        assert!(loudest(&speech) > 1_000 && speech.samples[0] != 0, "{text:?}");
        lengths.push(kept);
    }
    assert!(lengths[0].abs_diff(lengths[3]) < 30, "something is left of others: {lengths:?}");
    assert_eq!(espeak.readers.children(), 1);
}

#[tokio::test]
async fn a_line_longer_than_it_reads_at_once_is_read_by_a_child_of_its_own() {
    let espeak = espeak();
    for (text, stay) in [("x & y ".repeat(120), 0), ("x & y ".repeat(50), 1)] {
        let speech = espeak.say(&utterance(&text, "en-US")).await;
        assert!(speech.is_ok_and(|speech| loudest(&speech) > 1_000), "{} letters", text.len());
        assert_eq!(espeak.readers.children(), stay, "{} letters", text.len());
    }
}

#[tokio::test]
async fn whoever_leaves_in_the_middle_leaves_no_words_behind() {
    let espeak = espeak();
    let long = utterance(&"This is a long text. ".repeat(40), "en-US");
    let left = tokio::time::timeout(Duration::from_millis(1), espeak.say(&long)).await;
    assert!(left.is_err(), "it takes longer");
    assert_eq!(espeak.readers.children(), 0, "the child went with its listener");
    let short = espeak.say(&utterance("Yes.", "en-US")).await.expect("it speaks");
    assert!(short.duration() < Duration::from_secs(2), "{short:?}");
}

#[tokio::test]
async fn a_man_and_a_woman_sound_different() {
    let espeak = espeak();
    let say = async |voice: &str| {
        let voice = Some(voice.to_owned());
        let speech = espeak.say(&Utterance { voice, ..utterance("Hello", "en-US") }).await;
        speech.expect("it speaks").samples
    };
    let (man, woman) = (say("man").await, say("Polly.Joanna").await);
    assert_ne!(man, woman);
    assert_eq!(woman, say("alice").await);
}

#[tokio::test]
async fn a_break_in_ssml_takes_its_time() {
    let espeak = espeak();
    let plain = utterance("One two", "en-US");
    let ssml = Some("One <break time=\"2s\"/> two".to_owned());
    let broken = espeak.say(&Utterance { ssml, ..plain.clone() }).await.expect("it speaks");
    let plain = espeak.say(&plain).await.expect("it speaks");
    assert!(broken.duration() > plain.duration() + Duration::from_secs(1), "{broken:?} {plain:?}");
}

#[tokio::test]
async fn texts_are_only_ever_spoken() {
    let espeak = espeak();
    for text in
        ["--help", "-f /etc/passwd", "<b>&amp;", "[[h@l'oU]]", "a\nb\n\nc", "\u{0}x", "😀 ok"]
    {
        let speech = espeak.say(&utterance(text, "en-US")).await;
        assert!(speech.is_ok_and(|speech| !speech.samples.is_empty()), "{text:?}");
    }
}

#[tokio::test]
async fn a_language_it_does_not_have_is_no_engine() {
    let error = espeak().say(&utterance("x", "tlh")).await.expect_err("nobody speaks Klingon");
    assert_eq!(
        error.to_string(),
        "no speech engine for tlh: install espeak-ng or set speech.url in alo.toml"
    );
}

#[tokio::test]
async fn one_that_hangs_is_killed() {
    let mut espeak = instead("exec tail -f /dev/null");
    espeak.time_limit = Duration::from_millis(50);
    let error = espeak.say(&utterance("x", "en-US")).await.expect_err("it never speaks");
    assert_eq!(error.to_string(), "espeak-ng did not answer within 0.05 s");
}

#[tokio::test]
async fn one_that_fails_says_why() {
    let espeak = instead("echo 'no voice' >&2; exit 3");
    let error = espeak.say(&utterance("x", "en-US")).await.expect_err("it fails");
    assert_eq!(error.to_string(), "espeak-ng could not speak: exit status: 3: no voice");
}

#[tokio::test]
async fn one_that_babbles_is_not_heard() {
    let espeak = instead("cat");
    let error = espeak.say(&utterance("not a WAV file", "en-US")).await.expect_err("it echoes");
    assert_eq!(error.to_string(), "espeak-ng could not speak: it is not a WAV file");
}

#[tokio::test]
async fn one_that_never_ends_is_cut_off() {
    let mut espeak = instead("exec cat /dev/zero");
    espeak.time_limit = Duration::from_secs(60);
    let error = espeak.say(&utterance("x", "en-US")).await.expect_err("it never ends");
    assert_eq!(
        error.to_string(),
        "espeak-ng could not speak: the speech is longer than 33554432 bytes"
    );
}

#[tokio::test]
async fn one_that_is_gone_says_so() {
    let espeak = Espeak { program: "/nowhere/espeak-ng".into(), ..espeak() };
    let error = espeak.say(&utterance("x", "en-US")).await.expect_err("it isn't there");
    assert!(error.to_string().starts_with("espeak-ng could not speak: it can't be started: "));
}

#[tokio::test]
async fn it_gets_its_options_and_the_text_by_standard_input() {
    let espeak = instead("printf '%s ' \"$@\" >&2; cat >&2; exit 1");
    let ssml = Some("a <break/>".to_owned());
    let voice = Some("man".to_owned());
    let error = espeak.say(&Utterance { ssml, voice, ..utterance("a", "pt-BR") }).await;
    assert_eq!(
        error.expect_err("it fails").to_string(),
        "espeak-ng could not speak: exit status: 1: -v pt-br+m3 --stdout -b 1 --stdin -m \
         <speak>a <break/></speak>"
    );
}

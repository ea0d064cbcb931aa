//! A recogniser that isn't ours, both ways: it hears what alo says, and alo asks it what callers say.
//!
//! Whisper's smallest model on telephone audio mishears a word now and then, so most words of a sentence are asked for,
//! and all of those on which a caller acts.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use testkit::{Hearing, Wav, piper_voice, samples, share_heard, words};

use super::house::{CALLER, House, NUMBER, SOON, options, response};

/// Most of the words of a sentence.
const MOST: f64 = 0.7;

/// Most of the words of all sentences.
const NEARLY_ALL: f64 = 0.9;

/// What prompts say, as it sounds.
const SENTENCES: [(&str, &str); 10] = [
    ("Welcome to the support line.", "support line"),
    ("Please enter your account number, and then press the pound key.", "account number"),
    ("Your call is important to us.", "important"),
    ("Nobody is available to take your call.", "nobody available"),
    ("Please leave a message after the tone.", "message after the tone"),
    ("Thank you for calling, goodbye.", "thank you"),
    ("The server in the basement is on fire again.", "server basement"),
    ("Press one to accept the call, or two to pass it on.", "press accept"),
    ("You are the next person on duty this weekend.", "next person weekend"),
    ("We will call you back as soon as possible.", "call you back"),
];

/// What `program` writes to `file`; panics if it fails.
fn runs(program: &str, arguments: &[&str], file: &Path) {
    let mut command = Command::new(program);
    let ran = command.args(arguments).arg(file).stdout(Stdio::null()).status();
    assert!(ran.is_ok_and(|status| status.success()), "{program} {arguments:?}");
}

/// Samples at 8 kHz of a sentence as alo says it.
fn said(sentence: &str) -> Vec<i16> {
    said_with("", sentence)
}

/// The same with what `alo.toml` says.
fn said_with(toml: &str, sentence: &str) -> Vec<i16> {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let file = folder.path().join("said.wav");
    let data = folder.path().join("data").display().to_string();
    let config = folder.path().join("alo.toml");
    std::fs::write(&config, toml).expect("the folder is there");
    let (alo, config) = (env!("CARGO_BIN_EXE_alo"), config.display().to_string());
    let arguments =
        ["--data", &data, "--config", &config, "say", sentence, "--rate", "8000", "--output"];
    runs(alo, &arguments, &file);
    Wav::open(&file).expect("a WAV file at 8 kHz").channels.remove(0)
}

/// Panics unless `hearing` hears the sentences' words, most of each and nearly all of all.
async fn hears_the_sentences(hearing: &Hearing, said: impl Fn(&str) -> Vec<i16>) {
    let (mut expected, mut heard) = (Vec::new(), Vec::new());
    // First all is said: the recogniser closes a connection on which nothing is asked for some seconds.
    let all: Vec<_> = SENTENCES.map(|(sentence, key)| (sentence, key, said(sentence))).into();
    for (sentence, key, samples) in all {
        let now = hearing.words(&samples).await;
        assert!(share_heard(&words(sentence), &now) >= MOST, "\"{sentence}\" is heard as {now:?}");
        for word in words(key) {
            assert!(now.contains(&word), "no '{word}' of \"{sentence}\" in {now:?}");
        }
        expected.extend(words(sentence));
        heard.extend(now);
    }
    let share = share_heard(&expected, &heard);
    assert!(share >= NEARLY_ALL, "{share:.2} of the words are heard: {heard:?}");
}

#[tokio::test]
async fn ten_sentences_that_alo_says_are_heard_at_8_khz() {
    hears_the_sentences(&Hearing::start().await, said).await;
}

#[tokio::test]
async fn ten_sentences_that_a_voice_of_pipers_says_are_heard_at_8_khz() {
    // Only it is asked, so that nobody else speaks in its place.
    let file = piper_voice();
    let toml = format!("[speech]\npiper = [{:?}]\norder = [\"piper\"]\n", file.display());
    hears_the_sentences(&Hearing::start().await, |sentence| said_with(&toml, sentence)).await;
}

#[tokio::test]
async fn a_caller_hears_a_voice_of_pipers_by_its_name() {
    let hearing = Hearing::start().await;
    let file = piper_voice().display().to_string();
    let house = House::with(options().variable("ALO_SPEECH_PIPER", &file)).await;
    house.says(
        "<Say voice=\"en_US-joe-medium\">The meeting starts on Monday morning.</Say><Pause length=\"3\"/>",
    );
    let call = house.town().caller(CALLER).await.dials(NUMBER).await.is_answered().await;
    let spoken = call.hears_voice().await;
    assert!((-35.0..=-10.0).contains(&spoken.level().0), "{}", spoken.level());
    let heard = hearing.words(&spoken.samples).await;
    for word in ["meeting", "monday", "morning"] {
        assert!(heard.contains(&word.to_owned()), "no '{word}' in {heard:?}");
    }
    call.hangs_up();
    house.comes_to_rest().await;
}

/// A house that hears by `hearing`.
async fn house_hearing(hearing: &Hearing) -> House {
    House::with(options().variable("ALO_RECOGNITION_URL", &hearing.url())).await
}

#[tokio::test]
async fn a_gather_understands_what_a_caller_says() {
    let hearing = Hearing::start().await;
    let house = house_hearing(&hearing).await;
    let understood = house.app.url("/understood");
    house.says(&format!("<Gather input=\"speech\" timeout=\"20\" action=\"{understood}\"/>"));
    house.app.answers("/understood", response("<Hangup/>"));
    let call = house.town().caller(CALLER).await.dials(NUMBER).await.is_answered().await;
    call.says(samples([vec![0; 8_000], said("I need a new password for the server.")].concat()));
    let asked = house.app.next("/understood", SOON * 2).await;
    let result = asked.param("SpeechResult").expect("what was understood");
    let heard = words(&result);
    for word in ["new", "password", "server"] {
        assert!(heard.contains(&word.to_owned()), "no '{word}' in '{result}'");
    }
    let confidence: f32 = asked.param("Confidence").expect("how sure").parse().expect("a number");
    assert!((0.1..=1.0).contains(&confidence), "{confidence}");
    house.comes_to_rest().await;
}

#[tokio::test]
async fn what_a_caller_hears_is_a_voice_with_words() {
    let hearing = Hearing::start().await;
    let house = House::open().await;
    house.says("<Say>The meeting starts on Monday morning.</Say><Pause length=\"3\"/>");
    let call = house.town().caller(CALLER).await.dials(NUMBER).await.is_answered().await;
    let spoken = call.hears_voice().await;
    assert!((-35.0..=-10.0).contains(&spoken.level().0), "{}", spoken.level());
    assert!((1_000..=6_000).contains(&spoken.duration().as_millis()), "{:?}", spoken.duration());
    let heard = hearing.words(&spoken.samples).await;
    for word in ["meeting", "monday", "morning"] {
        assert!(heard.contains(&word.to_owned()), "no '{word}' in {heard:?}");
    }
    call.hangs_up();
    house.comes_to_rest().await;
}

#[tokio::test]
async fn what_a_recording_says_is_written_down_and_told() {
    let hearing = Hearing::start().await;
    let house = house_hearing(&hearing).await;
    let (recorded, written) = (house.app.url("/recorded"), house.app.url("/written"));
    house.says(&format!(
        "<Record timeout=\"2\" playBeep=\"false\" action=\"{recorded}\" transcribe=\"true\" \
         transcribeCallback=\"{written}\"/>"
    ));
    house.app.answers("/recorded", response("<Hangup/>"));
    house.app.answers("/written", response(""));
    let call = house.town().caller(CALLER).await.dials(NUMBER).await.is_answered().await;
    call.says(samples([vec![0; 4_000], said("The meeting starts on Monday morning.")].concat()));
    let told = house.app.next("/written", SOON * 3).await;
    assert_eq!(told.param("TranscriptionStatus").as_deref(), Some("completed"));
    let text = told.param("TranscriptionText").expect("what was said");
    for word in ["meeting", "monday", "morning"] {
        assert!(words(&text).contains(&word.to_owned()), "no '{word}' in '{text}'");
    }
    let sid = told.param("TranscriptionSid").expect("its SID");
    let kept = house.gets(&format!("/Transcriptions/{sid}")).await;
    assert_eq!(kept["transcription_text"], text, "{kept}");
    house.comes_to_rest().await;
}

#[tokio::test]
async fn when_the_speech_service_dies_in_a_call_alo_speaks_itself() {
    let (hearing, service) = (Hearing::start().await, Hearing::start().await);
    let house = House::with(options().variable("ALO_SPEECH_URL", &service.url())).await;
    let second = house.app.url("/second");
    house.says(&format!(
        "<Gather numDigits=\"1\" timeout=\"60\" action=\"{second}\"><Say>The weather is nice today.</Say></Gather>"
    ));
    let document = "<Say>The meeting starts on Monday morning.</Say><Pause length=\"3\"/>";
    house.app.answers("/second", response(document));
    let call = house.town().caller(CALLER).await.dials(NUMBER).await.is_answered().await;
    // espeak-ng's words are too much for the recogniser on a telephone; that it is a voice is not.
    call.hears_voice().await;
    service.kill().await;
    call.presses("1").await;
    let by_alo = hearing.words(&call.hears_voice().await.samples).await;
    for word in ["meeting", "monday", "morning"] {
        assert!(by_alo.contains(&word.to_owned()), "no '{word}' in {by_alo:?}");
    }
    call.hangs_up();
    house.comes_to_rest().await;
}

#[tokio::test]
async fn a_recogniser_that_dies_is_told_of() {
    let hearing = Hearing::start().await;
    let house = house_hearing(&hearing).await;
    let understood = house.app.url("/understood");
    house.says(&format!(
        "<Gather input=\"speech\" timeout=\"20\" actionOnEmptyResult=\"true\" action=\"{understood}\"/>"
    ));
    house.app.answers("/understood", response("<Hangup/>"));
    let call = house.town().caller(CALLER).await.dials(NUMBER).await.is_answered().await;
    hearing.kill().await;
    call.says(samples([vec![0; 8_000], said("Is anybody there?"), vec![0; 16_000]].concat()));
    let asked = house.app.next("/understood", SOON * 2).await;
    assert_eq!(asked.param("SpeechResult").unwrap_or_default(), "");
    house.comes_to_rest().await;
}

#[test]
fn doctor_says_what_recognises_or_how_to_set_it() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let doctor = |url: Option<&str>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_alo"));
        command.arg("--data").arg(folder.path()).args(["doctor", "--json"]);
        if let Some(url) = url {
            command.env("ALO_RECOGNITION_URL", url);
        }
        let output = command.output().expect("alo runs");
        let report: serde_json::Value =
            serde_json::from_slice(&output.stdout).expect("it prints JSON");
        let checks = report["checks"].as_array().cloned().unwrap_or_default();
        let found = checks.iter().find(|check| check["name"] == "recognition");
        found.unwrap_or_else(|| panic!("no such check in {report}")).clone()
    };
    let unset = doctor(None);
    assert_eq!(unset["state"], "ok", "{unset}");
    assert!(unset.to_string().contains("set recognition.url in alo.toml"), "{unset}");
    let unreachable = doctor(Some("http://127.0.0.1:1/v1"));
    assert_eq!(unreachable["state"], "failed", "{unreachable}");
    assert!(unreachable.to_string().contains("does not answer"), "{unreachable}");
}

#[tokio::test]
async fn doctor_has_the_recogniser_listen() {
    let hearing = Hearing::start().await;
    let folder = tempfile::tempdir().expect("a folder for the test");
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_alo"));
    command.arg("--data").arg(folder.path()).arg("doctor");
    command.env("ALO_RECOGNITION_URL", hearing.url());
    let output = tokio::time::timeout(Duration::from_secs(120), command.output()).await;
    let output = output.expect("it ends").expect("alo runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        said.contains("recognition server 127.0.0.1 listened to a second of silence"),
        "{said}"
    );
}

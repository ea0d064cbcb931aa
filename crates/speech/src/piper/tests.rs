//! Voices that are made up here, with networks of a few nodes: real inference, whose outcome is known.

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::{Embedded, Limits, Voices};

/// Samples that a symbol takes in [`onnx::steps`].
const STEP: f32 = 100.0;

/// A description of a voice that reads letters: `a` is 3, `b` 4, `ä` an `a` and 5.
fn description() -> Value {
    json!({
        "audio": { "sample_rate": 16_000, "quality": "low" },
        "espeak": { "voice": "pt-br" },
        "inference": { "noise_scale": 0.5, "length_scale": 1.5, "noise_w": 0.25 },
        "phoneme_type": "text",
        "phoneme_map": { "x": ["a", "b"] },
        "phoneme_id_map": {
            "_": [0], "^": [1], "$": [2], "a": [3], "b": [4], "\u{308}": [5], " ": [6],
        },
        "num_speakers": 1,
        "speaker_id_map": {},
        "language": { "code": "pt_BR" },
    })
}

/// Writes a voice's two files.
fn write(folder: &TempDir, name: &str, network: &[u8], description: &Value) -> PathBuf {
    let file = folder.path().join(name);
    std::fs::write(&file, network).expect("the folder is there");
    let beside = folder.path().join(format!("{name}.json"));
    std::fs::write(beside, description.to_string()).expect("the folder is there");
    file
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder for the test")
}

fn read(file: &Path) -> Description {
    Description::beside(file).expect("it is described")
}

fn utterance(text: &str, language: &str) -> Utterance {
    let (text, language) = (text.to_owned(), language.to_owned());
    Utterance { text, ssml: None, voice: None, language }
}

fn piper(files: &[PathBuf]) -> Piper {
    Piper::open(files, 1).expect("a thread can be started")
}

#[test]
fn symbols_stand_between_pads_with_a_begin_and_an_end() {
    let folder = folder();
    let voice = read(&write(&folder, "v.onnx", b"", &description()));
    assert_eq!(voice.numbers("ab"), (vec![1, 0, 3, 0, 4, 0, 2], vec![]));
    // Letter and accent apart, mapped symbols, unknown ones left out.
    assert_eq!(voice.numbers("ä"), (vec![1, 0, 3, 0, 5, 0, 2], vec![]));
    assert_eq!(voice.numbers("x"), (vec![1, 0, 3, 0, 4, 0, 2], vec![]));
    assert_eq!(voice.numbers("aqz"), (vec![1, 0, 3, 0, 2], vec!['q', 'z']));
}

#[test]
fn the_network_gets_symbols_their_count_scales_and_the_speaker() {
    let folder = folder();
    let mut several = description();
    several["num_speakers"] = json!(3);
    several["speaker_id_map"] = json!({ "ana": 0, "rui": 2 });
    let file = write(&folder, "v.onnx", &onnx::mirror(), &several);
    let voice = read(&file);
    assert_eq!(voice.speakers().collect::<Vec<_>>(), ["ana", "rui"]);
    let network = Network::open(&file, &voice).expect("it is a network of Piper's kind");
    let (numbers, _) = voice.numbers("ab");
    let heard = network.say(&numbers, voice.inference, voice.speaker(Some("rui")));
    let expected = [1.0, 0.0, 3.0, 0.0, 4.0, 0.0, 2.0, 7.0, 0.5, 1.5, 0.25, 2.0];
    assert_eq!(heard.as_deref(), Ok(&expected[..]));
    assert_eq!(voice.speaker(Some("nobody")), Some(0));
    assert_eq!(voice.speaker(None), Some(0));
}

#[tokio::test]
async fn a_faster_text_is_shorter_and_a_louder_one_louder() {
    let folder = folder();
    let file = write(&folder, "pt_BR-ana-low.onnx", &onnx::steps(STEP), &description());
    let piper = piper(&[file]);
    let say = async |ssml: Option<&str>| {
        let ssml = ssml.map(str::to_owned);
        let speech = piper.say(&Utterance { ssml, ..utterance("abab", "pt-BR") }).await;
        speech.expect("it speaks")
    };
    // Eleven symbols with pads, each 100 samples, times 1.5.
    let plain = say(None).await;
    assert_eq!((plain.rate, plain.samples.len()), (16_000, 1_650));
    let fast = say(Some("<prosody rate=\"200%\">abab</prosody>")).await;
    assert_eq!(fast.samples.len(), 825);
    let quiet = say(Some("<prosody volume=\"-6dB\">abab</prosody>")).await;
    let loudest = |speech: &Speech| speech.samples.iter().copied().max().unwrap_or(0);
    let ratio = f32::from(loudest(&quiet)) / f32::from(loudest(&plain));
    assert!((0.4..0.6).contains(&ratio), "{ratio}");
}

#[tokio::test]
async fn voices_are_chosen_by_name_and_by_language() {
    let folder = folder();
    let mut african = description();
    african["language"]["code"] = json!("pt_AO");
    african["inference"]["length_scale"] = json!(1.0);
    african["num_speakers"] = json!(2);
    african["speaker_id_map"] = json!({ "ana": 0, "rui": 1 });
    let files = [
        write(&folder, "pt_BR-ana-low.onnx", &onnx::steps(STEP), &description()),
        write(&folder, "pt_AO-two-low.onnx", &onnx::steps(STEP), &african),
    ];
    let piper = piper(&files);
    let names: Vec<String> = piper.voices().into_iter().map(|voice| voice.name).collect();
    let expected = ["pt_BR-ana-low", "pt_AO-two-low", "pt_AO-two-low/ana", "pt_AO-two-low/rui"];
    assert_eq!(names, expected);
    let cast = |voice: Option<&str>, language: &str| {
        let voice = voice.map(str::to_owned);
        let utterance = Utterance { voice, ..utterance("a", language) };
        let asked = utterance.voice.as_deref().unwrap_or_default();
        let speaker = |voice: &PiperVoice| voice.speaker(asked).map(str::to_owned);
        piper.cast(&utterance).map(|voice| (voice.name.clone(), speaker(voice)))
    };
    let brazil = ("pt_BR-ana-low".to_owned(), None);
    let angola = |speaker: Option<&str>| ("pt_AO-two-low".to_owned(), speaker.map(str::to_owned));
    assert_eq!(cast(None, "pt-BR"), Some(brazil.clone()));
    assert_eq!(cast(None, "pt-AO"), Some(angola(None)));
    assert_eq!(cast(None, "pt-PT"), Some(brazil.clone()));
    assert_eq!(cast(Some("pt_AO-two-low/rui"), "pt-BR"), Some(angola(Some("rui"))));
    assert_eq!(cast(Some("pt_AO-two-low/eva"), "pt-BR"), Some(brazil.clone()));
    assert_eq!(cast(Some("Polly.Vitoria"), "pt-BR"), Some(brazil));
    assert_eq!(cast(Some("pt_BR-ana-low"), "de-DE"), None);
    assert!(piper.speaks("pt") && !piper.speaks("de"));
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_told_in_a_line() {
    let folder = folder();
    let mut several = description();
    several["num_speakers"] = json!(2);
    let mut alphabet = description();
    alphabet["phoneme_id_map"] = json!({ "_": [0], "^": [1] });
    let mut unknown = description();
    unknown["phoneme_type"] = json!("pinyin");
    let alone = folder.path().join("alone.onnx");
    std::fs::write(&alone, onnx::steps(STEP)).expect("the folder is there");
    let cases = [
        (folder.path().join("none.onnx"), "there is no file "),
        (alone, "put that one beside it"),
        (write(&folder, "a.onnx", b"", &alphabet), "its phoneme_id_map has no '$'"),
        (write(&folder, "p.onnx", b"", &unknown), "unknown variant `pinyin`"),
        (write(&folder, "j.onnx", b"", &json!("voice")), "does not describe a Piper voice"),
        (write(&folder, "n.onnx", b"not a network", &description()), "can't be used"),
        (write(&folder, "s.onnx", &onnx::stranger(), &description()), "no input 'input_lengths'"),
        (write(&folder, "m.onnx", &onnx::steps(STEP), &several), "no input 'sid', but 2 speakers"),
    ];
    for (file, expected) in cases {
        let problems = piper(std::slice::from_ref(&file)).problems().await;
        assert_eq!(problems.len(), 1, "{file:?}: {problems:?}");
        assert!(problems[0].contains(expected), "{file:?}: {problems:?}");
        assert!(!problems[0].contains('\n'), "{problems:?}");
    }
    let good = write(&folder, "g.onnx", &onnx::steps(STEP), &description());
    assert_eq!(piper(&[good]).problems().await, [""; 0]);
}

#[tokio::test]
async fn where_a_voice_is_broken_the_next_engine_speaks() {
    let folder = folder();
    let broken = write(&folder, "en_US-x-low.onnx", b"", &json!({}));
    let engines: Vec<Box<dyn Synthesizer>> = vec![
        Box::new(piper(&[broken])),
        Box::new(Embedded::start(1).expect("a thread can be started")),
    ];
    let voices = Voices::new(engines, Limits::default());
    let text = utterance("Hello.", "en-US");
    assert_eq!(voices.speaker(&text).map(Synthesizer::name), Some("piper"));
    let mut saying = voices.say(&text);
    let speech = saying.next().await.expect("something is said").expect("it is spoken");
    assert!(speech.duration().as_millis() > 100);
    assert_eq!(saying.speaker(), Some("alo"));
}

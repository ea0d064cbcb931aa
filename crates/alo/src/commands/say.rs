//! `alo say`: hears what a caller would hear, without a call.
//!
//! It speaks in this process with the engines of `alo.toml`; no server needs to run. What is spoken is kept where the
//! server keeps it.

use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;
use speech::{Embedded, Speech, Utterance, Voices, write_wav};

use crate::cli::Globals;
use crate::commands::{Usage, wait};
use crate::config::Config;
use crate::output::Output;

/// Language of a text that names none, and whose voice has none.
const LANGUAGE: &str = "en-US";

/// Most that is read from standard input, in bytes: more than any text that a call takes.
const LONGEST: u64 = 64 * 1024;

/// What to say.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo say \"Your code is 4 7 1 1.\" -o code.wav
  alo say --voice Polly.Vitoria \"Bom dia.\" -o - | aplay
  alo say --ssml 'Hold on. <break time=\"1s\"/> Still there?' --rate 8000 -o hold.wav
  alo say --phonemes \"Dr. Smith lives on Elm Dr.\"

Without -o it is played where the program aplay is there, and only told of where it isn't.")]
pub(crate) struct Say {
    /// The text; - for standard input
    text: String,
    /// A voice, as in `<Say voice>`: man, woman, Polly.Joanna, or one that `alo voices` lists
    #[arg(long, value_name = "NAME")]
    voice: Option<String>,
    /// Language, as in `<Say language>` [default: the voice's, else en-US]
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    /// The text is SSML: what may stand in `<Say>`
    #[arg(long)]
    ssml: bool,
    /// A WAV file to write; - for standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Samples a second [default: what the engine makes]
    #[arg(long, value_parser = ["8000", "16000", "24000", "48000"], value_name = "8000|16000|24000|48000")]
    rate: Option<String>,
    /// Print the phonemes that the embedded voice would say, and make no sound
    #[arg(long, conflicts_with_all = ["output", "rate"])]
    phonemes: bool,
}

/// What came of it.
struct Spoken {
    speech: Speech,
    engine: String,
    /// Until its first sentence was there.
    first: Duration,
    /// Until all was.
    whole: Duration,
}

impl Say {
    pub(crate) fn run(self, globals: &Globals, output: Output) -> anyhow::Result<ExitCode> {
        let utterance = self.utterance()?;
        if self.phonemes {
            let lines = Embedded::phonemes(&utterance);
            if output.json {
                output.document(&json!({ "phonemes": lines }))?;
            } else {
                lines.iter().try_for_each(|line| output.line(line))?;
            }
            return Ok(ExitCode::SUCCESS);
        }
        let to_stdout = self.output.as_deref() == Some(Path::new("-"));
        if to_stdout && std::io::stdout().is_terminal() {
            return Err(Usage("a terminal is no place for a WAV file: write -o FILE".into()).into());
        }
        let config = Config::load(globals)?;
        let mut spoken = wait(async {
            let voices = tokio::task::spawn_blocking(move || config.voices(true)).await??;
            let utterance = self.in_the_voices_language(utterance, &voices);
            speak(&voices, &utterance, output).await
        })??;
        if let Some(rate) = self.rate.as_deref().and_then(|rate| rate.parse().ok()) {
            spoken.speech = spoken.speech.at(rate)?;
        }
        self.hand_over(&spoken, to_stdout, output)?;
        Ok(ExitCode::SUCCESS)
    }

    fn utterance(&self) -> anyhow::Result<Utterance> {
        let written = if self.text == "-" {
            let mut text = String::new();
            std::io::stdin().lock().take(LONGEST).read_to_string(&mut text)?;
            text
        } else {
            self.text.clone()
        };
        let of_voice = || speech::cast(self.voice.as_deref()?).and_then(|casting| casting.language);
        let language =
            self.language.clone().or_else(of_voice).unwrap_or_else(|| LANGUAGE.to_owned());
        let (text, ssml) =
            if self.ssml { (speech::plain_text(&written), Some(written)) } else { (written, None) };
        Ok(Utterance { text, ssml, voice: self.voice.clone(), language })
    }

    /// An engine's own voice speaks its own language where neither the command nor one of Twilio's names says another.
    fn in_the_voices_language(&self, utterance: Utterance, voices: &Voices) -> Utterance {
        let Some(name) = self.voice.as_deref().filter(|name| speech::cast(name).is_none()) else {
            return utterance;
        };
        if self.language.is_some() {
            return utterance;
        }
        let mut all = voices.engines().flat_map(speech::Synthesizer::voices);
        let own = all.find(|voice| voice.name == name && !voice.language.is_empty());
        let language = own.map_or(utterance.language, |voice| voice.language);
        Utterance { language, ..utterance }
    }

    fn hand_over(&self, spoken: &Spoken, to_stdout: bool, output: Output) -> anyhow::Result<()> {
        let wav = write_wav(&spoken.speech);
        if to_stdout {
            return Ok(std::io::stdout().lock().write_all(&wav)?);
        }
        let place = match &self.output {
            Some(path) => {
                std::fs::write(path, &wav)
                    .with_context(|| format!("{} can't be written", path.display()))?;
                path.display().to_string()
            }
            None if !output.json && played(&wav) => "played with aplay".to_owned(),
            None => "write -o FILE to keep it".to_owned(),
        };
        let (first, whole) = (spoken.first.as_millis(), spoken.whole.as_millis());
        let length = spoken.speech.duration();
        if output.json {
            return output.document(&json!({
                "engine": spoken.engine,
                "seconds": length.as_secs_f64(),
                "rate": spoken.speech.rate,
                "first_sentence_ms": first,
                "all_ms": whole,
                "file": self.output,
            }));
        }
        output.line(format!(
            "{:.1} s at {} Hz by {}, the first sentence in {first} ms, all in {whole} ms: {place}",
            length.as_secs_f64(),
            spoken.speech.rate,
            spoken.engine,
        ))
    }
}

async fn speak(voices: &Voices, utterance: &Utterance, output: Output) -> anyhow::Result<Spoken> {
    if let Some(warning) = voices.warning(utterance) {
        output.remark(warning);
    }
    let began = Instant::now();
    let mut saying = voices.say(utterance);
    let mut first = None;
    let mut whole: Option<Speech> = None;
    let mut engines: Vec<String> = Vec::new();
    while let Some(part) = saying.next().await {
        let part = part?;
        first.get_or_insert_with(|| began.elapsed());
        if let Some(speaker) = saying.speaker()
            && engines.iter().all(|engine| engine != speaker)
        {
            engines.push(speaker.to_owned());
        }
        match &mut whole {
            None => whole = Some(Speech::clone(&part)),
            Some(whole) => whole.append(&part)?,
        }
    }
    let Some(speech) = whole else { bail!("there is nothing to be said") };
    Ok(Spoken {
        speech,
        engine: if engines.is_empty() { "nobody".to_owned() } else { engines.join(" and ") },
        first: first.unwrap_or_default(),
        whole: began.elapsed(),
    })
}

/// Plays it, where `aplay` is there and has something to play on.
fn played(wav: &[u8]) -> bool {
    let started = Command::new("aplay")
        .args(["-q", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut player) = started else { return false };
    let written = player.stdin.take().map(|mut input| input.write_all(wav));
    let ended = player.wait();
    matches!(written, Some(Ok(()))) && ended.is_ok_and(|status| status.success())
}

//! Speech by `espeak-ng`, a program of its own: text in by its standard input, WAV out by its standard output.
//!
//! It is never given a text as an argument, and killed when it is too slow or nobody listens any more.
//! Options: `man espeak-ng`.

mod languages;
mod reader;

use std::ffi::OsString;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

use crate::casting::{Gender, cast};
use crate::wav::read_wav;
use crate::{SayError, Speech, Synthesizer, Utterance, VoiceInfo};

use languages::Languages;
use reader::Readers;

/// Its name, for people and on the PATH.
const NAME: &str = "espeak-ng";

/// How long it may take for one text; a long one takes a second.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// Longest speech in bytes: about twelve minutes.
const SPEECH_LIMIT: u64 = 32 * 1024 * 1024;

/// So much of what it complains is read, in bytes.
const COMPLAINT_LIMIT: u64 = 400;

/// Its variants of a voice that sound most like a man and a woman on a telephone.
const MAN: &str = "+m3";
const WOMAN: &str = "+f3";

/// The program, and the languages it has.
pub struct Espeak {
    program: OsString,
    arguments: Vec<String>,
    languages: Languages,
    time_limit: Duration,
    readers: Readers,
}

impl Espeak {
    /// Looks for `espeak-ng` on the PATH and asks it for its languages; this waits for it, some 20 ms.
    /// `None` where it isn't installed or has no language.
    pub fn find() -> Option<Espeak> {
        let list = std::process::Command::new(NAME)
            .arg("--voices")
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output()
            .ok()
            .filter(|list| list.status.success())?;
        let languages = Languages::read(&String::from_utf8_lossy(&list.stdout));
        (!languages.is_empty()).then(|| Espeak {
            program: NAME.into(),
            arguments: Vec::new(),
            languages,
            time_limit: TIME_LIMIT,
            readers: Readers::default(),
        })
    }

    /// The codes of its languages, in its own spelling (`pt-br`), for `alo doctor`.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.languages.codes()
    }

    /// Its voice for `utterance`: one of its own names, or a language and perhaps a variant.
    fn voice(&self, utterance: &Utterance) -> Result<String, SayError> {
        if let Some(own) = utterance.voice.as_deref().filter(|voice| self.has_voice(voice)) {
            return Ok(own.to_owned());
        }
        let language = &utterance.language;
        let code = self
            .languages
            .nearest(language)
            .ok_or_else(|| SayError::NoEngine { language: language.clone() })?;
        let variant = match utterance.voice.as_deref().and_then(cast).and_then(|cast| cast.gender) {
            Some(Gender::Man) => MAN,
            Some(Gender::Woman) => WOMAN,
            None => "",
        };
        Ok(format!("{code}{variant}"))
    }

    /// The program with `voice`, for text in UTF-8 (1) and sound by its standard output.
    fn command(&self, voice: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).args(["-v", voice, "--stdout", "-b", "1"]);
        command
    }

    /// Speaks plain text by a child that stays; `None` where that didn't work, and one of its own has to say why.
    async fn read(&self, utterance: &Utterance) -> Result<Option<Speech>, SayError> {
        if utterance.ssml.is_some() || !reader::fits(&utterance.text) {
            return Ok(None);
        }
        let voice = self.voice(utterance)?;
        let command = || {
            let mut command = self.command(&voice);
            command.arg("-m");
            command
        };
        let read = self.readers.say(&voice, &utterance.text, command).await;
        Ok(read.inspect_err(|error| tracing::debug!(%error, "espeak-ng is started anew")).ok())
    }

    fn start(&self, utterance: &Utterance) -> Result<Child, SayError> {
        let mut command = self.command(&self.voice(utterance)?);
        command.arg("--stdin");
        if utterance.ssml.is_some() {
            command.arg("-m");
        }
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| failed(format!("it can't be started: {error}")))
    }

    async fn speak(&self, utterance: &Utterance) -> Result<Speech, SayError> {
        if let Some(speech) = self.read(utterance).await? {
            return Ok(speech);
        }
        let mut child = self.start(utterance)?;
        let mut stdin = child.stdin.take();
        let text = input(utterance);
        let write = async move {
            if let Some(stdin) = stdin.as_mut() {
                // One that reads nothing says why when it ends.
                let _ = stdin.write_all(text.as_bytes()).await;
            }
            drop(stdin);
        };
        let sound = read_up_to(child.stdout.take(), SPEECH_LIMIT + 1);
        let complaint = read_up_to(child.stderr.take(), COMPLAINT_LIMIT);
        let ((), sound, complaint) = tokio::join!(write, sound, complaint);
        let sound = sound.map_err(|error| failed(format!("it can't be heard: {error}")))?;
        if sound.len() as u64 > SPEECH_LIMIT {
            return Err(failed(format!("the speech is longer than {SPEECH_LIMIT} bytes")));
        }
        let status = child.wait().await.map_err(|error| failed(error.to_string()))?;
        if !status.success() {
            return Err(failed(complained(status, &complaint.unwrap_or_default())));
        }
        read_wav(&sound).map_err(|error| failed(error.to_string()))
    }
}

#[async_trait::async_trait]
impl Synthesizer for Espeak {
    fn name(&self) -> &str {
        NAME
    }

    fn kind(&self) -> &'static str {
        "espeak"
    }

    fn voices(&self) -> Vec<VoiceInfo> {
        let voice = |code: &str| VoiceInfo {
            name: code.to_owned(),
            language: code.to_owned(),
            gender: None,
            engine: "espeak".to_owned(),
        };
        self.languages.codes().map(voice).collect()
    }

    /// The code of a language, and perhaps a variant of its voice (`pt-br+f3`).
    fn has_voice(&self, voice: &str) -> bool {
        let (code, variant) = voice.split_once('+').unwrap_or((voice, "m1"));
        // It is an argument of a program: nothing but letters and digits.
        let is_plain = variant.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_plain && !variant.is_empty() && self.languages.codes().any(|own| own == code)
    }

    fn speaks(&self, language: &str) -> bool {
        self.languages.nearest(language).is_some()
    }

    async fn say(&self, utterance: &Utterance) -> Result<Speech, SayError> {
        // When the time is over, the future is dropped, and the child with it.
        tokio::time::timeout(self.time_limit, self.speak(utterance)).await.unwrap_or_else(|_| {
            Err(SayError::Timeout { engine: NAME.to_owned(), after: self.time_limit })
        })
    }
}

/// What it reads: SSML whole, or the text without what it would take for phonemes.
fn input(utterance: &Utterance) -> String {
    match &utterance.ssml {
        Some(ssml) => format!("<speak>{ssml}</speak>\n"),
        None => format!("{}\n", utterance.text.replace("[[", "[ [")),
    }
}

async fn read_up_to(
    source: Option<impl AsyncRead + Unpin>,
    limit: u64,
) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(source) = source {
        let mut source = source.take(limit);
        source.read_to_end(&mut bytes).await?;
    }
    Ok(bytes)
}

fn complained(status: ExitStatus, complaint: &[u8]) -> String {
    let complaint = String::from_utf8_lossy(complaint);
    let line = complaint.lines().map(str::trim).find(|line| !line.is_empty());
    match line {
        Some(line) => format!("{status}: {line}"),
        None => status.to_string(),
    }
}

fn failed(reason: String) -> SayError {
    SayError::Engine { engine: NAME.to_owned(), reason }
}

#[cfg(test)]
mod tests;

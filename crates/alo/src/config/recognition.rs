//! `[recognition]`: who understands what callers say.

use std::path::PathBuf;
use std::time::Duration;

use model::Secret;
use speech::{EarLimits, Ears, Recognizer, Transcriptions, TranscriptionsSettings};
use url::Url;

use super::secret::Hidden;
use super::section::section;

section! {
    /// What understands speech, for `<Gather input="speech">` and transcripts of recordings. Nothing is embedded: without a
    /// service or a model file such a `<Gather>` ends without a result and raises an alert.
    Recognition = "recognition" {
        /// An OpenAI-compatible recognition service, asked at `URL/audio/transcriptions`: `https://api.openai.com/v1`. Empty:
        /// none. What callers say is sent there.
        url: Option<Url> = None,
        /// Key of the service: better as `"env:NAME"`, `"file:PATH"` or the variable `ALO_RECOGNITION_KEY` than written out.
        key: Option<Hidden> = None,
        /// Model that the service is asked for, where TwiML names none of its own.
        model: String = "whisper-1".to_owned(),
        /// Languages that the service is asked for, `["en", "pt-BR"]`. Empty: all.
        languages: Vec<String> = Vec::new(),
        /// Language of recordings that are written down, where nothing says which (a support line does).
        language: String = "en-US".to_owned(),
        /// How long the service has for an answer.
        timeout: Duration = Duration::from_secs(30); Duration::from_secs(1)..=Duration::from_secs(600),
        /// A model file of whisper.cpp (`ggml-base.bin`), asked after the service; only in a build with the feature
        /// `whisper`. Empty: none.
        file: Option<PathBuf> = None,
        /// Utterances and recordings that are understood at once, over all calls.
        at_once: usize = 4; 1..=1_000,
        /// Utterances and recordings that wait for their turn; more are refused.
        queue: usize = 64; 0..=100_000,
    }
}

impl Recognition {
    /// Whether anything understands speech.
    pub(crate) fn is_set(&self) -> bool {
        self.url.is_some() || self.file.is_some()
    }

    /// The engines, in the order they are asked, with the `key` of the service. A model file is read now.
    pub(crate) fn ears(&self, key: Option<Secret>) -> anyhow::Result<Ears> {
        let mut engines: Vec<Box<dyn Recognizer>> = Vec::new();
        if let Some(url) = &self.url {
            let settings = TranscriptionsSettings {
                key,
                model: self.model.clone(),
                languages: self.languages.clone(),
                timeout: self.timeout,
                ..TranscriptionsSettings::new(url.as_str())
            };
            engines.push(Box::new(Transcriptions::new(settings)?));
        }
        if let Some(file) = &self.file {
            engines.push(whisper(file)?);
        }
        let limits = EarLimits { at_once: self.at_once, queue: self.queue, ..EarLimits::default() };
        Ok(Ears::new(engines, limits))
    }
}

#[cfg(feature = "whisper")]
fn whisper(file: &std::path::Path) -> anyhow::Result<Box<dyn Recognizer>> {
    Ok(Box::new(speech::Whisper::open(file)?))
}

#[cfg(not(feature = "whisper"))]
fn whisper(file: &std::path::Path) -> anyhow::Result<Box<dyn Recognizer>> {
    anyhow::bail!(
        "recognition.file is {}, but this build has no whisper.cpp: build it with --features whisper, or set \
         recognition.url",
        file.display()
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::cli::Globals;
    use crate::config::Config;

    /// The names of the engines of this `[recognition]`, or why there are none.
    fn names(recognition: &str, variables: &[(&str, &str)]) -> Result<Vec<String>, String> {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let file = folder.path().join("alo.toml");
        std::fs::write(&file, format!("[recognition]\n{recognition}")).expect("it can be written");
        let globals = Globals { data: Some(folder.path().to_owned()), ..Globals::default() };
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let variables: BTreeMap<String, String> = variables.iter().map(own).collect();
        let config = Config::load_in(&globals, variables).map_err(|error| error.to_string())?;
        let ears = config.ears().map_err(|error| error.to_string())?;
        Ok(ears.engines().map(|engine| engine.name().to_owned()).collect())
    }

    #[test]
    fn nothing_recognises_until_it_is_set() {
        assert_eq!(names("", &[]), Ok(Vec::new()));
    }

    #[test]
    fn a_service_is_named_in_the_file_or_the_environment() {
        let service = Ok(vec!["recognition server asr.example.com".to_owned()]);
        assert_eq!(names("url = \"http://asr.example.com/v1\"", &[]), service);
        let variables =
            [("ALO_RECOGNITION_URL", "https://asr.example.com"), ("ALO_RECOGNITION_KEY", "k3y")];
        assert_eq!(names("", &variables), service);
    }

    #[test]
    fn a_key_that_is_not_there_says_so() {
        let error = names("url = \"http://x/v1\"\nkey = \"env:NOWHERE\"", &[]);
        let error = error.expect_err("there is no such variable");
        assert!(error.contains("NOWHERE"), "{error}");
    }

    #[cfg(not(feature = "whisper"))]
    #[test]
    fn a_model_file_needs_a_build_that_reads_it() {
        let error = names("file = \"/models/ggml-base.bin\"", &[]).expect_err("nothing reads it");
        assert!(error.starts_with("recognition.file is /models/ggml-base.bin, but"), "{error}");
    }
}

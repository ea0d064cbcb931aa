//! What a neural voice says of an utterance: stretches in one style, as phonemes.
//!
//! Running text becomes phonemes by espeak-ng, `<phoneme>` is taken as it stands, and of `<say-as>` what needs no language:
//! characters, digits and telephone numbers one by one. The rest is read as running text, in the voice's language.

use reading::{Format, How, Part, Script, Style};

use crate::phonemes::{Phonemes, PhonemesError, clauses};
use crate::{Speech, Utterance};

/// A stretch in one style.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stretch {
    /// How it sounds.
    pub(crate) style: Style,
    /// What is said, in order.
    pub(crate) spans: Vec<Span>,
}

/// Part of a stretch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Span {
    /// Running text.
    Text(String),
    /// Phonemes that the text gave itself.
    Ipa(String),
}

/// The stretches of `utterance`.
pub(crate) fn stretches(utterance: &Utterance) -> Vec<Stretch> {
    let script = Script::read(&utterance.text, utterance.ssml.as_deref());
    let mut stretches: Vec<Stretch> = Vec::new();
    for part in script.parts {
        // Silence and paragraphs are kept to by whoever asks piece by piece.
        let Part::Text { text, how, style, .. } = part else { continue };
        let span = match how {
            How::Plain => Span::Text(text),
            How::As(format) => Span::Text(written_out(&format, &text)),
            How::Ipa(phonemes) => Span::Ipa(phonemes),
        };
        match stretches.last_mut() {
            Some(last) if last.style == style => last.add(span),
            Some(_) | None => stretches.push(Stretch { style, spans: vec![span] }),
        }
    }
    stretches
}

impl Stretch {
    fn add(&mut self, span: Span) {
        match (self.spans.last_mut(), span) {
            (Some(Span::Text(before)), Span::Text(text)) => before.push_str(&text),
            (_, span) => self.spans.push(span),
        }
    }

    /// As running text alone, for a voice that was taught with letters.
    pub(crate) fn text(&self) -> String {
        let texts = self.spans.iter().map(|span| match span {
            Span::Text(text) | Span::Ipa(text) => text.as_str(),
        });
        texts.collect()
    }

    /// As phonemes and marks, by espeak-ng in its `language`.
    pub(crate) async fn phonemes(
        &self,
        by: &Phonemes,
        language: &str,
    ) -> Result<String, PhonemesError> {
        let mut phonemes = String::new();
        for span in &self.spans {
            match span {
                Span::Ipa(ipa) => append(&mut phonemes, ipa),
                Span::Text(text) => {
                    let found = clauses(text);
                    if found.is_empty() {
                        phonemes.push_str(text.trim());
                    }
                    for clause in found {
                        append(&mut phonemes, &by.of(language, clause.text).await?);
                        phonemes.extend(clause.mark);
                    }
                }
            }
        }
        Ok(phonemes)
    }
}

fn append(phonemes: &mut String, more: &str) {
    if !phonemes.is_empty() && !more.is_empty() {
        phonemes.push(' ');
    }
    phonemes.push_str(more);
}

/// What `<say-as>` asks for, where it is the same in every language.
fn written_out(format: &Format, text: &str) -> String {
    match format {
        Format::Characters => apart(text.chars()),
        Format::Digits => apart(text.chars().filter(|letter| letter.is_alphanumeric())),
        Format::Telephone => {
            let groups = text.split(|letter: char| !letter.is_alphanumeric() && letter != '+');
            let groups = groups.filter(|group| !group.is_empty());
            groups.map(|group| apart(group.chars())).collect::<Vec<_>>().join(", ")
        }
        Format::Expletive => String::new(),
        Format::Cardinal
        | Format::Ordinal
        | Format::Date(_)
        | Format::Time
        | Format::Currency
        | Format::Fraction
        | Format::Unit
        | Format::Address => text.to_owned(),
    }
}

fn apart(letters: impl Iterator<Item = char>) -> String {
    let letters = letters.filter(|letter| !letter.is_whitespace());
    letters.map(String::from).collect::<Vec<_>>().join(" ")
}

/// A stretch at the telephone's level, then as loud as its style wants it, without clipping.
pub(crate) fn at_volume(speech: Speech, style: Style) -> Speech {
    let mut speech = crate::level::level(crate::level::trimmed(speech));
    let peak = speech.samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0);
    let most = f32::from(i16::MAX) / f32::from(peak.max(1));
    let gain = style.volume.min(most.max(1.0));
    for sample in &mut speech.samples {
        // A cast from float saturates, and turns NaN into 0.
        *sample = (f32::from(*sample) * gain).round() as i16;
    }
    speech
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(ssml: &str) -> Vec<Stretch> {
        let (ssml, language) = (Some(ssml.to_owned()), "en-US".to_owned());
        stretches(&Utterance { text: String::new(), ssml, voice: None, language })
    }

    #[test]
    fn a_change_of_style_begins_a_stretch_and_nothing_else_does() {
        let stretches =
            read("Press <sub alias=\"one\">1</sub> <prosody rate=\"200%\">now</prosody>.");
        let texts: Vec<_> = stretches.iter().map(|it| (it.text(), it.style.rate)).collect();
        assert_eq!(texts.len(), 3, "{texts:?}");
        assert_eq!((texts[0].0.trim(), texts[1].0.as_str()), ("Press one", "now"));
        assert!(texts[1].1 > texts[0].1, "{texts:?}");
    }

    #[test]
    fn digits_and_telephone_numbers_are_told_apart() {
        let text = |ssml: &str| read(ssml)[0].text();
        assert_eq!(text("<say-as interpret-as=\"digits\">4711</say-as>"), "4 7 1 1");
        assert_eq!(text("<say-as interpret-as=\"characters\">AB1</say-as>"), "A B 1");
        let number = "<say-as interpret-as=\"telephone\">555-0100</say-as>";
        assert_eq!(text(number), "5 5 5, 0 1 0 0");
    }

    #[test]
    fn a_loud_style_is_louder_and_nothing_is_clipped() {
        let tone = |at: i32| (f64::from(at) / 5.0).sin() * 9_000.0;
        let samples: Vec<i16> = (0..16_000).map(|at| tone(at) as i16).collect();
        let speech = Speech { rate: 16_000, samples };
        let peak = |volume| {
            let style = Style { volume, ..Style::default() };
            let speech = at_volume(speech.clone(), style);
            speech.samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0)
        };
        assert!(peak(2.0) > peak(1.0) && peak(0.5) < peak(1.0));
        assert_eq!(peak(0.0), 0);
        assert!(peak(4.0) <= 32_767);
    }
}

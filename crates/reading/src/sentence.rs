//! A script, sentence by sentence, as a voice takes it.
//!
//! Neighbouring parts of one style are one breath, so that the voice hears whole sentences; a sentence in two styles is two
//! breaths with nothing between them. Nothing here knows how a word sounds.

mod abbreviations;
mod bounds;
mod portions;
mod run;

use std::collections::VecDeque;
use std::time::Duration;

use crate::pronunciation::{Pronunciation, Unknown};
use crate::script::{How, Part, Script, Style};

pub use bounds::sentences;
use run::{After, Run, Segment, Sentence};

/// Silence between two sentences.
const SENTENCE_PAUSE: Duration = Duration::from_millis(250);

/// Silence within a sentence, where a breath ends at a comma or the like; at the edges of both breaths, the voice leaves
/// some 100 ms already.
const COMMA_PAUSE: Duration = Duration::from_millis(100);

/// Silence between two paragraphs.
const PARAGRAPH_PAUSE: Duration = Duration::from_millis(600);

/// Silence in place of what is not to be said (`expletive`).
const EXPLETIVE_PAUSE: Duration = Duration::from_millis(300);

/// So many phonemes, at most, are in the first breath of all if its sentence is longer and has a comma in time: some ten
/// seconds of speech, which are made in a quarter of one.
const EARLY: usize = 160;

/// What a voice makes at once.
#[derive(Clone, Debug, PartialEq)]
pub enum Breath {
    /// Silence.
    Silence(Duration),
    /// Phonemes, at most [`Reading::LONGEST`] of them.
    Speech {
        /// Of the voice's alphabet.
        phonemes: String,
        /// How they sound.
        style: Style,
    },
    /// Text in another language (`<lang>`): another engine's, or left out.
    Foreign {
        /// The characters.
        text: String,
        /// BCP 47 tag.
        language: String,
        /// How it sounds.
        style: Style,
    },
}

/// Reads a script in English, a breath at a time: nothing of the second sentence is looked at before the first was taken.
pub struct Reading<'u> {
    parts: VecDeque<Part>,
    pronunciation: Pronunciation<'u>,
    /// English parts that follow each other, of which sentences are taken.
    run: Run,
    /// Breaths of the last sentence that weren't taken yet.
    ready: VecDeque<Breath>,
    last: Last,
    /// Something was said already.
    has_begun: bool,
}

/// What was given last, and so whether a pause may follow.
#[derive(Clone, Copy)]
enum Last {
    /// Nothing, or a break, which is as long as it says.
    Silence,
    /// Words; before the next there is this pause.
    Words(Duration),
}

impl<'u> Reading<'u> {
    /// Most phonemes in one breath; longer sentences are parted at their commas, else between words.
    pub const LONGEST: usize = 400;

    /// Reads `script` aloud.
    pub fn new(script: Script, unknown: Option<&'u dyn Unknown>) -> Reading<'u> {
        Reading {
            parts: script.parts.into(),
            pronunciation: Pronunciation::american(unknown),
            run: Run::default(),
            ready: VecDeque::new(),
            last: Last::Silence,
            has_begun: false,
        }
    }

    /// Makes the next part ready, or makes it the run with all that can be read with it.
    fn part(&mut self, part: Part) {
        match part {
            Part::Break(pause) => {
                if !pause.is_zero() {
                    self.ready.push_back(Breath::Silence(pause));
                }
                self.last = Last::Silence;
            }
            Part::End => self.rest(SENTENCE_PAUSE),
            Part::Paragraph => self.rest(PARAGRAPH_PAUSE),
            Part::Text { text, how: _, style, language: Some(language) }
                if is_foreign(&language) =>
            {
                if text.trim().is_empty() {
                    return;
                }
                let ended = bounds::is_ended(&text);
                self.say(Breath::Foreign { text: text.trim().to_owned(), language, style });
                if ended {
                    self.rest(SENTENCE_PAUSE);
                }
            }
            Part::Text { text, how, style, language: _ } => {
                self.run = Run::default();
                self.run.push(text, how, style);
                while let Some(Part::Text { language, .. }) = self.parts.front()
                    && !language.as_deref().is_some_and(is_foreign)
                    && let Some(Part::Text { text, how, style, .. }) = self.parts.pop_front()
                {
                    self.run.push(text, how, style);
                }
            }
        }
    }

    fn sentence(&mut self, sentence: Sentence) {
        for segment in sentence.segments {
            match segment {
                Segment::Pause => {
                    self.ready.push_back(Breath::Silence(EXPLETIVE_PAUSE));
                    self.last = Last::Silence;
                }
                Segment::Words { tokens, style } => {
                    let phonemes = self.pronunciation.phonemes(&tokens);
                    self.speech(&phonemes, style);
                }
            }
        }
        match sentence.after {
            After::Nothing => {}
            After::Sentence => self.rest(SENTENCE_PAUSE),
            After::Paragraph => self.rest(PARAGRAPH_PAUSE),
        }
    }

    fn speech(&mut self, phonemes: &str, style: Style) {
        let mut rest = phonemes;
        if !self.has_begun
            && let Some((first, others)) = portions::early(phonemes, EARLY)
        {
            self.breath(first, style);
            rest = others;
        }
        for portion in portions::portions(rest, Self::LONGEST) {
            self.breath(portion, style);
        }
    }

    fn breath(&mut self, phonemes: &str, style: Style) {
        self.say(Breath::Speech { phonemes: phonemes.to_owned(), style });
        match phonemes.trim_end_matches(['”', ')']).chars().next_back() {
            Some('.' | '!' | '?' | '…') => self.rest(SENTENCE_PAUSE),
            Some(',' | ';' | ':' | '—') => self.rest(COMMA_PAUSE),
            Some(_) | None => {}
        }
    }

    /// Gives `breath` after the pause that is due.
    fn say(&mut self, breath: Breath) {
        if let Last::Words(pause) = self.last
            && !pause.is_zero()
        {
            self.ready.push_back(Breath::Silence(pause));
        }
        self.ready.push_back(breath);
        self.last = Last::Words(Duration::ZERO);
        self.has_begun = true;
    }

    /// Before the next words there is a pause, unless there was a break already.
    fn rest(&mut self, pause: Duration) {
        if let Last::Words(due) = &mut self.last {
            *due = pause.max(*due);
        }
    }
}

impl Iterator for Reading<'_> {
    type Item = Breath;

    fn next(&mut self) -> Option<Breath> {
        loop {
            if let Some(breath) = self.ready.pop_front() {
                return Some(breath);
            }
            if let Some(sentence) = self.run.sentence() {
                self.sentence(sentence);
            } else {
                let part = self.parts.pop_front()?;
                self.part(part);
            }
        }
    }
}

/// Whether this reader doesn't read `language`: all but English.
fn is_foreign(language: &str) -> bool {
    let primary = language.split(['-', '_']).next().unwrap_or_default();
    !primary.eq_ignore_ascii_case("en")
}

#[cfg(test)]
mod tests;

//! `<Say>` with its SSML, `<Play>` and `<Pause>`: as verbs, as prompts of a `<Gather>` and as what is heard while a
//! `<Dial>` rings.

use std::fmt::Write as _;
use std::time::Duration;

use crate::document::Placed;
use crate::verb::{GatherPrompt, LOOP_LIMIT, Play, PlaySource, Say};

use super::grammar::{self, SSML};
use super::reading::{Reading, own_text};
use super::tree::{Element, Node, is_space, short};
use super::{SAY_LIMIT, SCHEMA, suggest};

/// Longest `<Pause>`, in seconds: the longest call.
const PAUSE_LIMIT: u32 = 14_400;

/// What a `<Pause>` without `length` waits.
const PAUSE: Duration = Duration::from_secs(1);

/// White space that [`collapse`] knows: XML's, not Unicode's.
pub(super) const SPACE: [char; 4] = [' ', '\t', '\n', '\r'];

/// Twilio's codes for a `<Say>`, which differ in a `<Gather>`.
#[derive(Clone, Copy)]
pub(super) struct SayCodes {
    times: u32,
}

/// For the verb, and in a `<Dial>`.
pub(super) const SAY_CODES: SayCodes = SayCodes { times: 13510 };

/// For the prompt in a `<Gather>`.
pub(super) const GATHER_SAY_CODES: SayCodes = SayCodes { times: 13322 };

/// Reads one of [`grammar::PROMPTS`] inside of another verb; what has nothing to say or to play is skipped.
pub(super) fn prompt(
    reading: &mut Reading<'_>,
    element: &Element<'_>,
    codes: SayCodes,
) -> Option<Placed<GatherPrompt>> {
    let item = match element.name {
        "Say" => GatherPrompt::Say(say(reading, element, codes)?),
        "Play" => GatherPrompt::Play(play(reading, element)?),
        _ => GatherPrompt::Pause(pause(reading, element)),
    };
    Some(Placed { position: reading.place(element.at), item })
}

/// Reads a `<Say>`; one without a word is skipped.
pub(super) fn say(
    reading: &mut Reading<'_>,
    element: &Element<'_>,
    codes: SayCodes,
) -> Option<Say> {
    reading.check_attributes(element, &grammar::SAY);
    let times = times(reading, element, codes.times);
    let mut spoken = Spoken::default();
    spoken.walk(reading, element);
    let mut text = collapse(&spoken.text);
    let mut ssml = spoken.tagged.then(|| spoken.ssml.trim_matches(SPACE).to_owned());
    if text.is_empty() && ssml.is_none() {
        let message = "<Say> has no text; it is skipped".to_owned();
        reading.warn(element.at, 13520, message, None);
        return None;
    }
    if let Some((end, _)) = text.char_indices().nth(SAY_LIMIT) {
        let message = format!(
            "the text of <Say> has {} characters; only the first {SAY_LIMIT} are spoken",
            text.chars().count()
        );
        reading.warn(element.at, 13521, message, Some("write several <Say>".to_owned()));
        text = text[..end].trim_end_matches(SPACE).to_owned();
        ssml = None;
    }
    let voice = element.word("voice").map(str::to_owned);
    let language = language(reading, element);
    Some(Say { text, ssml, voice, language, times })
}

/// A BCP 47 tag. What is none is kept, since speech in another language would be worse than none.
fn language(reading: &mut Reading<'_>, element: &Element<'_>) -> Option<String> {
    let attribute = element.attribute("language")?;
    let word = element.word("language")?;
    let tag = word.replace('_', "-");
    let mut parts = tag.split('-');
    let is_letters = |part: &str| part.chars().all(|letter| letter.is_ascii_alphabetic());
    let primary = parts.next().is_some_and(|part| is_letters(part) && matches!(part.len(), 2 | 3));
    let others = parts.all(|part| {
        matches!(part.len(), 1..=8) && part.chars().all(|letter| letter.is_ascii_alphanumeric())
    });
    if !primary || !others || tag != word {
        let message = format!("language=\"{}\" of <Say> is not a tag of a language", short(word));
        let mend = if tag == word { "en-US" } else { &tag };
        reading.warn(attribute.at, SCHEMA, message, Some(format!("write {}", short(mend))));
    }
    Some(tag)
}

/// Reads a `<Play>`; one with nothing to play is skipped.
pub(super) fn play(reading: &mut Reading<'_>, element: &Element<'_>) -> Option<Play> {
    reading.check_attributes(element, &grammar::PLAY);
    reading.warn_children(element, SCHEMA, |_| false);
    let times = times(reading, element, 13410);
    let digits = digits(reading, element, "digits", SCHEMA);
    let source = match (own_text(element), digits) {
        (Some((url, _)), None) => PlaySource::Url(url),
        (None, Some(digits)) => PlaySource::Digits(digits),
        (Some((url, at)), Some(_)) => {
            let message = "<Play> has a URL and digits; the digits are skipped".to_owned();
            reading.warn(at, SCHEMA, message, Some("write two <Play>".to_owned()));
            PlaySource::Url(url)
        }
        (None, None) => {
            let message = "<Play> has neither a URL nor digits; it is skipped".to_owned();
            let mend = Some("write <Play>https://…</Play>".to_owned());
            reading.warn(element.at, SCHEMA, message, mend);
            return None;
        }
    };
    Some(Play { source, times })
}

/// Reads a `<Pause>`.
pub(super) fn pause(reading: &mut Reading<'_>, element: &Element<'_>) -> Duration {
    reading.check_attributes(element, &grammar::PAUSE);
    reading.warn_children(element, SCHEMA, |_| false);
    reading.seconds(element, "length", 0..=PAUSE_LIMIT, 13910).unwrap_or(PAUSE)
}

/// Keys to send: `0-9*#`, `w` and `W` for waiting. Others are left out with a warning.
pub(super) fn digits(
    reading: &mut Reading<'_>,
    element: &Element<'_>,
    name: &str,
    code: u32,
) -> Option<String> {
    let attribute = element.attribute(name)?;
    let is_key = |key: &char| matches!(key, '0'..='9' | '*' | '#' | 'w' | 'W');
    let keys: String = attribute.value.chars().filter(is_key).collect();
    let stray = attribute.value.chars().find(|key| !is_key(key) && !is_space(*key));
    if let Some(stray) = stray {
        let message = format!("'{stray}' in {name} of <{}> is not a key", element.name);
        let mend = Some("write 0 to 9, *, #, w and W".to_owned());
        reading.warn(attribute.at, code, message, mend);
    }
    (!keys.is_empty()).then_some(keys)
}

/// How often; `None` is endless.
fn times(reading: &mut Reading<'_>, element: &Element<'_>, code: u32) -> Option<u32> {
    if let Some(attribute) = element.attribute("loop").filter(|loops| loops.value.contains('-')) {
        // Zero is endless, so less than zero must not be read as zero.
        let value = short(&attribute.value);
        let message = format!("loop=\"{value}\" of <{}> is not a number; 1 is taken", element.name);
        reading.warn(attribute.at, code, message, Some(format!("write 0 to {LOOP_LIMIT}")));
        return Some(1);
    }
    match reading.number(element, "loop", 0..=LOOP_LIMIT, code) {
        None => Some(1),
        Some(0) => None,
        Some(times) => Some(times),
    }
}

/// Runs of white space as one space, none at the ends.
pub(super) fn collapse(text: &str) -> String {
    text.split(SPACE).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What a `<Say>` comes to, plain and as SSML.
#[derive(Default)]
struct Spoken {
    text: String,
    ssml: String,
    tagged: bool,
}

impl Spoken {
    fn walk(&mut self, reading: &mut Reading<'_>, parent: &Element<'_>) {
        for node in &parent.children {
            match node {
                Node::Text { text, .. } => self.words(text),
                Node::Element(element) => self.element(reading, element),
            }
        }
    }

    fn words(&mut self, text: &str) {
        self.text.push_str(text);
        for character in text.chars() {
            match character {
                '<' => self.ssml.push_str("&lt;"),
                '>' => self.ssml.push_str("&gt;"),
                '&' => self.ssml.push_str("&amp;"),
                _ if !is_space(character) => self.ssml.push(character),
                _ if self.ssml.ends_with(' ') => {}
                _ => self.ssml.push(' '),
            }
        }
    }

    fn element(&mut self, reading: &mut Reading<'_>, element: &Element<'_>) {
        let Some(grammar) = SSML.iter().find(|known| known.name == element.name) else {
            if element.name != "speak" {
                let message =
                    format!("<{}> in <Say> is not known; its text is spoken", short(element.name));
                let mend = reading.mend(|| suggest::element(element.name, grammar::SSML_NAMES));
                reading.warn(element.at, SCHEMA, message, mend);
            }
            self.walk(reading, element);
            return;
        };
        reading.check_attributes(element, grammar);
        self.tagged = true;
        self.ssml.push('<');
        self.ssml.push_str(grammar.name);
        for known in grammar.understood {
            if let Some(attribute) = element.attribute(known) {
                let value = quick_xml::escape::escape(collapse(&attribute.value)).into_owned();
                let _ = write!(self.ssml, " {known}=\"{value}\"");
            }
        }
        if element.children.is_empty() {
            self.ssml.push_str("/>");
        } else {
            self.ssml.push('>');
        }
        self.plain(reading, element, grammar.name);
        if !element.children.is_empty() {
            let _ = write!(self.ssml, "</{}>", grammar.name);
        }
    }

    /// The words of `element`: an alias instead of what it stands for, space around what stands apart.
    fn plain(&mut self, reading: &mut Reading<'_>, element: &Element<'_>, name: &str) {
        let begin = self.text.len();
        if matches!(name, "break" | "p" | "s") {
            self.text.push(' ');
        }
        self.walk(reading, element);
        if matches!(name, "p" | "s") {
            self.text.push(' ');
        }
        if let Some(alias) = element.word("alias").filter(|_| name == "sub") {
            self.text.truncate(begin);
            self.text.push_str(alias);
        }
    }
}

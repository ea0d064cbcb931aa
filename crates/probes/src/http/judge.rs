//! What an answer must be: its status, its size, its body, its time.

use std::time::Duration;

use hyper::StatusCode;
use hyper::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use model::watch::{BodyRule, Comparison, HttpProbe, StatusRange};
use regex::Regex;
use serde_json::Value;

use crate::Probes;
use crate::http::exchange::Answer;
use crate::http::json_path::JsonPath;
use crate::progress::{Down, Progress, Stage, Verdict};
use crate::words;

/// Right where a check names none.
const RIGHT: StatusRange = StatusRange { from: 200, to: 299 };

/// Whether the check names this status as right.
pub(super) fn is_named(probe: &HttpProbe, status: StatusCode) -> bool {
    probe.statuses.iter().any(|range| holds(*range, status))
}

fn holds(range: StatusRange, status: StatusCode) -> bool {
    (range.from..=range.to).contains(&status.as_u16())
}

/// What an answer must be.
pub(super) struct Demands<'a> {
    statuses: &'a [StatusRange],
    rules: Vec<Demand<'a>>,
    slower_than: Option<Duration>,
    largest: Option<usize>,
    /// How far a body is read for the rules.
    most_body: usize,
}

enum Demand<'a> {
    Keyword(&'a str),
    NotKeyword(&'a str),
    Matches(Regex),
    Json { path: JsonPath, is: Comparison, value: &'a str },
}

/// A body as far as it was read.
struct Read {
    bytes: Vec<u8>,
    whole: bool,
}

impl<'a> Demands<'a> {
    /// Reads patterns and paths.
    pub(super) fn new(probes: &Probes, probe: &'a HttpProbe) -> Result<Demands<'a>, Down> {
        let rules = probe.rules.iter().map(|rule| {
            Ok(match rule {
                BodyRule::Keyword(word) => Demand::Keyword(word),
                BodyRule::NotKeyword(word) => Demand::NotKeyword(word),
                BodyRule::Matches(pattern) => Demand::Matches(probes.patterns.regex(pattern)?),
                BodyRule::Json { path, is, value } => {
                    let path = path.parse();
                    let path = path.map_err(|error| Down::new(format!("{error}")))?;
                    Demand::Json { path, is: *is, value }
                }
            })
        });
        Ok(Demands {
            statuses: &probe.statuses,
            rules: rules.collect::<Result<_, Down>>()?,
            slower_than: probe.slower_than_ms.map(|ms| Duration::from_millis(ms.into())),
            largest: probe.largest_bytes.map(|bytes| bytes as usize),
            most_body: probes.most_body,
        })
    }

    /// Judges the answer; reads no more of its body than is needed for that.
    pub(super) async fn judge(&self, mut answer: Answer, progress: &Progress) -> Verdict {
        self.status(answer.status())?;
        if let Some(coding) = answer.headers().get(CONTENT_ENCODING)
            && coding != "identity"
            && !self.rules.is_empty()
        {
            let coding = words::quote_bytes(coding.as_bytes());
            return Err(Down::new(format!(
                "the body is encoded as {coding}, which was not asked for and can't be read"
            )));
        }
        let read = self.read(&mut answer, progress).await?;
        let text = String::from_utf8_lossy(&read.bytes);
        for rule in &self.rules {
            rule.judge(&text, &read)?;
        }
        self.speed(progress.elapsed())
    }

    fn status(&self, status: StatusCode) -> Verdict {
        let statuses = if self.statuses.is_empty() { &[RIGHT] } else { self.statuses };
        if statuses.iter().any(|range| holds(*range, status)) {
            return Ok(());
        }
        let expected: Vec<String> = statuses.iter().map(|range| String::from(*range)).collect();
        let known = status.canonical_reason().map(|word| format!(" ({word})")).unwrap_or_default();
        let status = status.as_u16();
        Err(Down::new(format!("status {status}{known} instead of {}", expected.join(", "))))
    }

    fn speed(&self, took: Duration) -> Verdict {
        match self.slower_than {
            Some(most) if took > most => {
                let (took, most) = (words::duration(took), words::duration(most));
                Err(Down::new(format!("the answer took {took}, and {most} at most is right")))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Reads as far as the rules and the size need.
    async fn read(&self, answer: &mut Answer, progress: &Progress) -> Result<Read, Down> {
        let mut read = Read { bytes: Vec::new(), whole: true };
        if self.rules.is_empty() && self.largest.is_none() {
            return Ok(read);
        }
        self.told_length(answer)?;
        let kept = if self.rules.is_empty() { 0 } else { self.most_body };
        let mut wanted = self.wanted();
        let mut came: usize = 0;
        while wanted.as_ref().is_none_or(|words| !words.is_empty()) {
            progress.enter(Stage::Reading { place: answer.place.clone(), bytes: came });
            let Some(piece) = answer.piece().await? else { break };
            came = came.saturating_add(piece.len());
            if let Some(largest) = self.largest.filter(|largest| came > *largest) {
                return Err(too_large(largest));
            }
            let before = read.bytes.len();
            let room = kept.saturating_sub(before);
            read.bytes.extend_from_slice(&piece[..piece.len().min(room)]);
            read.whole = came <= kept;
            if self.largest.is_none() && !read.whole {
                break;
            }
            if let Some(words) = &mut wanted {
                words.retain(|word| !is_new(&read.bytes, before, word));
            }
        }
        Ok(read)
    }

    /// Where nothing but keywords decides: those. The body needn't be read beyond the last of them.
    fn wanted(&self) -> Option<Vec<&'a str>> {
        let words = self.rules.iter().map(|rule| match rule {
            Demand::Keyword(word) => Some(*word),
            Demand::NotKeyword(_) | Demand::Matches(_) | Demand::Json { .. } => None,
        });
        words.collect::<Option<Vec<_>>>().filter(|_| self.largest.is_none())
    }

    /// A body that says itself that it is too long needn't be read.
    fn told_length(&self, answer: &Answer) -> Verdict {
        let told = answer.headers().get(CONTENT_LENGTH);
        let told = told.and_then(|told| told.to_str().ok()?.parse::<u64>().ok());
        match (self.largest, told) {
            (Some(largest), Some(told)) if told > largest as u64 => Err(too_large(largest)),
            (Some(_) | None, Some(_) | None) => Ok(()),
        }
    }
}

/// Whether a word stands where something was added behind `before`.
fn is_new(bytes: &[u8], before: usize, word: &str) -> bool {
    String::from_utf8_lossy(&bytes[before.saturating_sub(word.len())..]).contains(word)
}

fn too_large(largest: usize) -> Down {
    let largest = words::count(largest);
    Down::new(format!("the body is longer than {largest} bytes"))
}

impl Demand<'_> {
    fn judge(&self, text: &str, read: &Read) -> Verdict {
        let (place, not, is) = if read.whole {
            ("the body".to_owned(), "does not", "is")
        } else {
            let first = words::count(read.bytes.len());
            (format!("the body's first {first} bytes"), "do not", "are")
        };
        let (wrong, said) = match self {
            Demand::Keyword(word) => (
                !text.contains(word),
                format!("{place} should contain {} and {not}", words::quote(word)),
            ),
            Demand::NotKeyword(word) => (
                text.contains(word),
                format!("{} stands in the body and should not", words::quote(word)),
            ),
            Demand::Matches(pattern) => (
                !pattern.is_match(text),
                format!("{place} should match {} and {not}", words::quote(pattern.as_str())),
            ),
            Demand::Json { path, is: comparison, value } => {
                let document: Value = serde_json::from_slice(&read.bytes).map_err(|error| {
                    let (line, column) = (error.line(), error.column());
                    Down::new(format!("{place} {is} not JSON (line {line}, column {column})"))
                })?;
                return compare(path, path.find(&document), *comparison, value);
            }
        };
        if wrong { Err(Down::new(said)) } else { Ok(()) }
    }
}

fn compare(path: &JsonPath, found: Option<&Value>, is: Comparison, value: &str) -> Verdict {
    let shown = words::plain(&path.to_string());
    let place = if shown.is_empty() { "the JSON document".to_owned() } else { shown };
    let Some(found) = found else {
        return Err(Down::new(format!("the JSON answer has no {place}")));
    };
    let text = text_of(found);
    let (came, expected) = (words::quote(&text), words::quote(value));
    let numbers = number(&text).zip(number(value));
    let same = match (found, numbers) {
        (Value::Number(_), Some((came, expected))) => came.same(expected),
        _ => text == value,
    };
    let ordered = |holds: fn(std::cmp::Ordering) -> bool, word: &str| match numbers {
        Some((came, expected)) if came.order(expected).is_some_and(holds) => Ok(()),
        Some(_) => Err(Down::new(format!("{place} is {came} and should be {word} {expected}"))),
        None => Err(Down::new(format!(
            "{place} is {came}, which is no number, and should be {word} {expected}"
        ))),
    };
    match is {
        Comparison::Equal if same => Ok(()),
        Comparison::Equal => Err(Down::new(format!("{place} is {came} instead of {expected}"))),
        Comparison::NotEqual if same => {
            Err(Down::new(format!("{place} is {came}, which it should not be")))
        }
        Comparison::NotEqual => Ok(()),
        Comparison::Less => ordered(std::cmp::Ordering::is_lt, "less than"),
        Comparison::AtMost => ordered(std::cmp::Ordering::is_le, "at most"),
        Comparison::Greater => ordered(std::cmp::Ordering::is_gt, "greater than"),
        Comparison::AtLeast => ordered(std::cmp::Ordering::is_ge, "at least"),
    }
}

/// Strings as they are, everything else as JSON writes it.
fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A number of JSON or of a check: whole where it can be, so that long identifiers compare exactly.
#[derive(Clone, Copy)]
enum Number {
    Whole(i128),
    Broken(f64),
}

fn number(text: &str) -> Option<Number> {
    let text = text.trim();
    if let Ok(whole) = text.parse() {
        return Some(Number::Whole(whole));
    }
    text.parse().ok().filter(|broken: &f64| broken.is_finite()).map(Number::Broken)
}

impl Number {
    fn order(self, other: Number) -> Option<std::cmp::Ordering> {
        match (self, other) {
            (Number::Whole(a), Number::Whole(b)) => Some(a.cmp(&b)),
            (Number::Whole(_) | Number::Broken(_), Number::Whole(_) | Number::Broken(_)) => {
                self.broken().partial_cmp(&other.broken())
            }
        }
    }

    fn same(self, other: Number) -> bool {
        self.order(other).is_some_and(std::cmp::Ordering::is_eq)
    }

    fn broken(self) -> f64 {
        match self {
            Number::Whole(whole) => whole as f64,
            Number::Broken(broken) => broken,
        }
    }
}

//! What the attributes of SSML mean: times, speeds, pitches, loudness, formats.
//!
//! SSML 1.1 §3.2.3 (break), §3.2.4 (prosody), §3.1.10 (say-as); percentages, decibels and semitones as Amazon Polly and
//! Google read them, which is what an application for Twilio was tried with. `None` is a value that says nothing: it is
//! ignored.

use std::time::Duration;

use super::{Format, Style};

/// Longest single break (Twilio's and Amazon's limit).
pub(super) const BREAK_LIMIT: Duration = Duration::from_secs(10);

/// What a pitch in hertz is compared with: about that of the embedded voice, a woman's.
const VOICE_PITCH_HZ: f32 = 200.0;

/// `time` of a `<break>`: `500ms`, `2s`, `1.5s`; longer than 10 s is 10 s.
pub(super) fn time(value: &str) -> Option<Duration> {
    let value = value.trim().to_ascii_lowercase();
    let milliseconds = match value.strip_suffix("ms") {
        Some(number_of) => number(number_of)?,
        None => number(value.strip_suffix('s')?)? * 1000.0,
    };
    let limit = BREAK_LIMIT.as_millis() as f32;
    (milliseconds >= 0.0).then(|| Duration::from_millis(milliseconds.min(limit).round() as u64))
}

/// `strength` of a `<break>`; SSML leaves the times to the engine.
pub(super) fn strength(value: &str) -> Option<Duration> {
    let milliseconds = match value.trim().to_ascii_lowercase().as_str() {
        "none" => 0,
        "x-weak" => 100,
        "weak" => 200,
        "medium" => 400,
        "strong" => 700,
        "x-strong" => 1200,
        _ => return None,
    };
    Some(Duration::from_millis(milliseconds))
}

/// `rate` of a `<prosody>` as a factor: a name, `90%` (of the voice's own), `+10%`, `-10%`, `1.2`.
pub(super) fn rate(value: &str) -> Option<f32> {
    let value = value.trim().to_ascii_lowercase();
    match value.as_str() {
        "x-slow" => Some(0.5),
        "slow" => Some(0.75),
        "medium" | "default" => Some(1.0),
        "fast" => Some(1.25),
        "x-fast" => Some(1.6),
        _ => match value.strip_suffix('%') {
            Some(percent) if is_signed(percent) => Some(1.0 + number(percent)? / 100.0),
            Some(percent) => Some(number(percent)? / 100.0),
            None if is_signed(&value) => Some(1.0 + number(&value)?),
            None => number(&value),
        },
    }
}

/// `pitch` of a `<prosody>` as a factor: a name, `+10%`, `-2st`, `+20Hz`, `180Hz`. A percentage without a sign is a rise
/// below 50 (`15%`) and a share of the voice's own pitch from there (`90%`): engines differ, and so nobody is far off.
pub(super) fn pitch(value: &str) -> Option<f32> {
    let value = value.trim().to_ascii_lowercase();
    match value.as_str() {
        "x-low" => return Some(0.7),
        "low" => return Some(0.85),
        "medium" | "default" => return Some(1.0),
        "high" => return Some(1.15),
        "x-high" => return Some(1.35),
        _ => {}
    }
    if let Some(percent) = value.strip_suffix('%') {
        let share = number(percent)? / 100.0;
        let is_relative = is_signed(percent) || share < 0.5;
        return Some(if is_relative { 1.0 + share } else { share });
    }
    if let Some(semitones) = value.strip_suffix("st") {
        return Some((number(semitones)? / 12.0).clamp(-4.0, 4.0).exp2());
    }
    let hertz = value.strip_suffix("hz")?;
    let share = number(hertz)? / VOICE_PITCH_HZ;
    Some(if is_signed(hertz) { 1.0 + share } else { share })
}

/// `volume` of a `<prosody>` as a factor of the amplitude: a name, `+6dB`, SSML 1.0's `0` to `100`, `50%`, `-10%`.
pub(super) fn volume(value: &str) -> Option<f32> {
    let value = value.trim().to_ascii_lowercase();
    match value.as_str() {
        "silent" => return Some(0.0),
        "x-soft" => return Some(from_decibels(-12.0)),
        "soft" => return Some(from_decibels(-6.0)),
        "medium" | "default" => return Some(1.0),
        "loud" => return Some(from_decibels(4.0)),
        "x-loud" => return Some(from_decibels(8.0)),
        _ => {}
    }
    if let Some(decibels) = value.strip_suffix("db") {
        return number(decibels).map(from_decibels);
    }
    let percent = value.strip_suffix('%').unwrap_or(&value);
    let share = number(percent)? / 100.0;
    Some(if is_signed(percent) { 1.0 + share } else { share })
}

/// `level` of an `<emphasis>`. A word with stress is louder, slower and a little higher; SSML leaves it to the engine.
pub(super) fn emphasis(level: &str) -> Style {
    match level.trim().to_ascii_lowercase().as_str() {
        "strong" => Style { rate: 0.85, pitch: 1.06, volume: 1.4 },
        "reduced" => Style { rate: 1.1, pitch: 0.97, volume: 0.75 },
        "none" => Style::default(),
        // What isn't known is what it would be without the attribute.
        _ => Style { rate: 0.93, pitch: 1.03, volume: 1.2 },
    }
}

/// `interpret-as` and `format` of a `<say-as>`; `None`: it is read as running text.
pub(super) fn format(interpret_as: &str, format: &str) -> Option<Format> {
    Some(match interpret_as.trim().to_ascii_lowercase().as_str() {
        "characters" | "spell-out" | "verbatim" => Format::Characters,
        "digits" => Format::Digits,
        "cardinal" | "number" => match format.trim().to_ascii_lowercase().as_str() {
            "ordinal" => Format::Ordinal,
            "digits" => Format::Digits,
            "telephone" => Format::Telephone,
            _ => Format::Cardinal,
        },
        "ordinal" => Format::Ordinal,
        "date" => Format::Date(date_format(format)),
        "time" => Format::Time,
        "telephone" | "phone" => Format::Telephone,
        "currency" => Format::Currency,
        "fraction" => Format::Fraction,
        "unit" => Format::Unit,
        "address" => Format::Address,
        "expletive" | "bleep" => Format::Expletive,
        _ => return None,
    })
}

/// `yyyymmdd` and `yyyy-mm-dd` are `ymd`, like in Amazon's and Google's ways to write it.
fn date_format(format: &str) -> String {
    let mut letters = String::new();
    for letter in format.trim().to_ascii_lowercase().chars() {
        if matches!(letter, 'd' | 'm' | 'y') && !letters.ends_with(letter) && letters.len() < 3 {
            letters.push(letter);
        }
    }
    letters
}

fn from_decibels(decibels: f32) -> f32 {
    10_f32.powf(decibels.clamp(-200.0, 200.0) / 20.0)
}

fn is_signed(value: &str) -> bool {
    value.trim_start().starts_with(['+', '-'])
}

/// A number of digits with an optional sign and fraction: no exponents, no `inf`.
fn number(value: &str) -> Option<f32> {
    let value = value.trim();
    let digits = value.strip_prefix(['+', '-']).unwrap_or(value);
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number: f32 = (is_plain && !digits.is_empty()).then(|| value.parse().ok())??;
    number.is_finite().then_some(number)
}

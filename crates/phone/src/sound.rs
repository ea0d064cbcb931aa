//! What a stretch of audio sounds like: silence, one or two steady tones, or something else such as speech.
//!
//! Pure: samples in, words out. It recognises frequencies, not words.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use media::level::Dbov;
use media::tone::Detector;
use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

/// Loudness, relative to the overload point.
pub type Level = Dbov;

/// Samples that are judged at once: 100 ms, in which frequencies 10 Hz apart are told apart.
pub(crate) const WINDOW: usize = 800;

/// Length of a window.
pub(crate) const WINDOW_TIME: Duration = Duration::from_millis(100);

/// Nothing quieter is heard; the idle noise of G.711 is below.
pub(crate) const QUIETEST: Level = Dbov(-50.0);

/// Frequencies that tones are looked for at: the telephone band.
const BAND: RangeInclusive<u16> = 100..=3_800;

/// Frequencies that differ by less are the same, measured twice. In Hz: the width of a window's filter.
const STEP: u16 = 10;

/// A second tone has at least this share of the energy.
const AUDIBLE: f32 = 0.1;

/// A tone between two bins of the spectrum is seen in so many on either side.
const LEAKAGE: usize = 3;

/// One or two tones carry at least this share of the energy; of speech they don't.
const PURE: f32 = 0.85;

/// Parts of a window that are this much quieter than its loudest part are a pause at its edge.
const PAUSE: f32 = 12.0;

/// Length of those parts: 5 ms.
const PART: usize = 40;

/// What a stretch of audio sounds like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sound {
    /// Nothing above -50 dBov.
    Silence,
    /// One or two steady frequencies in Hz, the lower first.
    Tone(Vec<u16>),
    /// Speech, music or noise.
    Other,
}

/// A stretch of one sound.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// What it sounds like.
    pub sound: Sound,
    /// How long it lasts, to 100 ms.
    pub length: Duration,
    /// The loudest 100 ms of it.
    pub level: Level,
}

/// What was heard, in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Heard {
    /// Neighbours differ in sound.
    pub runs: Vec<Run>,
}

impl Sound {
    /// What some audio sounds like, and how loud it is.
    pub fn of(samples: &[i16]) -> (Self, Level) {
        let level = Dbov::of(samples);
        if level < QUIETEST {
            return (Self::Silence, level);
        }
        let tones = tones(sounding(samples));
        (if tones.is_empty() { Self::Other } else { Self::Tone(tones) }, level)
    }
}

impl Heard {
    /// The story of audio at 8 kHz, in windows of 800 samples.
    pub fn of<W: AsRef<[i16]>>(windows: &[W]) -> Self {
        let mut heard = Self::default();
        for window in windows {
            heard.add(window.as_ref());
        }
        heard
    }

    fn add(&mut self, samples: &[i16]) {
        let (sound, level) = Sound::of(samples);
        match self.runs.last_mut() {
            Some(run) if run.sound.is_like(&sound) => {
                run.length += WINDOW_TIME;
                run.level = if level > run.level { level } else { run.level };
            }
            Some(_) | None => self.runs.push(Run { sound, length: WINDOW_TIME, level }),
        }
    }
}

impl Sound {
    /// Whether they are the same but for a measuring error.
    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Silence, Self::Silence) | (Self::Other, Self::Other) => true,
            (Self::Tone(one), Self::Tone(two)) => {
                one.len() == two.len()
                    && one.iter().zip(two).all(|(one, two)| one.abs_diff(*two) < STEP)
            }
            (Self::Silence | Self::Tone(_) | Self::Other, _) => false,
        }
    }
}

impl fmt::Display for Sound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silence => f.write_str("silence"),
            Self::Tone(tones) => {
                let tones: Vec<String> = tones.iter().map(u16::to_string).collect();
                write!(f, "{} Hz", tones.join("+"))
            }
            Self::Other => f.write_str("speech or noise"),
        }
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} for {}", self.sound, seconds(self.length))?;
        match self.sound {
            Sound::Silence => Ok(()),
            Sound::Tone(_) | Sound::Other => write!(f, " at {:.0} dBov", self.level.0),
        }
    }
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.runs.is_empty() {
            return f.write_str("no audio at all");
        }
        let runs: Vec<String> = self.runs.iter().map(Run::to_string).collect();
        f.write_str(&runs.join(", then "))
    }
}

/// A time as people say it: `5 s`, `0.3 s`.
pub(crate) fn seconds(time: Duration) -> String {
    if time.subsec_millis() == 0 {
        format!("{} s", time.as_secs())
    } else {
        format!("{:.1} s", time.as_secs_f32())
    }
}

/// The audio without pauses at its edges, so that the start and the end of a tone are heard as that tone.
fn sounding(samples: &[i16]) -> &[i16] {
    let levels: Vec<f32> = samples.chunks(PART).map(|part| Dbov::of(part).0).collect();
    let loudest = levels.iter().copied().fold(Dbov::SILENCE.0, f32::max);
    let loud = |level: &f32| *level > loudest - PAUSE;
    let first = levels.iter().position(loud).unwrap_or(0);
    let last = levels.iter().rposition(loud).unwrap_or(levels.len().saturating_sub(1));
    let end = ((last + 1) * PART).min(samples.len());
    samples.get(first * PART..end).unwrap_or(samples)
}

/// The one or two frequencies that the audio consists of; none if it is anything else.
fn tones(samples: &[i16]) -> Vec<u16> {
    let width = media::SAMPLE_RATE as f32 / samples.len().max(1) as f32;
    let mut spectrum = spectrum(samples);
    let whole: f32 = spectrum.iter().sum();
    let mut found: Vec<(u16, f32)> = Vec::new();
    for _ in 0..2 {
        let loudest =
            (0..spectrum.len()).max_by(|one, two| spectrum[*one].total_cmp(&spectrum[*two]));
        let Some(bin) = loudest.filter(|bin| spectrum[*bin] >= whole * AUDIBLE) else { break };
        let hz = (bin as f32 + between(&spectrum, bin)) * width;
        let around = bin.saturating_sub(LEAKAGE)..(bin + LEAKAGE + 1).min(spectrum.len());
        spectrum[around].fill(0.0);
        found.extend(exact(hz.round() as u16, samples));
    }
    let share = found.iter().map(|(_, power)| power).sum::<f32>() / power(Dbov::of(samples));
    let mut tones: Vec<u16> = found.into_iter().map(|(hz, _)| hz).collect();
    tones.sort_unstable();
    if share >= PURE { tones } else { Vec::new() }
}

/// The energy in each bin of the audio's spectrum up to half the sample rate.
fn spectrum(samples: &[i16]) -> Vec<f32> {
    static PLANNER: LazyLock<Mutex<FftPlanner<f32>>> =
        LazyLock::new(|| Mutex::new(FftPlanner::new()));
    let transform =
        PLANNER.lock().unwrap_or_else(PoisonError::into_inner).plan_fft_forward(samples.len());
    let mut bins: Vec<Complex<f32>> =
        samples.iter().map(|sample| Complex::new(f32::from(*sample), 0.0)).collect();
    transform.process(&mut bins);
    bins.iter().take(samples.len() / 2).map(Complex::norm_sqr).collect()
}

/// How far, in bins, a steady tone is from the bin in which it is loudest: told by the louder neighbour, since a tone's
/// energy falls off from bin to bin as the square of its distance.
fn between(spectrum: &[f32], bin: usize) -> f32 {
    let magnitude = |bin: usize| spectrum.get(bin).copied().unwrap_or(0.0).sqrt();
    let (below, here, above) =
        (if bin == 0 { 0.0 } else { magnitude(bin - 1) }, magnitude(bin), magnitude(bin + 1));
    if above > below { above / (here + above) } else { -below / (here + below) }
}

/// Which frequency around this one has most energy, and how much; nothing outside the telephone band.
fn exact(near: u16, samples: &[i16]) -> Option<(u16, f32)> {
    let around: Vec<u16> =
        (near.saturating_sub(1)..=near + 1).filter(|hz| BAND.contains(hz)).collect();
    let loudest = Detector::new(&around).hear(samples).into_iter().next()?;
    Some((loudest.hz, power(loudest.level)))
}

fn power(level: Level) -> f32 {
    10.0_f32.powf(level.0 / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use media::tone::{Country, Generator};
    use media::{SILENCE, Tone};

    fn played(tone: Tone, ticks: usize) -> Vec<i16> {
        let mut generator = Generator::new(tone);
        let mut audio = Vec::new();
        for _ in 0..ticks {
            let mut frame = SILENCE;
            generator.fill(&mut frame);
            audio.extend(frame);
        }
        audio
    }

    fn steady(hz: u16) -> Tone {
        Tone::Steady { hz, duration: Duration::from_secs(60) }
    }

    fn noise(length: usize) -> Vec<i16> {
        let mut state = 1u32;
        let next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((state >> 16) as i16) / 8
        };
        std::iter::repeat_with(next).take(length).collect()
    }

    fn heard(audio: &[i16]) -> String {
        let windows: Vec<&[i16]> = audio.chunks_exact(WINDOW).collect();
        Heard::of(&windows).to_string()
    }

    #[test]
    fn any_steady_frequency_is_named_to_a_few_hertz() {
        for hz in [300, 425, 440, 697, 1_004, 1_633, 2_222, 3_400] {
            let (sound, _) = Sound::of(&played(steady(hz), 5));
            let Sound::Tone(tones) = &sound else { panic!("{hz} Hz is heard as {sound}") };
            assert!(tones.len() == 1 && tones[0].abs_diff(hz) <= 2, "{hz} Hz is heard as {sound}");
        }
    }

    #[test]
    fn a_story_of_sounds_is_told_in_order() {
        let mut audio = vec![0; 3 * WINDOW];
        audio.extend(played(Tone::RingBack(Country::Brazil), 50));
        audio.extend(noise(2 * WINDOW));
        assert_eq!(
            heard(&audio),
            "silence for 0.3 s, then 425 Hz for 1 s at -16 dBov, then speech or noise for 0.2 s at -23 dBov"
        );
        assert_eq!(heard(&[]), "no audio at all");
    }

    #[test]
    fn the_edge_of_a_tone_is_still_that_tone() {
        let mut audio = vec![0; WINDOW / 2];
        audio.extend(played(steady(880), 7));
        audio.extend(vec![0; WINDOW + WINDOW / 2 - 7 * media::FRAME]);
        assert!(heard(&audio).starts_with("880 Hz for 0.2 s"), "{}", heard(&audio));
    }

    #[test]
    fn noise_and_chords_are_no_tone() {
        assert_eq!(Sound::of(&noise(WINDOW)).0, Sound::Other);
        let chord: Vec<i16> = [300, 500, 700, 1_100]
            .iter()
            .map(|hz| played(steady(*hz), 5))
            .reduce(|one, other| one.iter().zip(other).map(|(a, b)| a + b).collect())
            .expect("four tones");
        assert_eq!(Sound::of(&chord).0, Sound::Other);
    }
}

//! Tones: the ones that telephones make, and a detector that tells which are heard.
//!
//! Frequencies and cadences are those of ITU-T E.180 (supplement 2) and, for North America, of Bellcore GR-506.
//! Pure arithmetic on 8 kHz frames; it never reads a clock.

use std::time::Duration;

use crate::level::{Dbov, mean_square};
use crate::{Frame, SAMPLE_RATE, samples_in};

/// Whose network's tones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Country {
    /// North America.
    #[default]
    UnitedStates,
    /// Brazil.
    Brazil,
    /// The United Kingdom.
    UnitedKingdom,
}

/// A tone to be played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tone {
    /// The far phone rings. Without end.
    RingBack(Country),
    /// The far phone is busy. Without end.
    Busy(Country),
    /// No way through (fast busy). Without end.
    Congestion(Country),
    /// "Speak after the beep": 1,000 Hz for 400 ms.
    Beep,
    /// One frequency for a while.
    Steady {
        /// 1–3,999 Hz.
        hz: u16,
        /// How long.
        duration: Duration,
    },
}

impl Tone {
    fn score(self) -> Score {
        use Country::{Brazil, UnitedKingdom, UnitedStates};
        let (pitch, cadence): ([u16; 2], &'static [u16]) = match self {
            Self::RingBack(UnitedStates) => ([440, 480], &[2_000, 4_000]),
            Self::RingBack(Brazil) => ([425, 0], &[1_000, 4_000]),
            Self::RingBack(UnitedKingdom) => ([400, 450], &[400, 200, 400, 2_000]),
            Self::Busy(UnitedStates) => ([480, 620], &[500, 500]),
            Self::Busy(Brazil) => ([425, 0], &[250, 250]),
            Self::Busy(UnitedKingdom) => ([400, 0], &[375, 375]),
            Self::Congestion(UnitedStates) => ([480, 620], &[250, 250]),
            Self::Congestion(Brazil) => ([425, 0], &[250, 250, 750, 250]),
            Self::Congestion(UnitedKingdom) => ([400, 0], &[400, 350, 225, 525]),
            Self::Beep => return Score::once(1_000, Duration::from_millis(400)),
            Self::Steady { hz, duration } => return Score::once(hz, duration),
        };
        Score { pitch, cadence: Cadence::Repeated(cadence) }
    }
}

struct Score {
    /// One or two frequencies; 0 is none.
    pitch: [u16; 2],
    cadence: Cadence,
}

impl Score {
    const fn once(hz: u16, duration: Duration) -> Self {
        Self { pitch: [hz, 0], cadence: Cadence::Once(duration) }
    }
}

#[derive(Debug, Clone, Copy)]
enum Cadence {
    /// Milliseconds of tone and of pause in turn, over and over.
    Repeated(&'static [u16]),
    Once(Duration),
}

/// Peak of a single tone: -16 dBov, which is about -10 dBm0 (E.180 §4 recommends it for tones of one frequency).
const SINGLE_PEAK: f32 = 7_300.0;

/// Peak of each of two tones: -19 dBov, about -13 dBm0.
const DUAL_PEAK: f32 = 5_200.0;

/// Produces a tone frame by frame.
#[derive(Debug, Clone)]
pub struct Generator {
    voices: [Option<Oscillator>; 2],
    cadence: Cadence,
    /// Which part of the cadence is playing; even ones sound.
    part: usize,
    /// Samples left of that part.
    left: u64,
}

impl Generator {
    /// A generator at the start of its tone.
    pub fn new(tone: Tone) -> Self {
        let Score { pitch, cadence } = tone.score();
        let left = match cadence {
            Cadence::Repeated(parts) => milliseconds(parts[0]),
            Cadence::Once(duration) => samples_in(duration),
        };
        Self { voices: chord(pitch), cadence, part: 0, left }
    }

    /// The next 20 ms; `false` (and silence) when the tone has ended.
    pub fn fill(&mut self, frame: &mut Frame) -> bool {
        let mut rest = &mut frame[..];
        while !rest.is_empty() {
            if self.left == 0 && !self.advance() {
                let nothing_played = rest.len() == crate::FRAME;
                rest.fill(0);
                return !nothing_played;
            }
            let length = usize::try_from(self.left).unwrap_or(usize::MAX).min(rest.len());
            let (now, later) = rest.split_at_mut(length);
            if self.part.is_multiple_of(2) {
                sound(&mut self.voices, now);
            } else {
                now.fill(0);
            }
            self.left -= length as u64;
            rest = later;
        }
        true
    }

    /// Whether the tone has ended.
    pub const fn is_over(&self) -> bool {
        match self.cadence {
            Cadence::Repeated(_) => false,
            Cadence::Once(_) => self.left == 0,
        }
    }

    /// Moves to the next part of the cadence; `false` if there is none.
    fn advance(&mut self) -> bool {
        match self.cadence {
            Cadence::Repeated(parts) => {
                self.part = (self.part + 1) % parts.len();
                self.left = milliseconds(parts[self.part]);
                true
            }
            Cadence::Once(_) => false,
        }
    }
}

fn milliseconds(count: u16) -> u64 {
    u64::from(count) * u64::from(SAMPLE_RATE) / 1_000
}

/// The oscillators of one or two frequencies; 0 is none.
pub(crate) fn chord(pitch: [u16; 2]) -> [Option<Oscillator>; 2] {
    let peak = if pitch.contains(&0) { SINGLE_PEAK } else { DUAL_PEAK };
    pitch.map(|hz| (hz > 0).then(|| Oscillator::new(hz, peak)))
}

/// Fills samples with the sum of some oscillators.
pub(crate) fn sound(voices: &mut [Option<Oscillator>; 2], samples: &mut [i16]) {
    for sample in samples {
        // Two peaks of DUAL_PEAK are far from clipping.
        *sample = voices.iter_mut().flatten().map(Oscillator::next).sum::<f32>() as i16;
    }
}

/// A sine by recurrence: a multiplication and a subtraction a sample.
#[derive(Debug, Clone)]
pub(crate) struct Oscillator {
    double_cosine: f64,
    before: f64,
    now: f64,
}

impl Oscillator {
    fn new(hz: u16, peak: f32) -> Self {
        let angle = angle_of(hz);
        Self { double_cosine: 2.0 * angle.cos(), before: -f64::from(peak) * angle.sin(), now: 0.0 }
    }

    fn next(&mut self) -> f32 {
        let sample = self.now;
        self.now = self.double_cosine * self.now - self.before;
        self.before = sample;
        sample as f32
    }
}

/// Turn of a frequency's phase in one sample.
fn angle_of(hz: u16) -> f64 {
    std::f64::consts::TAU * f64::from(hz) / f64::from(SAMPLE_RATE)
}

/// A frequency that is present in some audio.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Heard {
    /// Which of the detector's frequencies.
    pub hz: u16,
    /// How loud it is.
    pub level: Dbov,
}

/// A tone carries at least this share of the audio's energy; of two equal ones each has half.
const SHARE: f32 = 0.25;

/// Nothing quieter is a tone.
const QUIETEST_TONE: Dbov = Dbov(-50.0);

/// Tells which of some frequencies are present in 8 kHz audio (Goertzel's algorithm).
#[derive(Debug, Clone)]
pub struct Detector {
    filters: Vec<(u16, Goertzel)>,
}

impl Detector {
    /// A detector of these frequencies (1–3,999 Hz). In 20 ms frames they are told apart if 100 Hz or more separate
    /// them; longer audio tells closer ones apart.
    pub fn new(frequencies: &[u16]) -> Self {
        Self { filters: frequencies.iter().map(|hz| (*hz, Goertzel::new(*hz))).collect() }
    }

    /// The frequencies that carry a quarter or more of the audio's energy, loudest first. Empty for silence and for
    /// other sounds.
    pub fn hear(&self, samples: &[i16]) -> Vec<Heard> {
        let whole = mean_square(samples);
        let mut heard: Vec<_> = self
            .filters
            .iter()
            .map(|(hz, filter)| (*hz, filter.mean_square(samples)))
            .filter(|(_, part)| *part >= whole * SHARE)
            .map(|(hz, part)| Heard { hz, level: Dbov::of_mean_square(part) })
            .filter(|heard| heard.level >= QUIETEST_TONE)
            .collect();
        heard.sort_by(|one, other| other.level.0.total_cmp(&one.level.0));
        heard
    }
}

/// The energy of one frequency.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Goertzel {
    double_cosine: f32,
}

impl Goertzel {
    pub(crate) fn new(hz: u16) -> Self {
        Self { double_cosine: (2.0 * angle_of(hz).cos()) as f32 }
    }

    /// Mean square of the part of the audio that has this frequency.
    pub(crate) fn mean_square(self, samples: &[i16]) -> f32 {
        let [part] = Self::mean_squares([self], samples);
        part
    }

    /// The same of several frequencies at once, which the processor does side by side.
    pub(crate) fn mean_squares<const N: usize>(filters: [Self; N], samples: &[i16]) -> [f32; N] {
        let (mut before, mut now) = ([0.0f32; N], [0.0f32; N]);
        for sample in samples {
            let input = f32::from(*sample);
            for ((before, now), filter) in before.iter_mut().zip(&mut now).zip(&filters) {
                let next = input + filter.double_cosine * *now - *before;
                *before = *now;
                *now = next;
            }
        }
        let length = samples.len().max(1) as f32;
        std::array::from_fn(|index| {
            let (before, now) = (before[index], now[index]);
            let power = now * now + before * before - filters[index].double_cosine * now * before;
            2.0 * power / (length * length)
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::SILENCE;

    /// 20 ms of a frequency, starting at phase 0.
    pub(crate) fn sine(hz: u16, peak: f64) -> Frame {
        std::array::from_fn(|index| (peak * (angle_of(hz) * index as f64).sin()) as i16)
    }

    fn heard(detector: &Detector, samples: &[i16]) -> Vec<u16> {
        let mut hertz: Vec<_> = detector.hear(samples).into_iter().map(|heard| heard.hz).collect();
        hertz.sort_unstable();
        hertz
    }

    /// What is heard in each stretch of a tone as "hz+hz milliseconds", equal neighbours joined.
    fn transcript(tone: Tone, ticks: usize, detector: &Detector) -> String {
        let mut generator = Generator::new(tone);
        let mut parts: Vec<(Vec<u16>, usize)> = Vec::new();
        for _ in 0..ticks {
            let mut frame = SILENCE;
            generator.fill(&mut frame);
            let now = heard(detector, &frame);
            match parts.last_mut() {
                Some((before, ticks)) if *before == now => *ticks += 1,
                _ => parts.push((now, 1)),
            }
        }
        let print = |(hertz, ticks): (Vec<u16>, usize)| format!("{hertz:?} {}", ticks * 20);
        parts.into_iter().map(print).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn ring_back_has_the_cadence_of_the_country() {
        let detector = Detector::new(&[440, 480]);
        assert_eq!(
            transcript(Tone::RingBack(Country::UnitedStates), 600, &detector),
            "[440, 480] 2000, [] 4000, [440, 480] 2000, [] 4000"
        );
        let detector = Detector::new(&[425]);
        assert_eq!(
            transcript(Tone::RingBack(Country::Brazil), 300, &detector),
            "[425] 1000, [] 4000, [425] 1000"
        );
        let detector = Detector::new(&[400, 450]);
        assert_eq!(
            transcript(Tone::RingBack(Country::UnitedKingdom), 170, &detector),
            "[400, 450] 400, [] 200, [400, 450] 400, [] 2000, [400, 450] 400"
        );
    }

    #[test]
    fn busy_and_congestion_differ_in_pace() {
        let detector = Detector::new(&[480, 620]);
        assert_eq!(
            transcript(Tone::Busy(Country::UnitedStates), 75, &detector),
            "[480, 620] 500, [] 500, [480, 620] 500"
        );
        let mut generator = Generator::new(Tone::Congestion(Country::UnitedStates));
        let mut audio = Vec::new();
        for _ in 0..50 {
            let mut frame = SILENCE;
            assert!(generator.fill(&mut frame));
            audio.extend(frame);
        }
        let sounding = |range: std::ops::Range<usize>| Dbov::of(&audio[range]) > Dbov(-30.0);
        assert!(sounding(0..2_000) && !sounding(2_000..4_000) && sounding(4_000..6_000));
    }

    #[test]
    fn a_tone_of_a_length_ends_after_it() {
        for (tone, ticks) in [
            (Tone::Beep, 20),
            (Tone::Steady { hz: 700, duration: Duration::from_millis(50) }, 3),
            (Tone::Steady { hz: 700, duration: Duration::ZERO }, 0),
        ] {
            let mut generator = Generator::new(tone);
            let mut frame = SILENCE;
            let played = (0..100).take_while(|_| generator.fill(&mut frame)).count();
            assert_eq!(played, ticks, "{tone:?}");
            assert_eq!(frame, SILENCE);
        }
    }

    #[test]
    fn an_oscillator_keeps_its_level_for_an_hour() {
        let mut generator =
            Generator::new(Tone::Steady { hz: 1_004, duration: Duration::from_secs(3_600) });
        let mut frame = SILENCE;
        generator.fill(&mut frame);
        let Dbov(first) = Dbov::of(&frame);
        for _ in 0..179_990 {
            generator.fill(&mut frame);
        }
        let Dbov(last) = Dbov::of(&frame);
        assert!((first - last).abs() < 0.1, "from {first} to {last}");
    }

    #[test]
    fn a_detector_tells_frequencies_apart_and_their_level() {
        let detector = Detector::new(&[400, 500, 1_000, 1_100]);
        for hz in [400, 500, 1_000, 1_100] {
            let found = detector.hear(&sine(hz, 10_000.0));
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!(found[0].hz, hz);
            assert!((found[0].level.0 - Dbov::of(&sine(hz, 10_000.0)).0).abs() < 0.2);
        }
        assert_eq!(detector.hear(&sine(2_000, 10_000.0)), []);
        assert_eq!(detector.hear(&SILENCE), []);
        assert_eq!(detector.hear(&[]), []);
    }

    #[test]
    fn a_detector_hears_through_g711() {
        let detector = Detector::new(&[440, 880]);
        for codec in [crate::Codec::Pcmu, crate::Codec::Pcma] {
            let coded =
                sine(440, 3_000.0).map(|sample| codec.decode_sample(codec.encode_sample(sample)));
            assert_eq!(heard(&detector, &coded), [440]);
        }
    }
}

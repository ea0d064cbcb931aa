//! One level for every engine: what speaks is as loud as what spoke before it, and nothing is clipped.
//!
//! The level is that of active speech (ITU-T P.56 in spirit): frames of silence don't count, so that a text with long
//! pauses isn't made louder. G.711's full scale is +3.14 dBm0 (ITU-T G.711 §2).

use std::time::Duration;

use crate::Speech;

/// Level of active speech, in dB below full scale: what announcements have on a telephone network, and what leaves
/// room for peaks.
const TARGET_DB: f32 = -20.0;
/// Most that is added, in dB: what is quieter still is noise, or meant to be quiet.
const MOST_DB: f32 = 20.0;
/// Highest sample that is made.
const CEILING: f32 = 0.891 * 32_767.0;
/// Frames in which activity is looked for, a second.
const FRAMES: usize = 50;
/// A frame is active from so many dB below the loudest one on.
const ACTIVE_DB: f32 = -30.0;
/// A speech whose loudest frame lies lower is silence: about -70 dB.
const SILENCE: f32 = 10.0;

/// Silence that is left before and after what is said, as engines make it: pauses are the text's, not the engine's.
const EDGE: Duration = Duration::from_millis(40);

/// `speech` without the silence around it.
pub(crate) fn trimmed(mut speech: Speech) -> Speech {
    let heard = |sample: &i16| sample.unsigned_abs() > SILENCE as u16 * 5;
    let edge = (u64::from(speech.rate) * EDGE.as_millis() as u64 / 1_000) as usize;
    let Some(first) = speech.samples.iter().position(heard) else { return speech };
    let last = speech.samples.iter().rposition(heard).unwrap_or(first);
    speech.samples.truncate(last.saturating_add(edge));
    speech.samples.drain(..first.saturating_sub(edge));
    speech
}

/// Brings `speech` to the telephone's level.
pub(crate) fn level(mut speech: Speech) -> Speech {
    let Some(active) = active(&speech) else { return speech };
    let target = 32_767.0 * 10_f32.powf(TARGET_DB / 20.0);
    let gain = (target / active).min(10_f32.powf(MOST_DB / 20.0));
    for sample in &mut speech.samples {
        *sample = limited(f32::from(*sample) * gain) as i16;
    }
    speech
}

/// The active level: the root mean square of the frames that speak. `None` for silence.
fn active(speech: &Speech) -> Option<f32> {
    let frame = (speech.rate as usize / FRAMES).max(1);
    let powers: Vec<f32> = speech.samples.chunks(frame).map(power).collect();
    let loudest = powers.iter().copied().fold(0.0, f32::max);
    if loudest.sqrt() < SILENCE {
        return None;
    }
    let floor = loudest * 10_f32.powf(ACTIVE_DB / 10.0);
    let active: Vec<f32> = powers.into_iter().filter(|power| *power >= floor).collect();
    Some((active.iter().sum::<f32>() / active.len() as f32).sqrt())
}

fn power(frame: &[i16]) -> f32 {
    frame.iter().map(|sample| f32::from(*sample).powi(2)).sum::<f32>() / frame.len().max(1) as f32
}

/// Peaks beyond half of the ceiling bend towards it instead of being cut.
fn limited(sample: f32) -> f32 {
    let knee = CEILING / 2.0;
    let beyond = sample.abs() - knee;
    if beyond <= 0.0 {
        return sample;
    }
    let room = CEILING - knee;
    (knee + room * (beyond / room).tanh()).copysign(sample)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(amplitude: f32, samples: usize) -> Vec<i16> {
        (0..samples).map(|at| ((at as f32 * 0.3).sin() * amplitude) as i16).collect()
    }

    fn decibels(speech: &Speech) -> f32 {
        20.0 * (active(speech).expect("it speaks") / 32_767.0).log10()
    }

    #[test]
    fn loud_and_quiet_engines_come_out_alike() {
        for amplitude in [900.0, 4_000.0, 32_000.0] {
            let speech = level(Speech { rate: 24_000, samples: tone(amplitude, 24_000) });
            let reached = decibels(&speech);
            assert!((reached - TARGET_DB).abs() < 0.5, "{amplitude}: {reached} dB");
        }
    }

    #[test]
    fn pauses_do_not_make_it_louder() {
        let samples = [tone(8_000.0, 8_000), vec![0; 80_000], tone(8_000.0, 8_000)].concat();
        let reached = decibels(&level(Speech { rate: 8_000, samples }));
        assert!((reached - TARGET_DB).abs() < 0.5, "{reached} dB");
    }

    #[test]
    fn silence_around_what_is_said_is_the_texts() {
        let samples = [vec![0; 4_000], tone(8_000.0, 800), vec![9; 4_000]].concat();
        let speech = trimmed(Speech { rate: 8_000, samples });
        let length = speech.samples.len();
        assert!((1_430..=1_450).contains(&length), "{length} samples");
        let silent = Speech { rate: 8_000, samples: vec![0; 100] };
        assert_eq!(trimmed(silent.clone()), silent);
    }

    #[test]
    fn silence_stays_silence() {
        for samples in [vec![], vec![0; 100], vec![3, -3, 3]] {
            let speech = Speech { rate: 8_000, samples };
            assert_eq!(level(speech.clone()), speech);
        }
    }

    #[test]
    fn peaks_are_bent_and_never_clipped() {
        let mut samples = tone(1_000.0, 24_000);
        samples[12_000] = i16::MAX;
        samples[12_001] = i16::MIN;
        let speech = level(Speech { rate: 24_000, samples });
        assert!(speech.samples.iter().all(|sample| f32::from(*sample).abs() <= CEILING));
        assert!(speech.samples[12_000] > 28_000);
    }
}

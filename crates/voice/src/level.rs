//! An utterance as it goes on a line: as loud as announcements are, without dead time, without a clipped sample.
//!
//! The level is that of active speech as ITU-T P.56 means it, pauses don't count; it is found from frames instead of P.56's
//! envelopes. ITU-T G.711 lets a full-scale sine be +3.17 dBm0, so -20 dB RMS below full scale is about -14 dBm0: the upper
//! end of what speech has on a telephone network, and where announcements are clear on a bad line.

use crate::SAMPLE_RATE;

/// Level of active speech: -20 dB below full scale (RMS).
const ACTIVE: f32 = 0.1;
/// Most that is added, 18 dB: whatever is quieter wasn't meant to be heard.
const MOST: f32 = 8.0;
/// No sample goes beyond: -1 dB below full scale.
const CEILING: f32 = 0.891;
/// From here on peaks are bent towards the ceiling.
const KNEE: f32 = 0.6;
/// Samples of a frame in which activity is looked for: 10 ms.
const FRAME: usize = SAMPLE_RATE as usize / 100;
/// A frame is part of the speech from so far below the loudest on: -32 dB, its power.
const SPOKEN: f32 = 6.3e-4;
/// A frame is heard at all from so far below the loudest on: -48 dB, its power. Breath and the onset of an `h` lie here.
const HEARD: f32 = 1.6e-5;
/// Frames that stay before the first that is heard: 30 ms.
const HEAD: usize = 3;
/// Frames that stay behind the last that is heard: 80 ms, the room's answer.
const TAIL: usize = 8;
/// Samples over which either end comes from or goes to nothing: 5 ms.
const FADE: usize = SAMPLE_RATE as usize / 200;

/// Cuts silence off, brings speech to its level and times `volume`, and bends peaks.
pub(crate) fn finish(sound: Vec<f32>, volume: f32) -> Vec<f32> {
    let powers: Vec<f32> = sound.chunks(FRAME).map(power).collect();
    let loudest = powers.iter().copied().fold(0.0, f32::max);
    // Not a number is not loud either.
    if loudest <= 0.0 || !loudest.is_finite() {
        return Vec::new();
    }
    let gain = (ACTIVE / active(&powers, loudest)).min(MOST) * volume;
    let mut sound = trimmed(sound, &powers, loudest);
    for sample in &mut sound {
        *sample = limited(*sample * gain);
    }
    fade(&mut sound);
    sound
}

fn power(frame: &[f32]) -> f32 {
    frame.iter().map(|sample| sample * sample).sum::<f32>() / frame.len() as f32
}

/// Root mean square of the frames that are part of the speech.
fn active(powers: &[f32], loudest: f32) -> f32 {
    let spoken = powers.iter().copied().filter(|&power| power >= loudest * SPOKEN);
    let (sum, count) = spoken.fold((0.0, 0.0), |(sum, count), power| (sum + power, count + 1.0));
    (sum / count).sqrt()
}

fn trimmed(mut sound: Vec<f32>, powers: &[f32], loudest: f32) -> Vec<f32> {
    let is_heard = |&power: &f32| power >= loudest * HEARD;
    let first = powers.iter().position(is_heard).unwrap_or(0).saturating_sub(HEAD);
    let last = powers.iter().rposition(is_heard).unwrap_or(0) + 1 + TAIL;
    sound.truncate(last * FRAME);
    sound.drain(..first * FRAME);
    sound
}

/// The sample, bent from the knee on so that it never passes the ceiling.
fn limited(sample: f32) -> f32 {
    let beyond = sample.abs() - KNEE;
    if beyond <= 0.0 {
        return sample;
    }
    let room = CEILING - KNEE;
    (KNEE + room * (beyond / room).tanh()).copysign(sample)
}

fn fade(sound: &mut [f32]) {
    let length = FADE.min(sound.len() / 2);
    let weight = |at: usize| (at as f32 + 0.5) / length as f32;
    for (at, sample) in sound.iter_mut().take(length).enumerate() {
        *sample *= weight(at);
    }
    for (at, sample) in sound.iter_mut().rev().take(length).enumerate() {
        *sample *= weight(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(amplitude: f32, samples: usize) -> Vec<f32> {
        (0..samples).map(|at| (at as f32 * 0.3).sin() * amplitude).collect()
    }

    fn rms(sound: &[f32]) -> f32 {
        power(sound).sqrt()
    }

    #[test]
    fn loud_and_quiet_utterances_come_out_alike() {
        for amplitude in [0.03, 0.3, 3.0] {
            let reached = rms(&finish(tone(amplitude, 24_000), 1.0));
            assert!((reached / ACTIVE - 1.0).abs() < 0.02, "{amplitude}: {reached}");
        }
    }

    #[test]
    fn silence_around_is_cut_and_pauses_within_stay() {
        let sound = [
            vec![0.0; 9_600],
            tone(0.2, 4_800),
            vec![0.0; 4_800],
            tone(0.2, 4_800),
            vec![0.0; 9_600],
        ];
        let finished = finish(sound.concat(), 1.0);
        assert_eq!(finished.len(), 14_400 + (HEAD + TAIL) * FRAME);
        assert!((rms(&finished[HEAD * FRAME..][..4_800]) / ACTIVE - 1.0).abs() < 0.02);
    }

    #[test]
    fn silence_and_what_is_no_sound_are_nothing() {
        for sound in [vec![], vec![0.0; 1_000], vec![f32::NAN; 1_000], vec![f32::INFINITY; 10]] {
            assert_eq!(finish(sound, 1.0), Vec::<f32>::new());
        }
    }

    #[test]
    fn volume_multiplies_and_peaks_bend_below_the_ceiling() {
        let plain = rms(&finish(tone(0.2, 24_000), 1.0));
        let half = rms(&finish(tone(0.2, 24_000), 0.5));
        assert!((half / plain - 0.5).abs() < 0.01, "{half} of {plain}");
        let loud = finish(tone(0.2, 24_000), 40.0);
        assert!(loud.iter().all(|sample| sample.abs() <= CEILING));
        assert!(rms(&loud) > 0.7);
    }
}

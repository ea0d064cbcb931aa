//! What on a line is no voice: its noise, and tones.
//!
//! Ring-back, busy signals and DTMF (ITU-T Q.23, E.180) are one or two sines: what comes next follows from the four samples
//! before it. Voices surprise.

/// Noise is believed to be no quieter, in dBFS: comfort noise and codecs' idle hiss lie below.
const QUIETEST: f32 = -70.0;
/// Noise is believed to be no louder, in dBFS: somebody who speaks through worse has to be understood still.
const LOUDEST: f32 = -25.0;
/// How fast the noise is believed to grow, in dB a frame: 10 dB a second.
const RISES: f32 = 0.2;
/// The same while the network hears a voice: 1 dB a second.
const RISES_UNDER_VOICE: f32 = 0.02;
/// The part of the way that it falls in one frame.
const FALLS: f32 = 0.3;

/// Sines whose next sample is told so well, in power, are tones: 20 dB better than silence would tell it.
const TOLD: f64 = 0.01;
/// Samples that tell the next: two for each sine.
const ORDER: usize = 4;

/// The level of a line's noise: quick to fall, slow to rise.
pub(super) struct Noise {
    floor: Option<f32>,
}

impl Noise {
    pub(super) fn new() -> Noise {
        Noise { floor: None }
    }

    /// The level in dBFS, after a frame of `level` in which there is or isn't a voice.
    pub(super) fn hear(&mut self, level: f32, voice: bool) -> f32 {
        // Whoever speaks from the first frame on is no noise.
        let floor = self.floor.unwrap_or(if voice { QUIETEST } else { level });
        let floor = if level < floor {
            floor + (level - floor) * FALLS
        } else {
            let rise = if voice { RISES_UNDER_VOICE } else { RISES };
            (floor + rise).min(level)
        };
        let floor = floor.clamp(QUIETEST, LOUDEST);
        self.floor = Some(floor);
        floor
    }
}

/// Whether a frame is one or two sines and little else: linear prediction by the covariance method.
pub(super) fn is_tonal(frame: &[i16]) -> bool {
    if frame.len() <= 4 * ORDER {
        return false;
    }
    let samples: Vec<f64> = frame.iter().map(|sample| f64::from(*sample)).collect();
    // Sums of products of the samples so many before the one that is told: `of[i][j]` of those i and j before it.
    let mut of = [[0.0; ORDER + 1]; ORDER + 1];
    for window in samples.windows(ORDER + 1) {
        for (i, row) in of.iter_mut().enumerate() {
            for (j, sum) in row.iter_mut().enumerate() {
                *sum += window[ORDER - i] * window[ORDER - j];
            }
        }
    }
    let power = of[0][0];
    power > 0.0 && left_over(of) < power * TOLD
}

/// What the best prediction leaves of the power: Gaussian elimination of all rows but the first.
fn left_over(mut of: [[f64; ORDER + 1]; ORDER + 1]) -> f64 {
    /// A row with so little left follows from those before it.
    const DEPENDENT: f64 = 1e-9;
    let full = of;
    for at in (1..=ORDER).rev() {
        let pivot = of[at][at];
        if pivot <= full[at][at] * DEPENDENT {
            continue;
        }
        let row = of[at];
        for other in of.iter_mut().take(at) {
            let part = other[at] / pivot;
            for (value, eliminated) in other.iter_mut().zip(row) {
                *value -= part * eliminated;
            }
        }
    }
    of[0][0]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tones(hz: &[f64], peak: f64) -> Vec<i16> {
        let tone = |at: usize| {
            let turn = std::f64::consts::TAU * at as f64 / 8_000.0;
            hz.iter().map(|hz| (hz * turn).sin() * peak).sum::<f64>() as i16
        };
        (0..160).map(tone).collect()
    }

    #[test]
    fn signals_of_the_network_and_keys_are_tones() {
        for hz in
            [&[425.0][..], &[440.0, 480.0], &[350.0, 440.0], &[697.0, 1_209.0], &[941.0, 1_477.0]]
        {
            assert!(is_tonal(&tones(hz, 4_000.0)), "{hz:?}");
            assert!(is_tonal(&tones(hz, 300.0)), "{hz:?}, quiet");
        }
    }

    #[test]
    fn noise_silence_and_crumbs_are_none() {
        let mut seed = 1_u32;
        let noise: Vec<i16> = std::iter::repeat_with(|| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 20) as i16 - 2_048
        })
        .take(160)
        .collect();
        assert!(!is_tonal(&noise));
        assert!(!is_tonal(&[0; 160]));
        assert!(!is_tonal(&[1; 3]));
        assert!(!is_tonal(&[]));
    }

    #[test]
    fn the_floor_falls_at_once_and_rises_slowly() {
        let mut noise = Noise::new();
        let mut after = |frames: usize, level: f32| {
            let floors = (0..frames).map(|_| noise.hear(level, false));
            // In tenths of a dB.
            floors.last().map(|floor| (floor * 10.0).round() as i32)
        };
        assert_eq!(after(10, -50.0), Some(-500));
        assert_eq!(after(1, -20.0), Some(-498));
        assert_eq!(after(20, -90.0), Some((QUIETEST * 10.0) as i32));
        assert_eq!(after(10_000, -10.0), Some((LOUDEST * 10.0) as i32));
    }
}

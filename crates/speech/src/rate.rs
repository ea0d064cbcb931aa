//! Speech at another rate, by `rubato`: 8, 16, 24 or 48 kHz as a leg or a file needs.

use rubato::{FftFixedIn, Resampler};

use crate::Speech;

/// Samples that go through the filter at once.
const CHUNK: usize = 1024;
/// Rates that can be made and read, in Hz.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=192_000;

/// Why a speech can't be had at a rate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    /// Ask for 4,000 to 192,000.
    #[error("{0} samples a second can't be made")]
    Rate(u32),
    /// A fault of ours.
    #[error("the rate can't be changed: {0}")]
    Filter(String),
}

impl Speech {
    /// The same at `rate` samples a second, 4,000 to 192,000.
    pub fn at(self, rate: u32) -> Result<Speech, RateError> {
        if rate == self.rate {
            return Ok(self);
        }
        if let Some(wrong) = [rate, self.rate].into_iter().find(|rate| !RATES.contains(rate)) {
            return Err(RateError::Rate(wrong));
        }
        let failed = |error: &dyn std::fmt::Display| RateError::Filter(error.to_string());
        let mut filter = FftFixedIn::<f32>::new(self.rate as usize, rate as usize, CHUNK, 2, 1)
            .map_err(|error| failed(&error))?;
        let delay = filter.output_delay();
        let length = self.samples.len() as u64 * u64::from(rate);
        let length = length.div_ceil(u64::from(self.rate)) as usize;
        let mut input = self.samples.iter().map(|sample| f32::from(*sample) / 32_768.0);
        let mut samples = Vec::with_capacity(length + delay + CHUNK);
        while samples.len() < length + delay {
            let needed = filter.input_frames_next();
            // After the end zeros, until the filter's delay is out.
            let part: Vec<f32> =
                input.by_ref().chain(std::iter::repeat(0.0)).take(needed).collect();
            let made = filter.process(&[part], None).map_err(|error| failed(&error))?;
            // A cast from float saturates, and turns NaN into 0.
            let made = made.into_iter().flatten();
            samples.extend(made.map(|sample| (sample * 32_768.0).round() as i16));
        }
        samples.truncate(length + delay);
        samples.drain(..delay);
        Ok(Speech { rate, samples })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hz: f32, rate: u32, seconds: f32) -> Speech {
        let samples = (0..(rate as f32 * seconds) as usize)
            .map(|at| (at as f32 / rate as f32 * hz * std::f32::consts::TAU).sin() * 8_000.0)
            .map(|sample| sample as i16)
            .collect();
        Speech { rate, samples }
    }

    /// How often the sound crosses zero upwards, a second.
    fn pitch(speech: &Speech) -> f32 {
        let crossings = speech.samples.windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0);
        crossings.count() as f32 / speech.duration().as_secs_f32()
    }

    #[test]
    fn duration_and_pitch_stay() {
        for from in [8_000, 22_050, 24_000] {
            for to in [8_000, 16_000, 24_000, 48_000] {
                let speech = tone(440.0, from, 1.0).at(to).expect("it is a usual rate");
                assert_eq!((speech.rate, speech.samples.len()), (to, to as usize));
                let pitch = pitch(&speech);
                assert!((pitch - 440.0).abs() < 3.0, "{from} to {to}: {pitch} Hz");
            }
        }
    }

    #[test]
    fn what_eight_thousand_samples_cannot_carry_is_filtered_out() {
        let speech = tone(6_000.0, 24_000, 0.5).at(8_000).expect("it is a usual rate");
        let middle = &speech.samples[1_000..3_000];
        assert!(middle.iter().all(|sample| sample.abs() < 100));
    }

    #[test]
    fn silence_has_every_rate_and_absurd_rates_are_refused() {
        let nothing = Speech { rate: 24_000, samples: Vec::new() };
        assert_eq!(nothing.clone().at(8_000).map(|speech| speech.samples.len()), Ok(0));
        assert_eq!(nothing.at(0), Err(RateError::Rate(0)));
        let none = Speech { rate: 0, samples: vec![1] };
        assert_eq!(none.at(8_000), Err(RateError::Rate(0)));
    }
}

//! Noise that is the same each time: the breath in a voice, drawn from a generator that the phonemes seed.
//!
//! Equal texts give equal samples, so that what is cached, compared or tested stays what it was. Nothing here is secret.

/// A generator of noise: Marsaglia's xorshift64* (<https://doi.org/10.1145/2845077>).
pub(crate) struct Noise {
    state: u64,
}

impl Noise {
    /// Seeded by the text of `phonemes` (FNV-1a, <https://datatracker.ietf.org/doc/html/rfc9923>).
    pub(crate) fn of(phonemes: &str) -> Noise {
        let start = 0xcbf2_9ce4_8422_2325_u64;
        let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        let hash = phonemes.bytes().fold(start, mix);
        // 0 is the one state that a xorshift never leaves.
        Noise { state: hash.max(1) }
    }

    /// The next value: mean 0, variance 1, nearly Gaussian (the sum of four even ones; a spectrum's bins, once
    /// transformed, are sums of hundreds).
    pub(crate) fn next(&mut self) -> f32 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        let bits = self.state.wrapping_mul(0x2545_f491_4f6c_dd1d);
        let sum = (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48);
        (sum as f32 - MIDDLE) * SCALE
    }
}

/// Mean of the sum of four even values of 16 bits.
const MIDDLE: f32 = 2.0 * 65_535.0;
/// One over its standard deviation, 65,536 times the root of four twelfths.
const SCALE: f32 = 1.732_050_8 / 65_536.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_has_mean_zero_and_variance_one() {
        let mut noise = Noise::of("həlˈO");
        let values: Vec<f32> = (0..100_000).map(|_| noise.next()).collect();
        let mean = values.iter().sum::<f32>() / 1e5;
        let variance = values.iter().map(|value| value * value).sum::<f32>() / 1e5;
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.02, "{mean}, {variance}");
    }

    #[test]
    fn the_same_text_has_the_same_noise_and_another_text_another() {
        let first = |text: &str| {
            let mut noise = Noise::of(text);
            (0..8).map(|_| noise.next().to_bits()).collect::<Vec<_>>()
        };
        assert_eq!(first("A"), first("A"));
        assert_ne!(first("A"), first("I"));
    }
}

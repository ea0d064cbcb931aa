//! A file of speech: a mark, the rate, a check sum, and the samples in 16 bits.

use sha2::{Digest, Sha256};

use crate::Speech;

/// What a file of ours begins with; the last byte is the layout's version.
const MARK: &[u8; 8] = b"alosay\0\x01";
/// Bytes of the check sum: the first of the SHA-256 of rate and samples.
const SUM: usize = 8;
/// Bytes before the samples.
pub(super) const HEAD: usize = MARK.len() + size_of::<u32>() + SUM;

/// The bytes of a file.
pub(super) fn write(speech: &Speech) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEAD + speech.samples.len() * 2);
    bytes.extend(MARK);
    bytes.extend(speech.rate.to_le_bytes());
    bytes.extend([0; SUM]);
    bytes.extend(speech.samples.iter().flat_map(|sample| sample.to_le_bytes()));
    let sum = sum(speech.rate, &bytes[HEAD..]);
    bytes[HEAD - SUM..HEAD].copy_from_slice(&sum);
    bytes
}

/// What a file holds; `None` where it is damaged, or no file of ours.
pub(super) fn read(bytes: &[u8]) -> Option<Speech> {
    let rest = bytes.strip_prefix(MARK)?;
    let (rate, rest) = rest.split_first_chunk::<4>()?;
    let (expected, samples) = rest.split_first_chunk::<SUM>()?;
    let rate = u32::from_le_bytes(*rate);
    if sum(rate, samples) != *expected {
        return None;
    }
    let (pairs, rest) = samples.as_chunks::<2>();
    let samples = pairs.iter().map(|pair| i16::from_le_bytes(*pair)).collect();
    rest.is_empty().then_some(Speech { rate, samples })
}

fn sum(rate: u32, samples: &[u8]) -> [u8; SUM] {
    let mut digest = Sha256::new();
    digest.update(rate.to_le_bytes());
    digest.update(samples);
    let mut sum = [0; SUM];
    sum.copy_from_slice(&digest.finalize()[..SUM]);
    sum
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_reads_back(rate: u32, samples in proptest::collection::vec(any::<i16>(), 0..99)) {
            let speech = Speech { rate, samples };
            prop_assert_eq!(read(&write(&speech)), Some(speech));
        }

        #[test]
        fn one_wrong_bit_is_found(at in 0..HEAD + 20, bit in 0..8_u8) {
            let mut bytes = write(&Speech { rate: 8_000, samples: (0..10).collect() });
            bytes[at] ^= 1 << bit;
            prop_assert_eq!(read(&bytes), None);
        }

        #[test]
        fn any_bytes_are_speech_or_not(bytes in proptest::collection::vec(any::<u8>(), 0..99)) {
            let marked = [&MARK[..], &bytes].concat();
            prop_assert!(read(&marked).is_none() && read(&bytes).is_none());
        }
    }
}

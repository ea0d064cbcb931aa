//! How many fell into each bucket, as bytes: a number each in LEB128 (DWARF 5 §7.6), without the zeros at the end. An
//! hour of sixty outcomes takes some ten bytes rather than a hundred and sixty.

use crate::errors::StoreError;

/// Most buckets; what lies beyond counts in the last.
pub(super) const BUCKETS: usize = 256;
/// Bits of a number in each byte; the eighth says that more follow.
const BITS: u32 = 7;
const MORE: u8 = 0x80;

/// Counts one into a bucket.
pub(super) fn count(tallies: &mut Vec<u32>, bucket: usize) {
    let bucket = bucket.min(BUCKETS - 1);
    if tallies.len() <= bucket {
        tallies.resize(bucket + 1, 0);
    }
    tallies[bucket] = tallies[bucket].saturating_add(1);
}

/// Adds others, bucket by bucket.
pub(super) fn add(tallies: &mut Vec<u32>, others: &[u32]) {
    if tallies.len() < others.len() {
        tallies.resize(others.len(), 0);
    }
    for (tally, other) in tallies.iter_mut().zip(others) {
        *tally = tally.saturating_add(*other);
    }
}

pub(super) fn to_bytes(tallies: &[u32]) -> Vec<u8> {
    let last = tallies.iter().rposition(|tally| *tally > 0);
    let mut bytes = Vec::new();
    for tally in tallies.iter().take(last.map_or(0, |last| last + 1)) {
        let mut rest = *tally;
        while rest >= u32::from(MORE) {
            bytes.push((rest & 0x7f) as u8 | MORE);
            rest >>= BITS;
        }
        bytes.push(rest as u8);
    }
    bytes
}

/// What [`to_bytes`] wrote; anything else is damage.
pub(super) fn from_bytes(bytes: &[u8]) -> Result<Vec<u32>, StoreError> {
    let damaged = || {
        StoreError::Corrupt(format!(
            "hours holds {} bytes of times that alo never wrote",
            bytes.len()
        ))
    };
    let mut tallies = Vec::new();
    let (mut tally, mut shift) = (0_u64, 0);
    for byte in bytes {
        tally |= u64::from(byte & !MORE) << shift;
        if byte & MORE == 0 {
            tallies.push(u32::try_from(tally).map_err(|_| damaged())?);
            (tally, shift) = (0, 0);
        } else {
            shift += BITS;
        }
        // Five bytes hold any of them.
        if shift >= 5 * BITS || tallies.len() > BUCKETS {
            return Err(damaged());
        }
    }
    if shift == 0 { Ok(tallies) } else { Err(damaged()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn tallies_come_back_without_the_zeros_at_their_end(
            tallies in prop::collection::vec(prop_oneof![Just(0), 0_u32..200, any::<u32>()], 0..=BUCKETS),
        ) {
            let bytes = to_bytes(&tallies);
            let mut expected = tallies;
            while expected.last() == Some(&0) {
                expected.pop();
            }
            prop_assert_eq!(from_bytes(&bytes), Ok(expected));
        }

        #[test]
        fn bytes_of_any_kind_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            if let Ok(tallies) = from_bytes(&bytes) {
                prop_assert!(tallies.len() <= BUCKETS);
            }
        }
    }

    #[test]
    fn a_number_too_large_or_cut_off_is_damage() {
        for bytes in [vec![0x80], vec![0xff; 5], vec![0xff, 0xff, 0xff, 0xff, 0x7f], vec![1; 257]] {
            assert!(matches!(from_bytes(&bytes), Err(StoreError::Corrupt(_))), "{bytes:?}");
        }
        assert_eq!(from_bytes(&[0xff, 0xff, 0xff, 0xff, 0x0f]), Ok(vec![u32::MAX]));
    }

    #[test]
    fn what_lies_beyond_the_last_bucket_counts_in_it() {
        let mut tallies = Vec::new();
        count(&mut tallies, usize::MAX);
        count(&mut tallies, BUCKETS - 1);
        assert_eq!((tallies.len(), tallies[BUCKETS - 1]), (BUCKETS, 2));
        let mut sum = vec![1];
        add(&mut sum, &tallies);
        assert_eq!((sum[0], sum[BUCKETS - 1]), (1, 2));
    }
}

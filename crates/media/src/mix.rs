//! Sums of audio, with saturation. A conference's mixer is something else; this is for two directions of one call.

use crate::Frame;

/// The sum of two frames; what is too loud is clipped.
pub fn sum(one: &Frame, other: &Frame) -> Frame {
    let mut mixed = *one;
    for (sample, added) in mixed.iter_mut().zip(other) {
        *sample = sample.saturating_add(*added);
    }
    mixed
}

#[cfg(test)]
mod tests {
    use super::sum;

    #[test]
    fn what_is_too_loud_is_clipped() {
        assert_eq!(sum(&[30_000; 160], &[30_000; 160]), [i16::MAX; 160]);
        assert_eq!(sum(&[-30_000; 160], &[-30_000; 160]), [i16::MIN; 160]);
        assert_eq!(sum(&[-5; 160], &[7; 160]), [2; 160]);
    }
}

//! SIDs from the system's randomness.

use call::SidSource;
use model::{Sid, SidKind};

/// Draws SIDs at random.
#[derive(Debug)]
pub(crate) struct RandomSids;

impl SidSource for RandomSids {
    fn next(&mut self, kind: SidKind) -> Sid {
        random(kind)
    }
}

/// A SID of 128 random bits.
pub(crate) fn random(kind: SidKind) -> Sid {
    Sid::new(kind, random_bits())
}

/// 128 random bits. The system's generator does not fail after the machine has booted; if it did, SIDs could collide,
/// and going on would be worse than stopping this call.
pub(crate) fn random_bits() -> u128 {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system's random generator works after boot");
    u128::from_ne_bytes(bytes)
}

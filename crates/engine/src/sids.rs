//! SIDs from the clock and the system's randomness.

use call::SidSource;
use model::{Sid, SidKind};

use crate::clock::wall;

/// Draws SIDs at random.
#[derive(Debug)]
pub(crate) struct RandomSids;

impl SidSource for RandomSids {
    fn next(&mut self, kind: SidKind) -> Sid {
        random(kind)
    }
}

/// A SID that nobody can guess: 48 bits of the time in milliseconds, then 80 random ones. Rows that are made one after
/// the other so stand beside each other in the store's index, which halves what has to be written.
pub(crate) fn random(kind: SidKind) -> Sid {
    let millis = wall().micros().unsigned_abs() / 1_000;
    Sid::new(kind, (u128::from(millis) << 80) | (random_bits() >> 48))
}

/// 128 random bits. The system's generator does not fail after the machine has booted; if it did, SIDs could collide,
/// and going on would be worse than stopping this call.
pub(crate) fn random_bits() -> u128 {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system's random generator works after boot");
    u128::from_ne_bytes(bytes)
}

//! Random tags, branches, Call-IDs and nonces, drawn from the system in blocks.

use crate::wire::digest::hex;

/// Bytes drawn from the system at once.
const BLOCK: usize = 1024;

/// A supply of randomness.
pub(crate) struct Entropy {
    block: [u8; BLOCK],
    used: usize,
}

impl Entropy {
    /// Fails if the system has no randomness to give.
    pub(crate) fn new() -> Result<Self, getrandom::Error> {
        let mut entropy = Self { block: [0; BLOCK], used: 0 };
        getrandom::fill(&mut entropy.block)?;
        Ok(entropy)
    }

    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        const { assert!(N <= BLOCK, "asked for more than a block") };
        if self.used + N > BLOCK {
            // The system gave randomness at the start; if it ever stops, nothing here could be trusted any more.
            getrandom::fill(&mut self.block)
                .expect("the system's randomness, which worked at the start");
            self.used = 0;
        }
        let mut bytes = [0; N];
        bytes.copy_from_slice(&self.block[self.used..self.used + N]);
        self.block[self.used..self.used + N].fill(0);
        self.used += N;
        bytes
    }

    /// For From and To tags (RFC 3261 §19.3 wants 32 bits of randomness at least).
    pub(crate) fn tag(&mut self) -> String {
        hex(&self.bytes::<8>())
    }

    /// For Via (RFC 3261 §8.1.1.7), with the cookie.
    pub(crate) fn branch(&mut self) -> String {
        format!("z9hG4bK{}", hex(&self.bytes::<10>()))
    }

    /// For Call-ID (RFC 3261 §8.1.1.4); no host in it, so it tells nothing about ours.
    pub(crate) fn call_id(&mut self) -> String {
        hex(&self.bytes::<16>())
    }

    /// For the client's nonce of a digest.
    pub(crate) fn cnonce(&mut self) -> String {
        hex(&self.bytes::<8>())
    }

    /// A fraction from 0 up to, but not including, 1.
    pub(crate) fn fraction(&mut self) -> f32 {
        f32::from(u16::from_le_bytes(self.bytes())) / 65_536.0
    }
}

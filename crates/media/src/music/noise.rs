//! Chance that comes out the same every time: xorshift (G. Marsaglia, "Xorshift RNGs", 2003) with a seed.

/// A sequence of numbers without order.
#[derive(Clone, Debug)]
pub(super) struct Noise(u32);

impl Noise {
    /// The sequence of this seed.
    pub(super) fn new(seed: u32) -> Noise {
        // Neighbouring seeds are spread, and zero, which xorshift never leaves, is avoided.
        Noise(seed.wrapping_add(1).wrapping_mul(0x9E37_79B9) | 1)
    }

    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }

    /// -1 to 1.
    pub(super) fn sample(&mut self) -> f32 {
        self.next() as f32 / (u32::MAX as f32 / 2.0) - 1.0
    }

    /// 0 to `limit` without it.
    pub(super) fn below(&mut self, limit: u32) -> i32 {
        (self.next() >> 8).wrapping_rem(limit.max(1)) as i32
    }

    /// 1, give or take so much.
    pub(super) fn about(&mut self, spread: f32) -> f32 {
        1.0 + spread * self.sample()
    }
}

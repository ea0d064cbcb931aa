//! Loudness, and who is speaking: an energy-based tracker of speech and silence.
//!
//! Levels are in dBov (RFC 6464 §3, relative to the overload point): 0 is a full-scale square wave, silence is -127. Pure.

/// Loudness relative to the overload point: 0 is the loudest, [`Dbov::SILENCE`] nothing at all.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Dbov(pub f32);

impl Dbov {
    /// Digital silence (RFC 6464 §3).
    pub const SILENCE: Self = Self(-127.0);
}

//! Nonces of our challenges: made without remembering them, and counted once they were used (RFC 7616 §3.3, §5.5).
//!
//! A nonce carries its time and is signed together with the address that it was given to, so a flood of unproven
//! requests costs no memory. Only a nonce that a right password came with is remembered, until it expires.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::entropy::Entropy;
use crate::wire::digest::hex;

/// Hexadecimal digits of time, chance and signature.
const TIME: usize = 16;
const CHANCE: usize = 16;
const SIGNATURE: usize = 32;
/// How far a count may fall behind the highest seen, since UDP reorders.
const WINDOW: u32 = 64;
/// Used nonces remembered at once; with more, the phones are challenged again.
const USED_MAX: usize = 65_536;

/// Makes and checks nonces.
pub(super) struct Nonces {
    secret: [u8; 32],
    epoch: Instant,
    life: Duration,
    used: HashMap<String, Used>,
}

struct Used {
    highest: u32,
    /// Bit n: the count `highest - n` was used.
    window: u64,
    expires_at: Instant,
}

impl Nonces {
    pub(super) fn new(entropy: &mut Entropy, life: Duration, now: Instant) -> Self {
        Self { secret: entropy.bytes(), epoch: now, life, used: HashMap::new() }
    }

    pub(super) fn make(&self, entropy: &mut Entropy, source: IpAddr, now: Instant) -> String {
        let millis = now.saturating_duration_since(self.epoch).as_millis() as u64;
        let head = format!("{millis:016x}{}", hex(&entropy.bytes::<8>()));
        let signature = self.signature(&head, source);
        head + &signature
    }

    /// Whether we made this nonce for this address, and not too long ago.
    pub(super) fn is_fresh(&self, nonce: &str, source: IpAddr, now: Instant) -> bool {
        self.made_at(nonce, source).is_some_and(|made_at| now < made_at + self.life)
    }

    /// Notes that a nonce was used with this count (`None`: without `qop`, which allows one use only). Whether that was
    /// new; a replay is not.
    pub(super) fn spend(
        &mut self,
        nonce: &str,
        count: Option<u32>,
        source: IpAddr,
        now: Instant,
    ) -> bool {
        let Some(made_at) = self.made_at(nonce, source) else { return false };
        let count = count.unwrap_or(1);
        if count == 0 {
            return false;
        }
        if let Some(used) = self.used.get_mut(nonce) {
            return used.spend(count);
        }
        if self.used.len() >= USED_MAX {
            self.used.retain(|_, used| now < used.expires_at);
            if self.used.len() >= USED_MAX {
                return false;
            }
        }
        let used = Used { highest: count, window: 1, expires_at: made_at + self.life };
        self.used.insert(nonce.to_owned(), used);
        true
    }

    /// Forgets what has expired.
    pub(super) fn sweep(&mut self, now: Instant) {
        self.used.retain(|_, used| now < used.expires_at);
    }

    fn made_at(&self, nonce: &str, source: IpAddr) -> Option<Instant> {
        if nonce.len() != TIME + CHANCE + SIGNATURE || !nonce.is_ascii() {
            return None;
        }
        let (head, signature) = nonce.split_at(TIME + CHANCE);
        let expected = self.signature(head, source);
        if !bool::from(expected.as_bytes().ct_eq(signature.as_bytes())) {
            return None;
        }
        let millis = u64::from_str_radix(&head[..TIME], 16).ok()?;
        self.epoch.checked_add(Duration::from_millis(millis))
    }

    fn signature(&self, head: &str, source: IpAddr) -> String {
        let hash = Sha256::new()
            .chain_update(self.secret)
            .chain_update(head)
            .chain_update(source.to_string())
            .chain_update(self.secret)
            .finalize();
        hex(&hash[..SIGNATURE / 2])
    }
}

impl Used {
    fn spend(&mut self, count: u32) -> bool {
        if count > self.highest {
            let ahead = count - self.highest;
            self.window = if ahead < WINDOW { self.window << ahead | 1 } else { 1 };
            self.highest = count;
            return true;
        }
        let behind = self.highest - count;
        if behind >= WINDOW || self.window & (1 << behind) != 0 {
            return false;
        }
        self.window |= 1 << behind;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nonces() -> (Nonces, Entropy, Instant) {
        let now = Instant::now();
        let mut entropy = Entropy::new().expect("randomness for a test");
        let nonces = Nonces::new(&mut entropy, Duration::from_secs(60), now);
        (nonces, entropy, now)
    }

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

    #[test]
    fn a_nonce_is_good_for_its_address_and_its_time_only() {
        let (nonces, mut entropy, now) = nonces();
        let nonce = nonces.make(&mut entropy, HERE, now);
        assert!(nonces.is_fresh(&nonce, HERE, now + Duration::from_secs(59)));
        assert!(!nonces.is_fresh(&nonce, HERE, now + Duration::from_secs(60)));
        assert!(!nonces.is_fresh(&nonce, THERE, now));
        assert!(!nonces.is_fresh("0123", HERE, now));
        assert!(!nonces.is_fresh(&"é".repeat(32), HERE, now));
    }

    #[test]
    fn each_count_is_good_once_in_any_order_within_the_window() {
        let (mut nonces, mut entropy, now) = nonces();
        let nonce = nonces.make(&mut entropy, HERE, now);
        let mut spend = |count| nonces.spend(&nonce, Some(count), HERE, now);
        let first: Vec<bool> = [1, 1, 2, 10, 16, 9, 9, 255, 256, 300, 236, 100, 300, 0]
            .into_iter()
            .map(&mut spend)
            .collect();
        let expected = [
            true, false, true, true, true, true, false, true, true, true, false, false, false,
            false,
        ];
        assert_eq!(first, expected);
        assert!(spend(237), "63 behind the highest is still within the window");
    }

    #[test]
    fn without_a_count_a_nonce_is_good_once() {
        let (mut nonces, mut entropy, now) = nonces();
        let nonce = nonces.make(&mut entropy, HERE, now);
        assert!(nonces.spend(&nonce, None, HERE, now));
        assert!(!nonces.spend(&nonce, None, HERE, now));
    }
}

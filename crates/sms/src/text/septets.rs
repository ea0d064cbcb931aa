//! Septets brought together into octets, and apart again (3GPP TS 23.038 §6.1.2.1, TS 23.040 §9.2.3.24 for fill bits).
//!
//! The first septet is in the low bits of the first octet. After a header the septets begin at the next multiple of seven
//! bits, counted from the header's first octet, so that a handset without headers shows them whole.

/// Brings septets together, eight in seven octets. The highest bit of each is ignored; unused bits are 0.
pub fn pack(septets: &[u8]) -> Vec<u8> {
    pack_from(septets, 0)
}

/// As [`pack`], for what follows a header of so many octets (its length octet counted): fill bits come first.
pub fn pack_after_udh(septets: &[u8], header: usize) -> Vec<u8> {
    pack_from(septets, fill_bits(header))
}

/// The first `count` septets of packed octets; fewer where the octets end.
pub fn unpack(octets: &[u8], count: usize) -> Vec<u8> {
    unpack_from(octets, 0, count)
}

/// As [`unpack`], for the octets that follow a header of so many octets (its length octet counted).
pub fn unpack_after_udh(octets: &[u8], header: usize, count: usize) -> Vec<u8> {
    unpack_from(octets, fill_bits(header), count)
}

/// How many septets such octets hold at most. The last may be padding: where the count isn't told, seven spare bits look
/// like an `@`.
pub const fn septets_in(octets: usize, header: usize) -> usize {
    (octets * 8).saturating_sub(fill_bits(header)) / 7
}

const fn fill_bits(header: usize) -> usize {
    (7 - header * 8 % 7) % 7
}

fn pack_from(septets: &[u8], fill: usize) -> Vec<u8> {
    let mut octets = vec![0; (fill + septets.len() * 7).div_ceil(8)];
    for (index, septet) in septets.iter().enumerate() {
        let bit = fill + index * 7;
        let wide = u16::from(septet & 0x7f) << (bit % 8);
        let [low, high] = wide.to_le_bytes();
        octets[bit / 8] |= low;
        if high != 0 {
            octets[bit / 8 + 1] |= high;
        }
    }
    octets
}

fn unpack_from(octets: &[u8], fill: usize, count: usize) -> Vec<u8> {
    let count = count.min((octets.len() * 8).saturating_sub(fill) / 7);
    let septet = |index: usize| {
        let bit = fill + index * 7;
        let low = octets[bit / 8];
        let high = octets.get(bit / 8 + 1).copied().unwrap_or(0);
        (u16::from_le_bytes([low, high]) >> (bit % 8)) as u8 & 0x7f
    };
    (0..count).map(septet).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn septets_pack_as_in_every_description_of_the_alphabet() {
        let octets = [0xe8, 0x32, 0x9b, 0xfd, 0x46, 0x97, 0xd9, 0xec, 0x37];
        assert_eq!(pack(b"hellohello"), octets);
        assert_eq!(unpack(&octets, 10), b"hellohello");
    }

    #[test]
    fn a_header_of_six_octets_is_followed_by_one_fill_bit() {
        assert_eq!(pack_after_udh(&[0x41], 6), [0x82]);
        assert_eq!(unpack_after_udh(&[0x82], 6, 1), [0x41]);
        assert_eq!(pack_after_udh(&[0x41], 7), pack(&[0x41]));
        assert_eq!(septets_in(134, 6), 153);
        assert_eq!(septets_in(140, 0), 160);
    }

    proptest! {
        #[test]
        fn what_was_packed_comes_apart_the_same(
            septets in proptest::collection::vec(0u8..128, 0..200),
            header in 0usize..20,
        ) {
            let octets = pack_after_udh(&septets, header);
            prop_assert_eq!(unpack_after_udh(&octets, header, septets.len()), septets.clone());
            prop_assert!(septets_in(octets.len(), header) >= septets.len());
            prop_assert_eq!(unpack(&pack(&septets), septets.len()), septets);
        }

        #[test]
        fn any_octets_come_apart(octets: Vec<u8>, header in 0usize..300, count in 0usize..1000) {
            let septets = unpack_after_udh(&octets, header, count);
            prop_assert!(septets.len() <= count && septets.iter().all(|septet| *septet < 128));
        }
    }
}

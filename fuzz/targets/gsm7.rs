//! Texts on the air: any octets are read in every alphabet; what was read is written and read the same; and any text is
//! cut into segments that fit, and put together again in whatever order they come.

#![no_main]

use libfuzzer_sys::fuzz_target;
use model::{Fragment, FragmentText, Moment};
use sms::text::{
    Alphabet, Language, decode, decode_gsm7, decode_latin1, decode_utf16be, encode_gsm7,
    pack_after_udh, segments, septets_in, smart, split, unpack_after_udh,
};
use sms::{assembly, consent};

fuzz_target!(|data: &[u8]| {
    let [shifts, header, octets @ ..] = data else { return };
    read(octets, *shifts, usize::from(*header));
    cut(&decode_gsm7(octets, None, None));
    cut(&decode_utf16be(octets).0);
    cut(&String::from_utf8_lossy(octets));
});

/// Octets as a carrier may hand them over.
fn read(octets: &[u8], shifts: u8, header: usize) {
    let (locking, single) = (Language::from_code(shifts & 0xf), Language::from_code(shifts >> 4));
    let septets = unpack_after_udh(octets, header, septets_in(octets.len(), header));
    assert!(decode_gsm7(&septets, locking, single).chars().count() <= septets.len());
    let packed = pack_after_udh(&septets, header);
    assert_eq!(unpack_after_udh(&packed, header, septets.len()), septets);

    let text = decode_gsm7(octets, None, None);
    let written = encode_gsm7(&text).expect("what was read is of the alphabet");
    assert_eq!(decode_gsm7(&written, None, None), text);
    assert_eq!(decode_latin1(octets).chars().count(), octets.len());
}

/// A text as a client may send it.
fn cut(text: &str) {
    let cut = split(text);
    assert_eq!(cut.parts.len(), segments(text) as usize);
    let total = u32::try_from(cut.parts.len()).expect("few");
    let several = cut.parts.len() > 1;
    let mut fragments = Vec::new();
    for (number, part) in (1..).zip(&cut.parts) {
        let (octets, used, most) = match (part.septets(), several) {
            (Some(septets), false) => (septets.to_vec(), septets.len(), 160),
            (Some(septets), true) => (septets.to_vec(), septets.len(), 153),
            (None, false) => (part.ucs2(), part.ucs2().len() / 2, 70),
            (None, true) => (part.ucs2(), part.ucs2().len() / 2, 67),
        };
        assert!(used <= most, "{used} units in a segment of {most}");
        assert_eq!(decode(cut.alphabet, &octets), part.text);
        fragments.push(fragment(number, total, cut.alphabet, &part.text));
    }
    fragments.reverse();
    if total <= 255 {
        assert_eq!(assembly::assemble(&fragments).as_deref(), Some(text));
        fragments.pop();
        assert_eq!(assembly::assemble(&fragments), None);
        let _ = assembly::assemble_what_there_is(&fragments);
    }
    assert!(segments(&smart(text)) <= segments(text));
    let _ = consent::word(text, Some("BR"));
}

fn fragment(number: u32, total: u32, alphabet: Alphabet, text: &str) -> Fragment {
    Fragment {
        carrier: String::new(),
        from: String::new(),
        to: String::new(),
        reference: 0,
        total,
        number,
        units: match alphabet {
            Alphabet::Gsm7 => FragmentText::Text(text.to_owned()),
            Alphabet::Ucs2 => FragmentText::Units(text.encode_utf16().collect()),
        },
        received_at: Moment::EPOCH,
    }
}

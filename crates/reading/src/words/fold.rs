//! Characters that look alike made alike: full width, mathematical, circled and superscript forms, ligatures, the
//! digits of other scripts, dashes and quotes. What is neither seen nor heard (controls, joiners, direction marks) goes.
//!
//! A small part of NFKC (<https://www.unicode.org/reports/tr15/>), as far as texts that are read to a caller need it;
//! letters of other scripts stay as they are.

/// `text` with its characters folded, at most four for one.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' '..='~' | '\n' => folded.push(c),
            '\u{2029}' => folded.push_str("\n\n"),
            _ if c.is_whitespace() => folded.push(' '),
            _ if unheard(c) => {}
            _ if compose(&mut folded, c) => {}
            _ => one(c, &mut folded),
        }
    }
    folded
}

/// Whether `c` belongs to the letter before it: an accent, a vowel sign.
pub(super) fn is_combining(c: char) -> bool {
    COMBINING.iter().any(|(first, last)| (*first..=*last).contains(&c)) && !c.is_ascii()
}

/// Controls, joiners, selectors, direction marks, soft hyphens, key caps, private use.
fn unheard(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}' | '\u{20e3}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{fff0}'..='\u{ffff}')
        || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}')
}

/// Puts the accent `c` on the letter that stands last, where the two are one character.
fn compose(folded: &mut String, c: char) -> bool {
    let Some((_, pairs)) = ACCENTS.iter().find(|(accent, _)| *accent == c) else { return false };
    let Some(letter) = folded.chars().next_back() else { return true };
    let mut pairs = pairs.chars();
    while let (Some(plain), Some(accented)) = (pairs.next(), pairs.next()) {
        if plain == letter {
            folded.pop();
            folded.push(accented);
            return true;
        }
    }
    false
}

fn one(c: char, folded: &mut String) {
    if let Some((_, plain)) = ALIKE.iter().find(|(characters, _)| characters.contains(c)) {
        folded.push_str(plain);
    } else if let Some(digit) = digit(c) {
        folded.push(char::from(b'0' + digit));
    } else if let Some(letter) = letter(c) {
        folded.push(char::from(letter));
    } else if let 0x2460..=0x2473 = u32::from(c) {
        folded.push_str(&(u32::from(c) - 0x245f).to_string());
    } else {
        folded.push(c);
    }
}

/// The value of a decimal digit of another script or style.
fn digit(c: char) -> Option<u8> {
    let code = u32::from(c);
    let value = match code {
        0x1d7ce..=0x1d7ff => (code - 0x1d7ce) % 10,
        0x2074..=0x2079 => code - 0x2070,
        0x2080..=0x2089 => code - 0x2080,
        _ => ZEROS.iter().map(|zero| code.wrapping_sub(*zero)).find(|value| *value < 10)?,
    };
    u8::try_from(value).ok()
}

/// The ASCII letter or sign of a full-width, mathematical or circled form.
fn letter(c: char) -> Option<u8> {
    let code = u32::from(c);
    let ascii = match code {
        0xff01..=0xff5e => code - 0xfee0,
        0x1d400..=0x1d6a3 => match (code - 0x1d400) % 52 {
            upper @ 0..26 => upper + 65,
            lower => lower + 71,
        },
        0x24b6..=0x24cf => code - 0x24b6 + 65,
        0x24d0..=0x24e9 => code - 0x24d0 + 97,
        0x1f130..=0x1f149 => code - 0x1f130 + 65,
        _ => return None,
    };
    u8::try_from(ascii).ok()
}

/// Where the decimal digits of other scripts begin (general category Nd).
const ZEROS: &[u32] = &[
    0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0,
    0xf20, 0x1040, 0x17e0, 0x1810,
];

/// Signs of marks that join the letter before them, by block.
const COMBINING: &[(char, char)] = &[
    ('\u{300}', '\u{36f}'),
    ('\u{483}', '\u{487}'),
    ('\u{591}', '\u{5bd}'),
    ('\u{5bf}', '\u{5bf}'),
    ('\u{5c1}', '\u{5c2}'),
    ('\u{610}', '\u{61a}'),
    ('\u{64b}', '\u{65f}'),
    ('\u{670}', '\u{670}'),
    ('\u{93a}', '\u{94f}'),
    ('\u{9bc}', '\u{9cd}'),
    ('\u{a3c}', '\u{a4d}'),
    ('\u{abc}', '\u{acd}'),
    ('\u{b3c}', '\u{b4d}'),
    ('\u{bbe}', '\u{bcd}'),
    ('\u{c3e}', '\u{c4d}'),
    ('\u{cbc}', '\u{ccd}'),
    ('\u{d3b}', '\u{d4d}'),
    ('\u{dca}', '\u{ddf}'),
    ('\u{e31}', '\u{e3a}'),
    ('\u{e47}', '\u{e4e}'),
    ('\u{eb1}', '\u{ebc}'),
    ('\u{ec8}', '\u{ecd}'),
    ('\u{f71}', '\u{f84}'),
    ('\u{102b}', '\u{103e}'),
    ('\u{17b4}', '\u{17d3}'),
    ('\u{1ab0}', '\u{1aff}'),
    ('\u{1dc0}', '\u{1dff}'),
    ('\u{3099}', '\u{309a}'),
    ('\u{fe20}', '\u{fe2f}'),
];

/// Accents, and the letters that have them as one character: plain, accented, plain, accented.
const ACCENTS: &[(char, &str)] = &[
    ('\u{300}', "aàeèiìoòuùAÀEÈIÌOÒUÙ"),
    ('\u{301}', "aáeéiíoóuúyýcćnńsśzźAÁEÉIÍOÓUÚYÝCĆNŃSŚZŹ"),
    ('\u{302}', "aâeêiîoôuûAÂEÊIÎOÔUÛ"),
    ('\u{303}', "aãoõnñAÃOÕNÑ"),
    ('\u{308}', "aäeëiïoöuüyÿAÄEËIÏOÖUÜ"),
    ('\u{30a}', "aåuůAÅUŮ"),
    ('\u{30c}', "cčeěnňrřsšzžCČEĚNŇRŘSŠZŽ"),
    ('\u{327}', "cçsşCÇSŞ"),
];

/// Characters that are read as others.
const ALIKE: &[(&str, &str)] = &[
    ("‘’‛ʼ′`´", "'"),
    ("“„‟«", "“"),
    ("”»", "”"),
    ("″", "\""),
    ("‐‑−﹣", "-"),
    ("‒–", "–"),
    ("—―⸺", "—"),
    ("⁄∕", "/"),
    ("⋯⋮", "…"),
    ("。．。।॥۔", "."),
    ("、،", ","),
    ("؛", ";"),
    ("？؟", "?"),
    ("∶", ":"),
    ("¿¡", ""),
    ("【〔〈《「『", "("),
    ("】〕〉》」』", ")"),
    ("ﬀ", "ff"),
    ("ﬁ", "fi"),
    ("ﬂ", "fl"),
    ("ﬃ", "ffi"),
    ("ﬄ", "ffl"),
    ("ﬅﬆ", "st"),
    ("Ĳ", "IJ"),
    ("ĳ", "ij"),
    ("ª", "a"),
    ("º", "o"),
    ("¹", "1"),
    ("⁰⓪", "0"),
    ("Ⅰⅰ", "I"),
    ("Ⅱⅱ", "II"),
    ("Ⅲⅲ", "III"),
    ("Ⅳⅳ", "IV"),
    ("Ⅴⅴ", "V"),
    ("Ⅵⅵ", "VI"),
    ("Ⅶⅶ", "VII"),
    ("Ⅷⅷ", "VIII"),
    ("Ⅸⅸ", "IX"),
    ("Ⅹⅹ", "X"),
    ("Ⅺⅺ", "XI"),
    ("Ⅻⅻ", "XII"),
    ("℃", "°C"),
    ("℉", "°F"),
    ("№", "No."),
    ("℡", "TEL"),
    ("㎏", "kg"),
    ("㎞", "km"),
    ("㎝", "cm"),
    ("㎜", "mm"),
    ("㎡", "m²"),
    ("㎎", "mg"),
    ("㎖", "ml"),
    ("㏄", "cc"),
    ("µ", "μ"),
    ("℀", "a/c"),
    ("℅", "c/o"),
    ("﹩", "$"),
];

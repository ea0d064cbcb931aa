//! X-SAMPA, IPA in ASCII, as IPA. J. C. Wells, "Computer-coding the IPA" (1995).

/// What isn't a symbol of X-SAMPA is kept as it is: it may be IPA already.
pub(super) fn to_ipa(text: &str) -> String {
    let mut ipa = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        // The longest symbol counts: `r\`` is not `r`.
        let symbol = SYMBOLS
            .iter()
            .filter(|(symbol, _)| rest.starts_with(symbol))
            .max_by_key(|(symbol, _)| symbol.len());
        if let Some((symbol, sound)) = symbol {
            ipa.push_str(sound);
            rest = &rest[symbol.len()..];
        } else {
            ipa.push(character);
            rest = &rest[character.len_utf8()..];
        }
    }
    ipa
}

const SYMBOLS: &[(&str, &str)] = &[
    // Stress, length, boundaries.
    ("\"", "ˈ"),
    ("%", "ˌ"),
    (":", "ː"),
    (":\\", "ˑ"),
    ("-", ""),
    ("-\\", "‿"),
    // Vowels.
    ("A", "ɑ"),
    ("{", "æ"),
    ("6", "ɐ"),
    ("Q", "ɒ"),
    ("E", "ɛ"),
    ("@", "ə"),
    ("@`", "ɚ"),
    ("@\\", "ɘ"),
    ("3", "ɜ"),
    ("3`", "ɝ"),
    ("3\\", "ɞ"),
    ("I", "ɪ"),
    ("I\\", "ᵻ"),
    ("O", "ɔ"),
    ("2", "ø"),
    ("9", "œ"),
    ("&", "ɶ"),
    ("U", "ʊ"),
    ("U\\", "ᵿ"),
    ("}", "ʉ"),
    ("V", "ʌ"),
    ("Y", "ʏ"),
    ("1", "ɨ"),
    ("7", "ɤ"),
    ("8", "ɵ"),
    ("M", "ɯ"),
    // Consonants.
    ("B", "β"),
    ("B\\", "ʙ"),
    ("b_<", "ɓ"),
    ("C", "ç"),
    ("D", "ð"),
    ("d`", "ɖ"),
    ("d_<", "ɗ"),
    ("G", "ɣ"),
    ("G\\", "ɢ"),
    ("G\\_<", "ʛ"),
    ("g_<", "ɠ"),
    ("H", "ɥ"),
    ("H\\", "ʜ"),
    ("h\\", "ɦ"),
    ("J", "ɲ"),
    ("J\\", "ɟ"),
    ("J\\_<", "ʄ"),
    ("j\\", "ʝ"),
    ("K", "ɬ"),
    ("K\\", "ɮ"),
    ("L", "ʎ"),
    ("L\\", "ʟ"),
    ("l`", "ɭ"),
    ("l\\", "ɺ"),
    ("M\\", "ɰ"),
    ("F", "ɱ"),
    ("N", "ŋ"),
    ("N\\", "ɴ"),
    ("n`", "ɳ"),
    ("O\\", "ʘ"),
    ("P", "ʋ"),
    ("p\\", "ɸ"),
    ("R", "ʁ"),
    ("R\\", "ʀ"),
    ("r`", "ɽ"),
    ("r\\", "ɹ"),
    ("r\\`", "ɻ"),
    ("S", "ʃ"),
    ("s`", "ʂ"),
    ("s\\", "ɕ"),
    ("T", "θ"),
    ("t`", "ʈ"),
    ("v\\", "ʋ"),
    ("W", "ʍ"),
    ("X", "χ"),
    ("X\\", "ħ"),
    ("x\\", "ɧ"),
    ("Z", "ʒ"),
    ("z`", "ʐ"),
    ("z\\", "ʑ"),
    ("4", "ɾ"),
    ("5", "ɫ"),
    ("?", "ʔ"),
    ("?\\", "ʕ"),
    ("<\\", "ʢ"),
    (">\\", "ʡ"),
    ("!\\", "ǃ"),
    ("|\\", "ǀ"),
    ("|\\|\\", "ǁ"),
    ("=\\", "ǂ"),
    // Diacritics that English or its loans have; combining ones follow their letter in both.
    ("~", "\u{303}"),
    ("_~", "\u{303}"),
    ("=", "\u{329}"),
    ("_=", "\u{329}"),
    ("_0", "\u{325}"),
    ("_v", "\u{32c}"),
    ("_d", "\u{32a}"),
    ("_h", "ʰ"),
    ("_w", "ʷ"),
    ("_j", "ʲ"),
    ("'", "ʲ"),
    ("`", "˞"),
    ("_e", "\u{334}"),
    ("_}", "\u{31a}"),
];

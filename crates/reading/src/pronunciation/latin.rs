//! Latin letters with accents as the plain letters that Americans read them as.

/// `word` in ASCII letters, digits and apostrophes; what has none such is left out.
pub(super) fn plain(word: &str) -> String {
    let mut plain = String::with_capacity(word.len());
    for c in word.chars() {
        if c.is_ascii_alphanumeric() || c == '\'' {
            plain.push(c);
        } else if !c.is_ascii()
            && let Some((_, letters)) = LETTERS.iter().find(|(accented, _)| accented.contains(c))
        {
            plain.push_str(letters);
        }
    }
    plain
}

/// Letters of Latin-1 and Latin Extended-A, and the commonest of Vietnamese and Romanian.
const LETTERS: &[(&str, &str)] = &[
    ("àáâãäåāăąạảấầậắằ", "a"),
    ("ÀÁÂÃÄÅĀĂĄ", "A"),
    ("æ", "ae"),
    ("Æ", "Ae"),
    ("çćĉċč", "c"),
    ("ÇĆĈĊČ", "C"),
    ("ðďđ", "d"),
    ("ÐĎĐ", "D"),
    ("èéêëēĕėęěẹẻẽếềểễệ", "e"),
    ("ÈÉÊËĒĔĖĘĚ", "E"),
    ("ĝğġģ", "g"),
    ("ĜĞĠĢ", "G"),
    ("ĥħ", "h"),
    ("ĤĦ", "H"),
    ("ìíîïĩīĭįıịỉ", "i"),
    ("ÌÍÎÏĨĪĬĮİ", "I"),
    ("ĵ", "j"),
    ("Ĵ", "J"),
    ("ķĸ", "k"),
    ("Ķ", "K"),
    ("ĺļľŀł", "l"),
    ("ĹĻĽĿŁ", "L"),
    ("ñńņňŉŋ", "n"),
    ("ÑŃŅŇŊ", "N"),
    ("òóôõöøōŏőơọỏốồộớờợ", "o"),
    ("ÒÓÔÕÖØŌŎŐƠ", "O"),
    ("œ", "oe"),
    ("Œ", "Oe"),
    ("ŕŗř", "r"),
    ("ŔŖŘ", "R"),
    ("śŝşšș", "s"),
    ("ŚŜŞŠȘ", "S"),
    ("ß", "ss"),
    ("ţťŧț", "t"),
    ("ŢŤŦȚ", "T"),
    ("þ", "th"),
    ("Þ", "Th"),
    ("ùúûüũūŭůűųưụủứừự", "u"),
    ("ÙÚÛÜŨŪŬŮŰŲƯ", "U"),
    ("ŵ", "w"),
    ("Ŵ", "W"),
    ("ýÿŷỳỵ", "y"),
    ("ÝŶŸ", "Y"),
    ("źżž", "z"),
    ("ŹŻŽ", "Z"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_go_and_other_scripts_too() {
        assert_eq!(plain("café"), "cafe");
        assert_eq!(plain("Łódź"), "Lodz");
        assert_eq!(plain("Müller"), "Muller");
        assert_eq!(plain("Привет 42"), "42");
    }
}

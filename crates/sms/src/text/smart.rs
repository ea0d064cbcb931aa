//! Typographic characters replaced by those of the GSM alphabet, so that a text needs fewer segments.
//!
//! Follows <https://www.twilio.com/docs/messaging/services/smart-encoding-char-list>: quotes, dashes, spaces, ellipses,
//! fractions, full-width and small forms, invisible characters. Letters keep their accents: `ção` stays `ção`, since a
//! changed name is worse than a second segment.

use std::borrow::Cow;

use super::{gsm7, segments};

/// A text with its typographic characters replaced, if it then fits the GSM alphabet and needs no more segments;
/// otherwise as it is, since nothing would be won.
///
/// Differs: the page doesn't say whether a text that needs UCS-2 all the same is changed too.
pub fn smart(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find(|character| replacement(character).is_some()) else {
        return Cow::Borrowed(text);
    };
    let mut replaced = String::with_capacity(text.len());
    replaced.push_str(&text[..first]);
    for character in text[first..].chars() {
        match replacement(character) {
            Some(words) => replaced.push_str(words),
            None if gsm7::width(character) > 0 => replaced.push(character),
            None => return Cow::Borrowed(text),
        }
    }
    let fits = gsm7::encode_gsm7(&text[..first]).is_some();
    if fits && segments(&replaced) <= segments(text) {
        Cow::Owned(replaced)
    } else {
        Cow::Borrowed(text)
    }
}

/// What stands in for a character.
fn replacement(character: char) -> Option<&'static str> {
    if character.is_ascii() && character != '`' && character != '\t' {
        return None;
    }
    Some(match character {
        '«' | '»' | '“' | '”' | '„' | '‟' | 'ʺ' | 'ˮ' | '❝' | '❞' | '〝' | '〞' | '〟' | '＂'
        | '″' => "\"",
        '‘' | '’' | '‚' | '‛' | '‹' | '›' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʽ' | 'ˈ' | '´' | '`' | 'ˊ' | 'ˋ'
        | '❛' | '❜' | '＇' | '′' => "'",
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '⁃' | '−' | '﹘' | '﹣' | '－' => {
            "-"
        }
        '…' | '⋯' => "...",
        '‥' => "..",
        '‼' => "!!",
        '•' | '‣' | '◦' | '∙' | '﹡' | '＊' | '∗' => "*",
        '÷' | '⁄' | '∕' | '⧸' | '／' => "/",
        '⧵' | '⧹' | '﹨' | '＼' => "\\",
        '¼' => "1/4",
        '½' => "1/2",
        '¾' => "3/4",
        '＿' => "_",
        '｜' | '❘' => "|",
        '﹖' | '？' => "?",
        '﹗' | '！' => "!",
        '﹟' | '＃' => "#",
        '﹩' | '＄' => "$",
        '﹪' | '％' => "%",
        '﹠' | '＆' => "&",
        '﹫' | '＠' => "@",
        '﹢' | '＋' => "+",
        '﹦' | '＝' => "=",
        '﹤' | '＜' => "<",
        '﹥' | '＞' => ">",
        '﹐' | '，' | '︐' => ",",
        '﹒' | '．' | '。' => ".",
        '﹔' | '；' | '︔' => ";",
        '﹕' | '：' | 'ː' | '︓' => ":",
        '﹙' | '（' | '❨' | '❪' => "(",
        '﹚' | '）' | '❩' | '❫' => ")",
        '［' | '⁅' => "[",
        '］' | '⁆' => "]",
        '﹛' | '｛' | '❴' => "{",
        '﹜' | '｝' | '❵' => "}",
        '˜' | '～' | '∼' => "~",
        'ˆ' | '＾' | '⌃' => "^",
        '\t'
        | '\u{a0}'
        | '\u{1680}'
        | '\u{2000}'..='\u{200a}'
        | '\u{202f}'
        | '\u{205f}'
        | '\u{3000}' => " ",
        '\u{2028}' | '\u{2029}' | '\u{85}' => "\n",
        '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' => "",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Alphabet, alphabet};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_from_a_word_processor_fits_the_gsm_alphabet() {
        let typed = "“Don’t wait”\u{a0}– she’s on call…";
        assert_eq!(alphabet(typed), Alphabet::Ucs2);
        assert_eq!(smart(typed), "\"Don't wait\" - she's on call...");
        assert_eq!(alphabet(&smart(typed)), Alphabet::Gsm7);
    }

    #[test]
    fn letters_and_signs_that_mean_something_stay() {
        for text in ["à £ € Ω ñ", "“Atenção”: sexta…", "日本。", "😀…", ""] {
            assert!(matches!(smart(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_text_of_the_gsm_alphabet_is_not_touched(septets: Vec<u8>) {
            let text = super::super::decode_gsm7(&septets, None, None);
            prop_assert_eq!(smart(&text), text.as_str());
        }

        #[test]
        fn it_never_needs_more_segments_and_not_twice(text in "[a-z“”’–…\u{a0}½é日]{0,400}") {
            let once = smart(&text).into_owned();
            prop_assert_eq!(smart(&once), once.as_str());
            prop_assert!(segments(&once) <= segments(&text));
        }
    }
}

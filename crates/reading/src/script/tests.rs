//! Each element and attribute of SSML, by the parts that come out, written as short lines.

use std::fmt::Write as _;

use super::*;

mod properties;

/// A line for each part: `"text"`, what it is, how it sounds, in which language.
fn lines(script: &Script) -> String {
    let mut lines = String::new();
    for part in &script.parts {
        if !lines.is_empty() {
            lines.push_str(" | ");
        }
        match part {
            Part::Break(pause) => {
                let _ = write!(lines, "{} ms", pause.as_millis());
            }
            Part::End => lines.push_str("end"),
            Part::Paragraph => lines.push_str("paragraph"),
            Part::Text { text, how, style, language } => {
                let _ = write!(lines, "{text:?}");
                match how {
                    How::Plain => {}
                    How::As(format) => {
                        let _ = write!(lines, " as {format:?}");
                    }
                    How::Ipa(symbols) => {
                        let _ = write!(lines, " /{symbols}/");
                    }
                }
                for (name, factor) in
                    [("rate", style.rate), ("pitch", style.pitch), ("volume", style.volume)]
                {
                    if (factor - 1.0).abs() > 0.001 {
                        let _ = write!(lines, " {name} {factor:.2}");
                    }
                }
                if let Some(language) = language {
                    let _ = write!(lines, " in {language}");
                }
            }
        }
    }
    lines
}

#[track_caller]
fn check(ssml: &str, expected: &str) {
    let script = Script::read("the text", Some(ssml));
    assert_eq!(lines(&script), expected, "{ssml}");
    let again = Script::read("the text", Some(&script.to_ssml()));
    assert_eq!(lines(&again), expected, "{ssml}, printed as {}", script.to_ssml());
}

/// The style that `attribute` makes.
#[track_caller]
fn prosody(attribute: &str, expected: &str) {
    check(&format!("<prosody {attribute}>a</prosody>"), format!("\"a\" {expected}").trim_end());
}

#[test]
fn a_text_without_markup_is_one_part_as_it_is() {
    let script = Script::read(" Hello,\n  <world> & all.\n\nBye. ", None);
    assert_eq!(lines(&script), r#"" Hello,\n  <world> & all.\n\nBye. ""#);
    assert!(script.is_plain());
    assert_eq!(Script::read(" \n\t\u{a0}", None), Script::default());
    assert_eq!(Script::read("", None), Script::default());
    assert_eq!(Script::read("", Some(" ")), Script::default());
}

#[test]
fn breaks_take_their_time_or_what_their_strength_says() {
    check("One<break time='1s'/>two", r#""One" | 1000 ms | "two""#);
    check("One <break time=\"500ms\"/> two", r#""One" | 500 ms | "two""#);
    check("<break time='1.5s'/>a", r#"1500 ms | "a""#);
    check("<break time=' +2S '/>", "2000 ms");
    check("<break time='.25s'/>", "250 ms");
    check(
        "<break time='10s'/><break time='11s'/><break time='9999999h'/>",
        "10000 ms | 10000 ms | 400 ms",
    );
    check("a<break strength='none'/>b", r#""a" | 0 ms | "b""#);
    check(
        "<break strength='x-weak'/><break strength='weak'/><break strength='medium'/>",
        "100 ms | 200 ms | 400 ms",
    );
    check("<break strength='strong'/><break strength='x-strong'/>", "700 ms | 1200 ms");
    check("<break/><break></break><break time=''/>", "400 ms | 400 ms | 400 ms");
    check("<break strength='x-strong' time='300ms'/>", "300 ms");
    check(
        "<break strength='weak' time='soon'/><break time='-1s'/><break time='3'/>",
        "200 ms | 400 ms | 400 ms",
    );
    check(
        "<break time='1e3s'/><break time='infs'/><break time='nans'/>",
        "400 ms | 400 ms | 400 ms",
    );
    check("<break time='99999999999999999999999999999999999999999s'/>", "400 ms");
}

#[test]
fn a_rate_is_a_factor() {
    prosody("rate='x-slow'", "rate 0.50");
    prosody("rate='slow'", "rate 0.75");
    prosody("rate='medium'", "");
    prosody("rate='default'", "");
    prosody("rate='fast'", "rate 1.25");
    prosody("rate='X-Fast'", "rate 1.60");
    prosody("rate='90%'", "rate 0.90");
    prosody("rate='200%'", "rate 2.00");
    prosody("rate='+10%'", "rate 1.10");
    prosody("rate='-25%'", "rate 0.75");
    prosody("rate='1.3'", "rate 1.30");
    prosody("rate='+0.5'", "rate 1.50");
    prosody("rate='1%'", "rate 0.20");
    prosody("rate='5000%'", "rate 4.00");
    prosody("rate='-400%'", "rate 0.20");
    prosody("rate='quickly'", "");
    prosody("rate='%'", "");
    prosody("rate='1.2.3'", "");
    prosody("rate='inf'", "");
}

#[test]
fn a_pitch_is_a_factor() {
    prosody("pitch='x-low'", "pitch 0.70");
    prosody("pitch='low'", "pitch 0.85");
    prosody("pitch='medium'", "");
    prosody("pitch='high'", "pitch 1.15");
    prosody("pitch='x-high'", "pitch 1.35");
    prosody("pitch='+10%'", "pitch 1.10");
    prosody("pitch='-10%'", "pitch 0.90");
    prosody("pitch='15%'", "pitch 1.15");
    prosody("pitch='90%'", "pitch 0.90");
    prosody("pitch='+2st'", "pitch 1.12");
    prosody("pitch='-12st'", "pitch 0.50");
    prosody("pitch='+99st'", "pitch 2.00");
    prosody("pitch='+20Hz'", "pitch 1.10");
    prosody("pitch='-20 Hz'", "pitch 0.90");
    prosody("pitch='220Hz'", "pitch 1.10");
    prosody("pitch='7'", "");
}

#[test]
fn a_volume_is_a_factor_of_the_amplitude() {
    prosody("volume='silent'", "volume 0.00");
    prosody("volume='x-soft'", "volume 0.25");
    prosody("volume='soft'", "volume 0.50");
    prosody("volume='medium'", "");
    prosody("volume='loud'", "volume 1.58");
    prosody("volume='x-loud'", "volume 2.51");
    prosody("volume='+6dB'", "volume 2.00");
    prosody("volume='-6db'", "volume 0.50");
    prosody("volume='+60dB'", "volume 4.00");
    prosody("volume='50'", "volume 0.50");
    prosody("volume='50%'", "volume 0.50");
    prosody("volume='-10%'", "volume 0.90");
    prosody("volume='much'", "");
}

#[test]
fn nested_styles_multiply_and_end_with_their_element() {
    check(
        "<prosody rate='80%' volume='soft'>a <prosody rate='50%' pitch='+10%'>b</prosody> c</prosody> d",
        r#""a " rate 0.80 volume 0.50 | "b" rate 0.40 pitch 1.10 volume 0.50 | " c" rate 0.80 volume 0.50 | " d""#,
    );
    check("<prosody rate='20%'><prosody rate='20%'>a</prosody></prosody>", r#""a" rate 0.20"#);
    check("<prosody contour='(0%,+20Hz)' range='high' duration='2s'>a</prosody>", r#""a""#);
}

#[test]
fn emphasis_is_a_style() {
    check("<emphasis level='strong'>a</emphasis>", r#""a" rate 0.85 pitch 1.06 volume 1.40"#);
    check("<emphasis level='moderate'>a</emphasis>", r#""a" rate 0.93 pitch 1.03 volume 1.20"#);
    check("<emphasis>a</emphasis>", r#""a" rate 0.93 pitch 1.03 volume 1.20"#);
    check("<emphasis level='reduced'>a</emphasis>", r#""a" rate 1.10 pitch 0.97 volume 0.75"#);
    check("<emphasis level='none'>a</emphasis>", r#""a""#);
}

#[test]
fn say_as_knows_every_format() {
    let formats = [
        ("characters", "Characters"),
        ("spell-out", "Characters"),
        ("verbatim", "Characters"),
        ("digits", "Digits"),
        ("cardinal", "Cardinal"),
        ("number", "Cardinal"),
        ("ordinal", "Ordinal"),
        ("date", "Date(\"\")"),
        ("time", "Time"),
        ("telephone", "Telephone"),
        ("currency", "Currency"),
        ("fraction", "Fraction"),
        ("unit", "Unit"),
        ("address", "Address"),
        ("expletive", "Expletive"),
        ("bleep", "Expletive"),
        (" Digits ", "Digits"),
    ];
    for (name, format) in formats {
        check(
            &format!("a <say-as interpret-as='{name}'> 12 </say-as> b"),
            &format!(r#""a " | "12" as {format} | " b""#),
        );
    }
    check("<say-as interpret-as='song'>la</say-as>", r#""la""#);
    check("<say-as>la</say-as>", r#""la""#);
}

#[test]
fn say_as_has_a_format_for_dates_and_numbers() {
    for (format, order) in [
        ("mdy", "mdy"),
        ("dmy", "dmy"),
        ("ymd", "ymd"),
        ("md", "md"),
        ("dm", "dm"),
        ("ym", "ym"),
        ("my", "my"),
        ("d", "d"),
        ("m", "m"),
        ("y", "y"),
        ("yyyymmdd", "ymd"),
        ("MM/DD/YYYY", "mdy"),
    ] {
        check(
            &format!("<say-as interpret-as='date' format='{format}'>1</say-as>"),
            &format!(r#""1" as Date("{order}")"#),
        );
    }
    check("<say-as interpret-as='number' format='ordinal'>1</say-as>", r#""1" as Ordinal"#);
    check("<say-as interpret-as='number' format='telephone'>1</say-as>", r#""1" as Telephone"#);
}

#[test]
fn a_say_as_is_one_part_whatever_is_in_it() {
    check(
        "<say-as interpret-as='digits'>1<!-- x -->2<break/><emphasis>3</emphasis></say-as>",
        r#""123" as Digits"#,
    );
    check(
        "<say-as interpret-as='digits'>1</say-as><say-as interpret-as='digits'>2</say-as>",
        r#""1" as Digits | "2" as Digits"#,
    );
    check("a <say-as interpret-as='digits'> </say-as> b", r#""a b""#);
    check(
        "<say-as interpret-as='characters'><sub alias='XY'>Z</sub></say-as>",
        r#""XY" as Characters"#,
    );
    check(
        "<prosody rate='slow'><say-as interpret-as='digits'>1</say-as></prosody>",
        r#""1" as Digits rate 0.75"#,
    );
}

#[test]
fn an_alias_is_read_in_place_of_what_is_in_sub() {
    check("The <sub alias='World Wide Web'>W<b>3</b></sub>!", r#""The World Wide Web!""#);
    check("<sub alias=' '>W3</sub> <sub>W4</sub>", r#""W3 W4""#);
    check("<sub alias='a'>b<break/><p>c</p></sub>", r#""a""#);
}

#[test]
fn sentences_and_paragraphs_end_where_their_elements_do() {
    check(
        "<p><s>One.</s> <s>Two</s></p> <p>Three</p>",
        r#""One." | end | "Two" | paragraph | "Three""#,
    );
    check("a<s>b</s>c", r#""a" | end | "b" | end | "c""#);
    check("<p></p><s/><p>a</p><s></s>", r#""a""#);
    check("<s>a</s><break time='1s'/><s>b</s>", r#""a" | end | 1000 ms | end | "b""#);
}

#[test]
fn words_with_roles_stay_in_their_sentence() {
    check("I <w role='amazon:VBD'>read</w> it", r#""I read it""#);
    check("I <w role='ivona:VB'>read</w>.", r#""I read.""#);
}

#[test]
fn languages_are_told_by_any_element() {
    check(
        "Say <lang xml:lang='fr-FR'>bonjour <s>à tous</s></lang> now",
        r#""Say " | "bonjour" in fr-FR | end | "à tous" in fr-FR | end | "now""#,
    );
    check("<p xml:lang='de'>a</p>", r#""a" in de"#);
    check("<speak xml:lang='en-GB'>a</speak>", r#""a" in en-GB"#);
    check("<lang>a</lang><lang xml:lang=''>b</lang>", r#""ab""#);
}

#[test]
fn phonemes_take_the_place_of_their_text() {
    check(
        "a <phoneme alphabet='ipa' ph='pɪˈkɑːn'>pecan</phoneme> b",
        r#""a " | "pecan" /pɪˈkɑːn/ | " b""#,
    );
    check("<phoneme ph='ɪ'>a</phoneme>", r#""a" /ɪ/"#);
    check("<phoneme alphabet='ipa' ph='ɪ'/>", r#""" /ɪ/"#);
    check("<phoneme alphabet='x-sampa' ph='pI\"kA:n'>pecan</phoneme>", r#""pecan" /pɪˈkɑːn/"#);
    check("<phoneme alphabet='X-SAMPA' ph='{r\\@`'>x</phoneme>", r#""x" /æɹɚ/"#);
    check("<phoneme alphabet='x-amazon-pinyin' ph='bao2'>薄</phoneme>", r#""薄""#);
    check("<phoneme alphabet='ipa' ph=''>a</phoneme>", r#""a""#);
}

#[test]
fn what_is_not_known_is_read_without_its_tags() {
    check("<speak>Hi <b>you</b> there</speak>", r#""Hi you there""#);
    check(
        "<amazon:effect name='whispered'>a</amazon:effect> <amazon:domain name='news'>b</amazon:domain>",
        r#""a b""#,
    );
    check("a<mark name='x'/> <audio src='/etc/passwd'>b<desc>c</desc></audio>", r#""a b""#);
    check(
        "<?xml version='1.0'?><!-- a --><![CDATA[<b> & c]]><metadata>d</metadata>",
        r#""<b> & c""#,
    );
    check("<EMPHASIS LEVEL='strong'>a</EMPHASIS>", r#""a" rate 0.85 pitch 1.06 volume 1.40"#);
    check("<ssml:emphasis level='none'>a</ssml:emphasis>", r#""a""#);
}

#[test]
fn no_entity_is_known_but_the_five_and_numbers() {
    check("&lt;a&gt; &amp; &quot;b&quot; &apos;c&apos; &#233;&#xe9;", "\"<a> & \\\"b\\\" 'c' éé\"");
    check("R&D & more", r#""R&D & more""#);
    let bomb = "<!DOCTYPE x [<!ENTITY a 'aaaa'>]><s>&a;</s>";
    assert_eq!(lines(&Script::read("the text", Some(bomb))), r#""the text""#);
    let value = "<sub alias='&a;'>b</sub>";
    assert_eq!(lines(&Script::read("the text", Some(value))), r#""the text""#);
}

#[test]
fn broken_ssml_is_read_as_its_text() {
    for broken in [
        "<s>a",
        "a</s>",
        "<s>a</p>",
        "<s a",
        "<s a=b>c</s>",
        "<s a='1' a='2'>b</s>",
        "a<!-- b",
        "<",
    ] {
        assert_eq!(lines(&Script::read("the text", Some(broken))), r#""the text""#, "{broken}");
    }
    let broken = "Press <b>1</i> & 2 < 3 &lt;now&gt;<break";
    let script = Script::read(" ", Some(broken));
    assert_eq!(lines(&script), r#""Press 1 & 2 < 3 <now><break""#);
    assert_eq!(Script::read("", Some("<a></b>")), Script::default());
}

#[test]
fn depth_parts_characters_and_silence_are_bounded() {
    let deep = "<emphasis level='none'>".repeat(5_000) + "a" + &"</emphasis>".repeat(5_000);
    check(&deep, r#""a""#);
    let deep = "<prosody rate='90%'>".repeat(40) + "a" + &"</prosody>".repeat(40) + " b";
    check(&deep, r#""a" rate 0.20 | " b""#);

    let attributes = (0..33).map(|number| format!(" a{number}='b'")).collect::<Vec<_>>().concat();
    assert_eq!(
        lines(&Script::read("the text", Some(&format!("<s{attributes}>a</s>")))),
        r#""the text""#
    );
    let empty = "<s/>".repeat(300_000);
    assert_eq!(lines(&Script::read("the text", Some(&empty))), r#""the text""#);

    let many = "a<break time='1ms'/>".repeat(PARTS_LIMIT);
    assert_eq!(Script::read("", Some(&many)).parts.len(), PARTS_LIMIT);

    let pauses = "<break time='10s'/>".repeat(1_000);
    assert_eq!(Script::read("", Some(&pauses)).parts.len(), 60);

    let long = "é".repeat(TEXT_LIMIT + 1);
    for script in [Script::read(&long, None), Script::read("", Some(&long))] {
        assert_eq!(script.plain_text(), long[..2 * TEXT_LIMIT]);
    }
}

#[test]
fn a_script_is_plain_if_its_words_say_all() {
    let is_plain = |ssml| Script::read("", Some(ssml)).is_plain();
    assert!(is_plain("Hello <w role='amazon:NN'>there</w>"));
    assert!(is_plain("The <sub alias='World Wide Web'>WWW</sub>"));
    for ssml in ["a<break/>b", "<s>a</s><s>b</s>", "<prosody rate='slow'>a</prosody>"] {
        assert!(!is_plain(ssml), "{ssml}");
    }
    for ssml in ["<lang xml:lang='fr'>a</lang>", "<say-as interpret-as='digits'>1</say-as>"] {
        assert!(!is_plain(ssml), "{ssml}");
    }
}

#[test]
fn plain_text_has_aliases_and_lines_and_no_bad_words() {
    let plain = |ssml| Script::read("", Some(ssml)).plain_text();
    assert_eq!(plain("<p><s>One.</s><s>Two.</s></p><p>Three.</p>"), "One.\nTwo.\n\nThree.");
    assert_eq!(plain("One<break time='1s'/>two <sub alias='three'>3</sub>"), "One two three");
    assert_eq!(plain("Oh <say-as interpret-as='expletive'>damn</say-as>!"), "Oh !");
    assert_eq!(plain("<phoneme ph='a'>b</phoneme> <emphasis>c</emphasis>"), "b c");
}

#[test]
fn markup_in_texts_and_values_is_printed_as_text() {
    check("<sub alias='&lt;break/&gt;'>a</sub> &amp;lt;", r#""<break/> &lt;""#);
    let script = Script::read("a <b> & \"c\"\u{1}", None);
    assert_eq!(script.to_ssml(), "a &lt;b&gt; &amp; &quot;c&quot;");
}

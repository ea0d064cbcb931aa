//! Sentences and words as the voice hears them, each checked by ear or against the dictionary.

mod properties;

use super::*;

/// A sentence of plain words; what stands at either end of a word is a mark.
fn tokens(text: &str) -> Vec<Token> {
    let is_mark = |c| ".,;:!?—…()“”".contains(c);
    let mut tokens = Vec::new();
    for chunk in text.split_whitespace() {
        let word = chunk.trim_matches(is_mark);
        let begins = chunk.find(word).unwrap_or_default();
        tokens.extend(chunk[..begins].chars().map(Token::Mark));
        if !word.is_empty() {
            tokens.push(Token::Word(word.to_owned()));
        }
        tokens.extend(chunk[begins + word.len()..].chars().map(Token::Mark));
    }
    tokens
}

fn said(text: &str) -> String {
    Pronunciation::american(None).phonemes(&tokens(text))
}

/// Reads every word alike, and says which.
struct Whispers;

impl Unknown for Whispers {
    fn read(&self, word: &str) -> Option<String> {
        match word {
            "Tskhinvali" => Some("skɪnvˈɑli".to_owned()),
            "zyxwal" => Some("wˈɪspəɹɡ\u{301}".to_owned()),
            "endlesszz" => Some("ˈɛ".repeat(10_000)),
            _ => None,
        }
    }
}

#[test]
fn words_by_themselves_are_read_as_they_are_said() {
    let read = |word: &str| Pronunciation::american(None).phonemes(&[Token::Word(word.to_owned())]);
    let wrong: Vec<String> = include_str!("tests/words.txt")
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter(|(word, expected)| read(word) != *expected)
        .map(|(word, expected)| format!("{word}: {} instead of {expected}", read(word)))
        .collect();
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn words_are_read_as_their_sentence_asks() {
    let wrong: Vec<String> = SENTENCES
        .iter()
        .filter(|(text, expected)| said(text) != *expected)
        .map(|(text, expected)| format!("{text}: {} instead of {expected}", said(text)))
        .collect();
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn letters_are_named_and_the_last_has_the_main_stress() {
    let letters = |letters: &str| {
        Pronunciation::american(None).phonemes(&[Token::Letters(letters.to_owned())])
    };
    assert_eq!(letters("SMS"), "ˌɛsˌɛmˈɛs");
    assert_eq!(letters("a"), "ˈA");
    assert_eq!(letters("W"), "dˈʌbᵊlju");
    assert_eq!(letters("é"), "");
}

#[test]
fn letters_and_phonemes_stand_between_words_as_words_do() {
    let tokens = [
        Token::Word("the".to_owned()),
        Token::Letters("SMS".to_owned()),
        Token::Mark(','),
        Token::Word("the".to_owned()),
        Token::Phonemes("pɪkˈɑn".to_owned()),
        Token::Word("to".to_owned()),
        Token::Mark('.'),
    ];
    assert_eq!(Pronunciation::american(None).phonemes(&tokens), "ði ˌɛsˌɛmˈɛs, ðə pɪkˈɑn tu.");
}

#[test]
fn an_s_of_its_own_is_the_ending_of_the_letters_before_it() {
    let letters = |letters: &str| Token::Letters(letters.to_owned());
    let s = || Token::Word("'s".to_owned());
    let read = |tokens: &[Token]| Pronunciation::american(None).phonemes(tokens);
    assert_eq!(read(&[letters("PDF"), s(), Token::Mark('.')]), "pˌidˌiˈɛfs.");
    assert_eq!(read(&[letters("API"), s(), letters("OS"), s()]), "ˌApˌiˈIz ˌOˈɛsᵻz");
    assert_eq!(read(&[s()]), "s");
}

#[test]
fn a_word_that_nobody_knows_is_asked_for_and_only_then_spelled() {
    let pronunciation = Pronunciation::american(Some(&Whispers));
    let read = |word: &str| pronunciation.phonemes(&[Token::Word(word.to_owned())]);
    assert_eq!(read("Tskhinvali"), "skɪnvˈɑli");
    assert_eq!(read("hello"), "həlˈO", "what is known isn't asked for");
    assert_eq!(read("zyxwal"), "wˈɪspəɹɡ", "only symbols of the voice are taken");
    assert_eq!(read("qwrtz"), said("qwrtz"));
    assert_eq!(read("endlesszz").chars().count(), 12 * 9);
}

#[test]
fn other_scripts_are_left_out_with_their_space() {
    assert_eq!(said("Hello Привет 日本 🙂 there."), "həlˈO ðˈɛɹ.");
    assert_eq!(said("Привет!"), "!");
    assert_eq!(said(""), "");
}

const SENTENCES: &[(&str, &str)] = &[
    ("Hello there.", "həlˈO ðˈɛɹ."),
    ("Thank you for calling Acme.", "θˈæŋk ju fɔɹ kˈɔlɪŋ ˈækmi."),
    ("Please record your message after the tone.", "plˈiz ɹəkˈɔɹd jʊɹ mˈɛsɪʤ ˈæftəɹ ðə tˈOn."),
    ("The record was broken.", "ðə ɹˈɛkəɹd wʌz bɹˈOkən."),
    ("I read the report yesterday.", "ˌI ɹˈɛd ðə ɹəpˈɔɹt jˈɛstəɹdˌA."),
    ("I will read it tomorrow.", "ˌI wɪl ɹˈid ɪt təmˈɑɹO."),
    ("Have you read the terms?", "hˌæv ju ɹˈɛd ðə tˈɜɹmz?"),
    ("The message can't be read.", "ðə mˈɛsɪʤ kˈænt bi ɹˈɛd."),
    ("They live in Boston.", "ðˌA lˈɪv ɪn bˈɔstən."),
    ("Speak to a live agent.", "spˈik tə ɐ lˈIv ˈAʤᵊnt."),
    ("We go live on Monday.", "wˌi ɡˌO lˈIv ˌɔn mˈʌndˌA."),
    ("Close the door, it is close to the wall.", "klˈOz ðə dˈɔɹ, ɪt ɪz klˈOs tə ðə wˈɔl."),
    ("Use the app, what is the use of it?", "jˈuz ði ˈæp, wˌʌt ɪz ðə jˈus ʌv ɪt?"),
    ("I used to live here, and used a phone.", "ˌI jˈust tə lˈɪv hˈɪɹ, ænd jˈuzd ɐ fˈOn."),
    ("We need a permit to permit that.", "wˌi nˈid ɐ pˈɜɹmɪt tə pəɹmˈɪt ðˈæt."),
    ("Give me an estimate, we estimate the cost.", "ɡˈɪv mˌi ɐn ˈɛstəmət, wi ˈɛstəmˌAt ðə kˈɔst."),
    ("One minute, please.", "wˈʌn mˈɪnət, plˈiz."),
    ("A minute amount of dust.", "ɐ mˈɪnət əmˈWnt ʌv dˈʌst."),
    ("I object to that object.", "ˌI əbʤˈɛkt tə ðˈæt ˈɑbʤəkt."),
    ("He will present the award.", "hˌi wɪl pɹizˈɛnt ði əwˈɔɹd."),
    ("Nobody was present.", "nˈObˌɑdi wʌz pɹˈɛzᵊnt."),
    ("The wind is strong, please wind the clock.", "ðə wˈɪnd ɪz stɹˈɔŋ, plˈiz wˈInd ðə klˈɑk."),
    ("The project will project an image.", "ðə pɹˈɑʤˌɛkt wɪl pɹəʤˈɛkt ɐn ˈɪmɪʤ."),
    ("Refuse to take out the refuse.", "ɹəfjˈuz tə tˈAk ˈWt ðə ɹˈɛfjˌus."),
    ("They conduct a survey.", "ðˌA kəndˈʌkt ɐ sˈɜɹvˌA."),
    ("Does the record exist?", "dˈʌz ðə ɹˈɛkəɹd ɪɡzˈɪst?"),
    ("Send your resume, then resume the call.", "sˈɛnd jʊɹ ɹˈɛzəmˌA, ðˈɛn ɹəzˈum ðə kˈɔl."),
    ("The lead singer tears the paper in tears.", "ðə lˈid sˈɪŋəɹ tˈɛɹz ðə pˈApəɹ ɪn tˈɪɹz."),
    ("The apple, the user and the hour.", "ði ˈæpᵊl, ðə jˈuzəɹ ænd ði ˈWəɹ."),
    ("Go to it, go to them, I want to.", "ɡˌO tʊ ɪt, ɡˌO tə ðˌɛm, ˌI wˈɑnt tu."),
    ("I am here, I am.", "ˌI ɐm hˈɪɹ, ˌI æm."),
    ("Come in, in a minute.", "kˈʌm ˈɪn, ɪn ɐ mˈɪnət."),
    ("Stand by, it was sent by mail.", "stˈænd bˈI, ɪt wʌz sˈɛnt bI mˈAl."),
    ("We have to go, have you?", "wˌi hæv tə ɡˌO, hæv ju?"),
    ("That is what it is for.", "ðˈæt ɪz wˌʌt ɪt ɪz fɔɹ."),
    ("IT is down in the US.", "ˌItˈi ɪz dˌWn ɪn ðə jˌuˈɛs."),
    ("Call us, or call the US office.", "kˈɔl ˌʌs, ɔɹ kˈɔl ðə jˌuˈɛs ˈɔfəs."),
    ("Wait; there is more: a lot more!", "wˈAt; ðɛɹ ɪz mˈɔɹ: ɐ lˈɑt mˈɔɹ!"),
    ("He said “hello” (twice) to me…", "hˌi sˈɛd “həlˈO” (twˈIs) tə mˌi…"),
    ("Now — or never.", "nˈW — ɔɹ nˈɛvəɹ."),
];

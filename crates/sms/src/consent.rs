//! STOP, START and HELP: words by which a receiver says whether it wants to be texted.
//!
//! A message is such a word if it is nothing else: case, accents and punctuation at the end don't count. English words
//! count everywhere (<https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out>); those of other languages where
//! the number that was texted is at home. What follows from a word is not decided here.

/// What a receiver wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Word {
    /// No more messages.
    Stop,
    /// Messages again.
    Start,
    /// To know what this is.
    Help,
}

impl Word {
    /// `OptOutType` on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Word::Stop => "STOP",
            Word::Start => "START",
            Word::Help => "HELP",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Language {
    English,
    French,
    German,
    Italian,
    Portuguese,
    Spanish,
}

/// Letters of the longest word below.
const LONGEST: usize = 12;

/// The word that a message is. `country` is where the number that was texted is at home (ISO 3166, `BR`).
pub fn word(body: &str, country: Option<&str>) -> Option<Word> {
    let mut letters = [0; LONGEST];
    let folded = fold(body, &mut letters)?;
    of(Language::English, folded)
        .or_else(|| languages(country).iter().find_map(|language| of(*language, folded)))
}

/// What the receiver is told, in the language of that country, from whoever calls itself `name`. One segment, unless the
/// name is a long one.
pub fn reply(word: Word, country: Option<&str>, name: Option<&str>) -> String {
    let language = languages(country).first().copied().unwrap_or(Language::English);
    let sentence = sentence(language, word);
    match name {
        Some(name) => format!("{name}: {sentence}"),
        None => sentence.to_owned(),
    }
}

/// The letters of a message in upper case without accents; `None` if it is more than one word, or none.
fn fold<'a>(body: &str, letters: &'a mut [u8; LONGEST]) -> Option<&'a str> {
    let body = body.trim().trim_end_matches(|c: char| !c.is_alphanumeric() && !is_accent(c)).trim();
    let mut count = 0;
    for character in body.chars().filter(|c| !is_accent(*c)) {
        *letters.get_mut(count)? = plain(character)?;
        count += 1;
    }
    std::str::from_utf8(&letters[..count]).ok().filter(|word| !word.is_empty())
}

/// Whether it is a combining accent (U+0300 to U+036F), which some keyboards put behind the letter.
const fn is_accent(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}')
}

/// The letter without its accent, in upper case.
const fn plain(character: char) -> Option<u8> {
    Some(match character {
        'a'..='z' | 'A'..='Z' => (character as u8).to_ascii_uppercase(),
        'À'..='Å' | 'à'..='å' => b'A',
        'Ç' | 'ç' => b'C',
        'È'..='Ë' | 'è'..='ë' => b'E',
        'Ì'..='Ï' | 'ì'..='ï' | 'ı' | 'İ' => b'I',
        'Ñ' | 'ñ' => b'N',
        'Ò'..='Ö' | 'ò'..='ö' => b'O',
        'Ù'..='Ü' | 'ù'..='ü' => b'U',
        _ => return None,
    })
}

fn of(language: Language, word: &str) -> Option<Word> {
    let [stop, start, help] = words(language);
    if stop.contains(&word) {
        Some(Word::Stop)
    } else if start.contains(&word) {
        Some(Word::Start)
    } else {
        help.contains(&word).then_some(Word::Help)
    }
}

/// Words of a language: for [`Word::Stop`], [`Word::Start`] and [`Word::Help`].
const fn words(language: Language) -> [&'static [&'static str]; 3] {
    match language {
        Language::English => [
            &["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"],
            &["START", "YES", "UNSTOP"],
            &["HELP", "INFO"],
        ],
        Language::French => [
            &["ARRET", "ARRETE", "ARRETER", "ARRETT", "ANNULER", "DESABONNER", "DESINSCRIRE"],
            &["DEBUT", "COMMENCER", "REPRENDRE"],
            &["AIDE"],
        ],
        Language::German => [
            &["STOPP", "ABBESTELLEN", "ABMELDEN", "BEENDEN", "ENDE"],
            &["ANMELDEN", "STARTEN"],
            &["HILFE"],
        ],
        Language::Italian => {
            [&["BASTA", "ANNULLA", "CANCELLA", "FERMA"], &["INIZIA", "RIPRENDI"], &["AIUTO"]]
        }
        Language::Portuguese => [
            &["PARAR", "PARE", "SAIR", "CANCELAR", "DESCADASTRAR", "REMOVER"],
            &["COMECAR", "INICIAR", "VOLTAR"],
            &["AJUDA"],
        ],
        Language::Spanish => [
            &["PARAR", "ALTO", "BAJA", "CANCELAR", "DETENER"],
            &["INICIAR", "EMPEZAR", "COMENZAR", "ALTA"],
            &["AYUDA"],
        ],
    }
}

/// What is spoken in a country besides, the language of its replies first.
fn languages(country: Option<&str>) -> &'static [Language] {
    match country.unwrap_or_default() {
        "AO" | "BR" | "CV" | "GW" | "MZ" | "PT" | "ST" | "TL" => &[Language::Portuguese],
        "AR" | "BO" | "CL" | "CO" | "CR" | "CU" | "DO" | "EC" | "ES" | "GQ" | "GT" | "HN"
        | "MX" | "NI" | "PA" | "PE" | "PR" | "PY" | "SV" | "UY" | "VE" => &[Language::Spanish],
        "BF" | "BJ" | "CD" | "CF" | "CG" | "CI" | "CM" | "FR" | "GA" | "GF" | "GN" | "GP"
        | "HT" | "MC" | "MG" | "ML" | "MQ" | "NC" | "NE" | "PF" | "RE" | "SN" | "TD" | "TG"
        | "YT" => &[Language::French],
        "AT" | "DE" | "LI" => &[Language::German],
        "IT" | "SM" | "VA" => &[Language::Italian],
        "BE" | "LU" => &[Language::French, Language::German],
        "CA" => &[Language::English, Language::French],
        "CH" => &[Language::German, Language::French, Language::Italian],
        _ => &[],
    }
}

/// What is answered, in characters of the GSM alphabet.
const fn sentence(language: Language, word: Word) -> &'static str {
    match (language, word) {
        (Language::English, Word::Stop) => {
            "You are unsubscribed: nothing more will come from this number. Reply START to get its messages again."
        }
        (Language::English, Word::Start) => {
            "You are subscribed again to messages from this number. Reply HELP for help, STOP to unsubscribe."
        }
        (Language::English, Word::Help) => {
            "Reply STOP to get nothing more from this number, START to get its messages again."
        }
        (Language::French, Word::Stop) => {
            "C'est fait : ce numéro ne vous écrit plus. Répondez DEBUT pour recevoir à nouveau ses messages."
        }
        (Language::French, Word::Start) => {
            "C'est fait : ce numéro vous écrit à nouveau. Répondez STOP pour ne plus rien recevoir, AIDE pour de l'aide."
        }
        (Language::French, Word::Help) => {
            "Répondez STOP pour ne plus rien recevoir de ce numéro, DEBUT pour recevoir à nouveau ses messages."
        }
        (Language::German, Word::Stop) => {
            "Erledigt: Von dieser Nummer kommt nichts mehr. Antworten Sie START, um wieder Nachrichten zu bekommen."
        }
        (Language::German, Word::Start) => {
            "Erledigt: Von dieser Nummer kommen wieder Nachrichten. Mit HILFE bekommen Sie Hilfe, mit STOPP nichts mehr."
        }
        (Language::German, Word::Help) => {
            "Mit STOPP kommt von dieser Nummer nichts mehr, mit START kommen ihre Nachrichten wieder."
        }
        (Language::Italian, Word::Stop) => {
            "Fatto: questo numero non le scrive più. Risponda INIZIA per ricevere di nuovo i suoi messaggi."
        }
        (Language::Italian, Word::Start) => {
            "Fatto: questo numero le scrive di nuovo. Risponda BASTA per non ricevere più nulla, AIUTO per un aiuto."
        }
        (Language::Italian, Word::Help) => {
            "Risponda BASTA per non ricevere più nulla da questo numero, INIZIA per ricevere di nuovo."
        }
        (Language::Portuguese, Word::Stop) => {
            "Pronto: nada mais chega deste remetente. Responda VOLTAR para receber de novo."
        }
        (Language::Portuguese, Word::Start) => {
            "Pronto: este remetente volta a lhe escrever. Responda SAIR para nada mais receber, AJUDA para ajuda."
        }
        (Language::Portuguese, Word::Help) => {
            "Responda SAIR para nada mais receber deste remetente, VOLTAR para receber de novo."
        }
        (Language::Spanish, Word::Stop) => {
            "Listo: ya no recibe mensajes de este remitente. Responda INICIAR para recibirlos de nuevo."
        }
        (Language::Spanish, Word::Start) => {
            "Listo: recibe de nuevo los mensajes de este remitente. Responda BAJA para no recibir nada, AYUDA para ayuda."
        }
        (Language::Spanish, Word::Help) => {
            "Responda BAJA para no recibir nada de este remitente, INICIAR para recibirlo de nuevo."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Alphabet, alphabet, segments};
    use proptest::prelude::*;

    const LANGUAGES: [Language; 6] = [
        Language::English,
        Language::French,
        Language::German,
        Language::Italian,
        Language::Portuguese,
        Language::Spanish,
    ];
    const WORDS: [Word; 3] = [Word::Stop, Word::Start, Word::Help];

    #[test]
    fn a_word_counts_however_it_is_typed() {
        for body in
            ["STOP", "stop", " Stop. ", "stop!!!", "STOP\n", "stóp", "sto\u{301}p", "Stop 🛑"]
        {
            assert_eq!(word(body, None), Some(Word::Stop), "{body}");
        }
    }

    #[test]
    fn a_word_among_others_is_a_message_like_any() {
        for body in
            ["please stop", "stop it", "nonstop", "", "...", "STOP STOP", "Don't stop", "ＳＴＯＰ"]
        {
            assert_eq!(word(body, Some("US")), None, "{body}");
        }
    }

    #[test]
    fn words_of_other_languages_count_where_they_are_spoken() {
        assert_eq!(word("Sair", Some("BR")), Some(Word::Stop));
        assert_eq!(word("começar!", Some("PT")), Some(Word::Start));
        assert_eq!(word("arrêt", Some("CA")), Some(Word::Stop));
        assert_eq!(word("Hilfe", Some("CH")), Some(Word::Help));
        assert_eq!(word("baja", Some("MX")), Some(Word::Stop));
        assert_eq!(word("baja", Some("US")), None);
        assert_eq!(word("ende", None), None);
        assert_eq!(word("stop", Some("BR")), Some(Word::Stop));
    }

    #[test]
    fn the_reply_is_in_the_language_of_the_number() {
        let reply = reply(Word::Stop, Some("BR"), Some("Padaria"));
        assert!(reply.starts_with("Padaria: Pronto"), "{reply}");
        assert!(super::reply(Word::Help, Some("CA"), None).starts_with("Reply STOP"));
    }

    #[test]
    fn every_reply_is_one_cheap_segment_and_names_words_that_are_understood() {
        for language in LANGUAGES {
            for word in WORDS {
                let sentence = sentence(language, word);
                assert_eq!(
                    (alphabet(sentence), segments(sentence)),
                    (Alphabet::Gsm7, 1),
                    "{sentence}"
                );
                let named = sentence
                    .split(|c: char| !c.is_ascii_alphanumeric())
                    .filter(|name| name.len() > 2 && name.bytes().all(|b| b.is_ascii_uppercase()));
                for name in named {
                    let known = of(Language::English, name).or_else(|| of(language, name));
                    assert!(known.is_some(), "{name} in: {sentence}");
                }
            }
        }
    }

    #[test]
    fn no_word_is_too_long_or_means_two_things() {
        for language in LANGUAGES {
            for (meaning, list) in WORDS.into_iter().zip(words(language)) {
                for name in list {
                    assert!(name.len() <= LONGEST, "{name}");
                    assert_eq!(of(language, name), Some(meaning), "{name}");
                    let english = of(Language::English, name);
                    assert!(english.is_none_or(|english| english == meaning), "{name}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn any_body_and_country_can_be_asked_about(body: String, country: Option<String>) {
            let _ = word(&body, country.as_deref());
        }
    }
}

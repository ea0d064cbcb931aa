//! Twilio's names of voices: who they are, and which language they speak.
//!
//! Names from Twilio's SDKs (`SayVoice`), Amazon's list of Polly's voices and Google's list of voices.

/// A woman's or a man's voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gender {
    /// Lower formants.
    Man,
    /// Higher formants.
    Woman,
}

/// What a voice's name says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Casting {
    /// Where the name tells.
    pub gender: Option<Gender>,
    /// BCP 47 tag of the one language it speaks, where the name tells.
    pub language: Option<String>,
}

/// Reads a name out of a `voice` attribute; `None` where it isn't one of Twilio's, but perhaps the engine's own.
pub fn cast(voice: &str) -> Option<Casting> {
    let gendered = |gender| Some(Casting { gender: Some(gender), language: None });
    match voice.to_ascii_lowercase().as_str() {
        "man" => return gendered(Gender::Man),
        "woman" | "alice" => return gendered(Gender::Woman),
        _ => {}
    }
    let (maker, name) = voice.split_once('.')?;
    match maker.to_ascii_lowercase().as_str() {
        "polly" => Some(polly(name)),
        "google" => Some(google(name)),
        _ => Some(Casting { gender: None, language: None }),
    }
}

/// `Vitoria`, `Camila-Neural`, `Ruth-Generative`.
fn polly(name: &str) -> Casting {
    let name = name.split('-').next().unwrap_or(name);
    let plain: String = name.chars().map(without_accent).collect();
    POLLY
        .iter()
        .find(|(_, women, men)| {
            women.iter().chain(*men).any(|known| known.eq_ignore_ascii_case(&plain))
        })
        .map_or(Casting { gender: None, language: None }, |(language, women, _)| {
            let woman = women.iter().any(|known| known.eq_ignore_ascii_case(&plain));
            Casting {
                gender: Some(if woman { Gender::Woman } else { Gender::Man }),
                language: Some((*language).to_owned()),
            }
        })
}

fn without_accent(letter: char) -> char {
    match letter {
        'é' | 'ê' => 'e',
        'ó' => 'o',
        'á' => 'a',
        'ú' => 'u',
        _ => letter,
    }
}

/// `en-US-Standard-C`, `pt-BR-Chirp3-HD-Aoede`: the language, the kind, the voice.
fn google(name: &str) -> Casting {
    let mut parts = name.split('-');
    let (Some(language), Some(region)) = (parts.next(), parts.next()) else {
        return Casting { gender: None, language: None };
    };
    let voice = parts.next_back().unwrap_or_default();
    let gender = match voice {
        "Aoede" | "Kore" | "Leda" | "Zephyr" => Some(Gender::Woman),
        "Charon" | "Fenrir" | "Orus" | "Puck" => Some(Gender::Man),
        _ => None,
    };
    Casting { gender, language: Some(format!("{language}-{region}")) }
}

type Cast = (&'static str, &'static [&'static str], &'static [&'static str]);

/// Language, women, men.
const POLLY: &[Cast] = &[
    ("arb", &["Zeina"], &[]),
    ("ar-AE", &["Hala"], &["Zayd"]),
    ("ca-ES", &["Arlet"], &[]),
    ("cmn-CN", &["Zhiyu"], &[]),
    ("cs-CZ", &["Jitka"], &[]),
    ("cy-GB", &["Gwyneth"], &[]),
    ("da-DK", &["Naja", "Sofie"], &["Mads"]),
    ("de-AT", &["Hannah"], &[]),
    ("de-CH", &["Sabrina"], &[]),
    ("de-DE", &["Marlene", "Vicki"], &["Hans", "Daniel"]),
    ("en-AU", &["Nicole", "Olivia"], &["Russell"]),
    ("en-GB", &["Amy", "Emma"], &["Brian", "Arthur"]),
    ("en-GB-WLS", &[], &["Geraint"]),
    ("en-IE", &["Niamh"], &[]),
    ("en-IN", &["Raveena", "Aditi", "Kajal"], &[]),
    ("en-NZ", &["Aria"], &[]),
    (
        "en-US",
        &["Ivy", "Joanna", "Kendra", "Kimberly", "Salli", "Ruth", "Danielle"],
        &["Joey", "Justin", "Kevin", "Matthew", "Stephen", "Gregory", "Patrick"],
    ),
    ("en-ZA", &["Ayanda"], &[]),
    ("es-ES", &["Conchita", "Lucia", "Alba"], &["Enrique", "Sergio", "Raul"]),
    ("es-MX", &["Mia"], &["Andres"]),
    ("es-US", &["Lupe", "Penelope"], &["Miguel", "Pedro"]),
    ("fi-FI", &["Suvi"], &[]),
    ("fr-BE", &["Isabelle"], &[]),
    ("fr-CA", &["Chantal", "Gabrielle"], &["Liam"]),
    ("fr-FR", &["Celine", "Lea"], &["Mathieu", "Remi"]),
    ("is-IS", &["Dora"], &["Karl"]),
    ("it-IT", &["Carla", "Bianca"], &["Giorgio", "Adriano"]),
    ("ja-JP", &["Mizuki", "Kazuha", "Tomoko"], &["Takumi"]),
    ("ko-KR", &["Seoyeon", "Jihye"], &[]),
    ("nb-NO", &["Liv", "Ida"], &[]),
    ("nl-BE", &["Lisa"], &[]),
    ("nl-NL", &["Lotte", "Laura"], &["Ruben"]),
    ("pl-PL", &["Ewa", "Maja", "Ola"], &["Jacek", "Jan"]),
    ("pt-BR", &["Camila", "Vitoria"], &["Ricardo", "Thiago"]),
    ("pt-PT", &["Ines"], &["Cristiano"]),
    ("ro-RO", &["Carmen"], &[]),
    ("ru-RU", &["Tatyana"], &["Maxim"]),
    ("sv-SE", &["Astrid", "Elin"], &[]),
    ("tr-TR", &["Filiz", "Burcu"], &[]),
    ("yue-CN", &["Hiujin"], &[]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(voice: &str, gender: Option<Gender>, language: Option<&str>) {
        let casting = Casting { gender, language: language.map(str::to_owned) };
        assert_eq!(cast(voice), Some(casting), "{voice}");
    }

    #[test]
    fn basic_voices_are_people_without_a_language() {
        check("man", Some(Gender::Man), None);
        check("Woman", Some(Gender::Woman), None);
        check("alice", Some(Gender::Woman), None);
    }

    #[test]
    fn pollys_voices_are_people_with_one() {
        check("Polly.Vitoria", Some(Gender::Woman), Some("pt-BR"));
        check("Polly.Vitória-Neural", Some(Gender::Woman), Some("pt-BR"));
        check("polly.matthew-generative", Some(Gender::Man), Some("en-US"));
        check("Polly.Nobody", None, None);
    }

    #[test]
    fn googles_voices_begin_with_their_language() {
        check("Google.pt-BR-Chirp3-HD-Aoede", Some(Gender::Woman), Some("pt-BR"));
        check("Google.en-US-Standard-C", None, Some("en-US"));
        check("Google.x", None, None);
    }

    #[test]
    fn names_that_are_not_twilios_may_be_the_engines() {
        assert_eq!(cast("alloy"), None);
        assert_eq!(cast(""), None);
        check("ElevenLabs.abc", None, None);
    }
}

//! What a text means: a word in English or Portuguese, in any case and with or without accents, and what belongs to it.
//!
//! No word here alone is one by which people stop or start texts (`SAIR`, `QUIT`, `YES`): those never come this far. What
//! a name means, and whether it is one, is for whoever carries the command out.

use std::time::Duration;

use super::Command;
use super::fold::fold;

/// What `TAKE` without a time takes.
const TAKEN: Duration = Duration::from_secs(2 * 3600);
/// Longest that can be taken by text.
const LONGEST: Duration = Duration::from_secs(31 * 24 * 3600);
/// Words of a text that are looked at; a command has fewer.
const MOST_WORDS: usize = 16;

/// What a text says.
pub fn read(text: &str) -> Command {
    let words: Vec<&str> = text.split_whitespace().take(MOST_WORDS).map(trimmed).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let Some((first, rest)) = words.split_first() else {
        return if text.trim_end().ends_with('?') { Command::Help } else { Command::Unknown };
    };
    let number = ticket(first);
    match fold(first).as_str() {
        "who" | "quem" => Command::Who { rota: rota(rest) },
        "next" | "proximo" | "proxima" => Command::Next { rota: rota(rest) },
        "take" | "pegar" | "assumir" | "pego" | "assumo" => take(rest),
        "swap" | "trocar" | "troca" => swap(rest),
        "off" | "folga" => Command::Off { rota: rota(rest) },
        "ack" | "ok" | "yes" | "sim" => about(rest, |ticket| Command::Acknowledge { ticket }),
        "no" | "nao" => about(rest, |ticket| Command::Refuse { ticket }),
        "help" | "ajuda" | "info" => Command::Help,
        _ if number.is_some() && rest.is_empty() => Command::Acknowledge { ticket: number },
        _ if number.is_some() => answer(number, rest),
        _ => Command::Unknown,
    }
}

/// Without punctuation around it.
fn trimmed(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

/// `12 ok`, `12 no`.
fn answer(ticket: Option<i64>, rest: &[&str]) -> Command {
    match rest.first().map(|word| fold(word)).as_deref() {
        Some("ok" | "ack" | "a" | "yes" | "sim") => Command::Acknowledge { ticket },
        Some("no" | "nao" | "n") => Command::Refuse { ticket },
        Some(_) | None => Command::Unknown,
    }
}

/// A number behind the word, or none.
fn about(rest: &[&str], command: impl Fn(Option<i64>) -> Command) -> Command {
    match rest.first() {
        None => command(None),
        Some(word) => match ticket(word) {
            Some(number) => command(Some(number)),
            None => Command::Unknown,
        },
    }
}

/// `12`, `#12`, `12a`.
fn ticket(word: &str) -> Option<i64> {
    let number = word.strip_suffix(['a', 'A']).unwrap_or(word);
    let plain = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    number.parse().ok().filter(|number| plain && *number > 0)
}

/// The last word, unless it is one of those that people put around a question.
fn rota(rest: &[&str]) -> Option<String> {
    const AROUND: [&str; 17] = [
        "is", "on", "duty", "now", "next", "up", "the", "for", "esta", "ta", "de", "plantao", "e",
        "o", "a", "agora", "em",
    ];
    let last = rest.last()?;
    Some((*last).to_owned()).filter(|word| !AROUND.contains(&fold(word).as_str()))
}

fn take(rest: &[&str]) -> Command {
    let begins = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit());
    let Some(first) = rest.first().filter(|word| begins(word)) else {
        return Command::Take { time: TAKEN, rota: rota(rest) };
    };
    // The unit may stand apart: `90 min`.
    let apart = rest.get(1).filter(|_| first.bytes().all(|b| b.is_ascii_digit()));
    let (text, used) = match apart {
        Some(unit) if unit_seconds(&fold(unit)).is_some() => (format!("{first}{unit}"), 2),
        Some(_) | None => ((*first).to_owned(), 1),
    };
    match time(&fold(&text)) {
        Some(time) => Command::Take { time, rota: rota(&rest[used..]) },
        None => Command::BadTime { text },
    }
}

/// `2h`, `1h30`, `90min`, `1d`. A number alone is hours.
fn time(text: &str) -> Option<Duration> {
    let mut seconds = 0_u64;
    let mut last = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let number: u64 = rest[..end].parse().ok()?;
        rest = &rest[end..];
        let end = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let unit = match (&rest[..end], last) {
            ("", 0) => HOUR,
            ("", HOUR) => MINUTE,
            (unit, _) => unit_seconds(unit)?,
        };
        rest = &rest[end..];
        seconds = seconds.checked_add(number.checked_mul(unit)?)?;
        last = unit;
    }
    let time = Duration::from_secs(seconds);
    Some(time).filter(|time| !time.is_zero() && *time <= LONGEST)
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

fn unit_seconds(unit: &str) -> Option<u64> {
    match unit {
        "m" | "min" | "mins" | "minute" | "minutes" | "minuto" | "minutos" => Some(MINUTE),
        "h" | "hr" | "hrs" | "hs" | "hour" | "hours" | "hora" | "horas" => Some(HOUR),
        "d" | "day" | "days" | "dia" | "dias" => Some(DAY),
        _ => None,
    }
}

fn swap(rest: &[&str]) -> Command {
    let with = match rest.split_first() {
        Some((first, others)) if ["with", "com"].contains(&fold(first).as_str()) => others,
        Some(_) | None => rest,
    };
    Command::Swap { with: with.join(" ") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hours(hours: u64) -> Command {
        Command::Take { time: Duration::from_secs(hours * 3600), rota: None }
    }

    #[test]
    fn words_are_known_in_both_languages_however_they_are_typed() {
        let who = Command::Who { rota: None };
        for text in ["WHO", " who? ", "Quem", "QUEM ESTÁ DE PLANTÃO?", "who is on duty"] {
            assert_eq!(read(text), who, "{text}");
        }
        for text in ["next", "PRÓXIMO", "proximo", "Pro\u{301}xima", "Next!"] {
            assert_eq!(read(text), Command::Next { rota: None }, "{text}");
        }
        for text in ["OFF", "folga", "Folga."] {
            assert_eq!(read(text), Command::Off { rota: None }, "{text}");
        }
        for text in ["help", "AJUDA", "?", "info"] {
            assert_eq!(read(text), Command::Help, "{text}");
        }
        assert_eq!(read("who nights"), Command::Who { rota: Some("nights".to_owned()) });
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        for text in ["TAKE 2h", "take", "pegar 2 h", "ASSUMIR 2 horas", "take 120m", "take 1h60"] {
            assert_eq!(read(text), hours(2), "{text}");
        }
        assert_eq!(read("take 1d"), hours(24));
        assert_eq!(read("take 1 dia"), hours(24));
        assert_eq!(read("take 3"), hours(3));
        let time = Duration::from_secs(90 * 60);
        for text in ["take 90 min nights", "TAKE 1h30 nights", "take 1h30m NIGHTS"] {
            let Command::Take { time: read, rota: Some(rota) } = super::read(text) else {
                unreachable!("{text}")
            };
            assert_eq!((read, rota.to_lowercase().as_str()), (time, "nights"), "{text}");
        }
        for text in ["take 2x", "take 0h", "take 0", "take 32d", "take 99999999999999999999h"] {
            assert!(matches!(read(text), Command::BadTime { .. }), "{text}");
        }
    }

    #[test]
    fn numbers_are_taken_for_what_they_answer() {
        let seen = Command::Acknowledge { ticket: Some(12) };
        for text in ["ACK 12", "ok 12", "12", "12a", "12A", "#12", "ack #12", "12 ok", "sim 12"] {
            assert_eq!(read(text), seen, "{text}");
        }
        let refused = Command::Refuse { ticket: Some(7) };
        for text in ["NO 7", "não 7", "nao 7", "7 no"] {
            assert_eq!(read(text), refused, "{text}");
        }
        assert_eq!(read("ok"), Command::Acknowledge { ticket: None });
        assert_eq!(read("no"), Command::Refuse { ticket: None });
        for text in ["", "   ", "0", "ack x", "12 monkeys", "99999999999999999999", "hello", "🎉"]
        {
            assert_eq!(read(text), Command::Unknown, "{text}");
        }
    }

    #[test]
    fn no_command_is_a_word_that_stops_texts() {
        // Those of English and Portuguese; a text that is nothing else never comes this far as a command.
        for text in [
            "STOP",
            "STOPALL",
            "UNSUBSCRIBE",
            "CANCEL",
            "END",
            "QUIT",
            "REVOKE",
            "OPTOUT",
            "PARAR",
            "PARE",
            "SAIR",
            "CANCELAR",
            "DESCADASTRAR",
            "REMOVER",
            "START",
            "UNSTOP",
            "COMECAR",
            "INICIAR",
            "VOLTAR",
        ] {
            assert_eq!(read(text), Command::Unknown, "{text}");
        }
    }

    #[test]
    fn who_is_to_swap_may_have_two_names() {
        let with = |name: &str| Command::Swap { with: name.to_owned() };
        assert_eq!(read("swap ben"), with("ben"));
        assert_eq!(read("TROCAR com José Luís"), with("José Luís"));
        assert_eq!(read("swap"), with(""));
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text: String) {
            let _ = read(&text);
        }

        #[test]
        fn any_time_can_be_read(text in "(take|TAKE) [0-9]{0,25} ?[a-zA-Zé]{0,6}[0-9]{0,3}") {
            let _ = read(&text);
        }
    }
}

//! Callers, so that they can be said: a number in groups, digit by digit.

use model::Party;
use model::PhoneNumber;
use model::oncall::Language;

/// A caller as a voice reads them well: `+551130000100` is `plus 5 5, 1 1, 3 0 0 0, 0 1 0 0`.
pub fn spoken(party: &Party, language: Language) -> String {
    match party {
        Party::Number(number) => of_number(number, language),
        Party::Client(name) => name.clone(),
        Party::Sip(_) => {
            let user = party.sip_user();
            if is_dialled(user) { digits(user) } else { user.to_owned() }
        }
        Party::Other(text) if is_dialled(text) => digits(text),
        Party::Other(_) => match language {
            Language::English => "an unknown number".to_owned(),
            Language::Portuguese => "um número desconhecido".to_owned(),
        },
    }
}

fn is_dialled(text: &str) -> bool {
    let rest = text.strip_prefix('+').unwrap_or(text);
    !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit())
}

fn of_number(number: &PhoneNumber, language: Language) -> String {
    let plus = match language {
        Language::English => "plus",
        Language::Portuguese => "mais",
    };
    let national = number.national();
    let mut groups: Vec<&str> =
        national.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    // Some countries write a zero before the area code that isn't dialled from abroad.
    if let Some(first) = groups.first_mut() {
        *first = first.trim_start_matches('0');
    }
    let all = groups.concat();
    let groups = groups.into_iter().filter(|group| !group.is_empty()).map(digits);
    match number.digits().strip_suffix(&all) {
        Some(country) if !country.is_empty() && !all.is_empty() => {
            let country = format!("{plus} {}", digits(country));
            [country].into_iter().chain(groups).collect::<Vec<_>>().join(", ")
        }
        // Not written as it is dialled: in threes.
        Some(_) | None => {
            let bytes = number.digits().as_bytes();
            let threes = bytes.chunks(3).map(|three| digits(&String::from_utf8_lossy(three)));
            format!("{plus} {}", threes.collect::<Vec<_>>().join(", "))
        }
    }
}

fn digits(text: &str) -> String {
    let digits = text.chars().filter(char::is_ascii_digit).map(String::from);
    digits.collect::<Vec<_>>().join(" ")
}

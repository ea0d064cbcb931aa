//! How values of ours read on the wire, and how people write numbers in requests.
//!
//! <https://www.twilio.com/docs/glossary/what-e164>.

use model::{Correspondent, InvalidCorrespondent, InvalidParty, Moment, Party, PhoneNumber};
use serde_json::Value;

/// Digits from which a number without `+` is taken for an international one: a country code and a national number.
const INTERNATIONAL: usize = 11;

/// Country code of the North American numbering plan, whose numbers are shown in national form.
const NORTH_AMERICA: char = '1';

/// A number as Twilio shows it to people: `(415) 555-0123` in North America, `+551130000100` elsewhere.
pub(crate) fn friendly(number: &PhoneNumber) -> String {
    if number.digits().starts_with(NORTH_AMERICA) {
        number.national()
    } else {
        number.as_str().to_owned()
    }
}

/// A party as Twilio shows it to people.
pub(crate) fn friendly_party(party: &Party) -> String {
    party.number().map_or_else(|| party.to_string(), friendly)
}

/// A date of the API of 2010, or null.
pub(crate) fn date(at: Option<Moment>) -> Value {
    at.map_or(Value::Null, |at| Value::String(at.rfc2822()))
}

/// An end of a call as a request names it.
///
/// A `+` that a client forgot to encode arrives as a space, and a number of eleven digits or more is international even
/// without one. `Differs:` ten digits are not taken for a number of the United States.
pub(crate) fn party(raw: &str) -> Result<Party, InvalidParty> {
    let text = raw.trim();
    if has_lost_plus(raw, text) {
        return format!("+{text}").parse().map_err(|_| InvalidParty(text.to_owned()));
    }
    text.parse()
}

/// An end of a text message as a request names it, with the same tolerance; few digits are a short code.
pub(crate) fn correspondent(raw: &str) -> Result<Correspondent, InvalidCorrespondent> {
    let text = raw.trim();
    if has_lost_plus(raw, text)
        && let Ok(number) = format!("+{text}").parse()
    {
        return Ok(number);
    }
    text.parse()
}

fn has_lost_plus(raw: &str, text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let starts_with_digit = text.starts_with(|first: char| first.is_ascii_digit() || first == '(');
    starts_with_digit && (raw.starts_with(' ') || digits >= INTERNATIONAL)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_number_is_friendly_at_home_and_whole_elsewhere() {
        let number = |text: &str| text.parse::<PhoneNumber>().expect(text);
        assert_eq!(friendly(&number("+14155550123")), "(415) 555-0123");
        assert_eq!(friendly(&number("+551130000100")), "+551130000100");
        assert_eq!(friendly_party(&Party::Client("ada".into())), "client:ada");
    }

    #[test]
    fn numbers_are_read_with_a_plus_that_was_lost_on_the_way() {
        for text in ["+14155550123", " 14155550123", "14155550123", "1 (415) 555-0123"] {
            assert_eq!(party(text).map(|party| party.to_string()), Ok("+14155550123".to_owned()));
        }
        assert_eq!(
            party("sip:1@a.example").map(|party| party.to_string()).as_deref(),
            Ok("sip:1@a.example")
        );
        for text in ["", "4155550123", "ada", "MG0123456789abcdef0123456789abcdef", "+1"] {
            assert!(party(text).is_err(), "{text}");
        }
    }

    #[test]
    fn texts_also_go_to_short_codes_and_come_from_names() {
        for (text, read) in [
            (" 14155550123", "+14155550123"),
            ("14155550123", "+14155550123"),
            ("12345", "12345"),
            (" 12345", "12345"),
            ("ALO", "ALO"),
            ("client:ada", "client:ada"),
        ] {
            assert_eq!(correspondent(text).map(|who| who.to_string()).as_deref(), Ok(read));
        }
        for text in ["", "4155550123", "whatsapp:+14155550123", "+1"] {
            assert!(correspondent(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let _ = party(&text);
            let _ = correspondent(&text);
        }
    }
}

//! Phone numbers in E.164 form (ITU-T E.164): `+` and at most 15 digits.

use std::fmt;
use std::str::FromStr;

/// Digits of the longest number, ITU-T E.164 §6.2.1.
const LONGEST: usize = 15;
/// Digits of the shortest text taken as an international number.
const SHORTEST: usize = 7;

/// A number such as `+551130000000`. Always with `+`, without spaces.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// The number with its leading `+`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits without `+`.
    pub fn digits(&self) -> &str {
        &self.0[1..]
    }

    /// ISO 3166-1 code of the country (`BR`), where the numbering metadata knows one.
    pub fn country(&self) -> Option<String> {
        let parsed = phonenumber::parse(None, &self.0).ok()?;
        parsed.country().id().map(|id| id.as_ref().to_owned())
    }

    /// Whether the numbering plan gives it to a fixed line, and to nothing else.
    pub fn is_fixed_line(&self) -> bool {
        let parsed = phonenumber::parse(None, &self.0).ok();
        let kind = parsed.map(|number| number.number_type(&phonenumber::metadata::DATABASE));
        kind == Some(phonenumber::Type::FixedLine)
    }

    /// As people of its country write it: `(415) 555-0123`, `(11) 3000-0000`.
    pub fn national(&self) -> String {
        match phonenumber::parse(None, &self.0) {
            Ok(parsed) => parsed.format().mode(phonenumber::Mode::National).to_string(),
            Err(_) => self.0.clone(),
        }
    }
}

/// The text is not an E.164 number. Write it with `+` and country code, as `+14155550123`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a phone number: write + and the country code, as +14155550123")]
pub struct InvalidNumber(pub String);

impl FromStr for PhoneNumber {
    type Err = InvalidNumber;

    /// Takes E.164 with the usual punctuation: spaces, dots, hyphens and parentheses are dropped.
    fn from_str(text: &str) -> Result<PhoneNumber, InvalidNumber> {
        let invalid = || InvalidNumber(text.to_owned());
        let rest = text.trim().strip_prefix('+').ok_or_else(invalid)?;
        let digits: String =
            rest.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')')).collect();
        let in_range = (SHORTEST..=LONGEST).contains(&digits.len());
        let numeric = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
        if in_range && numeric { Ok(PhoneNumber(format!("+{digits}"))) } else { Err(invalid()) }
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for PhoneNumber {
    /// Redacted: the last four digits are enough to tell numbers apart in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+…{}", &self.0[self.0.len() - 4..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fixed_lines_are_told_where_the_plan_tells_them() {
        let fixed = |text: &str| text.parse::<PhoneNumber>().expect(text).is_fixed_line();
        assert!(fixed("+551130000100"));
        assert!(!fixed("+5511987654321"));
        assert!(!fixed("+14155550100"), "one plan for both");
    }

    #[test]
    fn punctuation_is_dropped() {
        let number: PhoneNumber = "+1 (415) 555-0123".parse().expect("a US number");
        assert_eq!(number.as_str(), "+14155550123");
        assert_eq!(number.national(), "(415) 555-0123");
        assert_eq!(number.country().as_deref(), Some("US"));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in
            ["", "+", "4155550123", "+1415555012x", "+0123456789", "+1234567890123456", "+12"]
        {
            assert!(text.parse::<PhoneNumber>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_number_in_a_log_is_redacted() {
        let number: PhoneNumber = "+551130001234".parse().expect("a Brazilian number");
        assert_eq!(format!("{number:?}"), "+…1234");
    }

    proptest! {
        #[test]
        fn a_number_reads_as_it_prints(digits in "[1-9][0-9]{6,14}") {
            let number: PhoneNumber = format!("+{digits}").parse().expect("7 to 15 digits");
            prop_assert_eq!(number.to_string().parse::<PhoneNumber>(), Ok(number.clone()));
            prop_assert_eq!(number.digits(), digits);
            let _ = (number.country(), number.national());
        }
    }
}

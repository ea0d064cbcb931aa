//! An amount of money: millionths of a unit, and the unit's ISO 4217 code.

use std::fmt;
use std::str::FromStr;

/// Three letters of ISO 4217, such as `USD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// United States dollar, the default everywhere.
    pub const USD: Currency = Currency(*b"USD");

    /// The three letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("USD")
    }
}

impl FromStr for Currency {
    type Err = ();

    fn from_str(text: &str) -> Result<Currency, ()> {
        match text.as_bytes() {
            [a, b, c] if text.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                Ok(Currency([*a, *b, *c].map(|byte| byte.to_ascii_uppercase())))
            }
            _ => Err(()),
        }
    }
}

/// An amount in one currency, exact to a millionth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    /// Millionths of the currency's unit.
    pub micros: i64,
    /// In what.
    pub currency: Currency,
}

impl Money {
    /// So many millionths.
    pub const fn of(micros: i64, currency: Currency) -> Money {
        Money { micros, currency }
    }

    /// This, so many times; it saturates.
    pub const fn times(self, count: u32) -> Money {
        Money { micros: self.micros.saturating_mul(count as i64), currency: self.currency }
    }

    /// Reads a decimal amount, `0.0075`, of at most six decimals.
    pub fn parse(text: &str, currency: Currency) -> Result<Money, InvalidAmount> {
        let invalid = || InvalidAmount(text.to_owned());
        let (negative, digits) = match text.trim().strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.trim()),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let numeric = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !numeric(whole) || !numeric(part) || part.len() > 6 || (whole.len() + part.len()) == 0 {
            return Err(invalid());
        }
        let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| invalid())? };
        let part: i64 = format!("{part:0<6}").parse().map_err(|_| invalid())?;
        let micros = whole.checked_mul(1_000_000).and_then(|whole| whole.checked_add(part));
        let micros = micros.ok_or_else(invalid)?;
        Ok(Money { micros: if negative { -micros } else { micros }, currency })
    }
}

impl fmt::Display for Money {
    /// The amount alone, with five decimals as Twilio writes prices: `0.00750`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.micros < 0 { "-" } else { "" };
        let micros = self.micros.unsigned_abs();
        let (whole, part) = (micros / 1_000_000, micros % 1_000_000);
        if part.is_multiple_of(10) {
            write!(f, "{sign}{whole}.{:05}", part / 10)
        } else {
            write!(f, "{sign}{whole}.{part:06}")
        }
    }
}

/// The text is no amount. Write `0.0075`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not an amount: write 0.0075, with at most six decimals")]
pub struct InvalidAmount(pub String);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn prices_print_as_on_the_wire() {
        let price = Money::parse("0.0075", Currency::USD).expect("an amount");
        assert_eq!(price.to_string(), "0.00750");
        assert_eq!(price.times(3).to_string(), "0.02250");
        assert_eq!(Money::of(-1, Currency::USD).to_string(), "-0.000001");
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for bad in ["", ".", "1,5", "1e3", "0.0000001", "99999999999999999999"] {
            assert!(Money::parse(bad, Currency::USD).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn amounts_read_as_they_print(micros in -1_000_000_000_000_000i64..1_000_000_000_000_000) {
            let money = Money::of(micros, Currency::USD);
            prop_assert_eq!(Money::parse(&money.to_string(), Currency::USD), Ok(money));
        }
    }
}

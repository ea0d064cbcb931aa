//! What is written of every carrier: its name, the numbers it reaches, its price.

use model::Money;

use crate::config::value::{Raw, Value, items, listed, quoted, text};

/// The name of a carrier, as it stands in addresses of webhooks and in metrics.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd)]
pub(crate) struct Name(pub(super) String);

/// Longest name of a carrier, in bytes.
const LONGEST_NAME: usize = 64;

impl Value for Name {
    fn kind() -> &'static str {
        "name"
    }

    fn read(raw: &Raw) -> Result<Name, String> {
        let text = text(raw, "a name")?;
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if text.is_empty() || text.len() > LONGEST_NAME || !text.bytes().all(fits) {
            return Err(format!("'{text}' is no name: write letters, digits, - and _"));
        }
        Ok(Name(text.to_owned()))
    }

    fn toml(&self) -> String {
        quoted(&self.0)
    }
}

/// Beginnings of numbers, with their `+`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd)]
pub(crate) struct Prefixes(pub(super) Vec<String>);

impl Prefixes {
    pub(super) fn all() -> Prefixes {
        Prefixes(vec!["+".to_owned()])
    }
}

impl Value for Prefixes {
    fn kind() -> &'static str {
        "list of prefixes"
    }

    fn read(raw: &Raw) -> Result<Prefixes, String> {
        /// Digits of the longest number (E.164 §6.2.1).
        const LONGEST: usize = 15;
        let prefixes = items(raw, "[\"+55\"]")?;
        if prefixes.is_empty() {
            return Err(
                "a carrier without prefixes reaches nobody: write [\"+\"] for all".to_owned()
            );
        }
        for prefix in &prefixes {
            let digits = prefix.strip_prefix('+').filter(|digits| {
                digits.len() <= LONGEST && digits.bytes().all(|byte| byte.is_ascii_digit())
            });
            if digits.is_none() {
                return Err(format!("'{prefix}' is no prefix: write + and digits, as \"+55\""));
            }
        }
        Ok(Prefixes(prefixes))
    }

    fn toml(&self) -> String {
        listed(self.0.iter().cloned())
    }
}

/// An amount with its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Price(Money);

impl Price {
    pub(super) const fn money(self) -> Money {
        self.0
    }
}

impl PartialOrd for Price {
    /// Within one currency.
    fn partial_cmp(&self, other: &Price) -> Option<std::cmp::Ordering> {
        let same = self.0.currency == other.0.currency;
        same.then(|| self.0.micros.cmp(&other.0.micros))
    }
}

impl Value for Price {
    fn kind() -> &'static str {
        "price"
    }

    fn read(raw: &Raw) -> Result<Price, String> {
        let text = text(raw, "a price with its currency, as \"0.0075 USD\",")?;
        let bad = || format!("'{text}' is no price: write it with its currency, as \"0.0075 USD\"");
        let (amount, currency) = text.split_once(' ').ok_or_else(bad)?;
        let currency = currency.trim().parse().map_err(|()| bad())?;
        let money = Money::parse(amount, currency).map_err(|_| bad())?;
        if money.micros < 0 { Err(bad()) } else { Ok(Price(money)) }
    }

    fn toml(&self) -> String {
        quoted(&format!("{} {}", self.0, self.0.currency.as_str()))
    }
}

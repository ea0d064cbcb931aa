//! `[numbers]`: which numbers may be bought.

use std::fmt;

use api::{NumberKind, NumberRange};
use model::PhoneNumber;

use super::section::section;
use super::value::{Raw, Value, quoted};

/// Consecutive numbers, what they are used for, and where they belong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span {
    first: PhoneNumber,
    last: PhoneNumber,
    kind: NumberKind,
    locality: Option<String>,
    region: Option<String>,
}

section! {
    /// The numbers that this server offers for sale.
    Numbers = "numbers" {
        /// Numbers that may be bought: the first and the last, then if you like `local`, `mobile` or `toll-free`, the town, and
        /// the state, with commas between. The default is for trying out: numbers that the US keeps for fiction, and a hundred
        /// of São Paulo that are only reached from within. Write the numbers that your carrier sends here. In a variable,
        /// semicolons stand between ranges.
        ranges: Vec<Span> = virtual_ones(),
    }
}

fn virtual_ones() -> Vec<Span> {
    NumberRange::virtual_ones().into_iter().map(Span::of).collect()
}

impl Numbers {
    /// As the API takes them.
    pub(crate) fn ranges(&self) -> Vec<NumberRange> {
        self.ranges.iter().map(Span::range).collect()
    }

    /// The fewest prefixes that cover them all and nothing else of that length.
    pub(crate) fn prefixes(&self) -> Vec<String> {
        self.ranges.iter().flat_map(Span::prefixes).collect()
    }
}

impl Span {
    fn of(range: NumberRange) -> Span {
        let NumberRange { first, last, kind, locality, region, country: _ } = range;
        Span { first, last, kind, locality, region }
    }

    fn range(&self) -> NumberRange {
        NumberRange {
            country: self.first.country().unwrap_or_default(),
            first: self.first.clone(),
            last: self.last.clone(),
            kind: self.kind,
            locality: self.locality.clone(),
            region: self.region.clone(),
        }
    }

    fn prefixes(&self) -> Vec<String> {
        let (first, last) = (self.first.digits().parse::<u64>(), self.last.digits().parse::<u64>());
        // A number has at most 15 digits (E.164), which fit.
        let (Ok(mut next), Ok(last)) = (first, last) else { return Vec::new() };
        let mut prefixes = Vec::new();
        while next <= last {
            let fits = |block: &u64| next.is_multiple_of(*block) && next + (block - 1) <= last;
            let tens = std::iter::successors(Some(1_u64), |block| block.checked_mul(10));
            let block = tens.take_while(fits).last().unwrap_or(1);
            prefixes.push(format!("+{}", next / block));
            next += block;
        }
        prefixes
    }

    fn parse(text: &str) -> Result<Span, String> {
        let mut words = text.split(',').map(str::trim);
        let numbers = words.next().unwrap_or_default();
        let (first, last) = match numbers.split_once("-+") {
            Some((first, last)) => (first.to_owned(), format!("+{last}")),
            None => (numbers.to_owned(), numbers.to_owned()),
        };
        let number =
            |text: &str| text.parse().map_err(|error: model::InvalidNumber| error.to_string());
        let (first, last): (PhoneNumber, PhoneNumber) = (number(&first)?, number(&last)?);
        if first.digits().len() != last.digits().len() || last < first {
            return Err(format!("'{numbers}' does not run upwards from one number to another"));
        }
        if first.country().is_none() {
            return Err(format!("{first} belongs to no country"));
        }
        let kind = match words.next() {
            None => NumberKind::Local,
            Some(word) => NumberKind::ALL
                .into_iter()
                .find(|kind| kind.word() == word)
                .ok_or_else(|| format!("'{word}' is none of local, mobile, toll-free"))?,
        };
        let mut place = || words.next().filter(|word| !word.is_empty()).map(str::to_owned);
        let span = Span { first, last, kind, locality: place(), region: place() };
        match words.next() {
            Some(more) => Err(format!("'{more}' is one word too many")),
            None => Ok(span),
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}, {}", self.first, self.last, self.kind.word())?;
        match (&self.locality, &self.region) {
            (None, None) => Ok(()),
            (Some(locality), None) => write!(f, ", {locality}"),
            (locality, Some(region)) => {
                write!(f, ", {}, {region}", locality.as_deref().unwrap_or_default())
            }
        }
    }
}

impl Value for Vec<Span> {
    fn kind() -> &'static str {
        "list of ranges"
    }

    /// A variable holds the ranges with semicolons between them.
    fn read(raw: &Raw) -> Result<Vec<Span>, String> {
        const WRITE: &str = "write a list of ranges: [\"+14155550100-+14155550199, local\"]";
        let spans: Result<Vec<Span>, String> = match raw {
            Raw::Word(words) => words
                .split(';')
                .map(str::trim)
                .filter(|word| !word.is_empty())
                .map(Span::parse)
                .collect(),
            Raw::List(items) => items
                .iter()
                .map(|item| match item {
                    Raw::Text(text) => Span::parse(text),
                    Raw::Word(_)
                    | Raw::Integer(_)
                    | Raw::Boolean(_)
                    | Raw::List(_)
                    | Raw::Table(_)
                    | Raw::Other(_) => Err("a range is a text in quotes".to_owned()),
                })
                .collect(),
            Raw::Text(_) | Raw::Integer(_) | Raw::Boolean(_) | Raw::Table(_) | Raw::Other(_) => {
                return Err(WRITE.to_owned());
            }
        };
        spans.map_err(|error| format!("{error}: {WRITE}"))
    }

    fn toml(&self) -> String {
        let shown: Vec<String> = self.iter().map(|span| quoted(&span.to_string())).collect();
        format!("[{}]", shown.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_reads_as_it_is_shown() {
        for text in [
            "+14155550100-+14155550199, local, San Francisco, CA",
            "+551130000100-+551130000199, mobile",
            "+18005550100-+18005550100, toll-free, , NY",
        ] {
            assert_eq!(Span::parse(text).expect("a range").to_string(), text);
        }
        let short = Span::parse("+1 (415) 555-0100").expect("one number").to_string();
        assert_eq!(short, "+14155550100-+14155550100, local");
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for bad in [
            "",
            "14155550100",
            "+14155550199-+14155550100",
            "+14155550100-+141555501999",
            "+14155550100-+14155550199, fax",
            "+14155550100-+14155550199, local, San Francisco, CA, US",
        ] {
            assert!(Span::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_fewest_prefixes_cover_a_range() {
        let prefixes = |text: &str| Span::parse(text).expect("a range").prefixes();
        assert_eq!(prefixes("+14155550100-+14155550199"), ["+141555501"]);
        assert_eq!(
            prefixes("+14155550198-+14155550211"),
            ["+14155550198", "+14155550199", "+1415555020", "+14155550210", "+14155550211",]
        );
        assert_eq!(prefixes("+14155550100"), ["+14155550100"]);
    }

    #[test]
    fn the_default_is_that_of_the_api() {
        let ranges = Numbers { ranges: virtual_ones() }.ranges();
        assert_eq!(ranges, NumberRange::virtual_ones());
    }
}

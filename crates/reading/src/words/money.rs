//! Money: `$3.50`, `£1,200`, `R$ 30`, `USD 12`, `12 €`, `$3.2 billion`, `50¢`.

use super::atoms::{Found, Here};
use super::numbers::{cardinal, counted};
use super::quantities::Amount;
use super::said::Said;

/// A currency as it is named.
#[derive(Debug)]
struct Currency {
    symbols: &'static [&'static str],
    one: &'static str,
    many: &'static str,
    /// The hundredth part; empty: there is none.
    cent: &'static str,
    cents: &'static str,
}

/// Every amount of money.
pub(super) fn money(here: Here<'_>) -> Option<Found> {
    prefixed(here).or_else(|| suffixed(here))
}

/// `$3.50`, `-$5`, `US$ 12`, `USD 12`.
fn prefixed(here: Here<'_>) -> Option<Found> {
    let negative = here.is(0, '-') && !here.joined(0) && here.joined(1);
    let start = isize::from(negative);
    let (currency, atoms) = currency(here, start)?;
    let at = start + atoms;
    let amount = Amount::at(here, at).filter(|_| !here.is(at, '.'))?;
    let negative = negative || amount.negative();
    let mut end = at + amount.atoms.cast_signed();
    // "$5-10" is from five to ten dollars.
    if let Some(until) = range_end(here, end) {
        let atoms = end + 1 + until.atoms.cast_signed();
        let said = amount.spoken().and("to");
        let scale = scale(here, atoms);
        let taken = atoms + isize::from(scale.is_some());
        return Some(Found::quantity(
            taken.cast_unsigned(),
            said.then(sum(currency, &until, scale)),
        ));
    }
    let decimals =
        here.joined_digits(end + 1).filter(|it| it.len() == 2 && here.joined_is(end, ','));
    if let Some(decimals) = decimals.filter(|_| amount.decimals().is_none()) {
        let said = in_full(currency, amount.whole(), decimals);
        return Some(Found::quantity(end.cast_unsigned() + 2, said));
    }
    let scale = scale(here, end);
    end += isize::from(scale.is_some());
    let sign = if negative { "minus" } else { "" };
    let said = Said::of(sign).then(sum(currency, &amount, scale));
    Some(Found::quantity(end.cast_unsigned(), said))
}

fn range_end(here: Here<'_>, at: isize) -> Option<Amount<'_>> {
    let dash = here.joined_is(at, '-') || here.joined_is(at, '–');
    here.joined_digits(at + 1).filter(|_| dash)?;
    Amount::at(here, at + 1)
}

/// `12 €`, `12 USD`, `50¢`, `3,50 €`.
fn suffixed(here: Here<'_>) -> Option<Found> {
    here.digits(0)?;
    let amount = Amount::at(here, 0)?;
    let end = amount.atoms.cast_signed();
    if here.joined_is(end, '¢') {
        let unit = if amount.is_one() { "cent" } else { "cents" };
        return Some(Found::quantity(amount.atoms + 1, amount.spoken().and(unit)));
    }
    if let Some((found, atoms)) = currency(here, end)
        && here.digits(end + atoms).is_none()
    {
        let said = sum(found, &amount, None);
        return Some(Found::quantity(amount.atoms + atoms.cast_unsigned(), said));
    }
    // A comma before two decimals, where the currency's sign stands behind.
    let decimals = here.joined_digits(2).filter(|it| it.len() == 2 && here.joined_is(1, ','))?;
    let (found, atoms) = currency(here, 3)?;
    (end == 1).then(|| {
        let said = in_full(found, here.digits(0).unwrap_or_default(), decimals);
        Found::quantity(3 + atoms.cast_unsigned(), said)
    })
}

/// The currency that stands at `offset`, and how many atoms it takes.
fn currency(here: Here<'_>, offset: isize) -> Option<(&'static Currency, isize)> {
    let known = |first: &str, second: &str| {
        CURRENCIES.iter().find(|it| {
            it.symbols
                .iter()
                .any(|symbol| symbol.strip_prefix(first).is_some_and(|rest| rest == second))
        })
    };
    let first = here.text(offset)?;
    if first.len() > LONGEST_SYMBOL {
        return None;
    }
    let second = here.text(offset + 1).filter(|_| here.joined_is(offset + 1, '$'));
    if let Some(found) = second.and_then(|second| known(first, second)) {
        return Some((found, 2));
    }
    known(first, "").map(|found| (found, 1))
}

/// Million, billion and their abbreviations after an amount.
fn scale(here: Here<'_>, offset: isize) -> Option<&'static str> {
    let word = here.word(offset)?;
    let (_, scale) = SCALES.iter().find(|(names, _)| names.contains(&word))?;
    // "$5 M" is rare; "$5 k" isn't written.
    (here.joined(offset) || word.len() > 2).then_some(*scale)
}

/// An amount of a currency.
fn sum(currency: &Currency, amount: &Amount<'_>, scale: Option<&str>) -> Said {
    if let Some(scale) = scale {
        return amount.spoken().and(scale).and(currency.many);
    }
    match amount.decimals() {
        None => cardinal(amount.whole()).and(unit(currency, amount.whole())),
        Some(tenth) if tenth.len() == 1 && !currency.cent.is_empty() => {
            in_full(currency, amount.whole(), &format!("{tenth}0"))
        }
        Some(cents) if cents.len() == 2 && !currency.cent.is_empty() => {
            in_full(currency, amount.whole(), cents)
        }
        Some(_) => amount.spoken().and(currency.many),
    }
}

/// Units and hundredths: "three dollars and fifty cents".
fn in_full(currency: &Currency, whole: &str, hundredths: &str) -> Said {
    let cents: u64 = hundredths.parse().unwrap_or_default();
    let small = counted(cents).and(if cents == 1 { currency.cent } else { currency.cents });
    let is_zero = whole.trim_start_matches('0').is_empty();
    match (is_zero, cents) {
        (_, 0) => cardinal(whole).and(unit(currency, whole)),
        (true, _) => small,
        (false, _) => cardinal(whole).and(unit(currency, whole)).and("and").then(small),
    }
}

fn unit(currency: &Currency, whole: &str) -> &'static str {
    if whole.trim_start_matches('0') == "1" { currency.one } else { currency.many }
}

/// Whether an amount of money begins there, so that a dash before it is "to".
pub(super) fn begins(here: Here<'_>, offset: isize) -> bool {
    currency(here, offset).is_some_and(|(_, atoms)| here.digits(offset + atoms).is_some())
}

/// Longest symbol or code of a currency, in bytes.
const LONGEST_SYMBOL: usize = 4;

const SCALES: &[(&[&str], &str)] = &[
    (&["k", "K", "thousand"], "thousand"),
    (&["M", "m", "mn", "mm", "MM", "million"], "million"),
    (&["B", "b", "bn", "billion"], "billion"),
    (&["T", "tn", "trillion"], "trillion"),
];

const fn named(
    symbols: &'static [&'static str],
    one: &'static str,
    many: &'static str,
    cent: &'static str,
    cents: &'static str,
) -> Currency {
    Currency { symbols, one, many, cent, cents }
}

/// By how often they are met; ISO 4217 codes.
const CURRENCIES: &[Currency] = &[
    named(&["$", "USD", "US$"], "dollar", "dollars", "cent", "cents"),
    named(&["€", "EUR"], "euro", "euros", "cent", "cents"),
    named(&["£", "GBP"], "pound", "pounds", "penny", "pence"),
    named(&["R$", "BRL"], "real", "reais", "centavo", "centavos"),
    named(&["¥", "JPY", "円"], "yen", "yen", "", ""),
    named(&["₹", "INR"], "rupee", "rupees", "paisa", "paise"),
    named(&["CNY", "RMB"], "yuan", "yuan", "", ""),
    named(&["CAD", "C$", "CA$"], "Canadian dollar", "Canadian dollars", "cent", "cents"),
    named(&["AUD", "A$", "AU$"], "Australian dollar", "Australian dollars", "cent", "cents"),
    named(&["NZD", "NZ$"], "New Zealand dollar", "New Zealand dollars", "cent", "cents"),
    named(&["HKD", "HK$"], "Hong Kong dollar", "Hong Kong dollars", "cent", "cents"),
    named(&["SGD", "S$"], "Singapore dollar", "Singapore dollars", "cent", "cents"),
    named(&["MXN", "MX$"], "Mexican peso", "Mexican pesos", "centavo", "centavos"),
    named(&["CHF"], "Swiss franc", "Swiss francs", "centime", "centimes"),
    named(&["₩", "KRW"], "won", "won", "", ""),
    named(&["₽", "RUB"], "ruble", "rubles", "kopeck", "kopecks"),
    named(&["₪", "ILS"], "shekel", "shekels", "agora", "agorot"),
    named(&["₺", "TRY"], "lira", "lira", "kurush", "kurush"),
    named(&["₱", "PHP"], "peso", "pesos", "centavo", "centavos"),
    named(&["SEK", "NOK", "DKK"], "krona", "kronor", "", ""),
    named(&["PLN"], "zloty", "zlotys", "grosz", "groszy"),
    named(&["₿", "BTC"], "bitcoin", "bitcoin", "", ""),
];

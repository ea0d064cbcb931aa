//! Strings of digits as words: counted, ordered, as years, in pairs, one by one. American: no "and" in "one hundred five".

use super::said::Said;

/// Longest string of digits that is counted, in digits: quadrillions. What is longer is read digit by digit.
const COUNTED: usize = 18;

/// `1234`: "one thousand two hundred thirty four".
pub(super) fn cardinal(digits: &str) -> Said {
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Said::of("zero");
    }
    let Some(value) = digits.parse::<u64>().ok().filter(|_| digits.len() <= COUNTED) else {
        return grouped(digits);
    };
    counted(value)
}

/// A number counted.
pub(super) fn counted(value: u64) -> Said {
    if value == 0 {
        return Said::of("zero");
    }
    let mut said = Said::new();
    for (power, name) in SCALES.iter().enumerate().rev() {
        let part = value / 1000u64.pow(power as u32) % 1000;
        if part > 0 {
            below_thousand(part, &mut said);
            said.say(name);
        }
    }
    said
}

/// `22`: "twenty second".
pub(super) fn ordinal(digits: &str) -> Said {
    let mut said = cardinal(digits);
    if let Some(word) = said.last_word() {
        *word = nth(word);
    }
    said
}

/// `1905`: "nineteen oh five"; `2008`: "two thousand eight"; `2026`: "twenty twenty six".
pub(super) fn year(digits: &str) -> Said {
    match digits.as_bytes() {
        [b'0', ..] => one_by_one(digits),
        [_, b'0', b'0', _] => cardinal(digits),
        [_, _, _, _] => pairs(digits),
        _ => cardinal(digits),
    }
}

/// As house and room numbers are read: `350` "three fifty", `305` "three oh five", `1600` "sixteen hundred".
pub(super) fn pairs(digits: &str) -> Said {
    match digits.len() {
        1 | 2 => cardinal(digits),
        3 | 4 if !digits.starts_with('0') => {
            let (first, last) = digits.split_at(digits.len() - 2);
            match (first, last) {
                ("10" | "20" | "30" | "40" | "50" | "60" | "70" | "80" | "90", "00") => {
                    cardinal(digits)
                }
                (first, "00") => cardinal(first).and("hundred"),
                (first, last) => cardinal(first).then(after_hour(last)),
            }
        }
        _ => one_by_one(digits),
    }
}

/// Two digits after an hour or a century: `05` "oh five", `30` "thirty".
pub(super) fn after_hour(digits: &str) -> Said {
    match digits.strip_prefix('0') {
        Some(last) => Said::of("oh").then(cardinal(last)),
        None => cardinal(digits),
    }
}

/// Digit by digit: `007` "zero zero seven". What isn't a digit is left out.
pub(super) fn one_by_one(digits: &str) -> Said {
    let mut said = Said::new();
    for digit in digits.chars().filter_map(|c| c.to_digit(10)) {
        said.say(ONES[digit as usize]);
    }
    said
}

/// Digit by digit in groups of three or four, with a pause between them.
pub(super) fn grouped(digits: &str) -> Said {
    let groups = if digits.len() <= 5 { 1 } else { digits.len().div_ceil(4) };
    let mut said = Said::new();
    let mut from = 0;
    for group in 0..groups {
        let len = (digits.len() - from) / (groups - group);
        if group > 0 {
            said.mark(',');
        }
        said.append(one_by_one(digits.get(from..from + len).unwrap_or_default()));
        from += len;
    }
    said
}

/// The plural of a word (`sixth`: "sixths", `ninety`: "nineties").
pub(super) fn plural(word: &str) -> String {
    match word.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None if word.ends_with('x') => format!("{word}es"),
        None => format!("{word}s"),
    }
}

fn below_thousand(value: u64, said: &mut Said) {
    let (hundreds, rest) = (value / 100, value % 100);
    if hundreds > 0 {
        said.say(ONES[hundreds as usize]);
        said.say("hundred");
    }
    if rest >= 20 {
        said.say(TENS[(rest / 10) as usize]);
    }
    let last = if rest >= 20 { rest % 10 } else { rest };
    if last > 0 {
        said.say(ONES[last as usize]);
    }
}

fn nth(word: &str) -> String {
    match word {
        "one" => "first".to_owned(),
        "two" => "second".to_owned(),
        "three" => "third".to_owned(),
        "five" => "fifth".to_owned(),
        "eight" => "eighth".to_owned(),
        "nine" => "ninth".to_owned(),
        "twelve" => "twelfth".to_owned(),
        word => match word.strip_suffix('y') {
            Some(stem) => format!("{stem}ieth"),
            None => format!("{word}th"),
        },
    }
}

const ONES: &[&str] = &[
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];

const TENS: &[&str] =
    &["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// Names of the powers of a thousand.
const SCALES: &[&str] = &["", "thousand", "million", "billion", "trillion", "quadrillion"];

//! Everything that is neither word nor number: marks that the voice hears, signs that have a name, the rest in silence.

use super::atoms::{Found, Here, Kind};
use super::numbers::one_by_one;
use super::quantities::{fraction, vulgar};
use super::said::Said;

/// Every other character. It always reads something, if only silence.
pub(super) fn symbol(here: Here<'_>) -> Option<Found> {
    let symbol = here.symbol(0)?;
    if let Some(found) = smiley(here).or_else(|| dots(here)).or_else(|| dash(here, symbol)) {
        return Some(found);
    }
    if let Some((above, below)) = vulgar(symbol) {
        return Some(Found::quantity(1, fraction(above, below)));
    }
    let found = |said: Said| Some(Found::new(1, said));
    match symbol {
        ',' | ';' | ':' | '!' | '?' | '…' | '(' | ')' | '“' | '”' => found(mark(symbol)),
        '[' | '{' => found(mark('(')),
        ']' | '}' => found(mark(')')),
        '"' => found(quote(here)),
        '|' | '•' | '·' | '‣' => found(mark(',')),
        '/' => found(slash(here)),
        '*' | '#' => Some(key(here, symbol)),
        '+' => found(plus(here)),
        '→' | '⇒' | '⟶' | '➔' | '➜' | '➡' => found(arrow(here, 1)),
        '-' | '=' if here.joined_is(1, '>') => Some(Found::new(2, arrow(here, 2))),
        _ if is_picture(symbol) => found(picture(here, symbol)),
        '=' if here.begins => found(Said::new()),
        '<' | '>' | '~' if here.kind(1) != Some(Kind::Digits) => found(Said::new()),
        _ => found(named(symbol)),
    }
}

fn mark(mark: char) -> Said {
    let mut said = Said::new();
    said.mark(mark);
    said
}

/// The name of a sign in running text.
fn named(symbol: char) -> Said {
    Said::of(NAMED.iter().find(|(it, _)| *it == symbol).map_or("", |(_, name)| *name))
}

/// `...`, and a full stop, which joins what a host name or a number doesn't.
fn dots(here: Here<'_>) -> Option<Found> {
    here.symbol(0).filter(|it| *it == '.')?;
    let dots = (1..LONGEST_RUN).take_while(|offset| here.joined_is(*offset, '.')).count();
    if dots > 0 {
        return Some(Found::new(dots + 1, mark(if dots == 1 { '.' } else { '…' })));
    }
    let between = here.joined(0) && here.joined(1);
    let lower = here.word(1).is_some_and(|it| it.starts_with(char::is_lowercase));
    let inside = between && here.symbol(1).is_none() && (lower || here.digits(1).is_some());
    Some(Found::new(1, if inside { Said::of("dot") } else { mark('.') }))
}

/// Dashes: "to" between quantities, nothing between the parts of a word, else a pause.
fn dash(here: Here<'_>, symbol: char) -> Option<Found> {
    if !matches!(symbol, '-' | '–' | '—') || here.joined_is(1, '>') {
        return None;
    }
    let run = (1..LONGEST_RUN)
        .take_while(|offset| {
            here.joined(*offset) && matches!(here.symbol(*offset), Some('-' | '–' | '—'))
        })
        .count();
    if run > 0 {
        return Some(Found::new(run + 1, mark('—')));
    }
    if here.after_quantity && symbol != '—' && leads_on(here) {
        return Some(Found { atoms: 1, said: Said::of("to"), quantity: true });
    }
    let inside = here.joined(0) && here.joined(1);
    let hangs = here.joined(0) || here.joined(1);
    Some(Found::new(
        1,
        match symbol {
            '-' if inside => Said::new(),
            '–' if inside && here.word(-1).is_some() => Said::of("to"),
            '-' if hangs => Said::new(),
            _ => mark('—'),
        },
    ))
}

/// Whether what follows a dash is the other end of a range.
fn leads_on(here: Here<'_>) -> bool {
    here.kind(1) == Some(Kind::Digits)
        || super::money::begins(here, 1)
        || here.word(1).is_some_and(super::dates::is_weekday)
        || here.word(1).is_some_and(|it| super::dates::month(it).is_some())
}

/// A straight quote, which opens where a space is before it and none after.
fn quote(here: Here<'_>) -> Said {
    let opens = !here.joined(0) || matches!(here.symbol(-1), Some('(' | '[' | '-' | '—'));
    mark(if opens && here.joined(1) { '“' } else { '”' })
}

/// "to" between places and quantities, else a pause.
fn arrow(here: Here<'_>, next: isize) -> Said {
    let from = here.after_quantity || here.is_capitalized(-1);
    let to = here.digits(next).is_some()
        || here.is_capitalized(next)
        || super::money::begins(here, next);
    if from && to { Said::of("to") } else { mark(',') }
}

/// Pictures: Miscellaneous Symbols, Dingbats and the emoji blocks.
fn is_picture(symbol: char) -> bool {
    matches!(symbol, '\u{2600}'..='\u{27bf}' | '\u{2b50}' | '\u{1f000}'..='\u{1faff}')
}

/// The name of a picture, if it has one, between pauses; once where it is repeated.
fn picture(here: Here<'_>, symbol: char) -> Said {
    let name = named(symbol);
    if name.is_empty() || here.is(-1, symbol) {
        return Said::new();
    }
    let mut said = if here.begins { Said::new() } else { mark(',') };
    said.append(name);
    if !here.ends(1) && !here.is(1, symbol) {
        said.mark(if here.is_capitalized(1) && !WARNINGS.contains(&symbol) { '.' } else { ',' });
    }
    said
}

fn slash(here: Here<'_>) -> Said {
    if here.after_quantity
        && let Some(part) = here.word(1).and_then(super::units::part)
        && part == here.word(1).unwrap_or_default()
    {
        return Said::of("per");
    }
    if here.after_quantity && here.is(-2, '.') && here.joined(0) && here.joined_digits(1).is_some()
    {
        return Said::of("of");
    }
    let choice = matches!((here.word(-1), here.word(1)), (Some("and"), Some("or")));
    let inside = here.joined(0) && here.joined(1) && here.symbol(1).is_none();
    if choice {
        Said::new()
    } else if inside {
        Said::of("slash")
    } else {
        mark(',')
    }
}

/// `*` and `#`, keys of a telephone where they stand alone or before digits that are dialled.
fn key(here: Here<'_>, symbol: char) -> Found {
    let name = if symbol == '*' { "star" } else { "pound" };
    if symbol == '#' && here.joined(1) && here.digits(1).is_some() {
        return Found::new(1, Said::of("number"));
    }
    if symbol == '#' && here.joined(0) && matches!(here.word(-1), Some("C" | "F" | "c" | "f")) {
        return Found::new(1, Said::of("sharp"));
    }
    let dialled = here.joined_digits(1).filter(|_| symbol == '*' && !here.joined(0));
    if let Some(digits) = dialled {
        return Found::quantity(2, Said::of(name).then(one_by_one(digits)));
    }
    let times = here.digits(-1).is_some() && here.digits(1).is_some() && symbol == '*';
    if times {
        return Found::new(1, Said::of("times"));
    }
    let parted = |it: char| matches!(it, '.' | ',' | ';' | ')' | '"' | '”' | '\'' | '?' | '!');
    let opened =
        !here.joined(0) || here.symbol(-1).is_some_and(|it| matches!(it, '"' | '“' | '\'' | '('));
    let closed = !here.joined(1) || here.symbol(1).is_some_and(parted);
    let alone = opened && closed && !here.begins && (here.word(-1).is_some() || here.joined(0));
    Found::new(1, if alone { Said::of(name) } else { Said::new() })
}

fn plus(here: Here<'_>) -> Said {
    // A list's bullet is not heard.
    if here.begins && !here.joined(1) { Said::new() } else { Said::of("plus") }
}

/// `:)`, `:-(`, `;)`, `<3`: in silence.
fn smiley(here: Here<'_>) -> Option<Found> {
    if here.joined(0) && here.digits(-1).is_some() {
        return None;
    }
    let nose = 1 + isize::from(here.joined_is(1, '-'));
    let mouth = here.joined(nose)
        && (matches!(here.symbol(nose), Some(')' | '(' | '|' | '*'))
            || matches!(here.word(nose), Some("D" | "P" | "p" | "O" | "o")));
    let face = matches!(here.symbol(0), Some(':' | ';')) && mouth;
    let heart = here.is(0, '<') && here.joined_digits(1) == Some("3") && !here.joined(2);
    let atoms = if heart { 2 } else { nose + 1 };
    ((face && !here.joined(0)) || heart).then(|| Found::new(atoms.cast_unsigned(), Said::new()))
}

/// Characters one by one, each by its name: of a `<say-as>`.
pub(super) fn characters(text: &str) -> Said {
    let mut said = Said::new();
    let mut letters = String::new();
    for c in text.chars() {
        if c.is_ascii_alphabetic() {
            letters.push(c);
            continue;
        }
        said.letters(&std::mem::take(&mut letters));
        if let Some(digit) = c.to_digit(10) {
            said.append(super::numbers::counted(u64::from(digit)));
        } else if c.is_whitespace() {
            said.mark(',');
        } else if c.is_alphabetic() {
            said.say(&c.to_string());
        } else {
            said.say(name(c));
        }
    }
    said.letters(&letters);
    said
}

/// The name of a character that is spelled; empty where it has none.
pub(super) fn name(c: char) -> &'static str {
    let spelled = SPELLED.iter().chain(NAMED).find(|(it, _)| *it == c);
    spelled.map_or("", |(_, name)| *name)
}

/// Pictures that open what they stand before.
const WARNINGS: &[char] = &['⚠', '🚨', '🔥', '🛑', '🔴', '🟢', '🟡', '✅', '❌'];

/// Most dots or dashes that are taken at once.
const LONGEST_RUN: isize = 64;

/// Names of what is a mark in running text, where it is spelled.
const SPELLED: &[(char, &str)] = &[
    ('.', "dot"),
    (',', "comma"),
    (';', "semicolon"),
    (':', "colon"),
    ('!', "exclamation mark"),
    ('?', "question mark"),
    ('-', "dash"),
    ('–', "dash"),
    ('—', "dash"),
    ('_', "underscore"),
    ('/', "slash"),
    ('(', "open parenthesis"),
    (')', "close parenthesis"),
    ('[', "open bracket"),
    (']', "close bracket"),
    ('{', "open brace"),
    ('}', "close brace"),
    ('"', "quote"),
    ('\'', "apostrophe"),
    ('#', "pound"),
    ('*', "star"),
    ('+', "plus"),
    ('=', "equals"),
    ('<', "less than"),
    ('>', "greater than"),
    ('~', "tilde"),
    ('|', "bar"),
    ('^', "caret"),
    ('`', "backtick"),
    ('…', "dot dot dot"),
];

/// Signs that are named also in running text.
const NAMED: &[(char, &str)] = &[
    ('&', "and"),
    ('@', "at"),
    ('%', "percent"),
    ('=', "equals"),
    ('\\', "backslash"),
    ('<', "less than"),
    ('>', "greater than"),
    ('~', "about"),
    ('$', "dollar"),
    ('€', "euro"),
    ('£', "pound"),
    ('¥', "yen"),
    ('¢', "cent"),
    ('°', "degrees"),
    ('±', "plus or minus"),
    ('×', "times"),
    ('÷', "divided by"),
    ('≈', "about"),
    ('≠', "is not"),
    ('≤', "at most"),
    ('≥', "at least"),
    ('√', "root of"),
    ('∞', "infinity"),
    ('²', "squared"),
    ('³', "cubed"),
    ('§', "section"),
    ('←', "from"),
    ('↔', "to and from"),
    ('↑', "up"),
    ('⬆', "up"),
    ('↓', "down"),
    ('⬇', "down"),
    ('⚠', "warning"),
    ('✅', "check mark"),
    ('✓', "check mark"),
    ('✔', "check mark"),
    ('❌', "cross mark"),
    ('✗', "cross mark"),
    ('✘', "cross mark"),
    ('❤', "heart"),
    ('♥', "heart"),
    ('⭐', "star"),
    ('★', "star"),
    ('👍', "thumbs up"),
    ('👎', "thumbs down"),
    ('🔥', "fire"),
    ('🚨', "alert"),
    ('🛑', "stop"),
    ('🔴', "red"),
    ('🟢', "green"),
    ('🟡', "yellow"),
];

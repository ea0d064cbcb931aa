//! Who gets through to a line: its lists of callers.

use model::Party;

use super::Setting;

/// How a caller is received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// They get through.
    Welcome,
    /// They are on the block-list. It is turned away unanswered, unless the line has words of its own for it.
    Blocked,
    /// There is an allow-list, and they aren't on it. They hear so.
    NotAllowed,
}

/// The block-list counts more than the allow-list; people of ours need not be on the latter.
pub(super) fn of(setting: &Setting) -> Admission {
    let (line, from) = (&setting.line, &setting.from);
    let on = |list: &[String]| list.iter().any(|pattern| fits(pattern, from));
    if on(&line.block) {
        Admission::Blocked
    } else if line.allow.is_empty() || setting.known.is_some() || on(&line.allow) {
        Admission::Welcome
    } else {
        Admission::NotAllowed
    }
}

/// Whether a list's entry means this caller: all of them, or their beginning before a `*`. Punctuation of numbers doesn't
/// count. `anonymous` is everyone without a number.
fn fits(pattern: &str, from: &Party) -> bool {
    let plain = |text: &str| -> String {
        let kept = text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.'));
        kept.flat_map(char::to_lowercase).collect()
    };
    let (pattern, caller) = (plain(pattern), plain(&from.to_string()));
    match (pattern.as_str(), pattern.strip_suffix('*'), from) {
        ("", _, _) => false,
        ("anonymous", _, Party::Other(text)) => !text.bytes().any(|b| b.is_ascii_digit()),
        (_, Some(beginning), _) => caller.starts_with(beginning),
        (whole, None, _) => caller == whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(text: &str) -> Party {
        text.parse().unwrap_or_else(|_| Party::Other(text.to_owned()))
    }

    #[test]
    fn entries_are_numbers_or_their_beginning_or_nobody() {
        for (pattern, from) in [
            ("+5511*", "+551130000100"),
            ("+55 (11) 3000-0100", "+551130000100"),
            ("*", "anonymous"),
            ("anonymous", "Anonymous"),
            ("anonymous", "restricted"),
            ("911", "911"),
            ("client:ada", "client:ada"),
            ("sip:*", "sip:ada@office.example"),
        ] {
            assert!(fits(pattern, &party(from)), "{pattern} {from}");
        }
        for (pattern, from) in [
            ("", "+551130000100"),
            (" ", "anonymous"),
            ("+5521*", "+551130000100"),
            ("+5511", "+551130000100"),
            ("anonymous", "+551130000100"),
            ("anonymous", "911"),
        ] {
            assert!(!fits(pattern, &party(from)), "{pattern} {from}");
        }
    }
}

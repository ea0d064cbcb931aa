//! Where in a JSON document something stands: `data.items[0].state`.
//!
//! Names stand between dots, places in arrays in brackets, from 0; a name with a dot or a bracket in it in brackets and
//! quotes: `["a.b"]`, where `\"` and `\\` are escapes. `$` at the beginning, as in RFC 9535, may be left out. There are
//! neither wildcards nor filters: a path leads to one value or to none.

use std::fmt;
use std::str::FromStr;

use serde_json::Value;

/// Most steps of a path.
const MOST_STEPS: usize = 64;

/// A way into a document. Empty, it is the document itself.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct JsonPath(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Name(String),
    Place(usize),
}

/// The text is no path. Write it as `data.items[0].state`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{path}' is no JSON path ({why}): write it as data.items[0].state")]
pub struct InvalidJsonPath {
    /// The text.
    pub path: String,
    /// What is wrong with it.
    pub why: &'static str,
}

impl JsonPath {
    /// What stands there.
    pub fn find<'a>(&self, document: &'a Value) -> Option<&'a Value> {
        self.0.iter().try_fold(document, |value, step| match step {
            Step::Name(name) => value.as_object()?.get(name),
            Step::Place(place) => value.as_array()?.get(*place),
        })
    }
}

impl FromStr for JsonPath {
    type Err = InvalidJsonPath;

    fn from_str(text: &str) -> Result<JsonPath, InvalidJsonPath> {
        let wrong = |why| InvalidJsonPath { path: text.to_owned(), why };
        let mut rest = text.trim();
        if let Some(after) = rest.strip_prefix('$')
            && (after.is_empty() || after.starts_with(['.', '[']))
        {
            rest = after.strip_prefix('.').unwrap_or(after);
            if rest.is_empty() && !after.is_empty() {
                return Err(wrong("a name is missing"));
            }
        }
        let mut steps = Vec::new();
        while !rest.is_empty() {
            if steps.len() == MOST_STEPS {
                return Err(wrong("it has too many steps"));
            }
            let (step, after) = match rest.strip_prefix('[') {
                Some(inner) => bracket(inner).map_err(wrong)?,
                None => name(rest).map_err(wrong)?,
            };
            steps.push(step);
            rest = match after.strip_prefix('.') {
                Some("") => return Err(wrong("it ends with a dot")),
                Some(after) if after.starts_with('[') => {
                    return Err(wrong("a dot before a bracket"));
                }
                Some(after) => after,
                None if after.is_empty() || after.starts_with('[') => after,
                None => return Err(wrong("a dot is missing behind a bracket")),
            };
        }
        Ok(JsonPath(steps))
    }
}

/// A name up to a dot or a bracket.
fn name(text: &str) -> Result<(Step, &str), &'static str> {
    let end = text.find(['.', '[', ']']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    match name {
        "" => Err("a name is missing"),
        _ if rest.starts_with(']') => Err("a bracket is closed that was not opened"),
        name => Ok((Step::Name(name.to_owned()), rest)),
    }
}

/// What stands in a bracket that was opened.
fn bracket(text: &str) -> Result<(Step, &str), &'static str> {
    if let Some(quote @ ('"' | '\'')) = text.chars().next() {
        return quoted(&text[1..], quote);
    }
    let (place, rest) = text.split_once(']').ok_or("a bracket is not closed")?;
    if place.is_empty() || !place.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err("in brackets stands a number from 0, or a name in quotes");
    }
    let place = place.parse().map_err(|_| "a number is too great")?;
    Ok((Step::Place(place), rest))
}

/// A name up to its closing quote and bracket.
fn quoted(text: &str, quote: char) -> Result<(Step, &str), &'static str> {
    let mut name = String::new();
    let mut letters = text.char_indices();
    while let Some((place, letter)) = letters.next() {
        if letter == quote {
            let rest = text[place + 1..].strip_prefix(']').ok_or("a bracket is not closed")?;
            return Ok((Step::Name(name), rest));
        }
        if letter == '\\' {
            let (_, escaped) = letters.next().ok_or("a quote is not closed")?;
            name.push(escaped);
        } else {
            name.push(letter);
        }
    }
    Err("a quote is not closed")
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, step) in self.0.iter().enumerate() {
            match step {
                Step::Place(number) => write!(f, "[{number}]")?,
                Step::Name(name) if is_plain(name) => {
                    let dot = if place == 0 { "" } else { "." };
                    write!(f, "{dot}{name}")?;
                }
                Step::Name(name) => {
                    let name = name.replace('\\', "\\\\").replace('"', "\\\"");
                    write!(f, "[\"{name}\"]")?;
                }
            }
        }
        Ok(())
    }
}

/// Whether a name can stand between dots.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.contains(['.', '[', ']', '$', '"', '\'', '\\'])
        && !name.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn find(path: &str) -> Option<Value> {
        let document = json!({
            "data": { "items": [{ "state": "ok" }, [7]], "a.b": true, "$x": 1 },
            "": "empty",
        });
        path.parse::<JsonPath>().expect("a path").find(&document).cloned()
    }

    #[test]
    fn a_path_leads_to_what_stands_there() {
        assert_eq!(find("data.items[0].state"), Some(json!("ok")));
        assert_eq!(find("$.data.items[1][0]"), Some(json!(7)));
        assert_eq!(find("data[\"a.b\"]"), Some(json!(true)));
        assert_eq!(find("data['a.b']"), Some(json!(true)));
        assert_eq!(find("data.$x"), Some(json!(1)));
        assert_eq!(find("[\"\"]"), Some(json!("empty")));
        assert_eq!(find("data.items[2]"), None);
        assert_eq!(find("data.items.state"), None);
        assert_eq!(find("data[0]"), None);
        assert!(find("").is_some_and(|all| all.is_object()));
        assert_eq!(find("$"), find(""));
    }

    #[test]
    fn what_is_no_path_says_why() {
        let why = |path: &str| path.parse::<JsonPath>().expect_err("no path").why;
        assert_eq!(why("a..b"), "a name is missing");
        assert_eq!(why("a."), "it ends with a dot");
        assert_eq!(why("$."), "a name is missing");
        assert_eq!(why("a[x]"), "in brackets stands a number from 0, or a name in quotes");
        assert_eq!(why("a[-1]"), "in brackets stands a number from 0, or a name in quotes");
        assert_eq!(why("a[0"), "a bracket is not closed");
        assert_eq!(why("a[\"b"), "a quote is not closed");
        assert_eq!(why("a[0]b"), "a dot is missing behind a bracket");
        assert_eq!(why("a]"), "a bracket is closed that was not opened");
        assert_eq!(why("a[99999999999999999999999]"), "a number is too great");
        assert_eq!(why(&"a.".repeat(70)), "it has too many steps");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            steps in prop::collection::vec(
                prop_oneof![any::<String>().prop_map(Step::Name), any::<usize>().prop_map(Step::Place)],
                0..8,
            ),
        ) {
            let path = JsonPath(steps);
            prop_assert_eq!(path.to_string().parse::<JsonPath>(), Ok(path));
        }

        #[test]
        fn any_text_is_a_path_or_an_error(text in "[a-z$.\\[\\]\"'\\\\0-9 ]{0,24}") {
            if let Ok(path) = text.parse::<JsonPath>() {
                prop_assert_eq!(path.to_string().parse::<JsonPath>(), Ok(path));
            }
        }
    }
}

//! Places named in ARCHITECTURE.md, CONTRIBUTING.md and README.md exist: a map that lies is worse than none.
//!
//! A place is a word in backticks that begins with a folder of the checkout, or is a page at its root (`NAME.md`).

use crate::finding::Finding;
use crate::house::{House, has_extension};

const PAGES: [&str; 3] = ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"];
const MEND: &str = "name the place where it is now";

pub(super) fn check(house: &House) -> anyhow::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for page in PAGES {
        let text = house.text(page)?.unwrap_or_default();
        for (line, place) in places(&text) {
            let top = place.split('/').next().unwrap_or_default();
            let is_page = !place.contains('/') && has_extension(place, "md");
            let is_ours = is_page || (place.contains('/') && house.has_top_folder(top));
            if is_ours && !house.root.join(place).exists() {
                findings.push(Finding::new(page, line, format!("there is no {place}"), MEND));
            }
        }
    }
    Ok(findings)
}

/// Words in backticks that may be paths, with their lines. Fenced blocks are left out.
fn places(text: &str) -> Vec<(usize, &str)> {
    let mut fenced = false;
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        let quoted = line.split('`').skip(1).step_by(2);
        found.extend(quoted.filter(|word| is_path(word)).map(|word| (at + 1, word)));
    }
    found
}

fn is_path(word: &str) -> bool {
    !word.is_empty()
        && !word.starts_with('/')
        && word.chars().all(|each| each.is_ascii_alphanumeric() || "._-/".contains(each))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_in_backticks_are_seen_and_other_words_are_not() {
        let text =
            "See `crates/sip` and `GET /x`.\n```\n`a/b`\n```\n| `docs/adr/` | `call::Call` |\n";
        assert_eq!(places(text), [(1, "crates/sip"), (5, "docs/adr/")]);
    }
}

//! What is in the tree of dependencies: only licences that `deny.toml` allows, nothing it bans, nothing from outside the
//! registry.
//!
//! The same as cargo-deny with the same lists, for machines that don't have it. The tree is cargo's own, with the
//! features that are really on. Licence expressions are those of SPDX 2.3, annex D, and the older `MIT/Apache-2.0`.

use anyhow::Context;

use crate::cargo;
use crate::finding::Finding;
use crate::house::House;

const LOCK: &str = "Cargo.lock";
const LICENCE_MEND: &str = "take another crate; deny.toml says what we may ship";
const BAN_MEND: &str = "find who brings it (`cargo tree -i NAME`) and switch that feature off";
const SOURCE_MEND: &str = "take a version that is published in the registry";

/// The lists of `deny.toml`.
struct Terms {
    allowed: Vec<String>,
    banned: Vec<(String, String)>,
}

pub(super) fn check(house: &House) -> anyhow::Result<Vec<Finding>> {
    let terms = Terms::read(&house.text("deny.toml")?.context("there is no deny.toml")?)?;
    let lock = house.text(LOCK)?.context("there is no Cargo.lock")?;
    let words = [
        "tree",
        "--quiet",
        "--locked",
        "--workspace",
        "--target=all",
        "--edges=normal,build,dev",
        "--prefix=none",
        "--format={p}|{l}",
    ];
    let tree = cargo::read(&house.root, "cargo", &words)?;
    let root = house.root.to_string_lossy();
    let mut packages: Vec<&str> = tree
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .filter(|line| !line.is_empty())
        .collect();
    packages.sort_unstable();
    packages.dedup();
    let mut findings = Vec::new();
    for (package, licence) in packages.iter().filter_map(|line| line.split_once('|')) {
        let name = package.split(' ').next().unwrap_or_default();
        let found = |what: String, mend| Finding::new(LOCK, line_of(&lock, name), what, mend);
        if package.contains(&format!("({root}")) {
            continue;
        }
        if package.contains('(') && !package.ends_with("(proc-macro)") {
            findings.push(found(format!("{package} is not from the registry"), SOURCE_MEND));
        }
        if !is_allowed(licence, &terms.allowed) {
            findings.push(found(format!("{package} is under '{licence}'"), LICENCE_MEND));
        }
        if let Some((_, reason)) = terms.banned.iter().find(|(banned, _)| banned == name) {
            findings.push(found(format!("{package} is banned: {reason}"), BAN_MEND));
        }
    }
    Ok(findings)
}

impl Terms {
    fn read(text: &str) -> anyhow::Result<Self> {
        let table: toml::Table = text.parse().context("deny.toml is not TOML")?;
        let list = |section: &str, key: &str| -> Vec<toml::Value> {
            let found = table.get(section).and_then(|section| section.get(key));
            found.and_then(toml::Value::as_array).cloned().unwrap_or_default()
        };
        let word = |value: &toml::Value, key: &str| {
            value.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned()
        };
        let allowed = list("licenses", "allow")
            .iter()
            .filter_map(|it| it.as_str().map(str::to_owned))
            .collect();
        let banned =
            list("bans", "deny").iter().map(|it| (word(it, "name"), word(it, "reason"))).collect();
        Ok(Self { allowed, banned })
    }
}

/// Whether some choice that the expression offers is made of allowed licences alone. AND binds tighter than OR.
fn is_allowed(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    let good = any_of(&mut rest, allowed);
    good && rest.is_empty()
}

fn any_of(rest: &mut &[&str], allowed: &[String]) -> bool {
    let mut good = all_of(rest, allowed);
    while let [word, after @ ..] = *rest
        && word.eq_ignore_ascii_case("or")
    {
        *rest = after;
        good |= all_of(rest, allowed);
    }
    good
}

fn all_of(rest: &mut &[&str], allowed: &[String]) -> bool {
    let mut good = one(rest, allowed);
    while let [word, after @ ..] = *rest
        && word.eq_ignore_ascii_case("and")
    {
        *rest = after;
        good &= one(rest, allowed);
    }
    good
}

fn one(rest: &mut &[&str], allowed: &[String]) -> bool {
    let licence = match *rest {
        ["(", after @ ..] => {
            *rest = after;
            let good = any_of(rest, allowed);
            let closed = rest.first() == Some(&")");
            *rest = rest.get(1..).unwrap_or_default();
            return good && closed;
        }
        [licence, with, exception, after @ ..] if with.eq_ignore_ascii_case("with") => {
            *rest = after;
            format!("{licence} WITH {exception}")
        }
        [licence, after @ ..] => {
            *rest = after;
            (*licence).to_owned()
        }
        [] => return false,
    };
    allowed.contains(&licence)
}

fn line_of(lock: &str, name: &str) -> usize {
    let entry = format!("name = \"{name}\"");
    lock.lines().position(|line| line == entry).map_or(1, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(expression: &str) -> bool {
        let allowed = ["MIT", "Apache-2.0", "ISC", "Apache-2.0 WITH LLVM-exception"];
        is_allowed(expression, &allowed.map(str::to_owned))
    }

    #[test]
    fn one_allowed_choice_is_enough_and_every_part_of_it_counts() {
        for good in [
            "MIT",
            "MIT/Apache-2.0",
            "Apache-2.0 / MIT",
            "GPL-3.0 OR MIT",
            "Apache-2.0 WITH LLVM-exception OR GPL-2.0",
            "ISC AND (GPL-2.0 OR ISC)",
            "GPL-2.0 AND ISC OR MIT",
        ] {
            assert!(judged(good), "{good}");
        }
        for bad in [
            "",
            "GPL-3.0-only",
            "MIT AND GPL-2.0",
            "(MIT OR ISC",
            "MIT MIT",
            "MIT AND (GPL-2.0)",
            "ISC WITH X",
        ] {
            assert!(!judged(bad), "{bad}");
        }
    }

    #[test]
    fn the_lists_are_those_of_deny_toml() {
        let text = "[licenses]\nallow = [\"MIT\"]\n[bans]\ndeny = [{ name = \"ring\", reason = \"one is enough\" }]\n";
        let terms = Terms::read(text).expect("it is TOML");
        assert_eq!(terms.allowed, ["MIT"]);
        assert_eq!(terms.banned, [("ring".to_owned(), "one is enough".to_owned())]);
    }
}

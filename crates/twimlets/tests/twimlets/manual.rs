//! The page of the manual says what the crate does: its tables, its examples and its short cuts.

use twimlets::{Answer, Parameter, catalogue, shortcut};

use super::get;

const PAGE: &str = include_str!("../../../../docs/twimlets.md");

/// What follows the heading of a Twimlet.
fn chapter(name: &str) -> &'static str {
    let heading = format!("\n## `{name}`\n");
    let (_, chapter) = PAGE.split_once(&heading).expect("it has a chapter");
    chapter.split("\n## ").next().unwrap_or_default()
}

fn row(parameter: &Parameter) -> String {
    let several = if parameter.repeats { "[]" } else { "" };
    let default = if parameter.required { "needed" } else { parameter.default.unwrap_or_default() };
    format!("| `{}{several}` | {default} |", parameter.name)
}

#[test]
fn the_manual_has_every_parameter_with_its_default() {
    for twimlet in catalogue() {
        let chapter = chapter(twimlet.name);
        assert!(chapter.replace('\n', " ").contains(twimlet.summary), "{}", twimlet.name);
        let rows = chapter.lines().filter(|line| line.starts_with("| `"));
        let expected: Vec<String> = twimlet.parameters.iter().map(row).collect();
        assert_eq!(rows.clone().count(), expected.len(), "{}", twimlet.name);
        for (line, expected) in rows.zip(expected) {
            assert!(line.starts_with(&expected), "{line}\n{expected}");
        }
    }
}

#[test]
fn the_manual_s_examples_are_answered() {
    let examples: Vec<&str> =
        PAGE.lines().filter_map(|line| line.strip_prefix("    alo://twimlets/")).collect();
    assert_eq!(examples.len(), 10, "all but conference");
    for example in examples {
        let mut asked = get(example);
        asked.rules.addresses.push("@example.com".to_owned());
        assert!(!matches!(asked.reply().answer, Answer::Refused(_)), "{example}");
    }
}

#[test]
fn the_manual_s_fail_urls_lead_to_the_voicemail_that_they_name() {
    let (_, line) = PAGE.split_once("    alo://twimlets/findme?").expect("an example");
    let fail = line.lines().next().and_then(|query| query.split("FailUrl=").nth(1));
    let asked = get(&format!("forward?Dial=true&FailUrl={}", fail.expect("it has a FailUrl")));
    let next = asked.with("DialCallStatus", "busy").redirect();
    let mut voicemail = get("x").follow(&next);
    voicemail.rules.addresses.push("ada@example.com".to_owned());
    assert!(voicemail.xml().contains("<Record"));
}

#[test]
fn the_manual_s_short_cuts_are_short_cuts() {
    let (_, chapter) = PAGE.split_once("\n## Short cuts\n").expect("it has a chapter");
    let chapter = chapter.split("\n## ").next().unwrap_or_default();
    let rows = chapter.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let menu = chapter.lines().filter_map(|line| line.strip_prefix("    "));
    let shorts: Vec<&str> = rows.chain(menu).collect();
    assert_eq!(shorts.len(), 9, "{shorts:?}");
    for short in shorts {
        assert!(shortcut(short).is_ok(), "{short}");
    }
}

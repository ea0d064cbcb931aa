//! `#[expect(lint, reason = "...")]` instead of `#[allow]`, and no `.unwrap()` outside tests.

use crate::finding::Finding;
use crate::source::{Source, Token};

const ALLOW_MEND: &str = "#[expect(lint, reason = \"why it is right here\")]";
const UNWRAP_MEND: &str = "handle it, or expect(\"why it holds\")";

pub(super) fn check(source: &Source) -> Vec<Finding> {
    let allowed = source
        .attributes()
        .filter(|words| is_allow(words))
        .map(|words| Finding::new(&source.path, words[0].line, "a lint is allowed", ALLOW_MEND));
    let unexplained = source
        .attributes()
        .filter(|words| words.first().is_some_and(|word| word.text == "expect"))
        .filter(|words| words.iter().all(|word| word.text != "reason"))
        .map(|words| Finding::new(&source.path, words[0].line, "no reason given", ALLOW_MEND));
    let unwrapped = source
        .tokens
        .windows(4)
        .filter(|words| words.iter().map(|word| word.text.as_str()).eq([".", "unwrap", "(", ")"]))
        .filter(|words| !source.is_test_line(words[1].line))
        .map(|words| Finding::new(&source.path, words[1].line, "unwrap", UNWRAP_MEND));
    allowed.chain(unexplained).chain(unwrapped).collect()
}

fn is_allow(words: &[Token]) -> bool {
    match words {
        [first, ..] if first.text == "allow" => true,
        [first, rest @ ..] if first.text == "cfg_attr" => {
            rest.iter().any(|word| word.text == "allow")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        let source = Source::parse("crates/sip/src/a.rs", text.to_owned()).expect("it is Rust");
        check(&source).iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn an_allowed_lint_is_found_and_an_expected_one_is_not() {
        let text = "#![allow(dead_code)]\n#[expect(unused, reason = \"shown to users\")]\nfn a() {}\n#[cfg_attr(test, allow(unused))]\nfn b() {}\n#[expect(unused)]\nfn c() {}\n";
        assert_eq!(lines(text), [1, 4, 6]);
    }

    #[test]
    fn unwrap_is_found_outside_tests_even_in_a_macro() {
        let text = "fn a() {\n    println!(\"{}\", b().unwrap());\n    b().unwrap_or(1);\n}\n#[test]\nfn c() { b().unwrap(); }\n";
        assert_eq!(lines(text), [2]);
    }
}

//! Tests neither sleep nor are left out: time is an argument or virtual, and what a test waits for is an event.

use crate::finding::Finding;
use crate::source::Source;

const SLEEP_MEND: &str = "wait for the event itself, under a time limit, or pass virtual time";
const IGNORE_MEND: &str = "mend the test or take it away";

/// Functions that let time pass.
const SLEEPS: [&str; 3] = ["sleep", "sleep_until", "sleep_ms"];

pub(super) fn check(source: &Source) -> Vec<Finding> {
    let testing = source.crate_name() == Some("testkit");
    let slept = source
        .paths
        .iter()
        .filter(|path| path.next.as_deref() == Some("("))
        .filter(|path| path.segments.last().is_some_and(|last| SLEEPS.contains(&last.as_str())))
        .filter(|path| testing || source.is_test_line(path.line))
        .map(|path| Finding::new(&source.path, path.line, "a test sleeps", SLEEP_MEND));
    let ignored = source
        .attributes()
        .filter(|words| match words {
            [first, ..] if first.text == "ignore" => true,
            [first, rest @ ..] => {
                first.text == "cfg_attr" && rest.iter().any(|word| word.text == "ignore")
            }
            [] => false,
        })
        .map(|words| Finding::new(&source.path, words[0].line, "a test is ignored", IGNORE_MEND));
    slept.chain(ignored).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        let source = Source::parse(path, text.to_owned()).expect("it is Rust");
        check(&source).iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn a_sleep_in_a_test_is_found_and_one_outside_is_not() {
        let text = "fn a() { tokio::time::sleep(T); }\n#[test]\nfn b() {\n    time::sleep(T);\n}\n";
        assert_eq!(lines("crates/sip/src/a.rs", text), [4]);
        assert_eq!(lines("crates/sip/tests/a.rs", text), [1, 4]);
        assert_eq!(lines("crates/testkit/src/a.rs", text), [1, 4]);
    }

    #[test]
    fn an_ignored_test_is_found() {
        let text =
            "#[test]\n#[ignore = \"slow\"]\nfn a() {}\n#[cfg_attr(windows, ignore)]\nfn b() {}\n";
        assert_eq!(lines("crates/sip/src/a.rs", text), [2, 4]);
    }
}

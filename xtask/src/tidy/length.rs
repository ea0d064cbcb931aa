//! Files over 600 lines and functions over 60 need a reason, written where they begin; there is a length that none excuses.
//!
//! The reason is a line `Long because: ...` in the module comment, or in the doc comment of the function.

use crate::finding::Finding;
use crate::source::{Function, Source};

/// Lines of a file, tests included.
const FILE_LINES: usize = 600;
/// Lines of a file with a reason.
const FILE_LINES_WITH_REASON: usize = 800;
/// Lines of a function, from its signature to its closing brace.
const FUNCTION_LINES: usize = 60;
/// Lines of a function with a reason.
const FUNCTION_LINES_WITH_REASON: usize = 120;

const REASON: &str = "Long because:";

const FILE_MEND: &str = "split it by what it is about, or write `//! Long because: ...`, up to 800";
const FUNCTION_MEND: &str =
    "name its parts as functions, or write `/// Long because: ...`, up to 120";

pub(super) fn check(source: &Source) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        source.functions.iter().filter_map(|function| judge_function(source, function)).collect();
    let length = source.text.lines().count();
    let reasoned = source
        .text
        .lines()
        .take_while(|line| line.starts_with("//!"))
        .any(|line| line.contains(REASON));
    let limit = if reasoned { FILE_LINES_WITH_REASON } else { FILE_LINES };
    if length > limit {
        let what = format!("{length} lines, over {limit}");
        findings.push(Finding::new(&source.path, 1, what, FILE_MEND));
    }
    findings
}

fn judge_function(source: &Source, function: &Function) -> Option<Finding> {
    let length = function.lines.end() - function.lines.start() + 1;
    let reasoned = function.doc.contains(REASON);
    let limit = if reasoned { FUNCTION_LINES_WITH_REASON } else { FUNCTION_LINES };
    if length <= limit {
        return None;
    }
    let what = format!("function {} has {length} lines, over {limit}", function.name);
    Some(Finding::new(&source.path, *function.lines.start(), what, FUNCTION_MEND))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(text: String) -> Vec<Finding> {
        check(&Source::parse("x.rs", text).expect("it is Rust"))
    }

    #[test]
    fn a_long_file_needs_a_reason_and_a_longer_one_has_none() {
        let file = |open: &str, lines: usize| format!("{open}\n{}", "//\n".repeat(lines - 1));
        assert!(findings(file("//! A.", 600)).is_empty());
        assert_eq!(findings(file("//! A.", 601)).len(), 1);
        assert!(findings(file("//! A.\n//! Long because: it is one table.", 700)).is_empty());
        assert_eq!(findings(file("//! Long because: it is one table.", 801)).len(), 1);
    }

    #[test]
    fn a_long_function_is_found_at_its_signature() {
        let function = |doc: &str, lines: usize| {
            format!("{doc}\nfn a() {{\n{}}}\n", "    1;\n".repeat(lines - 2))
        };
        assert!(findings(function("/// A.", 60)).is_empty());
        assert_eq!(findings(function("/// A.", 61))[0].line, 2);
        assert!(findings(function("/// Long because: a table.", 61)).is_empty());
        assert_eq!(findings(function("/// Long because: a table.", 121)).len(), 1);
    }
}

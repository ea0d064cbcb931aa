//! Every Rust file opens with `//!`: what it is, what it never does, which document it follows.

use crate::finding::Finding;
use crate::source::Source;

const MEND: &str =
    "open the file with `//!`: what it is, what it never does, the RFC section it follows";

pub(super) fn check(source: &Source) -> Vec<Finding> {
    let first = source.text.lines().next().unwrap_or_default();
    let said = first.strip_prefix("//!").unwrap_or_default().trim();
    if said.is_empty() {
        vec![Finding::new(&source.path, 1, "no module comment", MEND)]
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str) -> bool {
        check(&Source::parse("x.rs", text.to_owned()).expect("it is Rust")).is_empty()
    }

    #[test]
    fn a_file_without_a_module_comment_is_found() {
        assert!(judged("//! What it is.\nfn a() {}\n"));
        assert!(!judged("fn a() {}\n"));
        assert!(!judged("//!\nfn a() {}\n"));
        assert!(!judged("// Not a module comment.\nfn a() {}\n"));
    }
}

//! What a rule found: where, what, and how to mend it.

use std::fmt;

/// One breach of a rule, printed on one line so that an editor can jump to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Relative to the root of the checkout.
    pub(crate) file: String,
    /// Counted from 1.
    pub(crate) line: usize,
    pub(crate) what: String,
    pub(crate) mend: &'static str,
}

impl Finding {
    pub(crate) fn new(
        file: impl Into<String>,
        line: usize,
        what: impl Into<String>,
        mend: &'static str,
    ) -> Self {
        Self { file: file.into(), line, what: what.into(), mend }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {} (mend: {})", self.file, self.line, self.what, self.mend)
    }
}

//! Errors for what isn't XML, in the author's words, at the place of the real mistake.

use quick_xml::errors::{Error, IllFormedError, SyntaxError};

use super::places::Places;
use super::{NOT_TWIML, ParseError, SCHEMA, tag};

/// Makes the errors of one document.
pub(super) struct Faults<'p> {
    pub(super) places: &'p Places<'p>,
}

impl Faults<'_> {
    /// It isn't XML, or not TwiML, from byte `at` on.
    pub(super) fn at(&self, at: usize, message: String, mend: Option<String>) -> ParseError {
        ParseError { position: self.places.at(at), code: NOT_TWIML, message, mend }
    }

    /// It is XML, but more than we read.
    pub(super) fn beyond(&self, at: usize, message: String) -> ParseError {
        ParseError { code: SCHEMA, ..self.at(at, message, None) }
    }

    /// What quick-xml found at byte `at` of `text`.
    pub(super) fn not_xml(&self, text: &str, at: usize, error: &Error) -> ParseError {
        let (message, mend) = match error {
            Error::Syntax(SyntaxError::UnclosedTag) => return self.unclosed_tag(text, at),
            Error::Syntax(SyntaxError::UnclosedComment) => {
                ("the comment that begins here is never closed", "write -->")
            }
            Error::Syntax(SyntaxError::UnclosedCData) => {
                ("the CDATA section that begins here is never closed", "write ]]>")
            }
            Error::Syntax(SyntaxError::UnclosedPIOrXmlDecl) => {
                ("the processing instruction that begins here is never closed", "write ?>")
            }
            Error::Syntax(SyntaxError::UnclosedDoctype) => {
                ("the DOCTYPE that begins here is never closed", "write >")
            }
            Error::Syntax(SyntaxError::InvalidBangMarkup) => {
                ("'<!' begins neither a comment nor CDATA", "write &lt; for the character <")
            }
            Error::IllFormed(IllFormedError::UnclosedReference) => {
                ("'&' begins an entity, but no ';' ends it", "write &amp; for the character &")
            }
            other => return self.at(at, other.to_string(), None),
        };
        self.at(at, message.to_owned(), Some(mend.to_owned()))
    }

    /// A tag that runs to the end of the text: most often for a quote that was forgotten.
    fn unclosed_tag(&self, text: &str, at: usize) -> ParseError {
        let (at, message, mend) = match tag::open_quote(&text[at + 1..]) {
            Some(quote) => (
                at + 1 + quote,
                "the quote that begins here is never closed",
                "write a second quote",
            ),
            None => (at, "the tag that begins here is never closed", "write >"),
        };
        self.at(at, message.to_owned(), Some(mend.to_owned()))
    }
}

//! The parser from outside: documents in, what is run and what the author is told out.

mod dial;
mod messages;
mod mistakes;
mod properties;
mod speech;
mod verbs;
mod xml;

use std::fmt::Write as _;

use twiml::{Document, ParseError, Warning};

/// What a document comes to: its verbs as XML, then warnings (`!`) and notes (`~`); or the error.
fn read(text: &str) -> String {
    report(twiml::parse(text))
}

fn report(parsed: Result<Document, ParseError>) -> String {
    listed(parsed.map(|document| (twiml::to_xml(&document), document.warnings)))
}

/// The lines of a document printed as XML, then its warnings; or the error.
fn listed(parsed: Result<(String, Vec<Warning>), ParseError>) -> String {
    let (xml, warnings) = match parsed {
        Ok(document) => document,
        Err(ParseError { position, code, message, mend }) => {
            let mend = mend.map(|mend| format!(" ({mend})")).unwrap_or_default();
            return format!("error {code}, {position}: {message}{mend}");
        }
    };
    let mut report = String::new();
    for line in xml.lines().filter_map(|line| line.strip_prefix("  ")) {
        let _ = writeln!(report, "{line}");
    }
    for warning in &warnings {
        let sign = if warning.quiet { '~' } else { '!' };
        let _ = writeln!(report, "{sign} {} {warning}", warning.code);
    }
    report
}

/// A document with `verbs` in it, which begin at column 11.
fn response(verbs: &str) -> String {
    read(&format!("<Response>{verbs}</Response>"))
}

/// The one verb of a document that gives no warning.
#[track_caller]
fn verb(text: &str) -> twiml::Verb {
    let document = twiml::parse(&format!("<Response>{text}</Response>")).expect("it is TwiML");
    assert_eq!(document.warnings, [], "{text}");
    let [verb] = <[_; 1]>::try_from(document.verbs).expect("it is one verb");
    verb.item
}

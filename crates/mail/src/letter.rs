//! A letter as it goes over the wire (RFC 5322, MIME by RFC 2045 and 2047).
//!
//! Its text is UTF-8 in quoted-printable, so that every relay carries it unchanged. Its subject is one line, whatever was
//! put into it. It has a Message-ID that follows from its id alone: who gets it twice can tell.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lettre::Address;
use lettre::address::Envelope;
use lettre::message::header::{
    ContentTransferEncoding, ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0,
};
use lettre::message::{Body, Mailbox};
use model::Moment;
use sha2::{Digest as _, Sha256};

use crate::address::{InvalidAddress, address};

/// Octets of text in one encoded word: 39 become 52, which with their brackets and `Subject: ` stay on a line of 76
/// (RFC 2047 §2).
const WORD: usize = 39;
/// Longest word of a subject that is left as it is, so that lines stay below 76, as its encoded words do.
const LONGEST_PLAIN_WORD: usize = 60;

/// One e-mail to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// What a repetition is recognised by: it becomes the Message-ID.
    pub id: String,
    /// The address.
    pub to: String,
    /// One line; control characters become spaces.
    pub subject: String,
    /// Plain text; its lines may end as they like, and the last one ends with the letter.
    pub text: String,
    /// When it was written.
    pub at: Moment,
}

/// A letter in its envelope.
pub(crate) struct Posted {
    pub(crate) envelope: Envelope,
    pub(crate) bytes: Vec<u8>,
}

impl Letter {
    /// As it is sent from there.
    pub(crate) fn post(&self, from: &Mailbox) -> Result<Posted, InvalidAddress> {
        let to = address(&self.to)?;
        let envelope = envelope(&from.email, &to);
        let text = self.text.replace("\r\n", "\n").replace('\r', "\n");
        // The end of the letter ends its last line too (RFC 5321 §4.1.1.4).
        let text = text.trim_end_matches('\n').to_owned();
        let encoding = ContentTransferEncoding::QuotedPrintable;
        let body =
            Body::new_with_encoding(text, encoding).expect("quoted-printable takes every text");
        let message = lettre::Message::builder()
            .from(from.clone())
            .to(Mailbox::new(None, to))
            .raw_header(subject(&self.subject))
            .raw_header(plain("Date", self.at.rfc2822()))
            .raw_header(plain("Message-ID", message_id(&self.id, from.email.domain())))
            // So that nobody's absence notice answers (RFC 3834 §5).
            .raw_header(plain("Auto-Submitted", "auto-generated".to_owned()))
            .header(MIME_VERSION_1_0)
            .header(ContentType::TEXT_PLAIN)
            .envelope(envelope.clone())
            .body(body)
            .expect("it has a sender and an envelope");
        Ok(Posted { envelope, bytes: message.formatted() })
    }
}

fn envelope(from: &Address, to: &Address) -> Envelope {
    Envelope::new(Some(from.clone()), vec![to.clone()]).expect("it has a receiver")
}

fn plain(name: &'static str, value: String) -> HeaderValue {
    let name = HeaderName::new_from_ascii_str(name);
    HeaderValue::dangerous_new_pre_encoded(name, value.clone(), value)
}

/// `<hash@domain>`: the same for the same letter, and it says nothing about it.
fn message_id(id: &str, domain: &str) -> String {
    use std::fmt::Write as _;
    let mut hash = String::with_capacity(32);
    for byte in &Sha256::digest(id.as_bytes())[..16] {
        write!(hash, "{byte:02x}").expect("a String takes what is written to it");
    }
    format!("<{hash}@{}>", domain.trim_matches(['[', ']']))
}

fn subject(text: &str) -> HeaderValue {
    let name = HeaderName::new_from_ascii_str("Subject");
    let line: String = text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
    let line = line.trim();
    if is_plain(line) {
        return HeaderValue::new(name, line.to_owned());
    }
    HeaderValue::dangerous_new_pre_encoded(name, line.to_owned(), encoded_words(line))
}

/// Whether readers see it as it is: nothing but ASCII, nothing that looks encoded, no spaces that folding would lose.
fn is_plain(line: &str) -> bool {
    let short = |word: &str| !word.is_empty() && word.len() <= LONGEST_PLAIN_WORD;
    line.is_empty() || (line.is_ascii() && !line.contains("=?") && line.split(' ').all(short))
}

/// RFC 2047 §2, encoding B; characters aren't cut.
fn encoded_words(line: &str) -> String {
    let mut words = Vec::new();
    let mut rest = line;
    while !rest.is_empty() {
        let at = rest.char_indices().map(|(at, it)| at + it.len_utf8());
        let end = at.take_while(|end| *end <= WORD).last().unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        words.push(format!("=?utf-8?B?{}?=", STANDARD.encode(word)));
        rest = after;
    }
    words.join("\r\n ")
}

#[cfg(test)]
mod tests;

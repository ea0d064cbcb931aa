//! Redis: a server lets us in and answers PING (RESP, <https://redis.io/docs/latest/develop/reference/protocol-spec/>).
//!
//! `redis://:password@host:6379`, `redis://user:password@host`, and `rediss://` over TLS.

use std::fmt::Write as _;

use crate::Probes;
use crate::database::Database;
use crate::progress::{Down, Progress, Verdict};
use crate::tls::Wish;
use crate::wire::{Stream, Wire};
use crate::words;

/// Where Redis listens unless it is told otherwise.
const PORT: u16 = 6379;

/// Schemes of its addresses, without and with TLS.
const SCHEMES: [&str; 2] = ["redis", "rediss"];

/// A simple answer: of what is asked here there is no other.
#[derive(Debug, PartialEq, Eq)]
enum Answer<'a> {
    Said(&'a [u8]),
    Refused(&'a [u8]),
    Else,
}

/// Whether the address can be read.
pub(crate) fn readable(url: &str) -> Verdict {
    Database::read(url, &SCHEMES, PORT).map(drop)
}

/// Logs in where there is a password, and pings.
pub(crate) async fn probe(probes: &Probes, url: &str, progress: &Progress) -> Verdict {
    let database = Database::read(url, &SCHEMES, PORT)?;
    let place = database.place();
    let said = place.to_string();
    let stream = probes.connect(&place, progress).await?;
    let stream: Box<dyn Stream> = if database.scheme == "rediss" {
        let wish = Wish::default();
        Box::new(probes.trust.handshake(stream, place.host, &said, &wish, progress).await?)
    } else {
        Box::new(stream)
    };
    let mut wire = Wire::new(stream, said.clone());
    if let Some(password) = &database.password {
        let mut words = vec!["AUTH"];
        words.extend(database.user.as_deref());
        words.push(password);
        ask(&mut wire, &said, &words, "OK", progress).await?;
    }
    ask(&mut wire, &said, &["PING"], "PONG", progress).await?;
    wire.say_goodbye(&command(&["QUIT"])).await;
    Ok(())
}

async fn ask(
    wire: &mut Wire,
    place: &str,
    words: &[&str],
    expected: &str,
    progress: &Progress,
) -> Verdict {
    let verb = words.first().copied().unwrap_or_default();
    let missing = format!("an answer to {verb}");
    progress.wait(place, &missing);
    wire.say(&command(words), &missing).await?;
    let line = wire.line(&missing).await?;
    let said = match read(&line) {
        Answer::Said(said) if said == expected.as_bytes() => return Ok(()),
        Answer::Said(said) => said,
        Answer::Refused(said) => {
            let said = words::quote_bytes(said);
            return Err(Down::new(format!("{place} refused {verb}: {said}")));
        }
        Answer::Else => &line,
    };
    let said = words::quote_bytes(said);
    Err(Down::new(format!("{place} answered {verb} with {said} instead of {expected}")))
}

/// An array of bulk strings.
fn command(words: &[&str]) -> Vec<u8> {
    let mut command = format!("*{}\r\n", words.len());
    for word in words {
        write!(command, "${}\r\n{word}\r\n", word.len()).expect("a String takes everything");
    }
    command.into_bytes()
}

fn read(line: &[u8]) -> Answer<'_> {
    match line {
        [b'+', said @ ..] => Answer::Said(said),
        [b'-', said @ ..] => Answer::Refused(said),
        _ => Answer::Else,
    }
}

/// For `crate::fuzz`.
pub(crate) fn fuzz(bytes: &[u8]) {
    let _ = read(bytes);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn commands_are_arrays_of_strings() {
        assert_eq!(
            command(&["AUTH", "pässword"]),
            "*2\r\n$4\r\nAUTH\r\n$9\r\npässword\r\n".as_bytes()
        );
    }

    proptest! {
        #[test]
        fn any_line_is_one_answer(line: Vec<u8>) {
            match read(&line) {
                Answer::Said(said) | Answer::Refused(said) => prop_assert_eq!(&line[1..], said),
                Answer::Else => prop_assert!(!line.starts_with(b"+") && !line.starts_with(b"-")),
            }
        }
    }
}

//! SMTP: a mail server greets and takes EHLO, encrypted where that is wanted (RFC 5321, 3207, 8314). No mail is sent.

use std::net::SocketAddr;

use model::watch::SmtpTls;

use crate::Probes;
use crate::connect::Place;
use crate::progress::{Down, Progress, Verdict};
use crate::tls::Wish;
use crate::wire::{Stream, Wire};
use crate::words;

/// Most lines of one reply. An EHLO's has one for each extension.
const MOST_LINES: usize = 128;

/// A reply of all its lines (RFC 5321 §4.2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
struct Reply {
    code: u16,
    /// Without their codes.
    lines: Vec<String>,
}

/// A line of a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    code: u16,
    is_last: bool,
    text: String,
}

/// Greets, says EHLO, encrypts where that is wanted, and takes leave.
pub(crate) async fn probe(
    probes: &Probes,
    place: &Place<'_>,
    tls: SmtpTls,
    progress: &Progress,
) -> Verdict {
    let stream = probes.connect(place, progress).await?;
    let hello = hello(stream.local_addr().ok());
    let said = place.to_string();
    let stream: Box<dyn Stream> = match tls {
        SmtpTls::Implicit => Box::new(encrypt(probes, Box::new(stream), place, progress).await?),
        SmtpTls::None | SmtpTls::Starttls => Box::new(stream),
    };
    let mut wire = Wire::new(stream, said.clone());
    progress.wait(&said, "a greeting");
    expect(&mut wire, &said, "greeted with", "a greeting", 220).await?;
    let offered = greet(&mut wire, &said, &hello, progress).await?;
    if tls == SmtpTls::Starttls {
        if !offered.lines.iter().skip(1).any(|line| line.trim().eq_ignore_ascii_case("STARTTLS")) {
            return Err(Down::new(format!("{said} does not offer STARTTLS")));
        }
        progress.wait(&said, "an answer to STARTTLS");
        wire.say(b"STARTTLS\r\n", "an answer to STARTTLS").await?;
        let answered = "answered STARTTLS with";
        expect(&mut wire, &said, answered, "an answer to STARTTLS", 220).await?;
        if !wire.came.is_empty() {
            // Somebody in between could have said it (CVE-2011-0411).
            return Err(Down::new(format!("{said} went on in plain text after STARTTLS")));
        }
        let stream = encrypt(probes, wire.into_stream(), place, progress).await?;
        wire = Wire::new(Box::new(stream), said.clone());
        greet(&mut wire, &said, &hello, progress).await?;
    }
    wire.say_goodbye(b"QUIT\r\n").await;
    Ok(())
}

async fn encrypt(
    probes: &Probes,
    stream: Box<dyn Stream>,
    place: &Place<'_>,
    progress: &Progress,
) -> Result<impl Stream + use<>, Down> {
    let wish = Wish::default();
    probes.trust.handshake(stream, place.host, &place.to_string(), &wish, progress).await
}

async fn greet(
    wire: &mut Wire,
    place: &str,
    hello: &str,
    progress: &Progress,
) -> Result<Reply, Down> {
    progress.wait(place, "an answer to EHLO");
    wire.say(format!("EHLO {hello}\r\n").as_bytes(), "an answer to EHLO").await?;
    expect(wire, place, "answered EHLO with", "an answer to EHLO", 250).await
}

/// Who we are: an address, since we may have no name that anybody knows (RFC 5321 §4.1.3).
fn hello(local: Option<SocketAddr>) -> String {
    match local {
        Some(SocketAddr::V4(local)) => format!("[{}]", local.ip()),
        Some(SocketAddr::V6(local)) => format!("[IPv6:{}]", local.ip()),
        None => "[127.0.0.1]".to_owned(),
    }
}

async fn expect(
    wire: &mut Wire,
    place: &str,
    did: &str,
    missing: &str,
    code: u16,
) -> Result<Reply, Down> {
    let mut reply = Reply { code: 0, lines: Vec::new() };
    loop {
        let line = wire.line(missing).await?;
        let Some(line) = read(&line) else {
            let line = words::quote_bytes(&line);
            return Err(Down::new(format!("{place} {did} {line}, which is not SMTP")));
        };
        let is_last = line.is_last;
        reply.code = line.code;
        reply.lines.push(line.text);
        if is_last {
            break;
        }
        if reply.lines.len() >= MOST_LINES {
            return Err(Down::new(format!("{place} {did} more than {MOST_LINES} lines")));
        }
    }
    if reply.code == code {
        return Ok(reply);
    }
    let text = reply.lines.first().map(String::as_str).unwrap_or_default();
    let came = words::quote(format!("{} {text}", reply.code).trim_end());
    Err(Down::new(format!("{place} {did} {came} instead of {code}")))
}

/// `250-SIZE 1000`, `250 HELP`, `250`.
fn read(line: &[u8]) -> Option<Line> {
    let (digits, rest) = line.split_at_checked(3)?;
    let code: u16 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    if !(200..600).contains(&code) || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let (is_last, text) = match rest {
        [] => (true, rest),
        [b' ', text @ ..] => (true, text),
        [b'-', text @ ..] => (false, text),
        _ => return None,
    };
    Some(Line { code, is_last, text: String::from_utf8_lossy(text).into_owned() })
}

/// For `crate::fuzz`.
pub(crate) fn fuzz(bytes: &[u8]) {
    let code = read(bytes).map_or(200, |line| line.code);
    assert!((200..600).contains(&code), "{code}");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_are_read() {
        let line = |code, is_last, text: &str| Some(Line { code, is_last, text: text.to_owned() });
        assert_eq!(read(b"250-SIZE 1000"), line(250, false, "SIZE 1000"));
        assert_eq!(read(b"250 HELP"), line(250, true, "HELP"));
        assert_eq!(read(b"220"), line(220, true, ""));
        assert_eq!(read(b"22"), None);
        assert_eq!(read(b"+20 ok"), None);
        assert_eq!(read(b"999 ok"), None);
        assert_eq!(read(b"220ok"), None);
        assert_eq!(read("22é".as_bytes()), None);
    }

    #[test]
    fn we_are_an_address() {
        let local = |text: &str| hello(Some(text.parse().expect("an address")));
        assert_eq!(local("192.0.2.1:5"), "[192.0.2.1]");
        assert_eq!(local("[2001:db8::1]:5"), "[IPv6:2001:db8::1]");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(code in 200u16..600, last: bool, text in "[ -~]{0,60}") {
            let sign = if last { ' ' } else { '-' };
            let line = format!("{code}{sign}{text}");
            prop_assert_eq!(read(line.as_bytes()), Some(Line { code, is_last: last, text }));
        }

        #[test]
        fn any_bytes_are_a_line_or_not(bytes: Vec<u8>) {
            let _ = read(&bytes);
        }
    }
}

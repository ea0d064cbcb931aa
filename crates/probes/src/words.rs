//! The words of reasons: short and without line breaks.

use std::borrow::Cow;
use std::time::Duration;

use url::{Host, Url};

/// How much of what a peer said stands in a reason, in characters.
const QUOTED: usize = 80;

/// What a peer said, in quotes and no longer than a reason takes.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    let text = text.trim_end_matches(['\r', '\n', '\0']);
    for (place, letter) in text.chars().enumerate() {
        if place == QUOTED {
            quoted.push('…');
            break;
        }
        match letter {
            '\r' => quoted.push_str("\\r"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            letter if letter.is_control() => quoted.push('\u{fffd}'),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// The same without quotes, for what is a sentence or a name itself.
pub(crate) fn plain(text: &str) -> String {
    let quoted = quote(text);
    quoted[1..quoted.len() - 1].to_owned()
}

/// What a peer said as bytes, in quotes.
pub(crate) fn quote_bytes(bytes: &[u8]) -> String {
    // A character has four bytes at most; one more than is quoted tells that there is more.
    quote(&String::from_utf8_lossy(&bytes[..bytes.len().min((QUOTED + 1) * 4)]))
}

/// `10 s`, `1.5 s`, `250 ms`.
pub(crate) fn duration(duration: Duration) -> String {
    let millis = duration.as_millis();
    if millis < 1000 {
        format!("{millis} ms")
    } else if millis.is_multiple_of(1000) {
        format!("{} s", millis / 1000)
    } else {
        format!("{:.1} s", duration.as_secs_f64())
    }
}

/// `1,048,576`.
pub(crate) fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// An address for people: neither user and password nor query and fragment, which may be secrets.
pub(crate) fn address(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let whole = format!("{}://{host}{port}{}", url.scheme(), url.path());
    match whole.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", &whole[..end]),
        None => whole,
    }
}

/// A host's name as the DNS and certificates have it (RFC 5890 §2.3.2.1): `xn--mnchen-3ya.test`.
pub(crate) fn ascii(host: &str) -> Cow<'_, str> {
    if host.is_ascii() {
        return Cow::from(host);
    }
    Host::parse(host).map_or(Cow::from(host), |host| Cow::from(host.to_string()))
}

/// `127.0.0.1:80`, `[::1]:80`, `shop.test:80`.
pub(crate) fn place(host: &str, port: u16) -> String {
    if host.contains(':') && !host.starts_with('[') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_peer_says_is_cut_and_has_no_line_breaks() {
        assert_eq!(quote("500 no\r\n"), "\"500 no\"");
        assert_eq!(quote("a\r\nb\x07"), "\"a\\r\\nb\u{fffd}\"");
        assert_eq!(quote(&"x".repeat(81)), format!("\"{}…\"", "x".repeat(80)));
        assert_eq!(quote_bytes(&[0xff; 4000]), format!("\"{}…\"", "\u{fffd}".repeat(80)));
    }

    #[test]
    fn durations_and_counts_are_read_by_people() {
        assert_eq!(duration(Duration::from_millis(250)), "250 ms");
        assert_eq!(duration(Duration::from_millis(1500)), "1.5 s");
        assert_eq!(duration(Duration::from_secs(10)), "10 s");
        assert_eq!(count(7), "7");
        assert_eq!(count(1_048_576), "1,048,576");
    }

    #[test]
    fn names_are_what_certificates_have() {
        assert_eq!(ascii("münchen.test"), "xn--mnchen-3ya.test");
        assert_eq!(ascii("shop.test"), "shop.test");
    }

    #[test]
    fn addresses_are_shown_without_password_and_query() {
        let url = Url::parse("https://ada:hunter2@shop.test:8443/cart?token=1#x").expect("a URL");
        assert_eq!(address(&url), "https://shop.test:8443/cart");
    }
}

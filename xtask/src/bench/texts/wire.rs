//! As much of HTTP/1.1 as the load needs (RFC 9112): where a message ends, and what its first line says.
//!
//! Only bodies with a `Content-Length` are understood, which is what both sides here write.

/// What ends the head.
const BLANK_LINE: &[u8] = b"\r\n\r\n";

/// The header that tells the length of the body.
const LENGTH: &[u8] = b"content-length:";

/// Octets of the first whole message; nothing while some of it is missing.
pub(super) fn whole(bytes: &[u8]) -> Option<usize> {
    let head = find(bytes, BLANK_LINE)? + BLANK_LINE.len();
    let whole = head + length(&bytes[..head]);
    (bytes.len() >= whole).then_some(whole)
}

/// The status of an answer.
pub(super) fn status(answer: &[u8]) -> Option<u16> {
    let code = answer.strip_prefix(b"HTTP/1.1 ")?.get(..3)?;
    std::str::from_utf8(code).ok()?.parse().ok()
}

/// Where `wanted` begins.
pub(super) fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|byte| *byte == first) {
        if bytes[from + at..].starts_with(wanted) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

/// Length of the body, 0 where none is told.
fn length(head: &[u8]) -> usize {
    let mut lines = head.split(|byte| *byte == b'\n');
    let told = lines.find_map(|line| {
        let name = line.get(..LENGTH.len())?;
        name.eq_ignore_ascii_case(LENGTH).then(|| &line[LENGTH.len()..])
    });
    let digits = told.unwrap_or_default().trim_ascii();
    digits.iter().fold(0_usize, |sum, digit| {
        sum.saturating_mul(10).saturating_add(usize::from(digit.wrapping_sub(b'0')))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_whole_when_its_body_is() {
        let answer = b"HTTP/1.1 201 Created\r\ncontent-length: 3\r\n\r\nabcHTTP";
        assert_eq!(whole(answer), Some(answer.len() - 4));
        assert_eq!(whole(&answer[..answer.len() - 5]), None);
        assert_eq!(whole(b"GET / HTTP/1.1\r\n\r\n"), Some(18));
        assert_eq!(whole(b"GET / HTTP/1.1\r\n"), None);
        assert_eq!(status(answer), Some(201));
    }

    #[test]
    fn a_word_is_found_behind_its_false_beginnings() {
        assert_eq!(find(b"aab", b"ab"), Some(1));
        assert_eq!(find(b"aab", b"abc"), None);
    }
}

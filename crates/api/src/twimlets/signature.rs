//! Whether a request is signed with an account's token: Base64 of HMAC-SHA1 over the URL and, for a form, every key and
//! value in the order of the keys. <https://www.twilio.com/docs/usage/security#validating-requests>.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use model::Secret;
use sha1::Sha1;
use subtle::ConstantTimeEq as _;

/// In a time that does not tell how much of it was right.
pub(super) fn is_of(
    token: &Secret,
    url: &str,
    form: &[(String, String)],
    signature: &[u8],
) -> bool {
    let token = token.reveal().as_bytes();
    let mut sorted: Vec<_> = form.iter().collect();
    sorted.sort();
    sorted.dedup();
    let mut mac = Hmac::<Sha1>::new_from_slice(token).expect("HMAC takes keys of any length");
    mac.update(url.as_bytes());
    for (key, value) in sorted {
        mac.update(key.as_bytes());
        mac.update(value.as_bytes());
    }
    let expected = STANDARD.encode(mac.finalize().into_bytes());
    !token.is_empty() && bool::from(expected.as_bytes().ct_eq(signature))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_request_has_the_documented_signature() {
        let form = [
            ("To", "+18005551212"),
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", "+14158675309"),
            ("Digits", "1234"),
            ("From", "+14158675309"),
        ];
        let form = form.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
        let is = |token, signature: &[u8]| is_of(&Secret::new(token), url, &form, signature);
        assert!(is("12345", b"RSOYDt4T1cUTdK1PDd93/VVr8B8="));
        assert!(!is("12346", b"RSOYDt4T1cUTdK1PDd93/VVr8B8="));
        assert!(!is("12345", b""));
        assert!(!is("", b""));
    }
}

//! `X-Twilio-Signature`: how an application knows that a request is ours.
//!
//! Base64 of HMAC-SHA1 with the account's token over the URL and, for a form, every key and value in the order of the
//! keys: <https://www.twilio.com/docs/usage/security#validating-requests>.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use model::Secret;
use sha1::Sha1;

/// The signature of a request to `url` with the form `params` (none for GET).
pub(crate) fn sign(token: &Secret, url: &str, params: &[(String, String)]) -> String {
    let mut sorted: Vec<_> = params.iter().collect();
    sorted.sort();
    sorted.dedup();
    let mut mac = Hmac::<Sha1>::new_from_slice(token.reveal().as_bytes())
        .expect("HMAC takes a key of any length");
    mac.update(url.as_bytes());
    for (key, value) in sorted {
        mac.update(key.as_bytes());
        mac.update(value.as_bytes());
    }
    STANDARD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_request_gets_the_documented_signature() {
        let params = [
            ("To", "+18005551212"),
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", "+14158675309"),
            ("Digits", "1234"),
            ("From", "+14158675309"),
        ];
        let params: Vec<_> =
            params.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let signature =
            sign(&Secret::new("12345"), "https://mycompany.com/myapp.php?foo=1&bar=2", &params);
        assert_eq!(signature, "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    }
}

//! How a webhook shows that it is the carrier's: `X-Twilio-Signature`, an HMAC over the body, a shared secret.
//!
//! Comparisons take the same time wherever two values differ. An empty secret proves nothing and is never right.
//! <https://www.twilio.com/docs/usage/security#validating-requests>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use model::Secret;
use sha1::Sha1;
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::description::{Algorithm, Digest};

/// Whether two texts are the same.
pub(super) fn same(given: &str, wanted: &Secret) -> bool {
    let wanted = wanted.reveal();
    !wanted.is_empty() && given.as_bytes().ct_eq(wanted.as_bytes()).into()
}

/// Whether Twilio, or who speaks like it, signed a request to `url` with the form `params` (none for GET).
pub(super) fn signed(
    token: &Secret,
    url: &str,
    params: &[(String, String)],
    signature: &str,
) -> bool {
    if token.reveal().is_empty() {
        return false;
    }
    // Signers differ about whether a standard port is part of the address; official libraries take both.
    let spellings = [Some(url.to_owned()), with_port(url), without_port(url)];
    spellings
        .iter()
        .flatten()
        .any(|url| same(signature, &Secret::new(twilio_signature(token, url, params))))
}

/// The signature itself.
pub(super) fn twilio_signature(token: &Secret, url: &str, params: &[(String, String)]) -> String {
    let mut sorted: Vec<_> = params.iter().collect();
    sorted.sort();
    sorted.dedup();
    let mut mac = mac::<Hmac<Sha1>>(token);
    mac.update(url.as_bytes());
    for (key, value) in sorted {
        mac.update(key.as_bytes());
        mac.update(value.as_bytes());
    }
    STANDARD.encode(mac.finalize().into_bytes())
}

/// Whether `given` is the HMAC of the body.
pub(super) fn body_signed(
    key: &Secret,
    algorithm: Algorithm,
    digest: Digest,
    body: &[u8],
    given: &str,
) -> bool {
    if key.reveal().is_empty() {
        return false;
    }
    let given = given.trim();
    let wanted = Secret::new(body_sum(key, algorithm, digest, body));
    match digest {
        Digest::Base64 => same(given, &wanted),
        Digest::Hex => same(&given.to_ascii_lowercase(), &wanted),
    }
}

/// The HMAC of a body, as it is written.
pub(super) fn body_sum(key: &Secret, algorithm: Algorithm, digest: Digest, body: &[u8]) -> String {
    let sum = match algorithm {
        Algorithm::Sha1 => {
            mac::<Hmac<Sha1>>(key).chain_update(body).finalize().into_bytes().to_vec()
        }
        Algorithm::Sha256 => {
            mac::<Hmac<Sha256>>(key).chain_update(body).finalize().into_bytes().to_vec()
        }
    };
    match digest {
        Digest::Base64 => STANDARD.encode(sum),
        Digest::Hex => hex(&sum),
    }
}

fn mac<M: Mac + KeyInit>(key: &Secret) -> M {
    <M as KeyInit>::new_from_slice(key.reveal().as_bytes()).expect("HMAC takes a key of any length")
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        write!(text, "{byte:02x}").expect("a String takes all that is written");
    }
    text
}

/// The address with the standard port written out, where it has none.
fn with_port(url: &str) -> Option<String> {
    let (scheme, port) = port_of(url)?;
    let rest = &url[scheme.len()..];
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let has_port = host.rsplit(']').next().is_some_and(|tail| tail.contains(':'));
    (!has_port).then(|| format!("{scheme}{authority}{port}{path}"))
}

/// The address without its standard port, where it has one.
fn without_port(url: &str) -> Option<String> {
    let (scheme, port) = port_of(url)?;
    let rest = &url[scheme.len()..];
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    Some(format!("{scheme}{}{path}", authority.strip_suffix(port)?))
}

fn port_of(url: &str) -> Option<(&'static str, &'static str)> {
    [("https://", ":443"), ("http://", ":80")].into_iter().find(|(it, _)| url.starts_with(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";
    const SIGNATURE: &str = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";

    fn params() -> Vec<(String, String)> {
        [
            ("To", "+18005551212"),
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", "+14158675309"),
            ("Digits", "1234"),
            ("From", "+14158675309"),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .to_vec()
    }

    #[test]
    fn the_documented_request_has_the_documented_signature() {
        let token = Secret::new("12345");
        assert!(signed(&token, URL, &params(), SIGNATURE));
        assert!(!signed(&token, URL, &params()[1..], SIGNATURE));
        assert!(!signed(&Secret::new("12346"), URL, &params(), SIGNATURE));
        assert!(!signed(&Secret::new(""), URL, &params(), SIGNATURE));
    }

    #[test]
    fn a_standard_port_may_be_there_or_not() {
        let token = Secret::new("12345");
        let with = "https://mycompany.com:443/myapp.php?foo=1&bar=2";
        assert!(signed(&token, with, &params(), SIGNATURE));
        let made = twilio_signature(&token, with, &params());
        assert!(signed(&token, URL, &params(), &made));
        let other = twilio_signature(&token, "https://mycompany.com:8443/myapp.php", &[]);
        assert!(!signed(&token, URL, &[], &other));
    }

    #[test]
    fn a_body_has_the_sums_of_rfc_2202_and_rfc_4231() {
        let (key, body) = (Secret::new("Jefe"), b"what do ya want for nothing?");
        let sha1 = "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79";
        let sha256 = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert!(body_signed(&key, Algorithm::Sha1, Digest::Hex, body, sha1));
        assert!(body_signed(&key, Algorithm::Sha256, Digest::Hex, body, &sha256.to_uppercase()));
        let base64 = "7/zfauXrL6LSdBbV8YTfnCWafHk=";
        assert!(body_signed(&key, Algorithm::Sha1, Digest::Base64, body, base64));
        assert!(!body_signed(&key, Algorithm::Sha256, Digest::Hex, body, sha1));
        assert!(!body_signed(&Secret::new(""), Algorithm::Sha1, Digest::Hex, body, ""));
    }
}

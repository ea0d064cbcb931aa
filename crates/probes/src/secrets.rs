//! Passwords and tokens of a check, kept out of what is said of it.
//!
//! Reasons are made without them in the first place; but they quote what a peer says, and a peer may repeat what it was
//! sent.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use model::watch::{Auth, HttpProbe, Probe};
use percent_encoding::percent_decode_str;
use url::Url;

/// Shorter passwords aren't looked for: they would be found in words that mean nothing.
const LEAST: usize = 3;

/// What stands in a secret's place.
const REDACTED: &str = "***";

/// Ends what was cut, perhaps within a secret.
const CUT: char = '…';

/// The reason with stars where a peer has repeated a secret, or its beginning where what it said was cut.
pub(crate) fn redact(mut reason: String, probe: &Probe) -> String {
    let mut secrets = secrets(probe);
    secrets.retain(|secret| secret.chars().count() >= LEAST);
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    for secret in &secrets {
        if reason.contains(secret) {
            reason = reason.replace(secret, REDACTED);
        }
        let beginnings = secret.char_indices().map(|(end, _)| &secret[..end]).skip(LEAST);
        for beginning in beginnings.collect::<Vec<_>>().into_iter().rev() {
            let cut = format!("{beginning}{CUT}");
            if reason.contains(&cut) {
                reason = reason.replace(&cut, &format!("{REDACTED}{CUT}"));
            }
        }
    }
    reason
}

/// Whether the value of a header or of a query's field may be a secret, by its name.
pub(crate) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["auth", "cookie", "key", "token", "secret", "pass"].iter().any(|word| name.contains(word))
}

fn secrets(probe: &Probe) -> Vec<String> {
    match probe {
        Probe::Http(http) => secrets_of_http(http),
        Probe::Postgres { url } | Probe::Redis { url } => secrets_of_url(url),
        Probe::Heartbeat { token, .. } => vec![token.clone()],
        Probe::Tcp { .. }
        | Probe::Tls { .. }
        | Probe::Dns { .. }
        | Probe::Ping { .. }
        | Probe::Smtp { .. }
        | Probe::Sip { .. } => Vec::new(),
    }
}

fn secrets_of_http(http: &HttpProbe) -> Vec<String> {
    let mut secrets = secrets_of_url(&http.url);
    match &http.auth {
        Auth::None => {}
        Auth::Basic { user, password } => {
            secrets.extend([password.clone(), basic(user, password)]);
        }
        Auth::Bearer(token) => secrets.push(token.clone()),
    }
    let told = http.headers.iter().filter(|(name, _)| is_secret(name));
    secrets.extend(told.map(|(_, value)| value.clone()));
    secrets
}

/// Its password, as it stands and as it is meant, and fields of its query that may be secrets.
fn secrets_of_url(url: &str) -> Vec<String> {
    let Ok(url) = Url::parse(url) else { return Vec::new() };
    let meant = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let fields = url.query_pairs().filter(|(name, _)| is_secret(name));
    let mut secrets: Vec<String> = fields.map(|(_, value)| value.into_owned()).collect();
    if let Some(password) = url.password() {
        let (user, clear) = (meant(url.username()), meant(password));
        secrets.extend([password.to_owned(), basic(&user, &clear), clear]);
    }
    secrets
}

/// As it is sent (RFC 7617).
fn basic(user: &str, password: &str) -> String {
    BASE64_STANDARD.encode(format!("{user}:{password}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_password_that_the_peer_repeats_is_starred() {
        let probe = Probe::Postgres { url: "postgres://ada:p%40ss@h/db".to_owned() };
        assert_eq!(redact("no p@ss, no p%40ss".to_owned(), &probe), "no ***, no ***");
        let mut http = HttpProbe::get("http://shop.test/?api_key=hunter3&page=2".to_owned());
        http.headers.insert("X-Token".to_owned(), "hunter4".to_owned());
        let (user, password) = ("ada".to_owned(), "hunter2".to_owned());
        http.auth = Auth::Basic { user, password };
        let probe = Probe::Http(Box::new(http));
        let said = "hunter2 hunter3 hunter4 page 2 YWRhOmh1bnRlcjI=".to_owned();
        assert_eq!(redact(said, &probe), "*** *** *** page 2 ***");
    }

    #[test]
    fn the_beginning_of_a_password_that_was_cut_is_starred() {
        let probe = Probe::Redis { url: "redis://:hunter2@h".to_owned() };
        assert_eq!(redact("said \"hunte…\"".to_owned(), &probe), "said \"***…\"");
        assert_eq!(redact("said \"hu…\"".to_owned(), &probe), "said \"hu…\"");
    }

    proptest! {
        #[test]
        fn no_reason_holds_the_password(before in ".{0,20}", password in "[a-zA-Z0-9@é]{3,12}", after in ".{0,20}") {
            let probe = Probe::Http(Box::new(HttpProbe {
                auth: Auth::Bearer(password.clone()),
                ..HttpProbe::get("http://shop.test/".to_owned())
            }));
            let reason = redact(format!("{before}{password}{after}"), &probe);
            prop_assert!(!reason.contains(&password), "{reason}");
        }
    }
}

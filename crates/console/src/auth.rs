//! Who may see a private page: those with its account's SID and token, by HTTP Basic (RFC 7617), as over the API.
//!
//! It doesn't tell by its time what was wrong: both are compared whole, and whatever was sent.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::{Account, AccountStatus};
use subtle::ConstantTimeEq;

/// What a browser is asked for.
pub(crate) const CHALLENGE: &str = r#"Basic realm="AccountSid and AuthToken", charset="UTF-8""#;

/// Whether these headers open what is the account's. A closed account opens nothing, nor does an empty token.
pub(crate) fn opens(account: Option<&Account>, headers: &HeaderMap) -> bool {
    let Some((user, token)) = credentials(headers) else { return false };
    let kept = account.map_or("", |account| account.token.reveal());
    let sid = account.map(|account| account.sid.to_string()).unwrap_or_default();
    let same = sid.as_bytes().ct_eq(user.as_bytes()) & kept.as_bytes().ct_eq(token.as_bytes());
    let lives = account.is_some_and(|account| match account.status {
        AccountStatus::Active | AccountStatus::Suspended => true,
        AccountStatus::Closed => false,
    });
    bool::from(same) && lives && !kept.is_empty()
}

fn credentials(headers: &HeaderMap) -> Option<(String, String)> {
    let header = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (user, token) = text.split_once(':')?;
    Some((user.to_owned(), token.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use model::{Moment, Secret, Sid, SidKind};
    use proptest::prelude::*;

    fn account(token: &str, status: AccountStatus) -> Account {
        Account {
            sid: Sid::new(SidKind::Account, 7),
            token: Secret::new(token),
            friendly_name: "Ours".to_owned(),
            status,
            test: false,
            created_at: Moment::EPOCH,
            updated_at: Moment::EPOCH,
        }
    }

    fn headers(user: &str, token: &str) -> HeaderMap {
        let value = format!("Basic {}", STANDARD.encode(format!("{user}:{token}")));
        let value = HeaderValue::from_str(&value).expect("base64 is ASCII");
        HeaderMap::from_iter([(AUTHORIZATION, value)])
    }

    #[test]
    fn the_account_of_the_page_opens_it_and_nobody_else() {
        let ours = account("12345", AccountStatus::Active);
        let sid = ours.sid.to_string();
        assert!(opens(Some(&ours), &headers(&sid, "12345")));
        for (user, token) in [(sid.as_str(), "1234"), (&sid, ""), ("AC1", "12345"), ("", "")] {
            assert!(!opens(Some(&ours), &headers(user, token)), "{user}:{token}");
        }
        assert!(!opens(Some(&ours), &HeaderMap::new()));
        assert!(!opens(None, &headers("", "")), "no account");
    }

    #[test]
    fn a_closed_account_and_an_empty_token_open_nothing() {
        let closed = account("12345", AccountStatus::Closed);
        assert!(!opens(Some(&closed), &headers(&closed.sid.to_string(), "12345")));
        let empty = account("", AccountStatus::Active);
        assert!(!opens(Some(&empty), &headers(&empty.sid.to_string(), "")));
    }

    proptest! {
        #[test]
        fn any_header_is_read_or_refused(header in "\\PC*|Basic [a-zA-Z0-9+/=]*") {
            if let Ok(value) = HeaderValue::from_str(&header) {
                let account = account("12345", AccountStatus::Active);
                let headers = HeaderMap::from_iter([(AUTHORIZATION, value)]);
                prop_assert!(!opens(Some(&account), &headers));
            }
        }
    }
}

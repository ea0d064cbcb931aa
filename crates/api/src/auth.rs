//! Who asks: HTTP Basic with AccountSid and AuthToken (RFC 7617), and whose resources are meant.
//!
//! The account of the path must be the one that asks, unless an administrator asks, who may act for every account as a
//! parent may for its subaccounts. A suspended account may read; a closed one may nothing; one in test mode may text, ring
//! and buy, in pretence (`magic.rs`).
//! <https://www.twilio.com/docs/usage/requests-to-twilio>.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, PoisonError};

use axum::extract::{ConnectInfo, FromRequestParts, RawPathParams};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::oncall::Name;
use model::{Account, AccountStatus, Sid, SidKind};
use subtle::ConstantTimeEq;

use crate::api::Api;
use crate::asked::Asked;
use crate::errors::{ApiError, NOT_ACTIVE};
use crate::magic;

/// Name of the parameter of routes that says whose resource it is.
const PATH_ACCOUNT: &str = "account";

/// Who asks, for whose resources.
pub(crate) struct Caller {
    /// Whose resources are meant: the account of the path, or who asks where the path has none.
    pub(crate) account: Account,
    /// `AC…` of who asks.
    pub(crate) sid: Sid,
    /// What is asked.
    pub(crate) asked: Asked,
}

impl Caller {
    /// 404 for what was asked.
    pub(crate) fn not_found(&self) -> ApiError {
        self.asked.not_found()
    }

    /// The row, if it is there and belongs to the account; 404 otherwise.
    pub(crate) fn own<T>(&self, row: Option<T>, owner: fn(&T) -> Sid) -> Result<T, ApiError> {
        row.filter(|row| owner(row) == self.account.sid).ok_or_else(|| self.not_found())
    }

    /// A SID of the path. One of the wrong shape names nothing: 404.
    pub(crate) fn sid(&self, kind: SidKind, text: &str) -> Result<Sid, ApiError> {
        Sid::of_kind(kind, text).map_err(|_| self.not_found())
    }

    /// A name of the path. What can't be one names nothing: 404.
    pub(crate) fn name(&self, text: &str) -> Result<Name, ApiError> {
        text.parse().map_err(|_| self.not_found())
    }

    /// A number of the path. What is none names nothing: 404.
    pub(crate) fn number(&self, text: &str) -> Result<i64, ApiError> {
        text.parse().map_err(|_| self.not_found())
    }
}

impl FromRequestParts<Arc<Api>> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Caller, ApiError> {
        let who = authenticated(api, parts).await?;
        let asked = parts.extensions.get::<Asked>().cloned().ok_or_else(ApiError::internal)?;
        if who.test && !magic::answers(&parts.method, &asked.resource) {
            return Err(magic::not_for_tests());
        }
        let named = path_account(parts, api).await?;
        let sid = who.sid;
        let account = match named {
            None => who,
            Some(named) if named == who.sid.to_string() => who,
            Some(named) if api.settings.admin == Some(who.sid) => {
                let sid = Sid::of_kind(SidKind::Account, &named).map_err(|_| asked.not_found())?;
                api.account(sid).await?.ok_or_else(|| asked.not_found())?
            }
            Some(_) => return Err(ApiError::authenticate()),
        };
        Ok(Caller { account, sid, asked })
    }
}

async fn path_account(parts: &mut Parts, api: &Arc<Api>) -> Result<Option<String>, ApiError> {
    let params = RawPathParams::from_request_parts(parts, api);
    let params = params.await.map_err(|_| ApiError::invalid("the path can't be read"))?;
    Ok(params.iter().find(|(name, _)| *name == PATH_ACCOUNT).map(|(_, sid)| sid.to_owned()))
}

async fn authenticated(api: &Api, parts: &Parts) -> Result<Account, ApiError> {
    let (user, token) = credentials(&parts.headers).ok_or_else(ApiError::authenticate)?;
    let source = source(parts);
    let now = api.engine.now();
    let waits = {
        let failures = api.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.wait(now, source)
    };
    if let Some(wait) = waits {
        let message = "too many failed authentications: check AccountSid and AuthToken";
        return Err(ApiError::too_many(message, wait.as_secs() + 1));
    }
    let account = match Sid::of_kind(SidKind::Account, &user) {
        Ok(sid) => api.account(sid).await?,
        Err(_) => None,
    };
    let Some(account) = account.filter(|account| matches(account, &token)) else {
        metrics::counter!("alo_http_authentications_failed_total").increment(1);
        api.failures.lock().unwrap_or_else(PoisonError::into_inner).count(now, source);
        return Err(ApiError::authenticate());
    };
    may_act(&account, &parts.method)?;
    Ok(account)
}

/// In a time that does not tell how much of the token was right.
fn matches(account: &Account, token: &str) -> bool {
    let kept = account.token.reveal().as_bytes();
    !kept.is_empty() && bool::from(kept.ct_eq(token.as_bytes()))
}

fn may_act(account: &Account, method: &Method) -> Result<(), ApiError> {
    let reads = matches!(*method, Method::GET | Method::HEAD);
    let refused = match account.status {
        AccountStatus::Active => false,
        AccountStatus::Suspended => !reads,
        AccountStatus::Closed => true,
    };
    if !refused {
        return Ok(());
    }
    let message = format!("account {} is {}", account.sid, account.status.as_str());
    Err(ApiError::new(StatusCode::FORBIDDEN, NOT_ACTIVE, message))
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

/// The address that the request came from. All of them are one where the server was started without saying.
fn source(parts: &Parts) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use model::{Moment, Secret};
    use proptest::prelude::*;

    fn account(status: AccountStatus) -> Account {
        Account {
            sid: Sid::new(SidKind::Account, 7),
            token: Secret::new("12345"),
            friendly_name: "Ours".to_owned(),
            status,
            test: false,
            created_at: Moment::EPOCH,
            updated_at: Moment::EPOCH,
        }
    }

    fn read(header: &str) -> Option<(String, String)> {
        let value = HeaderValue::from_str(header).ok()?;
        credentials(&HeaderMap::from_iter([(AUTHORIZATION, value)]))
    }

    #[test]
    fn basic_credentials_are_read_and_nothing_else_is() {
        let expected = Some(("AC1".to_owned(), "to:ken".to_owned()));
        assert_eq!(read("Basic QUMxOnRvOmtlbg=="), expected);
        assert_eq!(read("basic QUMxOnRvOmtlbg=="), expected);
        for header in ["Bearer QUMxOnRvOmtlbg==", "Basic", "Basic !", "Basic QUMx", "Basic /w=="] {
            assert_eq!(read(header), None, "{header}");
        }
    }

    #[test]
    fn a_token_must_be_the_same_and_an_empty_one_opens_nothing() {
        let mut account = account(AccountStatus::Active);
        assert!(matches(&account, "12345"));
        assert!(!matches(&account, "1234"));
        account.token = Secret::new("");
        assert!(!matches(&account, ""));
    }

    #[test]
    fn a_suspended_account_reads_and_a_closed_one_is_gone() {
        let may = |status, method: &Method| may_act(&account(status), method).is_ok();
        assert!(may(AccountStatus::Active, &Method::POST));
        assert!(may(AccountStatus::Suspended, &Method::GET));
        assert!(!may(AccountStatus::Suspended, &Method::POST));
        assert!(!may(AccountStatus::Closed, &Method::GET));
    }

    proptest! {
        #[test]
        fn any_header_is_read_or_refused(header: String) {
            let _ = read(&header);
        }
    }
}

//! The resource Account: read, list, rename, open.
//!
//! <https://www.twilio.com/docs/iam/api/account>. `Differs:` accounts are opened by the administrator or at the server
//! (`alo accounts add`), and changing one's own status is refused; every account's owner is the administrator, where
//! there is one. `Test=true` opens one whose texts, calls and purchases are answered by magic numbers.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::{Account, AccountStatus, Moment, Secret, Sid, SidKind};
use serde_json::{Map, Value, json};
use store::Listing;

use crate::api::Api;
use crate::asked::VERSION;
use crate::auth::Caller;
use crate::errors::ApiError;
use crate::paging::ListAsked;
use crate::params::Params;

/// Longest name, in characters (Twilio's limit).
const LONGEST_NAME: usize = 64;

/// Resources below an account, by key and path.
const SUBRESOURCES: [(&str, &str); 20] = [
    ("addresses", "Addresses"),
    ("applications", "Applications"),
    ("authorized_connect_apps", "AuthorizedConnectApps"),
    ("available_phone_numbers", "AvailablePhoneNumbers"),
    ("balance", "Balance"),
    ("calls", "Calls"),
    ("conferences", "Conferences"),
    ("connect_apps", "ConnectApps"),
    ("incoming_phone_numbers", "IncomingPhoneNumbers"),
    ("keys", "Keys"),
    ("messages", "Messages"),
    ("notifications", "Notifications"),
    ("outgoing_caller_ids", "OutgoingCallerIds"),
    ("queues", "Queues"),
    ("recordings", "Recordings"),
    ("short_codes", "SMS/ShortCodes"),
    ("signing_keys", "SigningKeys"),
    ("sip", "SIP"),
    ("transcriptions", "Transcriptions"),
    ("usage", "Usage"),
];

/// Why an account was not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum ChangeError {
    /// Shorten it.
    #[error("FriendlyName has {0} characters: at most {LONGEST_NAME} are kept")]
    LongName(usize),
    /// Write `active`, `suspended` or `closed`.
    #[error("Status is '{0}': write active, suspended or closed")]
    Status(String),
    /// Have the administrator do it.
    #[error("the status of an account is changed by the administrator's account alone")]
    OwnStatus,
    /// Have the administrator do it.
    #[error("accounts are opened by the administrator, or at the server: alo accounts add NAME")]
    Opening,
}

impl From<ChangeError> for ApiError {
    fn from(error: ChangeError) -> ApiError {
        match error {
            ChangeError::LongName(_) | ChangeError::Status(_) => {
                ApiError::invalid(error.to_string())
            }
            ChangeError::OwnStatus | ChangeError::Opening => ApiError::forbidden(error.to_string()),
        }
    }
}

/// `GET /Accounts/{account}`.
pub(crate) async fn fetch(State(api): State<Arc<Api>>, caller: Caller) -> Json<Value> {
    Json(shape(&caller.account, api.settings.admin))
}

/// `GET /Accounts`: the caller's own; an administrator sees all.
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let list = ListAsked::read(&caller.asked, &params)?;
    let admin = api.settings.admin;
    let seen = if admin == Some(caller.sid) {
        api.store().accounts().await?
    } else {
        vec![caller.account]
    };
    let listing = page(seen, &list, &params);
    Ok(Json(list.shape("accounts", &listing, |account| account.sid, |row| shape(row, admin))))
}

/// `POST /Accounts/{account}`.
pub(crate) async fn update(
    State(api): State<Arc<Api>>,
    caller: Caller,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let mut account = caller.account;
    let status_may_change = api.settings.admin == Some(caller.sid) && account.sid != caller.sid;
    change(&mut account, &params, status_may_change)?;
    account.updated_at = api.engine.now();
    api.store().change_account(account.clone()).await?;
    api.account_changed();
    Ok(Json(shape(&account, api.settings.admin)))
}

/// `POST /Accounts` with `FriendlyName`, and `Test=true` for an account in test mode: the administrator's alone, as a
/// parent opens subaccounts.
pub(crate) async fn create(
    State(api): State<Arc<Api>>,
    caller: Caller,
    params: Params,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    if api.settings.admin != Some(caller.sid) {
        return Err(ChangeError::Opening.into());
    }
    // 128 random bits of their own: a SID is drawn like a token, but this one is nobody's SID.
    let token = api.engine.new_sid(SidKind::Account).digits();
    let mut account = new_account(api.engine.new_sid(SidKind::Account), token, api.engine.now());
    account.test = params.flag("Test");
    change(&mut account, &params, true)?;
    api.store().open_account(account.clone()).await?;
    Ok((StatusCode::CREATED, Json(shape(&account, api.settings.admin))))
}

fn new_account(sid: Sid, token: u128, now: Moment) -> Account {
    Account {
        sid,
        token: Secret::new(format!("{token:032x}")),
        friendly_name: format!("SubAccount Created at {}", now.iso8601()),
        status: AccountStatus::Active,
        test: false,
        created_at: now,
        updated_at: now,
    }
}

fn change(
    account: &mut Account,
    params: &Params,
    status_may_change: bool,
) -> Result<(), ChangeError> {
    if let Some(name) = params.text("FriendlyName") {
        let length = name.chars().count();
        if length > LONGEST_NAME {
            return Err(ChangeError::LongName(length));
        }
        name.clone_into(&mut account.friendly_name);
    }
    let Some(text) = params.text("Status") else { return Ok(()) };
    let status = status(text).ok_or_else(|| ChangeError::Status(text.to_owned()))?;
    if status != account.status && !status_may_change {
        return Err(ChangeError::OwnStatus);
    }
    account.status = status;
    Ok(())
}

fn status(text: &str) -> Option<AccountStatus> {
    [AccountStatus::Active, AccountStatus::Suspended, AccountStatus::Closed]
        .into_iter()
        .find(|status| status.as_str() == text)
}

/// Accounts are few: they are filtered and paged here, by number of the page and not by token.
fn page(accounts: Vec<Account>, list: &ListAsked, params: &Params) -> Listing<Account> {
    let name = params.text("FriendlyName");
    let status = params.text("Status");
    let mut wanted = accounts
        .into_iter()
        .filter(|account| name.is_none_or(|name| account.friendly_name == name))
        .filter(|account| status.is_none_or(|status| account.status.as_str() == status))
        .skip(list.page.size as usize * list.page.index as usize);
    let items: Vec<Account> = wanted.by_ref().take(list.page.size as usize).collect();
    Listing { more: wanted.next().is_some(), items }
}

fn shape(account: &Account, admin: Option<Sid>) -> Value {
    let base = format!("{VERSION}/Accounts/{}", account.sid);
    let subresources: Map<String, Value> = SUBRESOURCES
        .into_iter()
        .map(|(key, path)| (key.to_owned(), Value::String(format!("{base}/{path}.json"))))
        .collect();
    json!({
        "auth_token": account.token.reveal(),
        "date_created": account.created_at.rfc2822(),
        "date_updated": account.updated_at.rfc2822(),
        "friendly_name": account.friendly_name,
        "owner_account_sid": admin.unwrap_or(account.sid).to_string(),
        "sid": account.sid.to_string(),
        "status": account.status.as_str(),
        "subresource_uris": subresources,
        "type": "Full",
        "uri": format!("{base}.json"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{asked, assert_like, assert_page_like};

    fn account(digits: u128) -> Account {
        Account {
            sid: Sid::new(SidKind::Account, digits),
            token: Secret::new("12345"),
            friendly_name: format!("Team {digits}"),
            status: AccountStatus::Active,
            test: false,
            created_at: Moment::EPOCH,
            updated_at: Moment::EPOCH,
        }
    }

    #[test]
    fn an_account_has_the_keys_and_types_of_twilios() {
        assert_like(&shape(&account(1), None), "account");
    }

    #[test]
    fn a_list_has_the_keys_and_types_of_twilios() {
        let params = Params::read(b"Status=active&PageSize=2&Page=1");
        let list = ListAsked::read(&asked("Accounts"), &params).expect("a page");
        let listing = page((1..=5).map(account).collect(), &list, &params);
        assert_eq!(listing.items, [account(3), account(4)]);
        assert!(listing.more);
        let shaped = list.shape("accounts", &listing, |row| row.sid, |row| shape(row, None));
        assert_page_like(&shaped, "accounts");
    }

    #[test]
    fn a_name_may_change_and_ones_own_status_may_not() {
        let mut ours = account(1);
        change(&mut ours, &Params::read(b"FriendlyName=Night+shift&Status=active"), false)
            .expect("the status stays as it is");
        assert_eq!(ours.friendly_name, "Night shift");
        let closing = Params::read(b"Status=closed");
        assert_eq!(change(&mut ours, &closing, false), Err(ChangeError::OwnStatus));
        change(&mut ours, &closing, true).expect("the administrator may");
        assert_eq!(ours.status, AccountStatus::Closed);
        let odd = change(&mut ours, &Params::read(b"Status=asleep"), true);
        assert_eq!(odd, Err(ChangeError::Status("asleep".to_owned())));
    }
}

//! The account of this server and its token: made at the first start, kept in the store, and written for the commands.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, bail};
use model::{Account, AccountStatus, Moment, Secret, Sid, SidKind};
use store::{OpenError, Sqlite, Store};

use crate::client::Keys;
use crate::config::Config;

/// The account of this server.
pub(crate) struct Opened {
    /// The account.
    pub(crate) account: Account,
    /// Whether it was made just now.
    pub(crate) is_new: bool,
}

/// Finds the account or makes it, and sees to it that the commands find its token at `path`.
pub(super) async fn open(store: &dyn Store, path: &Path) -> anyhow::Result<Opened> {
    let (account, is_new) = match own(store).await? {
        Some(account) => (account, false),
        None => (make(store, "alo", false).await?, true),
    };
    let keys = Keys::of(&account);
    let known = Keys::read(path).ok().flatten();
    if known.as_ref() != Some(&keys) {
        write(path, &keys)?;
    }
    Ok(Opened { account, is_new })
}

/// Gives the account a new token, with the server stopped.
pub(crate) async fn replace_token(config: &Config) -> anyhow::Result<Keys> {
    let store = open_store(config)?;
    let account = own(&store).await?.context("the store has no account")?;
    let account = Account { token: new_token()?, updated_at: now(), ..account };
    store.change_account(account.clone()).await?;
    store.close().await;
    let keys = Keys::of(&account);
    write(&config.credentials(), &keys)?;
    Ok(keys)
}

/// Opens another account, in test mode if `test`, with the server stopped.
pub(crate) async fn add_account(config: &Config, name: &str, test: bool) -> anyhow::Result<Keys> {
    let store = open_store(config)?;
    let account = make(&store, name, test).await?;
    store.close().await;
    Ok(Keys::of(&account))
}

/// The store, which is for one process alone.
fn open_store(config: &Config) -> anyhow::Result<Sqlite> {
    let database = config.database();
    if !database.exists() {
        bail!(
            "there is no account in {}: `alo serve` makes it at its first start",
            config.data.display()
        );
    }
    Sqlite::open(&database).map_err(|error| match error {
        OpenError::Locked { .. } => anyhow::Error::new(error).context("stop the server first"),
        other => other.into(),
    })
}

/// The account that was opened first: it administers the others.
async fn own(store: &dyn Store) -> anyhow::Result<Option<Account>> {
    Ok(store.accounts().await?.pop())
}

async fn make(store: &dyn Store, name: &str, test: bool) -> anyhow::Result<Account> {
    let account = Account {
        sid: Sid::new(SidKind::Account, random()?),
        token: new_token()?,
        friendly_name: name.to_owned(),
        status: AccountStatus::Active,
        test,
        created_at: now(),
        updated_at: now(),
    };
    store.open_account(account.clone()).await?;
    Ok(account)
}

impl Keys {
    fn of(account: &Account) -> Keys {
        Keys { account_sid: account.sid.to_string(), auth_token: account.token.reveal().to_owned() }
    }
}

/// Writes a file that only this user may read, so that nobody ever finds half of it.
fn write(path: &Path, keys: &Keys) -> anyhow::Result<()> {
    let write = || -> std::io::Result<()> {
        let fresh = path.with_extension("new");
        // One that a crash left may be readable by others.
        let _ = std::fs::remove_file(&fresh);
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&fresh)?;
        file.write_all(&serde_json::to_vec_pretty(keys)?)?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        std::fs::rename(&fresh, path)
    };
    write().with_context(|| format!("{} can't be written", path.display()))
}

/// 128 bits from the system, as 32 hexadecimal digits like Twilio's.
fn new_token() -> anyhow::Result<Secret> {
    Ok(Secret::new(format!("{:032x}", random()?)))
}

fn random() -> anyhow::Result<u128> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).context("the system gives no randomness")?;
    Ok(u128::from_ne_bytes(bytes))
}

/// The time, for records that are made before the engine runs.
fn now() -> Moment {
    Moment::from_micros(jiff::Timestamp::now().as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_account_is_made_once_and_its_token_written_for_this_user_alone() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let path = folder.path().join("credentials.json");
        let store = Sqlite::in_memory().expect("a store");
        let first = open(&store, &path).await.expect("it is made");
        assert!(first.is_new);
        std::fs::remove_file(&path).expect("it was written");
        let again = open(&store, &path).await.expect("it is found");
        assert!(!again.is_new);
        assert_eq!(again.account, first.account);
        let keys = Keys::read(&path).expect("it can be read").expect("it is written anew");
        assert_eq!(keys.auth_token, first.account.token.reveal());
        #[cfg(unix)]
        {
            let metadata = std::fs::metadata(&path).expect("it is there");
            let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions());
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}

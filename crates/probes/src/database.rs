//! The URLs of databases: `postgres://user:password@host:5432/database`, `redis://:password@host:6379/0`.

use model::watch::Family;
use percent_encoding::percent_decode_str;
use url::Url;

use crate::connect::Place;
use crate::progress::Down;

/// A database and who asks it.
pub(crate) struct Database {
    /// `postgres`, `rediss`.
    pub(crate) scheme: String,
    host: String,
    port: u16,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
    /// What stands behind the host's slash.
    pub(crate) name: Option<String>,
    /// What stands behind the question mark.
    pub(crate) options: Vec<(String, String)>,
}

impl Database {
    /// Reads a URL of one of these schemes.
    pub(crate) fn read(text: &str, schemes: &[&str], port: u16) -> Result<Database, Down> {
        let url = Url::parse(text)
            .map_err(|error| Down::new(format!("the address can't be read: {error}")))?;
        if !schemes.contains(&url.scheme()) {
            let (wanted, scheme) = (schemes.join(":// or "), url.scheme());
            return Err(Down::new(format!("the address must be {wanted}://, not {scheme}:")));
        }
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| Down::new("the address names no host"))?;
        let meant = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let given = |text: &str| (!text.is_empty()).then(|| meant(text));
        Ok(Database {
            scheme: url.scheme().to_owned(),
            host: meant(host),
            port: url.port().unwrap_or(port),
            user: given(url.username()),
            password: url.password().and_then(given),
            name: given(url.path().trim_start_matches('/')),
            options: url.query_pairs().into_owned().collect(),
        })
    }

    /// Where it is.
    pub(crate) fn place(&self) -> Place<'_> {
        Place { host: &self.host, port: self.port, family: Family::Any }
    }
}

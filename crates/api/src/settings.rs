//! What the API is told at its start. Plain values with defaults; nothing here reads a file or the environment.

use std::fmt;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use model::Sid;

use crate::offer::NumberRange;

/// How the API names itself, whom it trusts, and what it sells.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Domains whose first label names a Twilio product, in the `Host` header or as the first part of the path:
    /// `api.twilio.com` is answered, other products are told what is built. Default `twilio.com`.
    pub product_hosts: Vec<String>,
    /// Numbers on offer: what `AvailablePhoneNumbers` shows and `IncomingPhoneNumbers` may take. Default: a virtual range
    /// in the United States and one in Brazil.
    pub ranges: Vec<NumberRange>,
    /// The account that may act for every other and change what the whole server shares (trunks), as a parent does with
    /// its subaccounts. `None`: every account may change trunks, and none acts for another. Default `None`.
    pub admin: Option<Sid>,
    /// Whether a recording's audio may be fetched without credentials by whoever knows its SID, as Twilio has it unless an
    /// account is set otherwise. Default yes.
    pub public_recordings: bool,
    /// Failed authentications in a row from one source address before it gets 429; one more is allowed every six seconds.
    /// Behind a reverse proxy every client is one source. Default 10.
    pub auth_failures: u32,
    /// Largest request body in bytes; larger ones get 413. Default 64 kB.
    pub body_size: usize,
    /// How a trunk is asked whether it is there, for `/v1/trunks/NAME/ping`. Default `None`: 503.
    pub ping_trunk: Option<TrunkPing>,
    /// Where HTTP listens, for `/v1/status`. Default `None`: not said.
    pub http_address: Option<SocketAddr>,
}

type Answer = Pin<Box<dyn Future<Output = Result<Duration, String>> + Send>>;

/// Asks the trunk of a name with OPTIONS (RFC 3261 §11); handed in, since this crate knows no SIP.
#[derive(Clone)]
pub struct TrunkPing(Arc<dyn Fn(String) -> Answer + Send + Sync>);

impl TrunkPing {
    /// `ask` gives the time until the answer, or says why there was none.
    pub fn new<F, A>(ask: F) -> TrunkPing
    where
        F: Fn(String) -> A + Send + Sync + 'static,
        A: Future<Output = Result<Duration, String>> + Send + 'static,
    {
        TrunkPing(Arc::new(move |name| Box::pin(ask(name))))
    }

    pub(crate) async fn ask(&self, name: String) -> Result<Duration, String> {
        (self.0)(name).await
    }
}

impl fmt::Debug for TrunkPing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TrunkPing")
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            product_hosts: vec!["twilio.com".to_owned()],
            ranges: NumberRange::virtual_ones(),
            admin: None,
            public_recordings: true,
            auth_failures: 10,
            body_size: 64 * 1024,
            ping_trunk: None,
            http_address: None,
        }
    }
}

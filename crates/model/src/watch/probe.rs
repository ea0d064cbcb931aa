//! What is done to find out whether something is up.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::check::Schedule;

/// One kind of looking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Probe {
    /// A web page or an API answers as it should.
    Http(Box<HttpProbe>),
    /// A port takes a connection, and says what it should.
    Tcp {
        /// Host name or address.
        host: String,
        /// 1 to 65,535.
        port: u16,
        /// Sent once connected, with `\r`, `\n`, `\t`, `\\` and `\xHH` as escapes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        send: Option<String>,
        /// What the answer must contain.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expect: Option<String>,
        /// Over IPv4, IPv6, or whichever there is.
        #[serde(default)]
        family: Family,
    },
    /// A TLS server shows a chain that is trusted and not about to end.
    Tls {
        /// Host name or address.
        host: String,
        /// 1 to 65,535.
        port: u16,
        /// Name in the certificate (SNI), if it isn't the host.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        server_name: Option<String>,
    },
    /// A name resolves, and to what it should.
    Dns {
        /// The name asked for.
        name: String,
        /// Which records.
        record: DnsRecord,
        /// What one of the answers must be, as `dig +short` prints it. Default: any answer does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<String>,
        /// Asked there (`9.9.9.9` or `127.0.0.1:5353`). Default: as this machine does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        server: Option<String>,
    },
    /// A host answers ICMP echo.
    Ping {
        /// Host name or address.
        host: String,
        /// Over IPv4, IPv6, or whichever there is.
        #[serde(default)]
        family: Family,
    },
    /// A mail server greets and takes EHLO.
    Smtp {
        /// Host name or address.
        host: String,
        /// 25, 465 or 587 as a rule.
        port: u16,
        /// Whether the conversation must be encrypted.
        #[serde(default)]
        tls: SmtpTls,
    },
    /// A SIP server answers OPTIONS over UDP (RFC 3261 §11).
    Sip {
        /// Host name or address.
        host: String,
        /// 5060 as a rule.
        port: u16,
    },
    /// A PostgreSQL server is ready for a session: start-up message, log-in, `SELECT 1`.
    Postgres {
        /// `postgres://user:password@host:5432/database`.
        url: String,
    },
    /// A Redis server answers PING.
    Redis {
        /// `redis://:password@host:6379`.
        url: String,
    },
    /// Somebody calls us: `GET`, `HEAD` or `POST /beat/TOKEN` (and `/beat/TOKEN/fail`).
    Heartbeat {
        /// When that is expected.
        schedule: Schedule,
        /// Time beyond it before it is missed, in seconds, 0 to 604,800.
        grace_seconds: u32,
        /// The secret in its URL, 16 to 64 of `A-Z`, `a-z`, `0-9`, `-` and `_`. Drawn where it is empty.
        #[serde(default)]
        token: String,
    },
}

/// An HTTP request, and what the answer must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpProbe {
    /// `http://` or `https://`.
    pub url: String,
    /// `GET`, `HEAD`, `POST`, …
    #[serde(default = "HttpProbe::default_method")]
    pub method: String,
    /// Sent with it.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Sent with it.
    #[serde(default)]
    pub body: String,
    /// Who asks.
    #[serde(default)]
    pub auth: Auth,
    /// How many redirects are followed, 0 to 20.
    #[serde(default = "HttpProbe::default_redirects")]
    pub redirects: u8,
    /// Over IPv4, IPv6, or whichever there is.
    #[serde(default)]
    pub family: Family,
    /// Statuses that are right: `200-299`, `401`. Default: 200 to 299.
    #[serde(default)]
    pub statuses: Vec<StatusRange>,
    /// What the body must be, all of them.
    #[serde(default)]
    pub rules: Vec<BodyRule>,
    /// Slower is down, in milliseconds. Default: the check's timeout alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slower_than_ms: Option<u32>,
    /// Longer bodies are down, in bytes. Default: read as far as the rules need, 1 MiB at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub largest_bytes: Option<u32>,
    /// Whether a certificate that nobody vouches for is taken.
    #[serde(default)]
    pub insecure: bool,
    /// File of the client's certificate and key (PEM), on the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_certificate: Option<String>,
}

impl HttpProbe {
    /// Redirects followed unless it says otherwise.
    pub const REDIRECTS: u8 = 5;

    /// `GET url`, and any status from 200 to 299 is right.
    pub fn get(url: String) -> HttpProbe {
        HttpProbe {
            url,
            method: HttpProbe::default_method(),
            headers: BTreeMap::new(),
            body: String::new(),
            auth: Auth::None,
            redirects: HttpProbe::REDIRECTS,
            family: Family::Any,
            statuses: Vec::new(),
            rules: Vec::new(),
            slower_than_ms: None,
            largest_bytes: None,
            insecure: false,
            client_certificate: None,
        }
    }

    fn default_method() -> String {
        "GET".to_owned()
    }

    fn default_redirects() -> u8 {
        HttpProbe::REDIRECTS
    }
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Auth {
    /// Nobody in particular.
    #[default]
    None,
    /// RFC 7617.
    Basic {
        /// Who.
        user: String,
        /// Their word.
        password: String,
    },
    /// RFC 6750.
    Bearer(String),
}

/// One demand on a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyRule {
    /// It contains this.
    Keyword(String),
    /// It doesn't.
    NotKeyword(String),
    /// It matches this regular expression somewhere.
    Matches(String),
    /// It is JSON, and what is at `path` (`data.items[0].state`) compares so.
    Json {
        /// Names by dots, places in arrays by brackets, from 0.
        path: String,
        /// How.
        is: Comparison,
        /// To what: numbers as numbers, everything else as text.
        value: String,
    },
}

/// How a value compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    /// The same.
    #[serde(rename = "==")]
    Equal,
    /// Not the same.
    #[serde(rename = "!=")]
    NotEqual,
    /// A smaller number.
    #[serde(rename = "<")]
    Less,
    /// A number not greater.
    #[serde(rename = "<=")]
    AtMost,
    /// A greater number.
    #[serde(rename = ">")]
    Greater,
    /// A number not smaller.
    #[serde(rename = ">=")]
    AtLeast,
}

/// Statuses from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StatusRange {
    /// 100 to 599.
    pub from: u16,
    /// Not before `from`, to 599.
    pub to: u16,
}

/// The text is no status and no range of them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no HTTP status: write it as 200, 200-299 or 2xx, between 100 and 599")]
pub struct InvalidStatusRange(pub String);

impl std::str::FromStr for StatusRange {
    type Err = InvalidStatusRange;

    fn from_str(text: &str) -> Result<StatusRange, InvalidStatusRange> {
        let refused = || InvalidStatusRange(text.to_owned());
        let class = |text: &str| {
            let digit = text.strip_suffix("xx").or_else(|| text.strip_suffix("XX"))?;
            digit.parse::<u16>().ok().filter(|digit| (1..=5).contains(digit))
        };
        let one = |text: &str| text.trim().parse::<u16>().ok().filter(|s| (100..600).contains(s));
        let trimmed = text.trim();
        let (from, to) = match (class(trimmed), trimmed.split_once('-')) {
            (Some(digit), _) => (digit * 100, digit * 100 + 99),
            (None, Some((from, to))) => {
                (one(from).ok_or_else(refused)?, one(to).ok_or_else(refused)?)
            }
            (None, None) => {
                let status = one(trimmed).ok_or_else(refused)?;
                (status, status)
            }
        };
        if from <= to { Ok(StatusRange { from, to }) } else { Err(refused()) }
    }
}

impl TryFrom<String> for StatusRange {
    type Error = InvalidStatusRange;

    fn try_from(text: String) -> Result<StatusRange, InvalidStatusRange> {
        text.parse()
    }
}

impl From<StatusRange> for String {
    fn from(range: StatusRange) -> String {
        if range.from == range.to {
            range.from.to_string()
        } else {
            format!("{}-{}", range.from, range.to)
        }
    }
}

/// Which kind of address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Whichever there is.
    #[default]
    Any,
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

/// Kinds of DNS records (RFC 1035 §3.2.2, 3596, 2782, 8659).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "the names are those of the records")]
pub enum DnsRecord {
    A,
    Aaaa,
    Caa,
    Cname,
    Mx,
    Ns,
    Ptr,
    Soa,
    Srv,
    Txt,
}

/// Whether mail must be encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmtpTls {
    /// Not asked for.
    #[default]
    None,
    /// From the first byte (port 465, RFC 8314).
    Implicit,
    /// By STARTTLS (RFC 3207).
    Starttls,
}

impl Probe {
    /// What it is called in lists: `http`, `tcp`, `heartbeat`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Probe::Http(_) => "http",
            Probe::Tcp { .. } => "tcp",
            Probe::Tls { .. } => "tls",
            Probe::Dns { .. } => "dns",
            Probe::Ping { .. } => "ping",
            Probe::Smtp { .. } => "smtp",
            Probe::Sip { .. } => "sip",
            Probe::Postgres { .. } => "postgres",
            Probe::Redis { .. } => "redis",
            Probe::Heartbeat { .. } => "heartbeat",
        }
    }
}

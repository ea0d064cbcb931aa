//! Probing: one question to one host, one outcome. What follows from it is the crate `watch`'s.
//!
//! Every probe opens a connection of its own and shuts it afterwards, resumes no TLS session and keeps no cookie: a
//! check finds what a stranger would find now. Whatever the host does, a probe ends at its timeout, and keeps no more
//! of what came than its limits say. It never logs, and no reason that it gives contains a password.

mod address;
mod certificate;
mod connect;
mod database;
mod dns;
mod escapes;
pub mod fuzz;
mod http;
mod names;
mod ping;
mod postgres;
mod progress;
mod redis;
mod secrets;
mod sip;
mod smtp;
mod tcp;
mod tls;
mod wire;
mod words;

#[cfg(test)]
mod tests;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use hyper::header::HeaderValue;
use model::Moment;
use model::watch::{Family, Outcome, Probe};

use crate::connect::Place;
pub use crate::escapes::{InvalidEscape, escape, unescape};
pub use crate::http::json_path::{InvalidJsonPath, JsonPath};
use crate::http::patterns::Patterns;
use crate::names::Names;
use crate::progress::{Progress, Verdict};
use crate::tls::Trust;

/// How probes are done.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whether private, loopback and link-local addresses may be probed. Default true: it is the operator's own watch.
    pub private: bool,
    /// What HTTP probes call themselves. Default `alo`.
    pub user_agent: String,
    /// More authorities that are trusted beside the system's, PEM. Default none.
    pub roots: Option<PathBuf>,
    /// How much of a body is read at most, in bytes, at least 1,024. Default 1 MiB.
    pub most_body: usize,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            private: true,
            user_agent: "alo".to_owned(),
            roots: None,
            most_body: 1024 * 1024,
        }
    }
}

/// Why probes can't be done at all.
#[derive(Debug, thiserror::Error)]
pub enum ProbesError {
    /// Check that the file is there and readable.
    #[error("the authorities in '{0}' can't be read: {1}")]
    Roots(PathBuf, String),
    /// Check that the file has certificates in PEM.
    #[error("'{0}' has no certificate in PEM that can be used: {1}")]
    NoRoots(PathBuf, String),
    /// It must be text that a header can hold.
    #[error("'{0}' can't be sent as User-Agent")]
    UserAgent(String),
}

/// Does probes. One for the whole program; it keeps the authorities, the resolver and its cache.
pub struct Probes {
    names: Names,
    trust: Trust,
    patterns: Patterns,
    private: bool,
    /// May be probed although they are private. Tests alone need it: they have only loopback.
    spared: Vec<IpAddr>,
    user_agent: HeaderValue,
    most_body: usize,
}

impl Probes {
    /// Smallest `most_body`, in bytes.
    const LEAST_BODY: usize = 1024;

    /// Reads the authorities. Nothing is probed yet.
    pub fn new(settings: Settings) -> Result<Probes, ProbesError> {
        Probes::asking(settings, None)
    }

    /// The same, and names are asked there instead of as this machine does.
    fn asking(settings: Settings, server: Option<SocketAddr>) -> Result<Probes, ProbesError> {
        let Settings { private, user_agent, roots, most_body } = settings;
        let Ok(header) = HeaderValue::from_str(&user_agent) else {
            return Err(ProbesError::UserAgent(user_agent));
        };
        Ok(Probes {
            names: Names::new(server),
            trust: Trust::new(roots.as_deref())?,
            patterns: Patterns::default(),
            private,
            spared: Vec::new(),
            user_agent: header,
            most_body: most_body.max(Probes::LEAST_BODY),
        })
    }

    /// Asks once. Ends at the timeout, however the host behaves; dropped, it leaves nothing running.
    pub async fn probe(&self, probe: &Probe, timeout: Duration, now: Moment) -> Outcome {
        let began = Instant::now();
        let progress = Progress::new(timeout);
        let verdict = match tokio::time::timeout(timeout, self.look(probe, &progress)).await {
            Ok(verdict) => verdict,
            Err(_) => Err(progress.timed_out()),
        };
        let up = verdict.is_ok();
        let reason = verdict.err().map(|down| secrets::redact(down.reason, probe));
        Outcome {
            at: now,
            took_us: u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX),
            up,
            reason: reason.unwrap_or_default(),
            certificate_ends: progress.certificate_ends(),
        }
    }

    /// What is wrong with a check before anything is asked: an address, a pattern, a path, an escape that can't be read.
    /// What is said then is what every probe would say.
    pub fn mistake(&self, probe: &Probe) -> Option<String> {
        let readable = match probe {
            Probe::Http(http) => http::readable(self, http),
            Probe::Tcp { send, expect, .. } => {
                tcp::Talk::new(send.as_deref(), expect.as_deref()).map(drop)
            }
            Probe::Dns { name, server, .. } => dns::readable(name, server.as_deref()),
            Probe::Postgres { url } => postgres::readable(url),
            Probe::Redis { url } => redis::readable(url),
            Probe::Tls { .. }
            | Probe::Ping { .. }
            | Probe::Smtp { .. }
            | Probe::Sip { .. }
            | Probe::Heartbeat { .. } => Ok(()),
        };
        readable.err().map(|down| secrets::redact(down.reason, probe))
    }

    async fn look(&self, probe: &Probe, progress: &Progress) -> Verdict {
        match probe {
            Probe::Http(http) => http::probe(self, http, progress).await,
            Probe::Tcp { host, port, send, expect, family } => {
                let talk = tcp::Talk::new(send.as_deref(), expect.as_deref())?;
                let place = Place { host, port: *port, family: *family };
                tcp::probe(self, &place, &talk, progress).await
            }
            Probe::Tls { host, port, server_name } => {
                let place = Place { host, port: *port, family: Family::Any };
                certificate::probe(self, &place, server_name.as_deref(), progress).await
            }
            Probe::Dns { name, record, value, server } => {
                let (value, server) = (value.as_deref(), server.as_deref());
                let question = dns::Question { name, record: *record, value, server };
                dns::probe(self, &question, progress).await
            }
            Probe::Ping { host, family } => ping::probe(self, host, *family, progress).await,
            Probe::Smtp { host, port, tls } => {
                let place = Place { host, port: *port, family: Family::Any };
                smtp::probe(self, &place, *tls, progress).await
            }
            Probe::Sip { host, port } => {
                let place = Place { host, port: *port, family: Family::Any };
                sip::probe(self, &place, progress).await
            }
            Probe::Postgres { url } => postgres::probe(self, url, progress).await,
            Probe::Redis { url } => redis::probe(self, url, progress).await,
            Probe::Heartbeat { .. } => {
                Err(progress::Down::new("a heartbeat can't be probed: it is waited for"))
            }
        }
    }
}

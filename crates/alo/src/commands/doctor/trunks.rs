//! Each trunk: whether its name resolves, and whether it answers OPTIONS (RFC 3261 §11).

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use serde_json::Value;
use sip::{Destination, Directory, Sip};
use tokio::sync::mpsc;

use super::Finding;
use super::ground::{Ground, KnownTrunk};
use crate::address::is_private;
use crate::commands::shown;
use crate::config::Config;
use crate::server::PINGED;

/// How long a trunk may take: OPTIONS is sent four times by then (RFC 3261 §17.1.2.2).
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) fn none() -> Finding {
    let next = "to reach the telephone network: alo trunks add NAME --host HOST";
    Finding::ok("trunks", format!("none; phones and SIP addresses can be called ({next})"))
}

impl KnownTrunk {
    /// Whether it may be outside of this network: a public address, or a name.
    pub(super) fn is_outside(&self) -> bool {
        self.host.parse::<IpAddr>().map_or(self.host != "localhost", |ip| !is_private(ip))
    }
}

pub(super) async fn check(trunk: &KnownTrunk, config: &Config, ground: &Ground) -> Vec<Finding> {
    let KnownTrunk { name, host, port } = trunk;
    let resolved = match tokio::net::lookup_host((host.as_str(), *port)).await {
        Ok(addresses) => addresses.map(|it| it.ip().to_string()).collect::<Vec<_>>(),
        Err(error) => {
            let said = format!("{name}: {host} has no address: {error}");
            return vec![Finding::failed("trunk", said, "check the name, and this machine's DNS")];
        }
    };
    let asked = tokio::time::timeout(PATIENCE, ask(trunk, config, ground)).await;
    let answered = asked.unwrap_or_else(|_| Err(format!("no answer in {} s", PATIENCE.as_secs())));
    let at = resolved.join(", ");
    vec![match answered {
        Ok(took) => Finding::ok(
            "trunk",
            format!("{name} at {host} ({at}) answers in {} ms", took.as_millis()),
        ),
        Err(why) => {
            let next = "check host and port, the firewall (UDP both ways), and whether the carrier lets this address in";
            Finding::failed("trunk", format!("{name} at {host}:{port} ({at}): {why}"), next)
        }
    }]
}

/// By the running server, else from here.
async fn ask(trunk: &KnownTrunk, config: &Config, ground: &Ground) -> Result<Duration, String> {
    let Some(client) = ground.client() else { return ping(trunk, config).await };
    let path = format!("/v1/trunks/{}/ping", shown::escaped(&trunk.name));
    let answer = client.post(&path, &Vec::new()).await;
    answer.map_err(|error| format!("{error:#}")).and_then(|answer| round_trip(&answer))
}

fn round_trip(answer: &Value) -> Result<Duration, String> {
    match answer["round_trip_ms"].as_f64() {
        Some(millis) => Ok(Duration::from_secs_f64(millis.max(0.0) / 1_000.0)),
        None => Err(shown::text(answer, "error")),
    }
}

/// Asks from a port of its own, since no server runs.
async fn ping(trunk: &KnownTrunk, config: &Config) -> Result<Duration, String> {
    let settings = sip::Settings {
        bind: SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
        ..config.sip.settings()
    };
    let known = sip::Trunk {
        name: trunk.name.clone(),
        host: trunk.host.clone(),
        port: trunk.port,
        credentials: None,
        sources: Vec::new(),
    };
    let directory = Directory { trunks: vec![known], ..Directory::default() };
    let (calls, _incoming) = mpsc::channel(1);
    let sip = Sip::start(settings, directory, calls).await.map_err(|error| error.to_string())?;
    let destination = Destination::Trunk { name: trunk.name.clone(), user: PINGED.to_owned() };
    let answered = sip.ping(&destination).await.map_err(|error| error.to_string());
    sip.shutdown().await;
    answered
}

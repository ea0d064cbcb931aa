//! Probes against servers of our own on loopback: up, down with its exact reason, and hosts that behave badly. How long
//! something takes is never asserted: that a test ends is enough.

mod certificate;
mod dns;
mod http;
mod https;
mod leaving;
mod ping;
mod postgres;
mod redis;
mod servers;
mod sip;
mod smtp;
mod tcp;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use model::Moment;
use model::watch::{HttpProbe, Outcome, Probe};

use crate::{Probes, Settings};

/// Enough for whatever answers at all.
const AMPLE: Duration = Duration::from_secs(30);

/// For hosts that never come to an end.
const SHORT: Duration = Duration::from_secs(2);

/// Begun then.
const NOW: Moment = Moment::from_millis(1_764_000_000_000);

fn probes() -> Probes {
    Probes::new(Settings::default()).expect("probes are possible")
}

/// Only the public Internet may be probed, and 127.0.0.1 by exception.
fn careful_probes() -> Probes {
    let settings = Settings { private: false, ..Settings::default() };
    let mut probes = Probes::new(settings).expect("probes are possible");
    probes.spared = vec![IpAddr::V4(Ipv4Addr::LOCALHOST)];
    probes
}

fn get(address: SocketAddr, path: &str) -> HttpProbe {
    HttpProbe::get(format!("http://{address}{path}"))
}

async fn look(probe: HttpProbe) -> Outcome {
    ask(&probes(), Probe::Http(Box::new(probe))).await
}

async fn ask(probes: &Probes, probe: Probe) -> Outcome {
    let outcome = probes.probe(&probe, AMPLE, NOW).await;
    assert_eq!(outcome.at, NOW);
    assert_eq!(outcome.up, outcome.reason.is_empty());
    outcome
}

/// The reason, with the server's place as `HOST`.
fn reason(outcome: &Outcome, server: SocketAddr) -> String {
    outcome.reason.replace(&server.to_string(), "HOST")
}

#[tokio::test]
async fn a_heartbeat_can_not_be_probed() {
    let schedule = model::watch::Schedule::Period(60);
    let token = "0123456789abcdef".to_owned();
    let probe = Probe::Heartbeat { schedule, grace_seconds: 0, token };
    let outcome = ask(&probes(), probe).await;
    assert_eq!(outcome.reason, "a heartbeat can't be probed: it is waited for");
}

#[test]
fn settings_that_can_not_be_used_are_refused() {
    let refused = |settings| Probes::new(settings).err().expect("refused").to_string();
    let user_agent = "a\nb".to_owned();
    let settings = Settings { user_agent, ..Settings::default() };
    assert_eq!(refused(settings), "'a\nb' can't be sent as User-Agent");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("roots.pem");
    let settings = Settings { roots: Some(path.clone()), ..Settings::default() };
    assert!(refused(settings.clone()).contains("can't be read"));
    std::fs::write(&path, "nothing").expect("it is written");
    assert!(refused(settings).contains("has no certificate in PEM that can be used"));
}

#[test]
fn mistakes_of_a_check_are_found_before_anything_is_asked() {
    let probes = probes();
    let mistake = |probe: &Probe| probes.mistake(probe).unwrap_or_default();
    let url = |url: &str| Probe::Redis { url: url.to_owned() };
    assert_eq!(mistake(&url("redis://h")), "");
    assert_eq!(mistake(&url("redis:h")), "the address names no host");
    let url = "postgres://h?sslmode=x".to_owned();
    assert_eq!(mistake(&Probe::Postgres { url }), "\"x\" is no sslmode");
    let mut http = HttpProbe::get("http://shop.test/".to_owned());
    assert_eq!(mistake(&Probe::Http(Box::new(http.clone()))), "");
    http.rules = vec![model::watch::BodyRule::Matches("[".to_owned())];
    let said = "the pattern \"[\" can't be used: unclosed character class";
    assert_eq!(mistake(&Probe::Http(Box::new(http))), said);
    let (name, record) = ("shop.test".to_owned(), model::watch::DnsRecord::A);
    let dns = Probe::Dns { name, record, value: None, server: Some("ns".to_owned()) };
    assert!(mistake(&dns).starts_with("\"ns\" is no address of a name server"));
    let host = "shop.test".to_owned();
    let family = model::watch::Family::Any;
    let tcp = Probe::Tcp { host, port: 1, send: Some("\\y".to_owned()), expect: None, family };
    assert!(mistake(&tcp).starts_with("'\\y' is no escape"));
}

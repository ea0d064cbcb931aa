//! Ports that the server would bind, how many files it may have open, and whether its audio goes first.

use std::net::{SocketAddr, UdpSocket};

use tokio::net::TcpListener;

use super::Finding;
use crate::config::Config;

pub(super) async fn http(config: &Config) -> Finding {
    let address = config.http.listen;
    match TcpListener::bind(address).await {
        Ok(_) => Finding::ok("API", format!("tcp {address} is free")),
        Err(error) => {
            let said = format!("tcp {address} can't be listened at: {error}");
            Finding::failed("API", said, "choose another with --http or http.listen in alo.toml")
        }
    }
}

pub(super) async fn sip(config: &Config) -> Finding {
    let address = config.sip.listen;
    match tokio::net::UdpSocket::bind(address).await {
        Ok(_) => Finding::ok("SIP", format!("udp {address} is free")),
        Err(error) => {
            let said = format!("udp {address} can't be listened at: {error}");
            Finding::failed("SIP", said, "choose another with --sip or sip.listen in alo.toml")
        }
    }
}

/// Binds every pair once. A running server holds those of its streams, so only its own calls can be in the way then.
pub(super) fn rtp(config: &Config, runs: bool) -> Finding {
    let ports = config.rtp.ports.range();
    let bind = |port| UdpSocket::bind(SocketAddr::new(config.rtp.listen, port)).is_ok();
    let even = ports.clone().filter(|port| port % 2 == 0 && *port < u16::MAX);
    let pairs: Vec<u16> = even.filter(|port| ports.contains(&(port + 1))).collect();
    let free = pairs.iter().filter(|port| bind(**port) && bind(**port + 1)).count();
    let said = format!("udp {}: {free} of {} pairs are free", config.rtp.ports, pairs.len());
    let next = "choose other ports with --rtp-ports or rtp.ports in alo.toml";
    if free == 0 {
        Finding::failed("audio", said, next)
    } else if free * 2 < pairs.len() && !runs {
        Finding::warning("audio", said, next)
    } else {
        Finding::ok("audio", said)
    }
}

/// Whether audio goes before everything else on this machine; for most it needn't.
pub(super) fn priority() -> Finding {
    let said = if media::io::goes_first() {
        "real-time: audio goes before everything else here"
    } else {
        "as everything else; if this machine is busy, LimitRTPRIO=1 of systemd lets audio go first"
    };
    Finding::ok("audio's priority", said)
}

/// Each leg takes two sockets; the rest of the server takes about a hundred files.
pub(super) fn files(config: &Config) -> Finding {
    const PER_CALL: usize = 4;
    const REST: usize = 100;
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap_or_default();
    let Some(most) = line.split_whitespace().nth(3).and_then(|it| it.parse::<usize>().ok()) else {
        return Finding::ok("open files", "no limit that this system tells");
    };
    let room = most.saturating_sub(REST) / PER_CALL;
    let pairs = usize::from(config.rtp.ports.range().end() - config.rtp.ports.range().start()) / 4;
    let wanted = config.sip.calls.div_ceil(2).min(pairs);
    let said = format!("{most} allowed: room for about {room} bridged calls");
    if room < wanted {
        let next = format!(
            "for all {wanted} that the settings allow: ulimit -n {}",
            wanted * PER_CALL + REST
        );
        Finding::warning("open files", said, next)
    } else {
        Finding::ok("open files", said)
    }
}

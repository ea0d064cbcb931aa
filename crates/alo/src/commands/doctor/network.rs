//! The clock, and the address that the far side is told to send audio to.

use std::time::Duration;

use model::Moment;

use super::Finding;
use super::ground::{Ground, KnownTrunk};
use crate::address::{is_private, outward};
use crate::config::Config;

/// 2026-01-01T00:00:00Z: this program is younger.
const BIRTH: Moment = Moment::from_millis(1_767_225_600_000);

/// How far the newest call may lie ahead of the clock.
const SLACK: Duration = Duration::from_secs(5);

/// Digests, signatures and call records depend on the time.
pub(super) fn clock(ground: &Ground) -> Finding {
    let now = Moment::from_micros(jiff::Timestamp::now().as_microsecond());
    let next = "set it, and keep it right with chrony or systemd-timesyncd";
    if now < BIRTH {
        return Finding::failed(
            "clock",
            format!("it says {now}, before this program was written"),
            next,
        );
    }
    match ground.newest() {
        Some(newest) if newest > now + SLACK => {
            let said =
                format!("it says {now}, but a call was made at {newest}: it was or is wrong");
            Finding::warning("clock", said, next)
        }
        Some(_) | None => Finding::ok("clock", now.to_string()),
    }
}

/// Behind NAT, a peer outside needs the public address in SIP and SDP, else nobody hears anything.
pub(super) fn address(config: &Config, ground: &Ground) -> Finding {
    const NAME: &str = "address";
    let outward = outward();
    let shown = outward.map_or_else(|| "unknown".to_owned(), |ip| ip.to_string());
    match config.sip.public_ip {
        Some(ip) if is_private(ip) => Finding::warning(
            NAME,
            format!("sip.public_ip is {ip}, which the world can't reach"),
            "write the address that the world sees, or none if all peers are in this network",
        ),
        Some(ip) if Some(ip) == outward => Finding::ok(NAME, format!("{ip}, this machine's own")),
        Some(ip) => {
            let ports = &config.rtp.ports;
            let said = format!(
                "{ip}, by NAT from {shown}: udp {} and {ports} have to be forwarded",
                config.sip.listen.port()
            );
            Finding::ok(NAME, said)
        }
        None if outward.is_some_and(is_private)
            && ground.trunks().iter().any(KnownTrunk::is_outside) =>
        {
            Finding::warning(
                NAME,
                format!(
                    "{shown} is private, and there is a trunk outside: its audio may not find the way"
                ),
                "set sip.public_ip (--public-ip) to the address that the world sees",
            )
        }
        None => Finding::ok(NAME, format!("{shown}, as peers are told")),
    }
}

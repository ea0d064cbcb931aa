//! Ping on loopback, where this system lets us.

use model::watch::{Family, Probe};

use super::{ask, careful_probes, probes};

fn ping(host: &str) -> Probe {
    Probe::Ping { host: host.to_owned(), family: Family::Any }
}

#[tokio::test]
async fn a_host_that_echoes_is_up_or_the_system_forbids_asking() {
    for host in ["127.0.0.1", "::1"] {
        let outcome = ask(&probes(), ping(host)).await;
        let forbidden = outcome.reason.starts_with("this system does not let alo ping: ");
        assert!(outcome.up || forbidden, "{}", outcome.reason);
    }
}

#[tokio::test]
async fn a_name_that_leads_nowhere_is_down() {
    let outcome = ask(&probes(), ping("nothing.invalid")).await;
    assert_eq!(outcome.reason, "the name nothing.invalid does not exist");
    let outcome = ask(&careful_probes(), ping("127.0.0.2")).await;
    assert_eq!(outcome.reason, "127.0.0.2 is a private address, and those may not be probed");
}

//! Whether this machine's own network is up: hosts that are all but always there are asked before anybody is woken.
//!
//! A machine that never reached one of them (it has no way out, and is not meant to) can't tell by them: its network
//! counts as up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use model::Moment;
use model::watch::{Family, Probe};
use probes::Probes;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

/// How long one of them may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long an answer holds.
const FRESH: Duration = Duration::from_secs(5);

/// The machine's own network.
pub(super) struct Network {
    references: Vec<(String, u16)>,
    probes: Arc<Probes>,
    reached_once: AtomicBool,
    /// How long an answer holds.
    fresh: Duration,
    /// The last answer; one asks at a time, and the others wait for it.
    last: Mutex<Option<(Instant, bool)>>,
}

impl Network {
    /// `references` as `host:port` over TCP.
    pub(super) fn new(references: Vec<(String, u16)>, probes: Arc<Probes>) -> Network {
        let (reached_once, last) = (AtomicBool::new(false), Mutex::new(None));
        Network { references, probes, reached_once, fresh: FRESH, last }
    }

    /// Whether it is up, as of now or a moment ago.
    pub(super) async fn is_up(&self, now: Moment) -> bool {
        let mut last = self.last.lock().await;
        if let Some((asked, up)) = *last
            && asked.elapsed() < self.fresh
        {
            return up;
        }
        let answers = self.ask(now).await;
        if answers.contains(&true) {
            self.reached_once.store(true, Ordering::Relaxed);
        }
        let up = watch::network_is_up(&answers) || !self.reached_once.load(Ordering::Relaxed);
        *last = Some((Instant::now(), up));
        up
    }

    async fn ask(&self, now: Moment) -> Vec<bool> {
        let mut asked = JoinSet::new();
        for (host, port) in self.references.clone() {
            let probes = Arc::clone(&self.probes);
            let probe = Probe::Tcp { host, port, send: None, expect: None, family: Family::Any };
            asked.spawn(async move { probes.probe(&probe, PATIENCE, now).await.up });
        }
        asked.join_all().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_who_was_reached_before_can_be_missed() {
        let listens = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listens.local_addr().expect("an address").port();
        let probes = || Arc::new(Probes::new(probes::Settings::default()).expect("probes"));
        let network = |fresh| {
            let references = vec![("127.0.0.1".to_owned(), port)];
            Network { fresh, ..Network::new(references, probes()) }
        };
        let (asks, remembers) = (network(Duration::ZERO), network(FRESH));
        assert!(asks.is_up(Moment::EPOCH).await);
        assert!(remembers.is_up(Moment::EPOCH).await);
        drop(listens);
        assert!(!asks.is_up(Moment::EPOCH).await);
        assert!(remembers.is_up(Moment::EPOCH).await, "an answer holds for a while");
        let never = network(Duration::ZERO);
        assert!(never.is_up(Moment::EPOCH).await, "a machine without a way out can't tell");
    }
}

//! `[roulette]`: what the support line does of its own accord.

use std::time::Duration;

use super::section::section;

section! {
    /// The support line. People, rotas and lines themselves are kept by the server, see `alo roulette`.
    Roulette = "roulette" {
        /// How late after a handoff those concerned are still texted, where the server was down meanwhile.
        handoff_grace: Duration = engine::HANDOFF_GRACE; Duration::from_secs(60)..=Duration::from_secs(7 * 24 * 60 * 60),
    }
}

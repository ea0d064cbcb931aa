//! What every handler shares: the engine, the settings, and the count of failed authentications.

use std::sync::{Arc, Mutex};

use engine::Engine;
use store::Store;

use crate::failures::Failures;
use crate::settings::Settings;

/// The state of the router.
pub(crate) struct Api {
    pub(crate) engine: Engine,
    pub(crate) settings: Settings,
    /// Held for the length of a look-up, never across an await.
    pub(crate) failures: Mutex<Failures>,
}

impl Api {
    pub(crate) fn new(engine: Engine, settings: Settings) -> Arc<Api> {
        let failures = Mutex::new(Failures::after(settings.auth_failures));
        Arc::new(Api { engine, settings, failures })
    }

    pub(crate) fn store(&self) -> &dyn Store {
        self.engine.store().as_ref()
    }
}

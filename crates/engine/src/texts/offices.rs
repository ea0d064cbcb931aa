//! The carriers of this server, as they were configured: each with its name, what it reaches, and what it did so far.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use model::Correspondent;
use sms::dispatch::{self, Route};
use sms::{Carrier, CarrierEvent, CarrierState};
use store::Store;
use tokio::sync::{Notify, mpsc};

use crate::settings::{CarrierKind, CarrierSettings};
use crate::texts::handsets::Handsets;
use crate::texts::order::{CarrierCall, CarrierReply, CarrierStatus};
use crate::texts::trunked::Trunked;

/// Events of one carrier that may wait; over it the carrier waits, and with it the far side.
const EVENTS: usize = 1024;

/// A carrier and what it did so far.
pub(crate) struct Office {
    pub(crate) settings: CarrierSettings,
    pub(crate) carrier: Arc<dyn Carrier>,
    pub(crate) in_flight: AtomicUsize,
    pub(crate) sent: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) received: AtomicU64,
    pub(crate) receipts: AtomicU64,
    /// Told when what became of a submission is on disk.
    pub(crate) settled: Notify,
    state: Mutex<CarrierState>,
}

/// Every carrier.
pub(crate) struct Offices {
    all: Vec<Arc<Office>>,
    routes: Vec<Route>,
}

/// What a carrier tells, from now on.
pub(crate) type Events = (Arc<Office>, mpsc::Receiver<CarrierEvent>);

impl Office {
    /// `virtual`, `smpp`, `twilio`, `http` or `sip`.
    pub(crate) const fn kind(&self) -> &'static str {
        match self.settings.kind {
            CarrierKind::Virtual => "virtual",
            CarrierKind::Sip { .. } => "sip",
        }
    }

    pub(crate) const fn is_virtual(&self) -> bool {
        matches!(self.settings.kind, CarrierKind::Virtual)
    }

    pub(crate) fn name(&self) -> &str {
        &self.settings.name
    }

    pub(crate) fn state(&self) -> CarrierState {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_state(&self, state: CarrierState) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    /// The carrier calls its webhook; `None` if it has none.
    #[expect(clippy::unused_async, reason = "carriers over HTTP answer only once all is kept")]
    pub(crate) async fn hear(&self, _call: CarrierCall) -> Option<CarrierReply> {
        None
    }

    fn status(&self) -> CarrierStatus {
        let state = self.state();
        let CarrierSettings { name, prefixes, priority, per_second, price, .. } = &self.settings;
        CarrierStatus {
            name: name.clone(),
            kind: self.kind(),
            up: state == CarrierState::Up,
            reason: match state {
                CarrierState::Up => None,
                CarrierState::Down(reason) if reason.is_empty() => Some("connecting".to_owned()),
                CarrierState::Down(reason) => Some(reason),
                CarrierState::Closed => Some("closed".to_owned()),
            },
            prefixes: prefixes.clone(),
            priority: *priority,
            price: *price,
            per_second: *per_second,
            window: self.carrier.window(),
            in_flight: self.in_flight.load(Ordering::Relaxed),
            sent: self.sent.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
            received: self.received.load(Ordering::Relaxed),
            receipts: self.receipts.load(Ordering::Relaxed),
        }
    }
}

impl Offices {
    /// Starts every carrier. Those that connect do so meanwhile.
    pub(crate) fn open(
        settings: &[CarrierSettings],
        store: &Arc<dyn Store>,
        sip: &sip::Sip,
    ) -> (Offices, Vec<Events>) {
        let mut all = Vec::new();
        let mut heard = Vec::new();
        for each in settings {
            let (events, receiver) = mpsc::channel(EVENTS);
            let carrier = start(each, store, sip, events);
            let office = Arc::new(Office {
                settings: each.clone(),
                state: Mutex::new(carrier.state()),
                carrier,
                in_flight: AtomicUsize::new(0),
                sent: AtomicU64::new(0),
                refused: AtomicU64::new(0),
                received: AtomicU64::new(0),
                receipts: AtomicU64::new(0),
                settled: Notify::new(),
            });
            heard.push((Arc::clone(&office), receiver));
            all.push(office);
        }
        let routes = all.iter().map(|office| route(office)).collect();
        (Offices { all, routes }, heard)
    }

    /// How the dispatcher sees them.
    pub(crate) fn routes(&self) -> Vec<Route> {
        self.routes.clone()
    }

    /// Each of them.
    pub(crate) fn all(&self) -> &[Arc<Office>] {
        &self.all
    }

    /// The carrier of this name.
    pub(crate) fn named(&self, name: &str) -> Option<&Arc<Office>> {
        self.all.iter().find(|office| office.name() == name)
    }

    /// Carriers that could bring a message from one to the other, the best first.
    pub(crate) fn reach(&self, to: &Correspondent, from: &Correspondent) -> Vec<&Arc<Office>> {
        let routes = dispatch::reach(&self.routes, to, from);
        routes.into_iter().filter_map(|route| self.named(&route.name)).collect()
    }

    /// All of them as they are now, in the order of their configuration.
    pub(crate) fn statuses(&self) -> Vec<CarrierStatus> {
        self.all.iter().map(|office| office.status()).collect()
    }

    /// Ends them all.
    pub(crate) async fn close(&self) {
        for office in &self.all {
            office.carrier.close().await;
            office.set_state(CarrierState::Closed);
        }
    }
}

fn start(
    settings: &CarrierSettings,
    store: &Arc<dyn Store>,
    sip: &sip::Sip,
    events: mpsc::Sender<CarrierEvent>,
) -> Arc<dyn Carrier> {
    match &settings.kind {
        CarrierKind::Virtual => Arc::new(Handsets::new(Arc::clone(store))),
        CarrierKind::Sip { trunk } => {
            drop(events);
            Arc::new(Trunked::new(sip.clone(), trunk.clone()))
        }
    }
}

fn route(office: &Office) -> Route {
    let CarrierSettings { name, prefixes, senders, priority, per_second, price, .. } =
        office.settings.clone();
    let window = office.carrier.window();
    Route { name, prefixes, senders, priority, per_second, window, price }
}

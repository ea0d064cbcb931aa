//! The carriers of this server, as they were configured: each with its name, what it reaches, and what it did so far.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use model::Correspondent;
use sms::dispatch::{self, Route};
use sms::smpp::Smpp;
use sms::web::{Gateway, Hears, Hook, HookKind, HookReply, Upstream};
use sms::{Carrier, CarrierEvent, CarrierState};
use store::Store;
use tokio::sync::{Notify, mpsc};

use crate::engine::StartError;
use crate::settings::{CarrierKind, CarrierSettings, Settings};
use crate::texts::handsets::Handsets;
use crate::texts::order::{CarrierCall, CarrierReply, CarrierStatus};
use crate::texts::signalled::Trunked;

/// Events of one carrier that may wait; over it the carrier waits, and with it the far side.
const EVENTS: usize = 1024;

/// A carrier and what it did so far.
pub(crate) struct Office {
    pub(crate) settings: CarrierSettings,
    pub(crate) carrier: Arc<dyn Carrier>,
    /// The same, where it tells things by calling us.
    hears: Option<Arc<dyn Hears>>,
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
            CarrierKind::Smpp(_) => "smpp",
            CarrierKind::Upstream(_) => "twilio",
            CarrierKind::Gateway(_) => "http",
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
    pub(crate) async fn hear(&self, call: CarrierCall) -> Option<CarrierReply> {
        let CarrierCall { receipt, method, url, query, headers, body } = call;
        let kind = if receipt { HookKind::Receipt } else { HookKind::Inbound };
        let hook = Hook { kind, method, query, headers, body, url };
        let HookReply { status, content_type, body } = self.hears.as_ref()?.hear(hook).await;
        Some(CarrierReply { status, content_type, body })
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
        settings: &Settings,
        store: &Arc<dyn Store>,
        sip: &sip::Sip,
    ) -> Result<(Offices, Vec<Events>), StartError> {
        let mut all = Vec::new();
        let mut heard = Vec::new();
        for each in &settings.texts.carriers {
            let (events, receiver) = mpsc::channel(EVENTS);
            let public_url = &settings.public_url;
            let Started { carrier, hears } = start(each, store, sip, events, public_url)?;
            let office = Arc::new(Office {
                settings: each.clone(),
                state: Mutex::new(carrier.state()),
                carrier,
                hears,
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
        Ok((Offices { all, routes }, heard))
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

    /// Carriers that can't be given anything now, and for which no other stands in: whatever they reach, none that is up
    /// reaches a part of it.
    pub(crate) fn closed_now(&self) -> Vec<String> {
        let is_up = |office: &Office| office.state() == CarrierState::Up;
        let stands_in = |office: &Office, other: &Office| {
            let overlap =
                |a: &String, b: &String| a.starts_with(b.as_str()) || b.starts_with(a.as_str());
            let (mine, theirs) = (&office.settings.prefixes, &other.settings.prefixes);
            mine.iter().any(|mine| theirs.iter().any(|theirs| overlap(mine, theirs)))
        };
        let closed = self.all.iter().filter(|office| {
            let mut others = self.all.iter().filter(|other| other.name() != office.name());
            !is_up(office) && !others.any(|other| is_up(other) && stands_in(office, other))
        });
        closed.map(|office| office.name().to_owned()).collect()
    }

    /// The name of the carrier that is this trunk.
    pub(crate) fn of_trunk(&self, name: &str) -> Option<&str> {
        let mut all = self.all.iter();
        let is_it =
            |kind: &CarrierKind| matches!(kind, CarrierKind::Sip { trunk } if trunk == name);
        all.find(|office| is_it(&office.settings.kind)).map(|office| office.name())
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

/// A carrier, and the same once more where it tells things by calling us.
struct Started {
    carrier: Arc<dyn Carrier>,
    hears: Option<Arc<dyn Hears>>,
}

impl Started {
    fn silent(carrier: impl Carrier + 'static) -> Started {
        Started { carrier: Arc::new(carrier), hears: None }
    }

    fn hearing(carrier: impl Hears + 'static) -> Started {
        let carrier = Arc::new(carrier);
        Started { hears: Some(Arc::clone(&carrier) as Arc<dyn Hears>), carrier }
    }
}

fn start(
    settings: &CarrierSettings,
    store: &Arc<dyn Store>,
    sip: &sip::Sip,
    events: mpsc::Sender<CarrierEvent>,
    public_url: &str,
) -> Result<Started, StartError> {
    let name = &settings.name;
    let broken = |reason: String| StartError::Carrier { name: name.clone(), reason };
    let receipts = || Some(format!("{public_url}/v1/carriers/{name}/receipt"));
    match settings.kind.clone() {
        CarrierKind::Virtual => Ok(Started::silent(Handsets::new(Arc::clone(store)))),
        CarrierKind::Smpp(smpp) => Ok(Started::silent(Smpp::start(smpp, events))),
        CarrierKind::Upstream(mut upstream) => {
            upstream.callback_url = upstream.callback_url.or_else(receipts);
            let carrier = Upstream::new(upstream, events);
            carrier.map(Started::hearing).map_err(|error| broken(error.to_string()))
        }
        CarrierKind::Gateway(mut gateway) => {
            gateway.callback_url = gateway.callback_url.take().or_else(receipts);
            let carrier = Gateway::new(*gateway, events);
            carrier.map(Started::hearing).map_err(|error| broken(error.to_string()))
        }
        CarrierKind::Sip { trunk } => Ok(Started::silent(Trunked::new(sip.clone(), trunk))),
    }
}

fn route(office: &Office) -> Route {
    let CarrierSettings { name, prefixes, senders, priority, per_second, price, .. } =
        office.settings.clone();
    let window = office.carrier.window();
    Route { name, prefixes, senders, priority, per_second, window, price }
}

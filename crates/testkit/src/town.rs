//! A town of phones, and the story of what happens in it.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use media::io::Media;

use crate::app::App;
use crate::call::Call;
use crate::ports::PortRange;
use crate::story::Story;
use crate::voice::Voice;

/// How long something that should happen may take, unless the town is told otherwise. Long, because machines are busy:
/// nothing waits for it to pass unless a test fails.
const PATIENCE: Duration = Duration::from_secs(10);

/// A town of phones. At its end nobody may have rung unexpectedly; see [`Town::is_quiet`]. Clones are the same town.
#[derive(Clone)]
pub struct Town {
    pub(crate) hall: Arc<Hall>,
}

/// What all in a town share.
pub(crate) struct Hall {
    server: SocketAddr,
    media: Media,
    pub(crate) story: Story,
    pub(crate) patience: Duration,
    phones: Mutex<BTreeMap<String, phone::Phone>>,
    calls: Mutex<Vec<Arc<phone::Call>>>,
    _ports: PortRange,
}

/// A phone of a town. Clones are the same phone.
#[derive(Clone)]
pub struct Phone {
    hall: Arc<Hall>,
    phone: phone::Phone,
}

impl Town {
    /// A town whose phones belong to a server.
    pub fn at(server: SocketAddr) -> Self {
        Self::with(server, PATIENCE, Story::start())
    }

    /// A town without a server: its phones dial each other by [`Phone::uri`].
    pub fn alone() -> Self {
        Self::at(SocketAddr::from((Ipv4Addr::LOCALHOST, 9)))
    }

    /// A town in which what should happen may take so long, with a story that has already begun.
    pub fn with(server: SocketAddr, patience: Duration, story: Story) -> Self {
        let ports = PortRange::take();
        let settings = media::io::Settings {
            threads: 1,
            bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
            ports: ports.range(),
            ..media::io::Settings::default()
        };
        let media = Media::start(settings).expect("a media thread");
        let hall = Hall {
            server,
            media,
            story,
            patience,
            phones: Mutex::default(),
            calls: Mutex::default(),
            _ports: ports,
        };
        Self { hall: Arc::new(hall) }
    }

    /// The story so far; others may tell it too.
    pub fn story(&self) -> &Story {
        &self.hall.story
    }

    /// An application whose requests are told in the town's story.
    pub async fn app(&self) -> App {
        App::start_in(&self.hall.story).await
    }

    /// A speech service whose texts phones can recognise, told in the town's story.
    pub async fn voice(&self) -> Voice {
        Voice::start_in(&self.hall.story).await
    }

    /// A new phone with an account at the server, registered.
    pub async fn registers(&self, name: &str, password: &str) -> Phone {
        let phone = self.moves_in(phone::Settings::new(name, password, self.hall.server)).await;
        phone.registers().await;
        phone
    }

    /// A new phone without an account, as a carrier's caller: its number is its name.
    pub async fn caller(&self, number: &str) -> Phone {
        self.moves_in(phone::Settings::caller(number, self.hall.server)).await
    }

    /// A new phone, not registered. Its observer is replaced by the town's.
    pub async fn moves_in(&self, settings: phone::Settings) -> Phone {
        let story = self.hall.story.clone();
        let settings = phone::Settings {
            observer: Some(Arc::new(move |note: &phone::Note| story.tell(note))),
            ..settings
        };
        let name = settings.name.clone();
        let started = phone::Phone::start(settings, self.hall.media.clone()).await;
        let phone = started.unwrap_or_else(|error| self.hall.fails(&error));
        self.hall.phones().insert(name, phone.clone());
        Phone { hall: Arc::clone(&self.hall), phone }
    }

    /// Settings of a phone of this town, to be changed and given to [`Town::moves_in`].
    pub fn settings(&self, name: &str, password: &str) -> phone::Settings {
        phone::Settings::new(name, password, self.hall.server)
    }

    /// The phone of a name. Panics if there is none.
    pub fn phone(&self, name: &str) -> Phone {
        let phone = self.hall.phones().get(name).cloned();
        let phone =
            phone.unwrap_or_else(|| self.hall.fails(&format!("there is no phone of {name}")));
        Phone { hall: Arc::clone(&self.hall), phone }
    }

    /// All calls end soon, and no phone rang or was texted that nobody expected to.
    pub async fn is_quiet(&self) {
        let calls: Vec<Arc<phone::Call>> = self.hall.calls().clone();
        for call in calls {
            if let Err(error) = call.ended(self.hall.patience).await {
                self.hall.fails(&error);
            }
        }
        self.hall.nobody_rang();
        self.hall.nobody_texted();
    }

    /// No phone rings for so long.
    pub async fn stays_quiet(&self, time: Duration) {
        let phones: Vec<phone::Phone> = self.hall.phones().values().cloned().collect();
        let mut rings = tokio::task::JoinSet::new();
        for phone in phones {
            rings.spawn(
                async move { phone.rings(time).await.is_ok().then(|| phone.name().to_owned()) },
            );
        }
        while let Some(rung) = rings.join_next().await {
            if let Ok(Some(name)) = rung {
                self.hall.fails(&format!("{name} rang, and was not expected to"));
            }
        }
    }
}

impl Phone {
    /// Its name.
    pub fn name(&self) -> &str {
        self.phone.name()
    }

    /// The address at which others can dial it directly.
    pub fn uri(&self) -> String {
        self.phone.uri()
    }

    /// The phone itself, for what isn't phone talk.
    pub fn inner(&self) -> &phone::Phone {
        &self.phone
    }

    /// It registers.
    pub async fn registers(&self) -> &Self {
        if let Err(error) = self.phone.register().await {
            self.hall.fails(&error);
        }
        self
    }

    /// Its registration is refused with a status.
    pub async fn is_not_registered(&self, status: u16) -> &Self {
        match self.phone.register().await {
            Err(phone::RegisterError {
                why: sip::RegisterError::Refused { status: got, .. },
                ..
            }) if got == status => {}
            Err(error) => self.hall.fails(&format!("{status} was expected, but {error}")),
            Ok(()) => self.hall.fails(&format!("{} is registered after all", self.name())),
        }
        self
    }

    /// It gives up its registration.
    pub async fn unregisters(&self) -> &Self {
        self.phone.unregister().await;
        self
    }

    /// It rings, soon.
    pub async fn rings(&self) -> Call {
        self.rings_within(self.hall.patience).await
    }

    /// It rings in time.
    pub async fn rings_within(&self, within: Duration) -> Call {
        match self.phone.rings(within).await {
            Ok(call) => Call::new(&self.hall, self.name(), call),
            Err(error) => self.hall.fails(&error),
        }
    }

    /// It doesn't ring for so long.
    pub async fn does_not_ring(&self, time: Duration) -> &Self {
        if self.phone.rings(time).await.is_ok() {
            self.hall.fails(&format!("{} rang, and was not expected to", self.name()));
        }
        self
    }

    /// It calls a number or a name at the server, or a `sip:` address.
    pub async fn dials(&self, whom: &str) -> Call {
        match self.phone.dial(whom).await {
            Ok(call) => Call::new(&self.hall, self.name(), call),
            Err(error) => self.hall.fails(&error),
        }
    }
}

impl Phone {
    /// It texts a number or a name at the server, or a `sip:` address, and that is taken.
    pub async fn texts(&self, whom: &str, body: &str) -> &Self {
        if let Err(error) = self.phone.text(whom, body).await {
            self.hall.fails(&error);
        }
        self
    }

    /// It texts somebody, and that is refused with a status.
    pub async fn is_refused_to_text(&self, whom: &str, body: &str, status: u16) -> &Self {
        match self.phone.text(whom, body).await {
            Err(phone::NotTexted::Refused { status: got, .. }) if got == status => {}
            Err(error) => self.hall.fails(&format!("{status} was expected, but {error}")),
            Ok(()) => self.hall.fails(&format!("the text of {} was taken after all", self.name())),
        }
        self
    }

    /// The next text that it gets says this. Who sent it is in the answer.
    pub async fn hears_text(&self, body: &str) -> phone::Text {
        let text = self.reads().await;
        if text.body != body {
            let (name, from, said) = (self.name(), &text.from, &text.body);
            self.hall
                .fails(&format!("{name} expected the text '{body}', but {from} says '{said}'"));
        }
        text
    }

    /// The next text that it gets, soon.
    pub async fn reads(&self) -> phone::Text {
        match self.phone.reads(self.hall.patience).await {
            Ok(text) => text,
            Err(error) => self.hall.fails(&error),
        }
    }
}

impl Hall {
    /// Keeps a call up until the town ends or somebody hangs up.
    pub(crate) fn keep(&self, call: phone::Call) -> Arc<phone::Call> {
        let call = Arc::new(call);
        self.calls().push(Arc::clone(&call));
        call
    }

    /// Ends the test with the whole story.
    pub(crate) fn fails(&self, why: &dyn std::fmt::Display) -> ! {
        panic!("{why}\n\nWhat happened:\n{}{}", self.story, self.heard());
    }

    /// What was heard in each call, for the end of the story.
    fn heard(&self) -> String {
        let calls = self.calls();
        let lines = calls.iter().map(|call| {
            let name = format!("{} → {}", call.caller(), call.called());
            format!("            in {name}, {} heard {}\n", call.owner(), call.heard())
        });
        lines.collect()
    }

    fn nobody_rang(&self) {
        let missed: Vec<String> = self
            .phones()
            .values()
            .flat_map(|phone| {
                phone.missed().into_iter().map(|who| format!("{} by {who}", phone.name()))
            })
            .collect();
        if !missed.is_empty() {
            self.fails(&format!("was called, and not expected to be: {}", missed.join(", ")));
        }
    }

    fn nobody_texted(&self) {
        let unread: Vec<String> = self
            .phones()
            .values()
            .flat_map(|phone| {
                let by = |text: phone::Text| {
                    format!("{} by {}: '{}'", phone.name(), text.from, text.body)
                };
                phone.unread().into_iter().map(by).collect::<Vec<_>>()
            })
            .collect();
        if !unread.is_empty() {
            self.fails(&format!("was texted, and not expected to be: {}", unread.join(", ")));
        }
    }

    fn phones(&self) -> MutexGuard<'_, BTreeMap<String, phone::Phone>> {
        self.phones.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn calls(&self) -> MutexGuard<'_, Vec<Arc<phone::Call>>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Hall {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.nobody_rang();
            self.nobody_texted();
        }
    }
}

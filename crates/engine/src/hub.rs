//! What every call's task shares: the parts of the engine, and who is live.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use call::Modification;
use media::io::Media;
use model::oncall::Mail;
use model::{Account, CallRecord, Secret, Sid};
use sip::Sip;
use speech::Ears;
use store::{Store, StoreError};
use tokio::runtime::Handle;
use tokio::sync::{Notify, Semaphore, mpsc, oneshot};

use crate::directory::Directory;
use crate::http::Http;
use crate::lines::Lines;
use crate::settings::Settings;
use crate::sounds::Sounds;
use crate::task::Event;
use crate::texts::Texts;
use crate::watch::Watch;

/// Events that may wait for one call's task; beyond it keys are dropped and the rest is waited for.
pub(crate) const EVENTS: usize = 256;

/// Guesses at what callers say that applications are told of at once; more are left out.
pub(crate) const GUESSES: usize = 64;

/// The parts of a running engine.
pub(crate) struct Hub {
    pub(crate) settings: Settings,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) sip: Sip,
    pub(crate) media: Media,
    pub(crate) http: Http,
    pub(crate) sounds: Sounds,
    /// What understands callers.
    pub(crate) ears: Arc<Ears>,
    /// Turns of those who tell what is guessed at.
    pub(crate) guesses: Arc<Semaphore>,
    pub(crate) texts: Texts,
    pub(crate) watch: Watch,
    pub(crate) lines: Lines,
    pub(crate) directory: Directory,
    pub(crate) runtime: Handle,
    /// Told when the outbox has something new.
    pub(crate) outbox: Notify,
    /// Told when a recording is to be written down.
    pub(crate) transcripts: Notify,
    /// Told when the outbox of e-mails has.
    pub(crate) postman: Notify,
    pub(crate) draining: AtomicBool,
    /// Sessions whose tasks run.
    pub(crate) sessions: AtomicUsize,
    /// Told when a session's task has ended.
    pub(crate) session_ended: Notify,
    live: Mutex<HashMap<Sid, mpsc::Sender<Event>>>,
    accounts: Mutex<HashMap<Sid, Account>>,
    affinity: AtomicU64,
}

/// What a hub brings together.
pub(crate) struct Parts {
    pub(crate) sip: Sip,
    pub(crate) media: Media,
    pub(crate) http: Http,
    pub(crate) sounds: Sounds,
    pub(crate) ears: Ears,
    pub(crate) texts: Texts,
    pub(crate) watch: Watch,
}

/// The far side of a question to a live call's task.
pub(crate) type ModifyReply = oneshot::Sender<Result<CallRecord, NotLive>>;

/// The call has ended meanwhile.
#[derive(Debug)]
pub(crate) struct NotLive;

impl Hub {
    pub(crate) fn new(settings: Settings, store: Arc<dyn Store>, parts: Parts) -> Hub {
        let Parts { sip, media, http, sounds, ears, texts, watch } = parts;
        Hub {
            settings,
            store,
            sip,
            media,
            http,
            sounds,
            ears: Arc::new(ears),
            guesses: Arc::new(Semaphore::new(GUESSES)),
            texts,
            watch,
            lines: Lines::default(),
            directory: Directory::default(),
            runtime: Handle::current(),
            outbox: Notify::new(),
            transcripts: Notify::new(),
            postman: Notify::new(),
            draining: AtomicBool::new(false),
            sessions: AtomicUsize::new(0),
            session_ended: Notify::new(),
            live: Mutex::default(),
            accounts: Mutex::default(),
            affinity: AtomicU64::new(0),
        }
    }

    /// A call is live; its task hears `events`.
    pub(crate) fn enter(&self, call: Sid, events: mpsc::Sender<Event>) {
        self.live.lock().unwrap_or_else(PoisonError::into_inner).insert(call, events);
    }

    /// A call is over.
    pub(crate) fn leave(&self, call: Sid) {
        self.live.lock().unwrap_or_else(PoisonError::into_inner).remove(&call);
    }

    /// Calls that are live.
    pub(crate) fn live_calls(&self) -> usize {
        self.live.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether this call is live.
    pub(crate) fn is_live(&self, call: Sid) -> bool {
        self.live.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&call)
    }

    /// Every live call, once.
    pub(crate) fn everyone(&self) -> Vec<(Sid, mpsc::Sender<Event>)> {
        let live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        live.iter().map(|(call, events)| (*call, events.clone())).collect()
    }

    /// Changes a live call; `None` if it isn't live.
    pub(crate) async fn modify(&self, call: Sid, change: Modification) -> Option<CallRecord> {
        let events = {
            let live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
            live.get(&call).cloned()
        }?;
        let (reply, answer) = oneshot::channel();
        events.send(Event::Modify { call, change, reply }).await.ok()?;
        answer.await.ok()?.ok()
    }

    /// Which media thread a new session's legs go to.
    pub(crate) fn next_affinity(&self) -> u64 {
        self.affinity.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// The token that signs an account's webhooks.
    pub(crate) async fn token(&self, account: Sid) -> Result<Secret, StoreError> {
        let known = {
            let accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
            accounts.get(&account).map(|account| account.token.clone())
        };
        if let Some(token) = known {
            return Ok(token);
        }
        let Some(found) = self.store.account(account).await? else {
            return Ok(Secret::new(""));
        };
        let token = found.token.clone();
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner).insert(account, found);
        Ok(token)
    }

    /// Puts an e-mail into the outbox; one that is known by its key is there already.
    pub(crate) async fn post(&self, mail: Mail) -> Result<(), StoreError> {
        if self.store.post_mail(mail).await? {
            self.postman.notify_one();
        }
        Ok(())
    }

    /// Forgets what is remembered of accounts: one has changed.
    pub(crate) fn forget_accounts(&self) {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub(crate) fn recording_path(&self, recording: Sid) -> PathBuf {
        self.settings.data.join("recordings").join(format!("{recording}.wav"))
    }

    /// Our address towards `peer`, for SDP.
    pub(crate) fn media_address(&self, peer: SocketAddr) -> IpAddr {
        self.sip.media_address(peer)
    }
}

/// How long a name may take to resolve.
pub(crate) const RESOLVE_FOR: Duration = Duration::from_secs(5);

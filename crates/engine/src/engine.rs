//! The engine's handle: what the API, the console and the command ask of it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use call::{Modification, Outbound, RecordCall, Report, Session, Start, Target, Watch};
use media::io::Media;
use model::oncall::Swap;
use model::{CallRecord, CallStatus, Direction, Hangup, Moment, Party, Sid, SidKind};
use sip::Sip;
use speech::{Ears, Voices};
use store::{Store, StoreError};
use tokio::sync::mpsc;

use crate::clock::{Clock, wall};
use crate::directory::Entries;
use crate::http::Http;
use crate::hub::{EVENTS, Hub, Parts};
use crate::settings::Settings;
use crate::sids::{self, RandomSids};
use crate::sounds::Sounds;
use crate::task::{Event, Task};
use crate::texts::{self, Texts};
use crate::turns::Turns;
use crate::watch::Watch as Uptime;
use crate::{convert, incoming, lines, outbox, post, recovery, transcripts, watch};

/// A running engine; clones are handles to the same one.
#[derive(Clone)]
pub struct Engine {
    pub(crate) hub: Arc<Hub>,
    turns: Arc<Turns>,
}

/// A call to be placed for the API.
#[derive(Clone, Debug)]
pub struct PlaceCall {
    /// `AC…`.
    pub account: Sid,
    /// Shown to the called.
    pub from: Party,
    /// Whom.
    pub to: Party,
    /// `PN…` of `from`, where it is a number of ours.
    pub number: Option<Sid>,
    /// What runs once it is answered.
    pub start: Start,
    /// Longest ringing; 60 s unless said, at most 600 s.
    pub ring_for: Duration,
    /// Longest call; 14,400 s unless said.
    pub time_limit: Duration,
    /// Keys sent once it is answered.
    pub send_digits: Option<String>,
    /// Whether it is recorded.
    pub record_call: Option<RecordCall>,
    /// Who follows it.
    pub watch: Option<Watch>,
}

/// Why a call was not placed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlaceCallError {
    /// `To` can't be rung (Twilio error 21211).
    #[error(transparent)]
    InvalidTo(#[from] call::BadTarget),
    /// Too many calls wait to be placed (20429). Try again later, or raise `calls.queued` in alo.toml.
    #[error("{0} calls wait to be placed already")]
    QueueFull(usize),
    /// The server is about to stop (20503).
    #[error("the server is stopping")]
    Draining,
    /// See the log: the disk may be full.
    #[error("the call could not be recorded")]
    Store(#[from] StoreError),
}

/// Why a live call was not changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModifyCallError {
    /// No such call in this account (20404).
    #[error("call {0} was not found")]
    NotFound(Sid),
    /// It has ended, or was never begun (21220).
    #[error("call {0} is not in-progress: it can't be changed")]
    NotInProgress(Sid),
    /// See the log: the disk may be full.
    #[error("the call could not be read")]
    Store(#[from] StoreError),
}

/// Why the engine did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Another program has the SIP port, or the address isn't this machine's.
    #[error("signalling did not start")]
    Sip(#[from] sip::StartError),
    /// See its message.
    #[error("audio did not start")]
    Media(#[from] media::io::StartError),
    /// See its message.
    #[error("the store could not be read")]
    Store(#[from] StoreError),
    /// The folder can't be made; check its permissions.
    #[error("the folder {0} can't be made")]
    Folder(PathBuf, #[source] std::io::Error),
    /// Mend the carrier's entry in alo.toml.
    #[error("carrier {name} can't be started: {reason}")]
    Carrier {
        /// Its name.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// Mend the setting of the watch that it names.
    #[error("the watch did not start")]
    Probes(#[source] probes::ProbesError),
    /// The TLS library did not start.
    #[error("the HTTP client did not start")]
    Http(#[source] reqwest::Error),
}

impl Engine {
    /// Starts signalling, audio and the outbox, and closes what a crash left open.
    pub async fn start(
        settings: Settings,
        store: Arc<dyn Store>,
        voices: Voices,
        ears: Ears,
    ) -> Result<Engine, StartError> {
        let recordings = settings.data.join("recordings");
        std::fs::create_dir_all(&recordings)
            .map_err(|error| StartError::Folder(recordings, error))?;
        let http = Http::new(settings.http.clone()).map_err(StartError::Http)?;
        let media = Media::start(settings.media.clone())?;
        let entries = read_directory(store.as_ref()).await?;
        let (calls, incoming) = mpsc::channel(INCOMING);
        let sip = Sip::start(settings.sip.clone(), entries.for_sip(), calls).await?;
        let turns = Turns::new(settings.calls_per_second, settings.queued_calls);
        let sounds = Sounds::new(http.clone(), voices);
        let (texts, opened) = Texts::open(&settings, &store, &sip).await?;
        let (uptime, desk) = Uptime::open(&settings.watch)?;
        let parts = Parts { sip, media, http, sounds, ears, texts, watch: uptime };
        let hub = Arc::new(Hub::new(settings, store, parts));
        hub.directory.replace(entries);
        hub.http.settle(&hub);
        recovery::close_orphans(&hub).await?;
        lines::close_orphans(&hub).await?;
        tokio::spawn(incoming::serve(Arc::clone(&hub), incoming));
        tokio::spawn(outbox::serve(Arc::clone(&hub)));
        tokio::spawn(post::serve(Arc::clone(&hub)));
        tokio::spawn(transcripts::serve(Arc::clone(&hub)));
        tokio::spawn(lines::serve_handoffs(Arc::clone(&hub)));
        texts::serve(&hub, opened);
        let engine = Engine { hub, turns: Arc::new(turns) };
        watch::serve(&engine, desk);
        Ok(engine)
    }

    /// The store.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.hub.store
    }

    /// The settings it was started with.
    pub fn settings(&self) -> &Settings {
        &self.hub.settings
    }

    /// The signalling, for its address, registrations and pings.
    pub fn sip(&self) -> &Sip {
        &self.hub.sip
    }

    /// The audio, for its counts.
    pub fn media(&self) -> &Media {
        &self.hub.media
    }

    /// The speech engines.
    pub fn voices(&self) -> &Voices {
        self.hub.sounds.voices()
    }

    /// The engines that recognise speech.
    pub fn ears(&self) -> &Ears {
        &self.hub.ears
    }

    /// The watch: checks and incidents.
    pub fn watch(&self) -> &Uptime {
        &self.hub.watch
    }

    /// Where somebody who was told of an incident says that they see to it, without a password.
    pub async fn ack_link(&self, account: Sid, id: i64) -> Result<String, StoreError> {
        watch::ack_link(&self.hub, account, id).await
    }

    /// Whose incident a link in a text or an e-mail is about; `None`: it is none of ours.
    pub async fn incident_by_link(&self, token: &str) -> Result<Option<(Sid, i64)>, StoreError> {
        watch::by_link(&self.hub, token).await
    }

    /// The time.
    pub fn now(&self) -> Moment {
        wall()
    }

    /// A new SID, drawn at random.
    pub fn new_sid(&self, kind: SidKind) -> Sid {
        sids::random(kind)
    }

    /// Keeps a call as `queued` and places it as soon as its turn comes; the record is on disk when this returns.
    pub async fn place_call(&self, order: PlaceCall) -> Result<CallRecord, PlaceCallError> {
        if self.hub.is_draining() {
            return Err(PlaceCallError::Draining);
        }
        let target = Target::from_party(&order.to)?;
        let wait = self.turns.take(order.account).map_err(PlaceCallError::QueueFull)?;
        let clock = Clock::start();
        let record = queued(&order, clock.now());
        let report = Report { record: record.clone(), watch: order.watch.clone(), callback: None };
        self.hub.store.save_call(convert::change(report, clock.now())).await?;
        let outbound = Outbound {
            record: record.clone(),
            target,
            place_at: clock.now() + wait,
            start: order.start,
            ring_for: order.ring_for,
            time_limit: order.time_limit,
            send_digits: order.send_digits,
            record_call: order.record_call,
            watch: order.watch,
        };
        let settings = call::Settings {
            account: order.account,
            public_url: self.hub.settings.public_url.clone(),
        };
        let session = Session::outbound(clock.now(), settings, Box::new(RandomSids), outbound);
        metrics::counter!("alo_calls_total", "direction" => "outbound-api").increment(1);
        let affinity = self.hub.next_affinity();
        let channel = mpsc::channel(EVENTS);
        let task = Task::new(Arc::clone(&self.hub), clock, affinity, session, None, channel);
        tokio::spawn(task.run());
        Ok(record)
    }

    /// Changes a live call; the record as it is afterwards.
    pub async fn modify_call(
        &self,
        account: Sid,
        call: Sid,
        change: Modification,
    ) -> Result<CallRecord, ModifyCallError> {
        let kept = self.hub.store.call(call).await?.filter(|record| record.account == account);
        if kept.is_none() {
            return Err(ModifyCallError::NotFound(call));
        }
        let changed = self.hub.modify(call, change).await;
        changed.ok_or(ModifyCallError::NotInProgress(call))
    }

    /// The file of a recording.
    pub fn recording_path(&self, recording: Sid) -> PathBuf {
        self.hub.recording_path(recording)
    }

    /// Forgets a recording, row and file; false if there is none.
    pub async fn delete_recording(&self, account: Sid, recording: Sid) -> Result<bool, StoreError> {
        let kept = self.hub.store.recording(recording).await?;
        if kept.is_none_or(|record| record.account != account) {
            return Ok(false);
        }
        let deleted = self.hub.store.delete_recording(recording).await?;
        if let Err(error) = tokio::fs::remove_file(self.recording_path(recording)).await {
            tracing::warn!(%error, %recording, "the file of a deleted recording could not be removed");
        }
        Ok(deleted)
    }

    /// Reads phones and trunks anew; to be called after any change of them in the store.
    pub async fn reload_directory(&self) -> Result<(), StoreError> {
        let entries = read_directory(self.hub.store.as_ref()).await?;
        self.hub.sip.configure(entries.for_sip());
        self.hub.directory.replace(entries);
        Ok(())
    }

    /// Forgets what is remembered of accounts; to be called after a change of one in the store (a new token).
    pub fn reload_accounts(&self) {
        self.hub.forget_accounts();
    }

    /// Rotas, overrides or lines have changed in the store: whoever comes on duty by that is told.
    pub fn duty_changed(&self) {
        self.hub.lines.duty_changed.notify_one();
    }

    /// A swap was asked or decided in the store: those whom it concerns are told.
    pub async fn swap_changed(&self, account: Sid, swap: &Swap) -> Result<(), StoreError> {
        self.duty_changed();
        lines::swap_told(&self.hub, account, swap).await
    }

    /// What a calendar's address answers, at most 1 MB; or why it doesn't, in words.
    pub async fn fetch_calendar(&self, url: &str) -> Result<String, String> {
        let bytes = self.hub.http.calendar(url).await.map_err(|error| error.to_string())?;
        String::from_utf8(bytes)
            .map_err(|_| format!("{url} answered with something that is no text"))
    }

    /// Calls that are up or ringing.
    pub fn live_calls(&self) -> usize {
        self.hub.live_calls()
    }

    /// Whether it takes calls (false while draining).
    pub fn is_ready(&self) -> bool {
        !self.hub.is_draining()
    }

    /// Takes no new calls, waits for the live ones until `patience` is over, hangs up the rest, and ends signalling and
    /// audio. What is still in the outbox is sent after the next start.
    pub async fn drain(&self, patience: Duration) {
        self.hub.draining.store(true, Ordering::Relaxed);
        if tokio::time::timeout(patience, self.sessions_end()).await.is_err() {
            for (_, events) in self.hub.everyone() {
                let _ = events.send(Event::Stop).await;
            }
            let _ = tokio::time::timeout(LAST_WORDS, self.sessions_end()).await;
        }
        self.hub.texts.close().await;
        self.hub.watch.close().await;
        let _ = tokio::time::timeout(LAST_WORDS, self.outbox_empties()).await;
        self.hub.sip.shutdown().await;
        self.hub.media.shutdown();
        self.hub.store.close().await;
    }

    async fn sessions_end(&self) {
        loop {
            let ended = self.hub.session_ended.notified();
            if self.hub.sessions.load(Ordering::Relaxed) == 0 {
                return;
            }
            ended.await;
        }
    }

    async fn outbox_empties(&self) {
        while let Ok(Some(due)) = self.hub.store.next_callback_due(&[]).await {
            if due > wall() {
                return;
            }
            self.hub.outbox.notify_one();
            tokio::time::sleep(OUTBOX_LOOK).await;
        }
    }
}

/// Calls that may wait to be looked up; over it signalling answers 503.
const INCOMING: usize = 1024;
/// For what still has to be said after the calls have ended.
const LAST_WORDS: Duration = Duration::from_secs(3);
/// How often the outbox is looked at while it empties.
const OUTBOX_LOOK: Duration = Duration::from_millis(50);

async fn read_directory(store: &dyn Store) -> Result<Entries, StoreError> {
    Ok(Entries { phones: store.all_phones().await?, trunks: store.trunks().await? })
}

fn queued(order: &PlaceCall, now: Moment) -> CallRecord {
    CallRecord {
        sid: sids::random(SidKind::Call),
        account: order.account,
        parent: None,
        from: order.from.clone(),
        to: order.to.clone(),
        number: order.number,
        direction: Direction::OutboundApi,
        status: CallStatus::Queued,
        caller_name: None,
        forwarded_from: None,
        created_at: now,
        updated_at: now,
        answered_at: None,
        started_at: None,
        ended_at: None,
        hangup: Hangup::default(),
    }
}

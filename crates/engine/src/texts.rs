//! Text messages: taken from the API, handed to carriers, taken from carriers, answered by applications.
//!
//! What decides is pure and elsewhere: whose turn it is and which carrier (`sms::dispatch`), the life of a message
//! (`sms::delivery`), what an application's answer means (`twiml`). Here they meet store, clock, carriers and webhooks.

mod accept;
mod arrivals;
mod asking;
mod cards;
mod choice;
mod desk;
mod handsets;
mod jars;
mod locks;
mod media;
mod offices;
mod order;
mod repeated;
mod settle;
mod signalled;
mod submit;
mod verbs;
mod words;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use call::TextFailure;
use model::{Correspondent, MessageDirection, MessageStatus, Sid};
use store::Store;
use tokio::sync::Notify;

use crate::engine::StartError;
use crate::hub::Hub;
use crate::settings::Settings;
use cards::Cards;
use desk::Desk;
use jars::Jars;
use locks::Locks;
use offices::{Office, Offices};
use repeated::Repeated;

pub(crate) use accept::accept;
pub use order::{
    CarrierCall, CarrierReply, CarrierStatus, ChangeTextError, HandsetError, HandsetText, SendText,
    SendTextError, TextSender,
};

/// What everything about texts shares.
pub(crate) struct Texts {
    cards: Cards,
    desk: Arc<Desk>,
    offices: Offices,
    locks: Locks,
    repeated: Repeated,
    jars: Jars,
    /// Messages that wait to be sent.
    waiting: AtomicU64,
    /// Nothing is given to carriers any more.
    closing: AtomicBool,
    /// Messages that are being handed over, or whose end is on its way to disk.
    under_way: AtomicUsize,
    /// Told when one of those is done with.
    settled: Notify,
    /// Told when a message came in.
    asker: Notify,
    /// Told when a part of a message came in.
    fragments: Notify,
}

/// What is to be worked on once the engine stands.
pub(crate) struct Opened {
    events: Vec<offices::Events>,
    inputs: desk::Inputs,
}

impl Texts {
    /// Starts the carriers, and counts what waits from before.
    pub(crate) async fn open(
        settings: &Settings,
        store: &Arc<dyn Store>,
        sip: &sip::Sip,
    ) -> Result<(Texts, Opened), StartError> {
        let waiting = store.waiting_messages().await?;
        let (desk, inputs) = Desk::new();
        let (offices, events) = Offices::open(settings, store, sip)?;
        let texts = Texts {
            cards: Cards::default(),
            desk: Arc::new(desk),
            offices,
            locks: Locks::default(),
            repeated: Repeated::default(),
            jars: Jars::default(),
            waiting: AtomicU64::new(waiting),
            closing: AtomicBool::new(false),
            under_way: AtomicUsize::new(0),
            settled: Notify::new(),
            asker: Notify::new(),
            fragments: Notify::new(),
        };
        Ok((texts, Opened { events, inputs }))
    }

    /// Carriers that could bring a message from one to the other, the best first.
    fn reach(&self, to: &Correspondent, from: &Correspondent) -> Vec<&Arc<Office>> {
        self.offices.reach(to, from)
    }

    /// A message doesn't wait any more.
    fn one_less(&self) {
        let less = |waiting: u64| Some(waiting.saturating_sub(1));
        let _ = self.waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::SeqCst)
    }

    /// Ends the carriers, and waits until what they took is on disk: it must not be sent again after the next start.
    pub(crate) async fn close(&self) {
        self.closing.store(true, Ordering::SeqCst);
        self.offices.close().await;
        let settled = async {
            loop {
                let settled = self.settled.notified();
                if self.under_way.load(Ordering::SeqCst) == 0 {
                    return;
                }
                settled.await;
            }
        };
        if tokio::time::timeout(LAST_ANSWERS, settled).await.is_err() {
            tracing::warn!(
                "messages were being handed over when the server stopped: they are sent again"
            );
        }
    }
}

/// For what carriers that are closed still answer, and for its way to disk.
const LAST_ANSWERS: Duration = Duration::from_secs(3);

/// Sends the text of an `<Sms>`; `ends` are who sends and who receives, as written.
pub(crate) async fn send_from_call(
    hub: &Hub,
    account: Sid,
    ends: [&str; 2],
    body: String,
    callback: Option<(String, model::Method)>,
) -> Result<(Sid, MessageStatus), TextFailure> {
    let bad = |code, text: &str| TextFailure {
        code,
        message: format!("<Sms> can't go from or to '{text}'"),
    };
    let from: Correspondent = ends[0].parse().map_err(|_| bad(BAD_FROM, ends[0]))?;
    let to: Correspondent = ends[1].parse().map_err(|_| bad(BAD_TO, ends[1]))?;
    let order = SendText {
        direction: MessageDirection::OutboundCall,
        callback,
        ..SendText::plain(account, from, to, body)
    };
    match accept(hub, order).await {
        Ok(record) => Ok((record.sid, record.status)),
        Err(error) => Err(TextFailure { code: error.code(), message: error.to_string() }),
    }
}

/// "Invalid 'To' attribute" of a verb: <https://www.twilio.com/docs/api/errors/14101>.
const BAD_TO: u32 = 14101;
/// "Invalid 'From' attribute" of a verb: <https://www.twilio.com/docs/api/errors/14102>.
const BAD_FROM: u32 = 14102;

/// Works on texts until the engine ends.
pub(crate) fn serve(hub: &Arc<Hub>, opened: Opened) {
    for (office, events) in opened.events {
        tokio::spawn(arrivals::serve(Arc::clone(hub), office, events));
    }
    if let Some(texts) = hub.sip.take_messages() {
        tokio::spawn(signalled::serve(Arc::clone(hub), texts));
    }
    tokio::spawn(desk::serve(Arc::clone(hub), opened.inputs));
    tokio::spawn(asking::serve(Arc::clone(hub)));
    tokio::spawn(arrivals::give_up_waiting(Arc::clone(hub)));
}

//! Applications are asked what to answer to a message that came in, and their answer is carried out.
//!
//! A message stays `receiving` on disk until that was done, so that a crash loses none. Messages of one conversation are
//! asked about in order, different ones side by side. An application that is away is asked again after 1, 4, 16 …
//! seconds. `Differs:` Twilio asks once; nobody here should lose a text because an application was restarted.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use model::{
    Alert, AlertLevel, Correspondent, MessageDirection, Method, Secret, Sid, SidKind, TextRouting,
};
use sms::consent;
use sms::delivery::{Delivery, Input};
use store::{Message, MessageChange, StoreError};
use tokio::sync::mpsc;
use twiml::{Messenger, MessengerInput, MessengerOutput, TextMessage};

use crate::clock::wall;
use crate::http::{Ask, AskError};
use crate::hub::Hub;
use crate::outbox::{backoff, pause};
use crate::sids::random;
use crate::texts::accept::accept;
use crate::texts::jars::Jar;
use crate::texts::order::{SendText, SendTextError, TextSender};
use crate::texts::settle::settle;
use crate::texts::{BAD_FROM, BAD_TO, media, words};

/// Messages that are worked on or wait in memory at once; the others wait on disk.
const IN_HAND: usize = 512;
/// Applications asked at once.
const AT_ONCE: usize = 64;
/// Pause after the store could not be read.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// First pause between two tries.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// Longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(30 * 60);

/// Who writes to whom.
type Conversation = (String, String);

/// What is in hand.
#[derive(Default)]
struct Desk {
    /// Every message in hand.
    held: HashSet<Sid>,
    /// Conversations of which a message is asked about, with those that wait behind it.
    talks: HashMap<Conversation, VecDeque<Message>>,
}

/// Asks until the engine is dropped.
pub(crate) async fn serve(hub: Arc<Hub>) {
    let (done, mut finished) = mpsc::channel::<(Sid, Conversation)>(AT_ONCE);
    let mut desk = Desk::default();
    loop {
        let next = desk.take(&hub, &done).await;
        tokio::select! {
            Some((sid, talk)) = finished.recv() => desk.finish(&hub, &done, sid, &talk),
            () = hub.texts.asker.notified() => {}
            () = pause(next) => {}
        }
    }
}

impl Desk {
    /// Takes what is due in hand; says when to look again if nothing happens before.
    async fn take(
        &mut self,
        hub: &Arc<Hub>,
        done: &mpsc::Sender<(Sid, Conversation)>,
    ) -> Option<Duration> {
        let room = IN_HAND.saturating_sub(self.held.len());
        if room == 0 || self.talks.len() >= AT_ONCE || hub.is_draining() {
            return None;
        }
        let now = wall();
        let busy: Vec<Sid> = self.held.iter().copied().collect();
        let due = match hub.store.unasked_messages(now, room as u32, &busy).await {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(%error, "messages that came in could not be read");
                return Some(AFTER_FAILURE);
            }
        };
        for message in due {
            let talk = conversation(&message);
            if self.talks.len() >= AT_ONCE && !self.talks.contains_key(&talk) {
                continue;
            }
            self.held.insert(message.record.sid);
            if let Some(waiting) = self.talks.get_mut(&talk) {
                waiting.push_back(message);
            } else {
                self.talks.insert(talk.clone(), VecDeque::new());
                begin(hub, done, message, talk);
            }
        }
        if self.talks.len() >= AT_ONCE {
            return None;
        }
        let busy: Vec<Sid> = self.held.iter().copied().collect();
        match hub.store.next_unasked_due(&busy).await {
            Ok(next) => next.map(|at| at.since(now).max(Duration::from_millis(10))),
            Err(_) => Some(AFTER_FAILURE),
        }
    }

    /// A message is done with: the next of its conversation has its turn.
    fn finish(
        &mut self,
        hub: &Arc<Hub>,
        done: &mpsc::Sender<(Sid, Conversation)>,
        sid: Sid,
        talk: &Conversation,
    ) {
        self.held.remove(&sid);
        let next = self.talks.get_mut(talk).and_then(VecDeque::pop_front);
        match next {
            Some(message) => begin(hub, done, message, talk.clone()),
            None => {
                self.talks.remove(talk);
            }
        }
    }
}

fn conversation(message: &Message) -> Conversation {
    let from = message.record.from.as_ref().map(ToString::to_string).unwrap_or_default();
    (from, message.record.to.to_string())
}

fn begin(
    hub: &Arc<Hub>,
    done: &mpsc::Sender<(Sid, Conversation)>,
    message: Message,
    talk: Conversation,
) {
    let (hub, turn) =
        (Arc::clone(hub), Turn { sid: message.record.sid, talk: Some(talk), done: done.clone() });
    tokio::spawn(async move {
        if let Err(error) = ask(&hub, message).await {
            tracing::error!(%error, "a message that came in waits: the store failed");
            tokio::time::sleep(AFTER_FAILURE).await;
        }
        drop(turn);
    });
}

/// A message's turn, given back at its end also if asking panicked.
struct Turn {
    sid: Sid,
    talk: Option<Conversation>,
    done: mpsc::Sender<(Sid, Conversation)>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(talk) = self.talk.take() {
            // There is room: no more than the channel holds are under way.
            let _ = self.done.try_send((self.sid, talk));
        }
    }
}

/// How asking ended.
enum Outcome {
    /// Everything was done, or nobody is to be asked.
    Done,
    /// The application could not be asked, and it may go better later.
    Later,
    /// It could not be asked, and won't be.
    Failed,
}

async fn ask(hub: &Arc<Hub>, mut message: Message) -> Result<(), StoreError> {
    // In a task of its own, so that a message over which it breaks costs a try, and is not asked about in circles.
    let asking = {
        let (hub, message) = (Arc::clone(hub), message.clone());
        tokio::spawn(async move { ask_once(&hub, &message).await })
    };
    let outcome = match asking.await {
        Ok(outcome) => outcome?,
        Err(_) => Outcome::Later,
    };
    let now = wall();
    let _lock = hub.texts.locks.of(message.record.sid).await;
    message.plan.attempts += 1;
    let again = message.plan.attempts < hub.settings.texts.inbound_tries;
    if matches!(outcome, Outcome::Later) && again {
        message.plan.due_at = now + backoff(FIRST_PAUSE, LONGEST_PAUSE, message.plan.attempts);
        return hub.store.change_message(MessageChange::quiet(message)).await;
    }
    let mut delivery = Delivery::of(message.record, message.plan, Vec::new());
    delivery.handle(now, Input::Asked);
    match settle(&mut delivery, now).change {
        Some(change) => hub.store.change_message(change).await,
        None => Ok(()),
    }
}

async fn ask_once(hub: &Hub, message: &Message) -> Result<Outcome, StoreError> {
    let fetched = media::fetch_all(hub, &message.record).await?;
    match &routing(hub, message).await? {
        Some(routing) => talk(hub, message, routing, &fetched).await,
        None => Ok(Outcome::Done),
    }
}

/// Who is asked: the service, if there is one and it doesn't leave that to the number; else the number.
async fn routing(hub: &Hub, message: &Message) -> Result<Option<TextRouting>, StoreError> {
    let card = hub.texts.cards.of(hub.store.as_ref(), &message.record.to).await?;
    let Some(card) = card else { return Ok(None) };
    let service = card.service.as_ref().map(|card| &card.service);
    let routing = match service {
        Some(service) if !service.use_inbound_webhook_on_number => service.inbound.clone(),
        Some(_) | None => card.routing.clone(),
    };
    Ok(Some(routing).filter(|routing| routing.url.as_ref().is_some_and(|url| !url.is_empty())))
}

/// Asks the application and carries out what it answers.
async fn talk(
    hub: &Hub,
    message: &Message,
    routing: &TextRouting,
    media: &[(String, String)],
) -> Result<Outcome, StoreError> {
    let record = &message.record;
    let token = hub.token(record.account).await?;
    let card = hub.texts.cards.of(hub.store.as_ref(), &record.to).await?;
    let country = card.and_then(|card| card.country.clone());
    let word = consent::word(&record.body, country.as_deref());
    let params = words::inbound_params(record, media, word.map(consent::Word::as_str));
    let jar = hub.texts.jars.of(&conversation(message));
    let mut session = Session { hub, message, token, params, jar, replies: 0, passing: false };
    let first = routing.url.clone().unwrap_or_default();
    let mut messenger = Messenger::new();
    let fallback = routing.fallback_url.clone().filter(|url| !url.is_empty());
    let mut pending = match session.fetch(&first, routing.method, &[]).await {
        Ok(document) => Ok(document),
        Err(error) => match &fallback {
            Some(url) => {
                session.alert(AlertLevel::Warning, error.code, &error.message, Some(&first)).await;
                let failed = [
                    ("ErrorCode".to_owned(), error.code.to_string()),
                    ("ErrorUrl".to_owned(), first.clone()),
                ];
                session.fetch(url, routing.fallback_method, &failed).await
            }
            None => Err(error),
        },
    };
    if let Err(error) = &pending {
        session.alert(AlertLevel::Error, error.code, &error.message, Some(&first)).await;
        session.passing = error.is_passing();
        return Ok(if session.passing { Outcome::Later } else { Outcome::Failed });
    }
    loop {
        messenger.handle(wall(), Session::input(pending));
        match session.run(&mut messenger).await {
            Next::Over if session.passing => return Ok(Outcome::Later),
            Next::Over => return Ok(Outcome::Done),
            Next::Fetch { url, method, params } => {
                pending = session.fetch(&url, method, &params).await;
                if let Err(error) = &pending {
                    session.alert(AlertLevel::Error, error.code, &error.message, Some(&url)).await;
                }
            }
        }
    }
}

/// One message's talk with its application.
struct Session<'a> {
    hub: &'a Hub,
    message: &'a Message,
    token: Secret,
    params: words::Params,
    jar: Jar,
    replies: u32,
    passing: bool,
}

/// What follows after everything that could be done at once.
enum Next {
    Over,
    Fetch { url: String, method: Method, params: Vec<(String, String)> },
}

type Fetched = Result<call::Fetched, AskError>;

impl Session<'_> {
    async fn fetch(&self, url: &str, method: Method, more: &[(String, String)]) -> Fetched {
        let mut params = self.params.clone();
        params.extend_from_slice(more);
        let key = self.message.record.sid.to_string();
        let ask = Ask {
            url,
            method,
            params: &params,
            token: &self.token,
            idempotency_key: &key,
            cookies: Some(self.jar.cookies()),
        };
        self.hub.http.text_document(&ask).await
    }

    fn input(fetched: Fetched) -> MessengerInput {
        match fetched {
            Ok(call::Fetched { url, content_type, body }) => {
                MessengerInput::Document { url: Some(url), content_type, body }
            }
            Err(AskError { code, message, .. }) => MessengerInput::Failed { code, message },
        }
    }

    async fn run(&mut self, messenger: &mut Messenger) -> Next {
        loop {
            match messenger.poll() {
                MessengerOutput::Send { message } => {
                    let input = self.reply(message).await;
                    messenger.handle(wall(), input);
                }
                MessengerOutput::Fetch { url, method, params } => {
                    return Next::Fetch { url, method, params };
                }
                MessengerOutput::Warn { code, message, position: _ } => {
                    self.alert(AlertLevel::Warning, code, &message, None).await;
                }
                MessengerOutput::Fail { code, message } => {
                    self.alert(AlertLevel::Error, code, &message, None).await;
                }
                MessengerOutput::Finished | MessengerOutput::Idle(_) => return Next::Over,
            }
        }
    }

    /// Sends what the application answers. A repetition after a crash is recognised by its place in the answer.
    async fn reply(&mut self, text: TextMessage) -> MessengerInput {
        let record = &self.message.record;
        self.replies += 1;
        let key = format!("{}:{}", record.sid, self.replies);
        match self.send(text, key).await {
            Ok(sent) => MessengerInput::Sent { sid: sent.sid, status: sent.status },
            Err(Unsent { code, message, passing }) => {
                self.passing |= passing;
                self.alert(AlertLevel::Error, code, &message, None).await;
                MessengerInput::NotSent { code }
            }
        }
    }

    async fn send(&self, text: TextMessage, key: String) -> Result<model::MessageRecord, Unsent> {
        let record = &self.message.record;
        let bad = |code, name: &str, value: &str| Unsent {
            code,
            passing: false,
            message: format!("<Message {name}=\"{value}\"> names nobody who can be texted"),
        };
        let to = if let Some(to) = &text.to {
            to.parse().map_err(|_| bad(BAD_TO, "to", to))?
        } else {
            let nobody = || bad(BAD_TO, "to", "");
            record.from.clone().filter(Correspondent::can_be_answered).ok_or_else(nobody)?
        };
        let sender = match &text.from {
            Some(from) => TextSender::From(from.parse().map_err(|_| bad(BAD_FROM, "from", from))?),
            None => match record.service {
                Some(service) => TextSender::FromService(record.to.clone(), service),
                None => TextSender::From(record.to.clone()),
            },
        };
        let order = SendText {
            sender,
            media: text.media,
            direction: MessageDirection::OutboundReply,
            callback: text.status_callback.map(|hook| (hook.url, hook.method)),
            idempotency_key: Some(key),
            ..SendText::plain(record.account, record.to.clone(), to, text.body)
        };
        accept(self.hub, order).await.map_err(|error: SendTextError| Unsent {
            code: error.code(),
            // The application is asked again later; what was sent already is known by its key, and isn't sent twice.
            passing: matches!(error, SendTextError::Store(_) | SendTextError::QueueFull(_)),
            message: format!("an answer was not sent: {error}"),
        })
    }

    async fn alert(&self, level: AlertLevel, code: u32, message: &str, url: Option<&str>) {
        tracing::warn!(code, message_sid = %self.message.record.sid, "{message}");
        let alert = Alert {
            sid: random(SidKind::Alert),
            account: self.message.record.account,
            call: Some(self.message.record.sid),
            level,
            code,
            message: message.to_owned(),
            url: url.map(str::to_owned),
            at: wall(),
        };
        if let Err(error) = self.hub.store.raise_alert(alert).await {
            tracing::error!(%error, "an alert could not be kept");
        }
    }
}

/// Why an answer was not sent.
struct Unsent {
    code: u32,
    message: String,
    /// It may go better later.
    passing: bool,
}

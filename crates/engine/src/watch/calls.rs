//! Calls about incidents: what they say, and what the keys of who answers do.
//!
//! A call asks for its documents at `alo://watch/call`, as any call asks its application; it is known by its SID.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ::watch::words::{self, After, Key};
use call::Start;
use model::oncall::{Language, Name};
use model::watch::{Author, Incident, Way};
use model::{Method, Party, PhoneNumber, Sid};
use tokio::sync::mpsc;
use twiml::{Document, Gather, GatherPrompt, Hook, Placed, Position, Say, Verb};

use super::desk::Command;
use super::{Act, ActError};
use crate::clock::wall;
use crate::engine::PlaceCall;
use crate::http::AskError;
use crate::hub::Hub;
use crate::inside::Inner;
use crate::lines::Webhook;

/// Where calls ask.
const HOME: &str = "alo://watch/call";
/// Where their keys go.
const KEYS: &str = "alo://watch/key";
/// Silence after which it is said again.
const SILENCE: Duration = Duration::from_secs(6);
/// How often it is said.
const TIMES: usize = 3;
/// "HTTP retrieval failure": <https://www.twilio.com/docs/api/errors/11200>.
const NOTHING_HERE: u32 = 11200;

/// What a call is about, and for whom.
pub(super) struct OnCallAbout {
    pub(super) account: Sid,
    pub(super) person: Name,
    pub(super) language: Language,
    pub(super) incidents: Vec<i64>,
    /// Of the tellings that this call is.
    pub(super) keys: Vec<(i64, String)>,
    pub(super) desk: mpsc::Sender<Command>,
}

/// Calls about incidents that are placed now.
#[derive(Default)]
pub(super) struct Calls(Mutex<HashMap<Sid, Entry>>);

struct Entry {
    about: Arc<OnCallAbout>,
    answered: bool,
}

impl Calls {
    fn entries(&self) -> MutexGuard<'_, HashMap<Sid, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn enter(&self, call: Sid, about: OnCallAbout) {
        let entry = Entry { about: Arc::new(about), answered: false };
        self.entries().insert(call, entry);
    }

    /// It is over; whether it was answered.
    pub(super) fn leave(&self, call: Sid) -> bool {
        self.entries().remove(&call).is_some_and(|entry| entry.answered)
    }

    /// It asks, so it was answered; whether that is the first time.
    fn asks(&self, call: Sid) -> Option<(Arc<OnCallAbout>, bool)> {
        let mut entries = self.entries();
        let entry = entries.get_mut(&call)?;
        let first = !std::mem::replace(&mut entry.answered, true);
        Some((Arc::clone(&entry.about), first))
    }
}

/// A call to be placed.
pub(super) fn order(
    account: Sid,
    from: PhoneNumber,
    to: Party,
    ring_for: Duration,
    time_limit: Duration,
) -> PlaceCall {
    PlaceCall {
        account,
        from: Party::Number(from),
        to,
        number: None,
        start: Start::Url { url: HOME.to_owned(), method: Method::Post, fallback: None },
        ring_for,
        time_limit,
        send_digits: None,
        record_call: None,
        watch: None,
    }
}

/// Answers a request of a call about incidents, or of a text to a number whose texts come here.
pub(crate) async fn answer(
    hub: &Arc<Hub>,
    steps: &[String],
    params: &[(String, String)],
) -> Result<Inner, AskError> {
    let webhook = Webhook::new(hub, params);
    if steps.is_empty() && webhook.text("MessageSid").is_some() {
        return super::commands::answer(hub, &webhook).await;
    }
    let call = webhook.text("CallSid").and_then(|sid| sid.parse::<Sid>().ok());
    let asks = call.and_then(|call| hub.watch.calls.asks(call));
    let Some((about, first)) = asks else {
        let message = "alo://watch is for calls that the watch places, and for texts to it";
        return Err(AskError::inside(NOTHING_HERE, message.to_owned()));
    };
    if first {
        reached(&about).await;
    }
    match steps.first().map(String::as_str) {
        Some("key") => {
            let key = webhook.text("Digits").and_then(|digits| digits.chars().next());
            Ok(Inner::xml(pressed(hub, &about, key).await))
        }
        _ => Ok(Inner::xml(said(hub, &about, None).await)),
    }
}

/// Whoever answered was told: that is on disk before a word is said, so that a crash doesn't have them called again.
async fn reached(about: &OnCallAbout) {
    for (id, key) in &about.keys {
        let told = Command::Told {
            account: about.account,
            id: *id,
            key: key.clone(),
            reached: true,
            detail: "the call was answered".to_owned(),
        };
        let _ = about.desk.send(told).await;
    }
}

/// What is wrong, with the choices; after some words.
async fn said(hub: &Hub, about: &OnCallAbout, before: Option<After<'_>>) -> String {
    let incidents = open(hub, about).await;
    if incidents.is_empty() {
        return farewell(about.language, After::Over);
    }
    let incidents: Vec<&Incident> = incidents.iter().collect();
    let mut prompts = Vec::new();
    prompts.extend(before.map(|after| words::after_key(after, about.language)));
    prompts.push(words::spoken(&incidents, about.language));
    menu(&prompts, about.language)
}

async fn open(hub: &Hub, about: &OnCallAbout) -> Vec<Incident> {
    let mut incidents = Vec::new();
    for id in &about.incidents {
        if let Ok(Some(incident)) = hub.store.incident(about.account, *id).await
            && incident.is_open()
        {
            incidents.push(incident);
        }
    }
    incidents
}

async fn pressed(hub: &Hub, about: &OnCallAbout, key: Option<char>) -> String {
    let Some(key) = key else { return farewell(about.language, After::Silence) };
    let (act, after) = match Key::read(key) {
        Some(Key::Acknowledge) => (Act::Acknowledge, After::Acknowledged),
        Some(Key::Escalate) => (Act::Escalate, After::Escalated),
        Some(Key::Close) => (Act::Close, After::Closed),
        Some(Key::Quiet) => (Act::Quiet, After::Quieted),
        Some(Key::Repeat) => return said(hub, about, None).await,
        None => return said(hub, about, Some(After::Wrong)).await,
    };
    let mut done = false;
    for id in &about.incidents {
        let by = Author { by: Some(about.person.clone()), way: Way::Call, at: wall() };
        match hub.watch.act(about.account, *id, act, by).await {
            Ok(_) => done = true,
            Err(ActError::Over(_) | ActError::NoSuch(_)) => {}
            Err(ActError::Store(error)) => {
                tracing::error!(%error, "what somebody said about an incident could not be kept");
                return said(hub, about, Some(After::NotNow)).await;
            }
        }
    }
    farewell(about.language, if done { after } else { After::Over })
}

fn farewell(language: Language, after: After<'_>) -> String {
    let say = say(&words::after_key(after, language), language);
    twiml::to_xml(&Document { verbs: vec![placed(Verb::Say(say))], warnings: Vec::new() })
}

/// The prompts, then a key is waited for; said some times, then good-bye.
fn menu(prompts: &[String], language: Language) -> String {
    let gather = |prompts: &[String]| {
        let hook = Hook { url: KEYS.to_owned(), method: Method::Post };
        let says = prompts.iter().map(|text| placed(GatherPrompt::Say(say(text, language))));
        placed(Verb::Gather(Gather {
            finish_on_key: None,
            num_digits: Some(1),
            action_on_empty_result: false,
            prompts: says.collect(),
            ..Gather::of_keys(hook, SILENCE)
        }))
    };
    let mut verbs = vec![gather(prompts)];
    let last = prompts.len().saturating_sub(1);
    verbs.extend((1..TIMES).map(|_| gather(&prompts[last..])));
    let goodbye = words::after_key(After::Silence, language);
    verbs.push(placed(Verb::Say(say(&goodbye, language))));
    twiml::to_xml(&Document { verbs, warnings: Vec::new() })
}

fn say(text: &str, language: Language) -> Say {
    Say {
        text: text.to_owned(),
        ssml: None,
        voice: None,
        language: Some(language.spoken().to_owned()),
        times: Some(1),
    }
}

fn placed<T>(item: T) -> Placed<T> {
    Placed { position: Position { line: 1, column: 1 }, item }
}

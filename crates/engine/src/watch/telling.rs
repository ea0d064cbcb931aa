//! Telling people: by text, call or e-mail, and programs by webhook. What came of it goes back to the desk.
//!
//! Texts and e-mails are rows of outboxes, whose keys the far side never sees twice; a text has reached its reader once the
//! carrier has taken it, a call once it was answered, an e-mail once it is in the outbox, a webhook once it answered 2xx.

use std::sync::Arc;
use std::time::Duration;

use ::watch::{Telling, What, words};
use model::oncall::{Language, Name, Person};
use model::watch::{Channel, Incident};
use model::{CallStatus, MessageStatus, Method, Sid};
use store::StoreError;
use tokio::sync::mpsc;

use super::calls::OnCallAbout;
use super::desk::Command;
use crate::engine::Engine;
use crate::http::Ask;
use crate::hub::Hub;
use crate::lines::{self, people};

/// How long a carrier may take a text.
const CARRIER: Duration = Duration::from_secs(90);
/// Pause between two looks at what became of a text or a call.
const LOOK: Duration = Duration::from_millis(500);
/// Longest ringing of somebody's phone.
const RINGING: Duration = Duration::from_secs(40);
/// Longest call about incidents.
const LONGEST_CALL: Duration = Duration::from_secs(300);

/// What one person is told at once.
pub(super) struct Letter {
    pub(super) account: Sid,
    pub(super) person: Name,
    pub(super) channel: Channel,
    pub(super) about: Vec<(Incident, Telling)>,
}

/// Whether it reached them, and how that is known or why not.
type Result<T = String> = std::result::Result<T, String>;

/// Tells somebody, and the desk what came of it.
pub(super) async fn send(engine: Engine, letter: Letter, desk: mpsc::Sender<Command>) {
    let result = tell(&engine, &letter, &desk).await;
    let Letter { account, person, channel, about } = letter;
    let _ = desk.send(Command::Sent { account, person, channel }).await;
    for (incident, telling) in about {
        report(&desk, account, incident.id, telling.key, &result).await;
    }
}

/// Posts to a program, and tells the desk what came of it.
pub(super) async fn post(
    engine: Engine,
    account: Sid,
    url: String,
    about: (Incident, Telling),
    desk: mpsc::Sender<Command>,
) {
    let (incident, telling) = about;
    let result = posted(&engine.hub, account, &url, &incident, &telling).await;
    report(&desk, account, incident.id, telling.key, &result).await;
}

async fn report(
    desk: &mpsc::Sender<Command>,
    account: Sid,
    id: i64,
    key: String,
    result: &Result<String>,
) {
    let (reached, detail) = match result {
        Ok(detail) => (true, detail.clone()),
        Err(detail) => (false, detail.clone()),
    };
    metrics::counter!("alo_watch_told_total", "reached" => if reached { "yes" } else { "no" })
        .increment(1);
    let _ = desk.send(Command::Told { account, id, key, reached, detail }).await;
}

async fn tell(engine: &Engine, letter: &Letter, desk: &mpsc::Sender<Command>) -> Result {
    let hub = &engine.hub;
    let unread = |error: StoreError| error.to_string();
    let people = people(hub, letter.account).await.map_err(unread)?;
    let person = people.get(&letter.person).ok_or("there is no such person any more")?;
    match letter.channel {
        Channel::Text => text(hub, letter, person).await,
        Channel::Mail => mail(hub, letter, person).await,
        Channel::Call => call(engine, letter, person, desk).await,
        Channel::Webhook => Err("a person has no webhook".to_owned()),
    }
}

fn pairs(letter: &Letter) -> Vec<(&Incident, What)> {
    letter.about.iter().map(|(incident, telling)| (incident, telling.what)).collect()
}

/// By which a repetition of all of it is recognised: that of the first.
fn key(letter: &Letter) -> Result {
    let first = letter.about.first().ok_or("there is nothing to tell any more")?;
    Ok(format!("watch/{}", first.1.key))
}

async fn link(hub: &Hub, letter: &Letter) -> Option<String> {
    let (incident, _) = letter
        .about
        .iter()
        .find(|(incident, telling)| telling.what == What::Down && incident.is_open())?;
    super::ack_link(hub, letter.account, incident.id).await.ok()
}

async fn text(hub: &Arc<Hub>, letter: &Letter, person: &Person) -> Result {
    let link = link(hub, letter).await;
    let body = words::text(&pairs(letter), person.language, link.as_deref());
    let sent = lines::text_now(hub, letter.account, person, body, key(letter)?).await?;
    let deadline = tokio::time::Instant::now() + CARRIER;
    loop {
        let message = hub.store.message(sent).await.map_err(|error| error.to_string())?;
        let status = message.map(|message| message.record.status);
        match status {
            Some(MessageStatus::Sent | MessageStatus::Delivered) => {
                return Ok(format!("text {sent} was taken by the carrier"));
            }
            Some(MessageStatus::Failed | MessageStatus::Undelivered | MessageStatus::Canceled) => {
                return Err(format!("text {sent} failed"));
            }
            None => return Err(format!("text {sent} was deleted")),
            Some(_) if tokio::time::Instant::now() >= deadline => {
                return Err(format!("no carrier has taken text {sent}"));
            }
            Some(_) => tokio::time::sleep(LOOK).await,
        }
    }
}

async fn mail(hub: &Hub, letter: &Letter, person: &Person) -> Result {
    let address = person.email.as_deref().ok_or("there is no e-mail address")?;
    let link = link(hub, letter).await;
    let pairs = pairs(letter);
    let subject = words::subject(&pairs, person.language);
    let body = words::mail(&pairs, person.language, link.as_deref());
    let key = key(letter)?;
    let kept = lines::mail_now(hub, letter.account, address, subject, body, key).await;
    kept.map_err(|error| error.to_string())?;
    Ok("the e-mail is in the outbox".to_owned())
}

/// Rings their phones one after the other until one is answered.
async fn call(
    engine: &Engine,
    letter: &Letter,
    person: &Person,
    desk: &mpsc::Sender<Command>,
) -> Result {
    let mut why = "there is no phone that rings".to_owned();
    for phone in person.phones.iter().filter(|phone| phone.rings) {
        let about = OnCallAbout {
            account: letter.account,
            person: person.name.clone(),
            language: person.language,
            incidents: letter.about.iter().map(|(incident, _)| incident.id).collect(),
            keys: letter.about.iter().map(|(i, telling)| (i.id, telling.key.clone())).collect(),
            desk: desk.clone(),
        };
        match ring(engine, letter.account, &phone.at, about).await {
            Ok(said) => return Ok(said),
            Err(said) => why = said,
        }
    }
    Err(why)
}

async fn ring(engine: &Engine, account: Sid, to: &model::Party, about: OnCallAbout) -> Result {
    let hub = &engine.hub;
    let from = lines::number_that_calls(hub, account).await?;
    let order = super::calls::order(account, from, to.clone(), RINGING, LONGEST_CALL);
    let record = engine.place_call(order).await.map_err(|error| error.to_string())?;
    let call = record.sid;
    hub.watch.calls.enter(call, about);
    loop {
        tokio::time::sleep(LOOK).await;
        if !hub.is_live(call) {
            break;
        }
    }
    let answered = hub.watch.calls.leave(call);
    if answered {
        return Ok(format!("{to} answered call {call}"));
    }
    let kept = hub.store.call(call).await.map_err(|error| error.to_string())?;
    let status = kept.map_or(CallStatus::Failed, |record| record.status);
    Err(format!("{to}: {}", status.as_str()))
}

async fn posted(
    hub: &Hub,
    account: Sid,
    url: &str,
    incident: &Incident,
    telling: &Telling,
) -> Result {
    let document = words::posted(incident, telling, Language::English);
    let params = fields(&document)?;
    let token = hub.token(account).await.map_err(|error| error.to_string())?;
    let ask = Ask {
        url,
        method: Method::Post,
        params: &params,
        token: &token,
        idempotency_key: &telling.key,
        cookies: None,
    };
    hub.http.tell(&ask).await.map_err(|error| error.message)?;
    Ok("the webhook answered".to_owned())
}

/// A document's fields as a form's: what is empty is left out.
fn fields(document: &words::Posted) -> Result<Vec<(String, String)>> {
    let value = serde_json::to_value(document).map_err(|error| error.to_string())?;
    let fields = value.as_object().into_iter().flatten();
    Ok(fields
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| {
            (name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        })
        .collect())
}

//! Texts to a line: commands of those who belong to it.

use std::sync::Arc;
use std::time::Duration;

use model::oncall::Name;
use model::{Moment, PhoneNumber, Sid};
use oncall::commands;
use store::{MessageFilter, Page, StoreError};
use twiml::{MessagingDocument, MessagingVerb, Placed, Position, TextMessage};

use super::deeds::{self, Sender, whose};
use super::no_line;
use super::requests::Webhook;
use crate::clock::wall;
use crate::http::AskError;
use crate::hub::Hub;
use crate::inside::Inner;

/// How often a stranger hears that they are one.
const STRANGERS_WAIT: Duration = Duration::from_secs(3600);

/// Answers a text to a line's number.
pub(super) async fn answer(
    hub: &Arc<Hub>,
    name: &Name,
    webhook: &Webhook<'_>,
) -> Result<Inner, AskError> {
    let account = webhook.account;
    let for_now = |error: StoreError| AskError::for_now(error.to_string());
    let line = hub.store.line(account, name).await.map_err(for_now)?;
    let line = line.ok_or_else(|| no_line(name.as_str()))?;
    // STOP, START and HELP are answered already; but HELP of ours asks for the commands, too, and YES may be one.
    let answered = webhook.text("OptOutType").is_some();
    let people = hub.store.people(account).await.map_err(for_now)?;
    let reply = match whose(people, &webhook.party("From")) {
        Some(me) => {
            let command = commands::read(webhook.text("Body").unwrap_or_default());
            let through = webhook.text("To").and_then(|to| to.parse::<PhoneNumber>().ok());
            let key = format!("text/{}", webhook.text("MessageSid").unwrap_or_default());
            let at = written_at(hub, webhook).await.map_err(for_now)?;
            let sender = Sender { account, me, through, key, at };
            let body = webhook.text("Body").unwrap_or_default();
            let about = crate::watch::try_text(hub, account, &sender.me, body).await;
            let told = match about.map_err(for_now)? {
                Some(told) => told,
                None => deeds::carry_out(hub, &sender, &command).await.map_err(for_now)?,
            };
            Some(told).filter(|_| !answered || command != commands::Command::Unknown)
        }
        None if answered => None,
        None if answered_lately(hub, webhook).await.map_err(for_now)? => None,
        None => Some(oncall::words::stranger(&line, webhook.party("To").number())),
    };
    Ok(Inner::xml(written(reply)))
}

/// Whether we texted them just now: two machines would answer each other forever.
async fn answered_lately(hub: &Hub, webhook: &Webhook<'_>) -> Result<bool, StoreError> {
    let text = |name| webhook.text(name).map(str::to_owned);
    let filter = MessageFilter { to: text("From"), from: text("To"), ..MessageFilter::default() };
    let last = hub.store.messages(webhook.account, filter, Page::first(1)).await?.items;
    Ok(last.first().is_some_and(|last| wall().since(last.created_at) < STRANGERS_WAIT))
}

/// When a text came; the same each time that it is asked what to answer.
async fn written_at(hub: &Hub, webhook: &Webhook<'_>) -> Result<Moment, StoreError> {
    let sid = webhook.text("MessageSid").and_then(|sid| sid.parse::<Sid>().ok());
    let Some(sid) = sid else { return Ok(wall()) };
    Ok(hub.store.message(sid).await?.map_or_else(wall, |message| message.record.created_at))
}

pub(crate) fn written(reply: Option<String>) -> String {
    let position = Position { line: 1, column: 1 };
    let verbs = reply.filter(|reply| !reply.is_empty()).map(|body| {
        let message = TextMessage {
            body,
            media: Vec::new(),
            to: None,
            from: None,
            action: None,
            status_callback: None,
        };
        Placed { position, item: MessagingVerb::Message(message) }
    });
    let verbs = verbs.into_iter().collect();
    twiml::messages_to_xml(&MessagingDocument { verbs, warnings: Vec::new() })
}

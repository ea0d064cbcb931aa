//! Texts about incidents: `ack 12`, `close 12`, `escalate 12`, from those who belong to the account.

use std::sync::Arc;

use ::watch::commands::{self, Command};
use ::watch::words::{After, after_key};
use model::Sid;
use model::oncall::Person;
use model::watch::{Author, Way};
use store::StoreError;

use super::{Act, ActError};
use crate::clock::wall;
use crate::http::AskError;
use crate::hub::Hub;
use crate::inside::Inner;
use crate::lines::{Webhook, people, reply, whose};

/// Answers a text to a number whose texts come to the watch.
pub(super) async fn answer(hub: &Arc<Hub>, webhook: &Webhook<'_>) -> Result<Inner, AskError> {
    let for_now = |error: StoreError| AskError::for_now(error.to_string());
    let people = people(hub, webhook.account).await.map_err(for_now)?;
    let Some(me) = whose(people.into_values().collect(), &webhook.party("From")) else {
        return Ok(Inner::xml(reply(None)));
    };
    let body = webhook.text("Body").unwrap_or_default();
    let said = try_text(hub, webhook.account, &me, body).await.map_err(for_now)?;
    Ok(Inner::xml(reply(said)))
}

/// Does what a text says about an incident, and what is answered; `None`: it is about none.
pub(crate) async fn try_text(
    hub: &Hub,
    account: Sid,
    me: &Person,
    body: &str,
) -> Result<Option<String>, StoreError> {
    let Some(command) = commands::read(body) else { return Ok(None) };
    let (id, act, after) = match command {
        Command::Acknowledge(id) => (id, Act::Acknowledge, After::Acknowledged),
        Command::Close(id) => (id, Act::Close, After::Closed),
        Command::Escalate(id) => (id, Act::Escalate, After::Escalated),
    };
    let by = Author { by: Some(me.name.clone()), way: Way::Text, at: wall() };
    match hub.watch.act(account, id, act, by).await {
        Ok(_) => Ok(Some(after_key(after, me.language))),
        Err(ActError::Over(_)) => Ok(Some(after_key(After::Over, me.language))),
        // A missed call may have the number.
        Err(ActError::NoSuch(_)) => Ok(None),
        Err(ActError::Store(error)) => Err(error),
    }
}

//! What people are told: a text to the phone that takes texts, and an e-mail where they have an address.

use std::sync::Arc;

use model::oncall::{LineCall, LineOutcome, Mail, Name, Person, TextKind};
use model::{Correspondent, MessageDirection, PhoneNumber, Sid};
use oncall::{Notice, words};
use store::{NumberFilter, Page, StoreError};

use super::{Hunting, Live, duty};
use crate::clock::wall;
use crate::hub::Hub;
use crate::texts::{self, SendText, SendTextError};

/// Nobody could be told: alerts of our own have the code of "Internal Failure",
/// <https://www.twilio.com/docs/api/errors/12400>.
pub(super) const NOBODY: u32 = 12400;
/// Longest text, as the API takes it.
const LONGEST: usize = 1600;

/// What somebody is told.
pub(super) struct Letter {
    pub(super) subject: String,
    pub(super) text: String,
    /// By which a repetition is recognised.
    pub(super) key: String,
}

/// A call was missed, or has a message: its ticket is drawn, and those whom it concerns are told.
pub(super) async fn told(
    hub: &Arc<Hub>,
    live: &Live,
    hunting: &mut Hunting,
    notice: Notice,
) -> Result<(), StoreError> {
    let mut record = hunting.hunt.record().clone();
    record.ticket = hunting.ticket;
    // It is over once they are told: after a crash before, the next start tells them.
    let open = LineCall { ended_at: None, ..record.clone() };
    let ticket = hub.store.miss_line_call(live.account, open).await?;
    hunting.ticket = Some(ticket);
    record.ticket = Some(ticket);
    concerning(hub, live.account, &live.line, &record, notice.kind, &notice.to).await
}

/// Tells `to` of a call that was missed or has a message.
pub(super) async fn concerning(
    hub: &Hub,
    account: Sid,
    line: &model::oncall::Line,
    record: &model::oncall::LineCall,
    kind: TextKind,
    to: &[Name],
) -> Result<(), StoreError> {
    let people = duty::people(hub, account).await?;
    let link = record.voicemail.map(|recording| {
        format!(
            "{}/2010-04-01/Accounts/{account}/Recordings/{recording}.wav",
            hub.settings.public_url
        )
    });
    let rules = line.voicemail.clone().unwrap_or_default();
    let missed = record.outcome != LineOutcome::Voicemail;
    let called = record.to.number().cloned();
    let from = line.text_from.clone().or(called);
    let key = format!("line/{}/{kind:?}", record.call);
    for name in to {
        let Some(person) = people.get(name) else { continue };
        let letter = Letter {
            subject: words::call_subject(kind, person.language, line, record),
            text: words::about_call(kind, person.language, line, record, link.as_deref()),
            key: format!("{key}/{name}"),
        };
        if missed || rules.text {
            let key = letter.key.clone();
            text(hub, account, from.as_ref(), Some(person), letter.text.clone(), key).await?;
        }
        if missed || rules.email {
            mail(hub, account, person.email.as_deref(), letter).await?;
        }
    }
    for address in rules.also.iter().filter(|_| !missed) {
        let letter = Letter {
            subject: words::call_subject(kind, line.language, line, record),
            text: words::about_call(kind, line.language, line, record, link.as_deref()),
            key: format!("{key}/{address}"),
        };
        mail(hub, account, Some(address), letter).await?;
    }
    Ok(())
}

/// Tells one person by text and by e-mail, so far as they have a phone and an address for it.
pub(super) async fn person(
    hub: &Hub,
    account: Sid,
    from: Option<&PhoneNumber>,
    line: Option<&Name>,
    person: &Person,
    letter: Letter,
) -> Result<(), StoreError> {
    let from = match from {
        Some(from) => Some(from.clone()),
        None => number_for(hub, account, line).await?,
    };
    let has_mail = person.email.is_some() && hub.settings.mail.is_some();
    if person.texts_at().is_none() && !has_mail {
        let message = format!(
            "{} could not be told of their duty ({}): they have no phone that takes texts, and no e-mail address \
             that can be written to ([mail] in alo.toml)",
            person.name, letter.subject
        );
        super::raise(hub, account, None, NOBODY, message).await;
    }
    let (body, key) = (letter.text.clone(), letter.key.clone());
    text(hub, account, from.as_ref(), Some(person), body, key).await?;
    mail(hub, account, person.email.as_deref(), letter).await
}

/// Sends a text, if they have a phone for it. What can't be sent is an alert; what can't be kept now is an error.
pub(super) async fn text(
    hub: &Hub,
    account: Sid,
    from: Option<&PhoneNumber>,
    person: Option<&Person>,
    body: String,
    key: String,
) -> Result<(), StoreError> {
    let Some(person) = person else { return Ok(()) };
    let Some(to) = person.texts_at() else { return Ok(()) };
    let own = to.number();
    let fits = |from: &&PhoneNumber| !from.is_fixed_line() && Some(*from) != own;
    let other = match from.filter(fits) {
        Some(_) => None,
        None => number_for(hub, account, None).await?,
    };
    let Some(from) = from.filter(fits).or(other.as_ref()) else {
        let message = format!(
            "{} could not be told by text: the account has no number that can send texts; \
             add one with `alo numbers add`, and name it as the line's text_from",
            person.name
        );
        super::raise(hub, account, None, 21606, message).await;
        return Ok(());
    };
    let body = body.chars().take(LONGEST).collect();
    let order = SendText {
        direction: MessageDirection::OutboundApi,
        idempotency_key: Some(key),
        ..SendText::plain(account, Correspondent::Number(from.clone()), to.clone(), body)
    };
    match texts::accept(hub, order).await {
        Ok(_) => Ok(()),
        Err(SendTextError::Store(error)) => Err(error),
        // It passes: whoever tells comes again.
        Err(SendTextError::QueueFull(_)) => Err(StoreError::Busy),
        Err(error) => {
            let message = format!("{} could not be told by text: {error}", person.name);
            super::raise(hub, account, None, error.code(), message).await;
            Ok(())
        }
    }
}

/// Sends a text to somebody; its SID, or in words why not.
pub(crate) async fn text_now(
    hub: &Hub,
    account: Sid,
    person: &Person,
    body: String,
    key: String,
) -> Result<Sid, String> {
    let to = person.texts_at().ok_or("there is no phone that takes texts")?;
    let from = number_for(hub, account, None).await.map_err(|error| error.to_string())?;
    let from = from.ok_or("the account has no number that can send texts")?;
    let order = SendText {
        direction: MessageDirection::OutboundApi,
        idempotency_key: Some(key),
        ..SendText::plain(account, Correspondent::Number(from), to, body)
    };
    let sent = texts::accept(hub, order).await.map_err(|error| error.to_string())?;
    Ok(sent.sid)
}

/// Puts an e-mail into the outbox.
pub(crate) async fn mail_now(
    hub: &Hub,
    account: Sid,
    to: &str,
    subject: String,
    text: String,
    key: String,
) -> Result<(), StoreError> {
    mail(hub, account, Some(to), Letter { subject, text, key }).await
}

/// A number of the account that its calls to people show.
pub(crate) async fn number_that_calls(hub: &Hub, account: Sid) -> Result<PhoneNumber, String> {
    let found = number_for(hub, account, None).await.map_err(|error| error.to_string())?;
    let found = if found.is_some() {
        found
    } else {
        let numbers = hub.store.numbers(account, NumberFilter::default(), Page::first(1)).await;
        let numbers = numbers.map_err(|error| error.to_string())?.items;
        numbers.into_iter().next().map(|number| number.number)
    };
    found.ok_or_else(|| "the account has no number to call from".to_owned())
}

async fn mail(hub: &Hub, account: Sid, to: Option<&str>, letter: Letter) -> Result<(), StoreError> {
    let (Some(to), Some(_)) = (to, &hub.settings.mail) else { return Ok(()) };
    let now = wall();
    let Letter { subject, text, key } = letter;
    let to = to.to_owned();
    let mail =
        Mail { id: 0, account, to, subject, text, key, attempts: 0, due_at: now, created_at: now };
    hub.post(mail).await
}

/// The account's number that people text best: that of the line, else any that isn't a fixed line's.
async fn number_for(
    hub: &Hub,
    account: Sid,
    line: Option<&Name>,
) -> Result<Option<PhoneNumber>, StoreError> {
    let page = Page { size: Page::LARGEST, ..Page::default() };
    let numbers = hub.store.numbers(account, NumberFilter::default(), page).await?.items;
    let texting = || numbers.iter().filter(|number| !number.number.is_fixed_line());
    let own = line.and_then(|line| {
        let home = format!("alo://roulette/{line}");
        texting().find(|number| number.text.url.as_deref() == Some(home.as_str()))
    });
    let found = own.or_else(|| {
        texting().find(|number| {
            number.text.url.as_deref().is_some_and(|url| url.starts_with("alo://roulette/"))
        })
    });
    let found = found.or_else(|| texting().next());
    Ok(found.map(|number| number.number.clone()))
}

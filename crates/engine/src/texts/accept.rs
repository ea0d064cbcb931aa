//! A message on its way in from the API: who sends it, whether anybody may be sent it, and then to disk.

use std::sync::atomic::Ordering;
use std::time::Duration;

use model::{
    Correspondent, MediaRecord, MessageDirection, MessagePlan, MessageRecord, MessageStatus,
    Moment, Service, Sid, SidKind,
};
use sms::text;
use store::{Creation, NewMessage};

use crate::clock::wall;
use crate::hub::Hub;
use crate::sids::random;
use crate::texts::cards::ServiceCard;
use crate::texts::choice;
use crate::texts::order::{SendText, SendTextError, TextSender};
use crate::texts::submit::{PHONES, WITHIN};
use crate::texts::words;

/// How long a message may wait unless it says otherwise (Twilio's default and limit, 36,000 s).
const VALIDITY: Duration = Duration::from_secs(36_000);
/// Soonest that a message may be scheduled for (Twilio's limits: 5 minutes to 35 days).
const SOONEST: Duration = Duration::from_secs(5 * 60);
/// Latest that a message may be scheduled for.
const LATEST: Duration = Duration::from_secs(35 * 24 * 60 * 60);
/// "SendAt is required to be between 5 minutes and 35 days ahead".
const BAD_SCHEDULE: u32 = 35114;
/// "MessagingServiceSid is required to schedule a message".
const NO_SERVICE_TO_SCHEDULE: u32 = 35118;

/// Who sends, and through what.
struct Sender {
    from: Correspondent,
    service: Option<std::sync::Arc<ServiceCard>>,
    /// Under what its receivers opt out.
    scope: String,
}

/// Keeps a message; it is on disk when this returns. Also while the server is about to stop: what calls and answers say
/// then goes after the next start.
pub(crate) async fn accept(hub: &Hub, order: SendText) -> Result<MessageRecord, SendTextError> {
    let now = wall();
    let due_at = due_at(&order, now)?;
    if !order.to.can_be_answered() {
        return Err(SendTextError::BadReceiver(order.to));
    }
    let sender = sender(hub, &order).await?;
    if sender.from == order.to {
        return Err(SendTextError::SameNumber(order.to));
    }
    let carrier = carrier(hub, &sender.from, &order.to).await?;
    let waiting = hub.texts.waiting.load(Ordering::Relaxed);
    if waiting >= hub.settings.texts.queued {
        return Err(SendTextError::QueueFull(waiting));
    }
    let (new, record) = written(&order, sender, carrier, (now, due_at));
    let to = record.to.clone();
    // Counted before, since it may have gone by the time that this task hears that it was kept.
    hub.texts.waiting.fetch_add(1, Ordering::Relaxed);
    let creation = hub.store.create_message(new).await;
    if !matches!(creation, Ok(Creation::Kept)) {
        hub.texts.one_less();
    }
    match creation? {
        Creation::Kept => {
            metrics::counter!("alo_texts_total", "direction" => record.direction.as_str())
                .increment(1);
            hub.texts.desk.poke();
            Ok(record)
        }
        Creation::Repeated(before) => Ok(before),
        Creation::Barred => Err(SendTextError::OptedOut(to)),
    }
}

/// When it is to be sent, if not at once.
fn due_at(order: &SendText, now: Moment) -> Result<Option<Moment>, SendTextError> {
    let Some(at) = order.send_at else { return Ok(None) };
    if matches!(order.sender, TextSender::From(_)) {
        let message =
            "a message is scheduled through a service: give MessagingServiceSid".to_owned();
        return Err(SendTextError::Schedule { code: NO_SERVICE_TO_SCHEDULE, message });
    }
    if at < now + SOONEST || at > now + LATEST {
        let message = "SendAt must lie 5 minutes to 35 days ahead".to_owned();
        return Err(SendTextError::Schedule { code: BAD_SCHEDULE, message });
    }
    Ok(Some(at))
}

async fn sender(hub: &Hub, order: &SendText) -> Result<Sender, SendTextError> {
    match &order.sender {
        TextSender::From(from) => sole(hub, order.account, from).await,
        TextSender::Service(sid) => of_service(hub, order, *sid, None).await,
        TextSender::FromService(from, sid) => of_service(hub, order, *sid, Some(from)).await,
    }
}

/// An address of the account's own.
async fn sole(hub: &Hub, account: Sid, from: &Correspondent) -> Result<Sender, SendTextError> {
    let plain = |scope| Sender { from: from.clone(), service: None, scope };
    match from {
        Correspondent::Number(_) | Correspondent::ShortCode(_) => {
            let card = hub.texts.cards.of(hub.store.as_ref(), from).await?;
            match card.filter(|card| card.account == account) {
                Some(card) => Ok(plain(card.scope(from))),
                None => Err(SendTextError::NotOurs(from.clone())),
            }
        }
        Correspondent::Alpha(_) => Ok(plain(from.to_string())),
        Correspondent::Client(name) => {
            let directory = hub.directory.now();
            let ours = directory.phone(name).is_some_and(|phone| phone.account == account);
            if ours {
                Ok(plain(from.to_string()))
            } else {
                Err(SendTextError::NotOurs(from.clone()))
            }
        }
        Correspondent::Sip(_) | Correspondent::Other(_) => {
            Err(SendTextError::BadSender(from.clone()))
        }
    }
}

/// The sender of a service that fits, or the one asked for if it is one of its.
async fn of_service(
    hub: &Hub,
    order: &SendText,
    sid: Sid,
    wanted: Option<&Correspondent>,
) -> Result<Sender, SendTextError> {
    let card = hub.texts.cards.service(hub.store.as_ref(), sid).await?;
    let card = card.filter(|card| card.service.account == order.account);
    let card = card.ok_or(SendTextError::NoService(sid))?;
    let from = match wanted {
        Some(from) if card.senders.iter().any(|sender| sender.address == *from) => from.clone(),
        Some(from) => {
            return Err(SendTextError::NotOfService { from: from.clone(), service: sid });
        }
        None => {
            let before = if card.service.sticky_sender {
                hub.store.sticky_sender(sid, &order.to).await?
            } else {
                None
            };
            let chosen = choice::choose(&card, before.as_ref(), &order.to);
            chosen.ok_or(SendTextError::NoSenders(sid))?
        }
    };
    Ok(Sender { from, scope: sid.to_string(), service: Some(card) })
}

/// The carrier that is to bring it there, if all goes well; an error if none could.
async fn carrier(
    hub: &Hub,
    from: &Correspondent,
    to: &Correspondent,
) -> Result<String, SendTextError> {
    let unreachable = || SendTextError::Unreachable { from: from.clone(), to: to.clone() };
    match to {
        Correspondent::Client(name) => {
            let known = hub.directory.now().phone(name).is_some();
            return if known { Ok(PHONES.to_owned()) } else { Err(unreachable()) };
        }
        Correspondent::Sip(_) => return Ok(PHONES.to_owned()),
        Correspondent::Number(_)
        | Correspondent::ShortCode(_)
        | Correspondent::Alpha(_)
        | Correspondent::Other(_) => {}
    }
    if hub.texts.cards.is_ours(hub.store.as_ref(), to).await? {
        return Ok(WITHIN.to_owned());
    }
    let carriers = hub.texts.reach(to, from);
    let first = carriers.first().ok_or_else(unreachable)?;
    let real = carriers.iter().any(|carrier| !carrier.is_virtual());
    if real && hub.texts.cards.is_fixed_line(to) {
        return Err(SendTextError::Landline(to.clone()));
    }
    Ok(first.name().to_owned())
}

/// The row of a message, and its record.
fn written(
    order: &SendText,
    sender: Sender,
    carrier: String,
    (now, due_at): (Moment, Option<Moment>),
) -> (NewMessage, MessageRecord) {
    let Sender { from, service, scope } = sender;
    let service = service.as_ref().map(|card| &card.service);
    let smart = order.smart_encoded.unwrap_or_else(|| service.is_some_and(|it| it.smart_encoding));
    let status = match (due_at, service) {
        (Some(_), _) => MessageStatus::Scheduled,
        (None, Some(_)) => MessageStatus::Accepted,
        (None, None) => MessageStatus::Queued,
    };
    let kind = if order.media.is_empty() { SidKind::Message } else { SidKind::MediaMessage };
    let segments =
        if smart { text::segments(&text::smart(&order.body)) } else { text::segments(&order.body) };
    let record = MessageRecord {
        sid: random(kind),
        account: order.account,
        service: service.map(|service| service.sid),
        direction: order.direction,
        from: Some(from),
        to: order.to.clone(),
        body: order.body.clone(),
        segments,
        media: u32::try_from(order.media.len()).unwrap_or(u32::MAX),
        status,
        error_code: None,
        error_message: None,
        price: None,
        carrier: Some(carrier),
        created_at: now,
        updated_at: now,
        sent_at: None,
    };
    let plan = plan(order, service, smart, (now, due_at));
    let media = order.media.iter().map(|url| media(&record, url)).collect();
    // Replies to STOP go out although it bars all else.
    let barred_by = (!order.despite_opt_out).then_some(scope);
    let callbacks = words::callback(&record, &plan, status, now).filter(|_| service.is_some());
    let new = NewMessage {
        media,
        callbacks: callbacks.into_iter().collect(),
        idempotency_key: order.idempotency_key.clone(),
        unless_barred_by: barred_by,
        sticky: service.is_some_and(|service| service.sticky_sender),
        ..NewMessage::plain(record.clone(), plan)
    };
    (new, record)
}

/// How it goes on: what the order says, else its service, else the default.
fn plan(
    order: &SendText,
    service: Option<&Service>,
    smart_encoded: bool,
    (now, due_at): (Moment, Option<Moment>),
) -> MessagePlan {
    let validity = order.validity.or(service.map(|service| service.validity)).unwrap_or(VALIDITY);
    let due_at = due_at.unwrap_or(now);
    let by_service = || {
        let url = service.and_then(|service| service.callback.clone())?;
        Some((url, model::Method::Post))
    };
    MessagePlan {
        callback: order.callback.clone().or_else(by_service),
        smart_encoded,
        max_price: order.max_price,
        discard_body: order.discard_body,
        obfuscate: order.obfuscate,
        attempts: 0,
        due_at,
        expires_at: Some(due_at + validity),
    }
}

fn media(record: &MessageRecord, url: &str) -> MediaRecord {
    MediaRecord {
        sid: random(SidKind::Media),
        account: record.account,
        message: record.sid,
        content_type: "application/octet-stream".to_owned(),
        url: Some(url.to_owned()),
        size: None,
        created_at: record.created_at,
        updated_at: record.created_at,
    }
}

impl SendText {
    /// A message from one address to another, with nothing out of the ordinary.
    pub fn plain(account: Sid, from: Correspondent, to: Correspondent, body: String) -> SendText {
        SendText {
            account,
            sender: TextSender::From(from),
            to,
            body,
            media: Vec::new(),
            direction: MessageDirection::OutboundApi,
            callback: None,
            validity: None,
            max_price: None,
            send_at: None,
            smart_encoded: None,
            discard_body: false,
            obfuscate: false,
            idempotency_key: None,
            despite_opt_out: false,
        }
    }
}

//! What carriers bring: messages, parts of messages, and receipts. Each is on disk before the carrier is told so.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use model::{
    Correspondent, Fragment, MediaRecord, MessageDirection, MessagePart, MessagePlan,
    MessageRecord, MessageStatus, Moment, Sid, SidKind,
};
use sms::consent::{self, Word};
use sms::delivery::{Delivery, Input};
use sms::{CarrierEvent, Inbound, InboundContent, MediaLink, Receipt, Verdict, assembly};
use store::{Creation, FragmentSet, Message, NewMessage, PartFound, StoreError};
use tokio::sync::{Semaphore, mpsc};

use crate::clock::wall;
use crate::hub::Hub;
use crate::sids::random;
use crate::texts::accept::accept;
use crate::texts::cards::Card;
use crate::texts::desk::DeskInput;
use crate::texts::offices::Office;
use crate::texts::order::{SendText, TextSender};
use crate::texts::settle::settle;

/// Events of one carrier that are worked on at once; more wait in its channel.
const AT_ONCE: usize = 256;
/// How long a receipt waits for the submission it is about to be on disk: carriers may be quicker than we are.
const RECEIPT_PATIENCE: Duration = Duration::from_secs(5);
/// Pause after the store could not be read.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// Longest text that is kept of a message that comes in, in characters; the rest is cut off with a warning. 255 parts
/// (3GPP TS 23.040 §9.2.3.24.1) of 153 septets are no longer.
const LONGEST: usize = 255 * 153;

/// A message that came in, whole.
pub(crate) struct Arrived {
    id: Option<String>,
    from: Correspondent,
    to: Correspondent,
    text: String,
    segments: u32,
    media: Vec<MediaLink>,
    fragments: Option<FragmentSet>,
}

impl Arrived {
    /// What somebody wrote on a handset of the virtual carrier.
    pub(crate) fn written_on(
        handset: Correspondent,
        to: Correspondent,
        text: String,
        media: Vec<MediaLink>,
    ) -> Arrived {
        let segments = sms::text::segments(&text);
        Arrived { id: None, from: handset, to, text, segments, media, fragments: None }
    }
}

/// Works on what a carrier tells until it ends.
pub(crate) async fn serve(
    hub: Arc<Hub>,
    office: Arc<Office>,
    mut events: mpsc::Receiver<CarrierEvent>,
) {
    let room = Arc::new(Semaphore::new(AT_ONCE));
    while let Some(event) = events.recv().await {
        let (hub, office) = (Arc::clone(&hub), Arc::clone(&office));
        let room = Arc::clone(&room);
        match event {
            CarrierEvent::State(state) => {
                office.set_state(state.clone());
                let up = state == sms::CarrierState::Up;
                let carrier = office.name().to_owned();
                tracing::info!(carrier, up, ?state, "a carrier's state changed");
                hub.texts.desk.tell(DeskInput::State { carrier, up }).await;
            }
            CarrierEvent::Inbound { inbound, done } => {
                let Ok(place) = room.acquire_owned().await else { return };
                tokio::spawn(async move {
                    let _place = place;
                    office.received.fetch_add(1, Ordering::Relaxed);
                    let _ = done.send(take_inbound(&hub, office.name(), inbound).await);
                });
            }
            CarrierEvent::Receipt { receipt, done } => {
                let Ok(place) = room.acquire_owned().await else { return };
                tokio::spawn(async move {
                    let _place = place;
                    office.receipts.fetch_add(1, Ordering::Relaxed);
                    let _ = done.send(take_receipt(&hub, &office, receipt).await);
                });
            }
        }
    }
}

/// Keeps a message, or a part of one.
pub(crate) async fn take_inbound(hub: &Hub, carrier: &str, inbound: Inbound) -> Verdict {
    match keep(hub, carrier, inbound).await {
        Ok(verdict) => verdict,
        Err(error) => {
            tracing::error!(%error, carrier, "a message that came in could not be kept");
            Verdict::Later
        }
    }
}

async fn keep(hub: &Hub, carrier: &str, inbound: Inbound) -> Result<Verdict, StoreError> {
    let Inbound { id, from, to, content, media } = inbound;
    let Some(card) = hub.texts.cards.of(hub.store.as_ref(), &to).await? else {
        tracing::warn!(carrier, to = ?to, "a message came in for a number that nobody here has");
        metrics::counter!("alo_texts_unknown_total", "carrier" => carrier.to_owned()).increment(1);
        return Ok(Verdict::Unknown);
    };
    let arrived = match content {
        InboundContent::Whole { text, segments } => {
            Arrived { id, from, to, text, segments, media, fragments: None }
        }
        InboundContent::Part { reference, total, number, text } => {
            let fragment = Fragment {
                carrier: carrier.to_owned(),
                from: from.to_string(),
                to: to.to_string(),
                reference,
                total,
                number,
                units: text,
                received_at: wall(),
            };
            return keep_part(hub, carrier, &card, fragment, (from, to), media).await;
        }
    };
    keep_whole(hub, carrier, &card, arrived).await?;
    Ok(Verdict::Kept)
}

/// Keeps a part; the message, once all are there.
async fn keep_part(
    hub: &Hub,
    carrier: &str,
    card: &Card,
    part: Fragment,
    (from, to): (Correspondent, Correspondent),
    media: Vec<MediaLink>,
) -> Result<Verdict, StoreError> {
    let set = FragmentSet::of(&part);
    let _turn = hub.texts.repeated.turn(&set).await;
    if hub.texts.repeated.knows(&part) {
        tracing::info!(carrier, "a part of a long message came again, and was passed over");
        return Ok(Verdict::Kept);
    }
    let segments = part.total;
    let all = hub.store.keep_fragment(part).await?;
    hub.texts.fragments.notify_one();
    let Some(text) = assembly::assemble(&all) else { return Ok(Verdict::Kept) };
    let fragments = Some(set.clone());
    let arrived = Arrived { id: None, from, to, text, segments, media, fragments };
    keep_whole(hub, carrier, card, arrived).await?;
    hub.texts.repeated.keep(set, &all);
    Ok(Verdict::Kept)
}

/// Keeps what there is of messages whose other parts did not come in time, for as long as the server runs.
pub(crate) async fn give_up_waiting(hub: Arc<Hub>) {
    loop {
        let oldest = hub.store.oldest_fragment().await;
        let wait = match oldest {
            Ok(Some(at)) => Some((at + assembly::WAIT_FOR_PARTS).since(wall())),
            Ok(None) => None,
            Err(_) => Some(AFTER_FAILURE),
        };
        match wait {
            Some(Duration::ZERO) => {
                if let Err(error) = keep_remains(&hub).await {
                    tracing::error!(%error, "parts of a long message could not be kept");
                    tokio::time::sleep(AFTER_FAILURE).await;
                }
            }
            Some(wait) => tokio::time::sleep(wait).await,
            None => hub.texts.fragments.notified().await,
        }
    }
}

async fn keep_remains(hub: &Hub) -> Result<(), StoreError> {
    let before = Moment::from_micros(
        wall().micros().saturating_sub(assembly::WAIT_FOR_PARTS.as_micros() as i64),
    );
    let remains = hub.store.stale_fragments(before).await?;
    let Some(first) = remains.first() else { return Ok(()) };
    let set = FragmentSet::of(first);
    let _turn = hub.texts.repeated.turn(&set).await;
    // Read again: the last part may have come meanwhile. If another set is the oldest now, it has its turn next.
    let remains = hub.store.stale_fragments(before).await?;
    let Some(first) = remains.first().filter(|it| FragmentSet::of(it) == set) else {
        return Ok(());
    };
    let to = Correspondent::from_carrier(&first.to);
    let arrived = Arrived {
        id: None,
        from: Correspondent::from_carrier(&first.from),
        text: assembly::assemble_what_there_is(&remains),
        segments: u32::try_from(remains.len()).unwrap_or(u32::MAX),
        media: Vec::new(),
        fragments: Some(FragmentSet::of(first)),
        to,
    };
    tracing::warn!(parts = remains.len(), of = first.total, "a long message stayed incomplete");
    let carrier = first.carrier.clone();
    let card = hub.texts.cards.of(hub.store.as_ref(), &arrived.to).await?;
    // The number may have been given up meanwhile: then the server's own account keeps it.
    let card = card.unwrap_or_else(|| Arc::new(Card::nobodys(hub.settings.account)));
    keep_whole(hub, &carrier, &card, arrived).await.map(|_| ())
}

/// Keeps a message, hears STOP and its like, and has the application asked.
pub(crate) async fn keep_whole(
    hub: &Hub,
    carrier: &str,
    card: &Card,
    arrived: Arrived,
) -> Result<MessageRecord, StoreError> {
    let now = wall();
    let word = consent::word(&arrived.text, card.country.as_deref());
    let scope = card.scope(&arrived.to);
    match word {
        Some(Word::Stop) => hub.store.opt_out(card.account, &scope, &arrived.from, now).await?,
        Some(Word::Start) => {
            hub.store.opt_in(card.account, &scope, &arrived.from).await?;
        }
        Some(Word::Help) | None => {}
    }
    let came_as = arrived.id.clone().map(|id| (carrier.to_owned(), id));
    let fragments = arrived.fragments.clone();
    let (record, media) = written(carrier, card, arrived, now);
    let new = NewMessage {
        media,
        came_as,
        fragments,
        ..NewMessage::plain(record.clone(), MessagePlan::at_once(now, None))
    };
    let kept = match hub.store.create_message(new).await? {
        Creation::Kept | Creation::Barred => {
            metrics::counter!("alo_texts_total", "direction" => "inbound").increment(1);
            record
        }
        Creation::Repeated(before) => before,
    };
    if let Some(word) = word {
        answer_word(hub, card, &kept, word).await;
    }
    hub.texts.asker.notify_one();
    Ok(kept)
}

fn written(
    carrier: &str,
    card: &Card,
    arrived: Arrived,
    now: Moment,
) -> (MessageRecord, Vec<MediaRecord>) {
    let kind = if arrived.media.is_empty() { SidKind::Message } else { SidKind::MediaMessage };
    let mut body = arrived.text;
    if let Some((at, _)) = body.char_indices().nth(LONGEST) {
        tracing::warn!("a message that came in is longer than {LONGEST} characters and was cut");
        body.truncate(at);
    }
    let record = MessageRecord {
        sid: random(kind),
        account: card.account,
        service: card.service.as_ref().map(|card| card.service.sid),
        direction: MessageDirection::Inbound,
        from: Some(arrived.from),
        to: arrived.to,
        body,
        segments: arrived.segments,
        media: u32::try_from(arrived.media.len()).unwrap_or(u32::MAX),
        status: MessageStatus::Receiving,
        error_code: None,
        error_message: None,
        price: None,
        carrier: Some(carrier.to_owned()),
        created_at: now,
        updated_at: now,
        sent_at: Some(now),
    };
    let media = arrived.media.into_iter().map(|link| MediaRecord {
        sid: random(SidKind::Media),
        account: record.account,
        message: record.sid,
        content_type: link.content_type,
        url: Some(link.url),
        size: None,
        created_at: now,
        updated_at: now,
    });
    let media = media.collect();
    (record, media)
}

/// Says that STOP, START or HELP was heard, once.
async fn answer_word(hub: &Hub, card: &Card, heard: &MessageRecord, word: Word) {
    let Some(from) = heard.from.clone().filter(Correspondent::can_be_answered) else { return };
    let name = card.service.as_ref().map(|card| card.service.friendly_name.as_str());
    let body = consent::reply(word, card.country.as_deref(), name);
    let sender = match heard.service {
        Some(service) => TextSender::FromService(heard.to.clone(), service),
        None => TextSender::From(heard.to.clone()),
    };
    let order = SendText {
        sender,
        direction: MessageDirection::OutboundReply,
        idempotency_key: Some(format!("consent:{}", heard.sid)),
        despite_opt_out: true,
        ..SendText::plain(heard.account, heard.to.clone(), from, body)
    };
    if let Err(error) = accept(hub, order).await {
        tracing::warn!(%error, word = word.as_str(), "the answer to a word of consent was not sent");
    }
}

/// Keeps what became of a part.
pub(crate) async fn take_receipt(hub: &Hub, office: &Office, receipt: Receipt) -> Verdict {
    let deadline = tokio::time::Instant::now() + RECEIPT_PATIENCE;
    loop {
        let settled = office.settled.notified();
        // Asked before it is looked: what settles between the look and the question would be missed.
        let in_flight = office.in_flight.load(Ordering::SeqCst);
        match keep_receipt(hub, office.name(), &receipt).await {
            Ok(true) => return Verdict::Kept,
            Ok(false) if in_flight > 0 => {
                if tokio::time::timeout_at(deadline, settled).await.is_err() {
                    break;
                }
            }
            Ok(false) => break,
            Err(error) => {
                tracing::error!(%error, "a receipt could not be kept");
                return Verdict::Later;
            }
        }
    }
    let carrier = office.name();
    metrics::counter!("alo_receipts_unknown_total", "carrier" => carrier.to_owned()).increment(1);
    tracing::warn!(carrier, ids = ?receipt.ids, "a receipt names no message that this carrier took");
    Verdict::Unknown
}

/// `false` if no message of ours has a part of that name.
async fn keep_receipt(hub: &Hub, carrier: &str, receipt: &Receipt) -> Result<bool, StoreError> {
    for id in &receipt.ids {
        let Some(found) = hub.store.part(carrier, id).await? else { continue };
        let message = found.part.message;
        let _lock = hub.texts.locks.of(message).await;
        // Read again, since another receipt, or a client, may have changed it meanwhile.
        let found = hub.store.part(carrier, id).await?;
        let Some(PartFound { part, message, all }) = found else { return Ok(true) };
        apply(hub, part, message, all, receipt).await?;
        return Ok(true);
    }
    Ok(false)
}

async fn apply(
    hub: &Hub,
    part: MessagePart,
    message: Message,
    all: Vec<MessagePart>,
    receipt: &Receipt,
) -> Result<(), StoreError> {
    let now = wall();
    let mut delivery = Delivery::of(message.record, message.plan, all);
    delivery.handle(
        now,
        Input::Receipt {
            carrier: part.carrier,
            id: part.id,
            state: receipt.state,
            error_code: receipt.error_code,
        },
    );
    if let Some(change) = settle(&mut delivery, now).change {
        hub.store.change_message(change).await?;
        hub.outbox.notify_one();
    }
    Ok(())
}

impl Card {
    /// For what came in for a number that was given up meanwhile.
    fn nobodys(account: Sid) -> Card {
        Card { account, routing: model::TextRouting::default(), service: None, country: None }
    }
}

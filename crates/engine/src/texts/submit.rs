//! One message, one try: made ready, handed over, and what became of it brought to disk.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use model::{MessageDirection, MessageRecord, Money, Sid};
use sms::delivery::{Delivery, Input};
use sms::dispatch::Outcome;
use sms::{
    ErrorClass, Inbound, InboundContent, MediaLink, Submission, SubmitError, Submitted, Verdict,
    text,
};
use store::{Message, MessageChange, StoreError};

use crate::clock::wall;
use crate::hub::Hub;
use crate::texts::desk::DeskInput;
use crate::texts::media::MediaError;
use crate::texts::offices::Office;
use crate::texts::settle::settle;
use crate::texts::{arrivals, media, signalled};

/// The carrier of messages between addresses of this server.
pub(crate) const WITHIN: &str = "local";
/// The carrier of messages to phones that register here, and to SIP addresses.
pub(crate) const PHONES: &str = "phones";
/// Pause after the store could not be written.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// How long after a message was taken nobody looks again whether its receiver has opted out.
const FRESH: Duration = Duration::from_secs(10);
/// "Attempt to send to unsubscribed recipient": <https://www.twilio.com/docs/api/errors/21610>.
const OPTED_OUT: u32 = 21610;
/// "Unknown destination handset": <https://www.twilio.com/docs/api/errors/30005>.
const UNKNOWN_HANDSET: u32 = 30005;
/// "Unknown error": <https://www.twilio.com/docs/api/errors/30008>.
const UNKNOWN: u32 = 30008;
/// "Content size exceeds carrier limit": <https://www.twilio.com/docs/api/errors/30019>. Also where media can't be had.
const BAD_MEDIA: u32 = 30019;

/// How a message goes.
#[derive(Clone)]
pub(crate) enum Way {
    /// Through a carrier.
    Carrier(Arc<Office>),
    /// To an address of this server.
    Within,
    /// To a phone, or a SIP address.
    Phone,
}

impl Way {
    fn name(&self) -> &str {
        match self {
            Way::Carrier(office) => office.name(),
            Way::Within => WITHIN,
            Way::Phone => PHONES,
        }
    }

    fn takes_media(&self) -> bool {
        match self {
            Way::Carrier(office) => office.carrier.takes_media(),
            Way::Within => true,
            Way::Phone => false,
        }
    }
}

/// A held message, let go at its end also if that is a panic; then its carrier's place is given back too.
struct Hold<'a> {
    hub: &'a Arc<Hub>,
    sid: Sid,
    /// Of whom the desk has not been told yet that it is done with the message.
    carrier: Option<String>,
    given_back: bool,
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        if !self.given_back {
            let (hub, sid, carrier) = (Arc::clone(self.hub), self.sid, self.carrier.take());
            tokio::spawn(async move {
                if let Some(carrier) = carrier {
                    let (outcome, back) = (Outcome::Passing, None);
                    hub.texts.desk.tell(DeskInput::Outcome { sid, carrier, outcome, back }).await;
                }
                hub.texts.desk.tell(DeskInput::Saved(sid)).await;
            });
        }
    }
}

/// Hands a message over and keeps what became of it.
pub(crate) async fn run(hub: &Arc<Hub>, message: Message, way: Way, price: Option<Money>) {
    let carrier = way.name().to_owned();
    let sid = message.record.sid;
    let mut hold = Hold { hub, sid, carrier: Some(carrier.clone()), given_back: false };
    let _out = Out::with(hub, &way);
    if hub.texts.is_closing() {
        return;
    }
    let result = attempt(hub, &message, &way).await;
    let now = wall();
    let outcome = match &result {
        Ok(_) => Outcome::Sent,
        Err(error) => Outcome::of(error, now),
    };
    if let Err(error) = &result {
        tracing::warn!(carrier, message = %hold.sid, class = ?error.class, code = error.code, "{error}");
    }
    let kept = message.clone();
    let mut delivery = Delivery::of(message.record, message.plan, Vec::new());
    if let Some(from) = kept.record.from.clone() {
        delivery.handle(now, Input::Due);
        delivery.handle(now, Input::SenderChosen(from));
    }
    delivery.handle(now, Input::Taken { carrier: carrier.clone() });
    let carrier_name = carrier.clone();
    delivery.handle(
        now,
        match result {
            Ok((submitted, segments)) => {
                Input::Submitted { carrier: carrier_name, submitted, segments, price }
            }
            Err(error) => Input::Refused { carrier: carrier_name, error },
        },
    );
    let settled = settle(&mut delivery, now);
    // Nothing to be written but that its turn had come: it waits for its next one.
    let waits = matches!(outcome, Outcome::Down | Outcome::Again(_));
    let again = (waits || settled.next_carrier) && matches!(way, Way::Carrier(_));
    let back = again.then(|| Box::new(kept));
    hold.given_back = again;
    if let Way::Carrier(office) = &way {
        let counted = if outcome == Outcome::Sent { &office.sent } else { &office.refused };
        counted.fetch_add(1, Ordering::Relaxed);
        hub.texts.desk.tell(DeskInput::Outcome { sid, carrier, outcome, back }).await;
    }
    hold.carrier = None;
    if let Some(change) = settled.change.filter(|_| !hold.given_back) {
        save(hub, change).await;
    }
}

/// Makes a message ready and hands it over; gives the segments that it went in, too.
async fn attempt(
    hub: &Arc<Hub>,
    message: &Message,
    way: &Way,
) -> Result<(Submitted, u32), SubmitError> {
    let submission = submission(hub, message, way).await?;
    let segments = text::segments(&submission.body);
    let (hub, way) = (Arc::clone(hub), way.clone());
    // In a task of its own, so that a carrier that breaks costs this message a try, and nobody else anything.
    let submitted = tokio::spawn(async move { hand_over(&hub, &way, submission).await }).await;
    let broken = |_| {
        let message = "handing the message over broke off".to_owned();
        Err(SubmitError { class: ErrorClass::Passing, code: UNKNOWN, message })
    };
    submitted.unwrap_or_else(broken).map(|submitted| (submitted, segments))
}

/// A message that a carrier has, or whose end is on its way to disk.
struct Out {
    hub: Arc<Hub>,
    office: Option<Arc<Office>>,
}

impl Out {
    fn with(hub: &Arc<Hub>, way: &Way) -> Out {
        hub.texts.under_way.fetch_add(1, Ordering::SeqCst);
        let office = match way {
            Way::Carrier(office) => Some(Arc::clone(office)),
            Way::Within | Way::Phone => None,
        };
        if let Some(office) = &office {
            office.in_flight.fetch_add(1, Ordering::SeqCst);
        }
        Out { hub: Arc::clone(hub), office }
    }
}

impl Drop for Out {
    fn drop(&mut self) {
        if let Some(office) = &self.office {
            office.in_flight.fetch_sub(1, Ordering::SeqCst);
            office.settled.notify_waiters();
        }
        self.hub.texts.under_way.fetch_sub(1, Ordering::SeqCst);
        self.hub.texts.settled.notify_waiters();
    }
}

/// Brings a change to disk, for as long as it takes: what a carrier took must not be sent again.
pub(crate) async fn save(hub: &Hub, change: MessageChange) {
    let told = !change.callbacks.is_empty();
    let ended = !change.message.record.status.is_waiting();
    loop {
        match hub.store.change_message(change.clone()).await {
            Ok(()) => break,
            Err(StoreError::Closed) => return,
            Err(error) => {
                tracing::error!(%error, "what became of a message could not be kept; trying again");
                tokio::time::sleep(AFTER_FAILURE).await;
            }
        }
    }
    if ended {
        hub.texts.one_less();
    }
    if told {
        hub.outbox.notify_one();
    }
}

async fn hand_over(
    hub: &Arc<Hub>,
    way: &Way,
    submission: Submission,
) -> Result<Submitted, SubmitError> {
    match way {
        Way::Carrier(office) => office.carrier.submit(submission).await,
        Way::Within => within(hub, submission).await,
        Way::Phone => signalled::to_phone(hub, submission).await.map_err(|error| SubmitError {
            class: match error.class {
                // Nobody else reaches a phone: it is tried again.
                ErrorClass::Down | ErrorClass::Throttled(_) | ErrorClass::Passing => {
                    ErrorClass::Passing
                }
                ErrorClass::Refused | ErrorClass::Lasting => ErrorClass::Lasting,
            },
            ..error
        }),
    }
}

/// Brings a message to an address of this server, as if it had come from a carrier.
async fn within(hub: &Arc<Hub>, submission: Submission) -> Result<Submitted, SubmitError> {
    let Submission { message, from, to, body, media, .. } = submission;
    let segments = text::segments(&body);
    let content = InboundContent::Whole { text: body, segments };
    let inbound = Inbound { id: Some(message.to_string()), from, to, content, media };
    let refused =
        |class, code, message: &str| Err(SubmitError { class, code, message: message.to_owned() });
    match arrivals::take_inbound(hub, WITHIN, inbound).await {
        Verdict::Kept => Ok(Submitted { ids: Vec::new(), delivered: true }),
        Verdict::Unknown => {
            refused(ErrorClass::Lasting, UNKNOWN_HANDSET, "the number was given up meanwhile")
        }
        Verdict::Later => refused(ErrorClass::Passing, UNKNOWN, "it could not be kept"),
    }
}

/// Whether the receiver has sent STOP since the message was taken: it may have been scheduled, or have waited for a
/// carrier. Answers are let through, since what confirms a STOP is one of them.
async fn is_barred(hub: &Hub, record: &MessageRecord) -> Result<bool, SubmitError> {
    let is_fresh = record.created_at + FRESH > wall();
    let Some(from) = record.from.as_ref().filter(|_| !is_fresh) else { return Ok(false) };
    if record.direction == MessageDirection::OutboundReply {
        return Ok(false);
    }
    let look = async {
        let scope = if let Some(service) = record.service {
            service.to_string()
        } else {
            let card = hub.texts.cards.of(hub.store.as_ref(), from).await?;
            card.map_or_else(|| from.to_string(), |card| card.scope(from))
        };
        hub.store.opted_out(record.account, &scope, &record.to).await
    };
    look.await.map_err(|error: StoreError| SubmitError {
        class: ErrorClass::Passing,
        code: UNKNOWN,
        message: error.to_string(),
    })
}

/// The message as its carrier wants it.
async fn submission(hub: &Hub, message: &Message, way: &Way) -> Result<Submission, SubmitError> {
    let Message { record, plan } = message;
    if is_barred(hub, record).await? {
        let message = format!("{} has opted out meanwhile", record.to);
        return Err(SubmitError { class: ErrorClass::Lasting, code: OPTED_OUT, message });
    }
    let mut body = if plan.smart_encoded {
        text::smart(&record.body).into_owned()
    } else {
        record.body.clone()
    };
    let mut links = links(hub, message).await?;
    if !way.takes_media() {
        for link in links.drain(..) {
            if !body.is_empty() {
                body.push('\n');
            }
            body.push_str(&link.url);
        }
    }
    let Some(from) = record.from.clone() else {
        let message = "the message has no sender".to_owned();
        return Err(SubmitError { class: ErrorClass::Lasting, code: UNKNOWN, message });
    };
    Ok(Submission {
        message: record.sid,
        from,
        to: record.to.clone(),
        body,
        media: links,
        valid_for: plan.expires_at.map(|at| at.since(wall())),
        wants_receipt: true,
    })
}

/// Its media, fetched and kept, with the addresses they came from.
async fn links(hub: &Hub, message: &Message) -> Result<Vec<MediaLink>, SubmitError> {
    let mut links = Vec::new();
    let failed = |class, code, message: String| SubmitError { class, code, message };
    let all = media::of(hub, &message.record).await;
    let all = all.map_err(|error| failed(ErrorClass::Passing, UNKNOWN, error.to_string()))?;
    for media in all {
        let kept = media::keep(hub, media).await.map_err(|error| match error {
            MediaError::Fetch(error) if !error.is_passing() => {
                failed(ErrorClass::Lasting, BAD_MEDIA, error.to_string())
            }
            MediaError::Fetch(_) | MediaError::Disk(_) | MediaError::Store(_) => {
                failed(ErrorClass::Passing, BAD_MEDIA, error.to_string())
            }
        })?;
        let url = kept.url.unwrap_or_default();
        links.push(MediaLink { url, content_type: kept.content_type });
    }
    Ok(links)
}

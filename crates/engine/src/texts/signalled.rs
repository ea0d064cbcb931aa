//! Texts by SIP MESSAGE (RFC 3428): to phones that register here, to SIP addresses, over trunks; and those that come in.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use model::Correspondent;
use sip::{Address, Destination, InviteError, Origin, Sip, TextError, TextIn, TextOut};
use sms::{
    Carrier, CarrierState, ErrorClass, Inbound, InboundContent, Submission, SubmitError, Submitted,
    Verdict, text,
};
use tokio::sync::{Semaphore, mpsc};

use crate::hub::Hub;
use crate::texts::accept::accept;
use crate::texts::arrivals::take_inbound;
use crate::texts::order::SendText;
use crate::texts::submit::PHONES;

/// Messages that a trunk is given at once: each waits for its answer.
const WINDOW: usize = 16;
/// Bytes of text in one MESSAGE: of the 1,300 that RFC 3428 §8 allows over UDP, what its headers leave for sure.
const LONGEST: usize = 700;
/// Messages that came in by SIP and are worked on at once.
const AT_ONCE: usize = 64;
/// "Unreachable destination handset": <https://www.twilio.com/docs/api/errors/30003>.
const UNREACHABLE: u32 = 30003;
/// "Message blocked": <https://www.twilio.com/docs/api/errors/30004>.
const BLOCKED: u32 = 30004;
/// "Unknown destination handset": <https://www.twilio.com/docs/api/errors/30005>.
const UNKNOWN_HANDSET: u32 = 30005;
/// "Unknown error": <https://www.twilio.com/docs/api/errors/30008>.
const UNKNOWN: u32 = 30008;
/// Pause before a busy far side is given another, where it names none.
const PAUSE: Duration = Duration::from_secs(5);

/// A trunk as a carrier of texts.
pub(crate) struct Trunked {
    sip: Sip,
    trunk: String,
}

impl Trunked {
    pub(crate) fn new(sip: Sip, trunk: String) -> Trunked {
        Trunked { sip, trunk }
    }
}

#[async_trait]
impl Carrier for Trunked {
    async fn submit(&self, submission: Submission) -> Result<Submitted, SubmitError> {
        let user = address(&submission.to).user;
        let destination = Destination::Trunk { name: self.trunk.clone(), user };
        send(&self.sip, destination, &submission).await
    }

    fn state(&self) -> CarrierState {
        CarrierState::Up
    }

    fn window(&self) -> usize {
        WINDOW
    }

    async fn close(&self) {}
}

/// Brings a message to a phone that registers here, or to a SIP address.
pub(crate) async fn to_phone(hub: &Hub, submission: Submission) -> Result<Submitted, SubmitError> {
    let destination = match &submission.to {
        Correspondent::Client(name) => {
            let contact = hub.sip.contacts(name).into_iter().next();
            let nobody = || SubmitError {
                class: ErrorClass::Passing,
                code: UNREACHABLE,
                message: format!("no phone is registered as '{name}'"),
            };
            Destination::Contact(contact.ok_or_else(nobody)?)
        }
        other => Destination::Uri(other.to_string()),
    };
    send(&hub.sip, destination, &submission).await
}

/// Sends a message, in as many requests as it takes, and waits for the answer to each.
async fn send(
    sip: &Sip,
    destination: Destination,
    submission: &Submission,
) -> Result<Submitted, SubmitError> {
    let mut delivered = true;
    for body in pieces(&submission.body) {
        let out = TextOut {
            destination: destination.clone(),
            from: address(&submission.from),
            content_type: "text/plain;charset=utf-8".to_owned(),
            body: body.as_bytes().to_vec(),
            headers: vec![("X-Twilio-MessageSid".to_owned(), submission.message.to_string())],
            credentials: None,
        };
        let answer = sip.message(out).await.map_err(|error| not_sent(&error))?;
        match answer.status {
            200 => {}
            // Somebody who hands it on (RFC 3428 §7): whether it arrives is not known.
            201..=299 => delivered = false,
            status => return Err(refused(status, &answer.reason, answer.retry_after)),
        }
    }
    Ok(Submitted { ids: Vec::new(), delivered })
}

/// The text in pieces that fit a request, cut at white space where there is some.
fn pieces(body: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = body;
    while rest.len() > LONGEST {
        let mut end = LONGEST;
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let end = rest[..end].rfind(char::is_whitespace).filter(|at| *at > 0).unwrap_or(end);
        let (piece, left) = rest.split_at(end);
        pieces.push(piece);
        rest = left.trim_start();
    }
    pieces.push(rest);
    pieces
}

/// Who sends, or receives, as SIP names it.
fn address(who: &Correspondent) -> Address {
    let (user, host) = match who {
        Correspondent::Number(number) => (number.to_string(), None),
        Correspondent::Client(user)
        | Correspondent::ShortCode(user)
        | Correspondent::Alpha(user)
        | Correspondent::Other(user) => (user.clone(), None),
        Correspondent::Sip(uri) => {
            let rest = uri.split_once(':').map_or(uri.as_str(), |(_, rest)| rest);
            let (user, host) = rest.split_once('@').unwrap_or(("", rest));
            let host = host.split([';', '?', ':']).next().unwrap_or(host);
            (user.to_owned(), Some(host.to_owned()))
        }
    };
    Address { display: None, user, host }
}

fn not_sent(error: &TextError) -> SubmitError {
    let class = match error {
        TextError::Destination(
            InviteError::Resolve(_) | InviteError::Closed | InviteError::NoSuchTrunk(_),
        ) => ErrorClass::Down,
        TextError::Destination(InviteError::OverLimit(_)) => ErrorClass::Throttled(PAUSE),
        TextError::Timeout => ErrorClass::Passing,
        _ => ErrorClass::Refused,
    };
    SubmitError { class, code: UNREACHABLE, message: error.to_string() }
}

/// What an answer of 300 to 699 means for the message.
fn refused(status: u16, reason: &str, retry_after: Option<Duration>) -> SubmitError {
    let (class, code) = match status {
        // Not here at the moment, busy, or too much at once.
        408 | 480 | 486 | 487 | 500..=599 => match retry_after {
            Some(pause) => (ErrorClass::Throttled(pause), UNREACHABLE),
            None => (ErrorClass::Passing, UNREACHABLE),
        },
        404 | 410 | 484 | 485 | 604 => (ErrorClass::Lasting, UNKNOWN_HANDSET),
        401 | 403 | 407 | 603 => (ErrorClass::Refused, BLOCKED),
        _ => (ErrorClass::Refused, UNKNOWN),
    };
    SubmitError { class, code, message: format!("the far side answered {status} {reason}") }
}

/// Takes texts that come in by SIP until signalling ends.
pub(crate) async fn serve(hub: Arc<Hub>, mut texts: mpsc::Receiver<TextIn>) {
    let room = Arc::new(Semaphore::new(AT_ONCE));
    while let Some(text) = texts.recv().await {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
        let hub = Arc::clone(&hub);
        tokio::spawn(async move {
            let _place = place;
            match take(&hub, &text).await {
                Ok(()) => text.accept(),
                Err(status) => text.refuse(status),
            }
        });
    }
}

/// `Err` with the SIP status it is refused with.
async fn take(hub: &Hub, text: &TextIn) -> Result<(), u16> {
    let plain = text.content_type.as_deref().is_none_or(|kind| {
        kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("text/plain"))
    });
    if !plain {
        return Err(415);
    }
    let body = String::from_utf8(text.body.clone()).map_err(|_| 400_u16)?;
    match &text.origin {
        Origin::Phone(name) => from_phone(hub, text, name, body).await,
        Origin::Trunk(name) => {
            let carrier = hub.texts.offices.of_trunk(name).unwrap_or(name).to_owned();
            from_outside(hub, text, &carrier, body).await
        }
        Origin::Stranger => from_outside(hub, text, PHONES, body).await,
    }
}

async fn from_outside(hub: &Hub, text: &TextIn, carrier: &str, body: String) -> Result<(), u16> {
    let from = Correspondent::from_carrier(&text.from.user);
    let to = Correspondent::from_carrier(&text.to.user);
    arrive(hub, text, carrier, from, to, body).await
}

/// A phone of ours writes: to a number of this server, or by its own number to anybody else.
async fn from_phone(hub: &Hub, text: &TextIn, name: &str, body: String) -> Result<(), u16> {
    let directory = hub.directory.now();
    let phone = directory.phone(name).ok_or(403_u16)?;
    let client = Correspondent::Client(name.to_owned());
    let from = phone.caller_id.clone().map_or(client.clone(), Correspondent::Number);
    let to = if directory.phone(&text.to.user).is_some() {
        Correspondent::Client(text.to.user.clone())
    } else {
        Correspondent::from_carrier(&text.to.user)
    };
    let ours = hub.texts.cards.is_ours(hub.store.as_ref(), &to).await.map_err(|_| 500_u16)?;
    if ours {
        return arrive(hub, text, PHONES, from, to, body).await;
    }
    let from = if matches!(to, Correspondent::Client(_)) { client } else { from };
    let order = SendText {
        idempotency_key: Some(key(text)),
        ..SendText::plain(phone.account, from, to, body)
    };
    match accept(hub, order).await {
        Ok(_) => Ok(()),
        Err(error) => {
            tracing::warn!(%error, phone = name, "a text that a phone wrote was refused");
            Err(match error.code() {
                20500 => 500,
                20503 | 21611 => 503,
                21610 => 603,
                21606 => 403,
                _ => 404,
            })
        }
    }
}

async fn arrive(
    hub: &Hub,
    text: &TextIn,
    carrier: &str,
    from: Correspondent,
    to: Correspondent,
    body: String,
) -> Result<(), u16> {
    let segments = text::segments(&body);
    let content = InboundContent::Whole { text: body, segments };
    let inbound = Inbound { id: Some(key(text)), from, to, content, media: Vec::new() };
    match take_inbound(hub, carrier, inbound).await {
        Verdict::Kept => Ok(()),
        Verdict::Unknown => Err(404),
        Verdict::Later => Err(503),
    }
}

/// What a repetition of the same message is recognised by.
fn key(text: &TextIn) -> String {
    format!("{}/{}", text.call_id, text.cseq)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_long_text_is_cut_between_words() {
        let body = "word ".repeat(400);
        let pieces = pieces(body.trim_end());
        assert!(pieces.len() >= 3, "{}", pieces.len());
        assert!(pieces.iter().all(|piece| piece.len() <= LONGEST && piece.ends_with("word")));
        assert_eq!(pieces.join(" "), body.trim_end());
    }

    #[test]
    fn a_far_side_that_is_busy_is_asked_again_and_one_that_knows_nobody_is_not() {
        assert_eq!(refused(486, "Busy Here", None).class, ErrorClass::Passing);
        let pause = Duration::from_secs(7);
        assert_eq!(refused(503, "", Some(pause)).class, ErrorClass::Throttled(pause));
        assert_eq!(refused(404, "Not Found", None).class, ErrorClass::Lasting);
        assert_eq!(refused(403, "Forbidden", None).class, ErrorClass::Refused);
    }

    proptest! {
        #[test]
        fn no_text_is_lost_by_cutting(body in "\\PC{0,3000}") {
            let pieces = pieces(&body);
            prop_assert!(pieces.iter().all(|piece| piece.len() <= LONGEST));
            let squeezed = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(squeezed(&pieces.concat()), squeezed(&body));
        }
    }
}

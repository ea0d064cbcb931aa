//! What webhooks told, handed on; the carrier is answered only when it is on disk.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::{Hook, HookReply};
use crate::{CarrierEvent, Inbound, Receipt, Verdict};

/// Messages or receipts in one request; more is refused with 413.
pub(super) const MOST_AT_ONCE: usize = 1_000;

/// How long a webhook waits until what it told is kept; then the carrier is asked to tell it again. Shorter than the
/// 15 s after which Twilio gives a webhook up.
const KEPT_WITHIN: Duration = Duration::from_secs(10);

/// One thing that a webhook tells.
#[derive(Debug)]
pub(super) enum News {
    Inbound(Inbound),
    Receipt(Receipt),
}

/// Has all of it kept, in order. [`Verdict::Later`] if one is to be told again: then all are, and those that are kept
/// already are recognised.
pub(super) async fn tell(events: &mpsc::Sender<CarrierEvent>, news: Vec<News>) -> Verdict {
    let all = async {
        for each in news {
            if tell_one(events, each).await == Verdict::Later {
                return Verdict::Later;
            }
        }
        Verdict::Kept
    };
    tokio::time::timeout(KEPT_WITHIN, all).await.unwrap_or(Verdict::Later)
}

async fn tell_one(events: &mpsc::Sender<CarrierEvent>, news: News) -> Verdict {
    let (done, verdict) = oneshot::channel();
    let event = match news {
        News::Inbound(inbound) => CarrierEvent::Inbound { inbound, done },
        News::Receipt(receipt) => CarrierEvent::Receipt { receipt, done },
    };
    if events.send(event).await.is_err() {
        return Verdict::Later;
    }
    verdict.await.unwrap_or(Verdict::Later)
}

/// The answer to a carrier that is to come back.
pub(super) fn come_back() -> HookReply {
    HookReply::plain(503, "not kept yet: send it again")
}

/// What a log says of a webhook that was refused: nothing that the sender chose.
pub(super) fn refused(carrier: &str, hook: &Hook, reply: &HookReply) {
    tracing::warn!(carrier, kind = ?hook.kind, status = reply.status, why = %reply.body, "webhook refused");
}

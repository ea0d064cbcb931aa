//! A message of an account in test mode: answered as if it went, and neither sent nor kept.

use engine::TextSender;
use model::{MessageDirection, MessageRecord, MessageStatus, Sid, SidKind};

use crate::api::Api;
use crate::errors::ApiError;
use crate::magic::{self, Magic};
use crate::messages::order::MessageOrder;

/// What is answered; the record is nowhere but in that answer.
pub(super) fn sent(
    api: &Api,
    account: Sid,
    order: MessageOrder,
) -> Result<MessageRecord, ApiError> {
    let from = match order.sender {
        TextSender::From(from) => from,
        TextSender::Service(service) | TextSender::FromService(_, service) => {
            return Err(Magic::NoService(service.to_string()).into());
        }
    };
    magic::message(&from, &order.to)?;
    let now = api.engine.now();
    let kind = if order.media.is_empty() { SidKind::Message } else { SidKind::MediaMessage };
    Ok(MessageRecord {
        sid: api.engine.new_sid(kind),
        account,
        service: None,
        direction: MessageDirection::OutboundApi,
        from: Some(from),
        to: order.to,
        segments: engine::segments(&order.body),
        body: order.body,
        media: order.media.len() as u32,
        status: MessageStatus::Queued,
        error_code: None,
        error_message: None,
        price: None,
        carrier: None,
        created_at: now,
        updated_at: now,
        sent_at: None,
    })
}

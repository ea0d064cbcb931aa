//! A call of an account in test mode: answered as if it were placed, and neither placed nor kept.

use model::{CallRecord, CallStatus, Direction, Hangup, Sid, SidKind};

use crate::api::Api;
use crate::calls::order::CallOrder;
use crate::errors::ApiError;
use crate::magic;

/// What is answered; the record is nowhere but in that answer.
pub(super) fn placed(api: &Api, account: Sid, order: CallOrder) -> Result<CallRecord, ApiError> {
    magic::call(&order.from, &order.to)?;
    let now = api.engine.now();
    Ok(CallRecord {
        sid: api.engine.new_sid(SidKind::Call),
        account,
        parent: None,
        from: order.from,
        to: order.to,
        number: Some(api.engine.new_sid(SidKind::Number)),
        direction: Direction::OutboundApi,
        status: CallStatus::Queued,
        caller_name: None,
        forwarded_from: None,
        created_at: now,
        updated_at: now,
        answered_at: None,
        started_at: None,
        ended_at: None,
        hangup: Hangup::default(),
    })
}

//! What the life of a message (`sms::delivery`) asks for, as one change for the store.

use model::Moment;
use sms::delivery::{Change, Delivery, Output};
use store::{Message, MessageChange};

use crate::texts::words;

/// What follows from an input.
#[derive(Default)]
pub(crate) struct Settled {
    /// To be kept, with the callbacks that tell of it.
    pub(crate) change: Option<MessageChange>,
    /// Another carrier is to be tried.
    pub(crate) next_carrier: bool,
    /// It can't be taken back any more.
    pub(crate) too_late: bool,
    /// Its text is still needed.
    pub(crate) too_early: bool,
}

/// Drains a message's machine.
pub(crate) fn settle(delivery: &mut Delivery, now: Moment) -> Settled {
    let mut settled = Settled::default();
    loop {
        match delivery.poll() {
            Output::Save(change) => {
                let Change { record, plan, parts, told } = *change;
                let callback = told.and_then(|status| words::callback(&record, &plan, status, now));
                let before = settled.change.take();
                let message = Message { record, plan };
                let mut change = before.unwrap_or_else(|| MessageChange::quiet(message.clone()));
                change.message = message;
                change.parts.extend(parts);
                change.callbacks.extend(callback);
                settled.change = Some(change);
            }
            Output::NextCarrier => settled.next_carrier = true,
            Output::TooLate => settled.too_late = true,
            Output::TooEarly => settled.too_early = true,
            Output::Idle(_) => return settled,
        }
    }
}

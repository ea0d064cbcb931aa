//! The life of one message, from the moment it is on disk until nothing is to be done about it any more.
//!
//! A machine without clock, disk or carrier: it is told what happened ([`Input`]) and says what follows ([`Output`]).
//! Whose turn it is, and which carrier is asked, is [`crate::dispatch`]'s; here a carrier is a name. Statuses are those of
//! <https://www.twilio.com/docs/messaging/api/message-resource#message-status-values>.
//!
//! What is true at the end of every input: a final status stays, but for one: what was said not to have arrived may turn
//! out to have. Statuses that somebody is told of never go backwards, and `sent` is told once.

use std::collections::VecDeque;
use std::time::Duration;

use model::{
    Correspondent, MessageDirection, MessagePart, MessagePlan, MessageRecord, MessageStatus,
    Moment, Money, PartState,
};

use crate::carrier::{ErrorClass, ReceiptState, SubmitError, Submitted};
use crate::errors;

#[cfg(test)]
mod tests;

/// Tries that count ([`ErrorClass::Passing`]) before a message is given up.
pub const MOST_TRIES: u32 = 12;
/// Pause after the first try that counts; each further one waits four times as long.
pub const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// Longest pause between two tries.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(900);
/// Digits of a number that are forgotten with `AddressRetention=obfuscate`.
const FORGOTTEN_DIGITS: usize = 4;

/// A message and what is to be done about it.
#[derive(Clone, Debug)]
pub struct Delivery {
    record: MessageRecord,
    plan: MessagePlan,
    parts: Vec<MessagePart>,
    outputs: VecDeque<Output>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Its moment has come: a scheduled message is queued. It changes nothing before that moment.
    Due,
    /// Its service has chosen who sends it.
    SenderChosen(Correspondent),
    /// A carrier was given it, and has not acknowledged it yet.
    Taken {
        /// Name of the carrier.
        carrier: String,
    },
    /// A carrier acknowledged it.
    Submitted {
        /// Name of the carrier.
        carrier: String,
        /// What the carrier said.
        submitted: Submitted,
        /// Segments that it went in.
        segments: u32,
        /// What all of them cost together.
        price: Option<Money>,
    },
    /// A carrier did not take it.
    Refused {
        /// Name of the carrier.
        carrier: String,
        /// Why.
        error: SubmitError,
    },
    /// There is no carrier that could be asked (any more).
    NoCarrierLeft {
        /// Twilio's error code.
        code: u32,
        /// What happened.
        message: String,
    },
    /// A carrier says what became of a part.
    Receipt {
        /// Name of the carrier.
        carrier: String,
        /// What it calls the part.
        id: String,
        /// Where the part stands.
        state: ReceiptState,
        /// Twilio's error code, where it did not arrive.
        error_code: Option<u32>,
    },
    /// Its validity period is over. It changes nothing before that, or while a carrier has it.
    Expired,
    /// Whoever made it takes it back.
    Cancel,
    /// Whoever made it wants its text forgotten.
    Redact,
    /// The application was asked about a message that came in, or could not be.
    Asked,
}

/// What follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// To be kept, all of it or none.
    Save(Box<Change>),
    /// Another carrier is to be asked; [`Input::NoCarrierLeft`] if there is none.
    NextCarrier,
    /// It can't be taken back any more.
    TooLate,
    /// Its text is still needed, so that it can't be forgotten (Twilio's error 20009).
    TooEarly,
    /// Nothing more. At this moment it wants [`Input::Due`] or [`Input::Expired`], whichever has come.
    Idle(Option<Moment>),
}

/// A message as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The record; it replaces the one before.
    pub record: MessageRecord,
    /// The plan; it replaces the one before.
    pub plan: MessagePlan,
    /// Parts that are new or changed.
    pub parts: Vec<MessagePart>,
    /// The status that whoever made it is told of.
    pub told: Option<MessageStatus>,
}

impl Delivery {
    /// A message as it was kept. One that a carrier was being given when the server stopped waits again: whether it went
    /// is not known, and at least once is the promise.
    pub fn of(record: MessageRecord, plan: MessagePlan, parts: Vec<MessagePart>) -> Delivery {
        let mut record = record;
        if record.status == MessageStatus::Sending {
            record.status = MessageStatus::Queued;
        }
        Delivery { record, plan, parts, outputs: VecDeque::new() }
    }

    /// The message as it is. `sending` is seen here alone: that state isn't worth a write to disk.
    pub const fn record(&self) -> &MessageRecord {
        &self.record
    }

    /// How it goes on.
    pub const fn plan(&self) -> &MessagePlan {
        &self.plan
    }

    /// Its parts, as its carrier knows them.
    pub fn parts(&self) -> &[MessagePart] {
        &self.parts
    }

    /// Takes one input. [`Delivery::poll`] says what follows.
    pub fn handle(&mut self, now: Moment, input: Input) {
        match input {
            Input::Due => self.due(now),
            Input::SenderChosen(from) => self.sender_chosen(now, from),
            Input::Taken { carrier: _ } => self.taken(),
            Input::Submitted { carrier, submitted, segments, price } => {
                self.submitted(now, &carrier, submitted, segments, price);
            }
            Input::Refused { carrier: _, error } => self.refused(now, error),
            Input::NoCarrierLeft { code, message } => self.no_carrier_left(now, code, message),
            Input::Receipt { carrier, id, state, error_code } => {
                self.receipt(now, &carrier, &id, state, error_code);
            }
            Input::Expired => self.expired(now),
            Input::Cancel => self.cancel(now),
            Input::Redact => self.redact(now),
            Input::Asked => self.asked(now),
        }
    }

    /// What follows next; [`Output::Idle`] once nothing does.
    pub fn poll(&mut self) -> Output {
        self.outputs.pop_front().unwrap_or_else(|| Output::Idle(self.wants()))
    }

    fn wants(&self) -> Option<Moment> {
        match self.record.status {
            MessageStatus::Scheduled => Some(self.plan.due_at),
            MessageStatus::Accepted | MessageStatus::Queued => self.plan.expires_at,
            MessageStatus::Sending
            | MessageStatus::Sent
            | MessageStatus::Delivered
            | MessageStatus::Undelivered
            | MessageStatus::Failed
            | MessageStatus::Canceled
            | MessageStatus::Receiving
            | MessageStatus::Received => None,
        }
    }

    fn due(&mut self, now: Moment) {
        if self.record.status == MessageStatus::Scheduled && self.plan.due_at <= now {
            // A service that hasn't chosen the sender does so now, when its senders are those that will send.
            let next = match self.record.from {
                Some(_) => MessageStatus::Queued,
                None => MessageStatus::Accepted,
            };
            self.becomes(now, next, Vec::new());
        }
    }

    fn sender_chosen(&mut self, now: Moment, from: Correspondent) {
        if self.record.status == MessageStatus::Accepted {
            self.record.from = Some(from);
            self.becomes(now, MessageStatus::Queued, Vec::new());
        }
    }

    fn taken(&mut self) {
        if self.record.status == MessageStatus::Queued {
            self.record.status = MessageStatus::Sending;
        }
    }

    fn submitted(
        &mut self,
        now: Moment,
        carrier: &str,
        submitted: Submitted,
        segments: u32,
        price: Option<Money>,
    ) {
        if !self.record.status.is_waiting() {
            return;
        }
        self.record.carrier = Some(carrier.to_owned());
        self.record.segments = segments;
        self.record.price = price;
        self.record.sent_at = Some(now);
        self.record.error_code = None;
        self.record.error_message = None;
        let parts = self.new_parts(carrier, submitted.ids, submitted.delivered);
        self.becomes(now, MessageStatus::Sent, parts);
        if submitted.delivered {
            self.becomes(now, MessageStatus::Delivered, Vec::new());
        }
    }

    fn new_parts(&mut self, carrier: &str, ids: Vec<String>, delivered: bool) -> Vec<MessagePart> {
        let state = if delivered { PartState::Delivered } else { PartState::Sent };
        self.parts = (0..)
            .zip(ids)
            .map(|(index, id)| MessagePart {
                message: self.record.sid,
                index,
                carrier: carrier.to_owned(),
                id,
                state,
                error_code: None,
            })
            .collect();
        self.parts.clone()
    }

    fn refused(&mut self, now: Moment, error: SubmitError) {
        if !matches!(self.record.status, MessageStatus::Queued | MessageStatus::Sending) {
            return;
        }
        self.record.status = MessageStatus::Queued;
        match error.class {
            ErrorClass::Lasting => self.fails(now, error.code, error.message),
            ErrorClass::Passing => self.tried(now, error),
            // On disk it waits all the while, so that nothing has to be kept.
            ErrorClass::Refused => self.outputs.push_back(Output::NextCarrier),
            ErrorClass::Down | ErrorClass::Throttled(_) => self.expired(now),
        }
    }

    fn tried(&mut self, now: Moment, error: SubmitError) {
        self.plan.attempts = self.plan.attempts.saturating_add(1);
        if self.plan.attempts >= MOST_TRIES {
            self.fails(now, error.code, error.message);
        } else if self.is_expired(now) {
            self.expired(now);
        } else {
            self.plan.due_at = now + pause(self.plan.attempts);
            self.save(now, Vec::new(), None);
        }
    }

    fn no_carrier_left(&mut self, now: Moment, code: u32, message: String) {
        if self.record.status.is_waiting() {
            self.fails(now, code, message);
        }
    }

    fn receipt(
        &mut self,
        now: Moment,
        carrier: &str,
        id: &str,
        state: ReceiptState,
        error_code: Option<u32>,
    ) {
        let named = self.parts.iter_mut().find(|part| part.id == id && part.carrier == carrier);
        let Some(part) = named else { return };
        match (part.state, state) {
            (PartState::Sent | PartState::Undelivered, ReceiptState::Delivered) => {
                (part.state, part.error_code) = (PartState::Delivered, None);
            }
            (PartState::Sent, ReceiptState::Undelivered) => {
                part.state = PartState::Undelivered;
                part.error_code = Some(error_code.unwrap_or(errors::UNKNOWN));
            }
            // A repetition, news of the past, or doubt about what arrived.
            (_, ReceiptState::EnRoute)
            | (PartState::Delivered, ReceiptState::Delivered | ReceiptState::Undelivered)
            | (PartState::Undelivered, ReceiptState::Undelivered) => return,
        }
        let changed = vec![part.clone()];
        self.judge(now, changed);
    }

    /// What the parts make of the whole: one that did not arrive spoils it, and it is there once all are.
    fn judge(&mut self, now: Moment, changed: Vec<MessagePart>) {
        let lost = self.parts.iter().find(|part| part.state == PartState::Undelivered);
        let code = lost.map(|part| part.error_code.unwrap_or(errors::UNKNOWN));
        let arrived = self.parts.iter().all(|part| part.state == PartState::Delivered);
        let status = self.record.status;
        if let (MessageStatus::Sent, Some(code)) = (status, code) {
            self.record.error_code = Some(code);
            self.record.error_message = Some(errors::meaning(code).to_owned());
            self.becomes(now, MessageStatus::Undelivered, changed);
        } else if arrived && matches!(status, MessageStatus::Sent | MessageStatus::Undelivered) {
            self.record.error_code = None;
            self.record.error_message = None;
            self.becomes(now, MessageStatus::Delivered, changed);
        } else {
            self.save(now, changed, None);
        }
    }

    fn expired(&mut self, now: Moment) {
        if self.record.status.is_waiting()
            && self.record.status != MessageStatus::Sending
            && self.is_expired(now)
        {
            let code = errors::EXPIRED;
            self.fails(now, code, errors::meaning(code).to_owned());
        }
    }

    fn is_expired(&self, now: Moment) -> bool {
        self.plan.expires_at.is_some_and(|expires_at| expires_at <= now)
    }

    fn cancel(&mut self, now: Moment) {
        match self.record.status {
            MessageStatus::Accepted | MessageStatus::Scheduled | MessageStatus::Queued => {
                self.becomes(now, MessageStatus::Canceled, Vec::new());
            }
            MessageStatus::Sending
            | MessageStatus::Sent
            | MessageStatus::Delivered
            | MessageStatus::Undelivered
            | MessageStatus::Failed
            | MessageStatus::Canceled
            | MessageStatus::Receiving
            | MessageStatus::Received => self.outputs.push_back(Output::TooLate),
        }
    }

    fn redact(&mut self, now: Moment) {
        if self.record.status.is_waiting() || self.record.status == MessageStatus::Receiving {
            self.outputs.push_back(Output::TooEarly);
        } else if !self.record.body.is_empty() {
            self.record.body.clear();
            self.save(now, Vec::new(), None);
        }
    }

    fn asked(&mut self, now: Moment) {
        if self.record.status == MessageStatus::Receiving {
            self.record.status = MessageStatus::Received;
            self.save(now, Vec::new(), None);
        }
    }

    fn fails(&mut self, now: Moment, code: u32, message: String) {
        // What the carrier said is better than that nobody knows why.
        let known = errors::meaning(code);
        let known =
            if known == errors::meaning(errors::UNKNOWN) { message } else { known.to_owned() };
        self.record.error_code = Some(code);
        self.record.error_message = Some(known);
        self.becomes(now, MessageStatus::Failed, Vec::new());
    }

    fn becomes(&mut self, now: Moment, status: MessageStatus, parts: Vec<MessagePart>) {
        self.record.status = status;
        self.save(now, parts, Some(status));
    }

    fn save(&mut self, now: Moment, parts: Vec<MessagePart>, told: Option<MessageStatus>) {
        self.record.updated_at = now;
        self.forget();
        let (record, plan) = (self.record.clone(), self.plan.clone());
        self.outputs.push_back(Output::Save(Box::new(Change { record, plan, parts, told })));
    }

    /// What was to be forgotten as soon as nothing needs it: the text once no carrier has to be given it, the number
    /// once nothing more is awaited.
    fn forget(&mut self) {
        let status = self.record.status;
        let needed = status.is_waiting() || status == MessageStatus::Receiving;
        if self.plan.discard_body && !needed {
            self.record.body.clear();
        }
        if self.plan.obfuscate && status.is_final() {
            match self.record.direction {
                MessageDirection::Inbound => {
                    self.record.from = self.record.from.as_ref().map(obfuscated);
                }
                MessageDirection::OutboundApi
                | MessageDirection::OutboundCall
                | MessageDirection::OutboundReply => self.record.to = obfuscated(&self.record.to),
            }
        }
    }
}

/// The pause after so many tries: 5 s, 20 s, 80 s, 320 s, then 15 minutes.
pub fn pause(tries: u32) -> Duration {
    let factor = 4u32.saturating_pow(tries.saturating_sub(1));
    FIRST_PAUSE.saturating_mul(factor).min(LONGEST_PAUSE)
}

/// A number whose last four digits are `XXXX`. Whoever is no number stays, since there is nothing to count off.
fn obfuscated(who: &Correspondent) -> Correspondent {
    match who {
        Correspondent::Number(number) => {
            let shown = number.as_str().len().saturating_sub(FORGOTTEN_DIGITS);
            Correspondent::Other(format!("{}XXXX", &number.as_str()[..shown]))
        }
        Correspondent::ShortCode(_)
        | Correspondent::Alpha(_)
        | Correspondent::Client(_)
        | Correspondent::Sip(_)
        | Correspondent::Other(_) => who.clone(),
    }
}

//! Messages that a session has in hand: parts that wait, parts under way, and what came of them.
//!
//! When the SMSC says that it is too much, the session pauses, longer each time, and then goes on with the same parts.
//! A message that met this too often is given back.

use std::collections::VecDeque;
use std::time::Duration;

use model::Moment;

use crate::carrier::{ErrorClass, SubmitError, Submitted};
use crate::smpp::status::{self, Remedy};

/// How often a message may be told that it is too much before it is given back.
const MOST_THROTTLED: u32 = 3;
/// First pause when it is too much; doubled each time, halved at each part that is taken.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
/// Longest such pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A part of a message in hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PartKey {
    message: usize,
    part: usize,
}

/// Messages in hand. `T` stands for whoever waits for the outcome.
#[derive(Debug)]
pub(super) struct Queue<T> {
    /// By the number in [`PartKey`]; free places are in `free`.
    messages: Vec<Option<InHand<T>>>,
    free: Vec<usize>,
    waiting: VecDeque<PartKey>,
    under_way: usize,
    paused_until: Option<Moment>,
    next_pause: Duration,
}

#[derive(Debug)]
struct InHand<T> {
    /// `None` once the outcome is told.
    ticket: Option<T>,
    parts: Vec<Part>,
    under_way: usize,
    accepted: usize,
    throttled: u32,
}

#[derive(Debug)]
struct Part {
    frame: Vec<u8>,
    id: String,
}

/// What came of a message.
pub(super) type Outcome<T> = (T, Result<Submitted, SubmitError>);

impl<T> Queue<T> {
    pub(super) fn new() -> Queue<T> {
        Queue {
            messages: Vec::new(),
            free: Vec::new(),
            waiting: VecDeque::new(),
            under_way: 0,
            paused_until: None,
            next_pause: SHORTEST_PAUSE,
        }
    }

    /// Whether nothing waits and nothing is under way.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.under_way == 0
    }

    /// How many parts are under way.
    #[cfg(test)]
    pub(super) fn under_way(&self) -> usize {
        self.under_way
    }

    /// Whether another message could go at once.
    pub(super) fn has_room(&self, window: usize) -> bool {
        self.waiting.is_empty() && self.under_way < window
    }

    /// When a pause ends that somebody waits for.
    pub(super) fn resumes_at(&self) -> Option<Moment> {
        self.paused_until.filter(|_| !self.waiting.is_empty())
    }

    /// One more message, of at least one part.
    pub(super) fn push(&mut self, ticket: T, frames: Vec<Vec<u8>>) {
        let parts: Vec<Part> =
            frames.into_iter().map(|frame| Part { frame, id: String::new() }).collect();
        let count = parts.len();
        let in_hand =
            InHand { ticket: Some(ticket), parts, under_way: 0, accepted: 0, throttled: 0 };
        let message = self.free.pop().unwrap_or(self.messages.len());
        if message == self.messages.len() {
            self.messages.push(None);
        }
        self.messages[message] = Some(in_hand);
        self.waiting.extend((0..count).map(|part| PartKey { message, part }));
    }

    /// The next part that may go, and its PDU.
    pub(super) fn next(&mut self, now: Moment, window: usize) -> Option<(PartKey, &mut Vec<u8>)> {
        if self.paused_until.is_some_and(|until| now < until) {
            return None;
        }
        self.paused_until = None;
        if self.under_way >= window {
            return None;
        }
        let key = self.waiting.pop_front()?;
        self.under_way += 1;
        let message = self.messages.get_mut(key.message)?.as_mut()?;
        message.under_way += 1;
        Some((key, &mut message.parts.get_mut(key.part)?.frame))
    }

    /// The SMSC took a part. The outcome, if it was the last.
    pub(super) fn accepted(&mut self, key: PartKey, id: String) -> Option<Outcome<T>> {
        if self.paused_until.is_none() {
            self.next_pause = (self.next_pause / 2).max(SHORTEST_PAUSE);
        }
        self.back(key);
        let message = self.messages.get_mut(key.message)?.as_mut()?;
        message.parts.get_mut(key.part)?.id = id;
        message.accepted += 1;
        let outcome = if message.accepted == message.parts.len() {
            let ids = message.parts.iter_mut().map(|part| std::mem::take(&mut part.id));
            let ids = ids.filter(|id| !id.is_empty()).collect();
            let submitted = Submitted { ids, delivered: false };
            message.ticket.take().map(|ticket| (ticket, Ok(submitted)))
        } else {
            None
        };
        self.forget_if_done(key.message);
        outcome
    }

    /// The SMSC refused a part with a status. The outcome, unless it is tried again.
    pub(super) fn refused(&mut self, now: Moment, key: PartKey, status: u32) -> Option<Outcome<T>> {
        let meaning = status::meaning(status);
        let class = match meaning.remedy {
            Remedy::SlowDown => {
                let pause = self.pause(now);
                let message = self.messages.get_mut(key.message)?.as_mut()?;
                message.throttled += 1;
                if message.throttled < MOST_THROTTLED && message.ticket.is_some() {
                    self.back(key);
                    // Before the parts that follow it, so that they arrive in order as far as that can be.
                    let before = self
                        .waiting
                        .iter()
                        .take_while(|it| it.message == key.message && it.part < key.part);
                    let at = before.count();
                    self.waiting.insert(at, key);
                    return None;
                }
                ErrorClass::Throttled(pause)
            }
            Remedy::Later | Remedy::Elsewhere | Remedy::GiveUp => meaning.remedy.class(),
        };
        let message = format!("the SMSC answers: {}", status::explain(status));
        self.failed(key, SubmitError { class, code: meaning.code, message })
    }

    /// A part came to nothing, and with it the message. The outcome, unless it was told before.
    pub(super) fn failed(&mut self, key: PartKey, error: SubmitError) -> Option<Outcome<T>> {
        self.back(key);
        self.waiting.retain(|waiting| waiting.message != key.message);
        let message = self.messages.get_mut(key.message)?.as_mut()?;
        let outcome = message.ticket.take().map(|ticket| (ticket, Err(error)));
        self.forget_if_done(key.message);
        outcome
    }

    /// All that is in hand, for the connection is gone.
    pub(super) fn take_all(&mut self) -> Vec<T> {
        self.waiting.clear();
        self.under_way = 0;
        self.free.clear();
        self.messages.drain(..).flatten().filter_map(|message| message.ticket).collect()
    }

    /// How long the pause is that begins now, or what is left of the one that lasts.
    fn pause(&mut self, now: Moment) -> Duration {
        if let Some(until) = self.paused_until.filter(|until| now < *until) {
            return until.since(now);
        }
        let pause = self.next_pause;
        self.paused_until = Some(now + pause);
        self.next_pause = (pause * 2).min(LONGEST_PAUSE);
        pause
    }

    /// A part is no longer under way.
    fn back(&mut self, key: PartKey) {
        self.under_way = self.under_way.saturating_sub(1);
        if let Some(Some(message)) = self.messages.get_mut(key.message) {
            message.under_way = message.under_way.saturating_sub(1);
        }
    }

    /// Its place is free once the outcome is told and no answer can come any more.
    fn forget_if_done(&mut self, message: usize) {
        let Some(place) = self.messages.get_mut(message) else { return };
        if place.as_ref().is_some_and(|it| it.ticket.is_none() && it.under_way == 0) {
            *place = None;
            self.free.push(message);
        }
    }
}

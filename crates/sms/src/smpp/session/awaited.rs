//! Requests that the SMSC has not answered yet, by their sequence number, and how long it may still take.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use model::Moment;

/// How long the SMSC may take to answer an unbind: nothing hangs on it.
const UNBIND_WITHIN: Duration = Duration::from_secs(1);

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Request {
    /// To be bound.
    Bind,
    /// Whether it is there.
    Enquiry,
    /// To take a part of a message.
    Part(super::queue::PartKey),
    /// To part.
    Unbind,
}

/// Requests without an answer.
#[derive(Debug)]
pub(super) struct Awaited {
    answer_within: Duration,
    requests: HashMap<u32, (Moment, Request)>,
    /// Sequence numbers of parts in the order they were sent; those answered since are left out later.
    parts: VecDeque<u32>,
    /// The latest other request than parts, and when it is late.
    other: Option<(u32, Moment)>,
    /// Since when answers are read: while they weren't, nobody was late.
    reading_since: Moment,
}

impl Awaited {
    pub(super) fn new(answer_within: Duration) -> Awaited {
        Awaited {
            answer_within,
            requests: HashMap::new(),
            parts: VecDeque::new(),
            other: None,
            reading_since: Moment::EPOCH,
        }
    }

    pub(super) fn add(&mut self, now: Moment, sequence: u32, request: Request) {
        self.requests.insert(sequence, (now, request));
        match request {
            Request::Part(_) => self.parts.push_back(sequence),
            Request::Bind | Request::Enquiry => {
                self.other = Some((sequence, now + self.answer_within));
            }
            Request::Unbind => {
                self.other = Some((sequence, now + self.answer_within.min(UNBIND_WITHIN)));
            }
        }
    }

    /// The request that an answer belongs to; `None` where none is awaited.
    pub(super) fn answered(&mut self, sequence: u32) -> Option<Request> {
        let (_, request) = self.requests.remove(&sequence)?;
        if self.other.is_some_and(|(other, _)| other == sequence) {
            self.other = None;
        }
        while self.parts.front().is_some_and(|front| !self.requests.contains_key(front)) {
            self.parts.pop_front();
        }
        Some(request)
    }

    /// Answers are read again: the time until now doesn't count.
    pub(super) fn read_again(&mut self, now: Moment) {
        self.reading_since = now;
    }

    /// When a bind, an enquiry or an unbind is late.
    pub(super) fn other_due(&self) -> Option<Moment> {
        let (sequence, due) = self.other?;
        match self.requests.get(&sequence)?.1 {
            Request::Unbind => Some(due),
            Request::Bind | Request::Enquiry | Request::Part(_) => {
                Some(due.max(self.reading_since + self.answer_within))
            }
        }
    }

    /// When the oldest part is late.
    pub(super) fn part_due(&self) -> Option<Moment> {
        let oldest = self.requests.get(self.parts.front()?)?;
        Some(self.due(oldest.0))
    }

    /// Takes out a part that is late.
    pub(super) fn late_part(&mut self, now: Moment) -> Option<super::queue::PartKey> {
        if self.part_due()? > now {
            return None;
        }
        let sequence = *self.parts.front()?;
        match self.answered(sequence)? {
            Request::Part(key) => Some(key),
            Request::Bind | Request::Enquiry | Request::Unbind => None,
        }
    }

    fn due(&self, sent_at: Moment) -> Moment {
        sent_at.max(self.reading_since) + self.answer_within
    }
}

//! One connection to an SMSC, from the bind to the end (SMPP 3.4 §2, §7.2): octets and time in, octets and outcomes out.
//!
//! A state machine without I/O. The link feeds it one [`Input`], drains [`Session::poll`] until [`Output::Idle`], and
//! writes what is in [`Session::outgoing`]. It never connects, and decides nothing about messages that failed.
//!
//! What can't be understood is answered with `generic_nack`, and the session goes on: the length of a PDU is enough to
//! find the next. A part that isn't answered in time is given up only when the SMSC answered an `enquire_link` that was
//! sent after that; if it doesn't answer this either, the connection is broken.

mod awaited;
mod queue;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::Arc;

use model::Moment;

use super::inbound::{self, Incoming};
use super::pdu::{Message, Pdu, command, write_bare, write_bind, write_delivered};
use super::receipt;
use super::settings::Settings;
use super::status;
use super::wire::{Frames, Header, renumber};
use crate::carrier::{ErrorClass, SubmitError, Submitted, Verdict};
use crate::errors::{CARRIER_TIMEOUT, UNKNOWN};
use awaited::{Awaited, Request};
use queue::{Outcome, Queue};

/// Messages and receipts that were handed on and have no verdict yet, at most; then nothing more is read.
const MOST_UNDECIDED: usize = 256;

/// Octets that wait to be written, at most; then nothing more is read, since what is read is answered.
const MOST_OUTGOING: usize = 256 * 1024;

/// Longest sequence number (§5.1.4).
const LAST_SEQUENCE: u32 = 0x7fff_ffff;

/// How long submissions under way may take when the session is to end.
const LINGER: std::time::Duration = std::time::Duration::from_secs(3);

/// What a session binds as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// It sends and receives.
    Transceiver,
    /// It sends.
    Transmitter,
    /// It receives.
    Receiver,
}

impl Role {
    const fn command(self) -> u32 {
        match self {
            Role::Transceiver => command::BIND_TRANSCEIVER,
            Role::Transmitter => command::BIND_TRANSMITTER,
            Role::Receiver => command::BIND_RECEIVER,
        }
    }

    /// Whether messages can be sent through it.
    pub const fn sends(self) -> bool {
        match self {
            Role::Transceiver | Role::Transmitter => true,
            Role::Receiver => false,
        }
    }
}

/// What happens to a session. `T` stands for whoever waits for the outcome of a message.
#[derive(Debug)]
pub enum Input<'a, T> {
    /// Octets arrived.
    Received(&'a [u8]),
    /// A message is to go, as [`super::submit::write`] made it.
    Submit {
        /// Who waits for the outcome.
        ticket: T,
        /// Its PDUs, without sequence numbers.
        frames: Vec<Vec<u8>>,
    },
    /// What became of something that came in.
    Decided(Answer, Verdict),
    /// The session is to end in order.
    Close,
    /// The connection broke, and why.
    Broken(String),
    /// Nothing but time passed.
    TimePassed,
}

/// What a session asks for, and tells.
#[derive(Debug, PartialEq, Eq)]
pub enum Output<T> {
    /// The SMSC let us in.
    Bound,
    /// What came of a message.
    Submitted(T, Result<Submitted, SubmitError>),
    /// Something came in. It has to be decided upon.
    Incoming(Answer, Incoming),
    /// It is over, and why. Close the connection; what is in [`Session::outgoing`] may be written before.
    Closed(String),
    /// Nothing to do before this moment, or before the next input if `None`.
    Idle(Option<Moment>),
}

/// What an answer to something that came in belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    command: u32,
    sequence: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Binding,
    Bound,
    /// Nothing new is taken; what is under way may take until then.
    Closing(Moment),
    Unbinding,
    Closed,
}

/// One connection to an SMSC.
#[derive(Debug)]
pub struct Session<T> {
    settings: Arc<Settings>,
    role: Role,
    stage: Stage,
    frames: Frames,
    outgoing: Vec<u8>,
    last_sequence: u32,
    awaited: Awaited,
    queue: Queue<T>,
    undecided: usize,
    /// Whether it reads; not while too much is undecided or unwritten.
    reading: bool,
    enquire_at: Moment,
    outputs: VecDeque<Output<T>>,
}

impl<T> Session<T> {
    /// A session on a connection that was just made: it asks to be bound.
    pub fn new(now: Moment, role: Role, settings: Arc<Settings>) -> Session<T> {
        let mut session = Session {
            role,
            stage: Stage::Binding,
            frames: Frames::default(),
            outgoing: Vec::new(),
            last_sequence: 0,
            awaited: Awaited::new(settings.answer_within),
            queue: Queue::new(),
            undecided: 0,
            reading: true,
            enquire_at: now + settings.enquire_every,
            outputs: VecDeque::new(),
            settings,
        };
        let sequence = session.request(now, Request::Bind);
        let settings = Arc::clone(&session.settings);
        let who = [&*settings.system_id, settings.password.reveal(), &*settings.system_type];
        write_bind(&mut session.outgoing, role.command(), sequence, who);
        session
    }

    /// Takes in what happened.
    pub fn handle(&mut self, now: Moment, input: Input<'_, T>) {
        match input {
            Input::Received(octets) if self.stage != Stage::Closed => self.frames.push(octets),
            Input::Received(_) | Input::TimePassed => {}
            Input::Submit { ticket, frames } => self.submit(ticket, frames),
            Input::Decided(answer, verdict) => self.decided(answer, verdict),
            Input::Close => self.close_in_order(now),
            Input::Broken(reason) => self.close(reason),
        }
        self.read(now);
        self.watch(now);
        self.send(now);
    }

    /// What is to be done next.
    pub fn poll(&mut self) -> Output<T> {
        self.outputs.pop_front().unwrap_or_else(|| Output::Idle(self.next_moment()))
    }

    /// Octets to be written, in order.
    pub fn outgoing(&self) -> &[u8] {
        &self.outgoing
    }

    /// So many of them were written.
    pub fn written(&mut self, now: Moment, octets: usize) {
        self.outgoing.drain(..octets.min(self.outgoing.len()));
        self.read(now);
    }

    /// Whether octets that arrive may be handed in.
    pub fn wants_octets(&self) -> bool {
        self.stage != Stage::Closed && self.reading
    }

    /// Whether another message could go at once.
    pub fn wants_message(&self) -> bool {
        self.role.sends() && self.is_bound() && self.queue.has_room(self.settings.window)
    }

    /// Whether the SMSC let us in, and it is not over.
    pub fn is_bound(&self) -> bool {
        self.stage == Stage::Bound
    }

    #[cfg(test)]
    fn under_way(&self) -> usize {
        self.queue.under_way()
    }

    fn submit(&mut self, ticket: T, frames: Vec<Vec<u8>>) {
        match self.stage {
            Stage::Bound if frames.is_empty() => {
                self.outputs.push_back(Output::Submitted(ticket, Ok(Submitted::default())));
            }
            Stage::Bound => self.queue.push(ticket, frames),
            Stage::Binding | Stage::Closing(_) | Stage::Unbinding | Stage::Closed => {
                let error = down("the session is not bound");
                self.outputs.push_back(Output::Submitted(ticket, Err(error)));
            }
        }
    }

    fn decided(&mut self, answer: Answer, verdict: Verdict) {
        self.undecided = self.undecided.saturating_sub(1);
        if self.stage == Stage::Closed {
            return;
        }
        let status = match verdict {
            Verdict::Kept | Verdict::Unknown => status::ESME_ROK,
            Verdict::Later => status::ESME_RX_T_APPN,
        };
        write_delivered(&mut self.outgoing, answer.command, status, answer.sequence);
    }

    fn close_in_order(&mut self, now: Moment) {
        match self.stage {
            Stage::Bound => self.stage = Stage::Closing(now + LINGER),
            Stage::Binding => self.close("it was closed before it was bound".to_owned()),
            Stage::Closing(_) | Stage::Unbinding | Stage::Closed => {}
        }
    }

    fn close(&mut self, reason: String) {
        if self.stage == Stage::Closed {
            return;
        }
        self.stage = Stage::Closed;
        for ticket in self.queue.take_all() {
            self.outputs.push_back(Output::Submitted(ticket, Err(down(&reason))));
        }
        self.outputs.push_back(Output::Closed(reason));
    }

    /// Reads PDUs for as long as there may be more undecided and unwritten.
    fn read(&mut self, now: Moment) {
        let mut frames = std::mem::take(&mut self.frames);
        while self.stage != Stage::Closed && self.may_read(now) {
            match frames.take() {
                Ok(Some(range)) => self.pdu(now, frames.frame(range)),
                Ok(None) => break,
                Err(lost) => {
                    write_bare(
                        &mut self.outgoing,
                        command::GENERIC_NACK,
                        status::ESME_RINVCMDLEN,
                        0,
                    );
                    self.close(lost.to_string());
                }
            }
        }
        self.frames = frames;
    }

    fn may_read(&mut self, now: Moment) -> bool {
        let reading = self.undecided < MOST_UNDECIDED && self.outgoing.len() < MOST_OUTGOING;
        if reading && !self.reading {
            self.awaited.read_again(now);
        }
        self.reading = reading;
        reading
    }

    fn pdu(&mut self, now: Moment, frame: &[u8]) {
        let Some((header, pdu)) = Pdu::read(frame) else { return };
        match pdu {
            Pdu::BindResp(_) | Pdu::Answer => self.answered(now, header, b""),
            Pdu::SubmitResp(id) => self.answered(now, header, id),
            Pdu::Deliver(message) | Pdu::Data(message) => self.incoming(header, &message),
            Pdu::EnquireLink | Pdu::Unbind => {
                let answer = header.command | command::ANSWER;
                write_bare(&mut self.outgoing, answer, status::ESME_ROK, header.sequence);
                if pdu == Pdu::Unbind {
                    self.close("the SMSC ended the session".to_owned());
                }
            }
            Pdu::Silent => {}
            Pdu::Unknown => self.nack(header, status::ESME_RINVCMDID),
            Pdu::Broken => self.nack(header, status::ESME_RINVCMDLEN),
        }
    }

    fn nack(&mut self, header: Header, status: u32) {
        write_bare(&mut self.outgoing, command::GENERIC_NACK, status, header.sequence);
    }

    fn incoming(&mut self, header: Header, message: &Message<'_>) {
        let answer = Answer { command: header.command, sequence: header.sequence };
        if self.stage == Stage::Binding {
            let (command, sequence) = (header.command, header.sequence);
            write_delivered(&mut self.outgoing, command, status::ESME_RINVBNDSTS, sequence);
            return;
        }
        self.undecided += 1;
        match inbound::read(message, &self.settings) {
            Incoming::Nothing => self.decided(answer, Verdict::Unknown),
            incoming @ (Incoming::Text(_) | Incoming::Receipt(_)) => {
                self.outputs.push_back(Output::Incoming(answer, incoming));
            }
        }
    }

    /// An answer, or `generic_nack` in its place. One that nobody awaits is left out.
    fn answered(&mut self, now: Moment, header: Header, id: &[u8]) {
        let Some(request) = self.awaited.answered(header.sequence) else { return };
        let taken = header.status == status::ESME_ROK && header.command != command::GENERIC_NACK;
        match request {
            Request::Bind if taken => {
                self.stage = Stage::Bound;
                self.outputs.push_back(Output::Bound);
            }
            Request::Bind => {
                let reason = status::explain(header.status);
                self.close(format!("the SMSC refuses the bind: {reason}"));
            }
            // Whatever it answers, it is there. What it has not answered by now it never will.
            Request::Enquiry => self.give_up_late_parts(now),
            Request::Unbind => self.close("it was closed".to_owned()),
            Request::Part(key) => {
                let outcome = if taken {
                    let id = String::from_utf8_lossy(id);
                    self.queue.accepted(key, receipt::canonical(&id, self.settings.receipt_ids))
                } else {
                    self.queue.refused(now, key, header.status)
                };
                self.tell(outcome);
            }
        }
    }

    fn give_up_late_parts(&mut self, now: Moment) {
        while let Some(key) = self.awaited.late_part(now) {
            let error = SubmitError {
                class: ErrorClass::Passing,
                code: CARRIER_TIMEOUT,
                message: format!("no answer within {:?}", self.settings.answer_within),
            };
            let outcome = self.queue.failed(key, error);
            self.tell(outcome);
        }
    }

    fn tell(&mut self, outcome: Option<Outcome<T>>) {
        if let Some((ticket, result)) = outcome {
            self.outputs.push_back(Output::Submitted(ticket, result));
        }
    }

    /// Does what is due.
    fn watch(&mut self, now: Moment) {
        if !self.keeps_time() {
            return;
        }
        if self.awaited.other_due().is_some_and(|due| due <= now) {
            let within = self.settings.answer_within;
            let asked = match self.stage {
                Stage::Binding => format!("the bind within {within:?}"),
                Stage::Bound | Stage::Closing(_) => format!("enquire_link within {within:?}"),
                Stage::Unbinding | Stage::Closed => "unbind".to_owned(),
            };
            return self.close(format!("the SMSC did not answer {asked}"));
        }
        match self.stage {
            Stage::Bound => self.enquire_if_due(now),
            Stage::Closing(until) if self.queue.is_empty() || until <= now => {
                self.stage = Stage::Unbinding;
                let sequence = self.request(now, Request::Unbind);
                write_bare(&mut self.outgoing, command::UNBIND, 0, sequence);
            }
            Stage::Closing(_) | Stage::Binding | Stage::Unbinding | Stage::Closed => {}
        }
    }

    /// Whether the SMSC can be late: not while we don't read what it answers, unless we leave anyway.
    fn keeps_time(&self) -> bool {
        match self.stage {
            Stage::Binding | Stage::Bound => self.reading,
            Stage::Closing(_) | Stage::Unbinding => true,
            Stage::Closed => false,
        }
    }

    fn enquire_if_due(&mut self, now: Moment) {
        let late = self.awaited.part_due().is_some_and(|due| due <= now);
        if self.awaited.other_due().is_some() || !(late || self.enquire_at <= now) {
            return;
        }
        self.enquire_at = now + self.settings.enquire_every;
        let sequence = self.request(now, Request::Enquiry);
        write_bare(&mut self.outgoing, command::ENQUIRE_LINK, 0, sequence);
    }

    /// Sends what the window has room for.
    fn send(&mut self, now: Moment) {
        if !self.may_send() {
            return;
        }
        while let Some((key, frame)) = self.queue.next(now, self.settings.window) {
            self.last_sequence = following(self.last_sequence);
            renumber(frame, self.last_sequence);
            self.outgoing.extend_from_slice(frame);
            self.awaited.add(now, self.last_sequence, Request::Part(key));
        }
    }

    fn may_send(&self) -> bool {
        match self.stage {
            Stage::Bound | Stage::Closing(_) => true,
            Stage::Binding | Stage::Unbinding | Stage::Closed => false,
        }
    }

    fn request(&mut self, now: Moment, request: Request) -> u32 {
        self.last_sequence = following(self.last_sequence);
        self.awaited.add(now, self.last_sequence, request);
        self.last_sequence
    }

    fn next_moment(&self) -> Option<Moment> {
        let stage = match self.stage {
            Stage::Closed => return None,
            Stage::Bound => Some(self.enquire_at).filter(|_| self.awaited.other_due().is_none()),
            Stage::Closing(until) => Some(until),
            Stage::Binding | Stage::Unbinding => None,
        };
        let other = self.awaited.other_due();
        // A late part waits for the answer to the enquiry, where one is under way.
        let part = self.awaited.part_due().filter(|_| other.is_none() && self.is_bound());
        let answers = [stage, other, part].into_iter().filter(|_| self.keeps_time());
        let resumes = self.queue.resumes_at().filter(|_| self.may_send());
        answers.chain([resumes]).flatten().min()
    }
}

/// The sequence number that follows (§5.1.4): 1 behind the last.
const fn following(sequence: u32) -> u32 {
    if sequence >= LAST_SEQUENCE { 1 } else { sequence + 1 }
}

/// The message is as good as before.
pub(super) fn down(reason: &str) -> SubmitError {
    let message = format!("not sent: {reason}");
    SubmitError { class: ErrorClass::Down, code: UNKNOWN, message }
}

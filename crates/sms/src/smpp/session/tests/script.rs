//! A session with its SMSC played by a script, and the transcript of what the session did.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::Arc;

use model::{Moment, Secret};

use crate::carrier::{InboundContent, Verdict};
use crate::smpp::inbound::Incoming;
use crate::smpp::pdu::{Message, command};
use crate::smpp::session::{Answer, Input, Output, Role, Session};
use crate::smpp::settings::Settings;
use crate::smpp::wire::{Frames, Header, write_pdu, write_text};

/// A window of 3, all else as usual.
pub(super) fn settings() -> Settings {
    Settings { window: 3, ..Settings::new("smsc", "alo", Secret::new("secret")) }
}

/// Names of commands, and whether they are answered by another.
const COMMANDS: [(u32, &str); 11] = [
    (command::BIND_RECEIVER, "bind_receiver"),
    (command::BIND_TRANSMITTER, "bind_transmitter"),
    (0x03, "query_sm"),
    (command::SUBMIT_SM, "submit_sm"),
    (command::DELIVER_SM, "deliver_sm"),
    (command::UNBIND, "unbind"),
    (command::BIND_TRANSCEIVER, "bind_transceiver"),
    (command::OUTBIND, "outbind"),
    (command::ENQUIRE_LINK, "enquire_link"),
    (command::ALERT_NOTIFICATION, "alert_notification"),
    (command::DATA_SM, "data_sm"),
];

pub(super) struct Script {
    session: Session<String>,
    now: Moment,
    undecided: VecDeque<Answer>,
    transcript: String,
}

impl Script {
    pub(super) fn new(settings: Settings) -> Script {
        let session = Session::new(Moment::EPOCH, Role::Transceiver, Arc::new(settings));
        let mut script = Script {
            session,
            now: Moment::EPOCH,
            undecided: VecDeque::new(),
            transcript: String::new(),
        };
        script.settle();
        script
    }

    /// Plays lines of `MILLISECONDS WORDS`; all that was done until then is the answer.
    pub(super) fn play(&mut self, lines: &str) -> String {
        for line in lines.lines() {
            let (at, words) = line.trim().split_once(' ').expect("a time and words");
            self.passes_until(Moment::from_millis(at.parse().expect("milliseconds")));
            let words: Vec<&str> = words.split(' ').collect();
            self.act(&words);
            self.settle();
        }
        self.transcript.clone()
    }

    /// Octets from the SMSC.
    pub(super) fn receives(&mut self, octets: &[u8]) {
        self.session.handle(self.now, Input::Received(octets));
        self.settle();
    }

    /// Parts under way.
    pub(super) fn under_way(&self) -> usize {
        self.session.under_way()
    }

    fn act(&mut self, words: &[&str]) {
        let now = self.now;
        match words {
            ["passes"] => self.session.handle(now, Input::TimePassed),
            ["close"] => self.session.handle(now, Input::Close),
            ["broken"] => {
                self.session.handle(now, Input::Broken("the cable was cut".to_owned()));
            }
            ["submit", ticket, parts] => {
                let parts: usize = parts.parse().expect("a number of parts");
                let mut frame = Vec::new();
                Message::default().write(&mut frame, command::SUBMIT_SM, 0);
                let (ticket, frames) = ((*ticket).to_owned(), vec![frame; parts]);
                self.session.handle(now, Input::Submit { ticket, frames });
            }
            ["deliver", sequence, text] => {
                let message = Message { short_message: text.as_bytes(), ..Message::default() };
                let mut octets = Vec::new();
                message.write(
                    &mut octets,
                    command::DELIVER_SM,
                    sequence.parse().expect("a number"),
                );
                self.session.handle(now, Input::Received(&octets));
            }
            ["decide", verdict] => {
                // Nothing came in if the session was over by then.
                let Some(answer) = self.undecided.pop_front() else { return };
                let verdict = if *verdict == "kept" { Verdict::Kept } else { Verdict::Later };
                self.session.handle(now, Input::Decided(answer, verdict));
            }
            ["smsc", name, sequence, status, rest @ ..] => {
                let octets = pdu(name, sequence, status, rest.first());
                self.session.handle(now, Input::Received(&octets));
            }
            ["octets", digits] => {
                let octets: Vec<u8> = (0..digits.len() / 2)
                    .map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).expect("digits"))
                    .collect();
                self.session.handle(now, Input::Received(&octets));
            }
            other => panic!("{other:?} is no line of a script"),
        }
    }

    fn passes_until(&mut self, until: Moment) {
        while let Some(alarm) = self.settle().filter(|alarm| *alarm <= until) {
            assert!(alarm > self.now, "an alarm that rings for ever");
            self.now = alarm;
            self.session.handle(self.now, Input::TimePassed);
        }
        self.now = until;
    }

    /// Writes down what the session did, and says when it wants to be woken.
    fn settle(&mut self) -> Option<Moment> {
        let alarm = loop {
            match self.session.poll() {
                Output::Idle(alarm) => break alarm,
                Output::Bound => self.note("bound"),
                Output::Submitted(ticket, Ok(submitted)) => {
                    self.note(&format!("{ticket} taken as {}", submitted.ids.join(" ")));
                }
                Output::Submitted(ticket, Err(error)) => {
                    let (class, code) = (error.class, error.code);
                    self.note(&format!("{ticket} failed: {class:?} {code}: {error}"));
                }
                Output::Incoming(answer, incoming) => {
                    self.undecided.push_back(answer);
                    self.note(&words(&incoming));
                }
                Output::Closed(reason) => {
                    self.written();
                    self.note(&format!("closed: {reason}"));
                }
            }
        };
        self.written();
        alarm
    }

    fn written(&mut self) {
        let octets = self.session.outgoing().to_vec();
        let (mut frames, mut names) = (Frames::default(), Vec::new());
        frames.push(&octets);
        while let Some(range) = frames.take().expect("we write whole PDUs") {
            names.push(name(Header::read(frames.frame(range)).expect("we write headers")));
        }
        if !names.is_empty() {
            self.note(&format!("> {}", names.join(", ")));
        }
        self.session.written(self.now, octets.len());
    }

    fn note(&mut self, words: &str) {
        let at = self.now.since(Moment::EPOCH);
        writeln!(self.transcript, "{:6.3} {words}", at.as_secs_f64()).expect("a string takes all");
    }
}

fn words(incoming: &Incoming) -> String {
    match incoming {
        Incoming::Text(inbound) => match &inbound.content {
            InboundContent::Whole { text, .. } => format!("text: {text}"),
            InboundContent::Part { number, total, .. } => format!("part {number} of {total}"),
        },
        Incoming::Receipt(receipt) => format!("receipt: {:?}", receipt.state),
        Incoming::Nothing => "nothing".to_owned(),
    }
}

fn pdu(name: &str, sequence: &str, status: &str, id: Option<&&str>) -> Vec<u8> {
    let (plain, answer) = match name.strip_suffix("_resp") {
        Some(plain) => (plain, command::ANSWER),
        None => (name, 0),
    };
    let known = COMMANDS.iter().find(|(_, name)| *name == plain).map(|(command, _)| *command);
    let command =
        if name == "generic_nack" { command::GENERIC_NACK } else { known.expect(name) | answer };
    let status = status.parse().expect("a status");
    let header = Header { command, status, sequence: sequence.parse().expect("a number") };
    let mut octets = Vec::new();
    write_pdu(&mut octets, header, |out| {
        if let Some(id) = id {
            write_text(out, id.as_bytes());
        }
    });
    octets
}

fn name(header: Header) -> String {
    let plain = header.command & !command::ANSWER;
    let known = COMMANDS.iter().find(|(command, _)| *command == plain);
    let mut name = known.map_or("generic_nack", |(_, name)| name).to_owned();
    if header.command != plain && plain != 0 {
        name.push_str("_resp");
    }
    let _ = write!(name, " {}", header.sequence);
    if header.status != 0 {
        let _ = write!(name, " status 0x{:02x}", header.status);
    }
    name
}

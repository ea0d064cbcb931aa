//! The language of the scripts.

use std::fmt::Write as _;
use std::time::Duration;

use model::{MessageDirection, MessagePlan, MessageRecord, MessageStatus, Moment, Sid, SidKind};

use super::super::{Change, Delivery, Input, Output};
use crate::carrier::{ErrorClass, ReceiptState, SubmitError, Submitted};

/// So many seconds after the story began.
pub(super) fn second(second: u64) -> Moment {
    Moment::from_millis(1_700_000_000_000) + Duration::from_secs(second)
}

/// A message to +14155550100, which expires after an hour.
pub(super) fn message(status: MessageStatus) -> (MessageRecord, MessagePlan) {
    let record = MessageRecord {
        sid: Sid::new(SidKind::Message, 1),
        account: Sid::new(SidKind::Account, 1),
        service: None,
        direction: MessageDirection::OutboundApi,
        from: Some("+14155550199".parse().expect("a number")),
        to: "+14155550100".parse().expect("a number"),
        body: "Hello".to_owned(),
        segments: 1,
        media: 0,
        status,
        error_code: None,
        error_message: None,
        price: None,
        carrier: None,
        created_at: second(0),
        updated_at: second(0),
        sent_at: None,
    };
    (record, MessagePlan::at_once(second(0), Some(second(3600))))
}

/// A message, what happens to it and what came of it.
pub(super) struct Story {
    pub(super) delivery: Delivery,
}

impl Story {
    pub(super) fn queued() -> Story {
        Story::of(MessageStatus::Queued)
    }

    pub(super) fn of(status: MessageStatus) -> Story {
        let (record, plan) = message(status);
        Story { delivery: Delivery::of(record, plan, Vec::new()) }
    }

    /// Plays a script and compares what followed.
    pub(super) fn plays(&mut self, script: &str, expected: &str) {
        let mut told = String::new();
        for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (at, words) = line.split_once(' ').expect("a second and what happens");
            let now = second(at.parse().expect("a second"));
            if words == "wakes?" {
                let Output::Idle(wakes) = self.delivery.poll() else { panic!("it was drained") };
                let wakes = wakes.map(|at| at.since(second(0)).as_secs().to_string());
                writeln!(told, "{at} wakes {}", wakes.as_deref().unwrap_or("never"))
                    .expect("memory");
                continue;
            }
            self.delivery.handle(now, input(words));
            self.drain(at, &mut told);
        }
        let trimmed: Vec<&str> = expected.lines().map(str::trim).collect();
        assert_eq!(told.trim_end(), trimmed.join("\n"), "for the script\n{script}");
    }

    fn drain(&mut self, at: &str, told: &mut String) {
        let mut lines: Vec<String> = Vec::new();
        loop {
            match self.delivery.poll() {
                Output::Save(change) => lines.push(say(&change)),
                Output::NextCarrier => lines.push("next carrier".to_owned()),
                Output::TooLate => lines.push("too late".to_owned()),
                Output::TooEarly => lines.push("too early".to_owned()),
                Output::Idle(_) => break,
            }
        }
        for line in lines {
            writeln!(told, "{at} {line}").expect("memory");
        }
    }
}

fn say(change: &Change) -> String {
    let record = &change.record;
    let mut line = record.status.to_string();
    if let Some(told) = change.told {
        write!(line, ", tell {told}").expect("memory");
    }
    if let Some(code) = record.error_code {
        write!(line, ", error {code}").expect("memory");
    }
    for part in &change.parts {
        write!(line, ", part {} {}", part.id, part.state.as_str()).expect("memory");
    }
    if change.plan.attempts > 0 && record.status == MessageStatus::Queued {
        let due = change.plan.due_at.since(second(0)).as_secs();
        write!(line, ", due {due}, tries {}", change.plan.attempts).expect("memory");
    }
    line
}

fn input(words: &str) -> Input {
    let words: Vec<&str> = words.split_whitespace().collect();
    let own = |text: &&str| (*text).to_owned();
    match words.as_slice() {
        ["due"] => Input::Due,
        ["expired"] => Input::Expired,
        ["cancel"] => Input::Cancel,
        ["redact"] => Input::Redact,
        ["asked"] => Input::Asked,
        ["sender", from] => Input::SenderChosen(from.parse().expect("a sender")),
        ["taken", carrier] => Input::Taken { carrier: own(carrier) },
        [kind @ ("submitted" | "arrived"), carrier, ids @ ..] => Input::Submitted {
            carrier: own(carrier),
            submitted: Submitted {
                ids: ids.iter().map(own).collect(),
                delivered: *kind == "arrived",
            },
            segments: 1,
            price: None,
        },
        ["refused", class, code @ ..] => Input::Refused {
            carrier: "smsc".to_owned(),
            error: SubmitError {
                class: match *class {
                    "down" => ErrorClass::Down,
                    "throttled" => ErrorClass::Throttled(Duration::from_secs(5)),
                    "passing" => ErrorClass::Passing,
                    "refused" => ErrorClass::Refused,
                    "lasting" => ErrorClass::Lasting,
                    other => panic!("no such class: {other}"),
                },
                code: code.first().map_or(30_008, |code| code.parse().expect("a code")),
                message: "ESME_RSYSERR".to_owned(),
            },
        },
        ["no", "carrier", "left", code] => Input::NoCarrierLeft {
            code: code.parse().expect("a code"),
            message: "refused".to_owned(),
        },
        ["receipt", carrier, id, state, code @ ..] => Input::Receipt {
            carrier: own(carrier),
            id: own(id),
            state: match *state {
                "en-route" => ReceiptState::EnRoute,
                "delivered" => ReceiptState::Delivered,
                "undelivered" => ReceiptState::Undelivered,
                other => panic!("no such state: {other}"),
            },
            error_code: code.first().map(|code| code.parse().expect("a code")),
        },
        other => panic!("nothing happens like {other:?}"),
    }
}

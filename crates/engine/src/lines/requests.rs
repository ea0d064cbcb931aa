//! The webhooks of a line's calls, as inputs of its hunt.
//!
//! Paths below `alo://roulette/LINE`: none when a call comes; `key` and `command` with the caller's keys; `called/N` and
//! `called/N/key` for the phone of attempt N; `dialed` after all were rung; `recorded` after a message; and, through the
//! outbox, `attempt/N` when a rung leg has ended and `message` when a message is complete on disk.

use model::{CallStatus, Party, Sid, SidKind};
use oncall::{DialOutcome, Input};

use crate::hub::Hub;

/// The parameters of a webhook.
pub(crate) struct Webhook<'a> {
    params: &'a [(String, String)],
    pub(crate) account: Sid,
}

impl<'a> Webhook<'a> {
    pub(crate) fn new(hub: &Hub, params: &'a [(String, String)]) -> Webhook<'a> {
        let mut webhook = Webhook { params, account: hub.settings.account };
        if let Some(account) = webhook.sid("AccountSid", SidKind::Account) {
            webhook.account = account;
        }
        webhook
    }

    /// The first of this name, if it isn't empty.
    pub(crate) fn text(&self, name: &str) -> Option<&'a str> {
        let found = self.params.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    pub(super) fn sid(&self, name: &str, kind: SidKind) -> Option<Sid> {
        Sid::of_kind(kind, self.text(name)?).ok()
    }

    pub(crate) fn party(&self, name: &str) -> Party {
        let text = self.text(name).unwrap_or("anonymous");
        text.parse().unwrap_or_else(|_| Party::Other(text.to_owned()))
    }

    fn seconds(&self, name: &str) -> Option<u32> {
        self.text(name)?.parse().ok()
    }

    fn key(&self) -> Option<char> {
        self.text("Digits")?.chars().next()
    }

    fn outcome(&self, name: &str) -> DialOutcome {
        match self.text(name) {
            Some("completed" | "answered") => DialOutcome::Completed,
            Some("busy") => DialOutcome::Busy,
            Some("no-answer") => DialOutcome::NoAnswer,
            Some("canceled") => DialOutcome::Canceled,
            _ => DialOutcome::Failed,
        }
    }
}

/// What is asked, of which call of a line.
pub(super) enum Request {
    /// A call has come.
    Entered { call: Sid },
    /// Something happened on one.
    Happened { call: Sid, input: Input },
    /// A message is complete on disk, or came to nothing.
    Message { call: Sid, input: Input },
    /// A rung leg has ended.
    Attempt { call: Sid, input: Input },
}

impl Request {
    pub(super) fn read(steps: &[String], webhook: &Webhook<'_>) -> Result<Request, String> {
        let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
        let own = webhook.sid("CallSid", SidKind::Call);
        let parent = webhook.sid("ParentCallSid", SidKind::Call);
        let call = own.ok_or("a line is called, or texted: CallSid is missing")?;
        let callers = parent.unwrap_or(call);
        let attempt = |text: &str| {
            text.parse::<u32>().map_err(|_| format!("'{text}' is no attempt of a call"))
        };
        let happened = |call, input| Request::Happened { call, input };
        Ok(match steps.as_slice() {
            [] | [""] => Request::Entered { call },
            ["key"] => happened(call, Input::Key(webhook.key())),
            ["command"] => happened(call, Input::Command(webhook.key())),
            ["called", number] => happened(callers, Input::Answered { attempt: attempt(number)? }),
            ["called", number, "key"] => {
                let (attempt, key) = (attempt(number)?, webhook.key());
                happened(callers, Input::CalledKey { attempt, key })
            }
            ["dialed"] => {
                let outcome = webhook.outcome("DialCallStatus");
                let leg = webhook.sid("DialCallSid", SidKind::Call);
                let talked_seconds = webhook.seconds("DialCallDuration");
                happened(call, Input::DialEnded { outcome, call: leg, talked_seconds })
            }
            ["attempt", number] => {
                let (attempt, outcome) = (attempt(number)?, webhook.outcome("CallStatus"));
                let input = Input::AttemptEnded { attempt, outcome, call };
                Request::Attempt { call: callers, input }
            }
            ["recorded"] => happened(call, recorded(webhook)),
            ["message"] => Request::Message { call, input: recorded(webhook) },
            _ => return Err(format!("'{}' is no step of a line", steps.join("/"))),
        })
    }

    pub(super) fn call(&self) -> Sid {
        match self {
            Request::Entered { call }
            | Request::Happened { call, .. }
            | Request::Message { call, .. }
            | Request::Attempt { call, .. } => *call,
        }
    }

    pub(super) fn input(&self) -> Input {
        match self {
            Request::Entered { .. } => Input::Entered,
            Request::Happened { input, .. }
            | Request::Message { input, .. }
            | Request::Attempt { input, .. } => input.clone(),
        }
    }

    /// It comes from a caller who is gone already. Of other legs' requests the status is theirs.
    pub(super) fn is_farewell(&self, webhook: &Webhook<'_>) -> bool {
        let callers = match self {
            Request::Happened { input, .. } => !matches!(
                input,
                Input::Answered { .. } | Input::CalledKey { .. } | Input::AttemptEnded { .. }
            ),
            Request::Entered { .. } | Request::Message { .. } | Request::Attempt { .. } => false,
        };
        let status: Option<CallStatus> =
            webhook.text("CallStatus").and_then(|status| status.parse().ok());
        callers && status.is_some_and(CallStatus::is_final)
    }

    /// It comes from the outbox, and comes again if it could not be kept.
    pub(super) fn waits_for_disk(&self) -> bool {
        matches!(self, Request::Message { .. } | Request::Attempt { .. })
    }
}

fn recorded(webhook: &Webhook<'_>) -> Input {
    let recording = webhook.sid("RecordingSid", SidKind::Recording);
    let absent = webhook.text("RecordingStatus").is_some_and(|status| status != "completed");
    let seconds = webhook.seconds("RecordingDuration").unwrap_or(0);
    match recording {
        Some(recording) if seconds > 0 && !absent => Input::Recorded { recording, seconds },
        Some(_) | None => Input::NoMessage,
    }
}

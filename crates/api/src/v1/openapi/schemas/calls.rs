//! Calls of lines.

use model::oncall::LineOutcome;
use serde_json::{Value, json};

use super::super::operation::named_schema;
use super::super::words::{closed, count, moment, name, one_of, open, or_null, sid, whole, words};

pub(super) fn all() -> Vec<(&'static str, Value)> {
    vec![
        ("LineCall", line_call()),
        ("Attempt", attempt()),
        ("SeesTo", closed(&["person"], &json!({ "person": name() }))),
    ]
}

fn line_call() -> Value {
    let acknowledged = open(&["by", "at"], &json!({"by": name(), "at": moment()}));
    open(
        &[
            "call",
            "line",
            "team",
            "from",
            "to",
            "began_at",
            "ended_at",
            "outcome",
            "attempts",
            "voicemail",
            "voicemail_seconds",
            "transcript",
            "media_url",
            "ticket",
            "acknowledged",
        ],
        &json!({
            "call": sid("CA"),
            "line": name(),
            "team": words("The one chosen; empty where there is one"),
            "from": words("Who called"),
            "to": words("What was called"),
            "began_at": moment(),
            "ended_at": or_null(&moment()),
            "outcome": outcome(),
            "attempts": {"type": "array", "items": named_schema("Attempt"), "description": "Everyone who was rung, in order"},
            "voicemail": or_null(&sid("RE")),
            "voicemail_seconds": or_null(&count("Of the message")),
            "transcript": or_null(&words("What the message says")),
            "media_url": or_null(&words("Where the message can be heard")),
            "ticket": or_null(&count("What `ACK` takes, once it was missed")),
            "acknowledged": or_null(&acknowledged),
        }),
    )
}

/// What a call came to.
pub(in super::super) fn outcome() -> Value {
    one_of(&LineOutcome::ALL.map(LineOutcome::as_str), "What it came to")
}

fn attempt() -> Value {
    let outcomes = [
        "ringing",
        "accepted",
        "passed",
        "silent",
        "no_answer",
        "busy",
        "failed",
        "engaged",
        "no_phone",
        "elsewhere",
        "caller_left",
    ];
    open(
        &["person", "phone", "call", "level", "began_at", "ended_at", "outcome", "price"],
        &json!({
            "person": or_null(&name()),
            "phone": or_null(&words("Which; null: they have none that rings")),
            "call": or_null(&sid("CA")),
            "level": whole(0, 1000, "Of the escalation, from 1"),
            "began_at": moment(),
            "ended_at": or_null(&moment()),
            "outcome": one_of(&outcomes, "What came of it"),
            "price": {"type": ["string", "null"], "description": "What the leg cost; null: not known"},
        }),
    )
}

//! What the command line needs besides: phones, trunks, carriers, handsets, short codes, alerts, status; and refusals.

use serde_json::{Value, json};

use super::super::words::{count, moment, open, or_null, sid, whole, words};

pub(super) fn all() -> Vec<(&'static str, Value)> {
    vec![
        ("Refusal", refusal()),
        ("RegisteredPhone", phone()),
        ("Trunk", trunk()),
        ("Ping", ping()),
        ("Carrier", carrier()),
        (
            "Handset",
            open(
                &["number", "entries", "last_at"],
                &json!({"number": words("E.164"), "entries": count("Messages"), "last_at": moment()}),
            ),
        ),
        ("InboxEntry", inbox_entry()),
        (
            "Message",
            open(
                &["sid", "status", "body"],
                &json!({"sid": sid("[SM]M"), "status": words("As Twilio has it"), "body": words("The text")}),
            ),
        ),
        ("ShortCode", short_code()),
        ("Alert", alert()),
        ("Status", status()),
    ]
}

fn refusal() -> Value {
    let mut refusal = open(
        &["code", "message", "more_info", "status"],
        &json!({
            "code": count("To program on"),
            "message": words("What is wrong, and what to do"),
            "more_info": {"type": "string", "format": "uri"},
            "status": whole(400, 599, "As in the answer's head"),
        }),
    );
    refusal["examples"] = json!([{
        "code": 20422, "message": "zone: 'Mars' is not a time zone: use its IANA name, as America/Sao_Paulo or Europe/Lisbon",
        "more_info": "https://www.twilio.com/docs/errors/20422", "status": 400,
    }]);
    refusal
}

fn phone() -> Value {
    open(
        &["sid", "name", "caller_id", "voice_url", "created_at", "contacts"],
        &json!({
            "sid": words("Its SID"), "name": words("Its user"), "password": words("Shown once, when it is added"),
            "caller_id": or_null(&words("What it shows")), "voice_url": or_null(&words("What its calls ask")),
            "created_at": moment(),
            "contacts": {"type": "array", "items": {"type": "object"}, "description": "Where it is registered"},
        }),
    )
}

fn trunk() -> Value {
    open(
        &["sid", "name", "host", "port", "username", "sources", "prefixes", "created_at"],
        &json!({
            "sid": words("Its SID"), "name": words("Its name"), "host": words("Where it is"), "port": count("UDP"),
            "username": or_null(&words("Of the digest")), "sources": {"type": "array", "items": {"type": "string"}},
            "prefixes": {"type": "array", "items": {"type": "string"}}, "created_at": moment(),
        }),
    )
}

fn ping() -> Value {
    open(
        &["answered", "round_trip_ms", "error"],
        &json!({
            "answered": {"type": "boolean"}, "round_trip_ms": {"type": ["number", "null"]},
            "error": {"type": ["string", "null"]},
        }),
    )
}

fn carrier() -> Value {
    open(
        &["name", "kind", "up", "reason", "prefixes", "priority"],
        &json!({
            "name": words("Its name"), "kind": words("How it is spoken to"), "up": {"type": "boolean"},
            "reason": or_null(&words("Why it isn't up")), "prefixes": {"type": "array", "items": {"type": "string"}},
            "priority": {"type": "integer"}, "price": {"type": ["string", "null"]},
            "price_unit": {"type": ["string", "null"]}, "per_second": {"type": ["number", "null"]},
            "window": {"type": "integer"}, "in_flight": {"type": "integer"}, "sent": {"type": "integer"},
            "refused": {"type": "integer"}, "received": {"type": "integer"}, "receipts": {"type": "integer"},
        }),
    )
}

fn inbox_entry() -> Value {
    open(
        &["id", "number", "other", "written_here", "body", "media", "message_sid", "at"],
        &json!({
            "id": {"type": "integer"}, "number": words("The handset"), "other": words("With whom"),
            "written_here": {"type": "boolean"}, "body": words("The text"),
            "media": {"type": "array"}, "message_sid": words("SM… or MM…"), "at": moment(),
        }),
    )
}

fn short_code() -> Value {
    open(
        &["sid", "short_code", "account_sid", "friendly_name"],
        &json!({
            "sid": words("SC…"), "short_code": words("Its digits"), "account_sid": sid("AC"),
            "friendly_name": words("For people"), "sms_url": or_null(&words("What is asked about its texts")),
        }),
    )
}

fn alert() -> Value {
    open(
        &["sid", "call_sid", "level", "code", "message", "url", "at"],
        &json!({
            "sid": sid("NO"), "call_sid": or_null(&sid("CA")), "level": {"type": "string", "enum": ["error", "warning"]},
            "code": count("Twilio's"), "message": words("What went wrong"), "url": or_null(&words("Where")), "at": moment(),
        }),
    )
}

fn status() -> Value {
    open(
        &[
            "version",
            "ready",
            "sip_address",
            "http_address",
            "public_url",
            "speech_engines",
            "live_calls",
            "registrations",
            "callbacks_waiting",
        ],
        &json!({
            "version": words("Of alo"), "ready": {"type": "boolean"}, "sip_address": words("Where SIP listens"),
            "http_address": or_null(&words("Where HTTP listens")), "public_url": words("How the world reaches it"),
            "speech_engines": {"type": "array", "items": {"type": "string"}}, "live_calls": count("Up or ringing"),
            "registrations": count("Phones"), "callbacks_waiting": count("In the outbox"),
        }),
    )
}

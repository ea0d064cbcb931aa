//! What is taken as a form or as JSON: numbers may be words, and what isn't known is ignored.

use serde_json::{Value, json};

use super::super::words::{open, party, words};

pub(super) fn all() -> Vec<(&'static str, Value)> {
    let texts = json!({"type": "array", "items": {"type": "string"}});
    vec![
        (
            "NewPhone",
            open(
                &["name"],
                &json!({
                    "name": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
                    "password": {"type": "string", "maxLength": 128, "description": "Drawn at random unless said"},
                    "caller_id": words("A number of the account"), "voice_url": words("What its calls ask"),
                }),
            ),
        ),
        (
            "NewTrunk",
            open(
                &["name", "host"],
                &json!({
                    "name": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
                    "host": words("Its name or address, without the port"),
                    "port": {"type": "integer", "minimum": 1, "maximum": 65535},
                    "username": words("With `password`"), "password": words("With `username`"),
                    "prefix": texts, "source": texts,
                }),
            ),
        ),
        (
            "NewShortCode",
            open(
                &["code"],
                &json!({
                    "code": {"type": "string", "pattern": "^[0-9]{3,8}$"}, "friendly_name": {"type": "string", "maxLength": 64},
                    "account_sid": words("Whose; who asks unless said"), "sms_url": words("What is asked about its texts"),
                }),
            ),
        ),
        (
            "HandsetText",
            open(
                &["to"],
                &json!({
                    "to": party(), "body": {"type": "string", "maxLength": 1600},
                    "media_url": {"type": "array", "items": {"type": "string", "format": "uri"}, "maxItems": 10},
                }),
            ),
        ),
    ]
}

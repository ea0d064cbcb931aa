//! Lines and audio.

use model::oncall::PROMPTS;
use serde_json::{Map, Value, json};

use super::super::operation::named_schema;
use super::super::words::{
    closed, count, flag, list, moment, name, number, one_of, open, or_null, party, tagged, text,
    whole, words, zone,
};

pub(super) fn all() -> Vec<(&'static str, Value)> {
    vec![
        ("Line", line(true)),
        ("LineOfPath", line(false)),
        ("Team", team()),
        ("Level", level()),
        ("Shown", shown()),
        ("Music", music()),
        ("Prompts", prompts()),
        ("PromptWords", prompt()),
        ("Voicemail", voicemail()),
        ("Target", closed(&["to"], &json!({ "to": party() }))),
        ("Audio", audio()),
    ]
}

fn line(named: bool) -> Value {
    let required: &[&str] = if named { &["name", "teams"] } else { &["teams"] };
    let mut teams = list(&named_schema("Team"), 9);
    teams["minItems"] = 1.into();
    let callers =
        words("A number, the beginning of numbers before a `*` (`+5511*`), or `anonymous`");
    let hours = closed(
        &["zone", "windows"],
        &json!({"zone": zone(), "windows": list(&named_schema("Window"), 100)}),
    );
    closed(
        required,
        &json!({
            "name": name(),
            "display": text(100, "As it is said to callers and those rung; the name unless said"),
            "language": one_of(&["en", "pt-BR"], "What callers hear; `en` unless said"),
            "callers_language": flag(true, "Whether a caller's country decides about the language, where alo has it"),
            "mode": one_of(&["connect_first", "voicemail_first"], "Whether callers are connected, or asked for a message first"),
            "teams": teams,
            "ring_seconds": whole(5, 120, "How long each phone rings; 20 unless said"),
            "shown": named_schema("Shown"),
            "allow": list(&callers, 1000),
            "block": list(&callers, 1000),
            "hours": or_null(&hours),
            "everyone_last": flag(false, "Whether everyone of the team is rung at once when nobody took the call"),
            "voicemail": or_null(&named_schema("Voicemail")),
            "music": named_schema("Music"),
            "prompts": named_schema("Prompts"),
            "target": or_null(&party()),
            "text_from": or_null(&number()),
        }),
    )
}

fn team() -> Value {
    let mut levels = list(&named_schema("Level"), 20);
    levels["minItems"] = 1.into();
    levels["description"] = "Who is rung, level after level".into();
    let key = json!({"type": "string", "pattern": "^[1-9]$", "description": "May be left out where there is one team"});
    closed(
        &["levels"],
        &json!({
            "key": or_null(&key),
            "display": text(100, "As it is said: `billing`; may be left out where there is one team"),
            "levels": levels,
        }),
    )
}

fn level() -> Value {
    json!({
        "oneOf": [
            tagged("rota", &name(), "Whoever is on duty in this rota"),
            tagged("next", &name(), "Whoever comes next in this rota"),
            tagged("person", &name(), "This person"),
            tagged("everyone", &name(), "Everyone of this rota at once"),
            tagged("phone", &party(), "A phone that belongs to nobody here"),
        ],
    })
}

fn shown() -> Value {
    json!({
        "description": "What those rung see: the line's number, so that it can pierce do-not-disturb, unless said",
        "oneOf": [
            one_of(&["line", "caller"], "The number that was called, or the caller's"),
            tagged("number", &number(), "This number of the account"),
        ],
    })
}

fn music() -> Value {
    let built_in = one_of(
        &["classical", "ambient", "electronica", "guitars", "rock", "soft-rock"],
        "`ambient` unless said",
    );
    json!({
        "description": "What callers hear while it rings",
        "oneOf": [
            one_of(&["ringing"], "What one hears while a phone rings"),
            tagged("built_in", &built_in, "Built-in music"),
            tagged("audio", &words("`alo://prompts/NAME`, or a web address"), "Audio"),
        ],
    })
}

fn prompts() -> Value {
    let languages = closed(
        &[],
        &json!({
            "en": named_schema("PromptWords"),
            "pt-BR": named_schema("PromptWords"),
            "*": named_schema("PromptWords"),
        }),
    );
    let named = PROMPTS.iter().map(|prompt| ((*prompt).to_owned(), languages.clone()));
    let named = Value::Object(named.collect::<Map<String, Value>>());
    let mut prompts = closed(&[], &named);
    prompts["description"] =
        "Texts and audio in place of the built-in ones, by language; `*` is any".into();
    prompts
}

fn prompt() -> Value {
    let said = text(
        2000,
        "{line}, {caller}, {person}, {team}, {until}, {link} and {id} are filled in where they are known",
    );
    json!({
        "oneOf": [
            tagged("text", &said, "Said, or sent"),
            tagged("audio", &words("`alo://prompts/NAME`, or a web address"), "Played; not for what is sent as a text"),
        ],
    })
}

fn voicemail() -> Value {
    let email = json!({"type": "string", "format": "email"});
    closed(
        &[],
        &json!({
            "max_seconds": whole(5, 3600, "Longest message; 180 unless said"),
            "text": flag(true, "Whether those on duty get a text"),
            "email": flag(true, "Whether those on duty get an e-mail"),
            "also": list(&email, 20),
        }),
    )
}

fn audio() -> Value {
    open(
        &["name", "url", "size", "uploaded_at"],
        &json!({
            "name": name(), "url": words("What plays it"), "size": count("Bytes"), "uploaded_at": moment(),
        }),
    )
}

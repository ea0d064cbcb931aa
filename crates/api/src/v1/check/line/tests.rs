//! What a line is refused for, by its field.

use serde_json::{Value, json};

use super::*;

fn said(more: &Value) -> Result<(), String> {
    let mut document = json!({"name": "support", "teams": [{"levels": [{"rota": "support"}]}]});
    let fields = document.as_object_mut().expect("an object");
    fields.extend(more.as_object().cloned().unwrap_or_default());
    let read: Line = serde_json::from_value(document).expect("a line");
    let name = |text: &str| text.parse::<Name>().expect("a name");
    let around = Around {
        rotas: vec![name("support")],
        people: vec![name("ada")],
        numbers: vec!["+551130000100".parse().expect("a number")],
        audio: vec![name("hello")],
    };
    line(&read, &around).map_err(|error| error.message)
}

#[test]
fn a_line_needs_but_a_team() {
    assert_eq!(said(&json!({})), Ok(()));
}

#[test]
fn everything_that_there_is_can_be_said() {
    let whole = json!({
        "display": "Example Support", "language": "pt-BR", "mode": "voicemail_first",
        "teams": [
            {"key": "1", "display": "billing", "levels": [{"rota": "support"}, {"next": "support"}]},
            {"key": "9", "display": "all", "levels": [{"everyone": "support"}, {"person": "ada"}, {"phone": "+14155550123"}]},
        ],
        "ring_seconds": 120, "shown": {"number": "+551130000100"},
        "allow": ["+*", "+5511*", "+14155550123", "anonymous"], "block": ["sip:x@a.example"],
        "voicemail": {"max_seconds": 3600, "also": ["boss@example.com"]},
        "music": {"audio": "alo://prompts/hello"},
        "prompts": {"greeting": {"*": {"audio": "https://a.example/x.mp3"}, "en": {"text": "Hi."}}},
        "target": "client:ada", "text_from": "+551130000100",
    });
    assert_eq!(said(&whole), Ok(()));
}

#[test]
fn each_mistake_is_named_by_its_field() {
    let team =
        |key: Option<&str>| json!({"key": key, "display": "x", "levels": [{"person": "ada"}]});
    let ten: Vec<Value> = (0..10).map(|_| team(Some("1"))).collect();
    for (more, field) in [
        (json!({"teams": []}), "teams: 0 teams"),
        (json!({ "teams": ten }), "teams: 10 teams"),
        (json!({"teams": [team(Some("1")), team(Some("1"))]}), "teams[1].key: 1 is another"),
        (json!({"teams": [team(Some("1")), team(None)]}), "teams[1].key: "),
        (json!({"teams": [team(Some("0"))]}), "teams[0].key: '0'"),
        (json!({"teams": [{"levels": []}]}), "teams[0].levels: 0 levels"),
        (
            json!({"teams": [{"levels": [{"rota": "nights"}]}]}),
            "teams[0].levels[0]: there is no rota 'nights'",
        ),
        (
            json!({"teams": [{"levels": [{"person": "ben"}]}]}),
            "teams[0].levels[0]: there is no person 'ben'",
        ),
        (json!({"ring_seconds": 4}), "ring_seconds: 4 seconds"),
        (json!({"ring_seconds": 121}), "ring_seconds: "),
        (json!({"voicemail": {"max_seconds": 3601}}), "voicemail.max_seconds: "),
        (json!({"voicemail": {"also": ["x"]}}), "voicemail.also[0]: "),
        (json!({"allow": ["+5511*", "55*"]}), "allow[1]: '55*'"),
        (json!({"block": [""]}), "block[0]: "),
        (json!({"music": {"built_in": "polka"}}), "music.built_in: there is no 'polka'"),
        (
            json!({"music": {"audio": "alo://prompts/none"}}),
            "music.audio: there is no audio 'none'",
        ),
        (json!({"music": {"audio": "file:///etc/passwd"}}), "music.audio: "),
        (json!({"prompts": {"hello": {}}}), "prompts.hello: "),
        (json!({"prompts": {"greeting": {"fr": {"text": "x"}}}}), "prompts.greeting.fr: "),
        (
            json!({"prompts": {"text_missed": {"*": {"audio": "https://a.example"}}}}),
            "prompts.text_missed.*: ",
        ),
        (
            json!({"prompts": {"greeting": {"*": {"text": "x".repeat(2001)}}}}),
            "prompts.greeting.*: ",
        ),
        (json!({"text_from": "+14155550123"}), "text_from: +14155550123 is not a number"),
        (json!({"shown": {"number": "+14155550123"}}), "shown.number: "),
    ] {
        let message = said(&more).expect_err(field);
        assert!(message.starts_with(field), "{message}");
    }
}

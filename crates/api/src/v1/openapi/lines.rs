//! Operations about lines, their calls, and audio.

use serde_json::{Value, json};

use super::operation::Operation;
use super::schemas;
use super::words::{flag, moment, name, sid, whole};

/// A line as it is sent.
pub(super) fn example() -> Value {
    json!({
        "name": "support", "display": "Example Support", "teams": [{"levels": [{"rota": "support"}, {"next": "support"}]}],
        "voicemail": {"max_seconds": 120},
    })
}

/// Another, with a menu.
fn example_of_menu() -> Value {
    json!({
        "name": "shop", "language": "pt-BR", "callers_language": false, "mode": "voicemail_first", "everyone_last": true,
        "teams": [
            {"key": "1", "display": "billing", "levels": [{"person": "ada"}, {"phone": "+14155550123"}]},
            {"key": "2", "display": "everything else", "levels": [{"everyone": "support"}]},
        ],
        "ring_seconds": 25, "shown": "caller", "allow": ["+55*", "anonymous"], "block": ["+14155550199"],
        "hours": {"zone": "America/Sao_Paulo", "windows": [{"days": ["mon", "tue"], "from": "09:00:00", "until": "18:00:00"}]},
        "music": {"built_in": "guitars"},
        "prompts": {"greeting": {"en": {"text": "Welcome to {line}."}, "*": {"audio": "https://example.com/oi.mp3"}}},
    })
}

pub(super) fn operations() -> Vec<Operation> {
    let mut all = lines();
    all.extend(calls());
    all.extend(prompts());
    all
}

fn lines() -> Vec<Operation> {
    let op = |method, path, id, summary| Operation::new(method, path, id, "lines", summary);
    let of_line = |method, path, id, summary| {
        op(method, path, id, summary).path_is("name", &name(), "support")
    };
    let (one, target) = ("/v1/lines/{name}", "/v1/lines/{name}/target");
    vec![
        op("get", "/v1/lines", "listLines", "Every line, by name").lists("lines", "Line", false),
        op("post", "/v1/lines", "createLine", "A new line")
            .says("A number whose voice URL is `alo://roulette/NAME` leads there.")
            .takes("Line", &[example(), example_of_menu()])
            .answers(201, "Line", "As it is kept")
            .refuses(&[409]),
        of_line("get", one, "fetchLine", "One line").answers(200, "Line", "The line"),
        of_line("put", one, "replaceLine", "In place of the one of that name, or a new one")
            .says("Calls that are on it go on as they began.")
            .takes("LineOfPath", &[example()])
            .answers(200, "Line", "As it is kept")
            .answers(201, "Line", "It is new")
            .refuses(&[409]),
        of_line("delete", one, "deleteLine", "Forgets a line, but not its calls")
            .done("It is gone"),
        of_line(
            "put",
            target,
            "setTarget",
            "Every call goes there, whatever the rota says; then voicemail",
        )
        .takes("Target", &[json!({"to": "+5511987654321"})])
        .answers(200, "Line", "The line as it is kept"),
        of_line("delete", target, "removeTarget", "The teams decide again").done("There is none"),
    ]
}

/// What lists of calls can be sifted by.
fn sifted(operation: Operation) -> Operation {
    operation
        .query("from", &moment(), "That began then or later")
        .query("until", &moment(), "That began before")
        .query("unseen", &flag(false, "Or not"), "Missed, and nobody has acknowledged it")
        .query("before", &sid("CA"), "For the next page: what `next` said")
        .query("limit", &whole(1, 1000, "50 unless said"), "At most so many")
}

fn calls() -> Vec<Operation> {
    let op = |method, path, id, summary| Operation::new(method, path, id, "calls", summary);
    let line = |operation: Operation| operation.query("line", &name(), "Of this line");
    let outcome =
        |operation: Operation| operation.query("outcome", &schemas::outcome(), "That came to this");
    let of_call = |method, path, id, summary| {
        op(method, path, id, summary).path_is(
            "sid",
            &sid("CA"),
            "CA00000000000000000000000000000001",
        )
    };
    vec![
        outcome(line(sifted(op(
            "get",
            "/v1/line-calls",
            "listLineCalls",
            "Calls of lines, newest first",
        ))))
        .lists("line_calls", "LineCall", true),
        outcome(sifted(op(
            "get",
            "/v1/lines/{name}/calls",
            "listCallsOfLine",
            "Calls of one line, newest first",
        )))
        .path_is("name", &name(), "support")
        .lists("line_calls", "LineCall", true),
        line(sifted(op(
            "get",
            "/v1/voicemails",
            "listVoicemails",
            "Calls that left a message, newest first",
        )))
        .lists("voicemails", "LineCall", true),
        of_call(
            "get",
            "/v1/line-calls/{sid}",
            "fetchLineCall",
            "A call, with everyone who was rung",
        )
        .answers(200, "LineCall", "The call"),
        of_call(
            "post",
            "/v1/line-calls/{sid}/acknowledge",
            "acknowledge",
            "Somebody sees to it; whoever was first stays",
        )
        .takes("SeesTo", &[json!({"person": "ada"})])
        .answers(200, "LineCall", "The call as it is now")
        .refuses(&[409]),
    ]
}

fn prompts() -> Vec<Operation> {
    let op = |method, path, id, summary| Operation::new(method, path, id, "prompts", summary);
    let one = "/v1/prompts/{name}";
    let of_prompt =
        |method, id, summary| op(method, one, id, summary).path_is("name", &name(), "welcome");
    let audio = json!({"schema": {"type": "string", "format": "binary"}});
    let both = json!({"audio/wav": audio, "audio/mpeg": audio});
    let taken = json!({"audio/wav": audio, "audio/mpeg": audio, "application/octet-stream": audio});
    vec![
        op("get", "/v1/prompts", "listPrompts", "Uploaded audio, by name")
            .lists("prompts", "Audio", false),
        of_prompt("get", "fetchPrompt", "The audio itself").answers_content(
            200,
            &both,
            "WAV or MP3",
        ),
        of_prompt(
            "put",
            "uploadPrompt",
            "Audio that `alo://prompts/NAME` plays; WAV or MP3, at most 10 MB",
        )
        .takes_content(&taken)
        .answers(200, "Audio", "It is kept")
        .answers(201, "Audio", "It is new")
        .refuses(&[409]),
        of_prompt("delete", "deletePrompt", "Forgets it").done("It is gone"),
    ]
}

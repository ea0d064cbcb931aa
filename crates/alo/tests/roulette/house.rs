//! A server with a support line, the phones of those on duty, and a look at what became of calls. What the line says is a
//! melody that a phone recognises; what it writes arrives on handsets of the virtual carrier.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Call, Phone, Rest, Server, ServerOptions, Story, Town, Voice, eventually};

/// The line's number.
pub(crate) const LINE: &str = "+14155550100";
/// Who calls.
pub(crate) const CUSTOMER: &str = "+14155550142";
/// Frequencies of voices, in Hz: far apart, and from every tone of the network.
pub(crate) const GREETING_HZ: f32 = 660.0;
/// How long what should happen may take on a busy machine.
pub(crate) const SOON: Duration = Duration::from_secs(30);
/// What the line says, in place of its own words.
pub(crate) const HELLO: &str = "Hello.";
pub(crate) const WHISPER: &str = "Press one.";
pub(crate) const MESSAGE: &str = "A message, please.";
pub(crate) const NOBODY: &str = "Nobody is here.";

/// The people: name and mobile. Their desk phones are registered under their names.
pub(crate) const PEOPLE: [(&str, &str); 3] =
    [("ada", "+14155550151"), ("ben", "+14155550152"), ("cleo", "+14155550153")];

pub(crate) struct House {
    pub(crate) server: Server,
    pub(crate) town: Town,
    pub(crate) rest: Rest,
    voice: Voice,
    http: reqwest::Client,
}

impl House {
    /// A line whose rota has Ada on duty, Ben next and Cleo after him, a week each. `line` is merged into the line.
    pub(crate) async fn open(line: Value) -> House {
        House::with(ServerOptions::new(env!("CARGO_BIN_EXE_alo")), line).await
    }

    pub(crate) async fn with(options: ServerOptions, line: Value) -> House {
        let story = Story::start();
        let voice = Voice::start_in(&story).await;
        let server = Server::with(options.variable("ALO_SPEECH_URL", &voice.url())).await;
        let town = Town::with(server.sip(), SOON, story);
        let house =
            House { rest: Rest::of(&server), server, town, voice, http: reqwest::Client::new() };
        for (name, mobile) in PEOPLE {
            let phones = json!([
                {"at": format!("client:{name}"), "texts": false},
                {"at": mobile, "rings": false},
            ]);
            house
                .puts(&format!("/v1/people/{name}"), json!({"name": name, "phones": phones}))
                .await;
        }
        house.puts("/v1/rotas/support", weekly(&["ada", "ben", "cleo"])).await;
        house.puts("/v1/lines/support", merged(usual_line(), line)).await;
        let home = "alo://roulette/support";
        let form = [("PhoneNumber", LINE), ("VoiceUrl", home), ("SmsUrl", home)];
        let (status, bought) = house.rest.posts("/IncomingPhoneNumbers", &form).await;
        assert_eq!(status, 201, "{bought}");
        house
    }

    /// A request to the JSON API: status and answer.
    pub(crate) async fn asks(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let method = method.parse().expect("a method");
        let request = self.http.request(method, self.server.url(path));
        let request = request.basic_auth(self.server.account_sid(), Some(self.server.auth_token()));
        let request = match body {
            Some(body) => request.header("Content-Type", "application/json").body(body.to_string()),
            None => request,
        };
        let answer = request.send().await.expect("the server answers");
        let status = answer.status().as_u16();
        let text = answer.text().await.expect("the whole answer");
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    pub(crate) async fn puts(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.asks("PUT", path, Some(body)).await;
        assert!(matches!(status, 200 | 201), "PUT {path}: {status} {answer}");
        answer
    }

    pub(crate) async fn gets(&self, path: &str) -> Value {
        let (status, answer) = self.asks("GET", path, None).await;
        assert_eq!(status, 200, "GET {path}: {answer}");
        answer
    }

    /// The line becomes another: the usual one with this merged into it.
    pub(crate) async fn changes(&self, line: Value) {
        self.puts("/v1/lines/support", merged(usual_line(), line)).await;
    }

    /// A tone is uploaded as a prompt.
    pub(crate) async fn uploads(&self, name: &str, hz: u16) {
        let wav = testkit::wav(&testkit::tone_samples(hz, Duration::from_secs(1)));
        let request = self.http.put(self.server.url(&format!("/v1/prompts/{name}")));
        let request = request.basic_auth(self.server.account_sid(), Some(self.server.auth_token()));
        let answer = request.header("Content-Type", "audio/wav").body(wav).send().await;
        assert_eq!(answer.expect("the server answers").status().as_u16(), 201);
    }

    /// Somebody's desk phone, registered.
    pub(crate) async fn desk(&self, name: &str) -> Phone {
        let password = self.server.adds_phone(name).await;
        self.town.registers(name, &password).await
    }

    /// The customer rings the line and is greeted.
    pub(crate) async fn is_rung(&self) -> Call {
        let caller = self.town.caller(CUSTOMER).await.dials(LINE).await;
        caller.is_answered().await.hears(HELLO).await;
        caller
    }

    /// The desk phone rings, is picked up, and hears what it is about.
    pub(crate) async fn picks_up(&self, phone: &Phone) -> Call {
        let call = phone.rings().await.answers().await;
        call.hears(WHISPER).await;
        call
    }

    /// The caller hears words of the line's own: a whole text that has these in it.
    pub(crate) async fn tells(&self, call: &Call, words: &str) {
        let text = eventually(&format!("'{words}' is said"), async || {
            let spoken = self.voice.spoken();
            let text = spoken.iter().find(|text| text.contains(words)).cloned();
            text.ok_or_else(|| format!("{spoken:?}"))
        })
        .await;
        call.hears(&text).await;
    }

    /// The one call of the line, once it is over.
    pub(crate) async fn what_became(&self) -> Value {
        eventually("the line's call is over", async || {
            let calls = self.calls().await;
            match calls.as_slice() {
                [call] if !call["ended_at"].is_null() && call["outcome"] != "hunting" => {
                    Ok(call.clone())
                }
                other => Err(format!("{other:?}")),
            }
        })
        .await
    }

    /// The one call of the line, once the caller has gone. What came of it may be open: a message may still come.
    pub(crate) async fn is_left(&self) -> Value {
        eventually("the caller has gone", async || match self.calls().await.as_slice() {
            [call] if !call["ended_at"].is_null() => Ok(call.clone()),
            other => Err(format!("{other:?}")),
        })
        .await
    }

    /// Calls of the line, newest first.
    pub(crate) async fn calls(&self) -> Vec<Value> {
        let list = self.gets("/v1/line-calls?limit=100").await;
        list["line_calls"].as_array().unwrap_or_else(|| panic!("a list: {list}")).clone()
    }

    /// Texts that a mobile got, oldest first.
    pub(crate) async fn texts(&self, mobile: &str) -> Vec<String> {
        let path = format!("/v1/inbox/{}", mobile.replace('+', "%2B"));
        let (status, inbox) = self.asks("GET", &path, None).await;
        if status == 404 {
            return Vec::new();
        }
        let entries = inbox["messages"].as_array().expect("messages");
        let got = entries.iter().filter(|it| it["other"] == LINE && it["written_here"] == false);
        got.map(|it| it["body"].as_str().expect("a body").to_owned()).collect()
    }

    /// Waits for a text to a mobile that says all of this.
    pub(crate) async fn reads(&self, mobile: &str, words: &[&str]) -> String {
        eventually(&format!("{mobile} reads {words:?}"), async || {
            let texts = self.texts(mobile).await;
            let found = texts.iter().find(|text| words.iter().all(|word| text.contains(word)));
            found.cloned().ok_or_else(|| format!("{texts:?}"))
        })
        .await
    }

    /// Somebody texts the line.
    pub(crate) async fn is_texted(&self, from: &str, body: &str) {
        let path = format!("/v1/inbox/{}", from.replace('+', "%2B"));
        let sent = json!({"To": LINE, "Body": body});
        let (status, answer) = self.asks("POST", &path, Some(sent)).await;
        assert!(matches!(status, 200..=202), "{status} {answer}");
    }

    pub(crate) async fn closes(mut self) {
        self.town.is_quiet().await;
        self.rest.comes_to_rest().await;
        drop(self.voice);
        assert!(self.server.terminate().await.success());
    }
}

/// A rota whose first has turn since last Monday, or longer.
pub(crate) fn weekly(people: &[&str]) -> Value {
    json!({
        "name": "support",
        "zone": "UTC",
        "layers": [{
            "name": "primary",
            // Three people, three weeks: whoever is first is on duty in this one.
            "turn": {"every": 500, "unit": "week"},
            "start": "2026-01-05",
            "handoff": "09:00",
            "crews": [{"from_turn": 0, "people": people}],
        }],
    })
}

fn usual_line() -> Value {
    let says = |text: &str| json!({"*": {"text": text}});
    json!({
        "name": "support",
        "display": "Support",
        "teams": [{"levels": [{"rota": "support"}, {"next": "support"}]}],
        "ring_seconds": 5,
        "voicemail": {"max_seconds": 30},
        "prompts": {
            "greeting": says(HELLO),
            "whisper": says(WHISPER),
            "voicemail": says(MESSAGE),
            "nobody": says(NOBODY),
        },
    })
}

fn merged(mut all: Value, more: Value) -> Value {
    if let (Some(all), Value::Object(more)) = (all.as_object_mut(), more) {
        for (name, value) in more {
            all.insert(name, value);
        }
    }
    all
}

/// What came of each attempt: `ada: accepted`.
pub(crate) fn attempts(call: &Value) -> Vec<String> {
    let attempts = call["attempts"].as_array().expect("attempts");
    let said = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    attempts.iter().map(|a| format!("{}: {}", said(&a["person"]), said(&a["outcome"]))).collect()
}

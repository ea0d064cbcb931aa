//! Calls of lines, messages, who sees to them, the load report, and uploaded audio.

use model::oncall::{Attempt, AttemptOutcome, LineCall, LineOutcome};
use model::{Moment, Sid, SidKind};
use serde_json::{Value, json};

use crate::described::Described;
use crate::server::Server;
use crate::support_line::{refused, staffed};

fn at(text: &str) -> Moment {
    text.parse().expect("a time")
}

/// Keeps a call of line `support` that began as many minutes after noon as its number says.
async fn keeps(server: &Server, digits: u128, outcome: LineOutcome) -> Sid {
    let began_at = at("2026-03-02T12:00:00Z") + std::time::Duration::from_secs(60 * digits as u64);
    let left = outcome == LineOutcome::Voicemail;
    let call = LineCall {
        call: Sid::new(SidKind::Call, digits),
        line: "support".parse().expect("a name"),
        team: String::new(),
        from: "+14155550123".parse().expect("a number"),
        to: "+551130000100".parse().expect("a number"),
        began_at,
        ended_at: Some(began_at),
        outcome,
        attempts: vec![Attempt {
            person: Some("ada".parse().expect("a name")),
            phone: Some("client:ada".parse().expect("a phone")),
            call: Some(Sid::new(SidKind::Call, 100 + digits)),
            level: 1,
            began_at,
            ended_at: Some(began_at),
            outcome: AttemptOutcome::NoAnswer,
        }],
        voicemail: left.then(|| Sid::new(SidKind::Recording, digits)),
        voicemail_seconds: left.then_some(7),
        transcript: None,
        ticket: None,
        acknowledged: None,
    };
    let sid = call.call;
    let account = server.account;
    match outcome {
        LineOutcome::Missed | LineOutcome::Voicemail => {
            server.store().miss_line_call(account, call).await.expect("it is kept");
        }
        _ => server.store().save_line_call(account, call).await.expect("it is kept"),
    }
    sid
}

async fn with_calls(server: &Server) -> Described<'_> {
    let api = staffed(server, &["ada", "ben"]).await;
    let line = json!({"name": "support", "teams": [{"levels": [{"rota": "support"}]}]});
    assert_eq!(api.post("/v1/lines", &line).await.status, 201);
    keeps(server, 1, LineOutcome::Connected).await;
    keeps(server, 2, LineOutcome::Missed).await;
    keeps(server, 3, LineOutcome::Voicemail).await;
    api
}

fn sids(answer: &Value, key: &str) -> Vec<String> {
    let rows = answer[key].as_array().expect("a list").iter();
    rows.map(|call| call["call"].as_str().expect("a SID").to_owned()).collect()
}

#[tokio::test]
async fn calls_are_listed_newest_first_and_sifted() {
    let server = Server::start().await;
    let api = with_calls(&server).await;
    let sid = |digits| Sid::new(SidKind::Call, digits).to_string();
    let all = api.get("/v1/line-calls").await.json();
    assert_eq!(sids(&all, "line_calls"), [sid(3), sid(2), sid(1)]);
    assert_eq!(all["next"], Value::Null);
    assert_eq!(all["line_calls"][0]["attempts"][0]["price"], Value::Null);
    let page = api.get("/v1/line-calls?limit=2").await.json();
    assert_eq!(page["next"], sid(2));
    let next = api.get(&format!("/v1/line-calls?limit=2&before={}", sid(2))).await.json();
    assert_eq!(sids(&next, "line_calls"), [sid(1)]);
    let unseen = api.get("/v1/line-calls?unseen=true").await.json();
    assert_eq!(sids(&unseen, "line_calls"), [sid(3), sid(2)]);
    let connected = api.get("/v1/lines/support/calls?outcome=connected").await.json();
    assert_eq!(sids(&connected, "line_calls"), [sid(1)]);
    let later = api.get("/v1/line-calls?from=2026-03-02T12:03:00Z").await.json();
    assert_eq!(sids(&later, "line_calls"), [sid(3)]);
    assert_eq!(refused(&api.get("/v1/lines/none/calls").await).0, 404);
    for wrong in [
        "limit=0",
        "limit=1001",
        "outcome=lucky",
        "unseen=perhaps",
        "before=x",
        "before=CA000000000000000000000000000000ff",
        "from=x",
        "line=a%20b",
    ] {
        assert_eq!(refused(&api.get(&format!("/v1/line-calls?{wrong}")).await).0, 400, "{wrong}");
    }
}

#[tokio::test]
async fn a_message_says_where_it_is_heard_and_who_saw_to_it() {
    let server = Server::start().await;
    let api = with_calls(&server).await;
    let left = api.get("/v1/voicemails").await.json();
    let message = &left["voicemails"][0];
    let url = message["media_url"].as_str().expect("an address");
    assert!(url.starts_with("https://alo.example/2010-04-01/Accounts/AC"), "{url}");
    assert_eq!(
        (&message["voicemail_seconds"], &message["acknowledged"]),
        (&json!(7), &Value::Null)
    );
    let path = format!("/v1/line-calls/{}", message["call"].as_str().expect("a SID"));
    let seen = api.post(&format!("{path}/acknowledge"), &json!({"person": "ada"})).await;
    assert_eq!(seen.json()["acknowledged"]["by"], "ada");
    let late = api.post(&format!("{path}/acknowledge"), &json!({"person": "ben"})).await;
    assert_eq!(late.json()["acknowledged"]["by"], "ada", "whoever was first stays");
    assert_eq!(api.get(&path).await.json()["acknowledged"]["by"], "ada");
    let unknown = api.post(&format!("{path}/acknowledge"), &json!({"person": "zoe"})).await;
    assert_eq!(refused(&unknown).0, 400);
    let connected = Sid::new(SidKind::Call, 1);
    let path = format!("/v1/line-calls/{connected}/acknowledge");
    assert_eq!(refused(&api.post(&path, &json!({"person": "ada"})).await).0, 409);
    let none = Sid::new(SidKind::Call, 9);
    assert_eq!(refused(&api.get(&format!("/v1/line-calls/{none}")).await).0, 404);
    assert_eq!(refused(&api.get("/v1/line-calls/x").await).0, 404);
}

#[tokio::test]
async fn the_load_of_each_is_reported() {
    let server = Server::start().await;
    let api = with_calls(&server).await;
    let span = "from=2026-03-02T12:00:00Z&until=2026-03-16T12:00:00Z";
    let report = api.get(&format!("/v1/reports/load?{span}")).await.json();
    let people = report["people"].as_array().expect("people");
    let names: Vec<&Value> = people.iter().map(|load| &load["person"]).collect();
    assert_eq!(names, ["ada", "ben"]);
    for load in people {
        assert_eq!((&load["hours"], &load["weekends"]), (&json!(168.0), &json!(2)), "{load}");
    }
    assert_eq!(people[0]["rung"], 3);
    assert_eq!(api.get("/v1/reports/load?days=7&rota=support").await.status, 200);
    for wrong in ["rota=none", "days=0", "days=x", "from=2020-01-01T00:00:00Z", "until=x"] {
        assert_eq!(refused(&api.get(&format!("/v1/reports/load?{wrong}")).await).0, 400, "{wrong}");
    }
}

/// A tenth of a second of silence: RIFF, 8,000 samples a second, 16 bits, one channel.
fn silence() -> Vec<u8> {
    let samples = vec![0u8; 1600];
    let mut wav = b"RIFF".to_vec();
    wav.extend((36 + samples.len() as u32).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    wav.extend(16u32.to_le_bytes());
    wav.extend([1, 0, 1, 0]);
    wav.extend(8000u32.to_le_bytes());
    wav.extend(16_000u32.to_le_bytes());
    wav.extend([2, 0, 16, 0]);
    wav.extend(b"data");
    wav.extend((samples.len() as u32).to_le_bytes());
    wav.extend(samples);
    wav
}

#[tokio::test]
async fn audio_is_uploaded_played_by_a_line_and_removed() {
    let server = Server::start().await;
    let api = staffed(&server, &["ada"]).await;
    let path = "/v1/prompts/welcome";
    let line = json!({"name": "support", "teams": [{"levels": [{"person": "ada"}]}], "music": {"audio": "alo://prompts/welcome"}});
    let (status, message) = refused(&api.post("/v1/lines", &line).await);
    assert!(status == 400 && message.starts_with("music.audio: there is no audio"), "{message}");
    let kept = api.upload("PUT", path, "audio/wav", &silence()).await;
    assert_eq!((kept.status.as_u16(), &kept.json()["url"]), (201, &json!("alo://prompts/welcome")));
    assert_eq!(api.upload("PUT", path, "audio/wav", &silence()).await.status, 200);
    assert_eq!(api.post("/v1/lines", &line).await.status, 201);
    assert_eq!(api.get(path).await.body, silence());
    assert_eq!(api.get("/v1/prompts").await.json()["prompts"][0]["size"], silence().len());
    assert_eq!(refused(&api.upload("PUT", path, "audio/wav", b"no audio").await).0, 400);
    assert_eq!(refused(&api.upload("PUT", path, "video/mp4", &silence()).await).0, 415);
    let long = vec![0u8; engine::PROMPT_SIZE + 1];
    assert_eq!(refused(&api.upload("PUT", path, "audio/wav", &long).await).0, 413);
    assert_eq!(api.delete(path).await.status, 204);
    assert_eq!(refused(&api.delete(path).await).0, 404);
    assert_eq!(refused(&api.get(path).await).0, 404);
}

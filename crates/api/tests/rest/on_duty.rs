//! Who is on duty, and what is changed by hand: overrides, take, off, swaps.

use serde_json::{Value, json};

use crate::server::Server;
use crate::support_line::{refused, staffed};

/// Far enough ahead that no test outlives it.
const FROM: &str = "2190-01-05T00:00:00Z";
const UNTIL: &str = "2190-01-06T00:00:00Z";

fn replace(person: &str, with: &str) -> Value {
    json!({"from": FROM, "until": UNTIL, "change": {"replace": {"person": person, "with": with}}})
}

#[tokio::test]
async fn who_is_on_duty_is_said_with_the_reason_and_who_comes_next() {
    let server = Server::start().await;
    let api = staffed(&server, &["ada", "ben"]).await;
    let duty = api.get("/v1/rotas/support/on-duty?at=2024-01-02T12:00:00Z").await.json();
    assert_eq!((&duty["person"], &duty["display"]), (&json!("ada"), &json!("ada")));
    assert_eq!(duty["from"], "2024-01-01T12:00:00Z");
    assert_eq!(duty["until"], "2024-01-08T12:00:00Z");
    assert_eq!(duty["next"], json!({"at": "2024-01-08T12:00:00Z", "person": "ben"}));
    let reason = &duty["reason"];
    assert_eq!((&reason["kind"], &reason["layer"]), (&json!("turn"), &json!("primary")));
    assert!(duty["why"].as_str().is_some_and(|why| why.contains("layer primary")), "{duty}");
    let path = "/v1/rotas/support/on-duty?at=2024-01-02T12:00:00Z&language=pt-BR";
    let why = api.get(path).await.json()["why"].clone();
    assert!(why.as_str().is_some_and(|why| why.contains("plantão")), "{why}");
    let before = api.get("/v1/rotas/support/on-duty?at=2023-12-01T00:00:00Z").await.json();
    assert_eq!((&before["person"], &before["reason"]["kind"]), (&Value::Null, &json!("gap")));
    assert_eq!(before["from"], Value::Null, "it always was so");
    for wrong in ["at=soon", "at=", "at=9999-01-01T00:00:00Z", "language=fr"] {
        let answer = api.get(&format!("/v1/rotas/support/on-duty?{wrong}")).await;
        assert_eq!(refused(&answer).0, 400, "{wrong}");
    }
    assert_eq!(refused(&api.get("/v1/rotas/nights/on-duty").await).0, 404);
}

#[tokio::test]
async fn shifts_and_gaps_are_listed_for_at_most_400_days() {
    let server = Server::start().await;
    let api = staffed(&server, &["ada", "ben"]).await;
    let span = "from=2023-12-25T12:00:00Z&until=2024-01-15T12:00:00Z";
    let shifts = api.get(&format!("/v1/rotas/support/shifts?{span}")).await.json();
    let people: Vec<&Value> =
        shifts["shifts"].as_array().into_iter().flatten().map(|shift| &shift["person"]).collect();
    assert_eq!(people, [&Value::Null, &json!("ada"), &json!("ben")]);
    let gaps = api.get(&format!("/v1/rotas/support/gaps?{span}")).await.json();
    let expected = json!([{"from": "2023-12-25T12:00:00Z", "until": "2024-01-01T12:00:00Z"}]);
    assert_eq!(gaps["gaps"], expected);
    for wrong in
        ["from=2026-01-01T00:00:00Z&until=2027-02-06T00:00:00Z", "until=2020-01-01T00:00:00Z"]
    {
        let (status, message) =
            refused(&api.get(&format!("/v1/rotas/support/shifts?{wrong}")).await);
        assert_eq!(status, 400);
        assert!(message.starts_with("until: "), "{message}");
    }
}

#[tokio::test]
async fn of_overlapping_overrides_the_later_wins() {
    let server = Server::start().await;
    let api = staffed(&server, &["ada", "ben", "cleo"]).await;
    let add = |person| json!({"from": FROM, "until": UNTIL, "change": {"add": {"person": person}}});
    for person in ["ben", "cleo"] {
        let made = api.post("/v1/rotas/support/overrides", &add(person)).await;
        assert_eq!(made.status, 201, "{}", made.json());
        assert_eq!((&made.json()["by"], &made.json()["rota"]), (&json!("api"), &json!("support")));
    }
    let on_duty = format!("/v1/rotas/support/on-duty?at={FROM}");
    let duty = api.get(&on_duty).await.json();
    assert_eq!((&duty["person"], &duty["reason"]["kind"]), (&json!("cleo"), &json!("override")));
    let list = api.get("/v1/rotas/support/overrides").await.json();
    let ids: Vec<i64> = list["overrides"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|it| it["id"].as_i64())
        .collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(api.delete(&format!("/v1/overrides/{}", ids[1])).await.status, 204);
    assert_eq!(api.get(&on_duty).await.json()["person"], "ben");
    assert_eq!(refused(&api.delete(&format!("/v1/overrides/{}", ids[1])).await).0, 404);
    assert_eq!(refused(&api.delete("/v1/overrides/x").await).0, 404);
}

#[tokio::test]
async fn an_override_that_cannot_be_is_refused_by_its_field() {
    let server = Server::start().await;
    let api = staffed(&server, &["ada", "ben"]).await;
    let path = "/v1/rotas/support/overrides";
    let with = |field: &str, value: Value| {
        let mut body = replace("ada", "ben");
        body[field] = value;
        body
    };
    for (body, field) in [
        (with("until", json!(FROM)), "until: "),
        (with("from", json!("9000-01-01T00:00:00Z")), "until: "),
        (with("from", json!("now")), "from: "),
        (with("id", json!(7)), "id: unknown field"),
        (with("rota", json!("nights")), "rota: "),
        (with("reason", json!("x".repeat(101))), "reason: "),
        (
            with("change", json!({"add": {"person": "zoe"}})),
            "change.add.person: there is no person",
        ),
        (with("change", json!({"swap": {}})), "change"),
        (replace("ada", "ada"), "change.replace.with: "),
        (
            json!({"from": "2020-01-01T00:00:00Z", "until": "2020-01-02T00:00:00Z", "change": {"add": {"person": "ada"}}}),
            "until: 2020-01-02T00:00:00Z is past",
        ),
    ] {
        let (status, message) = refused(&api.post(path, &body).await);
        assert_eq!(status, 400, "{message}");
        assert!(message.starts_with(field), "{message}");
    }
    assert_eq!(api.get(path).await.json()["overrides"], json!([]), "nothing was kept");
}

#[tokio::test]
async fn somebody_takes_over_and_gives_the_rest_to_whoever_is_next() {
    let server = Server::start().await;
    let api = staffed(&server, &["ada", "ben"]).await;
    let now = api.get("/v1/rotas/support/on-duty").await.json();
    let on = now["person"].as_str().expect("somebody").to_owned();
    let off = if on == "ada" { "ben" } else { "ada" };
    let taken = api.post("/v1/rotas/support/take", &json!({"person": off, "minutes": 120})).await;
    assert_eq!(taken.status, 201, "{}", taken.json());
    let duty = api.get("/v1/rotas/support/on-duty").await.json();
    assert_eq!((&duty["person"], &duty["reason"]["instead_of"]), (&json!(off), &json!(on)));
    let again = api.post("/v1/rotas/support/take", &json!({"person": off, "minutes": 60})).await;
    assert_eq!(refused(&again).0, 409, "they are on duty already");
    assert_eq!(refused(&api.post("/v1/rotas/support/off", &json!({"person": on})).await).0, 409);
    let given = api.post("/v1/rotas/support/off", &json!({"person": off})).await;
    assert_eq!(given.status, 201, "{}", given.json());
    assert_eq!(api.get("/v1/rotas/support/on-duty").await.json()["person"], json!(on));
    for body in [
        json!({"person": "ada", "minutes": 0}),
        json!({"person": "ada", "minutes": -1}),
        json!({"person": "zoe", "minutes": 1}),
        json!({"person": "ada"}),
    ] {
        assert_eq!(refused(&api.post("/v1/rotas/support/take", &body).await).0, 400, "{body}");
    }
}

#[tokio::test]
async fn a_swap_is_asked_accepted_once_and_taken_back() {
    let server = Server::start().await;
    let api = staffed(&server, &["ada", "ben", "cleo"]).await;
    let order = json!({"rota": "support", "asks": "ada", "asked": "ben"});
    let asked = api.post("/v1/swaps", &order).await;
    assert_eq!(asked.status, 201, "{}", asked.json());
    let id = asked.json()["id"].as_i64().expect("a number");
    assert_eq!(asked.json()["state"], "asked");
    let gives = asked.json()["gives"][0].as_str().expect("a time").to_owned();
    let on_duty = format!("/v1/rotas/support/on-duty?at={gives}");
    assert_eq!(api.get(&on_duty).await.json()["person"], "ada");
    let accepted = api.send("POST", &format!("/v1/swaps/{id}/accept"), &json!({})).await;
    assert_eq!((accepted.status.as_u16(), &accepted.json()["state"]), (200, &json!("accepted")));
    assert_eq!(api.get("/v1/swaps?state=accepted").await.json()["swaps"][0]["id"], id);
    assert_eq!(
        api.get(&format!("/v1/swaps/{id}")).await.json()["overrides"].as_array().map(Vec::len),
        Some(2)
    );
    for word in ["accept", "refuse"] {
        let twice = api.send("POST", &format!("/v1/swaps/{id}/{word}"), &json!({})).await;
        assert_eq!(refused(&twice), (409, format!("swap {id} is accepted already")));
    }
    let back = api.send("POST", &format!("/v1/swaps/{id}/take-back"), &json!({})).await;
    assert_eq!(back.json()["state"], "taken_back");
    assert_eq!(api.get(&on_duty).await.json()["person"], "ada");
    let back = api.send("POST", &format!("/v1/swaps/{id}/take-back"), &json!({})).await;
    assert_eq!(refused(&back).0, 409);
    assert_eq!(refused(&api.get("/v1/swaps/99999").await).0, 404);
    assert_eq!(refused(&api.get("/v1/swaps?state=x").await).0, 400);
}

#[tokio::test]
async fn a_swap_that_cannot_be_is_refused() {
    let server = Server::start().await;
    let api = staffed(&server, &["ada", "ben"]).await;
    let past = json!(["2024-01-01T12:00:00Z", "2024-01-08T12:00:00Z"]);
    for (more, word) in [
        (json!({"gives": past}), "past"),
        (json!({"takes": past}), "gives: "),
        (json!({"gives": [FROM, FROM]}), "gives: "),
        (json!({"gives": [FROM]}), "gives"),
        (json!({"rota": "nights"}), "rota: "),
        (json!({"asked": "zoe"}), "asked: "),
        (json!({"asked": "ada"}), "themselves"),
    ] {
        let mut body = json!({"rota": "support", "asks": "ada", "asked": "ben"});
        body.as_object_mut()
            .expect("an object")
            .extend(more.as_object().cloned().unwrap_or_default());
        let (status, message) = refused(&api.post("/v1/swaps", &body).await);
        assert_eq!(status, 400, "{message}");
        assert!(message.contains(word), "{message}");
    }
    assert_eq!(api.get("/v1/swaps").await.json()["swaps"], json!([]));
}

//! The support line: people, rotas, lines. Every answer is held against the OpenAPI document.

use serde_json::{Value, json};

use crate::described::Described;
use crate::server::{Answer, Server};

/// Status, and the message of a refusal.
pub(crate) fn refused(answer: &Answer) -> (u16, String) {
    let json = answer.json();
    let message = json["message"].as_str().unwrap_or_else(|| panic!("no refusal: {json}"));
    (answer.status.as_u16(), message.to_owned())
}

pub(crate) fn rota(people: &[&str]) -> Value {
    json!({
        "name": "support", "zone": "America/Sao_Paulo",
        "layers": [{
            "name": "primary", "turn": {"every": 1, "unit": "week"}, "start": "2024-01-01", "handoff": "09:00",
            "crews": [{"from_turn": 0, "people": people}],
        }],
    })
}

/// A server with these people and one rota of them.
pub(crate) async fn staffed<'a>(server: &'a Server, people: &[&str]) -> Described<'a> {
    let described = Described::read(server).await;
    for name in people {
        let phone = json!({"at": format!("client:{name}")});
        let made = described.post("/v1/people", &json!({"name": name, "phones": [phone]})).await;
        assert_eq!(made.status, 201, "{}", made.json());
    }
    let made = described.post("/v1/rotas", &rota(people)).await;
    assert_eq!(made.status, 201, "{}", made.json());
    described
}

#[tokio::test]
async fn a_person_is_added_changed_listed_and_removed() {
    let server = Server::start().await;
    let api = Described::read(&server).await;
    let ada = json!({
        "name": "Ada", "display": "Ada Costa", "email": "ada@example.com", "language": "pt-BR",
        "zone": "America/Sao_Paulo", "phones": [{"at": "+5511987654321", "label": "mobile"}],
    });
    let added = api.post("/v1/people", &ada).await;
    assert_eq!((added.status.as_u16(), &added.json()["name"]), (201, &json!("ada")));
    assert_eq!(refused(&api.post("/v1/people", &ada).await).0, 409);
    let mut shown = api.get("/v1/people/ada").await.json();
    assert_eq!(shown["phones"][0]["rings"], true);
    shown["display"] = "Ada C.".into();
    assert_eq!(api.put("/v1/people/ada", &shown).await.status, 200, "what is shown is taken");
    assert_eq!(api.put("/v1/people/ben", &json!({})).await.status, 201, "the path names them");
    let list = api.get("/v1/people").await.json();
    assert_eq!(list["people"][0]["display"], "Ada C.");
    assert_eq!(list["people"][1]["name"], "ben");
    assert_eq!(api.delete("/v1/people/ada").await.status, 204);
    assert_eq!(refused(&api.delete("/v1/people/ada").await).0, 404);
    assert_eq!(refused(&api.get("/v1/people/ada").await).0, 404);
    assert_eq!(refused(&api.get("/v1/people/%C3%A3").await).0, 404, "it can't be a name");
}

#[tokio::test]
async fn a_document_that_cannot_be_kept_is_refused_by_its_field() {
    let server = Server::start().await;
    let api = Described::read(&server).await;
    for (body, field) in [
        (json!({"name": "a b"}), "name: "),
        (json!({}), "the body: missing field `name`"),
        (json!([1]), "the body: "),
        (json!({"name": "ada", "age": 7}), "age: unknown field"),
        (json!({"name": 7}), "name: "),
        (json!({"name": "ada", "zone": "Mars/Olympus"}), "zone: 'Mars/Olympus' is not a time zone"),
        (json!({"name": "ada", "phones": [{"at": "x"}]}), "phones[0].at: "),
        (json!({"name": "ada", "email": "x"}), "email: "),
    ] {
        let (status, message) = refused(&api.post("/v1/people", &body).await);
        assert_eq!(status, 400);
        assert!(message.starts_with(field), "{message}");
    }
    let broken = api.upload("POST", "/v1/people", "application/json", b"{\"name\":").await;
    assert_eq!(broken.status, 400);
    let form =
        api.upload("POST", "/v1/people", "application/x-www-form-urlencoded", b"name=ada").await;
    assert_eq!(form.status, 415);
    let long = format!("{{\"name\":\"{}\"}}", "a".repeat(1 << 20));
    let long = api.upload("POST", "/v1/people", "application/json", long.as_bytes()).await;
    assert_eq!(long.status, 413);
    assert_eq!(api.get("/v1/people").await.json()["people"], json!([]), "nothing was kept");
}

#[tokio::test]
async fn a_rota_is_checked_before_it_is_kept() {
    let server = Server::start().await;
    let api = staffed(&server, &["ada", "ben"]).await;
    assert_eq!(refused(&api.post("/v1/rotas", &rota(&["ada"])).await).0, 409);
    let shown = api.get("/v1/rotas/support").await.json();
    assert_eq!(api.put("/v1/rotas/support", &shown).await.status, 200, "what is shown is taken");
    let with = |field: &str, value: Value| {
        let mut other = rota(&["ada"]);
        other[field] = value;
        other
    };
    for (body, field) in [
        (with("zone", json!("Mars")), "zone: "),
        (with("layers", json!([])), "layers: the rota has no layer"),
        (with("layers", json!({})), "layers: "),
        (with("tell_before_minutes", json!(0)), "tell_before_minutes: "),
        (with("text_from", json!("+14155550100")), "text_from: "),
        (rota(&[]), "layers: layer 'primary' has nobody"),
        (rota(&["ada", "ada"]), "layers: 'ada' is twice"),
        (rota(&["zoe"]), "layers: there is no person 'zoe'"),
    ] {
        let (status, message) = refused(&api.put("/v1/rotas/support", &body).await);
        assert_eq!(status, 400, "{message}");
        assert!(message.starts_with(field), "{message}");
    }
    assert_eq!(api.get("/v1/rotas/support").await.json(), shown, "nothing of it was kept");
    assert_eq!(api.delete("/v1/rotas/support").await.status, 204);
    assert_eq!(api.delete("/v1/rotas/support").await.status, 404);
}

#[tokio::test]
async fn a_rota_can_be_changed_though_somebody_of_it_is_gone() {
    let server = Server::start().await;
    let api = staffed(&server, &["ada", "ben"]).await;
    assert_eq!(api.delete("/v1/people/ben").await.status, 204);
    let changed =
        api.put("/v1/rotas/support/layers/primary/people", &json!({"people": ["ada"]})).await;
    assert_eq!(changed.status, 200, "{}", changed.json());
    let crews = &changed.json()["rota"]["layers"][0]["crews"];
    assert_eq!(crews[0]["people"], json!(["ada", "ben"]), "earlier turns stay as they were");
    assert_eq!(crews[1]["people"], json!(["ada"]));
    let unknown =
        api.put("/v1/rotas/support/layers/primary/people", &json!({"people": ["zoe"]})).await;
    assert_eq!(unknown.status, 400);
    let nights =
        api.put("/v1/rotas/support/layers/nights/people", &json!({"people": ["ada"]})).await;
    assert_eq!(nights.status, 404);
}

#[tokio::test]
async fn a_line_is_kept_with_all_of_its_words_and_has_a_target() {
    let server = Server::start().await;
    let api = staffed(&server, &["ada"]).await;
    let line =
        json!({"name": "support", "teams": [{"levels": [{"rota": "support"}]}], "voicemail": {}});
    assert_eq!(api.post("/v1/lines", &line).await.status, 201);
    assert_eq!(refused(&api.post("/v1/lines", &line).await).0, 409);
    let shown = api.get("/v1/lines/support").await.json();
    assert_eq!(
        (&shown["ring_seconds"], &shown["music"]),
        (&json!(20), &json!({"built_in": "ambient"}))
    );
    assert_eq!(api.put("/v1/lines/support", &shown).await.status, 200, "what is shown is taken");
    let target = api.put("/v1/lines/support/target", &json!({"to": "+5511987654321"})).await;
    assert_eq!(target.json()["target"], "+5511987654321");
    assert_eq!(refused(&api.put("/v1/lines/support/target", &json!({"to": "x"})).await).0, 400);
    assert_eq!(api.delete("/v1/lines/support/target").await.status, 204);
    assert_eq!(api.get("/v1/lines/support").await.json().get("target"), None);
    assert_eq!(refused(&api.put("/v1/lines/none/target", &json!({"to": "client:a"})).await).0, 404);
    let unknown = json!({"name": "shop", "teams": [{"levels": [{"rota": "shop"}]}]});
    let (status, message) = refused(&api.post("/v1/lines", &unknown).await);
    assert_eq!((status, message.as_str()), (400, "teams[0].levels[0]: there is no rota 'shop'"));
    assert_eq!(api.get("/v1/lines").await.json()["lines"].as_array().map(Vec::len), Some(1));
    assert_eq!(api.delete("/v1/lines/support").await.status, 204);
    assert_eq!(api.delete("/v1/lines/support").await.status, 404);
}

#[tokio::test]
async fn what_is_another_accounts_is_not_there() {
    let server = Server::start().await;
    let _ = staffed(&server, &["ada"]).await;
    let other = server.opens(2, false).await;
    for path in ["/v1/people/ada", "/v1/rotas/support", "/v1/rotas/support/on-duty"] {
        assert_eq!(server.get_as(other, path).await.status, 404, "{path}");
    }
    let list = server.get_as(other, "/v1/rotas").await.json();
    assert_eq!(list["rotas"], json!([]));
}

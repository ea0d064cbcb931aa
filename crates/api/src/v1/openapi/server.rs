//! Operations about the server itself: phones, trunks, alerts, status, this document.

use serde_json::json;

use super::operation::Operation;
use super::words::{count, sid, words};

const TAG: &str = "server";

pub(super) fn operations() -> Vec<Operation> {
    let op = |method, path, id, summary| Operation::new(method, path, id, TAG, summary);
    let limit = count("50 unless said; the nearest of 1 to 1000 is taken");
    let named = |method, path, id, summary| {
        op(method, path, id, summary).path_is("name", &words("Its name"), "ada")
    };
    let object = json!({"application/json": {"schema": {"type": "object"}}});
    vec![
        op("get", "/v1/phones", "listPhones", "Phones that may register here, and where they are")
            .lists("phones", "RegisteredPhone", false),
        op("post", "/v1/phones", "createPhone", "A new phone; the answer alone shows its password")
            .takes_form("NewPhone", &json!({"name": "ada", "voice_url": "alo://roulette/support"}))
            .answers(201, "RegisteredPhone", "As it is kept")
            .refuses(&[409]),
        named(
            "delete",
            "/v1/phones/{name}",
            "deletePhone",
            "Forgets a phone; its registrations end",
        )
        .done("It is gone"),
        op(
            "get",
            "/v1/trunks",
            "listTrunks",
            "Carriers and telephone systems that this server speaks to",
        )
        .lists("trunks", "Trunk", false),
        op("post", "/v1/trunks", "createTrunk", "A new trunk")
            .takes_form(
                "NewTrunk",
                &json!({"name": "carrier", "host": "sip.carrier.example", "prefix": ["+55"]}),
            )
            .answers(201, "Trunk", "As it is kept")
            .refuses(&[409]),
        named("delete", "/v1/trunks/{name}", "deleteTrunk", "Forgets a trunk; its calls go on")
            .done("It is gone"),
        named(
            "post",
            "/v1/trunks/{name}/ping",
            "pingTrunk",
            "Whether it answers, and after how long",
        )
        .answers(200, "Ping", "What came of it"),
        op("get", "/v1/alerts", "listAlerts", "What went wrong, newest first")
            .query("limit", &limit, "At most so many")
            .query("after", &sid("NO"), "Older than this one")
            .lists("alerts", "Alert", false),
        op("get", "/v1/status", "showStatus", "What runs here").answers(
            200,
            "Status",
            "What runs here",
        ),
        op("get", "/v1/openapi.json", "showDocument", "This document")
            .open()
            .answers_content(200, &object, "OpenAPI 3.1")
            .refuses(&[500]),
    ]
}

//! Operations about texts: carriers, handsets of the virtual carrier, short codes. Forms and JSON are both taken.

use serde_json::{Value, json};

use super::operation::Operation;
use super::words::{count, words};

const TAG: &str = "texts";

fn op(method: &'static str, path: &'static str, id: &str, summary: &str) -> Operation {
    Operation::new(method, path, id, TAG, summary)
}

pub(super) fn operations() -> Vec<Operation> {
    let handset = |method, path, id, summary| {
        op(method, path, id, summary).path_is("number", &words("E.164"), "+14155550123")
    };
    let mut all = vec![
        op(
            "get",
            "/v1/carriers",
            "listCarriers",
            "Carriers of texts, in the order in which they are tried",
        )
        .lists("carriers", "Carrier", false),
        op(
            "get",
            "/v1/inbox",
            "listHandsets",
            "Handsets of the virtual carrier, the one with the newest message first",
        )
        .lists("handsets", "Handset", false),
        handset(
            "get",
            "/v1/inbox/{number}",
            "readInbox",
            "What a handset got and wrote, oldest first",
        )
        .query("After", &json!({"type": "integer"}), "Entries after this one")
        .query(
            "Limit",
            &count("50 unless said; the nearest of 1 to 1000 is taken"),
            "The last so many",
        )
        .lists("messages", "InboxEntry", false),
        handset(
            "post",
            "/v1/inbox/{number}",
            "writeFromHandset",
            "A handset writes to a number or short code of this server",
        )
        .takes_form("HandsetText", &json!({"to": "+14155550100", "body": "WHO"}))
        .answers(201, "Message", "The message as it came in"),
        op("get", "/v1/short-codes", "listShortCodes", "The account's short codes, at most 1,000")
            .lists("short_codes", "ShortCode", false),
        op("post", "/v1/short-codes", "createShortCode", "A new short code")
            .takes_form("NewShortCode", &json!({"code": "12345"}))
            .answers(201, "ShortCode", "As it is kept")
            .refuses(&[409]),
        op("delete", "/v1/short-codes/{code}", "deleteShortCode", "Gives a short code up")
            .path_is("code", &words("Its digits, or its SID"), "12345")
            .done("It is gone"),
    ];
    all.extend(of_carriers());
    all
}

/// What carriers call: what they send is theirs, as is what they are answered.
fn of_carriers() -> Vec<Operation> {
    let any = json!({"schema": {}});
    let anything = json!({"*/*": any});
    let mut all = Vec::new();
    for (path, what, says) in [
        ("/v1/carriers/{name}/inbound", "Message", "A carrier has a message for us"),
        ("/v1/carriers/{name}/receipt", "Receipt", "A carrier knows what became of a message"),
    ] {
        for method in ["get", "post", "put"] {
            let id = format!("{method}Carriers{what}");
            let operation = op(method, path, &id, says)
                .says("The carrier proves itself by the secret or signature of its configuration, in its own words.")
                .open();
            all.push(answers_of_carrier(operation, &anything).path_is(
                "name",
                &words("Of the carrier"),
                "smsc",
            ));
        }
    }
    all
}

fn answers_of_carrier(operation: Operation, anything: &Value) -> Operation {
    let words = [
        (200, "It is on disk"),
        (400, "It can't be read"),
        (401, "It isn't the carrier's"),
        (403, "It isn't the carrier's"),
    ];
    let operation = words.into_iter().fold(operation, |operation, (status, text)| {
        operation.answers_content(status, anything, text)
    });
    operation.refuses(&[413, 500, 503])
}

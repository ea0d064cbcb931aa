//! Operations about people.

use serde_json::{Value, json};

use super::operation::Operation;
use super::words::{name, sid, words};

const TAG: &str = "people";

/// A person as they are sent.
pub(super) fn example() -> Value {
    json!({
        "name": "ada", "display": "Ada Costa", "email": "ada@example.com", "language": "pt-BR", "zone": "America/Sao_Paulo",
        "phones": [{"at": "+5511987654321", "label": "mobile"}, {"at": "client:ada", "texts": false}],
    })
}

pub(super) fn operations() -> Vec<Operation> {
    let op = |method, path, id, summary| Operation::new(method, path, id, TAG, summary);
    let one = "/v1/people/{name}";
    vec![
        op("get", "/v1/people", "listPeople", "Everybody, by name").lists("people", "Person", false),
        op("post", "/v1/people", "createPerson", "Somebody new")
            .takes("Person", &[example(), json!({"name": "ben"})])
            .answers(201, "Person", "As they are kept")
            .refuses(&[409]),
        op("get", one, "fetchPerson", "One person").path_is("name", &name(), "ada").answers(200, "Person", "The person"),
        op("put", one, "replacePerson", "In place of the one of that name, or somebody new")
            .path_is("name", &name(), "ada")
            .takes("PersonOfPath", &[example()])
            .answers(200, "Person", "As they are kept")
            .answers(201, "Person", "They are new")
            .refuses(&[409]),
        op("delete", one, "deletePerson", "Forgets a person")
            .says("Rotas and lines keep the name: whose turn it is then is nobody's.")
            .path_is("name", &name(), "ada")
            .done("They are gone"),
        op("post", "/v1/people/import", "importPeople", "People out of a table")
            .says(
                "CSV with a head: name, display, phone, email, language, zone. A person of the same name is replaced. \
                 All of it is taken over, or nothing: the refusal names the line.",
            )
            .takes_content(&json!({"text/csv": {
                "schema": {"type": "string"},
                "example": "name,display,phone,email,language,zone\nada,Ada Costa,+5511987654321,ada@example.com,pt-BR,America/Sao_Paulo\n",
            }}))
            .answers(200, "Imported", "Who was kept")
            .refuses(&[409]),
        op("get", "/v1/people/{name}/calendar", "addressOfPersonsCalendar", "Where a person's shifts can be subscribed to")
            .path_is("name", &name(), "ada")
            .answers(200, "Calendar", "The address, which needs no credentials"),
        calendar(op("get", "/v1/people/{name}/calendar.ics", "personsCalendar", "A person's shifts in all rotas, as a calendar"))
            .path_is("name", &name(), "ada"),
    ]
}

/// A calendar, which programs fetch that know no credentials.
pub(super) fn calendar(operation: Operation) -> Operation {
    operation
        .says("With the account's credentials, or by the address that /calendar gives.")
        .query("account", &sid("AC"), "Whose; with `token`")
        .query("token", &words("64 hexadecimal digits"), "That the address is ours")
        .answers_content(
            200,
            &json!({"text/calendar": {"schema": {"type": "string"}}}),
            "iCalendar (RFC 5545)",
        )
        .or_open()
}

//! Operations about rotas, who is on duty, and what is changed by hand.

use serde_json::{Value, json};

use super::operation::{Operation, named_schema};
use super::people::calendar;
use super::words::{moment, name, one_of, whole, words};

const TAG: &str = "rotas";

/// A rota as it is sent.
pub(super) fn example() -> Value {
    json!({
        "name": "support", "display": "Support", "zone": "America/Sao_Paulo",
        "layers": [{
            "name": "primary", "turn": {"every": 1, "unit": "week"}, "start": "2026-11-23", "handoff": "09:00:00",
            "crews": [{"from_turn": 0, "people": ["ada", "ben"]}],
        }],
        "tell_before_minutes": 60,
    })
}

/// Another, with everything that there is.
fn example_of_roulette() -> Value {
    json!({
        "name": "nights", "zone": "Europe/Lisbon", "tell_off": true,
        "layers": [{
            "name": "nights", "turn": {"every": 1, "unit": "day"}, "start": "2026-11-23", "handoff": "18:00:00",
            "order": {"roulette": {"seed": 7}},
            "crews": [{"from_turn": 0, "people": ["ada", "ben"], "first": 1}],
            "hours": [{"days": ["mon", "fri"], "from": "18:00:00", "until": "09:00:00"}],
        }],
    })
}

pub(super) fn operations() -> Vec<Operation> {
    let mut all = themselves();
    all.extend(duty());
    all.extend(by_hand());
    all
}

fn op(method: &'static str, path: &'static str, id: &str, summary: &str) -> Operation {
    Operation::new(method, path, id, TAG, summary)
}

fn of_rota(method: &'static str, path: &'static str, id: &str, summary: &str) -> Operation {
    op(method, path, id, summary).path_is("name", &name(), "support")
}

fn themselves() -> Vec<Operation> {
    let one = "/v1/rotas/{name}";
    vec![
        op("get", "/v1/rotas", "listRotas", "Every rota, by name").lists("rotas", "Rota", false),
        op("post", "/v1/rotas", "createRota", "A new rota")
            .takes("Rota", &[example(), example_of_roulette()])
            .answers(201, "Rota", "As it is kept")
            .refuses(&[409]),
        of_rota("get", one, "fetchRota", "One rota").answers(200, "Rota", "The rota"),
        of_rota("put", one, "replaceRota", "In place of the one of that name, or a new one")
            .takes("RotaOfPath", &[example()])
            .answers(200, "Rota", "As it is kept")
            .answers(201, "Rota", "It is new")
            .refuses(&[409]),
        of_rota("delete", one, "deleteRota", "Forgets a rota with its overrides and swaps").done("It is gone"),
        of_rota("put", "/v1/rotas/{name}/layers/{layer}/people", "changeCrew", "Who takes part from the next handoff on")
            .says("Nobody's turn that has begun moves. `at` puts it off: the first handoff after it counts.")
            .path_is("layer", &words("Its name"), "primary")
            .takes("NewCrew", &[json!({"people": ["ada", "ben", "cleo"]})])
            .answers(200, "CrewChanged", "The rota, and the moment from which it counts"),
    ]
}

fn language() -> Value {
    one_of(&["en", "pt-BR"], "`en` unless said")
}

fn duty() -> Vec<Operation> {
    let span = |operation: Operation, long: &str| {
        operation.query("from", &moment(), "Now unless said").query("until", &moment(), long)
    };
    vec![
        of_rota(
            "get",
            "/v1/rotas/{name}/on-duty",
            "whoIsOnDuty",
            "Who is on duty, why, and who comes next",
        )
        .query("at", &moment(), "Now unless said")
        .query("language", &language(), "Of `why`")
        .answers(200, "OnDuty", "Who; null where nobody is"),
        span(
            of_rota("get", "/v1/rotas/{name}/shifts", "listShifts", "Who is on duty when"),
            "28 days later unless said; at most 400",
        )
        .query("language", &language(), "Of `why`")
        .lists("shifts", "Shift", false),
        span(
            of_rota("get", "/v1/rotas/{name}/gaps", "listGaps", "When nobody is on duty"),
            "28 days later unless said; at most 400",
        )
        .lists("gaps", "Gap", false),
        of_rota(
            "get",
            "/v1/rotas/{name}/calendar",
            "addressOfCalendar",
            "Where the shifts can be subscribed to",
        )
        .query("person", &name(), "Only this one's")
        .answers(200, "Calendar", "The address, which needs no credentials"),
        calendar(of_rota(
            "get",
            "/v1/rotas/{name}/calendar.ics",
            "calendarOfRota",
            "The shifts, as a calendar",
        ))
        .query("person", &name(), "Only this one's"),
        op(
            "get",
            "/v1/reports/load",
            "reportLoad",
            "How much each had: hours, nights, weekends, calls",
        )
        .query("rota", &name(), "All unless said")
        .query("from", &moment(), "30 days ago unless said")
        .query("until", &moment(), "Now unless said; at most 400 days after `from`")
        .query("days", &whole(1, 400, "In place of `from`"), "How many days back")
        .answers(200, "LoadReport", "By person"),
    ]
}

fn by_hand() -> Vec<Operation> {
    vec![
        of_rota(
            "get",
            "/v1/rotas/{name}/overrides",
            "listOverrides",
            "What was changed by hand, and isn't over",
        )
        .query("from", &moment(), "Now unless said")
        .query("until", &moment(), "For ever unless said")
        .lists("overrides", "Override", false),
        of_rota(
            "post",
            "/v1/rotas/{name}/overrides",
            "createOverride",
            "Changes who is on duty for a while",
        )
        .says("Where several overlap, the later ones lie on top.")
        .takes("NewOverride", &examples_of_overrides())
        .answers(201, "Override", "As it is kept")
        .refuses(&[409]),
        op("delete", "/v1/overrides/{id}", "deleteOverride", "Takes an override back")
            .path_is("id", &json!({"type": "integer"}), "12")
            .done("It is gone"),
        of_rota(
            "post",
            "/v1/rotas/{name}/take",
            "takeOver",
            "Somebody is on duty from now, for so many minutes",
        )
        .takes("Take", &[json!({"person": "ada", "minutes": 120})])
        .answers(201, "Overrides", "What was changed")
        .refuses(&[409]),
        of_rota(
            "post",
            "/v1/rotas/{name}/off",
            "giveBack",
            "Somebody on duty gives the rest of it to whoever is next",
        )
        .takes("Off", &[json!({"person": "ada"})])
        .answers(201, "Overrides", "What was changed")
        .refuses(&[409]),
        absences(),
    ]
}

fn absences() -> Operation {
    of_rota(
            "post",
            "/v1/rotas/{name}/absences",
            "importAbsences",
            "Absences out of a calendar",
        )
        .says(
                "Either the calendar itself, with `person` in the query, or where it can be fetched. Duty of the next \
                 400 days in which somebody is away goes to whoever is next.",
            )
        .query("person", &name(), "Whose, where the body is a calendar")
        .takes_content(&json!({
            "text/calendar": {"schema": {"type": "string"}},
            "application/json": {
                "schema": named_schema("AbsencesOfAddress"),
                "example": {"person": "ada", "url": "https://calendar.example.com/ada.ics"},
            },
        }))
        .answers(200, "Absences", "What was changed, and what was left out")
        .refuses(&[409])
}

fn examples_of_overrides() -> [Value; 3] {
    let changes = [
        json!({"add": {"person": "ben"}}),
        json!({"remove": {"person": "ada"}}),
        json!({"replace": {"person": "ada", "with": "ben"}}),
    ];
    changes.map(|change| {
        json!({
            "from": "2026-12-24T12:00:00Z", "until": "2026-12-26T12:00:00Z", "change": change,
            "reason": "holiday",
        })
    })
}

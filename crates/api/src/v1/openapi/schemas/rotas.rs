//! Rotas, who is on duty by them, overrides and swaps.

use serde_json::{Value, json};

use super::super::operation::named_schema;
use super::super::words::{
    closed, count, date, flag, list, moment, name, number, one_of, open, or_null, tagged, text,
    time_of_day, whole, words, zone,
};

pub(super) fn all() -> Vec<(&'static str, Value)> {
    vec![
        ("Rota", rota(true)),
        ("RotaOfPath", rota(false)),
        ("Layer", layer()),
        ("Order", order()),
        ("Window", window()),
        ("NewCrew", new_crew()),
        ("CrewChanged", crew_changed()),
        ("OnDuty", on_duty()),
        ("Shift", shift()),
        ("Gap", open(&["from", "until"], &json!({"from": moment(), "until": moment()}))),
        (
            "Calendar",
            open(
                &["calendar_url"],
                &json!({"calendar_url": words("For calendar programs: it says who is meant, and that one may")}),
            ),
        ),
        ("NewOverride", new_override()),
        ("Override", kept_override()),
        ("Change", change()),
        ("Take", take()),
        ("Off", closed(&["person"], &json!({"person": name()}))),
        (
            "Overrides",
            open(
                &["overrides"],
                &json!({"overrides": {"type": "array", "items": named_schema("Override")}}),
            ),
        ),
        ("AbsencesOfAddress", absences_of_address()),
        ("Absences", absences()),
        ("NewSwap", new_swap()),
        ("Swap", swap()),
        ("Load", load()),
        ("LoadReport", load_report()),
    ]
}

fn rota(named: bool) -> Value {
    let required: &[&str] = if named { &["name", "zone", "layers"] } else { &["zone", "layers"] };
    let mut layers = list(&named_schema("Layer"), 20);
    layers["minItems"] = 1.into();
    layers["description"] = "Later ones lie on top: the last that has somebody decides".into();
    closed(
        required,
        &json!({
            "name": name(),
            "display": text(100, "For people; the name unless said"),
            "zone": zone(),
            "layers": layers,
            "tell_before_minutes": or_null(&whole(1, 10_080, "How long before a handoff the one coming on duty is told, too")),
            "tell_off": flag(false, "Whether the one going off duty is told"),
            "text_from": or_null(&number()),
        }),
    )
}

fn layer() -> Value {
    let turn = closed(
        &["every", "unit"],
        &json!({"every": whole(1, 1000, "How many"), "unit": one_of(&["hour", "day", "week", "month"], "Of what")}),
    );
    let crew = closed(
        &["from_turn", "people"],
        &json!({
            "from_turn": whole(0, 4_294_967_295, "Turns are counted from 0 at the layer's start"),
            "people": {"type": "array", "items": name(), "minItems": 1},
            "first": whole(0, 4_294_967_295, "Who of them has the first of these turns"),
        }),
    );
    closed(
        &["name", "turn", "start", "handoff", "crews"],
        &json!({
            "name": text(100, "`primary`, `nights`"),
            "turn": turn,
            "start": date(),
            "handoff": time_of_day(),
            "order": named_schema("Order"),
            "crews": {"type": "array", "items": crew, "minItems": 1,
                      "description": "Who takes part, since which turn; ascending, the first from turn 0"},
            "hours": {"type": "array", "items": named_schema("Window"), "description": "When it counts; empty: always"},
        }),
    )
}

fn order() -> Value {
    let seed = whole(0, 9_007_199_254_740_991, "So that every draw can be repeated and explained");
    let roulette =
        tagged("roulette", &open(&["seed"], &json!({ "seed": seed })), "Drawn by lot, fairly");
    json!({
        "oneOf": [one_of(&["in_turn"], "As in the list, again and again"), roulette],
        "default": "in_turn",
    })
}

fn window() -> Value {
    let day = one_of(&["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "On which it begins");
    closed(
        &["from", "until"],
        &json!({
            "days": {"type": "array", "items": day, "description": "Empty: all"},
            "from": time_of_day(),
            "until": time_of_day(),
        }),
    )
}

fn new_crew() -> Value {
    let people =
        json!({"type": "array", "items": name(), "minItems": 1, "description": "In their order"});
    closed(&["people"], &json!({"people": people, "at": or_null(&moment())}))
}

fn crew_changed() -> Value {
    open(
        &["rota", "effective_at"],
        &json!({"rota": named_schema("Rota"), "effective_at": moment()}),
    )
}

fn on_duty() -> Value {
    let next = open(&["at", "person"], &json!({"at": moment(), "person": or_null(&name())}));
    open(
        &["rota", "zone", "at", "person", "display", "from", "until", "why", "reason", "next"],
        &json!({
            "rota": name(),
            "zone": zone(),
            "at": moment(),
            "person": or_null(&name()),
            "display": or_null(&words("What people call them")),
            "from": or_null(&moment()),
            "until": or_null(&moment()),
            "why": words("How that comes about, in a sentence"),
            "reason": {"type": "object", "description": "The same for programs"},
            "next": or_null(&next),
        }),
    )
}

fn shift() -> Value {
    open(
        &["person", "display", "from", "until", "why", "reason"],
        &json!({
            "person": or_null(&name()),
            "display": or_null(&words("What people call them")),
            "from": or_null(&moment()),
            "until": or_null(&moment()),
            "why": words("How that comes about, in a sentence"),
            "reason": {"type": "object", "description": "The same for programs"},
        }),
    )
}

fn change() -> Value {
    let person = json!({ "person": name() });
    let both = json!({"person": name(), "with": name()});
    json!({
        "oneOf": [
            tagged("add", &open(&["person"], &person), "This person is on duty, whoever was"),
            tagged("remove", &open(&["person"], &person), "This person isn't; a lower layer may have somebody"),
            tagged("replace", &open(&["person", "with"], &both), "Whenever one is on duty, another is"),
        ],
    })
}

fn new_override() -> Value {
    closed(
        &["from", "until", "change"],
        &json!({
            "rota": name(), "from": moment(), "until": moment(), "change": named_schema("Change"),
            "reason": text(100, "For those who look it up"),
        }),
    )
}

fn kept_override() -> Value {
    open(
        &["id", "rota", "from", "until", "change", "by", "made_at"],
        &json!({
            "id": count("Later ones lie on top"), "rota": name(), "from": moment(), "until": moment(),
            "change": named_schema("Change"), "by": words("A person, or `api`"),
            "reason": words("`swap 12`, `holiday`"), "made_at": moment(),
        }),
    )
}

fn take() -> Value {
    let minutes = whole(1, 20_160, "From now on: up to two weeks");
    closed(&["person", "minutes"], &json!({"person": name(), "minutes": minutes}))
}

fn absences_of_address() -> Value {
    let url = json!({"type": "string", "format": "uri", "maxLength": 4000, "description": "Of a calendar (iCalendar)"});
    closed(&["person", "url"], &json!({"person": name(), "url": url}))
}

fn absences() -> Value {
    let left_out = json!({"type": "array", "items": words("An entry, and why it is left out")});
    open(
        &["overrides", "left_out"],
        &json!({"overrides": {"type": "array", "items": named_schema("Override")}, "left_out": left_out}),
    )
}

fn bounds() -> Value {
    json!({"type": "array", "items": moment(), "minItems": 2, "maxItems": 2, "description": "From, until"})
}

fn new_swap() -> Value {
    closed(
        &["rota", "asks", "asked"],
        &json!({
            "rota": name(), "asks": name(), "asked": name(),
            "gives": or_null(&bounds()), "takes": or_null(&bounds()),
        }),
    )
}

fn swap() -> Value {
    open(
        &["id", "rota", "asks", "asked", "gives", "state", "asked_at"],
        &json!({
            "id": count("By which it is answered, also by text"), "rota": name(), "asks": name(), "asked": name(),
            "gives": bounds(), "takes": or_null(&bounds()),
            "state": one_of(&["asked", "accepted", "refused", "taken_back"], "Where it stands"),
            "asked_at": moment(), "decided_at": or_null(&moment()),
            "overrides": {"type": "array", "items": {"type": "integer"}, "description": "What it came to"},
        }),
    )
}

fn load() -> Value {
    open(
        &[
            "person",
            "hours",
            "shifts",
            "nights",
            "weekends",
            "rung",
            "accepted",
            "passed",
            "missed",
            "talked_seconds",
        ],
        &json!({
            "person": name(),
            "hours": {"type": "number", "minimum": 0, "description": "On duty; two rotas at once count twice"},
            "shifts": count("Turns and overrides in which they were on duty"),
            "nights": count("Nights (22:00 to 07:00) in which they were on duty"),
            "weekends": count("Saturdays and Sundays on which they were on duty"),
            "rung": count("Calls that rang them"),
            "accepted": count("Calls of these that they took"),
            "passed": count("Calls of these that they passed on by key"),
            "missed": count("Calls of these that they neither took nor passed"),
            "talked_seconds": count("With callers, from the first ring on"),
        }),
    )
}

fn load_report() -> Value {
    open(
        &["from", "until", "people"],
        &json!({"from": moment(), "until": moment(), "people": {"type": "array", "items": named_schema("Load")}}),
    )
}

//! Which paths there are below `/v1/`: what the OpenAPI document is held against.

use axum::routing::any;
use model::oncall::{Line, Person, Rota};

use super::{
    absences, alerts, calendars, carriers, crews, duty, import, inbox, line_calls, lines, named,
    openapi, overrides, phones, prompts, reports, short_codes, status, swaps, trunks,
};
use crate::table::Table;

/// Largest document, in bytes: 256 kB.
const DOCUMENT: usize = 256 * 1024;
/// Largest table or calendar, in bytes: 1 MB.
const TABLE: usize = 1024 * 1024;
/// What carriers call with: whatever method they have.
const CARRIERS_METHODS: [&str; 3] = ["get", "post", "put"];

/// Everything that is ours.
pub(crate) fn all() -> Table {
    before_lines().merge(support()).merge(calls()).get("/v1/openapi.json", openapi::show)
}

fn before_lines() -> Table {
    Table::default()
        .get("/v1/carriers", carriers::list)
        .several(&CARRIERS_METHODS, "/v1/carriers/{name}/inbound", any(carriers::inbound))
        .several(&CARRIERS_METHODS, "/v1/carriers/{name}/receipt", any(carriers::receipt))
        .get("/v1/inbox", inbox::list)
        .get("/v1/inbox/{number}", inbox::read)
        .post("/v1/inbox/{number}", inbox::write)
        .get("/v1/short-codes", short_codes::list)
        .post("/v1/short-codes", short_codes::add)
        .delete("/v1/short-codes/{code}", short_codes::remove)
        .get("/v1/phones", phones::list)
        .post("/v1/phones", phones::add)
        .delete("/v1/phones/{name}", phones::remove)
        .get("/v1/trunks", trunks::list)
        .post("/v1/trunks", trunks::add)
        .delete("/v1/trunks/{name}", trunks::remove)
        .post("/v1/trunks/{name}/ping", trunks::ping)
        .get("/v1/alerts", alerts::list)
        .get("/v1/status", status::show)
}

fn support() -> Table {
    Table::default()
        .get("/v1/people", named::list::<Person>)
        .post_up_to(DOCUMENT, "/v1/people", named::create::<Person>)
        .post_up_to(TABLE, "/v1/people/import", import::people)
        .get("/v1/people/{name}", named::fetch::<Person>)
        .put_up_to(DOCUMENT, "/v1/people/{name}", named::replace::<Person>)
        .delete("/v1/people/{name}", named::delete::<Person>)
        .get("/v1/people/{name}/calendar", calendars::address_of_person)
        .get("/v1/people/{name}/calendar.ics", calendars::of_person)
        .get("/v1/rotas", named::list::<Rota>)
        .post_up_to(DOCUMENT, "/v1/rotas", named::create::<Rota>)
        .get("/v1/rotas/{name}", named::fetch::<Rota>)
        .put_up_to(DOCUMENT, "/v1/rotas/{name}", named::replace::<Rota>)
        .delete("/v1/rotas/{name}", named::delete::<Rota>)
        .put_up_to(DOCUMENT, "/v1/rotas/{name}/layers/{layer}/people", crews::replace)
        .get("/v1/rotas/{name}/on-duty", duty::now)
        .get("/v1/rotas/{name}/shifts", duty::shifts)
        .get("/v1/rotas/{name}/gaps", duty::gaps)
        .get("/v1/rotas/{name}/calendar", calendars::address_of_rota)
        .get("/v1/rotas/{name}/calendar.ics", calendars::of_rota)
        .get("/v1/rotas/{name}/overrides", overrides::list)
        .post_up_to(DOCUMENT, "/v1/rotas/{name}/overrides", overrides::create)
        .delete("/v1/overrides/{id}", overrides::delete)
        .post_up_to(DOCUMENT, "/v1/rotas/{name}/take", overrides::take)
        .post_up_to(DOCUMENT, "/v1/rotas/{name}/off", overrides::off)
        .post_up_to(TABLE, "/v1/rotas/{name}/absences", absences::import)
        .get("/v1/swaps", swaps::list)
        .post_up_to(DOCUMENT, "/v1/swaps", swaps::ask)
        .get("/v1/swaps/{id}", swaps::fetch)
        .post("/v1/swaps/{id}/accept", swaps::accept)
        .post("/v1/swaps/{id}/refuse", swaps::refuse)
        .post("/v1/swaps/{id}/take-back", swaps::take_back)
        .get("/v1/reports/load", reports::load)
}

fn calls() -> Table {
    Table::default()
        .get("/v1/lines", named::list::<Line>)
        .post_up_to(DOCUMENT, "/v1/lines", named::create::<Line>)
        .get("/v1/lines/{name}", named::fetch::<Line>)
        .put_up_to(DOCUMENT, "/v1/lines/{name}", named::replace::<Line>)
        .delete("/v1/lines/{name}", named::delete::<Line>)
        .put_up_to(DOCUMENT, "/v1/lines/{name}/target", lines::set_target)
        .delete("/v1/lines/{name}/target", lines::remove_target)
        .get("/v1/lines/{name}/calls", line_calls::list_of_line)
        .get("/v1/line-calls", line_calls::list)
        .get("/v1/line-calls/{sid}", line_calls::fetch)
        .post_up_to(DOCUMENT, "/v1/line-calls/{sid}/acknowledge", line_calls::acknowledge)
        .get("/v1/voicemails", line_calls::voicemails)
        .get("/v1/prompts", prompts::list)
        .get("/v1/prompts/{name}", prompts::fetch)
        .put_up_to(engine::PROMPT_SIZE, "/v1/prompts/{name}", prompts::replace)
        .delete("/v1/prompts/{name}", prompts::delete)
}

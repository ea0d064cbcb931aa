//! The route table: every path that is answered, and what stands before and behind all of them.
//!
//! Paths of the API of 2010 are written without extension; `asked.rs` takes it off before they are matched.

use std::any::Any;
use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, map_request_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use engine::Engine;
use tower_http::catch_panic::CatchPanicLayer;

use crate::api::Api;
use crate::asked::{self, Asked};
use crate::errors::{ApiError, METHOD_NOT_ALLOWED};
use crate::messages::{feedback, legacy, media};
use crate::services::senders;
use crate::settings::Settings;
use crate::{
    accounts, ack, applications, available_numbers, calls, health, incoming_numbers, messages,
};
use crate::{
    notifications, observed, recordings, services, short_codes, transcriptions, twimlets, v1,
};

/// The whole API on this engine. Serve it with the peers' addresses
/// (`into_make_service_with_connect_info::<SocketAddr>()`), else all clients count as one source of failed
/// authentications.
pub fn router(engine: Engine, settings: Settings) -> Router {
    let api = Api::new(engine, settings);
    let routes = twilio().merge(texts()).merge(messaging()).merge(ours()).fallback(not_found);
    let routes = routes
        .method_not_allowed_fallback(method_not_allowed)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(observed::request))
        .layer(DefaultBodyLimit::max(api.settings.body_size))
        .with_state(Arc::clone(&api));
    // The path is rewritten before it is matched, so the routes are the fallback of a router that has none.
    Router::new().fallback_service(routes).layer(map_request_with_state(api, asked::read))
}

fn twilio() -> Router<Arc<Api>> {
    let at = |path: &str| format!("{}/Accounts/{{account}}{path}", asked::VERSION);
    let accounts = format!("{}/Accounts", asked::VERSION);
    Router::new()
        .route(&accounts, get(accounts::list).post(accounts::create))
        .route(&at(""), get(accounts::fetch).post(accounts::update))
        .route(&at("/Calls"), get(calls::list).post(calls::create))
        .route(&at("/Calls/{call}"), get(calls::fetch).post(calls::update).delete(calls::delete))
        .route(&at("/Calls/{call}/Recordings"), get(recordings::list_of_call))
        .route(
            &at("/Calls/{call}/Recordings/{sid}"),
            get(recordings::fetch_of_call).delete(recordings::delete_of_call),
        )
        .route(&at("/Calls/{call}/Notifications"), get(notifications::list_of_call))
        .route(&at("/Calls/{call}/Notifications/{sid}"), get(notifications::fetch_of_call))
        .route(&at("/Recordings"), get(recordings::list))
        .route(&at("/Recordings/{sid}"), get(recordings::fetch).delete(recordings::delete))
        .route(&at("/Recordings/{sid}/Transcriptions"), get(transcriptions::list_of_recording))
        .route(
            &at("/Recordings/{sid}/Transcriptions/{transcription}"),
            get(transcriptions::fetch_of_recording).delete(transcriptions::delete_of_recording),
        )
        .route(&at("/Transcriptions"), get(transcriptions::list))
        .route(
            &at("/Transcriptions/{sid}"),
            get(transcriptions::fetch).delete(transcriptions::delete),
        )
        .route(&at("/Notifications"), get(notifications::list))
        .route(&at("/Notifications/{sid}"), get(notifications::fetch))
        .route(
            &at("/IncomingPhoneNumbers"),
            get(incoming_numbers::list).post(incoming_numbers::create),
        )
        .route(
            &at("/IncomingPhoneNumbers/{sid}"),
            get(incoming_numbers::fetch)
                .post(incoming_numbers::update)
                .delete(incoming_numbers::delete),
        )
        .route(&at("/AvailablePhoneNumbers"), get(available_numbers::countries))
        .route(&at("/AvailablePhoneNumbers/{country}"), get(available_numbers::country))
        .route(&at("/AvailablePhoneNumbers/{country}/Local"), get(available_numbers::local))
        .route(&at("/AvailablePhoneNumbers/{country}/Mobile"), get(available_numbers::mobile))
        .route(&at("/AvailablePhoneNumbers/{country}/TollFree"), get(available_numbers::toll_free))
}

fn texts() -> Router<Arc<Api>> {
    let at = |path: &str| format!("{}/Accounts/{{account}}{path}", asked::VERSION);
    Router::new()
        .route(&at("/Messages"), get(messages::list).post(messages::create))
        .route(
            &at("/Messages/{message}"),
            get(messages::fetch).post(messages::update).delete(messages::delete),
        )
        .route(&at("/Messages/{message}/Media"), get(media::list))
        .route(&at("/Messages/{message}/Media/{sid}"), get(media::fetch).delete(media::delete))
        .route(&at("/Messages/{message}/Feedback"), post(feedback::create))
        .route(&at("/SMS/Messages"), get(legacy::list).post(legacy::create))
        .route(&at("/SMS/Messages/{message}"), get(legacy::fetch))
        .route(&at("/SMS/ShortCodes"), get(short_codes::list))
        .route(&at("/SMS/ShortCodes/{sid}"), get(short_codes::fetch).post(short_codes::update))
        .route(&at("/Applications"), get(applications::list).post(applications::create))
        .route(
            &at("/Applications/{sid}"),
            get(applications::fetch).post(applications::update).delete(applications::delete),
        )
}

fn messaging() -> Router<Arc<Api>> {
    Router::new()
        .route("/v1/Services", get(services::list).post(services::create))
        .route(
            "/v1/Services/{service}",
            get(services::fetch).post(services::update).delete(services::delete),
        )
        .route("/v1/Services/{service}/{senders}", get(senders::list).post(senders::add))
        .route(
            "/v1/Services/{service}/{senders}/{sid}",
            get(senders::fetch).delete(senders::remove),
        )
}

fn ours() -> Router<Arc<Api>> {
    let twimlets = Router::new()
        .route("/twimlets/", get(twimlets::page))
        .route("/twimlets/{name}", get(twimlets::answer).post(twimlets::answer));
    let health =
        Router::new().route("/healthz", get(health::healthz)).route("/readyz", get(health::readyz));
    let links = Router::new().route("/ack/{token}", get(ack::page).post(ack::acknowledge));
    v1::routes::all().router().merge(twimlets).merge(health).merge(links)
}

async fn not_found(Extension(asked): Extension<Asked>) -> ApiError {
    asked.not_found()
}

async fn method_not_allowed() -> ApiError {
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, METHOD_NOT_ALLOWED, "Method not allowed")
}

/// The request ends, not the server.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let words = panic.downcast_ref::<String>().map(String::as_str);
    let words = words.or(panic.downcast_ref::<&str>().copied()).unwrap_or("no words");
    tracing::error!(panic = words, "a handler panicked");
    ApiError::internal().into_response()
}

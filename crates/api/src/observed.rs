//! Counts requests and times them, by route: the pattern, never the path, so that the counts stay few and name nobody.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

/// Route of a request that no route matched.
const NO_ROUTE: &str = "none";

/// Around every request.
pub(crate) async fn request(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or(NO_ROUTE, MatchedPath::as_str).to_owned();
    let method = method(request.method());
    let began = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_str().to_owned();
    let took = began.elapsed();
    tracing::debug!(route, method, status, ?took, "request");
    metrics::histogram!("alo_http_request_seconds", "route" => route.clone())
        .record(took.as_secs_f64());
    metrics::counter!(
        "alo_http_requests_total",
        "route" => route, "method" => method, "status" => status
    )
    .increment(1);
    response
}

/// The usual ones by name; a client may invent others.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

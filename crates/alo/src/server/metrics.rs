//! `/metrics`: what is counted, in Prometheus' text format. It names no number and no account, and needs no credentials.
//!
//! <https://prometheus.io/docs/instrumenting/exposition_formats/>; names of the process's own figures follow
//! <https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics>.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use anyhow::Context;
use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use engine::Engine;
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

/// Upper bounds of histograms, in seconds: from an answer out of memory to the longest webhook.
const SECONDS: [f64; 14] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0];

/// How often what was counted is folded into histograms, so that memory stays flat while nobody asks.
const FOLD: Duration = Duration::from_secs(5);

/// What is counted in this process.
#[derive(Clone)]
pub(super) struct Figures {
    prometheus: PrometheusHandle,
    started_at: Instant,
}

impl Figures {
    /// Begins to count, once in a process.
    pub(super) fn start() -> anyhow::Result<Figures> {
        static COUNTED: OnceLock<Figures> = OnceLock::new();
        if let Some(figures) = COUNTED.get() {
            return Ok(figures.clone());
        }
        let prometheus = PrometheusBuilder::new()
            .set_buckets(&SECONDS)
            .and_then(PrometheusBuilder::install_recorder)
            .context("metrics can't be counted")?;
        describe();
        let figures = Figures { prometheus, started_at: Instant::now() };
        tokio::spawn(fold(figures.prometheus.clone()));
        Ok(COUNTED.get_or_init(|| figures).clone())
    }
}

async fn fold(prometheus: PrometheusHandle) {
    let mut beat = tokio::time::interval(FOLD);
    loop {
        beat.tick().await;
        prometheus.run_upkeep();
    }
}

/// The route of `/metrics`.
pub(super) fn route(figures: Figures, engine: Engine) -> Router {
    let show = move || {
        let (figures, engine) = (figures.clone(), engine.clone());
        async move { show(&figures, &engine).await }
    };
    Router::new().route("/metrics", get(show))
}

async fn show(figures: &Figures, engine: &Engine) -> impl IntoResponse + use<> {
    gauge!("alo_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    gauge!("alo_uptime_seconds").set(figures.started_at.elapsed().as_secs_f64());
    gauge!("alo_ready").set(if engine.is_ready() { 1.0 } else { 0.0 });
    gauge!("alo_calls_live").set(engine.live_calls() as f64);
    gauge!("alo_tasks").set(tokio::runtime::Handle::current().metrics().num_alive_tasks() as f64);
    let sip = engine.sip().load();
    gauge!("alo_sip_dialogs").set(sip.calls as f64);
    gauge!("alo_sip_transactions").set(sip.transactions as f64);
    counter!("alo_sip_dropped_total").absolute(sip.dropped);
    counter!("alo_sip_unreadable_total").absolute(sip.unreadable);
    counter!("alo_sip_overloaded_total").absolute(sip.overloaded);
    counter!("alo_sip_wrong_passwords_total").absolute(sip.wrong_passwords);
    gauge!("alo_sip_registrations").set(engine.sip().registrations().len() as f64);
    gauge!("alo_rtp_streams").set(engine.media().streams() as f64);
    if let Ok(depth) = engine.store().outbox_depth().await {
        gauge!("alo_outbox_callbacks").set(depth as f64);
    }
    gauge!("alo_texts_waiting").set(engine.waiting_texts() as f64);
    for carrier in engine.carriers() {
        tell_of(&carrier);
    }
    process();
    let text = figures.prometheus.render();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text)
}

/// A carrier's figures, under the name that the configuration gives it.
fn tell_of(carrier: &engine::CarrierStatus) {
    let name = carrier.name.clone();
    gauge!("alo_carrier_up", "carrier" => name.clone()).set(if carrier.up { 1.0 } else { 0.0 });
    gauge!("alo_carrier_in_flight", "carrier" => name.clone()).set(carrier.in_flight as f64);
    counter!("alo_carrier_sent_total", "carrier" => name.clone()).absolute(carrier.sent);
    counter!("alo_carrier_refused_total", "carrier" => name.clone()).absolute(carrier.refused);
    counter!("alo_carrier_received_total", "carrier" => name.clone()).absolute(carrier.received);
    counter!("alo_carrier_receipts_total", "carrier" => name).absolute(carrier.receipts);
}

fn describe() {
    describe_gauge!("alo_info", "the version that runs");
    describe_gauge!("alo_uptime_seconds", "time since the start");
    describe_gauge!("alo_ready", "1 while calls are taken, 0 while the server stops");
    describe_gauge!("alo_calls_live", "calls that are up or ringing");
    describe_gauge!("alo_sip_dialogs", "legs that signalling knows, in both directions");
    describe_gauge!(
        "alo_sip_transactions",
        "SIP transactions that are remembered, also for some time after their call"
    );
    describe_counter!(
        "alo_sip_dropped_total",
        "datagrams dropped unread: their source sent too many"
    );
    describe_counter!("alo_sip_unreadable_total", "datagrams that were no SIP message");
    describe_counter!("alo_sip_overloaded_total", "SIP requests answered 503: too many at once");
    describe_counter!("alo_sip_wrong_passwords_total", "SIP requests with a wrong password");
    describe_gauge!("alo_tasks", "tasks of the runtime that are alive");
    describe_gauge!("alo_sip_registrations", "places that phones are registered at");
    describe_gauge!("alo_rtp_streams", "audio streams that are open");
    describe_gauge!("alo_outbox_callbacks", "callbacks that wait to be sent");
    describe_counter!("alo_panics_total", "panics that ended a task; the server went on");
    describe_counter!("alo_calls_total", "calls that began, by direction");
    describe_counter!(
        "alo_calls_refused_total",
        "calls that were refused before they began, by SIP status"
    );
    describe_counter!("alo_webhooks_total", "applications asked, by whether they answered");
    describe_counter!(
        "alo_http_requests_total",
        "requests to the API, by route, method and status"
    );
    describe_histogram!("alo_http_request_seconds", "time that requests to the API took, by route");
    describe_texts();
    counter!("alo_panics_total").absolute(0);
}

fn describe_texts() {
    describe_counter!("alo_texts_total", "texts that were taken or came in, by direction");
    describe_gauge!("alo_texts_waiting", "texts that wait for a carrier");
    describe_counter!(
        "alo_texts_unknown_total",
        "texts that came in for a number that nobody here has, by carrier"
    );
    describe_counter!(
        "alo_receipts_unknown_total",
        "receipts for messages that are not known, by carrier"
    );
    describe_gauge!("alo_carrier_up", "1 while the carrier takes texts");
    describe_gauge!("alo_carrier_in_flight", "texts that it was given and has not acknowledged");
    describe_counter!("alo_carrier_sent_total", "texts that it took since the start");
    describe_counter!("alo_carrier_refused_total", "texts that it refused since the start");
    describe_counter!("alo_carrier_received_total", "texts that it brought since the start");
    describe_counter!("alo_carrier_receipts_total", "receipts that it brought since the start");
}

/// Memory, time and files of this process, where the system tells (Linux, proc(5)).
fn process() {
    /// Bytes of a page and ticks of a second on every Linux that alo is built for.
    const PAGE: f64 = 4_096.0;
    const TICKS: f64 = 100.0;
    /// Fields of `/proc/self/stat` behind the name of the program: utime, stime, num_threads (proc(5), counted from state).
    const USER: usize = 11;
    const SYSTEM: usize = 12;
    const THREADS: usize = 17;
    if let Ok(statm) = std::fs::read_to_string("/proc/self/statm")
        && let Some(pages) = statm.split(' ').nth(1).and_then(|it| it.parse::<f64>().ok())
    {
        gauge!("process_resident_memory_bytes").set(pages * PAGE);
    }
    if let Ok(stat) = std::fs::read_to_string("/proc/self/stat")
        && let Some((_, fields)) = stat.rsplit_once(") ")
    {
        let fields: Vec<f64> = fields.split(' ').map(|it| it.parse().unwrap_or_default()).collect();
        let field = |at: usize| fields.get(at).copied().unwrap_or_default();
        gauge!("process_cpu_seconds_total").set((field(USER) + field(SYSTEM)) / TICKS);
        gauge!("process_threads").set(field(THREADS));
    }
    if let Ok(files) = std::fs::read_dir("/proc/self/fd") {
        gauge!("process_open_fds").set(files.count() as f64);
    }
}

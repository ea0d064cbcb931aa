//! Thousands of calls, after which the server holds what it held before.

use std::collections::BTreeMap;
use std::time::Duration;

use testkit::{Answer, Sipp, eventually, eventually_within};

use super::house::{CALLER, House, NUMBER, WAITS, options, response};

/// Calls of a wave.
const CALLS: u32 = 2_000;

/// Of these, how many are connected with a callee.
const BRIDGED: u32 = 400;

/// Calls a second that come in. A debug build on two busy cores has to keep up.
const A_SECOND: u32 = 80;

/// How long each talks.
const TALK: Duration = Duration::from_millis(200);

/// How long a wave may take.
const WAVE_MAX: Duration = Duration::from_secs(120);

/// How long transactions are remembered after the last call: 64·T1 (RFC 3261 §17, RFC 6026), with room for a busy machine.
const REMEMBERED: Duration = Duration::from_secs(60);

/// How much more memory may be held after a second wave than after the first, in bytes. The first fills caches and the
/// allocator's pools; a leak of 1 kB a call would be 2 MB.
const GROWTH_MAX: i64 = 1_500_000;

/// The figure of memory.
const MEMORY: &str = "process_resident_memory_bytes";

/// The number of those who are dialled on.
const BRIDGED_CALLER: &str = "+14155550143";

#[tokio::test]
async fn after_two_thousand_calls_sockets_tasks_streams_and_memory_are_back() {
    let mut options = options().variable("ALO_LOG", "warn");
    options.rtp_ports = 500;
    let house = House::with(options).await;
    house.app.answers("/ended", alone(Answer::status(204)));
    wave(&house, 100, 20).await;
    let before = forgotten(&house).await;
    wave(&house, CALLS - BRIDGED, BRIDGED).await;
    let first = forgotten(&house).await;
    wave(&house, CALLS - BRIDGED, BRIDGED).await;
    let second = forgotten(&house).await;
    let (zero, one, two) = (before[MEMORY], first[MEMORY], second[MEMORY]);
    println!("memory: {zero} before, {one} after one wave, {two} after two");
    eventually("files, threads and tasks are back", async || {
        let now = house.metrics().await;
        let more: Vec<String> = ["process_open_fds", "process_threads", "alo_tasks"]
            .iter()
            .filter(|name| now[**name] > before[**name])
            .map(|name| format!("{name} was {} and is {}", before[*name], now[*name]))
            .collect();
        if more.is_empty() { Ok(()) } else { Err(more.join(", ")) }
    })
    .await;
    assert_eq!(second["alo_panics_total"], 0);
    assert!(two - one <= GROWTH_MAX, "memory was {one} after one wave and is {two} after two");
}

/// Calls by two sipps at once: those that a document answers, and those that are dialled on.
async fn wave(house: &House, answered: u32, bridged: u32) {
    let callee = Sipp::new("uas-answered")
        .calls(bridged)
        .talk(Duration::ZERO)
        .within(WAVE_MAX)
        .serve()
        .await;
    let sip = format!("<Sip>sip:ada@{}</Sip>", callee.address());
    let dial = format!("<Dial answerOnBridge=\"true\">{sip}</Dial>");
    house.app.on("/voice", move |request| {
        // sipp's callers say which they are by their number.
        let bridged = request.param("From").is_some_and(|from| from == BRIDGED_CALLER);
        alone(response(if bridged { &dial } else { WAITS }))
    });
    let load = |caller: &str, calls: u32, share: u32| {
        let callers = Sipp::new("uac-load").target(house.server.sip()).service(NUMBER).calls(calls);
        let callers = callers.set("caller", caller).rate(share).at_once(60);
        callers.talk(TALK).within(WAVE_MAX).run()
    };
    let slow = A_SECOND * bridged / (answered + bridged);
    let (one, other) =
        tokio::join!(load(CALLER, answered, A_SECOND - slow), load(BRIDGED_CALLER, bridged, slow));
    assert_eq!((one.successful, other.successful), (answered as u64, bridged as u64));
    callee.finish().await;
}

/// An answer after which the connection is closed: connections that are kept for the next request would count as files.
fn alone(answer: Answer) -> Answer {
    answer.header("Connection", "close")
}

/// Waits until all calls are over and signalling has forgotten them, and says what the metrics are then. Meanwhile the calls
/// are deleted: the store keeps pages of its database in memory, more as there are more calls, up to 16 MB.
async fn forgotten(house: &House) -> BTreeMap<String, i64> {
    house.comes_to_rest().await;
    house.deletes_all_calls().await;
    eventually_within("all transactions are forgotten", REMEMBERED, async || {
        let figures = house.metrics().await;
        match figures.get("alo_sip_transactions") {
            Some(0) => Ok(figures),
            left => Err(format!("{left:?} are remembered")),
        }
    })
    .await
}

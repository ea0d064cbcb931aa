//! Operations about swaps.

use serde_json::json;

use super::operation::Operation;
use super::words::one_of;

const TAG: &str = "swaps";

pub(super) fn operations() -> Vec<Operation> {
    let op = |method, path, id, summary| Operation::new(method, path, id, TAG, summary);
    let of_swap = |method, path, id, summary| {
        op(method, path, id, summary).path_is("id", &json!({"type": "integer"}), "12")
    };
    let answer = |path, id, summary| {
        of_swap("post", path, id, summary).answers(200, "Swap", "As it is now").refuses(&[409])
    };
    let states = one_of(&["asked", "accepted", "refused", "taken_back"], "Where they stand");
    vec![
        op("get", "/v1/swaps", "listSwaps", "Swaps, newest first, at most 1,000")
            .query("state", &states, "All unless said")
            .lists("swaps", "Swap", false),
        op("post", "/v1/swaps", "askSwap", "One asks another to change shifts")
            .says("Unless said, `gives` is the next shift of the one who asks, and `takes` the next of the one asked. \
                   Either is from, until, and lies ahead. `gives` alone: none is taken for it.")
            .takes("NewSwap", &[json!({"rota": "support", "asks": "ada", "asked": "ben"})])
            .answers(201, "Swap", "As it is kept")
            .refuses(&[409]),
        of_swap("get", "/v1/swaps/{id}", "fetchSwap", "One swap").answers(200, "Swap", "The swap"),
        answer("/v1/swaps/{id}/accept", "acceptSwap", "It counts"),
        answer("/v1/swaps/{id}/refuse", "refuseSwap", "The one asked says no"),
        answer("/v1/swaps/{id}/take-back", "takeBackSwap", "The one who asked takes it back, also after it was accepted"),
    ]
}

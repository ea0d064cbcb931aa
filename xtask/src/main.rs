//! `cargo xtask`: the checks that CI runs apart from the tests, and the benches, as one command that anybody can run.
//!
//! It reads the checkout and runs cargo and what cargo built. It changes no file but the data that `voice-data` makes, and
//! depends on no crate of ours.

mod bench;
mod cargo;
mod check;
mod finding;
mod fuzz;
mod house;
mod source;
mod tidy;
mod voice_data;

use std::process::ExitCode;

use crate::house::House;

const USAGE: &str = "\
cargo xtask check            all that CI runs apart from the tests
cargo xtask check STEP...    only these steps: fmt tidy clippy docs manual wasm deny
cargo xtask tidy             the rules of the house that no lint knows (seconds, builds nothing)
cargo xtask fuzz [--seconds N] [TARGET...]   every fuzz target for N seconds (60); needs nightly and cargo-fuzz
cargo xtask bench [--json] [--binary PATH] [RUN...]   CPU time per unit of work against the budgets; needs sipp, and kannel beside texts
cargo xtask voice-data PATH   the lexicon and tagger of crates/reading, from an unpacked hibari-tts wheel; needs gzip";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["check", steps @ ..] => check::run(&House::root(), steps),
        ["tidy"] => check::run(&House::root(), &["tidy"]),
        ["fuzz", words @ ..] => fuzz::run(&House::root(), words),
        ["bench", words @ ..] => bench::run(&House::root(), words),
        ["voice-data", words @ ..] => voice_data::run(&House::root(), words),
        [] | ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        [unknown, ..] => Err(anyhow::anyhow!("'{unknown}' is not a command\n\n{USAGE}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

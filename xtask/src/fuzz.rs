//! `cargo xtask fuzz`: every fuzz target for a while, from its seeds and what earlier runs found.
//!
//! Needs a nightly toolchain and cargo-fuzz, and is no part of what CI runs. What a target can't stand is left in
//! `fuzz/artifacts`, and its test belongs beside the parser.

use std::path::Path;

use anyhow::{Context, bail};

use crate::cargo;

/// How long each target runs where nothing else is asked for, in seconds.
const SECONDS: u32 = 60;

/// Longest that one input may take, in seconds; inputs of a few kilobytes take microseconds.
const INPUT_SECONDS: u32 = 5;

/// Most memory of a target, in MiB: the sanitizer's own share is a few hundred.
const MEMORY: u32 = 2_048;

/// Reads `[--seconds N] [TARGET...]` and runs the targets, all where none is named.
pub(crate) fn run(root: &Path, words: &[&str]) -> anyhow::Result<()> {
    let (seconds, chosen) = match words {
        ["--seconds", seconds, chosen @ ..] => (
            seconds.parse().with_context(|| format!("'{seconds}' is no number of seconds"))?,
            chosen,
        ),
        chosen => (SECONDS, chosen),
    };
    let targets = targets(root)?;
    if let Some(unknown) = chosen.iter().find(|name| targets.iter().all(|known| known != *name)) {
        bail!("'{unknown}' is not a target; there are {}", targets.join(", "));
    }
    if !cargo::succeeds(root, "cargo", &["+nightly", "fuzz", "--version"]) {
        bail!(
            "this needs `rustup toolchain install nightly` and `cargo install --locked cargo-fuzz`"
        );
    }
    let mut failed = Vec::new();
    for target in targets.iter().filter(|it| chosen.is_empty() || chosen.contains(&it.as_str())) {
        println!("== fuzz {target} for {seconds} s");
        if let Err(error) = fuzz(root, target, seconds) {
            println!("   {target} FAILED: {error:#}");
            failed.push(target.as_str());
        }
    }
    if !failed.is_empty() {
        bail!("the fuzzer broke {}; what broke them is in fuzz/artifacts", failed.join(", "));
    }
    println!("== nothing broke");
    Ok(())
}

fn fuzz(root: &Path, target: &str, seconds: u32) -> anyhow::Result<()> {
    let corpus = format!("fuzz/corpus/{target}");
    std::fs::create_dir_all(root.join(&corpus)).with_context(|| format!("no {corpus}"))?;
    let seeds = format!("fuzz/seeds/{target}");
    let dictionary = format!("fuzz/dictionaries/{target}.dict");
    let mut words = vec!["+nightly", "fuzz", "run", "--target-dir", "target/fuzz", target, &corpus];
    words.extend(root.join(&seeds).is_dir().then_some(seeds.as_str()));
    words.push("--");
    let limits = [
        format!("-max_total_time={seconds}"),
        format!("-timeout={INPUT_SECONDS}"),
        format!("-rss_limit_mb={MEMORY}"),
        format!("-dict={dictionary}"),
    ];
    let has_dictionary = root.join(&dictionary).is_file();
    let kept = if has_dictionary { &limits[..] } else { &limits[..3] };
    words.extend(kept.iter().map(String::as_str));
    cargo::show(root, "cargo", &words, &[])
}

/// The names of the targets in the manifest, in its order.
fn targets(root: &Path) -> anyhow::Result<Vec<String>> {
    let text =
        std::fs::read_to_string(root.join("fuzz/Cargo.toml")).context("no fuzz/Cargo.toml")?;
    let manifest: toml::Table = text.parse().context("fuzz/Cargo.toml is not TOML")?;
    let binaries = manifest.get("bin").and_then(toml::Value::as_array);
    let names = binaries.into_iter().flatten().filter_map(|binary| binary.get("name")?.as_str());
    Ok(names.map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::house::House;

    #[test]
    fn every_target_has_seeds_and_a_source() {
        let root = House::root();
        let targets = targets(&root).expect("the manifest is readable");
        assert!(!targets.is_empty());
        for target in targets {
            assert!(root.join(format!("fuzz/targets/{target}.rs")).is_file(), "{target}");
            assert!(root.join(format!("fuzz/seeds/{target}")).is_dir(), "{target}");
        }
    }

    #[test]
    fn a_target_that_is_not_there_is_named() {
        let error = run(&House::root(), &["sound"]).expect_err("there is no such target");
        assert!(error.to_string().starts_with("'sound' is not a target"), "{error}");
    }
}

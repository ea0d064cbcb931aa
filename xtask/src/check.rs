//! `cargo xtask check`: the steps in order, all of them even when one fails, and a summary at the end.
//!
//! What costs seconds comes before what costs minutes.

use std::path::Path;
use std::time::Instant;

use anyhow::bail;

use crate::finding::Finding;
use crate::house::House;
use crate::{cargo, tidy};

/// A step's name, what it is for, and how it is done.
struct Step {
    name: &'static str,
    about: &'static str,
    run: fn(&Path) -> anyhow::Result<()>,
}

const STEPS: [Step; 7] = [
    Step { name: "fmt", about: "every file as rustfmt writes it", run: fmt },
    Step { name: "tidy", about: "the rules of the house that no lint knows", run: tidy },
    Step { name: "clippy", about: "all lints, as errors", run: clippy },
    Step { name: "docs", about: "doc comments without a broken link", run: docs },
    Step {
        name: "manual",
        about: "generated pages fresh, commands in the pages real",
        run: manual,
    },
    Step { name: "wasm", about: "pure crates build where there is no system", run: wasm },
    Step { name: "deny", about: "cargo-deny on licences, bans and sources", run: deny },
];

/// Crates without I/O as a whole. `media` is pure but for `media::io`, so it can't be built without a system.
const PURE_CRATES: [&str; 7] = ["model", "twiml", "call", "oncall", "reading", "twimlets", "watch"];

const WASM: &str = "wasm32-unknown-unknown";

/// Runs the named steps, or all where none is named.
pub(crate) fn run(root: &Path, names: &[&str]) -> anyhow::Result<()> {
    if let Some(unknown) = names.iter().find(|name| STEPS.iter().all(|step| step.name != **name)) {
        let known: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        bail!("'{unknown}' is not a step; there are {}", known.join(", "));
    }
    let mut failed = Vec::new();
    for step in STEPS.iter().filter(|step| names.is_empty() || names.contains(&step.name)) {
        println!("== {}: {}", step.name, step.about);
        let started_at = Instant::now();
        let outcome = (step.run)(root);
        let seconds = started_at.elapsed().as_secs_f32();
        match outcome {
            Ok(()) => println!("   {} is clean ({seconds:.1} s)", step.name),
            Err(error) => {
                println!("   {} FAILED ({seconds:.1} s): {error:#}", step.name);
                failed.push(step.name);
            }
        }
    }
    if !failed.is_empty() {
        bail!("not clean: {}", failed.join(", "));
    }
    println!("== all clean");
    Ok(())
}

fn fmt(root: &Path) -> anyhow::Result<()> {
    cargo::show(root, "cargo", &["fmt", "--all", "--check"], &[])?;
    cargo::show(root, "cargo", &["fmt", "--manifest-path=fuzz/Cargo.toml", "--check"], &[])
}

fn tidy(root: &Path) -> anyhow::Result<()> {
    report(&tidy::check(&House::read(root)?)?)
}

fn clippy(root: &Path) -> anyhow::Result<()> {
    let words =
        ["clippy", "--quiet", "--locked", "--workspace", "--all-targets", "--", "-Dwarnings"];
    cargo::show(root, "cargo", &words, &[])
}

fn docs(root: &Path) -> anyhow::Result<()> {
    let words = ["doc", "--quiet", "--locked", "--workspace", "--no-deps"];
    cargo::show(root, "cargo", &words, &[("RUSTDOCFLAGS", "-Dwarnings")])
}

fn manual(root: &Path) -> anyhow::Result<()> {
    report(&tidy::manual::check(&House::read(root)?)?)
}

fn wasm(root: &Path) -> anyhow::Result<()> {
    let folder = cargo::read(root, "rustc", &["--print", "target-libdir", "--target", WASM])?;
    if !Path::new(folder.trim()).is_dir() {
        println!("   {WASM} is not installed, so this is not checked: rustup target add {WASM}");
        return Ok(());
    }
    let mut words = vec!["check", "--quiet", "--locked", "--target", WASM];
    words.extend(PURE_CRATES.iter().flat_map(|name| ["--package", *name]));
    cargo::show(root, "cargo", &words, &[])
}

fn deny(root: &Path) -> anyhow::Result<()> {
    if !cargo::succeeds(root, "cargo", &["deny", "--version"]) {
        println!(
            "   cargo-deny is not installed: cargo install --locked cargo-deny. Until then `tidy` \
             alone judges licences and sources by deny.toml"
        );
        return Ok(());
    }
    let words = ["deny", "--workspace", "--locked", "check", "--hide-inclusion-graph"];
    let checks = ["bans", "licenses", "sources"];
    cargo::show(root, "cargo", &[&words[..], &checks[..]].concat(), &[])
}

fn report(findings: &[Finding]) -> anyhow::Result<()> {
    for finding in findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => Ok(()),
        1 => bail!("1 finding"),
        many => bail!("{many} findings"),
    }
}

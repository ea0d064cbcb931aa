//! `cargo xtask voice-data`: the lexicon and the tagger of `crates/reading`, made from an unpacked `hibari-tts` wheel.
//!
//! What is written is searched where it lies, so everything that takes time is done here. The formats are told in
//! `crates/reading/data/README.md`.

mod lexicon;
mod pairs;
mod tagger;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};

/// Reads the wheel's folder and writes the data of `crates/reading`.
pub(crate) fn run(root: &Path, words: &[&str]) -> anyhow::Result<()> {
    let [wheel] = words else {
        bail!("say where the wheel was unpacked: cargo xtask voice-data PATH")
    };
    let assets = Path::new(wheel).join("hibari/assets");
    let data = root.join("crates/reading/data");
    let gold = json(&assets.join("lexicon_us_gold.json.gz"))?;
    let silver = json(&assets.join("lexicon_us_silver.json.gz"))?;
    write(&data.join("american.lexicon"), &lexicon::encode(&gold, &silver)?)?;
    let tagger = json(&assets.join("tagger.json.gz"))?;
    write(&data.join("english.tagger"), &tagger::encode(&tagger)?)
}

/// A compressed JSON document.
fn json(path: &Path) -> anyhow::Result<serde_json::Value> {
    let unpacked = Command::new("gzip")
        .arg("-dc")
        .arg(path)
        .output()
        .context("gzip, which unpacks the wheel's files, could not be run")?;
    if !unpacked.status.success() {
        bail!("{}: {}", path.display(), String::from_utf8_lossy(&unpacked.stderr).trim());
    }
    serde_json::from_slice(&unpacked.stdout)
        .with_context(|| format!("{} is no JSON", path.display()))
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    std::fs::write(path, bytes).with_context(|| format!("{} not written", path.display()))?;
    println!("{}: {} bytes", path.display(), bytes.len());
    Ok(())
}

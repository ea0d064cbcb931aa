//! The embedded voice beside `espeak-ng` and `flite`, as programs: each speaks a text into a file, one after the other.
//!
//! The programs' time holds their start; the embedded voice tells its own, and the start of its process is a row of its own.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::Value;
use tempfile::TempDir;

use super::texts;
use crate::bench::place::Place;
use crate::bench::runs::milliseconds;
use crate::bench::table::{Row, Table};

/// How often each is measured; the fastest counts, since others use the machine too.
const TIMES: usize = 5;

/// Bytes of a WAV file's header.
const WAV_HEADER: u64 = 44;

/// What a program took.
struct Took {
    /// From its start to its end.
    whole: Duration,
    /// Sound that came out.
    sound: Duration,
    /// Until its first sentence was there, where it tells.
    first: Option<Duration>,
    /// Until all of it was there, where it tells; its start isn't in it.
    spoken: Option<Duration>,
}

/// A short text and one of six sentences, by each engine that is there.
pub(super) fn measure(binary: &Path, place: Place, table: &mut Table) -> anyhow::Result<()> {
    let folder = TempDir::new().context("no temporary folder")?;
    for (text, works) in [
        (
            texts::SHORT,
            [
                "espeak-ng: a short sentence, its process and all",
                "flite: a short sentence, its process and all",
                "embedded voice: a short sentence, its process and all",
                "embedded voice: a short sentence, until it is there",
                "its real-time factor, a short sentence",
            ],
        ),
        (
            texts::SIX,
            [
                "espeak-ng: six sentences, its process and all",
                "flite: six sentences, its process and all",
                "embedded voice: six sentences, its process and all",
                "embedded voice: six sentences, until the first is there",
                "its real-time factor, six sentences",
            ],
        ),
    ] {
        let file = folder.path().join("said.wav");
        let espeak = fastest(|| program(place, "espeak-ng", &["-w"], text, &file))?;
        let flite = fastest(|| program(place, "flite", &["-o"], text, &file))?;
        let alo = fastest(|| alo(binary, place, folder.path(), text).map(Some))?
            .context("alo says nothing")?;
        let whole = |took: &Took| milliseconds(took.whole);
        let peer = espeak.as_ref().map(|took| ("espeak-ng", whole(took)));
        for (work, took) in [(works[0], &espeak), (works[1], &flite)] {
            let row = match took {
                Some(took) => Row::new(work, whole(took), "ms").note(sound(took)),
                None => Row::new(work, f64::NAN, "ms").note("not on the PATH"),
            };
            table.rows.push(row);
        }
        table.rows.push(Row::new(works[2], whole(&alo), "ms").beside(peer).note(sound(&alo)));
        let first = alo.first.map_or(f64::NAN, milliseconds);
        table.rows.push(Row::new(works[3], first, "ms").beside(peer));
        let spoken = alo.spoken.unwrap_or(alo.whole).as_secs_f64() / alo.sound.as_secs_f64();
        let peer = espeak.as_ref().map(|it| it.whole.as_secs_f64() / it.sound.as_secs_f64());
        let peer = peer.map(|factor| ("espeak-ng", factor));
        table.rows.push(Row::new(works[4], spoken, "s a second of speech").beside(peer));
    }
    Ok(())
}

fn sound(took: &Took) -> String {
    format!("{:.1} s of speech; fastest of {TIMES}", took.sound.as_secs_f64())
}

fn fastest(mut run: impl FnMut() -> anyhow::Result<Option<Took>>) -> anyhow::Result<Option<Took>> {
    let mut fastest: Option<Took> = None;
    for _ in 0..TIMES {
        let Some(took) = run()? else { return Ok(None) };
        if fastest.as_ref().is_none_or(|before| took.whole < before.whole) {
            fastest = Some(took);
        }
    }
    Ok(fastest)
}

/// Another program, which writes to the file behind `option`. Nothing: it isn't there.
fn program(
    place: Place,
    name: &str,
    option: &[&str],
    text: &str,
    file: &Path,
) -> anyhow::Result<Option<Took>> {
    let mut command = place.beside_load(name);
    command.args(option).arg(file);
    if name == "flite" {
        command.arg("-t");
    }
    let begun = Instant::now();
    let status = command.arg(text).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let whole = begun.elapsed();
    if !status.is_ok_and(|status| status.success()) {
        return Ok(None);
    }
    Ok(Some(Took { whole, sound: length(file)?, first: None, spoken: None }))
}

/// `alo say` with an empty cache.
fn alo(binary: &Path, place: Place, folder: &Path, text: &str) -> anyhow::Result<Took> {
    let data = TempDir::new_in(folder)?;
    let mut command: Command = place.beside_load(&binary.to_string_lossy());
    command.args(["--json", "--data"]).arg(data.path()).args(["say", text]);
    let begun = Instant::now();
    let output = command.args(["-o"]).arg(data.path().join("said.wav")).output()?;
    let whole = begun.elapsed();
    if !output.status.success() {
        bail!("alo say: {}", String::from_utf8_lossy(&output.stderr));
    }
    let told: Value = serde_json::from_slice(&output.stdout).context("alo say tells JSON")?;
    let time = |name: &str| told[name].as_u64().map(Duration::from_millis);
    let seconds = told["seconds"].as_f64().context("it has a length")?;
    let (first, spoken) = (time("first_sentence_ms"), time("all_ms"));
    Ok(Took { whole, sound: Duration::from_secs_f64(seconds), first, spoken })
}

/// Length of a WAV file of 16 bits and one channel.
fn length(file: &Path) -> anyhow::Result<Duration> {
    let bytes = std::fs::read(file).with_context(|| format!("no {}", file.display()))?;
    let rate = bytes.get(24..28).and_then(|rate| rate.try_into().ok()).map(u32::from_le_bytes);
    let rate = rate.filter(|rate| *rate > 0).context("a WAV file has a rate")?;
    let samples = (bytes.len() as u64).saturating_sub(WAV_HEADER) / 2;
    Ok(Duration::from_secs_f64(samples as f64 / f64::from(rate)))
}

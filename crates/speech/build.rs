//! Digests what speech is read and spoken with, so that what an earlier version spoke is not taken for what this one would.
//!
//! It reads files of the crates `reading` and `voice`, sources and data, and writes nothing but an environment variable of
//! the compiler, which [`key.rs`](src/key.rs) takes.

use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

/// What a sound depends on beside its engine: how texts are parted and read, and the voice.
const FOLDERS: [&str; 4] = ["../reading/data", "../reading/src", "../voice/data", "../voice/src"];

fn main() -> std::io::Result<()> {
    let mut files = Vec::new();
    for folder in FOLDERS {
        println!("cargo:rerun-if-changed={folder}");
        collect(Path::new(folder), &mut files)?;
    }
    files.sort();
    let mut digest = DefaultHasher::new();
    for file in files {
        let bytes = std::fs::read(&file)?;
        digest.write(file.to_string_lossy().as_bytes());
        digest.write_usize(bytes.len());
        digest.write(&bytes);
    }
    println!("cargo:rustc-env=ALO_SPOKEN_WITH={:016x}", digest.finish());
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}

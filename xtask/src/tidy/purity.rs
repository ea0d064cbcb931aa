//! Pure crates name no clock, socket, file, thread, lock, chance or runtime.
//!
//! The lints in their `clippy.toml` say the same of single functions; this rule sees names, and crates that are pure in
//! part: `media` but for its module `io`, and `sms` but for its carriers. Only `src` counts: tests, benches and examples are left to the lints.

use crate::finding::Finding;
use crate::source::{NamedPath, Source};

const MEND: &str = "take it as an argument, or move it to the engine (for audio, to media::io)";

const PURE_CRATES: [&str; 9] =
    ["model", "twiml", "call", "media", "sms", "oncall", "reading", "twimlets", "watch"];

/// The parts of such crates that own sockets, files and threads.
const NOT_PURE: [&str; 5] = [
    "crates/media/src/io/",
    "crates/media/src/io.rs",
    "crates/sms/src/carrier.rs",
    "crates/sms/src/smpp",
    "crates/sms/src/web",
];

/// Modules of the standard library that reach for the system.
const STD_MODULES: [&str; 4] = ["env", "fs", "process", "thread"];

/// Types that are a clock, a socket or a lock, under whatever path.
const TYPES: [&str; 8] = [
    "Instant",
    "SystemTime",
    "Mutex",
    "RwLock",
    "TcpListener",
    "TcpStream",
    "ToSocketAddrs",
    "UdpSocket",
];

/// Crates that bring a runtime, chance or a system call.
const CRATES: [&str; 8] =
    ["crossbeam_channel", "getrandom", "mio", "rand", "reqwest", "rusqlite", "socket2", "tokio"];

pub(super) fn check(source: &Source) -> Vec<Finding> {
    let in_src = source.path.split('/').nth(2) == Some("src");
    let pure = source.crate_name().is_some_and(|name| PURE_CRATES.contains(&name))
        && in_src
        && !source.is_test_file()
        && !NOT_PURE.iter().any(|io| source.path.starts_with(io));
    if !pure {
        return Vec::new();
    }
    source
        .paths
        .iter()
        .filter(|path| is_impure(path) && !source.is_test_line(path.line))
        .map(|path| {
            let what = format!("a pure crate names {}", path.segments.join("::"));
            Finding::new(&source.path, path.line, what, MEND)
        })
        .collect()
}

fn is_impure(path: &NamedPath) -> bool {
    let words: Vec<&str> = path.segments.iter().map(String::as_str).collect();
    let of_the_system = match words.as_slice() {
        ["std", module, ..] => STD_MODULES.contains(module),
        [first, _, ..] => CRATES.contains(first),
        _ => false,
    };
    of_the_system || words.iter().any(|word| TYPES.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        let source = Source::parse(path, text.to_owned()).expect("it is Rust");
        let mut lines: Vec<usize> = check(&source).iter().map(|finding| finding.line).collect();
        lines.sort_unstable();
        lines.dedup();
        lines
    }

    const TEXT: &str = "use std::{fs, time::Duration};\nuse std::net::{IpAddr, UdpSocket};\nfn a(rand: u8, thread: u8) -> u8 { rand }\nfn b() { std::thread::yield_now() }\n#[cfg(test)]\nmod tests { use std::fs; }\nuse std::time;\nfn c(now: time::Instant) {}\nfn d() -> [u8; 2] { rand::random() }\n";

    #[test]
    fn a_pure_crate_names_no_clock_socket_file_thread_or_chance() {
        assert_eq!(lines("crates/twiml/src/a.rs", TEXT), [1, 2, 4, 8, 9]);
        assert_eq!(lines("crates/media/src/a.rs", TEXT), [1, 2, 4, 8, 9]);
    }

    #[test]
    fn other_crates_and_the_media_threads_may() {
        assert!(lines("crates/engine/src/a.rs", TEXT).is_empty());
        assert!(lines("crates/media/src/io/thread.rs", TEXT).is_empty());
        assert!(lines("crates/call/tests/a.rs", TEXT).is_empty());
        assert!(lines("crates/media/examples/a.rs", TEXT).is_empty());
    }
}

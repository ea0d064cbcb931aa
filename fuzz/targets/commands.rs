//! What somebody texts about an incident: any text is a command with a number above zero or none, and a command that is
//! written out is read the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use watch::commands::{Command, read};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Some(command) = read(text) else { return };
    let (word, id) = match command {
        Command::Acknowledge(id) => ("ack", id),
        Command::Close(id) => ("fechar", id),
        Command::Escalate(id) => ("escalate", id),
    };
    assert!(id > 0, "{command:?}");
    assert_eq!(read(&format!("{word} {id}")), Some(command));
    assert_eq!(read(&format!("{id}{word}")), Some(command));
});

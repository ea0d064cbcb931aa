//! The manual's page of the support line, followed literally: each block of commands is run by a shell, from top to
//! bottom, on a fresh server.

use std::path::Path;
use std::process::Command;

use super::{Server, folder};

/// The commands of a page, block after block.
fn blocks(page: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while lines.by_ref().any(|line| line == "```sh") {
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        blocks.push(block.join("\n"));
    }
    blocks
}

#[test]
fn the_page_of_the_support_line_can_be_followed_word_for_word() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/support-line.md");
    let page = std::fs::read_to_string(page).expect("the page is there");
    let blocks = blocks(&page);
    assert!(blocks.len() >= 10, "the page has its commands in blocks of sh");
    let (data, here) = (folder(), folder());
    let _server = Server::start(data.path());
    let binary = Path::new(env!("CARGO_BIN_EXE_alo"));
    let folder = binary.parent().expect("a binary lies in a folder").to_string_lossy();
    for block in blocks {
        let output = Command::new("/bin/sh")
            .args(["-e", "-u", "-c", &block])
            .env_clear()
            .env("PATH", format!("{folder}:/usr/bin:/bin"))
            .env("ALO_DATA", data.path())
            .current_dir(here.path())
            .output()
            .expect("a shell runs");
        let (out, error) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{block}\n--- said\n{out}\n--- and\n{error}");
    }
}

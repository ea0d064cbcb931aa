//! Runs Monit, which watches ports and runs a program where one fails, with a control file of its own.
//!
//! It has the environment that init gives a service: a PATH, and nothing else. <https://mmonit.com/monit/documentation/monit.html>

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::Stdio;

use tempfile::TempDir;
use tokio::process::{Child, Command};

/// What a service finds its programs by.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A running Monit that looks every second. Dropped, it is killed; if a test fails, its log is shown.
pub struct Monit {
    _child: Child,
    folder: TempDir,
}

impl Monit {
    /// Starts one with these rules (`check host …`).
    pub fn watches(rules: &str) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let control = folder.path().join("monitrc");
        write_private(&control, &control_file(folder.path(), rules));
        let child = Command::new("monit")
            .arg("-I")
            .arg("-c")
            .arg(&control)
            .env_clear()
            .env("PATH", PATH)
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("monit can't be started: `./test --install` installs it");
        Self { _child: child, folder }
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        // There is none before its first line.
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Monit {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("\nWhat Monit logged:\n{}", self.log());
        }
    }
}

/// Everything that it keeps is kept in the folder.
fn control_file(folder: &Path, rules: &str) -> String {
    let folder = folder.display();
    format!(
        "set daemon 1\nset log {folder}/log\nset pidfile {folder}/pid\nset idfile {folder}/id\n\
         set statefile {folder}/state\n{rules}\n"
    )
}

/// Monit reads a control file only if nobody else may.
fn write_private(path: &Path, text: &str) {
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).expect("it can be written");
}

//! The data folder: whether it can be written, who else may read it, and how much room it has.

use std::path::Path;

use super::Finding;
use crate::config::Config;

const NAME: &str = "data folder";

/// Less free space than this fails: an hour of recording in one channel takes 58 MB.
const SCARCE: u64 = 100_000_000;
/// Less than this is worth a look.
const LITTLE: u64 = 1_000_000_000;

pub(super) fn check(config: &Config) -> Vec<Finding> {
    let folder = &config.data;
    let shown = folder.display();
    if !folder.exists() {
        return vec![Finding::warning(
            NAME,
            format!("{shown} is not there yet"),
            "`alo serve` makes it at its first start",
        )];
    }
    if let Err(error) = try_writing(folder) {
        let next =
            "give the user that runs alo the right to write there, or choose another with --data";
        return vec![Finding::failed(NAME, format!("{shown} can't be written: {error}"), next)];
    }
    let mut findings = vec![Finding::ok(NAME, format!("{shown} can be written"))];
    findings.extend(readers(folder));
    findings.extend(space(folder));
    findings
}

fn try_writing(folder: &Path) -> std::io::Result<()> {
    let path = folder.join(format!("doctor-{}.tmp", std::process::id()));
    let written = std::fs::write(&path, b"alo doctor");
    let removed = std::fs::remove_file(&path);
    written.and(removed)
}

/// Whether others on this machine may read tokens and recordings.
#[cfg(unix)]
fn readers(folder: &Path) -> Option<Finding> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(folder).ok()?.permissions().mode();
    (mode & 0o077 != 0).then(|| {
        let said = "others on this machine may look into it: it holds tokens and recordings";
        Finding::warning(NAME, said, format!("chmod 700 {}", folder.display()))
    })
}

#[cfg(not(unix))]
fn readers(_folder: &Path) -> Option<Finding> {
    None
}

#[cfg(unix)]
fn space(folder: &Path) -> Option<Finding> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let said = format!("{:.1} GB free", free as f64 / 1e9);
    Some(if free < SCARCE {
        Finding::failed("disk", said, "free some space: recordings are in the folder recordings")
    } else if free < LITTLE {
        Finding::warning("disk", said, "free some space before recordings fill it")
    } else {
        Finding::ok("disk", said)
    })
}

#[cfg(not(unix))]
fn space(_folder: &Path) -> Option<Finding> {
    None
}

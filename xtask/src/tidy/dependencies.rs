//! Every dependency says in the root `Cargo.toml` why it is there, and every crate takes it from there.

use crate::finding::Finding;
use crate::house::House;

const ROOT: &str = "Cargo.toml";
const REASON_MEND: &str = "end the line with `# why it is here`";
const WORKSPACE_MEND: &str =
    "name it in [workspace.dependencies] of the root, and write `NAME.workspace = true` here";

pub(super) fn check(house: &House) -> anyhow::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for file in house.files.iter().filter(|file| file.ends_with("Cargo.toml")) {
        let text = house.text(file)?.unwrap_or_default();
        if file == ROOT {
            findings.extend(unexplained(&text));
        } else if file.starts_with("crates/") || file.starts_with("xtask/") {
            findings.extend(own_versions(file, &text));
        }
    }
    Ok(findings)
}

fn unexplained(manifest: &str) -> Vec<Finding> {
    entries(manifest, |section| section == "workspace.dependencies")
        .filter(|(_, line)| !line.contains("path = ") && !has_reason(line))
        .map(|(at, line)| {
            Finding::new(ROOT, at, format!("{} has no reason", name(line)), REASON_MEND)
        })
        .collect()
}

fn own_versions(file: &str, manifest: &str) -> Vec<Finding> {
    entries(manifest, |section| section.ends_with("dependencies"))
        .filter(|(_, line)| !line.contains("workspace = true"))
        .map(|(at, line)| {
            let what = format!("{} has a version of its own", name(line));
            Finding::new(file, at, what, WORKSPACE_MEND)
        })
        .collect()
}

/// Lines `name = ...` with their numbers, in the sections asked for.
fn entries(manifest: &str, wanted: impl Fn(&str) -> bool) -> impl Iterator<Item = (usize, &str)> {
    let mut inside = false;
    manifest.lines().enumerate().filter_map(move |(at, line)| {
        if let Some(section) = line.strip_prefix('[') {
            inside = wanted(section.split(']').next().unwrap_or_default());
            return None;
        }
        let entry = inside && line.starts_with(|first: char| first.is_alphanumeric());
        (entry && line.contains('=')).then_some((at + 1, line))
    })
}

fn has_reason(line: &str) -> bool {
    line.rsplit_once("# ").is_some_and(|(_, reason)| !reason.trim().is_empty())
}

fn name(line: &str) -> &str {
    line.split(['=', '.', ' ']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_without_a_reason_is_found() {
        let manifest = "[workspace.dependencies]\nours = { path = \"crates/ours\" }\na = \"1\" # why\nb = \"1\"\nc = \"1\" #\n\n[profile.dev]\ndebug = 1\n";
        let found: Vec<usize> = unexplained(manifest).iter().map(|finding| finding.line).collect();
        assert_eq!(found, [4, 5]);
    }

    #[test]
    fn a_version_outside_the_root_is_found() {
        let manifest = "[package]\nname = \"x\"\n[dependencies]\na.workspace = true\nb = \"1\"\n[dev-dependencies]\nc = { workspace = true, features = [\"x\"] }\nd = { version = \"1\" }\n";
        let found: Vec<usize> =
            own_versions("crates/x/Cargo.toml", manifest).iter().map(|it| it.line).collect();
        assert_eq!(found, [5, 8]);
    }
}

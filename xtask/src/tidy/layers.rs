//! Which crate may see which: the direction that ARCHITECTURE.md draws, as a table.
//!
//! Siblings don't see each other; only `engine` translates between them. A crate that isn't in the table is found too,
//! so that whoever adds one decides where it stands.

use anyhow::Context;
use serde_json::Value;

use crate::cargo;
use crate::finding::Finding;
use crate::house::House;

const MEND: &str = "pass what is needed through `engine`, or change the table in xtask/src/tidy/layers.rs and say why";

/// A crate, what it may use, and what its tests may use besides.
struct Layer {
    name: &'static str,
    uses: &'static [&'static str],
    tests_use: &'static [&'static str],
}

const LAYERS: [Layer; 22] = [
    Layer { name: "model", uses: &[], tests_use: &[] },
    Layer { name: "twiml", uses: &["model"], tests_use: &[] },
    Layer { name: "call", uses: &["model", "twiml"], tests_use: &[] },
    Layer { name: "media", uses: &["model"], tests_use: &[] },
    Layer { name: "sip", uses: &["model"], tests_use: &[] },
    Layer { name: "sms", uses: &["model"], tests_use: &["testkit"] },
    Layer { name: "reading", uses: &[], tests_use: &[] },
    // The phonemes and styles that it is given are those of `reading`.
    Layer { name: "voice", uses: &["reading"], tests_use: &[] },
    Layer { name: "speech", uses: &["model", "reading", "voice"], tests_use: &[] },
    Layer { name: "mail", uses: &["model"], tests_use: &["testkit"] },
    Layer { name: "oncall", uses: &["model"], tests_use: &[] },
    // `twiml`, since what a Twimlet answers is TwiML.
    Layer { name: "twimlets", uses: &["model", "twiml"], tests_use: &[] },
    Layer { name: "watch", uses: &["model"], tests_use: &[] },
    Layer { name: "probes", uses: &["model"], tests_use: &["testkit"] },
    Layer { name: "store", uses: &["model"], tests_use: &[] },
    Layer {
        name: "engine",
        uses: &[
            "call", "mail", "media", "model", "oncall", "probes", "sip", "sms", "speech", "store",
            "twiml", "twimlets", "watch",
        ],
        tests_use: &["phone", "testkit"],
    },
    // `twiml`, since REST takes documents as parameters and the applications answer with them.
    Layer {
        name: "api",
        uses: &["engine", "model", "oncall", "store", "twiml", "twimlets", "watch"],
        tests_use: &["call", "media", "phone", "sip", "speech", "testkit"],
    },
    // `watch`, since pages show percentages and percentiles.
    Layer {
        name: "console",
        uses: &["engine", "model", "store", "watch"],
        tests_use: &["testkit"],
    },
    Layer { name: "phone", uses: &["media", "model", "sip"], tests_use: &[] },
    Layer { name: "testkit", uses: &["media", "model", "phone", "sip", "speech"], tests_use: &[] },
    // The binary puts the parts together: the one crate that sees them all.
    Layer {
        name: "alo",
        uses: &[
            "api", "call", "console", "engine", "mail", "media", "model", "oncall", "phone",
            "probes", "sip", "sms", "speech", "store", "twiml", "twimlets", "watch",
        ],
        tests_use: &["testkit"],
    },
    Layer { name: "xtask", uses: &[], tests_use: &[] },
];

pub(super) fn check(house: &House) -> anyhow::Result<Vec<Finding>> {
    let words = ["metadata", "--format-version=1", "--no-deps"];
    let metadata: Value = serde_json::from_str(&cargo::read(&house.root, "cargo", &words)?)
        .context("cargo metadata printed no JSON")?;
    let packages = metadata["packages"].as_array().context("cargo metadata has no packages")?;
    let ours: Vec<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    let mut findings = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let manifest = manifest_of(house, package);
        let text = house.text(&manifest)?.unwrap_or_default();
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let used = dependency["name"].as_str().unwrap_or_default();
            let only_tests = dependency["kind"].as_str() == Some("dev");
            if !ours.contains(&used) {
                continue;
            }
            if let Some(what) = judge(name, used, only_tests) {
                findings.push(Finding::new(&manifest, line_of(&text, used), what, MEND));
            }
        }
        if LAYERS.iter().all(|layer| layer.name != name) {
            let what = format!("crate {name} has no place in the table of layers");
            findings.push(Finding::new(&manifest, 1, what, MEND));
        }
    }
    Ok(findings)
}

fn judge(name: &str, used: &str, only_tests: bool) -> Option<String> {
    let layer = LAYERS.iter().find(|layer| layer.name == name)?;
    let allowed = layer.uses.contains(&used) || (only_tests && layer.tests_use.contains(&used));
    (!allowed).then(|| format!("{name} may not see {used}"))
}

fn manifest_of(house: &House, package: &Value) -> String {
    let path = package["manifest_path"].as_str().unwrap_or_default();
    let root = house.root.to_string_lossy();
    path.strip_prefix(&*root).unwrap_or(path).trim_start_matches('/').to_owned()
}

fn line_of(manifest: &str, dependency: &str) -> usize {
    let found = manifest.lines().position(|line| {
        line.strip_prefix(dependency).is_some_and(|rest| rest.starts_with(['.', ' ', '=']))
    });
    found.map_or(1, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn siblings_do_not_see_each_other() {
        assert!(judge("sip", "twiml", false).is_some());
        assert!(judge("call", "sip", false).is_some());
        assert!(judge("engine", "sip", false).is_none());
    }

    #[test]
    fn the_testkit_is_for_tests() {
        assert!(judge("alo", "testkit", true).is_none());
        assert!(judge("alo", "testkit", false).is_some());
        assert!(judge("twiml", "testkit", true).is_some());
    }

    #[test]
    fn the_table_has_no_circle() {
        let mut left: Vec<&Layer> = LAYERS.iter().collect();
        while !left.is_empty() {
            let names: Vec<&str> = left.iter().map(|layer| layer.name).collect();
            let before = left.len();
            left.retain(|layer| layer.uses.iter().any(|used| names.contains(used)));
            assert!(left.len() < before, "{names:?} use each other in a circle");
        }
    }

    #[test]
    fn a_dependency_is_found_in_its_manifest() {
        let manifest = "[dependencies]\nmodel-x = \"1\"\nmodel.workspace = true\n";
        assert_eq!(line_of(manifest, "model"), 3);
    }
}

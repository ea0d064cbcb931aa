//! Nothing that is committed leans on the machine it was written on.
//!
//! `.ci/run` and this crate may say where they run.

use crate::finding::Finding;
use crate::house::House;

const MEND: &str = "name it relative to the checkout, or make it a setting";

/// A folder beside the checkout that nobody else has.
const BESIDE: &str = "../shared";

const EXEMPT: [&str; 2] = [".ci/run", "xtask/"];

pub(super) fn check(house: &House) -> anyhow::Result<Vec<Finding>> {
    let own = house.root.to_string_lossy();
    let foreign = [own.as_ref(), BESIDE];
    let mut findings = Vec::new();
    for file in &house.files {
        if EXEMPT.iter().any(|exempt| file.starts_with(exempt)) {
            continue;
        }
        let bytes = std::fs::read(house.root.join(file))?;
        let Ok(text) = std::str::from_utf8(&bytes) else { continue };
        for (at, line) in text.lines().enumerate() {
            if let Some(named) = foreign.iter().find(|folder| names(line, folder)) {
                findings.push(Finding::new(file, at + 1, format!("names {named}"), MEND));
            }
        }
    }
    Ok(findings)
}

/// Whether a line names the folder itself, not one whose name only holds or goes on with the same letters.
fn names(line: &str, folder: &str) -> bool {
    let part_of_name = |each: char| each.is_alphanumeric() || "_-".contains(each);
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + folder.len()..].chars().next();
        !before.is_some_and(|each| part_of_name(each) || "./}".contains(each))
            && !after.is_some_and(part_of_name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_folder_itself_is_meant() {
        for named in ["cd ../shared/x", "\"../shared\"", "see (../shared/x.md)"] {
            assert!(names(named, BESIDE), "{named}");
        }
        for other in ["../shared-things", "a../shared", "https://a.example/../shared_1"] {
            assert!(!names(other, BESIDE), "{other}");
        }
        assert!(names("cd /home/ada/alo/crates", "/home/ada/alo"));
        assert!(!names("cd /home/ada/alone", "/home/ada/alo"));
    }
}

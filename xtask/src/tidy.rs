//! The rules of the house that no lint knows, one module each. A rule reads the checkout and gives back findings.
//!
//! No rule mends anything, and none builds anything but [`manual`], which asks the program itself.

mod allowances;
mod dependencies;
mod elsewhere;
mod layers;
mod length;
mod licences;
pub(crate) mod manual;
mod opening;
mod places;
mod purity;
mod waiting;

use crate::finding::Finding;
use crate::house::House;
use crate::source::Source;

type SourceRule = fn(&Source) -> Vec<Finding>;
type HouseRule = fn(&House) -> anyhow::Result<Vec<Finding>>;

/// What one source is judged by.
const SOURCE_RULES: [SourceRule; 5] =
    [opening::check, waiting::check, allowances::check, purity::check, length::check];

/// What the checkout as a whole is judged by.
const HOUSE_RULES: [HouseRule; 5] =
    [layers::check, dependencies::check, licences::check, places::check, elsewhere::check];

/// All findings of all rules, by file and line.
pub(crate) fn check(house: &House) -> anyhow::Result<Vec<Finding>> {
    let mut findings = house.unreadable.clone();
    for rule in SOURCE_RULES {
        findings.extend(house.sources.iter().flat_map(rule));
    }
    for rule in HOUSE_RULES {
        findings.extend(rule(house)?);
    }
    findings.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    findings.dedup();
    Ok(findings)
}

//! Maintenance that goes on, and that which is to come.

use std::slice;

use model::Moment;
use model::watch::{Check, Maintenance};

use super::HISTORY_DAYS;
use crate::facts::{Facts, days};
use crate::words::{When, plain};

/// Titles of checks that maintenance names before it counts.
const NAMED: usize = 5;

/// Maintenance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MaintenanceView {
    /// For people.
    pub(crate) title: String,
    /// Which checks of the page, for people.
    pub(crate) checks: String,
    /// When it begins; `None` where it has begun.
    pub(crate) from: Option<Moment>,
    /// When it ends, where that is known.
    pub(crate) until: Option<Moment>,
}

impl MaintenanceView {
    pub(crate) fn from(&self) -> Option<When> {
        self.from.map(When::from)
    }

    pub(crate) fn until(&self) -> Option<When> {
        self.until.map(When::from)
    }
}

/// What goes on, and what is to come within [`HISTORY_DAYS`], soonest first.
pub(super) fn views(facts: &Facts, now: Moment) -> (Vec<MaintenanceView>, Vec<MaintenanceView>) {
    let shown = facts.checks.iter().map(|(check, _, _)| check);
    let checks: Vec<&Check> = shown.chain(facts.more.iter().map(|(check, _)| check)).collect();
    let (mut maintained, mut planned) = (Vec::new(), Vec::new());
    for maintenance in &facts.maintenances {
        let concerned: Vec<&Check> =
            checks.iter().copied().filter(|check| concerns(maintenance, check)).collect();
        let Some(any) = concerned.first() else { continue };
        let changes = |after| watch::next_change(slice::from_ref(maintenance), any, after);
        let title = match (maintenance.title.as_str(), facts.page.public) {
            ("", true) => "Maintenance",
            ("", false) => maintenance.name.as_str(),
            (title, _) => title,
        };
        let view = |from, until| MaintenanceView {
            title: plain(title),
            checks: named(&concerned, checks.len()),
            from,
            until,
        };
        if watch::in_maintenance(maintenance, any, now) {
            maintained.push(view(None, changes(now)));
        } else if let Some(from) = changes(now).filter(|at| *at <= now + days(HISTORY_DAYS)) {
            planned.push(view(Some(from), changes(from)));
        }
    }
    planned.sort_by_key(|view| view.from);
    (maintained, planned)
}

/// Whether it is for this check, now or at another time.
fn concerns(maintenance: &Maintenance, check: &Check) -> bool {
    let all = maintenance.checks.is_empty() && maintenance.labels.is_empty();
    let labelled = || maintenance.labels.iter().any(|label| check.labels.contains(label));
    all || maintenance.checks.contains(&check.name) || labelled()
}

fn named(checks: &[&Check], of: usize) -> String {
    if checks.len() == of {
        return "everything".to_owned();
    }
    let titles: Vec<String> = checks.iter().take(NAMED).map(|check| plain(check.title())).collect();
    match checks.len().saturating_sub(NAMED) {
        0 => titles.join(", "),
        more => format!("{} and {more} more", titles.join(", ")),
    }
}

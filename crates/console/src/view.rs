//! A status page as it is shown: facts in, words and figures out. Pure; `now` is an argument.
//!
//! A public page says what is up, since when and how well. It never says why not, who sees to it, what is probed and
//! where, nor what other watches report: reasons and names are for those with the account's credentials.

mod check;
mod incident;
mod maintenance;

use model::Moment;

pub(crate) use check::CheckView;
pub(crate) use incident::IncidentView;
pub(crate) use maintenance::MaintenanceView;

use crate::facts::Facts;
use crate::light::{Light, Overall};
use crate::words::{When, plain};

/// Days of the bars.
pub(crate) const DAYS: usize = 90;
/// Days of incidents that are over, and of maintenance to come.
pub(crate) const HISTORY_DAYS: u64 = 14;

/// A status page.
#[derive(Clone, Debug)]
pub(crate) struct PageView {
    /// In URLs.
    pub(crate) name: String,
    /// At its top.
    pub(crate) title: String,
    /// Whether anybody may see it.
    pub(crate) public: bool,
    /// When this was so.
    pub(crate) at: Moment,
    /// In one sentence.
    pub(crate) overall: Overall,
    /// Its checks.
    pub(crate) checks: Vec<CheckView>,
    /// Checks that count, but aren't shown.
    pub(crate) hidden: usize,
    /// Incidents that go on, newest first.
    pub(crate) open: Vec<IncidentView>,
    /// Incidents that ended, newest first.
    pub(crate) past: Vec<IncidentView>,
    /// Maintenance that goes on.
    pub(crate) maintained: Vec<MaintenanceView>,
    /// Maintenance to come, soonest first.
    pub(crate) planned: Vec<MaintenanceView>,
}

impl PageView {
    /// How it stands by these facts.
    pub(crate) fn new(facts: &Facts, now: Moment) -> PageView {
        let page = &facts.page;
        let checks: Vec<CheckView> = facts
            .checks
            .iter()
            .map(|(check, state, hours)| CheckView::new(check, state, hours, page.public, now))
            .collect();
        let more: Vec<(String, Light)> = facts
            .more
            .iter()
            .map(|(check, state)| (plain(check.title()), Light::of(check, state)))
            .collect();
        let shown = checks.iter().map(|check| (check.title.as_str(), check.light));
        let all: Vec<_> =
            shown.chain(more.iter().map(|(title, light)| (title.as_str(), *light))).collect();
        let overall = Overall::of(&all);
        let (open, past) = incident::views(facts, now).into_iter().partition(|it| it.open);
        let (maintained, planned) = maintenance::views(facts, now);
        let title = plain(if page.title.is_empty() { page.name.as_str() } else { &page.title });
        PageView {
            name: page.name.to_string(),
            title,
            public: page.public,
            at: now,
            overall,
            checks,
            hidden: more.len(),
            open,
            past,
            maintained,
            planned,
        }
    }

    /// When this was so, for people.
    pub(crate) fn when(&self) -> When {
        When::from(self.at)
    }
}

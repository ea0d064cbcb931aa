//! Incidents of a page. A public page says that something was down and when; a private one why, and who sees to it.

use std::collections::BTreeMap;

use model::Moment;
use model::oncall::Name;
use model::watch::{Author, Incident, IncidentKind, Way};

use crate::facts::Facts;
use crate::words::{When, plain, span};

/// Incidents that a page shows of each kind, open and over.
const MOST: usize = 100;

/// An incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IncidentView {
    /// What `ack 12` takes; on private pages.
    pub(crate) id: Option<i64>,
    /// By which feeds recognise it: the same at its beginning and at its end.
    pub(crate) key: String,
    /// Of what: the check's title.
    pub(crate) title: String,
    /// What was wrong, in a few words: `down`.
    pub(crate) what: &'static str,
    /// It goes on.
    pub(crate) open: bool,
    /// When it began.
    pub(crate) opened: Moment,
    /// When it ended.
    pub(crate) ended: Option<Moment>,
    /// How long it lasted, or lasts by now.
    pub(crate) lasted: String,
    /// Why, on private pages.
    pub(crate) detail: Option<String>,
    /// Where there is more, on private pages.
    pub(crate) link: Option<String>,
    /// Somebody sees to it, or did.
    pub(crate) acknowledged: Option<Acknowledged>,
    /// Who closed it by hand, on private pages.
    pub(crate) closed: Option<String>,
}

/// That somebody sees to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Acknowledged {
    /// Who and how, on private pages.
    pub(crate) by: Option<String>,
    /// When.
    pub(crate) at: Moment,
}

impl IncidentView {
    pub(crate) fn opened(&self) -> When {
        When::from(self.opened)
    }

    pub(crate) fn ended(&self) -> Option<When> {
        self.ended.map(When::from)
    }
}

impl Acknowledged {
    pub(crate) fn when(&self) -> When {
        When::from(self.at)
    }
}

/// Those that are the page's, newest first.
pub(super) fn views(facts: &Facts, now: Moment) -> Vec<IncidentView> {
    let page = &facts.page;
    let shown = facts.checks.iter().map(|(check, _, _)| check);
    let checks = shown.chain(facts.more.iter().map(|(check, _)| check));
    let titles: BTreeMap<&Name, &str> = checks.map(|check| (&check.name, check.title())).collect();
    // What other watches report belongs to no check, and so to a page of everything.
    let everything = !page.public && page.checks.is_empty() && page.labels.is_empty();
    let (mut open, mut over) = (0, 0);
    let ours = facts.incidents.iter().filter(|incident| match &incident.check {
        Some(check) => titles.contains_key(check) && (!page.public || is_outage(incident.kind)),
        None => everything,
    });
    let mut views: Vec<IncidentView> = ours
        .filter(|incident| {
            let count = if incident.is_open() { &mut open } else { &mut over };
            *count += 1;
            *count <= MOST
        })
        .map(|incident| {
            let title = incident.check.as_ref().and_then(|check| titles.get(check).copied());
            view(incident, title, page.public, now)
        })
        .collect();
    views.sort_by_key(|view| std::cmp::Reverse(view.opened));
    views
}

/// Whether those who use what is watched notice.
fn is_outage(kind: IncidentKind) -> bool {
    match kind {
        IncidentKind::Down | IncidentKind::Flapping => true,
        IncidentKind::Certificate | IncidentKind::Blind | IncidentKind::Alert => false,
    }
}

fn view(incident: &Incident, check: Option<&str>, public: bool, now: Moment) -> IncidentView {
    let ended = incident.ended_at();
    let detail = Some(plain(&incident.detail)).filter(|detail| !public && !detail.is_empty());
    let named = incident.check.as_ref().map_or("", Name::as_str);
    let acknowledged = incident
        .acknowledged
        .as_ref()
        .map(|author| Acknowledged { by: (!public).then(|| author_words(author)), at: author.at });
    IncidentView {
        id: (!public).then_some(incident.id),
        key: format!("{named}/{}/{}", incident.kind.as_str(), incident.opened_at.micros()),
        title: plain(check.unwrap_or(&incident.title)),
        what: what(incident.kind),
        open: incident.is_open(),
        opened: incident.opened_at,
        ended,
        lasted: span(ended.unwrap_or(now).since(incident.opened_at)),
        detail,
        link: incident.link.clone().filter(|link| !public && leads_somewhere(link)),
        acknowledged,
        closed: incident.closed.as_ref().filter(|_| !public).map(author_words),
    }
}

const fn what(kind: IncidentKind) -> &'static str {
    match kind {
        IncidentKind::Down => "down",
        IncidentKind::Certificate => "certificate about to end",
        IncidentKind::Flapping => "goes up and down",
        IncidentKind::Blind => "the watch itself is without network",
        IncidentKind::Alert => "alert",
    }
}

/// `ada, by phone`.
fn author_words(author: &Author) -> String {
    let who = author.by.as_ref().map_or("somebody", Name::as_str);
    let how = match author.way {
        Way::Call => "by phone",
        Way::Text => "by text",
        Way::Link => "by link",
        Way::Api => "by API",
    };
    format!("{who}, {how}")
}

/// A link that leads to a web page, not one that does something (`javascript:`).
fn leads_somewhere(link: &str) -> bool {
    link.starts_with("https://") || link.starts_with("http://")
}

//! Incidents of a page as RSS 2.0 (<https://www.rssboard.org/rss-specification>): one item when something goes wrong, one
//! when it is well again, newest first.

use askama::Template;
use model::Moment;

use crate::view::{IncidentView, PageView};
use crate::words::When;

/// Items of a feed; older ones are left out.
const MOST: usize = 100;

#[derive(Template)]
#[template(path = "feed.xml")]
struct Feed<'a> {
    view: &'a PageView,
    /// The page's own address.
    link: String,
    built: String,
    items: Vec<Item>,
}

struct Item {
    title: String,
    words: String,
    key: String,
    at: Moment,
    date: String,
}

/// The document; `server` is where this server is reached, `https://alo.example`.
pub(crate) fn feed(view: &PageView, server: &str) -> Result<String, askama::Error> {
    let mut items: Vec<Item> =
        view.open.iter().chain(&view.past).flat_map(|incident| items(view, incident)).collect();
    items.sort_by_key(|item| std::cmp::Reverse(item.at));
    items.truncate(MOST);
    let link = format!("{}/status/{}", server.trim_end_matches('/'), view.name);
    Feed { view, link, built: view.at.rfc2822(), items }.render()
}

fn items(view: &PageView, incident: &IncidentView) -> Vec<Item> {
    let item = |what: &str, event: &str, at: Moment, words: String| Item {
        title: format!("{}: {what}", incident.title),
        words,
        key: format!("{}/{}/{event}", view.name, incident.key),
        at,
        date: at.rfc2822(),
    };
    let detail = incident.detail.as_deref().map(|detail| format!(" {detail}")).unwrap_or_default();
    let began = format!("Since {}.{detail}", When::from(incident.opened).text);
    let mut items = vec![item(incident.what, "opened", incident.opened, began)];
    if let Some(ended) = incident.ended {
        let words = format!("Over at {}, after {}.", When::from(ended).text, incident.lasted);
        items.push(item("well again", "ended", ended, words));
    }
    items
}

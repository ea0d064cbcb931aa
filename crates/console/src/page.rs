//! The page of a view: HTML that needs no script. What it says is in `view.rs`; this only sets it.

use askama::Template;

use crate::assets;
use crate::view::{DAYS, HISTORY_DAYS, PageView};

/// Pages with more checks show their charts on demand.
const OPEN_CHARTS: usize = 8;

#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    view: &'a PageView,
    style: &'a str,
    open_charts: bool,
    days: usize,
    history_days: u64,
}

/// The document.
pub(crate) fn page(view: &PageView) -> Result<String, askama::Error> {
    let open_charts = view.checks.len() <= OPEN_CHARTS;
    let style = assets::STYLE_URL;
    Page { view, style, open_charts, days: DAYS, history_days: HISTORY_DAYS }.render()
}

#[derive(Template)]
#[template(path = "refusal.html")]
struct Refusal<'a> {
    title: &'a str,
    words: &'a str,
    style: &'a str,
}

/// A page that says why there is none.
pub(crate) fn refusal(title: &str, words: &str) -> Result<String, askama::Error> {
    Refusal { title, words, style: assets::STYLE_URL }.render()
}

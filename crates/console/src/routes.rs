//! The route table of pages, and its handlers: they ask for a page and shape the answer.
//!
//! `/status/NAME` is a page, `.json`, `.rss` and `.svg` (its icon) behind it other forms of it; `/badge/NAME.svg` a badge of
//! it, `/badge/NAME/CHECK.svg` of a check, `/badge/NAME/CHECK/uptime-7d.svg` a figure of that.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use engine::Engine;

use crate::answer::{self, Form, Keeping, document};
use crate::assets;
use crate::badge::{self, Figure};
use crate::feed::feed;
use crate::json::json;
use crate::page::page;
use crate::site::{Seen, Site};
use crate::view::PageView;

/// How long anybody may keep a public page, in seconds.
const PAGE_KEPT: u32 = 15;
/// How long anybody may keep a badge of a public page, in seconds: proxies of code hosts ask on behalf of many.
const BADGE_KEPT: u32 = 60;
/// How long a browser may keep the style sheet, in seconds.
const STYLE_KEPT: u32 = 3_600;

/// Status pages, feeds and badges of this engine's watch. They need nothing of other routers, and take nothing but GET.
pub fn routes(engine: Engine) -> Router {
    let store = Arc::clone(engine.store());
    let url = engine.settings().public_url.clone();
    pages(Site::new(store, Box::new(move || engine.now()), url))
}

pub(crate) fn pages(site: Site) -> Router {
    Router::new()
        .route(assets::STYLE_URL, get(style))
        .route("/status/{file}", get(status))
        .route("/badge/{file}", get(page_badge))
        .route("/badge/{page}/{file}", get(check_badge))
        .route("/badge/{page}/{check}/{file}", get(figure_badge))
        .with_state(Arc::new(site))
}

async fn style(headers: HeaderMap) -> Response {
    document(&headers, Form::Css, Keeping::Anybody(STYLE_KEPT), assets::STYLE.to_owned())
}

async fn status(
    State(site): State<Arc<Site>>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    // A name may have a dot in it: what isn't a form of one page may be the name of another.
    if let Some((name, form)) = form_of(&file) {
        let answer = show(&site, name, &headers, form, PAGE_KEPT, |view| {
            Some(match form {
                Form::Json => Ok(json(view).to_string()),
                Form::Rss => feed(view, &site.url),
                Form::Svg => badge::icon(view),
                Form::Html | Form::Css => page(view),
            })
        });
        if let Some(answer) = answer.await {
            return answer;
        }
    }
    let answer = show(&site, &file, &headers, Form::Html, PAGE_KEPT, |view| Some(page(view)));
    answer.await.unwrap_or_else(answer::not_found)
}

async fn page_badge(
    State(site): State<Arc<Site>>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(name) = file.strip_suffix(".svg") else { return answer::not_found() };
    let answer =
        show(&site, name, &headers, Form::Svg, BADGE_KEPT, |view| Some(badge::of_page(view)));
    answer.await.unwrap_or_else(answer::not_found)
}

async fn check_badge(
    State(site): State<Arc<Site>>,
    Path((page, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let check = file.strip_suffix(".svg");
    of_check(&site, &page, check, Some(Figure::Status), &headers).await
}

async fn figure_badge(
    State(site): State<Arc<Site>>,
    Path((page, check, file)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Response {
    let figure = file.strip_suffix(".svg").and_then(Figure::named);
    of_check(&site, &page, Some(&check), figure, &headers).await
}

async fn of_check(
    site: &Site,
    page: &str,
    check: Option<&str>,
    figure: Option<Figure>,
    headers: &HeaderMap,
) -> Response {
    let (Some(name), Some(figure)) = (check, figure) else { return answer::not_found() };
    let answer = show(site, page, headers, Form::Svg, BADGE_KEPT, |view| {
        let check = view.checks.iter().find(|check| check.name == name)?;
        Some(badge::of_check(check, figure))
    });
    answer.await.unwrap_or_else(answer::not_found)
}

/// A form of a page; `None`: there is no such page, or no such part of it.
async fn show(
    site: &Site,
    name: &str,
    headers: &HeaderMap,
    form: Form,
    seconds: u32,
    draw: impl FnOnce(&PageView) -> Option<Result<String, askama::Error>>,
) -> Option<Response> {
    let view = match site.see(name, headers).await {
        Ok(Seen::Page(view)) => view,
        Ok(Seen::None) => return None,
        Ok(Seen::Private) => return Some(answer::unauthorized()),
        Err(error) => {
            tracing::error!(page = name, %error, "a status page could not be read");
            return Some(answer::failed());
        }
    };
    let keeping = if view.public { Keeping::Anybody(seconds) } else { Keeping::Reader };
    match draw(&view)? {
        Ok(body) => Some(document(headers, form, keeping, body)),
        Err(error) => {
            tracing::error!(page = name, %error, "a status page could not be drawn");
            Some(answer::failed())
        }
    }
}

fn form_of(file: &str) -> Option<(&str, Form)> {
    let (name, ending) = file.rsplit_once('.')?;
    match ending {
        "json" => Some((name, Form::Json)),
        "rss" => Some((name, Form::Rss)),
        "svg" => Some((name, Form::Svg)),
        _ => None,
    }
}

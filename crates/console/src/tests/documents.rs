//! What pages, feeds, badges and JSON say of the world, and what a public one keeps to itself.

use model::watch::{Check, StatusPage};

use super::{check, days, facts, incident, is_golden, is_well_formed, name, now, page, state};
use crate::badge::{self, Figure};
use crate::facts::Facts;
use crate::feed::feed;
use crate::json::json;
use crate::light::Light;
use crate::page::page as html;
use crate::view::PageView;

/// Words that stand in the facts and are nobody's business.
const PRIVATE: [&str; 6] =
    ["inside.test", "refuses", "502", "ada", "certificate", "sixteen-letters-secret"];

fn view(public: bool) -> PageView {
    PageView::new(&facts(page(public)), now())
}

#[test]
fn a_public_page_says_what_is_up_and_never_why_where_and_who() {
    let view = view(true);
    let documents = [
        html(&view).expect("it renders"),
        feed(&view, "https://alo.example").expect("it renders"),
        json(&view).to_string(),
    ];
    for document in documents {
        let told: Vec<_> = PRIVATE.iter().filter(|word| document.contains(**word)).collect();
        assert!(told.is_empty(), "{told:?} in {document}");
        assert!(document.contains("API") && document.contains("is down."), "{document}");
    }
}

#[test]
fn a_private_page_says_why_and_who_sees_to_it() {
    let page = html(&view(false)).expect("it renders");
    for words in [
        "inside.test refuses the connection",
        "Acknowledged by ada, by phone",
        "certificate about to end",
        "status 502 instead of 200 to 299",
        r#"<span class="id">#14</span>"#,
    ] {
        assert!(page.contains(words), "no {words} in {page}");
    }
    assert!(!page.contains("sixteen-letters-secret"));
}

#[test]
fn the_documents_are_those_that_were_looked_at() {
    is_golden("public.html", &html(&view(true)).expect("it renders"));
    is_golden("private.rss", &feed(&view(false), "https://alo.example").expect("it renders"));
    let mut document = json(&view(false));
    for check in document["checks"].as_array_mut().expect("checks") {
        check["days"].as_array_mut().expect("days").drain(..88);
    }
    is_golden("private.json", &serde_json::to_string_pretty(&document).expect("JSON"));
}

#[test]
fn maintenance_is_told_now_and_ahead() {
    let view = view(true);
    let now: Vec<_> =
        view.maintained.iter().map(|it| (it.title.as_str(), it.checks.as_str())).collect();
    assert_eq!(now, [("Mail moves to a new machine", "Mail")]);
    let planned = view.planned.iter().map(|it| {
        let at =
            |moment: Option<model::Moment>| moment.map(model::Moment::iso8601).unwrap_or_default();
        (it.title.as_str(), it.checks.as_str(), at(it.from), at(it.until))
    });
    let (from, until) = ("2026-11-29T02:00:00Z".to_owned(), "2026-11-29T03:30:00Z".to_owned());
    assert_eq!(planned.collect::<Vec<_>>(), [("Maintenance", "everything", from, until)]);
}

#[test]
fn uptime_is_of_the_hours_and_days_that_are_meant() {
    let view = view(true);
    let shop = &view.checks[0];
    let texts = [0, 1, 2, 3].map(|place| shop.uptimes[place].text());
    assert_eq!(texts, ["100%", "98.22%", "98.47%", "99.47%"]);
    let worst = shop.summary();
    assert!(worst.starts_with("Uptime over 90 days: 99.47%. Worst day: 2026-11-1"), "{worst}");
    assert_eq!(shop.days.len(), 90);
    assert_eq!(shop.days[89].date, "2026-11-23");
    assert_eq!(view.checks[3].summary(), "Uptime over 90 days: –. No day with an outage.");
    assert!(view.checks[3].chart.is_none(), "a heartbeat answers nobody");
}

#[test]
fn titles_of_others_stay_words_wherever_they_stand() {
    let hostile = "</title></script><script>alert('1')</script>\u{0}\u{202e}]]>&\"";
    let one: Check = check("evil", hostile);
    let its = state("evil", model::watch::Standing::Down, now());
    let mut down = incident(1, "evil", model::watch::IncidentKind::Down, hostile, now() - days(1));
    down.link = Some("javascript:alert(1)".to_owned());
    let page = StatusPage { title: hostile.to_owned(), checks: vec![name("evil")], ..page(false) };
    let facts = Facts {
        page,
        checks: vec![(one, its, Vec::new())],
        more: Vec::new(),
        incidents: vec![down],
        maintenances: Vec::new(),
    };
    let view = PageView::new(&facts, now());
    let page = html(&view).expect("it renders");
    assert!(!page.contains("<script") && !page.contains("javascript:"), "{page}");
    assert!(!page.contains(['\u{0}', '\u{202e}']), "{page}");
    let documents = [
        feed(&view, "https://alo.example").expect("it renders"),
        badge::of_check(&view.checks[0], Figure::Status).expect("it renders"),
        badge::of_page(&view).expect("it renders"),
        badge::icon(&view).expect("it renders"),
    ];
    for document in documents {
        assert!(!document.contains("<script"), "{document}");
        assert!(is_well_formed(quick_xml::Reader::from_str(&document)), "{document}");
    }
}

#[test]
fn a_page_has_no_style_nor_script_within() {
    let page = html(&view(false)).expect("it renders");
    for forbidden in ["<script", "<style", " style=", " onclick", "http://"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    for landmark in ["<header>", "<main>", "<footer>", "lang=\"en\"", "class=\"skip\""] {
        assert!(page.contains(landmark), "{landmark}");
    }
}

#[test]
fn a_badge_says_a_figure() {
    let view = view(true);
    let said = |check: usize, figure: &str| {
        let figure = Figure::named(figure).expect("a figure");
        let badge = badge::of_check(&view.checks[check], figure).expect("it renders");
        let title = badge.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next());
        title.expect("a title").to_owned()
    };
    assert_eq!(said(0, "status"), "The shop: up");
    assert_eq!(said(1, "status"), "API: down");
    assert_eq!(said(0, "uptime-90d"), "uptime 90d: 99.47%");
    assert_eq!(said(3, "uptime-24h"), "uptime 24h: not known");
    assert_eq!(said(3, "response"), "response: not known");
    assert!(said(0, "response").ends_with(" ms"));
    assert_eq!(Figure::named("uptime-1y"), None);
}

#[test]
fn colours_are_read_by_those_who_see_little_contrast() {
    let lights = [
        Light::Up,
        Light::Down,
        Light::Unsteady,
        Light::Maintenance,
        Light::Pending,
        Light::Unjudged,
        Light::Paused,
    ];
    for light in lights {
        let ratio = 1.05 / (luminance(light.colour()) + 0.05);
        assert!(ratio >= 4.5, "{light:?}: {ratio}");
    }
}

/// Relative luminance (WCAG 2.2) of `#rrggbb`.
fn luminance(colour: &str) -> f64 {
    let part = |at: usize| {
        let value = u8::from_str_radix(&colour[at..at + 2], 16).expect("a colour");
        let value = f64::from(value) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
}

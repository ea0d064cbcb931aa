//! Who may see what, over HTTP: public, private and unknown pages, what may be kept of them, and what browsers are told.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::watch::StatusPage;
use store::Watching;

use super::{TOKEN, Town, account, name, page};

const FORMS: [(&str, &str); 9] = [
    ("/status/example", "text/html; charset=utf-8"),
    ("/status/example.json", "application/json"),
    ("/status/example.rss", "application/rss+xml; charset=utf-8"),
    ("/status/example.svg", "image/svg+xml"),
    ("/badge/example.svg", "image/svg+xml"),
    ("/badge/example/shop.svg", "image/svg+xml"),
    ("/badge/example/shop/uptime-24h.svg", "image/svg+xml"),
    ("/badge/example/shop/uptime-90d.svg", "image/svg+xml"),
    ("/badge/example/shop/response.svg", "image/svg+xml"),
];

fn basic(user: &str, token: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{token}")))
}

#[tokio::test]
async fn a_public_page_is_for_everybody_in_all_its_forms() {
    let town = Town::new(page(true)).await;
    for (path, form) in FORMS {
        let answer = town.gets(path, &[]).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, form), "{path}");
        assert!(answer.header("cache-control").starts_with("public, max-age="), "{path}");
        assert!(answer.header("content-security-policy").starts_with("default-src 'none';"));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(!answer.body.contains("inside.test"), "{path}");
    }
    let page = town.gets("/status/example", &[]).await.body;
    assert!(page.contains("API is down."), "{page}");
    let document: serde_json::Value =
        serde_json::from_str(&town.gets("/status/example.json", &[]).await.body).expect("JSON");
    assert_eq!(document["checks"][0]["uptime"]["24h"], 1.0);
    let feed = town.gets("/status/example.rss", &[]).await.body;
    assert!(feed.contains("<link>https://alo.example/status/example</link>"), "{feed}");
    let style = town.gets("/status/style.css", &[]).await;
    assert_eq!(
        (style.status.as_u16(), style.header("content-type")),
        (200, "text/css; charset=utf-8")
    );
}

#[tokio::test]
async fn a_private_page_is_for_those_with_the_accounts_credentials() {
    let town = Town::new(page(false)).await;
    let ours = basic(&account().sid.to_string(), TOKEN);
    let wrong = basic(&account().sid.to_string(), "no");
    for (path, form) in FORMS {
        for headers in [&[][..], &[("authorization", wrong.as_str())]] {
            let answer = town.gets(path, headers).await;
            assert_eq!(answer.status, 401, "{path}");
            assert!(answer.header("www-authenticate").starts_with("Basic realm="));
            assert_eq!(answer.header("cache-control"), "no-store");
            assert!(!answer.body.contains("Example") && !answer.body.contains("shop"), "{path}");
        }
        let answer = town.gets(path, &[("authorization", &ours)]).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, form), "{path}");
        assert_eq!(answer.header("cache-control"), "private, no-cache", "{path}");
    }
    let badge = town.gets("/badge/example/no-such-check.svg", &[]).await;
    assert_eq!(badge.status, 401, "what is on it is nobody's business either");
}

#[tokio::test]
async fn what_there_is_not_is_not_found() {
    let town = Town::new(page(true)).await;
    for path in [
        "/status/other",
        "/status/other.json",
        "/status/example.xml",
        "/status/EX%20AMPLE",
        "/status/%00",
        "/badge/example",
        "/badge/other.svg",
        "/badge/example/other.svg",
        "/badge/example/shop.png",
        "/badge/example/shop/uptime-1y.svg",
    ] {
        let answer = town.gets(path, &[]).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn a_page_may_be_called_like_a_form_of_another() {
    let town = Town::new(StatusPage { name: name("example.json"), ..page(true) }).await;
    let answer = town.gets("/status/example.json", &[]).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("content-type")),
        (200, "text/html; charset=utf-8")
    );
}

#[tokio::test]
async fn what_a_reader_has_is_not_sent_again() {
    let town = Town::new(page(true)).await;
    for (path, _) in FORMS {
        let first = town.gets(path, &[]).await;
        let tag = first.header("etag").to_owned();
        for known in [tag.clone(), format!("\"x\", W/{tag}"), "*".to_owned()] {
            let again = town.gets(path, &[("if-none-match", &known)]).await;
            assert_eq!((again.status.as_u16(), again.body.as_str()), (304, ""), "{path} {known}");
            assert_eq!(again.header("etag"), tag);
        }
        assert_eq!(town.gets(path, &[("if-none-match", "\"x\"")]).await.status, 200);
    }
}

#[tokio::test]
async fn a_page_that_becomes_private_is_so_at_once() {
    let town = Town::new(page(true)).await;
    assert_eq!(town.gets("/status/example", &[]).await.status, 200);
    let sid = account().sid;
    town.store.save_status_page(sid, page(false)).await.expect("kept");
    assert_eq!(town.gets("/status/example", &[]).await.status, 401);
    let ours = basic(&sid.to_string(), TOKEN);
    let seen = town.gets("/status/example", &[("authorization", &ours)]).await.body;
    assert!(seen.contains("inside.test"), "what was made for the public is not shown: {seen}");
    town.store.save_status_page(sid, page(true)).await.expect("kept");
    assert!(!town.gets("/status/example", &[]).await.body.contains("inside.test"));
}

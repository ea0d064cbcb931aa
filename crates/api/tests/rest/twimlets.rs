//! Twimlets over HTTP, and the page that builds their addresses.

use axum::http::Request;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION};

use crate::server::{Server, TOKEN, account};

const FORWARD: &str = "/twimlets/forward?PhoneNumber=%2B15005550006";

#[tokio::test]
async fn a_twimlet_answers_an_account_and_nobody_else() {
    let server = Server::start().await;
    let bare = server.send(Request::builder().uri(FORWARD), "").await;
    assert_eq!(bare.refusal(), (401, 20003));
    let answer = server.get(FORWARD).await;
    assert_eq!(answer.status, 200);
    assert!(answer.headers[CONTENT_TYPE].to_str().is_ok_and(|kind| kind.starts_with("text/xml")));
    let text = String::from_utf8(answer.body).expect("it is text");
    assert!(text.contains("<Dial") && text.contains("+15005550006"), "{text}");
    assert_eq!(server.get("/twimlets/fly").await.status, 404);
    assert_eq!(server.delete(FORWARD).await.refusal(), (405, 20004));
}

#[tokio::test]
async fn a_signed_request_of_an_account_is_answered() {
    let server = Server::start().await;
    let sid = server.account;
    let form = format!("AccountSid={sid}&Caller=%2B14155550123");
    let signed =
        signature(&format!("https://alo.example{FORWARD}AccountSid{sid}Caller+14155550123"));
    let post = |signature: &str| {
        let form_type = "application/x-www-form-urlencoded";
        let request = Request::builder().method("POST").uri(FORWARD);
        request.header(CONTENT_TYPE, form_type).header("X-Twilio-Signature", signature)
    };
    assert_eq!(server.send(post(&signed), &form).await.status, 200);
    assert_eq!(server.send(post("x"), &form).await.refusal(), (403, 20403));
    let more = format!("{form}&Digits=1");
    assert_eq!(server.send(post(&signed), &more).await.refusal(), (403, 20403));
    let other = form.replace(&sid.to_string(), &account(9).sid.to_string());
    assert_eq!(server.send(post(&signed), &other).await.refusal(), (403, 20403));
}

/// HMAC-SHA1 with the token of every account here.
fn signature(text: &str) -> String {
    use base64::Engine as _;
    use hmac::{KeyInit as _, Mac as _};
    let mut mac = hmac::Hmac::<sha1::Sha1>::new_from_slice(TOKEN.as_bytes()).expect("any key");
    mac.update(text.as_bytes());
    base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes())
}

#[tokio::test]
async fn what_somebody_wrote_into_a_document_runs_in_no_browser() {
    let server = Server::start().await;
    let answer = server.get("/twimlets/echo?Twiml=%3CResponse/%3E").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers[CONTENT_SECURITY_POLICY], "default-src 'none'; sandbox");
    assert_eq!(answer.headers["X-Content-Type-Options"], "nosniff");
}

#[tokio::test]
async fn a_twimlet_leads_on_with_a_redirect() {
    let server = Server::start().await;
    let path =
        "/twimlets/forward?Dial=true&DialCallStatus=busy&FailUrl=http%3A%2F%2Fa.example%2Fx.mp3";
    let answer = server.get(path).await;
    assert_eq!(answer.status, 302);
    assert_eq!(answer.headers[LOCATION], "http://a.example/x.mp3");
}

#[tokio::test]
async fn the_page_shows_the_address_the_answer_and_the_command() {
    let server = Server::start().await;
    let open = |path: &'static str| server.send(Request::builder().uri(path), "");
    let empty = open("/twimlets/").await;
    assert_eq!(empty.status, 200, "it needs no credentials");
    let text = String::from_utf8(empty.body).expect("it is text");
    for name in ["forward", "findme", "simulring", "voicemail", "conference", "menu", "echo"] {
        assert!(text.contains(&format!("id=\"{name}\"")), "{name}");
    }
    let filled = open("/twimlets/?name=forward&PhoneNumber=%2B15005550006&FailUrl=").await;
    let text = String::from_utf8(filled.body).expect("it is text");
    assert!(text.contains("https://alo.example/twimlets/forward?PhoneNumber=%2B15005550006"));
    assert!(text.contains("--app &#39;alo://twimlets/forward?PhoneNumber=%2B15005550006&#39;"));
    assert!(text.contains("&lt;Dial"), "{text}");
}

#[tokio::test]
async fn nothing_that_a_visitor_writes_becomes_part_of_the_page() {
    let server = Server::start().await;
    let evil = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E%3Cimg%20src=x%20onerror=alert(1)%3E";
    for path in [
        format!("/twimlets/?name={evil}"),
        format!("/twimlets/?name=echo&Twiml={evil}"),
        format!("/twimlets/?name=forward&PhoneNumber={evil}&{evil}={evil}"),
        format!("/twimlets/?name=simulring&PhoneNumbers[]={evil}"),
    ] {
        let answer = server.send(Request::builder().uri(&path), "").await;
        assert_eq!(answer.status, 200, "{path}");
        let policy = answer.headers[CONTENT_SECURITY_POLICY].to_str().expect("it is ASCII");
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        let text = String::from_utf8(answer.body).expect("it is text");
        assert!(!text.contains("<script") && !text.contains("<img"), "{path}: {text}");
    }
}

//! What a description can say besides what the shipped ones do, and what is wrong with one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::sync::mpsc;

use super::super::{Gateway, GatewayError, Hears as _, HookKind};
use super::provider::{Act, Provider, json, nobody};
use super::{Told, gateway, hear, hook, settings, submission};
use crate::{Carrier as _, CarrierState, ErrorClass, InboundContent, ReceiptState, Verdict};

const SEND: &str = "[send]\nurl = 'https://a.example/'\n";
const RECEIPT: &str = "id = 'field:id'\nstatus = 'field:status'\nstatuses = { ok = 'delivered' }\n";

fn wrong(toml: &str) -> GatewayError {
    Gateway::new(settings(toml, None), mpsc::channel(1).0).expect_err(toml)
}

#[test]
fn what_can_not_work_is_found_when_it_is_read() {
    let send = |rest: &str| wrong(&format!("{SEND}{rest}"));
    let url = |url: &str| wrong(&format!("[send]\nurl = '{url}'"));
    assert!(matches!(send("headers = { A = '{nobody}' }"), GatewayError::Template { .. }));
    assert!(matches!(
        send("basic = { user = '{to}', password = '' }"),
        GatewayError::Template { .. }
    ));
    assert!(matches!(send("headers = { 'a b' = 'x' }"), GatewayError::Header(_)));
    assert!(matches!(send("json = {}\nbody = ''"), GatewayError::TwoBodies));
    assert!(matches!(send("method = 'GET'\nbody = ''"), GatewayError::BodyWithGet));
    assert!(matches!(send("[answer]\nid = 'json:/a'\ntext = 'own'"), GatewayError::Own("answer")));
    let status = send("[answer.statuses]\nx = { class = 'down' }");
    assert!(matches!(status, GatewayError::Status { .. }));
    let nothing = send("[answer]\nsuccess = { at = 'text', is = [] }");
    assert!(matches!(nothing, GatewayError::Empty(_)));
    for address in ["a.example", "ftp://a.example/", "https://{to}/", "https://a.example:{id}/"] {
        assert!(matches!(url(address), GatewayError::Url(..)), "{address}");
    }
    let receipt = |rest: &str| wrong(&format!("{SEND}[receipt]\n{RECEIPT}{rest}"));
    let secret = "authentication = { kind = 'header', name = 'A', value = '' }";
    assert!(matches!(receipt(secret), GatewayError::EmptySecret("receipt")));
    let hmac = "authentication = { kind = 'hmac', header = 'A', key = 'k' }";
    assert!(matches!(receipt(hmac), GatewayError::HmacOfNothing("receipt")));
    let each = "each = 'text'\nauthentication = { kind = 'none' }";
    assert!(matches!(receipt(each), GatewayError::Each("receipt")));
    let answer = "answer = { status = 500 }\nauthentication = { kind = 'none' }";
    assert!(matches!(receipt(answer), GatewayError::Status { .. }));
    let methods = "methods = []\nauthentication = { kind = 'none' }";
    assert!(matches!(receipt(methods), GatewayError::Empty("methods")));
}

#[test]
fn a_missing_secret_is_named() {
    let error = wrong(&format!("{SEND}headers = {{ A = '{{secret.token_of_mine}}' }}"));
    let expected = "send.headers.A: the secret 'token_of_mine' is missing: name it under the \
                    carrier's secrets";
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn without_their_secret_there_are_no_webhooks_and_messages_go_all_the_same() {
    let mut provider = Provider::that(json(200, r#"{"data":{"id":"1"}}"#)).await;
    let mut sparse = settings("telnyx", Some(provider.url.clone()));
    sparse.secrets.remove("webhook_token");
    let (gateway, _told) = gateway(sparse);
    gateway.submit(submission("hello")).await.expect("it is taken");
    assert!(!provider.asked().await.body.contains("webhook_url"));
    let reply = gateway.hear(hook(HookKind::Receipt, "POST", "token=", "", "")).await;
    let words = "webhooks need the carrier's secret 'webhook_token', which is not set";
    assert_eq!((reply.status, reply.body.as_str()), (403, words));
}

#[tokio::test]
async fn a_body_of_any_kind_keeps_its_shape() {
    let mut provider = Provider::that(Act::Answer(200, &[], "OK 17".to_owned())).await;
    let toml = r#"
        [send]
        url = "https://a.example/"
        method = "PUT"
        content_type = "text/xml; charset=utf-8"
        body = '<sms to="{to}" key="{secret.password}">{body}</sms>'
        query = { part = "{segments}" }
        [answer]
        success = { at = 'regex:^(OK)', is = ["OK"] }
        id = 'regex:^OK (\d+)'
    "#;
    let (gateway, _told) = gateway(settings(toml, Some(provider.url.clone() + "/x?y=1")));
    let taken = gateway.submit(submission("</sms>&")).await.expect("it is taken");
    assert_eq!(taken.ids, ["17"]);
    let asked = provider.asked().await;
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("PUT", "/x"));
    assert_eq!(asked.query(), "y=1\npart=1");
    assert_eq!(asked.header("content-type"), "text/xml; charset=utf-8");
    assert_eq!(asked.body, r#"<sms to="+551130000000" key="p&amp;ss">&lt;/sms&gt;&amp;</sms>"#);
}

#[tokio::test]
async fn a_value_can_not_become_another_path_or_header() {
    let mut provider = Provider::that(Act::Answer(200, &[], String::new())).await;
    let toml = format!("{SEND}headers = {{ X-Text = '{{body}}' }}");
    let url = provider.url.clone() + "/send/{body}/now";
    let (gateway, _told) = gateway(settings(&toml, Some(url)));
    let text = "../../a?b#c\r\nX-Evil: 1";
    gateway.submit(submission(text)).await.expect("it is taken");
    let asked = provider.asked().await;
    assert_eq!(asked.path, "/send/..%2F..%2Fa%3Fb%23c%0D%0AX-Evil%3A%201/now");
    assert_eq!(asked.header("x-text"), "../../a?b#c  X-Evil: 1");
    assert!(asked.headers.get("x-evil").is_none());
    let error = gateway.submit(submission("..")).await.expect_err("a step up");
    assert_eq!(error.class, ErrorClass::Refused);
    assert!(error.message.contains("a value would change the address itself"), "{error}");
}

#[tokio::test]
async fn a_success_without_an_id_is_one_only_if_something_else_says_so() {
    let provider = Provider::that(json(200, r#"{"ok":true}"#)).await;
    let answer = "[answer]\nid = 'json:/id'\n";
    let vague = gateway(settings(&format!("{SEND}{answer}"), Some(provider.url.clone()))).0;
    let error = vague.submit(submission("hello")).await.expect_err("it names nothing");
    assert_eq!(error.class, ErrorClass::Passing);
    assert_eq!(error.message, "answered 200, but not as its description says");
    let sure = format!("{SEND}{answer}success = {{ at = 'json:/ok', is = ['true'] }}");
    let sure = gateway(settings(&sure, Some(provider.url.clone()))).0;
    assert!(sure.submit(submission("hello")).await.expect("it is taken").ids.is_empty());
    let header = Provider::that(Act::Answer(200, &[("x-id", "h1")], String::new())).await;
    let toml = format!("{SEND}[answer]\nid = 'header:X-Id'");
    let named = gateway(settings(&toml, Some(header.url))).0;
    assert_eq!(named.submit(submission("hello")).await.expect("it is taken").ids, ["h1"]);
}

#[tokio::test]
async fn no_password_is_in_the_words_of_an_error() {
    let url = format!("http://{}/", nobody().await);
    let (gateway, _told) = gateway(settings("get", Some(url)));
    let error = gateway.submit(submission("hello")).await.expect_err("nobody is there");
    assert_eq!(error.class, ErrorClass::Down);
    assert!(!error.message.contains("ss"), "{}", error.message);
    assert_eq!(gateway.state(), CarrierState::Down(error.message));
}

/// A gateway that tells several things at once.
const LISTS: &str = "
    [send]
    url = 'https://a.example/'
    [inbound]
    each = 'json:/messages'
    authentication = { kind = 'none' }
    from = 'json:/from'
    to = 'json:/to'
    text = 'json:/text'
    reference = 'json:/ref'
    total = 'json:/of'
    number = 'json:/part'
    answer = { status = 202, content_type = 'application/json', body = '{}' }
    [receipt]
    each = 'json:'
    authentication = { kind = 'none' }
    id = 'json:/id'
    status = 'json:/s'
    statuses = { D = 'delivered', U = { state = 'undelivered', code = 30005 } }
";

#[tokio::test]
async fn several_messages_come_in_one_webhook() {
    let (gateway, mut events) = gateway(settings(LISTS, None));
    let body = r#"{"messages":[{"from":"551130000000","to":"12345","text":"a"},
        {"from":"551130000000","to":"12345","text":"b","ref":"zz","of":2,"part":2},
        {"from":"551130000000","to":"12345","text":"c","ref":"zz","of":2,"part":3}]}"#;
    let page = hook(HookKind::Inbound, "POST", "", "application/json", body);
    let (reply, told) = hear(&gateway, &mut events, page.clone(), Verdict::Kept).await;
    assert_eq!((reply.status, reply.body.as_str()), (202, "{}"));
    assert_eq!(reply.content_type, "application/json");
    let content = |told: &Told| match told {
        Told::Inbound(inbound) => inbound.content.clone(),
        Told::Receipt(receipt) => panic!("no receipt: {receipt:?}"),
    };
    let contents: Vec<_> = told.iter().map(content).collect();
    assert!(matches!(&contents[0], InboundContent::Whole { text, .. } if text == "a"));
    assert!(matches!(contents[1], InboundContent::Part { total: 2, number: 2, .. }));
    // The third of two parts: taken as it is rather than lost.
    assert!(matches!(&contents[2], InboundContent::Whole { text, .. } if text == "c"));
    // The first that can't be kept ends it.
    let (reply, told) = hear(&gateway, &mut events, page, Verdict::Later).await;
    assert_eq!((reply.status, told.len()), (503, 1));
}

#[tokio::test]
async fn several_receipts_come_in_one_webhook() {
    let (gateway, mut events) = gateway(settings(LISTS, None));
    let page = |body: &str| hook(HookKind::Receipt, "POST", "", "application/json", body);
    let body = r#"[{"id":1,"s":"D"},{"id":2,"s":"U"},{"id":3,"s":"?"}]"#;
    let (_, told) = hear(&gateway, &mut events, page(body), Verdict::Kept).await;
    let read = |told: &Told| match told {
        Told::Receipt(it) => (it.ids[0].clone(), it.state, it.error_code),
        Told::Inbound(inbound) => panic!("no message: {inbound:?}"),
    };
    let expected = [
        ("1".to_owned(), ReceiptState::Delivered, None),
        ("2".to_owned(), ReceiptState::Undelivered, Some(30005)),
        ("3".to_owned(), ReceiptState::EnRoute, None),
    ];
    assert_eq!(told.iter().map(read).collect::<Vec<_>>(), expected);
    // One that can't be read refuses all: nothing is half kept.
    let half = page(r#"[{"id":1,"s":"D"},{}]"#);
    let (reply, told) = hear(&gateway, &mut events, half, Verdict::Kept).await;
    assert_eq!((reply.status, told.len()), (400, 0));
    assert_eq!(reply.body, "'id' is not where the description says");
    let flood = page(&format!("[{}1]", "1,".repeat(1_000)));
    assert_eq!(gateway.hear(flood).await.status, 413);
}

#[tokio::test]
async fn only_who_knows_the_secret_is_heard() {
    let form = "application/x-www-form-urlencoded";
    let body = "id=1&status=ok";
    let sum = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    for (authentication, query, header, wrong_status) in [
        (
            "kind = 'basic', user = 'u', password = '{secret.password}'",
            "",
            ("Authorization", format!("basic {}", STANDARD.encode("u:p&ss"))),
            401,
        ),
        (
            "kind = 'header', name = 'X-Key', value = 'k {secret.password}'",
            "",
            ("x-key", "k p&ss".to_owned()),
            403,
        ),
        (
            "kind = 'query', name = 't', value = '{secret.password}'",
            "t=p%26ss",
            ("x-none", String::new()),
            403,
        ),
    ] {
        let toml = format!("{SEND}[receipt]\n{RECEIPT}authentication = {{ {authentication} }}");
        let (gateway, mut events) = gateway(settings(&toml, None));
        let mut right = hook(HookKind::Receipt, "POST", query, form, body);
        right.headers.push((header.0.to_owned(), header.1));
        let (reply, told) = hear(&gateway, &mut events, right, Verdict::Kept).await;
        assert_eq!((reply.status, told.len()), (200, 1), "{authentication}");
        for (query, value) in [("", ""), ("t=", "x"), ("t=p%26s", "basic dTpw"), ("t=u", "k p&s")] {
            let mut other = hook(HookKind::Receipt, "POST", query, form, body);
            other.headers.push((header.0.to_owned(), value.to_owned()));
            assert_eq!(gateway.hear(other).await.status, wrong_status, "{authentication}");
        }
    }

    let hmac = "kind = 'hmac', header = 'X-Sum', key = 'Jefe', prefix = 'sha256='";
    let toml = format!(
        "{SEND}[receipt]\nid = 'text'\nstatus = 'text'\nstatuses = {{}}\nmethods = ['POST']\n\
         authentication = {{ {hmac} }}"
    );
    let (gateway, mut events) = gateway(settings(&toml, None));
    let signed = |body: &str, sum: &str| {
        let mut hook = hook(HookKind::Receipt, "POST", "", "text/plain", body);
        hook.headers.push(("X-Sum".to_owned(), sum.to_owned()));
        hook
    };
    let right = signed("what do ya want for nothing?", &format!("sha256={sum}"));
    let (reply, told) = hear(&gateway, &mut events, right, Verdict::Kept).await;
    assert_eq!((reply.status, told.len()), (200, 1));
    let unmarked = signed("what do ya want for nothing?", sum);
    assert_eq!(gateway.hear(unmarked).await.status, 403);
    let changed = signed("what do ya want for something?", &format!("sha256={sum}"));
    assert_eq!(gateway.hear(changed).await.status, 403);
}

#[tokio::test]
async fn a_sum_over_the_body_vouches_for_nothing_else() {
    let form = "application/x-www-form-urlencoded";
    let toml = format!(
        "{SEND}[receipt]\n{RECEIPT}methods = ['POST']\n\
         authentication = {{ kind = 'hmac', header = 'X-Sum', key = 'key' }}"
    );
    let (gateway, _events) = gateway(settings(&toml, None));
    let mut forged = hook(HookKind::Receipt, "POST", "id=1&status=ok", form, "");
    // The sum of an empty body: whoever saw one such webhook has it.
    let sum = "5d5d139563c95b5967b9bd9a8c9b233a9dedb45072794cd232dc1b74832607d0";
    forged.headers.push(("X-Sum".to_owned(), sum.to_owned()));
    let reply = gateway.hear(forged).await;
    assert_eq!(
        (reply.status, reply.body.as_str()),
        (400, "'id' is not where the description says")
    );
}

#[tokio::test]
async fn what_the_description_does_not_have_is_not_heard() {
    let toml = format!(
        "{SEND}[receipt]\n{RECEIPT}methods = ['POST']\nauthentication = {{ kind = 'none' }}"
    );
    let (gateway, _events) = gateway(settings(&toml, None));
    assert_eq!(gateway.hear(hook(HookKind::Inbound, "POST", "", "", "")).await.status, 404);
    assert_eq!(gateway.hear(hook(HookKind::Receipt, "GET", "", "", "")).await.status, 405);
    assert_eq!(gateway.hear(hook(HookKind::Receipt, "POST", "", "", "")).await.status, 400);
}

#[tokio::test]
async fn no_more_than_its_window_are_under_way() {
    let mut provider = Provider::that(Act::Silence).await;
    let mut narrow = settings(SEND, Some(provider.url.clone()));
    narrow.window = 2;
    let gateway = std::sync::Arc::new(gateway(narrow).0);
    assert_eq!(gateway.window(), 2);
    for _ in 0..3 {
        let gateway = std::sync::Arc::clone(&gateway);
        tokio::spawn(async move { gateway.submit(submission("hello")).await });
    }
    provider.asked().await;
    provider.asked().await;
    assert_eq!(provider.nothing_more(), None);
}

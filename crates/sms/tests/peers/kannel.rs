//! The description `get` against Kannel (Debian's `kannel`), which hands on to an SMSC of others.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use model::Secret;
use sms::web::{Gateway, GatewaySettings, Hears, Hook, HookKind, Timeouts, WINDOW, describe};
use sms::{Carrier, CarrierEvent, CarrierState, ErrorClass, InboundContent, ReceiptState, Verdict};
use testkit::{Smsc, SmscDelivery, SmscOptions, SmscSubmit};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::rig::{submission, who};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// The secret in the addresses that Kannel calls.
const TOKEN: &str = "h00k";

/// Kannel between an SMSC and our carrier.
struct Rig {
    smsc: Smsc,
    gateway: Arc<Gateway>,
    events: mpsc::Receiver<CarrierEvent>,
    // Dropped, they are killed.
    _boxes: [Child; 2],
    folder: std::path::PathBuf,
}

impl Drop for Rig {
    fn drop(&mut self) {
        // What can't be removed stays in the system's temporary folder, which is emptied by others.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Rig {
    async fn start(name: &str) -> Rig {
        let options = SmscOptions { receipts: "text", ..SmscOptions::default() };
        let mut smsc = Smsc::start(options).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has ports");
        let webhooks = listener.local_addr().expect("it is bound");
        let ports = [free_port().await, free_port().await, free_port().await];
        let folder = std::env::temp_dir().join(format!("alo-kannel-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a temporary folder");
        let text = configuration(&folder, ports, &smsc, webhooks);
        std::fs::write(folder.join("kannel.conf"), text).expect("a file");
        let boxes = [
            launch("bearerbox", &folder, ports[0]).await,
            launch("smsbox", &folder, ports[2]).await,
        ];
        smsc.next_bind().await;
        let (sender, events) = mpsc::channel(64);
        let gateway = Arc::new(gateway("kannelpw", ports[2], webhooks, sender));
        let routes = Router::new().fallback(hear).with_state(Arc::clone(&gateway));
        tokio::spawn(async move { axum::serve(listener, routes).await.expect("it serves") });
        Rig { smsc, gateway, events, _boxes: boxes, folder }
    }

    async fn event(&mut self) -> CarrierEvent {
        let event = timeout(PATIENCE, self.events.recv()).await;
        event.expect("Kannel calls in time").expect("the carrier lives")
    }
}

fn gateway(
    password: &str,
    port: u16,
    webhooks: SocketAddr,
    events: mpsc::Sender<CarrierEvent>,
) -> Gateway {
    let secrets = [("username", "alo"), ("password", password), ("webhook_token", TOKEN)];
    let secrets = secrets.map(|(name, value)| (name.to_owned(), Secret::new(value)));
    let settings = GatewaySettings {
        name: "kannel".to_owned(),
        description: describe("get").expect("it is shipped"),
        secrets: BTreeMap::from(secrets),
        url: Some(format!("http://127.0.0.1:{port}/cgi-bin/sendsms")),
        callback_url: Some(format!("http://{webhooks}/receipt")),
        window: WINDOW,
        timeouts: Timeouts::default(),
    };
    Gateway::new(settings, events).expect("the description works")
}

/// What Kannel calls.
async fn hear(
    State(gateway): State<Arc<Gateway>>,
    (method, uri, headers): (Method, Uri, HeaderMap),
    body: Bytes,
) -> (StatusCode, String) {
    let inbound = uri.path() == "/inbound";
    let text = |value: &axum::http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let hook = Hook {
        kind: if inbound { HookKind::Inbound } else { HookKind::Receipt },
        method: method.to_string(),
        query: uri.query().unwrap_or_default().to_owned(),
        headers: headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body,
        url: uri.to_string(),
    };
    let reply = gateway.hear(hook).await;
    (StatusCode::from_u16(reply.status).expect("it is a status"), reply.body)
}

async fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has ports");
    listener.local_addr().expect("it is bound").port()
}

/// Starts a box, and waits until it listens.
async fn launch(name: &str, folder: &Path, port: u16) -> Child {
    let child = Command::new(name)
        .arg("kannel.conf")
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("Kannel is installed: ./test --install");
    let listens = async {
        let mut again = tokio::time::interval(Duration::from_millis(20));
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_err() {
            again.tick().await;
        }
    };
    timeout(PATIENCE, listens).await.expect("it listens in time");
    child
}

fn configuration(
    folder: &Path,
    [admin, boxes, sendsms]: [u16; 3],
    smsc: &Smsc,
    webhooks: SocketAddr,
) -> String {
    let log = |name: &str| folder.join(name).display().to_string();
    let inbound = format!("http://{webhooks}/inbound?token={TOKEN}&from=%p&to=%P&text=%a&id=%I");
    let (port, name, password) = (smsc.port(), smsc.system_id(), smsc.password());
    format!(
        "group = core\nadmin-port = {admin}\nadmin-interface = 127.0.0.1\nadmin-password = x\n\
         smsbox-port = {boxes}\nsmsbox-interface = 127.0.0.1\nbox-allow-ip = 127.0.0.1\n\
         log-file = {bearer}\nlog-level = 0\ndlr-storage = internal\n\n\
         group = smsc\nsmsc = smpp\nsmsc-id = smsc\nhost = 127.0.0.1\nport = {port}\n\
         transceiver-mode = true\nsmsc-username = {name}\nsmsc-password = {password}\n\
         system-type = \"\"\ninterface-version = 34\nreconnect-delay = 1\n\n\
         group = smsbox\nbearerbox-host = 127.0.0.1\nsendsms-port = {sendsms}\n\
         sendsms-interface = 127.0.0.1\nlog-file = {smsbox}\nlog-level = 0\nmo-recode = true\n\n\
         group = sendsms-user\nusername = alo\npassword = kannelpw\n\
         concatenation = true\nmax-messages = 10\n\n\
         group = sms-service\nkeyword = default\ncatch-all = true\nconcatenation = true\n\
         get-url = \"{inbound}\"\nmax-messages = 0\n",
        bearer = log("bearerbox.log"),
        smsbox = log("smsbox.log"),
    )
}

#[tokio::test]
async fn kannel_takes_texts_and_says_that_they_arrived() {
    let mut rig = Rig::start("out").await;
    for (digits, body) in [(1, "50% {off} & more, 3€"), (2, "Olá 東京 🦀!")] {
        let message = submission(digits, body);
        let sid = message.message.to_string();
        let taken = rig.gateway.submit(message).await.expect("Kannel takes it");
        assert_eq!(taken.ids, std::slice::from_ref(&sid));
        let seen = rig.smsc.next_submit().await;
        assert_eq!(seen.text, body);
        assert_eq!(seen.destination.2, "5511987654321");
        let CarrierEvent::Receipt { receipt, done } = rig.event().await else {
            panic!("a receipt was awaited")
        };
        done.send(Verdict::Kept).expect("the carrier waits");
        assert_eq!((receipt.ids, receipt.state), (vec![sid], ReceiptState::Delivered));
    }
    let long = "A rather long text, 10 words to a line, or fewer. ".repeat(7);
    rig.gateway.submit(submission(3, long.trim())).await.expect("Kannel takes it");
    let parts = rig.smsc.submits(3).await;
    let joined: String = parts.iter().map(|SmscSubmit { text, .. }| text.as_str()).collect();
    assert_eq!(joined, long.trim());
}

#[tokio::test]
async fn kannel_brings_texts() {
    let mut rig = Rig::start("in").await;
    for (text, coding) in
        [("oi, tchau: 3€ & 50%", "gsm"), ("Olá 東京 🦀!", "ucs2"), ("Olá, São Paulo", "ucs2")]
    {
        let plain = SmscDelivery::new("5511987654321", "14155550123", text);
        rig.smsc.deliver(SmscDelivery { coding, ..plain }).await;
        let CarrierEvent::Inbound { inbound, done } = rig.event().await else {
            panic!("a text was awaited")
        };
        done.send(Verdict::Kept).expect("the carrier waits");
        assert_eq!(inbound.from, who("+5511987654321"));
        assert_eq!(inbound.to, who("+14155550123"));
        assert!(inbound.id.is_some());
        let whole = InboundContent::Whole { text: text.to_owned(), segments: 0 };
        assert_eq!(inbound.content, whole);
    }
}

#[tokio::test]
async fn kannel_refuses_who_has_the_wrong_password() {
    let rig = Rig::start("wrong").await;
    let mut url = String::new();
    let text = std::fs::read_to_string(rig.folder.join("kannel.conf")).expect("it was written");
    for line in text.lines().filter_map(|line| line.strip_prefix("sendsms-port = ")) {
        url.push_str(line);
    }
    let port: u16 = url.parse().expect("a port");
    let (sender, _events) = mpsc::channel(4);
    let other = gateway("wrong", port, SocketAddr::from((Ipv4Addr::LOCALHOST, 9)), sender);
    let error = other.submit(submission(9, "Hello")).await.expect_err("the password is wrong");
    assert_eq!(error.class, ErrorClass::Down);
    assert!(error.message.starts_with("answered 403: "), "{error}");
    assert_eq!(other.state(), CarrierState::Down(error.message));
}

//! Runs an SMSC that isn't ours: the npm package `smpp`, steered by `peers/node/smsc.js`.
//!
//! Orders and events are JSON lines over its standard input and output. Expectations that aren't met panic with all that it
//! said. `./test --install` installs the package.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::{Instant, timeout_at};

/// How long an event is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// What it takes binds as.
const SYSTEM_ID: &str = "alo";
const PASSWORD: &str = "smpppass";

/// A running SMSC. Dropped, it is killed.
pub struct Smsc {
    child: Child,
    orders: ChildStdin,
    said: Lines<BufReader<ChildStdout>>,
    port: u16,
    /// Events that were read while another was looked for.
    kept: VecDeque<Value>,
    log: Vec<Value>,
}

/// How an SMSC behaves.
#[derive(Clone, Debug)]
pub struct SmscOptions {
    /// Its port; 0 for a free one.
    pub port: u16,
    /// How it spells the ids of messages: `decimal`, `hex` or `uuid`.
    pub ids: &'static str,
    /// Receipts that it sends by itself for messages that want one: `none`, `text` or `tlv`.
    pub receipts: &'static str,
}

impl Default for SmscOptions {
    /// A free port, ids in decimal, no receipts by itself.
    fn default() -> Self {
        Self { port: 0, ids: "decimal", receipts: "none" }
    }
}

/// A `submit_sm` as the SMSC understood it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmscSubmit {
    /// What it called the message; empty where it refused it.
    pub id: String,
    /// The status it answered with.
    pub status: u32,
    /// Sequence number of the PDU.
    pub sequence: u32,
    /// Type of number, numbering plan and digits of the sender.
    pub source: (u8, u8, String),
    /// Those of the receiver.
    pub destination: (u8, u8, String),
    /// `data_coding`.
    pub data_coding: u8,
    /// `esm_class`.
    pub esm_class: u8,
    /// `registered_delivery`.
    pub registered_delivery: u8,
    /// Elements of the user data header, in hexadecimal digits.
    pub udh: Vec<String>,
    /// The text, decoded.
    pub text: String,
    /// Whether it came as `message_payload`.
    pub as_payload: bool,
    /// Reference, total and number of `sar_*`.
    pub sar: Option<(u16, u8, u8)>,
    /// `user_message_reference`.
    pub reference: Option<u16>,
}

/// A text that the SMSC is to send.
#[derive(Clone, Debug)]
pub struct SmscDelivery<'a> {
    /// The sender: digits without `+`, or a name.
    pub from: &'a str,
    /// The receiver: digits without `+`.
    pub to: &'a str,
    /// The text.
    pub text: &'a str,
    /// `gsm` or `ucs2`.
    pub coding: &'a str,
    /// How parts are joined: `none`, `udh`, `udh16`, `sar` or `payload`.
    pub joined: &'a str,
    /// Whether the last part goes first.
    pub backwards: bool,
}

impl<'a> SmscDelivery<'a> {
    /// A text in the GSM alphabet, in one piece.
    pub const fn new(from: &'a str, to: &'a str, text: &'a str) -> Self {
        Self { from, to, text, coding: "gsm", joined: "none", backwards: false }
    }
}

/// A receipt that the SMSC is to send.
#[derive(Clone, Debug)]
pub struct SmscReceipt<'a> {
    /// The message, as [`SmscSubmit::id`] has it.
    pub id: &'a str,
    /// `DELIVRD`, `UNDELIV` and so on.
    pub state: &'a str,
    /// Three digits.
    pub err: &'a str,
    /// `text` or `tlv`.
    pub form: &'a str,
    /// How it spells the id: `decimal`, `hex`, or empty for as it was.
    pub radix: &'a str,
    /// `deliver_sm` or `data_sm`.
    pub by: &'a str,
}

impl<'a> SmscReceipt<'a> {
    /// A receipt in words, by `deliver_sm`, without an error.
    pub const fn new(id: &'a str, state: &'a str) -> Self {
        Self { id, state, err: "000", form: "text", radix: "", by: "deliver_sm" }
    }
}

impl Smsc {
    /// Starts one as `options` say. Panics if it can't be started.
    pub async fn start(options: SmscOptions) -> Self {
        let SmscOptions { port, ids, receipts } = options;
        let words = json!({
            "system_id": SYSTEM_ID, "password": PASSWORD, "port": port, "ids": ids, "receipts": receipts,
        });
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/node/smsc.js");
        let mut child = Command::new("node")
            .arg(script)
            .arg(words.to_string())
            .env("ALO_PEERS", installed())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .expect("node can't be started: `./test --install` installs it");
        let orders = child.stdin.take().expect("it is piped");
        let said = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let mut smsc =
            Self { child, orders, said, port: 0, kept: VecDeque::new(), log: Vec::new() };
        let listening = smsc.event("listening").await;
        smsc.port = listening["port"].as_u64().and_then(|port| port.try_into().ok()).unwrap_or(0);
        smsc
    }

    /// Its TCP port, on 127.0.0.1.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The `system_id` it lets in.
    pub const fn system_id(&self) -> &'static str {
        SYSTEM_ID
    }

    /// The password it lets in.
    pub const fn password(&self) -> &'static str {
        PASSWORD
    }

    /// Waits until somebody bound; the bind's command, `bind_transceiver` for one.
    pub async fn next_bind(&mut self) -> String {
        self.event("bound").await["bind"].as_str().unwrap_or_default().to_owned()
    }

    /// Waits for the next `submit_sm`.
    pub async fn next_submit(&mut self) -> SmscSubmit {
        submit(&self.event("submit").await)
    }

    /// Waits for so many.
    pub async fn submits(&mut self, count: usize) -> Vec<SmscSubmit> {
        let mut submits = Vec::with_capacity(count);
        for _ in 0..count {
            submits.push(self.next_submit().await);
        }
        submits
    }

    /// Everything that was submitted and not handed out before, also what is on its way through the pipe.
    pub async fn submits_so_far(&mut self) -> Vec<SmscSubmit> {
        self.order(json!({ "order": "echo" })).await;
        let (submits, others): (VecDeque<Value>, VecDeque<Value>) =
            self.kept.drain(..).partition(|event| event["event"] == "submit");
        self.kept = others;
        submits.iter().map(submit).collect()
    }

    /// Waits for an event of a kind (`bound`, `submit`, `delivered`, `unbound`, `closed` …), keeping those before it.
    /// Panics with all that it said.
    pub async fn event(&mut self, kind: &str) -> Value {
        if let Some(at) = self.kept.iter().position(|event| event["event"] == kind)
            && let Some(event) = self.kept.remove(at)
        {
            return event;
        }
        let deadline = Instant::now() + PATIENCE;
        loop {
            let line = timeout_at(deadline, self.said.next_line()).await;
            let line = line.ok().and_then(Result::ok).flatten().unwrap_or_else(|| {
                panic!("the SMSC told of no '{kind}' within {PATIENCE:?}, but {:?}", self.log)
            });
            let event: Value = serde_json::from_str(&line).expect("it prints JSON lines");
            self.log.push(event.clone());
            if event["event"] == kind {
                return event;
            }
            self.kept.push_back(event);
        }
    }

    /// Has it send a text to whoever bound last to receive. What is answered is told as `delivered`, once for each part.
    pub async fn deliver(&mut self, delivery: SmscDelivery<'_>) {
        let SmscDelivery { from, to, text, coding, joined, backwards } = delivery;
        self.order(json!({
            "order": "deliver", "from": from, "to": to, "text": text, "coding": coding,
            "joined": joined, "backwards": backwards,
        }))
        .await;
    }

    /// Has it send a receipt. What is answered is told as `delivered`.
    pub async fn receipt(&mut self, receipt: SmscReceipt<'_>) {
        let SmscReceipt { id, state, err, form, radix, by } = receipt;
        self.order(json!({
            "order": "receipt", "id": id, "state": state, "err": err, "form": form, "radix": radix, "by": by,
        }))
        .await;
    }

    /// Has it throttle every nth message from now on; 0 for none.
    pub async fn throttle(&mut self, every: u32) {
        self.order(json!({"order": "throttle", "every": every})).await;
    }

    /// Has it throttle the next messages, so many.
    pub async fn throttle_next(&mut self, count: u32) {
        self.order(json!({"order": "throttle_next", "count": count})).await;
    }

    /// Has it answer the next messages with these statuses.
    pub async fn answer(&mut self, statuses: &[u32]) {
        self.order(json!({"order": "answer", "statuses": statuses})).await;
    }

    /// Has it keep its answers to messages to itself, or give them.
    pub async fn hold(&mut self, on: bool) {
        self.order(json!({"order": "hold", "on": on})).await;
    }

    /// Has it refuse binds with a status; 0 for no more.
    pub async fn refuse_binds(&mut self, status: u32) {
        self.order(json!({"order": "refuse", "status": status})).await;
    }

    /// Breaks all connections.
    pub async fn drop_connections(&mut self) {
        self.order(json!({"order": "drop"})).await;
    }

    /// Has it ask everybody whether they are there. What is answered is told as `enquired`.
    pub async fn enquire(&mut self) {
        self.order(json!({"order": "enquire"})).await;
    }

    /// Kills it, with all its connections. Another can be started on its port.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("it is our child");
    }

    /// Gives an order, and waits until it is followed.
    async fn order(&mut self, order: Value) {
        let line = format!("{order}\n");
        self.orders.write_all(line.as_bytes()).await.expect("it reads its orders");
        self.event("ordered").await;
    }
}

fn submit(event: &Value) -> SmscSubmit {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let number = |value: &Value| value.as_u64().unwrap_or(u64::MAX) as u32;
    let address =
        |value: &Value| (number(&value[0]) as u8, number(&value[1]) as u8, text(&value[2]));
    SmscSubmit {
        id: text(&event["id"]),
        status: number(&event["status"]),
        sequence: number(&event["sequence"]),
        source: address(&event["source"]),
        destination: address(&event["destination"]),
        data_coding: number(&event["data_coding"]) as u8,
        esm_class: number(&event["esm_class"]) as u8,
        registered_delivery: number(&event["registered_delivery"]) as u8,
        udh: event["udh"].as_array().into_iter().flatten().map(text).collect(),
        text: text(&event["text"]),
        as_payload: event["as"] == "message_payload",
        sar: event["sar"]
            .as_array()
            .map(|sar| (number(&sar[0]) as u16, number(&sar[1]) as u8, number(&sar[2]) as u8)),
        reference: event["user_message_reference"].as_u64().map(|reference| reference as u16),
    }
}

/// Where `./test --install` put the package: in `peers` beside the folder of this build.
#[expect(clippy::disallowed_methods, reason = "a variable of the tests, not a setting of alo")]
fn installed() -> PathBuf {
    if let Some(folder) = std::env::var_os("ALO_PEERS") {
        return PathBuf::from(folder);
    }
    let program = std::env::current_exe().expect("a test knows where it lies");
    let found = program.ancestors().map(|folder| folder.join("peers"));
    let mut found = found.filter(|peers| peers.join("node").is_dir());
    found.next().expect("there is no folder target/peers: run `./test --install`")
}

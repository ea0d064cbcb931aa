//! Kannel (Debian's `kannel`): bearerbox and smsbox with a configuration of their own, on free ports of loopback.
//!
//! It keeps its queue in memory: no `store-file` is set, and receipts are matched in memory, too (`dlr-storage`). So what it
//! has accepted is gone when it is killed, which alo's is not. Only its warnings are logged.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::Context;
use tempfile::TempDir;

use crate::bench::place::Place;
use crate::bench::process::Process;
use crate::bench::texts::gateway::{Arrived, BODY, Gateway, encoded, receiver};
use crate::bench::texts::smsc::{free_port, until};

/// How long it may take to listen.
const START_MAX: Duration = Duration::from_secs(10);

/// Name and password of the one who sends.
const USER: &str = "bench";

/// A running Kannel.
pub(super) struct Kannel {
    // Dropped in this order: the box of HTTP first.
    smsbox: Process,
    bearerbox: Process,
    http: SocketAddr,
    _folder: TempDir,
}

/// Whether it is installed.
pub(super) fn is_there() -> bool {
    let mut command = Command::new("bearerbox");
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

impl Kannel {
    /// Starts it with the SMSC at `smsc`, of which nobody need be there yet.
    pub(super) fn start(place: Place, smsc: u16, window: usize) -> anyhow::Result<Self> {
        let folder = TempDir::new().context("no temporary folder")?;
        let ports = [free_port()?, free_port()?, free_port()?];
        let configuration = folder.path().join("kannel.conf");
        let text = configuration_text(folder.path(), ports, smsc, window);
        std::fs::write(&configuration, text).context("no file for Kannel's configuration")?;
        let launch = |name: &str, port: u16| {
            let mut command = place.beside_load(name);
            command.arg(&configuration).current_dir(folder.path());
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            let process = Process::start(&mut command)?;
            until(&format!("Kannel's {name}"), START_MAX, || is_bound(port))?;
            anyhow::Ok(process)
        };
        let [_, boxes, sendsms] = ports;
        let bearerbox = launch("bearerbox", boxes)?;
        let smsbox = launch("smsbox", sendsms)?;
        let http = SocketAddr::from((Ipv4Addr::LOCALHOST, sendsms));
        Ok(Self { smsbox, bearerbox, http, _folder: folder })
    }
}

impl Gateway for Kannel {
    fn http(&self) -> SocketAddr {
        self.http
    }

    fn request(&self, index: u32, callback: Option<SocketAddr>, to: &mut Vec<u8>) {
        let mut query = format!(
            "username={USER}&password={USER}&from=14155550100&to={}&text={}",
            receiver(index),
            encoded(BODY)
        );
        if let Some(callback) = callback {
            let url = encoded(&format!("http://{callback}/told?status=%d"));
            let _ = write!(query, "&dlr-mask=1&dlr-url={url}");
        }
        to.extend(b"GET /cgi-bin/sendsms?");
        to.extend(query.as_bytes());
        to.extend(b" HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    fn arrived(&self) -> Arrived {
        b"/told?status=1 "
    }

    fn cpu(&self) -> anyhow::Result<Duration> {
        Ok(self.bearerbox.cpu()? + self.smsbox.cpu()?)
    }
}

/// Whether somebody listens at a TCP port, by the kernel's table: Kannel would take a look for a client.
fn is_bound(port: u16) -> bool {
    /// `TCP_LISTEN` of the kernel's states.
    const LISTENING: &str = "0A";
    let wanted = format!(":{port:04X}");
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    table.lines().any(|line| {
        let mut fields = line.split_whitespace().skip(1);
        let here = fields.next().is_some_and(|local| local.ends_with(&wanted));
        here && fields.nth(1) == Some(LISTENING)
    })
}

/// `kannel.conf` for both boxes.
fn configuration_text(folder: &Path, ports: [u16; 3], smsc: u16, window: usize) -> String {
    let [admin, boxes, sendsms] = ports;
    let log = |name: &str| folder.join(name).display().to_string();
    let (bearer_log, sms_log) = (log("bearerbox.log"), log("smsbox.log"));
    format!(
        "group = core\n\
         admin-port = {admin}\nadmin-interface = 127.0.0.1\nadmin-password = {USER}\n\
         smsbox-port = {boxes}\nsmsbox-interface = 127.0.0.1\nbox-allow-ip = 127.0.0.1\n\
         log-file = {bearer_log}\nlog-level = 2\ndlr-storage = internal\n\
         \n\
         group = smsc\n\
         smsc = smpp\nsmsc-id = smsc\nhost = 127.0.0.1\nport = {smsc}\ntransceiver-mode = true\n\
         smsc-username = {USER}\nsmsc-password = {USER}\nsystem-type = \"\"\n\
         interface-version = 34\nmax-pending-submits = {window}\nreconnect-delay = 1\n\
         \n\
         group = smsbox\n\
         bearerbox-host = 127.0.0.1\nsendsms-port = {sendsms}\nsendsms-interface = 127.0.0.1\n\
         log-file = {sms_log}\nlog-level = 2\n\
         \n\
         group = sendsms-user\n\
         username = {USER}\npassword = {USER}\n\
         \n\
         group = sms-service\n\
         keyword = default\ntext = none\nmax-messages = 0\n"
    )
}

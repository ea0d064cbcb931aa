//! `alo serve`: runs the server until it is told to stop.
//!
//! The first SIGTERM or SIGINT drains: no new calls, the live ones may end. The second ends at once.

use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use serde_json::json;
use tokio::sync::mpsc;

use crate::address::reachable;
use crate::cli::Globals;
use crate::config::Config;
use crate::logs;
use crate::output::{Output, Tone};
use crate::server::Server;

/// How the server runs.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo serve --dev                                  to develop against, on this machine
  alo serve --data /var/lib/alo --public-ip 203.0.113.7
  alo serve --dev --http 127.0.0.1:0 --sip 127.0.0.1:0 --json   for scripts: the first line tells the ports

The first start makes the data folder, the account and its token, and says how to go on. SIGTERM or Ctrl-C lets live
calls end (calls.drain, 30 s); a second one ends at once.")]
pub(crate) struct Serve {
    /// For development: applications at private addresses are asked, and callers that nobody knows are let in
    #[arg(long)]
    pub(crate) dev: bool,
}

impl Serve {
    pub(crate) fn run(self, globals: &Globals, output: Output) -> anyhow::Result<ExitCode> {
        let globals = Globals { dev: self.dev, ..globals.clone() };
        let config = Config::load(&globals)?;
        logs::start(&config.logs)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let ended = runtime.block_on(serve(&config, &globals, output));
        // What still runs is nobody's: a second signal said so, or everything was closed.
        runtime.shutdown_background();
        ended
    }
}

async fn serve(config: &Config, globals: &Globals, output: Output) -> anyhow::Result<ExitCode> {
    let mut signals = signals()?;
    let server = tokio::select! {
        server = Server::start(config) => server?,
        _ = signals.recv() => return Ok(ExitCode::FAILURE),
    };
    announce(&server, config, globals, output)?;
    signals.recv().await;
    let calls = server.engine().live_calls();
    if output.json {
        output.event(&json!({ "event": "draining", "calls": calls }))?;
    } else {
        let patience = config.calls.drain.as_secs();
        output.line(format!(
            "stopping: {calls} live calls have {patience} s; again to end at once"
        ))?;
    }
    tracing::info!(calls, "draining");
    tokio::select! {
        () = server.stop(config.calls.drain) => {
            tracing::info!("stopped");
            if output.json {
                output.event(&json!({ "event": "stopped" }))?;
            }
            Ok(ExitCode::SUCCESS)
        }
        _ = signals.recv() => {
            tracing::warn!("ended at once by a second signal");
            Ok(ExitCode::FAILURE)
        }
    }
}

/// SIGTERM and SIGINT, as they come.
fn signals() -> anyhow::Result<mpsc::Receiver<()>> {
    // Two are all that anybody waits for; more are dropped.
    let (sender, receiver) = mpsc::channel(2);
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        for kind in [SignalKind::terminate(), SignalKind::interrupt()] {
            let mut stream = signal(kind).context("signals can't be waited for")?;
            let sender = sender.clone();
            tokio::spawn(async move {
                while stream.recv().await.is_some() {
                    let _ = sender.try_send(());
                }
            });
        }
    }
    #[cfg(not(unix))]
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            let _ = sender.try_send(());
        }
    });
    Ok(receiver)
}

fn announce(
    server: &Server,
    config: &Config,
    globals: &Globals,
    output: Output,
) -> anyhow::Result<()> {
    tracing::info!(http = %server.http(), sip = %server.sip(), data = %config.data.display(), "ready");
    let account = server.account();
    if output.json {
        return output.event(&json!({
            "event": "ready",
            "http": server.http().to_string(),
            "sip": server.sip().to_string(),
            "account_sid": account.sid.to_string(),
            "auth_token": account.token.reveal(),
        }));
    }
    let version = env!("CARGO_PKG_VERSION");
    output.line(output.paint(Tone::Strong, format!("alo {version} is ready")))?;
    output.line(format!("  API    http://{}", reachable(server.http())))?;
    output.line(format!("  SIP    udp {}", server.sip()))?;
    output.line(format!("  Audio  udp {}", config.rtp.ports))?;
    output.line(format!("  Data   {}", config.data.display()))?;
    remarks(server, config, globals, output)?;
    if server.is_new() { first_steps(server, globals, output) } else { Ok(()) }
}

/// What an operator should know about the settings.
fn remarks(
    server: &Server,
    config: &Config,
    globals: &Globals,
    output: Output,
) -> anyhow::Result<()> {
    let mut remarks = Vec::new();
    if globals.dev {
        remarks.push(
            "--dev: applications at private addresses are asked, and callers that nobody knows are let in",
        );
    }
    if !server.http().ip().is_loopback() {
        remarks.push("the API speaks plain HTTP: let a proxy with TLS stand before it");
    }
    if server.engine().voices().engines().next().is_none() {
        remarks.push("nothing speaks <Say>: speech.order names no engine that is there");
    }
    if config.carriers.are_virtual() {
        remarks.push(
            "texts stay on this server, on handsets (`alo inbox`): carriers that reach others are set under [[carriers]] in alo.toml",
        );
    }
    for remark in remarks {
        output.line(output.paint(Tone::Warning, format!("  {remark}")))?;
    }
    Ok(())
}

fn first_steps(server: &Server, globals: &Globals, output: Output) -> anyhow::Result<()> {
    let folder = match &globals.data {
        Some(folder) => format!(" --data {}", folder.display()),
        None => String::new(),
    };
    let account = server.account();
    output.line(
        "\nThis was the first start: an account was made. `alo credentials` shows it again.",
    )?;
    output.line(format!("  Account SID  {}", account.sid))?;
    output.line(format!("  Auth token   {}", account.token.reveal()))?;
    output.line("\nHow to go on, in another terminal:")?;
    let steps = [
        ("phones add ada".to_owned(), "a phone that registers here, and what to type into it"),
        (
            "numbers buy --url http://127.0.0.1:3000/voice".to_owned(),
            "a number that asks your application what to do; ring it from that phone",
        ),
        (
            "call --from NUMBER --to client:ada --say Hello --follow".to_owned(),
            "rings that phone from here",
        ),
        (
            "text NUMBER +14155550142 \"Hello\" --follow".to_owned(),
            "a text; until a carrier is set it arrives on a handset here: alo inbox +14155550142",
        ),
        ("doctor".to_owned(), "tries everything, and says what to do about what fails"),
    ];
    for (words, about) in steps {
        output.line(format!("  alo{folder} {words}"))?;
        output.line(output.paint(Tone::Quiet, format!("      {about}")))?;
    }
    Ok(())
}

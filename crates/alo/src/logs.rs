//! Where the log goes: to standard error, as text for people or as JSON for machines. A panic is an entry of the log.

use std::io::IsTerminal;
use std::panic::PanicHookInfo;

use anyhow::Context;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{Format, Logs, variable};

/// What isn't logged unless `logs.level` names it: audio that `symphonia` can't read is an error to it, while here it is
/// somebody's mistake, who is told.
const QUIET: &str = "symphonia=off";

/// Starts logging, once.
pub(crate) fn start(logs: &Logs) -> anyhow::Result<()> {
    let terminal = std::io::stderr().is_terminal();
    let filter = EnvFilter::try_new(format!("{QUIET},{}", logs.level)).with_context(|| {
        format!("'{}' is not a level: write info, or info,sip=debug (logs.level)", logs.level)
    })?;
    let for_people = match logs.format {
        Format::Auto => terminal,
        Format::Text => true,
        Format::Json => false,
    };
    let registry = tracing_subscriber::registry().with(filter);
    if for_people {
        let colour = terminal && variable("NO_COLOR").is_none();
        let layer = tracing_subscriber::fmt::layer()
            .with_writer(std::io::stderr)
            .with_ansi(colour)
            .with_target(false);
        registry.with(layer).try_init()?;
    } else {
        let layer = tracing_subscriber::fmt::layer()
            .json()
            .flatten_event(true)
            .with_writer(std::io::stderr);
        registry.with(layer).try_init()?;
    }
    std::panic::set_hook(Box::new(panicked));
    Ok(())
}

/// A panic ends its task or thread; the server goes on, and whoever runs it finds out here.
fn panicked(panic: &PanicHookInfo<'_>) {
    let payload = panic.payload();
    let message = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let thread = std::thread::current().name().unwrap_or("unnamed").to_owned();
    metrics::counter!("alo_panics_total").increment(1);
    tracing::error!(
        message,
        place,
        thread,
        "a task panicked; the server goes on. Please report it"
    );
}

//! The command line: global flags and the list of commands. What each takes stands with it in `commands`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::commands::{
    accounts, alerts, call, calls, carriers, completions, config, credentials, demo, doctor, inbox,
    notify, numbers, phones, recordings, roulette, say, serve, services, short_codes, text, texts,
    trunks, twiml, voices,
};

/// alo gives applications a voice: phone numbers that answer, call, record and text, programmed over HTTP with the API that
/// the world already knows.
#[derive(Debug, Parser)]
#[command(name = "alo", version, propagate_version = true, max_term_width = 100)]
#[command(after_help = "\
First steps:
  alo demo                     a support line plays itself on this machine
  alo serve --dev              a server to develop against
  alo phones add ada           a phone that registers at it
  alo numbers buy --url URL    a number that asks your application what to do
  alo roulette --help          a support line that rings whoever is on duty
  alo text FROM TO BODY        a text; `alo inbox` shows what arrived
  alo doctor                   what is wrong, and what to do

Exit codes: 0 done, 1 what was asked failed, 2 the command was wrong or no server answers.")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) globals: Globals,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags that every command takes.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Globals {
    /// Folder of everything that is kept [env: ALO_DATA] [default: ~/.local/share/alo]
    #[arg(long, global = true, value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
    /// Configuration [env: ALO_CONFIG] [default: alo.toml in the data folder]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Where the API is [env: ALO_HTTP, PORT] [default: 127.0.0.1:8080]
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub(crate) http: Option<String>,
    /// Where SIP listens [env: ALO_SIP] [default: 0.0.0.0:5060]
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub(crate) sip: Option<String>,
    /// UDP ports for audio [env: ALO_RTP_PORTS] [default: 10000-20000]
    #[arg(long, global = true, value_name = "FIRST-LAST")]
    pub(crate) rtp_ports: Option<String>,
    /// Address that the world reaches this machine at [env: ALO_PUBLIC_IP]
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub(crate) public_ip: Option<String>,
    /// What is logged [env: ALO_LOG, RUST_LOG] [default: info]
    #[arg(long, global = true, value_name = "LEVEL")]
    pub(crate) log: Option<String>,
    /// Print JSON, for programs
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Set by `serve --dev`.
    #[arg(skip)]
    pub(crate) dev: bool,
}

/// What alo can be told to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the server
    Serve(serve::Serve),
    /// Play a support line on this machine: real calls over SIP and RTP, no account, no network
    Demo(demo::Demo),
    /// Find out what is wrong, by trying it
    Doctor(doctor::Doctor),
    /// Show or change the account and its token
    Credentials(credentials::Credentials),
    /// Accounts besides the first
    Accounts(accounts::Accounts),
    /// Phones that register here
    Phones(phones::Phones),
    /// Carriers and telephone systems for calls
    Trunks(trunks::Trunks),
    /// Phone numbers
    Numbers(numbers::Numbers),
    /// Ring somebody
    Call(call::Call),
    /// Calls, past and present
    Calls(calls::Calls),
    /// What was recorded
    Recordings(recordings::Recordings),
    /// Send a text
    Text(text::Text),
    /// Texts, sent and received
    Texts(texts::Texts),
    /// Handsets on this server, for trying out: what they got, and what they write
    Inbox(inbox::Inbox),
    /// Text somebody that something happened, for Monit and the like
    Notify(notify::Notify),
    /// Who takes texts, and whether they do now
    Carriers(carriers::Carriers),
    /// Messaging services: senders under one roof
    Services(services::Services),
    /// Short codes
    ShortCodes(short_codes::ShortCodes),
    /// What went wrong, and why
    Alerts(alerts::Alerts),
    /// The support line: who is on duty, who comes next, and what became of the calls
    Roulette(roulette::Roulette),
    /// Say something, as `<Say>` would
    Say(say::Say),
    /// Who speaks which language
    Voices(voices::List),
    /// Look at TwiML documents
    Twiml(twiml::Twiml),
    /// Look at the configuration
    Config(config::Config),
    /// Print completions for a shell
    Completions(completions::Completions),
}

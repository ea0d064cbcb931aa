//! What the engine is told at its start.

use std::path::PathBuf;
use std::time::Duration;

use model::{Money, Sid};

/// Settings of the engine and of what it runs.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Recordings are kept under it, as `recordings/RE….wav`.
    pub data: PathBuf,
    /// Where applications and people reach the HTTP API: `http://127.0.0.1:8080`. Used in `RecordingUrl`.
    pub public_url: String,
    /// Owner of calls that no number of ours decides about (a phone that dials out).
    pub account: Sid,
    /// Signalling.
    pub sip: sip::Settings,
    /// Audio.
    pub media: media::io::Settings,
    /// Webhooks and prompts.
    pub http: HttpSettings,
    /// Calls a second that the API places for one account; more wait in the queue. Default 10.
    pub calls_per_second: u32,
    /// Calls waiting to be placed; more are refused with error 20429. Default 1,000.
    pub queued_calls: usize,
    /// Text messages.
    pub texts: TextSettings,
    /// How late after a handoff those concerned are still told, where the server was down meanwhile. Default
    /// [`HANDOFF_GRACE`].
    pub handoff_grace: Duration,
    /// Whom Twimlets may dial and write to.
    pub twimlets: twimlets::Rules,
    /// The relay that takes e-mails. Default `None`: none are sent.
    pub mail: Option<mail::Settings>,
    /// Tries of an e-mail before it is given up. Default 12, over about two days.
    pub mail_tries: u32,
    /// Language (BCP 47) of recordings that are written down, where nothing says which.
    pub transcripts_in: String,
    /// Uptime.
    pub watch: WatchSettings,
}

/// How the watch looks, and how long it remembers.
#[derive(Clone, Debug)]
pub struct WatchSettings {
    /// How it probes.
    pub probes: probes::Settings,
    /// Probes at once; more wait for their turn. Default 100.
    pub concurrent: usize,
    /// Hosts and TCP ports by which our own network is known to be up before anybody is woken. Empty: it always is. Default:
    /// three public resolvers.
    pub references: Vec<(String, u16)>,
    /// How long what a probe found is kept. Default 30 days.
    pub keep_outcomes: Duration,
    /// How long what an hour came to is kept. Default 1 year.
    pub keep_hours: Duration,
}

impl Default for WatchSettings {
    fn default() -> WatchSettings {
        let references = ["1.1.1.1", "8.8.8.8", "9.9.9.9"];
        WatchSettings {
            probes: probes::Settings::default(),
            concurrent: 100,
            references: references.map(|host| (host.to_owned(), 443)).to_vec(),
            keep_outcomes: DAY * 30,
            keep_hours: DAY * 366,
        }
    }
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A day: who came on duty yesterday may well have missed it, who did the day before knows.
pub const HANDOFF_GRACE: Duration = Duration::from_secs(24 * 60 * 60);

/// How texts go out and come in.
#[derive(Clone, Debug)]
pub struct TextSettings {
    /// Who takes them. Default: a virtual carrier that reaches every number.
    pub carriers: Vec<CarrierSettings>,
    /// Messages waiting to be sent; more are refused with error 21611. They wait on disk. Default 5,000,000.
    pub queued: u64,
    /// How often an application is asked about a message that came in before that is given up. Default 8, over about an
    /// hour.
    pub inbound_tries: u32,
}

impl Default for TextSettings {
    fn default() -> TextSettings {
        let carriers = vec![CarrierSettings::new("virtual", CarrierKind::Virtual)];
        TextSettings { carriers, queued: 5_000_000, inbound_tries: 8 }
    }
}

/// A carrier: who it is, what it reaches, and when it is chosen.
#[derive(Clone, Debug)]
pub struct CarrierSettings {
    /// Unique name.
    pub name: String,
    /// How it is spoken to.
    pub kind: CarrierKind,
    /// Numbers it reaches, by prefix (`+55`); the longest prefix of all carriers wins. `+` reaches all, the default.
    pub prefixes: Vec<String>,
    /// Senders it serves: exact, or the beginning before a `*`. Empty, the default: all.
    pub senders: Vec<String>,
    /// Among carriers with the same longest prefix the lowest goes first, and the next one while it is down. Default 10.
    pub priority: u32,
    /// Segments a second that it is given at most. Default `None`: as many as it takes.
    pub per_second: Option<u32>,
    /// Price of a segment. Default `None`: not known.
    pub price: Option<Money>,
}

impl CarrierSettings {
    /// One that reaches every number for every sender.
    pub fn new(name: &str, kind: CarrierKind) -> CarrierSettings {
        CarrierSettings {
            name: name.to_owned(),
            kind,
            prefixes: vec!["+".to_owned()],
            senders: Vec::new(),
            priority: 10,
            per_second: None,
            price: None,
        }
    }
}

/// How a carrier is spoken to.
#[derive(Clone, Debug)]
pub enum CarrierKind {
    /// Handsets on this server: each number has an inbox that API and command read and write.
    Virtual,
    /// SMPP 3.4.
    Smpp(sms::smpp::Settings),
    /// Twilio, or who is spoken to like it.
    Upstream(sms::web::UpstreamSettings),
    /// A gateway over HTTP, as a description says.
    Gateway(Box<sms::web::GatewaySettings>),
    /// SIP MESSAGE (RFC 3428) over a trunk.
    Sip {
        /// Its name.
        trunk: String,
    },
}

/// How applications are asked and prompts are fetched.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// Whether private, loopback and link-local addresses may be asked (RFC 1918, 4193, 3927). Default no; `demo` and
    /// `serve --dev` allow them.
    pub private_addresses: bool,
    /// Until a connection stands. Default 5 s.
    pub connect_timeout: Duration,
    /// Until the answer is complete. Default 15 s.
    pub total_timeout: Duration,
    /// Redirects followed. Default 10.
    pub redirects: usize,
    /// Largest document. Default 64 kB (Twilio's limit).
    pub document_size: usize,
    /// Largest prompt. Default 32 MB.
    pub prompt_size: usize,
    /// Prompts kept in memory, in bytes of audio. Default 64 MB.
    pub prompt_cache: usize,
    /// Tries of a status callback before it is given up. Default 8, over about an hour.
    pub callback_tries: u32,
}

impl Default for HttpSettings {
    fn default() -> HttpSettings {
        HttpSettings {
            private_addresses: false,
            connect_timeout: Duration::from_secs(5),
            total_timeout: Duration::from_secs(15),
            redirects: 10,
            document_size: 64 * 1024,
            prompt_size: 32 * 1024 * 1024,
            prompt_cache: 64 * 1024 * 1024,
            callback_tries: 8,
        }
    }
}

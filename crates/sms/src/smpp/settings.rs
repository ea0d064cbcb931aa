//! What is set of an SMPP carrier, with its defaults. What an SMSC wants stands in the paper that came with the account.

use std::time::Duration;

use model::Secret;

/// An account at an SMSC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// What the carrier is called in logs.
    pub name: String,
    /// Name or address of the SMSC.
    pub host: String,
    /// Its TCP port; 2775.
    pub port: u16,
    /// TLS from the first octet; off. Certificates are checked.
    pub tls: bool,
    /// PEM of who may sign its certificate, in place of those whom the system trusts; `None`: the system's.
    pub ca: Option<Vec<u8>>,
    /// `system_id`, up to 15 characters.
    pub system_id: String,
    /// `password`, up to 8 characters by the standard; many take more.
    pub password: Secret,
    /// `system_type`, up to 12 characters; empty.
    pub system_type: String,
    /// How it binds; transceiver.
    pub bind: Bind,
    /// Connections, 1 to 16; 1. With [`Bind::TransmitterReceiver`] so many of each.
    pub sessions: usize,
    /// Messages under way on each connection before the first is acknowledged, 1 to 10,000; 100.
    pub window: usize,
    /// How often it asks whether the SMSC is there (`enquire_link`), 1 s to 1 h; 30 s.
    pub enquire_every: Duration,
    /// How long the SMSC may take to answer anything, 1 s to 5 min; 10 s.
    pub answer_within: Duration,
    /// First pause before it connects again, 10 ms to 1 min; 1 s. It doubles at each failure.
    pub reconnect_after: Duration,
    /// Longest such pause, up to 1 h; 60 s.
    pub reconnect_at_most: Duration,
    /// How senders are written.
    pub source: Addressing,
    /// How receivers are written.
    pub destination: Addressing,
    /// What the default alphabet is (data coding 0); the GSM alphabet, a septet to an octet.
    pub alphabet: DefaultAlphabet,
    /// How long messages are joined; by a header in each part.
    pub long_messages: LongMessages,
    /// Whether it asks for receipts, where the message wants one; on.
    pub receipts: bool,
    /// How ids in receipts relate to those in acknowledgements; found out.
    pub receipt_ids: ReceiptIds,
    /// Whether each part carries a number by which the SMSC can recognise a repetition (`user_message_reference`); on.
    pub references: bool,
    /// `service_type`, up to 5 characters; empty.
    pub service_type: String,
}

impl Settings {
    /// An account with all else by default.
    pub fn new(host: impl Into<String>, system_id: impl Into<String>, password: Secret) -> Self {
        Self {
            name: "smpp".to_owned(),
            host: host.into(),
            port: 2775,
            tls: false,
            ca: None,
            system_id: system_id.into(),
            password,
            system_type: String::new(),
            bind: Bind::Transceiver,
            sessions: 1,
            window: 100,
            enquire_every: Duration::from_secs(30),
            answer_within: Duration::from_secs(10),
            reconnect_after: Duration::from_secs(1),
            reconnect_at_most: Duration::from_secs(60),
            source: Addressing::default(),
            destination: Addressing::default(),
            alphabet: DefaultAlphabet::Gsm,
            long_messages: LongMessages::Udh,
            receipts: true,
            receipt_ids: ReceiptIds::Auto,
            references: true,
            service_type: String::new(),
        }
    }
}

/// Most connections to one SMSC.
pub const MOST_SESSIONS: usize = 16;
/// Most messages under way on one connection.
pub const WIDEST_WINDOW: usize = 10_000;

/// How it binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Bind {
    /// One connection sends and receives.
    #[default]
    Transceiver,
    /// One connection sends, another receives.
    TransmitterReceiver,
    /// It only sends; receipts and messages come in some other way, or never.
    Transmitter,
}

/// How numbers are written to an SMSC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Addressing {
    /// Type of number and numbering plan of numbers with country code; `None`: 1/1 (international, ISDN).
    pub number: Option<Numbering>,
    /// Those of short codes; `None`: 3/0 (specific to the network).
    pub short_code: Option<Numbering>,
    /// Those of names; `None`: 5/0 (alphanumeric).
    pub name: Option<Numbering>,
    /// Whether the `+` of numbers is written; off.
    pub keeps_plus: bool,
}

/// Type of number (SMPP 3.4 §5.2.5) and numbering plan (§5.2.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Numbering {
    /// Type of number, 0 to 6.
    pub ton: u8,
    /// Numbering plan, 0 to 18.
    pub npi: u8,
}

/// What an SMSC means by data coding 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum DefaultAlphabet {
    /// The GSM alphabet, a septet to an octet.
    #[default]
    Gsm,
    /// The GSM alphabet, eight septets to seven octets.
    GsmPacked,
    /// Latin-1; sent with data coding 3. What it lacks goes as UCS-2.
    Latin1,
}

/// How the parts of a long message are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum LongMessages {
    /// A header before each text (3GPP TS 23.040 §9.2.3.24.1), with a reference of eight bits.
    #[default]
    Udh,
    /// Not cut at all: `message_payload`; the SMSC cuts, and gives one id.
    Payload,
    /// Optional parameters `sar_*`.
    Sar,
}

/// How the ids in receipts relate to those that the SMSC gave when it took the messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum ReceiptIds {
    /// Not known: as it came, then from decimal to hexadecimal, then from hexadecimal to decimal.
    #[default]
    Auto,
    /// Receipts have them in decimal, acknowledgements in hexadecimal.
    Decimal,
    /// Receipts have them in hexadecimal, acknowledgements in decimal.
    Hexadecimal,
    /// The same, to the letter.
    AsIs,
}

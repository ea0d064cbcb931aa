//! The kinds of carriers as the manual shows them: what each is, its settings, and one written out.

use super::Sip;
use crate::config::gateway::Gateway;
use crate::config::section::Row;
use crate::config::smpp::Smpp;
use crate::config::upstream::Upstream;

/// What a virtual carrier is; it has no settings of its own.
const HANDSETS: &[&str] = &[
    "Handsets on this server: every number that it reaches has an inbox, which `alo inbox` and the API read and write.",
];

/// A kind of carrier, for the manual.
pub(crate) struct Chapter {
    /// The word for it.
    pub(crate) kind: &'static str,
    /// What it is.
    pub(crate) about: &'static [&'static str],
    /// Its own settings.
    pub(crate) rows: Vec<Row>,
    /// One as it is written in the file.
    pub(crate) example: &'static str,
}

/// All kinds, in the manual's order.
pub(crate) fn kinds() -> Vec<Chapter> {
    let chapter = |kind, about, rows, example| Chapter { kind, about, rows, example };
    vec![
        chapter("virtual", HANDSETS, Vec::new(), VIRTUAL),
        chapter("smpp", Smpp::ABOUT, Smpp::rows(), SMPP),
        chapter("twilio", Upstream::ABOUT, Upstream::rows(), TWILIO),
        chapter("http", Gateway::ABOUT, Gateway::rows(), HTTP),
        chapter("sip", Sip::ABOUT, Sip::rows(), SIP),
    ]
}

const VIRTUAL: &str = "\
[[carriers]]
name = \"try-out\"
kind = \"virtual\"
prefixes = [\"+141555501\"]";

const SMPP: &str = "\
[[carriers]]
name = \"brazil\"
kind = \"smpp\"
prefixes = [\"+55\"]
host = \"smsc.carrier.example\"
port = 3550
tls = true
system_id = \"alo\"
password = \"env:SMPP_PASSWORD\"
per_second = 50
price = \"0.0120 USD\"";

const TWILIO: &str = "\
[[carriers]]
name = \"upstream\"
kind = \"twilio\"
account_sid = \"AC5ef8732a3c49700934481addd5ce1659\"
auth_token = \"file:/run/secrets/upstream\"
priority = 20";

const HTTP: &str = "\
[[carriers]]
name = \"vonage\"
kind = \"http\"
description = \"vonage\"

[carriers.secrets]
api_key = \"env:VONAGE_KEY\"
api_secret = \"env:VONAGE_SECRET\"
webhook_token = \"env:VONAGE_WEBHOOK_TOKEN\"";

const SIP: &str = "\
[[carriers]]
name = \"office\"
kind = \"sip\"
trunk = \"pbx\"
prefixes = [\"+4930\"]";

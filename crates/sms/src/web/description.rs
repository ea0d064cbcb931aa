//! The description of a gateway, as it is written in TOML: what is sent, what is answered, what its webhooks say.
//!
//! Only the shape: [`super::gateway`] reads the templates in it and finds what can't work. Examples for every part are
//! the shipped descriptions, see [`super::shipped`].

use std::collections::BTreeMap;

use serde::Deserialize;

use super::place::Place;

/// A gateway.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// How `{from}` and `{to}` write numbers: `plus` (+551130000000), `digits` (551130000000), `national` (1130000000).
    /// Default `plus`.
    #[serde(default)]
    pub numbers: Numbers,
    /// The request that hands a message over.
    pub send: Request,
    /// How its answer is read. Default: 2xx is success, and the carrier names nothing.
    #[serde(default)]
    pub answer: Answer,
    /// The webhook for messages that come in. Without it there are none.
    pub inbound: Option<InboundHook>,
    /// The webhook for receipts. Without it none are asked for.
    pub receipt: Option<ReceiptHook>,
}

/// How numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Numbers {
    /// `+551130000000`.
    #[default]
    Plus,
    /// `551130000000`.
    Digits,
    /// `1130000000`: as dialled within the country.
    National,
}

/// The request that hands a message over. Its texts are templates. An entry (of headers, query, form or JSON) with a
/// placeholder that has no value, such as `{callback_url}` where no receipt is wanted, is left out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// `POST` (default), `GET` or `PUT`.
    #[serde(default)]
    pub method: Verb,
    /// The address. Scheme, host and port can't have placeholders; values in the rest are percent-encoded.
    pub url: String,
    /// Headers besides `Content-Type`, which follows from the body.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Fields appended to the query.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// Fields of a form in the body. At most one of `form`, `json` and `body`.
    pub form: Option<BTreeMap<String, String>>,
    /// A JSON body; every text in it is a template.
    pub json: Option<serde_json::Value>,
    /// A body of any other kind. Values are escaped for JSON or XML if `content_type` says that it is that.
    pub body: Option<String>,
    /// What `body` is. Default `text/plain; charset=utf-8`.
    pub content_type: Option<String>,
    /// Basic authentication (RFC 7617).
    pub basic: Option<Basic>,
    /// Entries of the query, the form or the top of the JSON that are added or changed for a text that isn't in the GSM
    /// alphabet.
    #[serde(default)]
    pub unicode: BTreeMap<String, String>,
    /// The same for a message with media.
    #[serde(default)]
    pub with_media: BTreeMap<String, String>,
}

/// HTTP method of a request to the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verb {
    /// Nothing in the body.
    Get,
    /// The usual one.
    #[default]
    Post,
    /// For those who want it.
    Put,
}

/// Name and password. Both are templates; only secrets can stand in them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basic {
    /// The name.
    pub user: String,
    /// The password.
    pub password: String,
}

/// How an answer is read.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// HTTP statuses of success. Default: 200 to 299.
    #[serde(default)]
    pub ok: Vec<u16>,
    /// What else must hold for success.
    pub success: Option<Condition>,
    /// Where the carrier says how it calls the message. Several values stand for several parts. Without `success`, an
    /// answer without an id is no success.
    pub id: Option<Place>,
    /// Where an error's code is.
    pub code: Option<Place>,
    /// Where an error's words are.
    pub text: Option<Place>,
    /// Carrier's code → what to do. Where a code isn't listed, the HTTP status decides.
    #[serde(default)]
    pub errors: BTreeMap<String, Fault>,
    /// HTTP status → what to do, where it isn't as usual: 401 and 403 down, 408 and 5xx passing, 429 throttled, 3xx
    /// down, others refused.
    #[serde(default)]
    pub statuses: BTreeMap<String, Fault>,
}

/// Something that must be one of several values; all of them, where the place has several.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Where.
    pub at: Place,
    /// The values.
    pub is: Vec<String>,
}

/// What to do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What to do.
    pub class: Class,
    /// Twilio's code for the message, should this be the last word: 30001 to 30999 (30008 unless said).
    pub code: Option<u32>,
    /// `throttled` only: seconds until the next message, 1 unless said. `Retry-After` in the answer counts more.
    pub pause: Option<u32>,
}

/// [`crate::ErrorClass`], in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// The carrier can't be used at all for a while: wrong password, no credit.
    Down,
    /// Too much at once.
    Throttled,
    /// It may go better later.
    Passing,
    /// This carrier will never take it; another might.
    Refused,
    /// Nobody will take it.
    Lasting,
}

/// The webhook for messages that come in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InboundHook {
    /// Methods that it comes with: `GET`, `POST`, `PUT`. Default `GET` and `POST`.
    #[serde(default = "get_and_post")]
    pub methods: Vec<Verb>,
    /// How it shows that it is the carrier's.
    pub authentication: Authentication,
    /// A pointer to an array in the JSON body: each element tells of one message, and other pointers begin there.
    pub each: Option<Place>,
    /// What must hold; what else comes is acknowledged and passed over.
    pub only: Option<Condition>,
    /// What the carrier calls the message, by which a repetition is recognised.
    pub id: Option<Place>,
    /// Who sent it.
    pub from: Place,
    /// Whom it is for.
    pub to: Place,
    /// What it says. Several values are joined by a line's end.
    pub text: Place,
    /// Addresses of its media; may be several.
    pub media: Option<Place>,
    /// Their types, in the same order.
    pub media_type: Option<Place>,
    /// What all parts of a long message have in common: a number, or any text. Where `reference`, `total` and `number`
    /// aren't all said, the message is whole.
    pub reference: Option<Place>,
    /// How many parts there are.
    pub total: Option<Place>,
    /// Which part it is, from 1.
    pub number: Option<Place>,
    /// What the carrier is answered.
    #[serde(default)]
    pub answer: HookAnswer,
}

/// The webhook for receipts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptHook {
    /// Methods that it comes with: `GET`, `POST`, `PUT`. Default `GET` and `POST`.
    #[serde(default = "get_and_post")]
    pub methods: Vec<Verb>,
    /// How it shows that it is the carrier's.
    pub authentication: Authentication,
    /// A pointer to an array in the JSON body: each element is one receipt, and other pointers begin there.
    pub each: Option<Place>,
    /// What must hold; what else comes is acknowledged and passed over.
    pub only: Option<Condition>,
    /// What the carrier calls the message, as in its answer.
    pub id: Place,
    /// Where the word is that says how it stands.
    pub status: Place,
    /// What the words mean. A word that isn't listed means that it is on its way.
    pub statuses: BTreeMap<String, Status>,
    /// Where the carrier's error code is.
    pub code: Option<Place>,
    /// Carrier's error code → Twilio's.
    #[serde(default)]
    pub codes: BTreeMap<String, u32>,
    /// Where the carrier's words are, for people.
    pub text: Option<Place>,
    /// What the carrier is answered.
    #[serde(default)]
    pub answer: HookAnswer,
}

/// What a status word means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Status {
    /// `"delivered"`.
    State(State),
    /// `{ state = "undelivered", code = 30003 }`.
    WithCode {
        /// Where it stands.
        state: State,
        /// Twilio's code, where the carrier's own code says nothing better.
        code: u32,
    },
}

/// [`crate::ReceiptState`], in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// On its way.
    EnRoute,
    /// It arrived.
    Delivered,
    /// It won't arrive.
    Undelivered,
}

/// How a webhook shows that it is the carrier's. Values are templates; only secrets can stand in them.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Authentication {
    /// Not at all: for a network where nobody else can reach the address.
    None,
    /// Basic authentication (RFC 7617).
    Basic {
        /// The name.
        user: String,
        /// The password.
        password: String,
    },
    /// A header with a secret in it.
    Header {
        /// Its name.
        name: String,
        /// The whole of its value.
        value: String,
    },
    /// A field of the query with a secret in it. `{callback_url}` carries it by itself.
    Query {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
    /// A header with the HMAC of the body (RFC 2104). Webhooks with `GET` can't have it: there is nothing to sign.
    Hmac {
        /// The header.
        header: String,
        /// The key.
        key: String,
        /// `sha256` (default) or `sha1`.
        #[serde(default)]
        algorithm: Algorithm,
        /// `hex` (default) or `base64`.
        #[serde(default)]
        digest: Digest,
        /// What stands before it in the header, such as `sha256=`.
        #[serde(default)]
        prefix: String,
    },
}

/// What an HMAC is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Algorithm {
    /// SHA-1.
    Sha1,
    /// SHA-256.
    #[default]
    Sha256,
}

/// How an HMAC is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Digest {
    /// Two characters a byte, in any case.
    #[default]
    Hex,
    /// RFC 4648 §4.
    Base64,
}

/// What a carrier's webhook is answered.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HookAnswer {
    /// HTTP status, 200 to 299; 200 unless said.
    pub status: u16,
    /// Default `text/plain; charset=utf-8`.
    pub content_type: String,
    /// Default: nothing.
    pub body: String,
}

impl Default for HookAnswer {
    fn default() -> HookAnswer {
        HookAnswer {
            status: 200,
            content_type: "text/plain; charset=utf-8".to_owned(),
            body: String::new(),
        }
    }
}

fn get_and_post() -> Vec<Verb> {
    vec![Verb::Get, Verb::Post]
}

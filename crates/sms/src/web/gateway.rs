//! A gateway that a [`Description`] describes.
//!
//! Everything that can be wrong in a description is found when the gateway is made, not with the first message. A
//! message is one request; what the answer means is in [`answer`], what the webhooks say in [`hooks`].

mod answer;
mod authentication;
mod hooks;
mod request;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use model::Secret;
use tokio::sync::mpsc;

use super::client::{Client, Timeouts};
use super::description::{Answer, Authentication, Description, InboundHook, ReceiptHook, Verb};
use super::place::Place;
use super::standing::Standing;
use super::template::TemplateError;
use super::{Hears, Hook, HookReply, reachable};
use crate::{Carrier, CarrierEvent, CarrierState, ErrorClass, Submission, SubmitError, Submitted};
use authentication::Check;
use request::Requests;

/// What a gateway is made from.
#[derive(Clone, Debug)]
pub struct GatewaySettings {
    /// Name of the carrier, for logs and errors.
    pub name: String,
    /// What it is like; see [`super::describe`].
    pub description: Description,
    /// What `{secret.NAME}` stands for in it.
    pub secrets: BTreeMap<String, Secret>,
    /// Where messages go, instead of the address in the description. A template as that one.
    pub url: Option<String>,
    /// The public address under which this server hears its receipts. `None`, or without the secret that the
    /// description wants in receipts: none are asked for.
    pub callback_url: Option<String>,
    /// Messages that it takes at once, at least 1; [`super::WINDOW`] unless said.
    pub window: usize,
    /// How long it is waited for.
    pub timeouts: Timeouts,
}

/// Why no gateway could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GatewayError {
    /// Mend the template.
    #[error("{place}: {error}")]
    Template {
        /// The entry.
        place: String,
        /// What is wrong with it.
        error: TemplateError,
    },
    /// Write an address with http or https, without placeholders in scheme, host and port.
    #[error("send.url '{0}' is no address that a message could go to: {1}")]
    Url(String, String),
    /// Write a header's name and a value that HTTP allows.
    #[error("'{0}' can't be a header")]
    Header(String),
    /// Say only one of them.
    #[error("send has more than one of form, json and body")]
    TwoBodies,
    /// Use POST.
    #[error("send has a body, but its method is GET")]
    BodyWithGet,
    /// Write a status from 200 to 299, or an HTTP status as the key of answer.statuses.
    #[error("{place}: '{status}' is no HTTP status that could stand here")]
    Status {
        /// The entry.
        place: &'static str,
        /// What is there.
        status: String,
    },
    /// Write a pointer to an array, `json:/...`.
    #[error("{0}: only json: can point at an array")]
    Each(&'static str),
    /// Say where it is.
    #[error("{0}: 'own' can stand in answer.id only")]
    Own(&'static str),
    /// Leave GET out of `methods`, or use another authentication.
    #[error("{0}: a GET has no body that an HMAC could be over")]
    HmacOfNothing(&'static str),
    /// Give the secret a value.
    #[error("{0}: an empty secret would let everybody in")]
    EmptySecret(&'static str),
    /// Name at least one.
    #[error("{0}: the list is empty")]
    Empty(&'static str),
    /// The certificates of this machine can't be read.
    #[error("no HTTP client")]
    Client(#[source] reqwest::Error),
}

/// A carrier behind a described gateway.
#[derive(Debug)]
pub struct Gateway {
    name: String,
    client: Client,
    timeouts: Timeouts,
    requests: Requests,
    answer: Answer,
    inbound: Option<(InboundHook, Check)>,
    receipt: Option<(ReceiptHook, Check)>,
    callback_url: Option<String>,
    standing: Arc<Standing>,
    /// Bounded: where it is full, a webhook waits, and is asked to come again if that takes too long.
    events: mpsc::Sender<CarrierEvent>,
}

impl Gateway {
    /// Makes one; nothing is asked of the far side. `events` gets what its webhooks tell, and its changes of state.
    pub fn new(
        settings: GatewaySettings,
        events: mpsc::Sender<CarrierEvent>,
    ) -> Result<Gateway, GatewayError> {
        let GatewaySettings { name, description, secrets, url, callback_url, window, timeouts } =
            settings;
        let Description { numbers, mut send, answer, inbound, receipt } = description;
        if let Some(url) = url {
            send.url = url;
        }
        check_answer(&answer)?;
        let inbound = inbound.map(|hook| {
            check_inbound(&hook)?;
            Ok((hook.clone(), check("inbound", &hook.authentication, &hook.methods, &secrets)?))
        });
        let receipt = receipt.map(|hook| {
            check_receipt(&hook)?;
            Ok((hook.clone(), check("receipt", &hook.authentication, &hook.methods, &secrets)?))
        });
        let (inbound, receipt) = (inbound.transpose()?, receipt.transpose()?);
        let requests = Requests::new(&send, numbers, &secrets)?;
        let callback_url = callback_url.and_then(|url| {
            let (_, check) = receipt.as_ref()?;
            reachable(&name, check.sign_address(&url), requests.address())
        });
        Ok(Gateway {
            name,
            client: Client::new(timeouts).map_err(GatewayError::Client)?,
            timeouts,
            requests,
            answer,
            inbound,
            receipt,
            callback_url,
            standing: Standing::new(window, events.clone()),
            events,
        })
    }

    async fn send(&self, submission: &Submission) -> Result<Submitted, SubmitError> {
        let callback_url = self.callback_url.as_deref().filter(|_| submission.wants_receipt);
        let request = self.requests.make(&self.client, submission, callback_url);
        let request = request.map_err(|why| SubmitError {
            class: ErrorClass::Refused,
            code: super::codes::UNKNOWN,
            message: format!("it can't be given this message: {why}"),
        })?;
        let outcome = match self.client.ask(request, self.timeouts.total).await {
            Ok(response) => {
                answer::read(&self.answer, &self.name, &response, &submission.message.to_string())
            }
            Err(silence) => Err(silence.means()),
        };
        self.standing.learn(&outcome);
        outcome
    }
}

#[async_trait]
impl Carrier for Gateway {
    async fn submit(&self, submission: Submission) -> Result<Submitted, SubmitError> {
        let _place = self.standing.place().await?;
        self.send(&submission).await
    }

    fn state(&self) -> CarrierState {
        self.standing.state()
    }

    fn window(&self) -> usize {
        self.standing.window()
    }

    fn takes_media(&self) -> bool {
        self.requests.take_media()
    }

    async fn close(&self) {
        self.standing.close().await;
    }
}

#[async_trait]
impl Hears for Gateway {
    async fn hear(&self, hook: Hook) -> HookReply {
        self.heard(&hook).await
    }
}

fn check(
    place: &'static str,
    authentication: &Authentication,
    methods: &[Verb],
    secrets: &BTreeMap<String, Secret>,
) -> Result<Check, GatewayError> {
    if methods.is_empty() {
        return Err(GatewayError::Empty("methods"));
    }
    Check::new(place, authentication, methods, secrets)
}

fn check_answer(answer: &Answer) -> Result<(), GatewayError> {
    for status in answer.statuses.keys() {
        let known = status.parse().is_ok_and(|status: u16| (100..600).contains(&status));
        if !known {
            let status = status.clone();
            return Err(GatewayError::Status { place: "answer.statuses", status });
        }
    }
    if answer.success.as_ref().is_some_and(|condition| condition.is.is_empty()) {
        return Err(GatewayError::Empty("answer.success.is"));
    }
    let condition = answer.success.as_ref().map(|condition| &condition.at);
    let places = [condition, answer.code.as_ref(), answer.text.as_ref()];
    no_own("answer", places.into_iter().flatten())
}

fn check_inbound(hook: &InboundHook) -> Result<(), GatewayError> {
    let InboundHook { each, only, id, from, to, text, media, .. } = hook;
    let InboundHook { media_type, reference, total, number, answer, .. } = hook;
    let optional = [each, id, media, media_type, reference, total, number];
    let condition = only.iter().map(|condition| &condition.at);
    no_own("inbound", optional.into_iter().flatten().chain([from, to, text]).chain(condition))?;
    check_hook("inbound", each.as_ref(), answer.status)
}

fn check_receipt(hook: &ReceiptHook) -> Result<(), GatewayError> {
    let ReceiptHook { each, only, id, status, code, text, answer, .. } = hook;
    let condition = only.iter().map(|condition| &condition.at);
    let optional = [each, code, text];
    no_own("receipt", optional.into_iter().flatten().chain([id, status]).chain(condition))?;
    check_hook("receipt", each.as_ref(), answer.status)
}

fn check_hook(place: &'static str, each: Option<&Place>, status: u16) -> Result<(), GatewayError> {
    if each.is_some_and(|each| !matches!(each, Place::Json(_))) {
        return Err(GatewayError::Each(place));
    }
    if !(200..300).contains(&status) {
        return Err(GatewayError::Status { place, status: status.to_string() });
    }
    Ok(())
}

fn no_own<'a>(
    place: &'static str,
    mut places: impl Iterator<Item = &'a Place>,
) -> Result<(), GatewayError> {
    if places.any(|it| matches!(it, Place::Own)) { Err(GatewayError::Own(place)) } else { Ok(()) }
}

//! Text messages by SIP: the method MESSAGE, outside of calls (RFC 3428).
//!
//! [`Sip::message`] sends one and waits for its answer; those that come in are taken from [`Sip::take_messages`] and
//! answered by whoever takes them. Nothing here knows what a text says or who should read it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::agent::{CHALLENGES_MAX, Question, TextArrival, answer_challenge, is_own_header};
use crate::call::{Address, Destination, Origin};
use crate::directory::Credentials;
use crate::shell::Shell;
use crate::stack::{InviteError, Sip};
use crate::wire::message::{Method, Response, is_token};

/// Messages that came in and that nobody took yet. One more hears 503 with `Retry-After`.
const WAITING_MAX: usize = 256;

/// Largest request over UDP where nothing is known of the way, in bytes (RFC 3261 §18.1.1).
pub const TEXT_REQUEST_MAX: usize = 1_300;

/// Longest `Retry-After` that is believed.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 3_600);

/// A text to be sent.
#[derive(Clone)]
pub struct TextOut {
    /// Whom it goes to.
    pub destination: Destination,
    /// Who sends it: the From header.
    pub from: Address,
    /// `text/plain;charset=utf-8` as a rule.
    pub content_type: String,
    /// What it says.
    pub body: Vec<u8>,
    /// More headers. Those that the stack writes itself are ignored, and so are line breaks in values.
    pub headers: Vec<(String, String)>,
    /// Answers to a challenge. `None`: those of the trunk, if the destination is one.
    pub credentials: Option<Credentials>,
}

/// The final answer to a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextAnswer {
    /// 200–699; 2xx: it was taken (202: by somebody who hands it on).
    pub status: u16,
    /// Its reason phrase.
    pub reason: String,
    /// When to try again, where they say so.
    pub retry_after: Option<Duration>,
}

/// Why a text was not sent, or its fate is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// The destination can't be used.
    #[error(transparent)]
    Destination(#[from] InviteError),
    /// The request is too long for UDP: split the text (RFC 3428 §8).
    #[error("a text of {size} bytes is too long for SIP over UDP, which takes {TEXT_REQUEST_MAX}")]
    TooLong {
        /// Of the whole request, with its headers.
        size: usize,
    },
    /// No answer within 64·T1; it may have arrived all the same.
    #[error("no answer")]
    Timeout,
}

/// A text that came in. Dropped, it is answered 480. An answer later than 64·T1 reaches nobody: the sender has given up.
pub struct TextIn {
    /// Who sent it.
    pub origin: Origin,
    /// From header.
    pub from: Address,
    /// User and host of the request URI.
    pub to: Address,
    /// Call-ID.
    pub call_id: String,
    /// Number of the request within its Call-ID. The same message sent anew has another one.
    pub cseq: u32,
    /// Address that it came from.
    pub source: SocketAddr,
    /// As it says; none is to be read as `text/plain`.
    pub content_type: Option<String>,
    /// What it says, at most 16 kB.
    pub body: Vec<u8>,
    /// `X-…`, `P-Asserted-Identity` and the like, as of [`crate::Incoming::headers`].
    pub headers: Vec<(String, String)>,
    /// `None` once it was answered.
    unanswered: Option<Unanswered>,
}

struct Unanswered {
    shell: Arc<Shell>,
    server: u64,
}

impl TextIn {
    pub(crate) fn new(arrival: TextArrival, shell: Arc<Shell>) -> Self {
        Self {
            origin: arrival.origin,
            from: arrival.from,
            to: arrival.to,
            call_id: arrival.call_id,
            cseq: arrival.cseq,
            source: arrival.source,
            content_type: arrival.content_type,
            body: arrival.body,
            headers: arrival.headers,
            unanswered: Some(Unanswered { shell, server: arrival.server }),
        }
    }

    /// Answers 200: it was taken.
    pub fn accept(mut self) {
        self.answer(200, false);
    }

    /// Refuses it with a final status from 300 to 699; another one is sent as 500. A 503 says when to try again.
    pub fn refuse(mut self, status: u16) {
        let status = if (300..700).contains(&status) { status } else { 500 };
        self.answer(status, status == 503);
    }

    fn answer(&mut self, status: u16, retry_after: bool) {
        if let Some(Unanswered { shell, server }) = self.unanswered.take() {
            shell.act(|agent, now| agent.answer_text(now, server, status, retry_after));
        }
    }
}

impl Drop for TextIn {
    fn drop(&mut self) {
        self.answer(480, false);
    }
}

impl std::fmt::Debug for TextIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // No numbers or words of people: this may end up in a log.
        f.debug_struct("TextIn").field("call_id", &self.call_id).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for TextOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TextOut").field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}

impl Sip {
    /// Sends a text and waits for its final answer, at most 64·T1 for each time that it is challenged. Any final answer
    /// is `Ok`.
    pub async fn message(&self, text: TextOut) -> Result<TextAnswer, TextError> {
        if self.shell.closing.is_cancelled() {
            return Err(InviteError::Closed.into());
        }
        let route = self.route(&text.destination).await?;
        let credentials = text.credentials.or(route.credentials);
        let own = |name: &str| !is_token(name) || is_own_header(name);
        let mut question = Question {
            method: Method::Message,
            parties: (
                self.shell.look(|agent, _| agent.sender_for(route.to, &text.from)),
                format!("<{}>", route.target),
            ),
            from_tag: None,
            target: route.target,
            to: route.to,
            call_id: String::new(),
            cseq: 0,
            headers: text.headers.into_iter().filter(|(name, _)| !own(name)).collect(),
            body: Some((text.content_type, text.body)),
        };
        let (call_id, tag) = self.shell.act(|agent, _| agent.call_id_and_cnonce());
        (question.call_id, question.from_tag) = (call_id, Some(tag));
        let plain = question.headers.len();
        let mut rounds = 0;
        loop {
            question.cseq += 1;
            let response = self.ask_about_text(&question).await?;
            let Some(proof) = self.proof_for(credentials.as_ref(), &response, &question) else {
                return Ok(answer_of(&response));
            };
            rounds += 1;
            if rounds > CHALLENGES_MAX {
                return Ok(answer_of(&response));
            }
            question.headers.truncate(plain);
            question.headers.push(proof);
        }
    }

    /// Texts that come in, from now on. `None` if somebody took them before. Until then they are answered 405; while 256
    /// wait, 503 with `Retry-After`.
    pub fn take_messages(&self) -> Option<mpsc::Receiver<TextIn>> {
        let (sender, receiver) = mpsc::channel(WAITING_MAX);
        self.shell.texts.set(sender).ok()?;
        self.shell.act(|agent, _| agent.take_texts());
        Some(receiver)
    }

    async fn ask_about_text(&self, question: &Question) -> Result<Response, TextError> {
        let size = self.shell.look(|agent, _| agent.size_of(question));
        if size > TEXT_REQUEST_MAX {
            return Err(TextError::TooLong { size });
        }
        let (waiter, answer) = oneshot::channel();
        self.shell.act(|agent, now| agent.ask(now, question, waiter));
        match answer.await {
            Ok(Some(response)) => Ok(response),
            Ok(None) => Err(TextError::Timeout),
            Err(_) => Err(InviteError::Closed.into()),
        }
    }

    fn proof_for(
        &self,
        credentials: Option<&Credentials>,
        response: &Response,
        question: &Question,
    ) -> Option<(String, String)> {
        let (_, cnonce) = self.shell.act(|agent, _| agent.call_id_and_cnonce());
        let target = &question.target;
        let (name, proof) =
            answer_challenge(credentials?, response, &question.method, target, cnonce)?;
        Some((name.to_owned(), proof.to_string()))
    }
}

fn answer_of(response: &Response) -> TextAnswer {
    TextAnswer {
        status: response.status,
        reason: response.reason.clone(),
        retry_after: response.headers.first("Retry-After").and_then(retry_after),
    }
}

/// Seconds, possibly followed by a comment and parameters (RFC 3261 §20.33).
fn retry_after(text: &str) -> Option<Duration> {
    let text = text.trim();
    let end = text.find(|each: char| !each.is_ascii_digit()).unwrap_or(text.len());
    let seconds = text[..end].parse().ok()?;
    Some(Duration::from_secs(seconds).min(RETRY_AFTER_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_to_try_again_is_read_with_what_follows_it() {
        let seconds = |text| retry_after(text).map(|time| time.as_secs());
        assert_eq!(seconds("18"), Some(18));
        assert_eq!(seconds(" 120 (I'm in a meeting);duration=3600"), Some(120));
        assert_eq!(seconds("999999999"), Some(24 * 3_600));
        assert_eq!(seconds("soon"), None);
        assert_eq!(seconds(""), None);
    }
}

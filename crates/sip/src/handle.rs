//! Handles to calls: one that came in, and the commands of a dialog.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::agent::{Arrival, Command, Serial};
use crate::call::{Address, DialogSink, Origin};
use crate::sdp::Description;
use crate::shell::Shell;

/// A call that somebody places to us. Dropped unattached, it is answered 480.
pub struct Incoming {
    /// Who placed it.
    pub origin: Origin,
    /// From header.
    pub from: Address,
    /// User and host of the request URI.
    pub to: Address,
    /// Call-ID.
    pub call_id: String,
    /// Address that the INVITE came from.
    pub source: SocketAddr,
    /// Their offer. `None`: we are to offer in the answer.
    pub offer: Option<Description>,
    /// `X-…`, `Diversion`, `History-Info`, `P-Asserted-Identity`, `Remote-Party-ID`, `Privacy` and `User-Agent` headers.
    pub headers: Vec<(String, String)>,
    /// `None` once it was attached or turned away.
    unattached: Option<Dialog>,
}

/// A call's signalling. Commands don't block; one that doesn't fit the state is logged and ignored.
#[derive(Clone)]
pub struct Dialog {
    shell: Arc<Shell>,
    serial: Serial,
    call_id: Arc<str>,
}

impl Incoming {
    pub(crate) fn new(arrival: Arrival, shell: Arc<Shell>) -> Self {
        let dialog = Dialog::new(shell, arrival.dialog, &arrival.call_id);
        Self {
            origin: arrival.origin,
            from: arrival.from,
            to: arrival.to,
            call_id: arrival.call_id,
            source: arrival.source,
            offer: arrival.offer,
            headers: arrival.headers,
            unattached: Some(dialog),
        }
    }

    /// Takes the call: its events go to `sink` from now on; those that came before (a CANCEL) are delivered first.
    pub fn attach(mut self, sink: DialogSink) -> Dialog {
        let dialog = self
            .unattached
            .take()
            .expect("only attach and turn_away take it, and both end the value");
        dialog.command(Command::Attach(sink));
        dialog
    }

    /// Answers 503 with Retry-After.
    pub(crate) fn turn_away(mut self) {
        if let Some(dialog) = self.unattached.take() {
            dialog.refuse_unheard(503, true);
        }
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if let Some(dialog) = self.unattached.take() {
            dialog.refuse_unheard(480, false);
        }
    }
}

impl std::fmt::Debug for Incoming {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // No numbers or names of people: this may end up in a log.
        f.debug_struct("Incoming").field("call_id", &self.call_id).finish_non_exhaustive()
    }
}

impl Dialog {
    pub(crate) fn new(shell: Arc<Shell>, serial: Serial, call_id: &str) -> Self {
        Self { shell, serial, call_id: call_id.into() }
    }

    /// Call-ID.
    pub fn call_id(&self) -> &str {
        &self.call_id
    }

    /// Sends 180: it rings.
    pub fn ringing(&self) {
        self.command(Command::Ringing);
    }

    /// Sends 183 with early media.
    pub fn progress(&self, sdp: String) {
        self.command(Command::Progress(sdp));
    }

    /// Sends 200: answered. It is repeated until the ACK comes; without one for 64·T1 the call ends with a BYE.
    pub fn answer(&self, sdp: String) {
        self.command(Command::Answer(sdp));
    }

    /// Refuses with a final status from 300 to 699. A 503 says when to try again (RFC 3261 §21.5.4).
    pub fn reject(&self, status: u16, reason: Option<&str>) {
        let reason = reason.map(str::to_owned);
        self.command(Command::Reject { status, reason, retry_after: status == 503 });
    }

    /// Ends it as fits: CANCEL, BYE or 603. More than once does no harm.
    pub fn hangup(&self) {
        self.command(Command::Hangup);
    }

    /// Sends a re-INVITE with a new offer. If it collides with one of theirs, it is tried again a few times.
    pub fn reoffer(&self, sdp: String) {
        self.command(Command::Reoffer(sdp));
    }

    /// Answers their re-INVITE with SDP, or refuses it with a status such as 488.
    pub fn answer_reoffer(&self, sdp: Result<String, u16>) {
        self.command(Command::AnswerReoffer(sdp));
    }

    /// Tells a key by INFO (`application/dtmf-relay`), for peers that don't take RFC 4733: `0`–`9`, `*`, `#`, `A`–`D`.
    pub fn send_digit_info(&self, digit: char) {
        self.command(Command::SendDigit(digit));
    }

    fn command(&self, command: Command) {
        self.shell.command(self.serial, command);
    }

    fn refuse_unheard(&self, status: u16, retry_after: bool) {
        self.command(Command::Attach(Arc::new(|_| ())));
        self.command(Command::Reject { status, reason: None, retry_after });
    }
}

impl std::fmt::Debug for Dialog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dialog").field("call_id", &self.call_id).finish_non_exhaustive()
    }
}

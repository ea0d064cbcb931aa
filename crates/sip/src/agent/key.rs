//! Keys pressed, told by INFO: `application/dtmf-relay` both ways, `application/dtmf` from others.

use super::client::{Errand, Owner};
use super::{Agent, Serial};
use crate::call::DialogEvent;
use crate::wire::message::{Method, Request};

impl Agent {
    pub(super) fn info(&mut self, serial: Serial, server: Serial, request: &Request) {
        let Some(dialog) = self.dialogs.get(&serial) else { return };
        let tag = dialog.local_tag.clone();
        let content_type = request.headers.first("Content-Type").unwrap_or_default();
        let digit = digit(content_type, &request.body);
        let status = if digit.is_some() || request.body.is_empty() { 200 } else { 415 };
        let accept = [("Accept", "application/dtmf-relay, application/dtmf")];
        let headers = if status == 415 { &accept[..] } else { &[] };
        self.respond(server, (status, None), &tag, headers, None);
        if let Some(digit) = digit {
            self.tell(serial, DialogEvent::Digit(digit));
        }
    }

    /// Tells a key by INFO.
    pub(super) fn send_digit(&mut self, serial: Serial, digit: char) {
        let branch = self.entropy.branch();
        let Some(dialog) = self.dialogs.get_mut(&serial).filter(|dialog| dialog.is_up()) else {
            return;
        };
        let digit = digit.to_ascii_uppercase();
        if !matches!(digit, '0'..='9' | '*' | '#' | 'A'..='D') {
            return tracing::debug!("not a key; ignored");
        }
        dialog.local_cseq += 1;
        let wire = dialog.request(&Method::Info, dialog.local_cseq, &branch).typed_body(
            "application/dtmf-relay",
            format!("Signal={digit}\r\nDuration=160\r\n").as_bytes(),
        );
        let owner = Owner::Dialog(serial, Errand::Info);
        let (to, timers) = (dialog.next_hop(), &self.settings.timers);
        self.clients.start(
            (&Method::Info, &branch),
            (wire, to),
            None,
            owner,
            timers,
            &mut self.out,
        );
    }
}

/// The key that an INFO tells of: `Signal=5` of `application/dtmf-relay`, or a bare `5` of `application/dtmf`.
fn digit(content_type: &str, body: &[u8]) -> Option<char> {
    let media_type = content_type.split(';').next()?.trim();
    let text = std::str::from_utf8(body).ok()?;
    let key = if media_type.eq_ignore_ascii_case("application/dtmf-relay") {
        text.lines().find_map(|line| {
            let (name, value) = line.split_once('=')?;
            name.trim().eq_ignore_ascii_case("signal").then(|| value.trim())
        })?
    } else if media_type.eq_ignore_ascii_case("application/dtmf") {
        text.trim()
    } else {
        return None;
    };
    match key {
        "10" => Some('*'),
        "11" => Some('#'),
        key => {
            let mut chars = key.chars();
            let digit = chars.next()?.to_ascii_uppercase();
            let alone = chars.next().is_none();
            (alone && matches!(digit, '0'..='9' | '*' | '#' | 'A'..='D')).then_some(digit)
        }
    }
}

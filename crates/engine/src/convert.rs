//! Between the words of `sip`, `media`, `call` and `store`.

use call::{Report, Watch};
use media::Codec;
use media::io::{Direction, Remote};
use model::{CallRecord, Callback, Method, Moment, Sid};
use sip::sdp::Agreed;
use store::{CallChange, CallbackTarget, Subscription};
use twiml::Events;

/// The far side as `media` wants it; `None` for a codec that media doesn't speak.
pub(crate) fn remote(agreed: &Agreed) -> Option<Remote> {
    let codec = match agreed.codec {
        sip::sdp::Codec::Pcmu => Codec::Pcmu,
        sip::sdp::Codec::Pcma => Codec::Pcma,
        sip::sdp::Codec::Other(_) => return None,
    };
    let direction = match agreed.direction {
        sip::sdp::Direction::SendRecv => Direction::SendReceive,
        sip::sdp::Direction::SendOnly => Direction::SendOnly,
        sip::sdp::Direction::RecvOnly => Direction::ReceiveOnly,
        sip::sdp::Direction::Inactive => Direction::Inactive,
    };
    Some(Remote {
        address: agreed.remote,
        codec,
        payload_type: agreed.payload_type,
        dtmf_payload_type: agreed.dtmf,
        direction,
    })
}

/// `X-…` headers as parameters of webhooks: `SipHeader_X-…`, as Twilio names them.
pub(crate) fn sip_headers(
    headers: &[(String, String)],
) -> impl Iterator<Item = (String, String)> + '_ {
    let own = |name: &str| name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("x-"));
    let extensions = headers.iter().filter(move |(name, _)| own(name));
    extensions.map(|(name, value)| (format!("SipHeader_{name}"), value.clone()))
}

/// A call's new record with its callback, as the store keeps them.
pub(crate) fn change(report: Report, now: Moment) -> CallChange {
    let Report { record, watch, callback } = report;
    let callbacks = callback.into_iter().map(|told| outbox_row(&record, told, now)).collect();
    CallChange { record, subscription: watch.map(|watch| subscription(&watch)), callbacks }
}

/// A callback about a call as a row of the outbox.
pub(crate) fn outbox_row(
    record: &CallRecord,
    (url, method, params): (String, Method, Vec<(String, String)>),
    now: Moment,
) -> Callback {
    row(record.sid, record.account, url, method, params, now)
}

/// A callback as a row of the outbox, sent in the order of its lane: a call, or a recording.
pub(crate) fn row(
    lane: Sid,
    account: Sid,
    url: String,
    method: Method,
    params: Vec<(String, String)>,
    now: Moment,
) -> Callback {
    let idempotency_key = format!("{:032x}", crate::sids::random_bits());
    Callback {
        id: 0,
        lane,
        account,
        url,
        method,
        params,
        idempotency_key,
        attempts: 0,
        due_at: now,
    }
}

fn subscription(watch: &Watch) -> Subscription {
    let events = [
        ("initiated", watch.events.initiated),
        ("ringing", watch.events.ringing),
        ("answered", watch.events.answered),
        ("completed", watch.events.completed),
    ];
    let events = events.into_iter().filter(|(_, wanted)| *wanted);
    let target = CallbackTarget {
        url: watch.url.clone(),
        method: watch.method,
        events: events.map(|(name, _)| name.to_owned()).collect(),
    };
    Subscription { targets: vec![target], sequence: watch.sequence, params: Vec::new() }
}

/// Who followed a call, as it was kept.
pub(crate) fn watch(kept: &Subscription) -> Option<Watch> {
    let target = kept.targets.first()?;
    let (events, _) = Events::read(target.events.iter().map(String::as_str));
    Some(Watch { url: target.url.clone(), method: target.method, events, sequence: kept.sequence })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_follows_a_call_survives_being_kept() {
        let watch = Watch {
            url: "http://app.test/status".to_owned(),
            method: Method::Get,
            events: Events { initiated: true, ringing: false, answered: true, completed: true },
            sequence: 3,
        };
        assert_eq!(super::watch(&subscription(&watch)), Some(watch));
    }
}

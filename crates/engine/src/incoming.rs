//! Calls that come in: whose they are, and what decides about them.

use std::sync::Arc;

use call::{Inbound, Session, Start, Watch};
use model::{
    Alert, AlertLevel, Application, CallRecord, CallStatus, Direction, Hangup, Method,
    NumberRecord, Party, Sid, SidKind, VoiceRouting,
};
use sip::sdp::{self, Local};
use sip::{Incoming, Origin};
use store::{CallChange, StoreError};
use tokio::sync::mpsc;
use twiml::Events;

use crate::clock::Clock;
use crate::convert;
use crate::hub::{EVENTS, Hub};
use crate::line::{Line, NOT_ACCEPTABLE, Offer, Open};
use crate::place::dialog_sink;
use crate::sids::{RandomSids, random};
use crate::task::{Task, media_sink};

/// Who is asked about a call.
struct Decided {
    account: Sid,
    number: Option<Sid>,
    from: Party,
    to: Party,
    start: Start,
    watch: Option<Watch>,
}

/// Takes calls until signalling ends. Each is looked up beside the others.
pub(crate) async fn serve(hub: Arc<Hub>, mut incoming: mpsc::Receiver<Incoming>) {
    while let Some(call) = incoming.recv().await {
        tokio::spawn(take(Arc::clone(&hub), call));
    }
}

async fn take(hub: Arc<Hub>, call: Incoming) {
    let sid = random(SidKind::Call);
    let refused = match decide(&hub, &call).await {
        Ok(Some(decided)) => match open(&hub, sid, &call, decided) {
            Ok(opened) => return begin(hub, sid, call, opened).await,
            Err(refused) => refused,
        },
        Ok(None) => Refused {
            status: 404,
            reason: format!("nobody here has the number {}", call.to.user),
            account: hub.settings.account,
        },
        Err(error) => {
            tracing::error!(%error, "a call was refused: the store could not be read");
            let account = hub.settings.account;
            Refused { status: 500, reason: "the store could not be read".to_owned(), account }
        }
    };
    refuse(&hub, sid, call, refused).await;
}

/// A call that was not taken.
struct Refused {
    status: u16,
    reason: String,
    account: Sid,
}

/// What a call needs before it begins.
struct Opened {
    decided: Decided,
    local: Local,
    offer: Offer,
    stream: media::io::Stream,
    affinity: u64,
    channel: (mpsc::Sender<crate::task::Event>, mpsc::Receiver<crate::task::Event>),
}

/// Opens the audio, if there is a codec in common and a port free.
fn open(hub: &Arc<Hub>, sid: Sid, call: &Incoming, decided: Decided) -> Result<Opened, Refused> {
    let account = decided.account;
    let refused = |status, reason: String| Refused { status, reason, account };
    if hub.is_draining() {
        return Err(refused(503, "the server is stopping".to_owned()));
    }
    let channel = mpsc::channel(EVENTS);
    let affinity = hub.next_affinity();
    let sink = media_sink(hub.runtime.clone(), channel.0.clone(), Session::FIRST);
    let stream = hub
        .media
        .open(affinity, sink)
        .map_err(|error| refused(503, format!("no audio port: {error}")))?;
    let local = Local {
        address: hub.media_address(call.source),
        port: stream.local_port(),
        codecs: vec![sdp::Codec::Pcmu, sdp::Codec::Pcma],
        session: sid.digits() as u64 >> 1,
        version: 1,
    };
    let offer = match &call.offer {
        None => Offer::Ours(sdp::offer(&local, sdp::Direction::SendRecv)),
        Some(offer) => {
            sdp::answer(offer, &local)
                .map_err(|_| refused(NOT_ACCEPTABLE, "no codec in common".to_owned()))?;
            Offer::Theirs(offer.clone())
        }
    };
    Ok(Opened { decided, local, offer, stream, affinity, channel })
}

async fn begin(hub: Arc<Hub>, sid: Sid, call: Incoming, opened: Opened) {
    let Opened { decided, local, offer, stream, affinity, channel } = opened;
    let clock = Clock::start();
    let inbound = Inbound {
        sid,
        from: decided.from,
        to: decided.to,
        number: decided.number,
        caller_name: call.from.display.clone(),
        forwarded_from: diversion(&call.headers),
        extra: sip_params(&call),
        start: decided.start,
        watch: decided.watch,
    };
    let settings =
        call::Settings { account: decided.account, public_url: hub.settings.public_url.clone() };
    let sink = dialog_sink(&hub, &channel.0, Session::FIRST, 0);
    let dialog = call.attach(sink);
    let mut open = Open::new(stream, local, offer);
    open.branches.push(Some(dialog));
    open.chosen = Some(0);
    let line = Line::incoming(Session::FIRST, open);
    let session = Session::inbound(clock.now(), settings, Box::new(RandomSids), inbound);
    metrics::counter!("alo_calls_total", "direction" => "inbound").increment(1);
    Task::new(hub, clock, affinity, session, Some(line), channel).run().await;
}

/// Twilio's code for a refusal: <https://www.twilio.com/docs/api/errors>.
const fn code(status: u16) -> u32 {
    match status {
        // "Twilio does not support calling this number or the number is invalid".
        404 => 13224,
        // "Error communicating with your SIP communications endpoint".
        NOT_ACCEPTABLE => 32011,
        // "Internal failure".
        _ => 12400,
    }
}

/// Refuses, and keeps a record of it that the owner can read.
async fn refuse(hub: &Hub, sid: Sid, call: Incoming, refused: Refused) {
    let Refused { status, reason, account } = refused;
    let (from, to) = parties(&call);
    tracing::warn!(status, from = ?from, "a call was refused: {reason}");
    metrics::counter!("alo_calls_refused_total", "status" => status.to_string()).increment(1);
    let dialog = call.attach(Arc::new(|_| {}));
    dialog.reject(status, None);
    let now = crate::clock::wall();
    let record = CallRecord {
        sid,
        account,
        parent: None,
        from,
        to,
        number: None,
        direction: Direction::Inbound,
        status: CallStatus::Failed,
        caller_name: None,
        forwarded_from: None,
        created_at: now,
        updated_at: now,
        answered_at: None,
        started_at: Some(now),
        ended_at: Some(now),
        hangup: Hangup { sip_status: Some(status), reason: Some(reason.clone()) },
    };
    let alert = Alert {
        sid: random(SidKind::Alert),
        account,
        call: Some(sid),
        level: AlertLevel::Error,
        code: code(status),
        message: format!("the call was refused with {status}: {reason}"),
        url: None,
        at: now,
    };
    let kept = match hub.store.save_call(CallChange::quiet(record)).await {
        Ok(()) => hub.store.raise_alert(alert).await,
        Err(error) => Err(error),
    };
    if let Err(error) = kept {
        tracing::error!(%error, "a refused call could not be recorded");
    }
}

/// Whose call it is, and who is asked; `None` if nobody has the number.
async fn decide(hub: &Hub, call: &Incoming) -> Result<Option<Decided>, StoreError> {
    match &call.origin {
        Origin::Phone(name) => from_phone(hub, call, name).await,
        Origin::Trunk(_) | Origin::Stranger => {
            let (from, to) = parties(call);
            Ok(to_number(hub, from, to).await?)
        }
    }
}

fn parties(call: &Incoming) -> (Party, Party) {
    let host = |address: &sip::Address| address.host.clone().unwrap_or_default();
    let from = Party::from_sip_user(&call.from.user, &host(&call.from));
    let to = Party::from_sip_user(&call.to.user, &host(&call.to));
    (from, to)
}

async fn to_number(hub: &Hub, from: Party, to: Party) -> Result<Option<Decided>, StoreError> {
    let Some(number) = to.number() else { return Ok(None) };
    let Some(record) = hub.store.number_called(number).await? else { return Ok(None) };
    let application = match record.voice_application {
        Some(sid) => hub.store.application(sid).await?,
        None => None,
    };
    Ok(Some(of_number(&record, application.as_ref(), from, to)))
}

/// What its application says counts more than its own routing.
fn of_number(
    record: &NumberRecord,
    application: Option<&Application>,
    from: Party,
    to: Party,
) -> Decided {
    let voice = application.map_or(&record.voice, |application| &application.voice);
    Decided {
        account: record.account,
        number: Some(record.sid),
        from,
        to,
        start: start(voice).unwrap_or(Start::Nowhere),
        watch: watch(voice),
    }
}

/// A phone of ours dials: its own application decides, else a number of ours, else it is simply connected.
async fn from_phone(hub: &Hub, call: &Incoming, name: &str) -> Result<Option<Decided>, StoreError> {
    let directory = hub.directory.now();
    let Some(phone) = directory.phone(name) else { return Ok(None) };
    let (_, to) = parties(call);
    let to = match to {
        Party::Sip(_) if directory.phone(&call.to.user).is_some() => {
            Party::Client(call.to.user.clone())
        }
        other => other,
    };
    let client = Party::Client(name.to_owned());
    if let Some(start) = start(&phone.voice) {
        let (account, watch) = (phone.account, watch(&phone.voice));
        return Ok(Some(Decided { account, number: None, from: client, to, start, watch }));
    }
    let from = phone.caller_id.clone().map_or(client, Party::Number);
    if let Some(decided) = to_number(hub, from.clone(), to.clone()).await? {
        return Ok(Some(decided));
    }
    let twiml = match &to {
        Party::Number(number) => format!("<Number>{number}</Number>"),
        Party::Client(identity) => format!("<Client>{}</Client>", escaped(identity)),
        Party::Sip(_) | Party::Other(_) => return Ok(None),
    };
    let caller_id = escaped(&from.to_string());
    let twiml = format!(
        "<Response><Dial answerOnBridge=\"true\" callerId=\"{caller_id}\">{twiml}</Dial></Response>"
    );
    let start = Start::Twiml(twiml);
    Ok(Some(Decided { account: phone.account, number: None, from, to, start, watch: None }))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

fn start(voice: &VoiceRouting) -> Option<Start> {
    let url = voice.url.clone().filter(|url| !url.is_empty())?;
    let fallback = voice.fallback_url.clone().filter(|url| !url.is_empty());
    let fallback = fallback.map(|url| (url, voice.fallback_method));
    Some(Start::Url { url, method: voice.method, fallback })
}

fn watch(voice: &VoiceRouting) -> Option<Watch> {
    let url = voice.status_callback.clone().filter(|url| !url.is_empty())?;
    let method: Method = voice.status_callback_method;
    Some(Watch { url, method, events: Events::COMPLETED, sequence: 0 })
}

/// Who forwarded the call: the user of the first Diversion header (RFC 5806).
fn diversion(headers: &[(String, String)]) -> Option<String> {
    let (_, value) = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("diversion"))?;
    let rest = value.split_once("sip:").map_or(value.as_str(), |(_, rest)| rest);
    let user = rest.split(['@', '>', ';']).next()?.trim();
    (!user.is_empty()).then(|| user.to_owned())
}

/// `SipCallId`, `SipDomain` and `SipHeader_X-…`, as Twilio names them.
fn sip_params(call: &Incoming) -> Vec<(String, String)> {
    let mut params = vec![("SipCallId".to_owned(), call.call_id.clone())];
    if let Some(host) = &call.to.host {
        params.push(("SipDomain".to_owned(), host.clone()));
    }
    params.extend(convert::sip_headers(&call.headers));
    params
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Moment;

    #[test]
    fn a_diversion_header_names_who_forwarded() {
        let headers = |value: &str| vec![("Diversion".to_owned(), value.to_owned())];
        let value = "\"Shop\" <sip:+551130000000@10.0.0.1>;reason=unconditional";
        assert_eq!(diversion(&headers(value)).as_deref(), Some("+551130000000"));
        assert_eq!(diversion(&headers("garbage")).as_deref(), Some("garbage"));
        assert_eq!(diversion(&[]), None);
    }

    #[test]
    fn the_routing_of_an_application_counts_more_than_the_numbers_own() {
        let url = |path: &str| Some(format!("http://a.example/{path}"));
        let routing = |path: &str| VoiceRouting { url: url(path), ..VoiceRouting::default() };
        let account = Sid::new(SidKind::Account, 1);
        let record = NumberRecord {
            sid: Sid::new(SidKind::Number, 2),
            account,
            number: "+14155550100".parse().expect("a number"),
            friendly_name: String::new(),
            voice: routing("own"),
            text: model::TextRouting::default(),
            voice_application: None,
            sms_application: None,
            created_at: Moment::EPOCH,
            updated_at: Moment::EPOCH,
        };
        let application = Application {
            sid: Sid::new(SidKind::Application, 3),
            account,
            friendly_name: String::new(),
            voice: routing("shared"),
            caller_name_lookup: false,
            text: model::TextRouting::default(),
            message_callback: None,
            created_at: Moment::EPOCH,
            updated_at: Moment::EPOCH,
        };
        for (application, path) in [(None, "own"), (Some(&application), "shared")] {
            let party = || Party::Number(record.number.clone());
            let decided = of_number(&record, application, party(), party());
            assert_eq!(Some(decided.start), start(&routing(path)));
        }
    }

    #[test]
    fn names_are_escaped_in_the_document_that_dials() {
        assert_eq!(escaped("a<b>&\"c\""), "a&lt;b>&amp;&quot;c&quot;");
    }
}

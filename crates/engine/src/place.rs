//! Placing a call: route, stream, offer, INVITEs. Runs beside the call's task, which hears of it by events.

use std::sync::Arc;

use call::{Ending, LegId, Placement};
use model::Party;
use sip::sdp::{self, Local};
use sip::{Address, DialogEvent, DialogSink, Invite, InviteError};
use tokio::sync::mpsc;

use crate::hub::Hub;
use crate::line::{Offer, Open};
use crate::promise::Promise;
use crate::route::{self, Route};
use crate::task::{Event, media_sink, post};

/// Sends the INVITEs of `placement`, then reports `Placed` or `NotPlaced`.
pub(crate) async fn place(hub: Arc<Hub>, placement: Placement, affinity: u64, promise: Promise) {
    let leg = placement.leg;
    let event = match try_place(&hub, placement, affinity, promise.events()).await {
        Ok(open) => Event::Placed(leg, Box::new(open)),
        Err(ending) => Event::NotPlaced(leg, ending),
    };
    promise.keep(event).await;
}

async fn try_place(
    hub: &Arc<Hub>,
    placement: Placement,
    affinity: u64,
    events: &mpsc::Sender<Event>,
) -> Result<Open, Ending> {
    let leg = placement.leg;
    let route = route::find(hub, &placement.target).await.map_err(|error| Ending {
        sip_status: Some(error.status()),
        reason: Some(error.to_string()),
        alert: Some((error.code(), error.to_string())),
    })?;
    let sink = media_sink(hub.runtime.clone(), events.clone(), leg);
    let stream = hub.media.open(affinity, sink).map_err(|error| Ending {
        sip_status: Some(503),
        reason: Some(error.to_string()),
        alert: Some((12400, format!("no audio port: {error}"))),
    })?;
    let local = Local {
        address: hub.media_address(route.peer),
        port: stream.local_port(),
        codecs: vec![sdp::Codec::Pcmu, sdp::Codec::Pcma],
        session: placement.sid.digits() as u64 >> 1,
        version: 1,
    };
    let offer = sdp::offer(&local, sdp::Direction::SendRecv);
    let text = offer.to_string();
    // From the first INVITE on it is the line's to end, also if placing the others fails.
    let mut open = Open::new(stream, local, Offer::Ours(offer));
    let mut refused = None;
    for (branch, invite) in invites(&placement, route, &text).into_iter().enumerate() {
        match hub.sip.invite(invite, dialog_sink(hub, events, leg, branch)).await {
            Ok(dialog) => open.branches.push(Some(dialog)),
            Err(error) => {
                open.branches.push(None);
                refused = Some(error);
            }
        }
    }
    if open.branches.iter().all(Option::is_none) {
        return Err(not_invited(refused));
    }
    Ok(open)
}

fn invites(placement: &Placement, route: Route, offer: &str) -> Vec<Invite> {
    let mut headers = route.headers;
    headers.push(("X-Twilio-CallSid".to_owned(), placement.sid.to_string()));
    let from = Address {
        display: placement.caller_name.clone(),
        user: placement.caller_id.sip_user().to_owned(),
        host: match &placement.caller_id {
            Party::Sip(uri) => sip_host(uri),
            Party::Number(_) | Party::Client(_) | Party::Other(_) => None,
        },
    };
    let credentials = route.credentials;
    route
        .destinations
        .into_iter()
        .map(|destination| Invite {
            destination,
            from: from.clone(),
            offer: offer.to_owned(),
            headers: headers.clone(),
            credentials: credentials.clone(),
        })
        .collect()
}

fn sip_host(uri: &str) -> Option<String> {
    let (_, host) = uri.rsplit_once('@')?;
    Some(host.split([';', '?', ':']).next().unwrap_or(host).to_owned())
}

fn not_invited(error: Option<InviteError>) -> Ending {
    let reason = error.map_or_else(|| "nobody to ring".to_owned(), |error| error.to_string());
    Ending { sip_status: Some(503), reason: Some(reason.clone()), alert: Some((13224, reason)) }
}

/// Where a dialog's events go: to the call's task.
pub(crate) fn dialog_sink(
    hub: &Arc<Hub>,
    events: &mpsc::Sender<Event>,
    leg: LegId,
    branch: usize,
) -> DialogSink {
    let (runtime, events) = (hub.runtime.clone(), events.clone());
    Arc::new(move |event: DialogEvent| {
        post(&runtime, &events, Event::Dialog { leg, branch, event });
    })
}

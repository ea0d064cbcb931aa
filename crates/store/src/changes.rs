//! What is written in one transaction with a call's record.

use model::{CallRecord, Callback, Method};
use serde::{Deserialize, Serialize};

/// A call's new record with what follows from it: all of it is kept, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallChange {
    /// The record as it is now; it replaces an earlier one of the same SID.
    pub record: CallRecord,
    /// Who is told about the call from now on. `None` leaves what was kept before; a final status forgets it.
    pub subscription: Option<Subscription>,
    /// Callbacks that follow from the change, in the order they are to be sent. Their `id` is ignored.
    pub callbacks: Vec<Callback>,
}

impl CallChange {
    /// A change of the record that nobody needs to be told of.
    pub fn quiet(record: CallRecord) -> CallChange {
        CallChange { record, subscription: None, callbacks: Vec::new() }
    }
}

/// Who is told of a call's progress, and what: enough to send its final callback after a crash.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Subscription {
    /// Where callbacks go, each with its own choice of events.
    pub targets: Vec<CallbackTarget>,
    /// `SequenceNumber` of the next callback, from 0.
    pub sequence: u32,
    /// Parameters that every callback of the call carries, in order.
    pub params: Vec<(String, String)>,
}

/// One address that is told of a call's progress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallbackTarget {
    /// Where to.
    pub url: String,
    /// How.
    pub method: Method,
    /// Events it asked for, in the words on the wire (`initiated`, `ringing`, `answered`, `completed`).
    pub events: Vec<String>,
}

/// A [`Subscription`] as its column holds it: JSON with short, stable names.
#[derive(Serialize, Deserialize)]
struct KeptSubscription {
    targets: Vec<KeptTarget>,
    sequence: u32,
    params: Vec<(String, String)>,
}

#[derive(Serialize, Deserialize)]
struct KeptTarget {
    url: String,
    method: String,
    events: Vec<String>,
}

impl Subscription {
    /// The text of its column.
    pub(crate) fn to_json(&self) -> Result<String, serde_json::Error> {
        let kept = KeptSubscription {
            targets: self.targets.iter().map(KeptTarget::of).collect(),
            sequence: self.sequence,
            params: self.params.clone(),
        };
        serde_json::to_string(&kept)
    }

    /// Reads the text of its column; `None` if it is not one that [`Subscription::to_json`] wrote.
    pub(crate) fn from_json(text: &str) -> Option<Subscription> {
        let kept: KeptSubscription = serde_json::from_str(text).ok()?;
        let targets = kept.targets.into_iter().map(KeptTarget::read).collect::<Option<_>>()?;
        Some(Subscription { targets, sequence: kept.sequence, params: kept.params })
    }
}

impl KeptTarget {
    fn of(target: &CallbackTarget) -> KeptTarget {
        KeptTarget {
            url: target.url.clone(),
            method: target.method.as_str().to_owned(),
            events: target.events.clone(),
        }
    }

    fn read(self) -> Option<CallbackTarget> {
        let method = self.method.parse().ok()?;
        Some(CallbackTarget { url: self.url, method, events: self.events })
    }
}

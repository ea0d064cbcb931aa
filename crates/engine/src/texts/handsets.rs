//! The virtual carrier: handsets on this server, each with an inbox in the store.
//!
//! What is submitted arrives at once. A message that was delivered before is recognised by its SID, so that one that is
//! submitted again after a crash is not in the inbox twice.

use std::sync::Arc;

use async_trait::async_trait;
use model::InboxEntry;
use sms::{Carrier, CarrierState, ErrorClass, Submission, SubmitError, Submitted};
use store::Store;

use crate::clock::wall;

/// Messages delivered at once: as many as the store commits together.
const WINDOW: usize = 512;
/// "Unknown destination handset": <https://www.twilio.com/docs/api/errors/30005>.
const UNKNOWN_HANDSET: u32 = 30005;
/// "Unknown error": <https://www.twilio.com/docs/api/errors/30008>.
const UNKNOWN: u32 = 30008;

/// The handsets.
pub(crate) struct Handsets {
    store: Arc<dyn Store>,
}

impl Handsets {
    pub(crate) fn new(store: Arc<dyn Store>) -> Handsets {
        Handsets { store }
    }
}

#[async_trait]
impl Carrier for Handsets {
    async fn submit(&self, submission: Submission) -> Result<Submitted, SubmitError> {
        let Submission { message, from, to, body, media, .. } = submission;
        let Some(handset) = to.number().cloned() else {
            let message = format!("{to} is no handset: the virtual carrier reaches phone numbers");
            return Err(SubmitError { class: ErrorClass::Refused, code: UNKNOWN_HANDSET, message });
        };
        let entry = InboxEntry {
            id: 0,
            handset,
            other: from,
            written_here: false,
            body,
            media: media.into_iter().map(|media| media.url).collect(),
            message,
            at: wall(),
        };
        match self.store.add_to_inbox(entry).await {
            Ok(_) => Ok(Submitted { ids: Vec::new(), delivered: true }),
            Err(error) => Err(SubmitError {
                class: ErrorClass::Passing,
                code: UNKNOWN,
                message: format!("the inbox could not be written: {error}"),
            }),
        }
    }

    fn state(&self) -> CarrierState {
        CarrierState::Up
    }

    fn window(&self) -> usize {
        WINDOW
    }

    fn takes_media(&self) -> bool {
        true
    }

    async fn close(&self) {}
}

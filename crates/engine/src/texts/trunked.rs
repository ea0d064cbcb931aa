//! SIP MESSAGE (RFC 3428) over a trunk, as a carrier.

use async_trait::async_trait;
use sms::{Carrier, CarrierState, ErrorClass, Submission, SubmitError, Submitted};

pub(crate) struct Trunked {
    _sip: sip::Sip,
    trunk: String,
}

impl Trunked {
    pub(crate) fn new(sip: sip::Sip, trunk: String) -> Trunked {
        Trunked { _sip: sip, trunk }
    }
}

#[async_trait]
impl Carrier for Trunked {
    async fn submit(&self, _submission: Submission) -> Result<Submitted, SubmitError> {
        let message = format!("trunk {} can't be given texts yet", self.trunk);
        Err(SubmitError { class: ErrorClass::Lasting, code: 30008, message })
    }

    fn state(&self) -> CarrierState {
        CarrierState::Up
    }

    fn window(&self) -> usize {
        16
    }

    async fn close(&self) {}
}

//! Messages to phones that register here and to SIP addresses, by SIP MESSAGE (RFC 3428).

use sms::{ErrorClass, Submission, SubmitError, Submitted};

use crate::hub::Hub;

#[expect(clippy::unused_async, reason = "until signalling sends MESSAGE")]
pub(crate) async fn send(_hub: &Hub, submission: Submission) -> Result<Submitted, SubmitError> {
    let message = format!("{} can't be texted yet", submission.to);
    Err(SubmitError { class: ErrorClass::Lasting, code: 30008, message })
}

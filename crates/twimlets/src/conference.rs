//! `conference`: not before there are rooms.

use crate::refusal::{NOT_YET, Refusal};

/// `Differs:` alo has no `<Conference>` yet, and says so instead of leaving callers in silence.
pub(crate) fn refusal() -> Refusal {
    let message = "alo has no conference rooms yet, so that conference can't be used: put callers \
                   through to one phone with forward, or ring several with simulring";
    Refusal::bad(NOT_YET, message.to_owned())
}

//! The verbs that change the course of a call: `<Redirect>`, `<Reject>`, `<Hangup>`, `<Leave>`.

use crate::verb::{Hook, Redirect, RejectReason};

use super::reading::{Reading, elements, own_text};
use super::tree::Element;
use super::{SCHEMA, grammar};

/// Reads a `<Redirect>`; an empty one goes to the document's own URL.
pub(super) fn redirect(reading: &mut Reading<'_>, element: &Element<'_>) -> Redirect {
    reading.check_attributes(element, &grammar::REDIRECT);
    reading.warn_children(element, SCHEMA, |_| false);
    let method = reading.method(element, "method", 13710);
    let url = own_text(element).map(|(url, _)| url).unwrap_or_default();
    Redirect { hook: Hook { url, method } }
}

/// Reads a `<Reject>`.
pub(super) fn reject(reading: &mut Reading<'_>, element: &Element<'_>) -> RejectReason {
    reading.check_attributes(element, &grammar::REJECT);
    parameters_without_effect(reading, element);
    match reading.one_of(element, "reason", &["rejected", "busy"], SCHEMA) {
        Some("busy") => RejectReason::Busy,
        Some(_) | None => RejectReason::Rejected,
    }
}

/// Reads a `<Hangup>`.
pub(super) fn hangup(reading: &mut Reading<'_>, element: &Element<'_>) {
    reading.check_attributes(element, &grammar::HANGUP);
    parameters_without_effect(reading, element);
}

/// Reads a `<Leave>`.
pub(super) fn leave(reading: &mut Reading<'_>, element: &Element<'_>) {
    reading.check_attributes(element, &grammar::LEAVE);
    reading.warn_children(element, SCHEMA, |_| false);
}

fn parameters_without_effect(reading: &mut Reading<'_>, element: &Element<'_>) {
    for parameter in elements(element).filter(|child| child.name == "Parameter") {
        let message = format!("<Parameter> of <{}> has no effect here yet", element.name);
        reading.note(parameter.at, message);
    }
    reading.warn_children(element, SCHEMA, |name| name == "Parameter");
}

//! What pages need besides themselves: one style sheet.

/// Where it is served.
pub(crate) const STYLE_URL: &str = "/status/style.css";
/// The style sheet: light and dark as the reader's system has it.
pub(crate) const STYLE: &str = include_str!("../templates/style.css");

//! Between columns and the words of text messages: who is at an end of one, money, and routing.

use model::{Correspondent, Money, TextRouting};

use crate::sqlite::columns::Columns;

impl Columns<'_> {
    /// Two columns: what kind of correspondent, and who, as on the wire.
    pub(super) fn correspondent(&self) -> rusqlite::Result<Correspondent> {
        let kind: String = self.next()?;
        let text: String = self.next()?;
        read_correspondent(&kind, &text).ok_or_else(|| self.damaged(&kind))
    }

    /// Two columns, both NULL or neither.
    pub(super) fn maybe_correspondent(&self) -> rusqlite::Result<Option<Correspondent>> {
        let kind: Option<String> = self.next()?;
        let text: Option<String> = self.next()?;
        match (kind, text) {
            (None, None) => Ok(None),
            (kind, text) => {
                let (kind, text) = (kind.unwrap_or_default(), text.unwrap_or_default());
                read_correspondent(&kind, &text).map(Some).ok_or_else(|| self.damaged(&kind))
            }
        }
    }

    /// Two columns, both NULL or neither: millionths, and of what.
    pub(super) fn maybe_money(&self) -> rusqlite::Result<Option<Money>> {
        let micros: Option<i64> = self.next()?;
        let currency = self.maybe_parsed()?;
        match (micros, currency) {
            (Some(micros), Some(currency)) => Ok(Some(Money::of(micros, currency))),
            (None, None) => Ok(None),
            (Some(_), None) | (None, Some(_)) => Err(self.damaged("")),
        }
    }
}

/// The kind of a correspondent, for its column.
pub(super) const fn correspondent_kind(who: &Correspondent) -> &'static str {
    match who {
        Correspondent::Number(_) => "number",
        Correspondent::ShortCode(_) => "short-code",
        Correspondent::Alpha(_) => "alpha",
        Correspondent::Client(_) => "client",
        Correspondent::Sip(_) => "sip",
        Correspondent::Other(_) => "other",
    }
}

fn read_correspondent(kind: &str, text: &str) -> Option<Correspondent> {
    let owned = || text.to_owned();
    match kind {
        "number" => text.parse().ok().map(Correspondent::Number),
        "short-code" => Some(Correspondent::ShortCode(owned())),
        "alpha" => Some(Correspondent::Alpha(owned())),
        "client" => text.strip_prefix("client:").map(|name| Correspondent::Client(name.to_owned())),
        "sip" => Some(Correspondent::Sip(owned())),
        "other" => Some(Correspondent::Other(owned())),
        _ => None,
    }
}

/// The columns of a routing of texts, as parameters in the order of [`Columns::text_routing`].
pub(super) fn text_params(
    text: &TextRouting,
) -> (&Option<String>, &'static str, &Option<String>, &'static str) {
    (&text.url, text.method.as_str(), &text.fallback_url, text.fallback_method.as_str())
}

//! Which rows a list shows, and which page of it.
//!
//! Lists run from the newest to the oldest row by (time, SID). Pages are found by the last row seen, so that rows
//! that arrive meanwhile neither repeat nor hide any.

use std::time::Duration;

use model::{AlertLevel, CallStatus, MessageStatus, Moment, Sid};

/// Which page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Rows on it, 1 to [`Page::LARGEST`]; a number beyond is taken as the nearest bound. Default 50.
    pub size: u32,
    /// How many pages come before it, from 0. Counted off only where there is no `token`.
    pub index: u32,
    /// The last row of the page before: this page has what is older. It may have been deleted since.
    pub token: Option<Sid>,
}

impl Page {
    /// Rows of a page unless said otherwise (Twilio's default).
    pub const DEFAULT_SIZE: u32 = 50;
    /// Most rows on a page (Twilio's limit).
    pub const LARGEST: u32 = 1000;

    /// The first page, of `size` rows.
    pub const fn first(size: u32) -> Page {
        Page { size, index: 0, token: None }
    }

    /// The page after this one, whose last row was `last`.
    pub const fn after(self, last: Sid) -> Page {
        Page { size: self.size, index: self.index.saturating_add(1), token: Some(last) }
    }
}

impl Default for Page {
    fn default() -> Page {
        Page::first(Page::DEFAULT_SIZE)
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing<T> {
    /// Its rows, newest first.
    pub items: Vec<T>,
    /// Whether there are older ones.
    pub more: bool,
}

/// A span of time. Default: all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct DateRange {
    /// Not before this moment.
    pub after: Option<Moment>,
    /// Before this moment, which itself is outside.
    pub before: Option<Moment>,
}

impl DateRange {
    /// The 24 hours from `midnight` on.
    pub fn on(midnight: Moment) -> DateRange {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        DateRange { after: Some(midnight), before: Some(midnight + DAY) }
    }
}

/// Which numbers. Default: all of the account's.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct NumberFilter {
    /// A part of the number, where `*` stands for any one digit (`+1415`, `555****`). Punctuation counts for nothing.
    pub phone_number: Option<String>,
    /// The friendly name, exactly.
    pub friendly_name: Option<String>,
}

/// Which calls. Default: all of the account's.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct CallFilter {
    /// Who is called, exactly as on the wire (`+14155550123`, `client:ada`).
    pub to: Option<String>,
    /// Who calls, exactly as on the wire.
    pub from: Option<String>,
    /// Where it stands.
    pub status: Option<CallStatus>,
    /// The leg whose `<Dial>` began it.
    pub parent: Option<Sid>,
    /// When it began; a call that hasn't is outside every bounded range.
    pub started: DateRange,
    /// When it ended; a call that hasn't is outside every bounded range.
    pub ended: DateRange,
}

/// Which recordings. Default: all of the account's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct RecordingFilter {
    /// The leg recorded.
    pub call: Option<Sid>,
    /// When it began.
    pub created: DateRange,
}

/// Which alerts. Default: all of the account's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct AlertFilter {
    /// The leg concerned.
    pub call: Option<Sid>,
    /// How bad.
    pub level: Option<AlertLevel>,
}

/// Which messages. Default: all of the account's.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct MessageFilter {
    /// Who receives, exactly as on the wire.
    pub to: Option<String>,
    /// Who sends, exactly as on the wire.
    pub from: Option<String>,
    /// Where it stands.
    pub status: Option<MessageStatus>,
    /// When it was sent or came in; a message that wasn't is outside every bounded range.
    pub sent: DateRange,
}

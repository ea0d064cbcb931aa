//! The record of one leg of a call, as the REST API counts calls: a bridged call is two of them.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::moment::Moment;
use crate::party::Party;
use crate::sid::Sid;

/// Where a call stands. The words are those on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallStatus {
    /// Accepted by the API, not yet sent to the network.
    Queued,
    /// The INVITE is out (event `initiated`), nothing heard.
    Initiated,
    /// The far side rings.
    Ringing,
    /// Answered.
    InProgress,
    /// Answered and ended.
    Completed,
    /// The far side said busy (486, 600) or was told so.
    Busy,
    /// It could not be connected.
    Failed,
    /// Nobody answered in time, or the caller gave up.
    NoAnswer,
    /// Ended by a request of ours before it was answered.
    Canceled,
}

impl CallStatus {
    /// Every status, in the order of a call's life.
    pub const ALL: [CallStatus; 9] = [
        CallStatus::Queued,
        CallStatus::Initiated,
        CallStatus::Ringing,
        CallStatus::InProgress,
        CallStatus::Completed,
        CallStatus::Busy,
        CallStatus::Failed,
        CallStatus::NoAnswer,
        CallStatus::Canceled,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            CallStatus::Queued => "queued",
            CallStatus::Initiated => "initiated",
            CallStatus::Ringing => "ringing",
            CallStatus::InProgress => "in-progress",
            CallStatus::Completed => "completed",
            CallStatus::Busy => "busy",
            CallStatus::Failed => "failed",
            CallStatus::NoAnswer => "no-answer",
            CallStatus::Canceled => "canceled",
        }
    }

    /// Whether nothing more can happen to the call.
    pub const fn is_final(self) -> bool {
        match self {
            CallStatus::Queued
            | CallStatus::Initiated
            | CallStatus::Ringing
            | CallStatus::InProgress => false,
            CallStatus::Completed
            | CallStatus::Busy
            | CallStatus::Failed
            | CallStatus::NoAnswer
            | CallStatus::Canceled => true,
        }
    }
}

impl fmt::Display for CallStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for CallStatus {
    type Err = ();

    fn from_str(text: &str) -> Result<CallStatus, ()> {
        CallStatus::ALL.into_iter().find(|status| status.as_str() == text).ok_or(())
    }
}

/// Who began a leg. The words are those on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Somebody rang us.
    Inbound,
    /// A REST client had us ring somebody.
    OutboundApi,
    /// A `<Dial>` had us ring somebody.
    OutboundDial,
}

impl Direction {
    /// Every direction.
    pub const ALL: [Direction; 3] =
        [Direction::Inbound, Direction::OutboundApi, Direction::OutboundDial];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Direction::Inbound => "inbound",
            Direction::OutboundApi => "outbound-api",
            Direction::OutboundDial => "outbound-dial",
        }
    }
}

impl FromStr for Direction {
    type Err = ();

    fn from_str(text: &str) -> Result<Direction, ()> {
        Direction::ALL.into_iter().find(|direction| direction.as_str() == text).ok_or(())
    }
}

/// Why an ended leg ended: the final SIP answer, where there was one, and a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Hangup {
    /// Final SIP status of the INVITE (RFC 3261 §21), `None` where the server itself gave up.
    pub sip_status: Option<u16>,
    /// Who or what ended it, for people.
    pub reason: Option<String>,
}

/// One leg of a call. Times are `None` until they came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRecord {
    /// `CA…`.
    pub sid: Sid,
    /// `AC…` of the owner.
    pub account: Sid,
    /// The leg whose `<Dial>` began this one.
    pub parent: Option<Sid>,
    /// Who calls.
    pub from: Party,
    /// Who is called.
    pub to: Party,
    /// `PN…` of our number, where one is involved.
    pub number: Option<Sid>,
    /// Who began it.
    pub direction: Direction,
    /// Where it stands.
    pub status: CallStatus,
    /// Caller's display name, from the signalling.
    pub caller_name: Option<String>,
    /// Number that forwarded the call here (Diversion, RFC 5806).
    pub forwarded_from: Option<String>,
    /// When the record was made.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// When the leg was answered.
    pub answered_at: Option<Moment>,
    /// When it began: the answer, or the INVITE for one never answered.
    pub started_at: Option<Moment>,
    /// When it ended.
    pub ended_at: Option<Moment>,
    /// Why it ended.
    pub hangup: Hangup,
}

impl CallRecord {
    /// Time between answer and end, rounded to whole seconds the way bills do (up); `None` until it has ended.
    pub fn duration(&self) -> Option<Duration> {
        let ended = self.ended_at?;
        let Some(answered) = self.answered_at else {
            return Some(Duration::ZERO);
        };
        let for_ = ended.since(answered);
        let seconds = for_.as_secs() + u64::from(for_.subsec_nanos() > 0);
        Some(Duration::from_secs(seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_and_directions_read_as_they_print() {
        for status in CallStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(status));
        }
        for direction in Direction::ALL {
            assert_eq!(direction.as_str().parse(), Ok(direction));
        }
    }
}

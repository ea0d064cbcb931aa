//! Every `command_status` of SMPP 3.4 §5.1.3: what it is called, what to do about it, and Twilio's error code for it.
//!
//! What another carrier may well take is refused, not lasting: an SMSC says "invalid" of much that it has no route for.

use crate::carrier::ErrorClass;
use crate::errors::{FILTERED, UNKNOWN, UNKNOWN_HANDSET};

/// All went well.
pub const ESME_ROK: u32 = 0x00;
/// The length doesn't fit the body.
pub const ESME_RINVCMDLEN: u32 = 0x02;
/// The command is not known.
pub const ESME_RINVCMDID: u32 = 0x03;
/// Not allowed before the bind.
pub const ESME_RINVBNDSTS: u32 = 0x04;
/// The queue is full.
pub const ESME_RMSGQFUL: u32 = 0x14;
/// Too much at once.
pub const ESME_RTHROTTLED: u32 = 0x58;
/// The receiver can't take it now.
pub const ESME_RX_T_APPN: u32 = 0x64;

/// What a status means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// The number on the wire.
    pub status: u32,
    /// Its name in the standard.
    pub name: &'static str,
    /// In words.
    pub words: &'static str,
    /// What to do about it.
    pub remedy: Remedy,
    /// Twilio's error code, should this be the last word: <https://www.twilio.com/docs/api/errors>.
    pub code: u32,
}

/// What to do about a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Slow down, then again.
    SlowDown,
    /// Again later.
    Later,
    /// Another carrier.
    Elsewhere,
    /// Give up.
    GiveUp,
}

impl Remedy {
    /// As a class of the carrier's errors. The session paces what is to be slowed down; what it can't, comes later.
    pub const fn class(self) -> ErrorClass {
        match self {
            Remedy::SlowDown | Remedy::Later => ErrorClass::Passing,
            Remedy::Elsewhere => ErrorClass::Refused,
            Remedy::GiveUp => ErrorClass::Lasting,
        }
    }
}

/// Twilio: too much waits with the carrier.
const OVERFLOW: u32 = 30_001;
/// Twilio: longer than the carrier takes.
const TOO_LONG: u32 = 30_019;
/// Twilio: the carrier does not know the sender.
const SENDER: u32 = 30_024;

const fn row(
    status: u32,
    name: &'static str,
    words: &'static str,
    remedy: Remedy,
    code: u32,
) -> Meaning {
    Meaning { status, name, words, remedy, code }
}

use Remedy::{Elsewhere, GiveUp, Later, SlowDown};

/// The table of §5.1.3, in its order, without the success.
pub const TABLE: [Meaning; 47] = [
    row(0x01, "ESME_RINVMSGLEN", "the message has a wrong length", Elsewhere, TOO_LONG),
    row(0x02, "ESME_RINVCMDLEN", "the command has a wrong length", Elsewhere, UNKNOWN),
    row(0x03, "ESME_RINVCMDID", "the command is not known", Elsewhere, UNKNOWN),
    row(0x04, "ESME_RINVBNDSTS", "not allowed on this bind", Later, UNKNOWN),
    row(0x05, "ESME_RALYBND", "already bound: too many sessions", Later, UNKNOWN),
    row(0x06, "ESME_RINVPRTFLG", "wrong priority", Elsewhere, UNKNOWN),
    row(0x07, "ESME_RINVREGDLVFLG", "receipts can't be asked for like this", Elsewhere, UNKNOWN),
    row(0x08, "ESME_RSYSERR", "the SMSC has an error", Later, UNKNOWN),
    row(0x0a, "ESME_RINVSRCADR", "the sender is not allowed", Elsewhere, SENDER),
    row(0x0b, "ESME_RINVDSTADR", "the receiver is not valid", Elsewhere, UNKNOWN_HANDSET),
    row(0x0c, "ESME_RINVMSGID", "wrong message id", Elsewhere, UNKNOWN),
    row(0x0d, "ESME_RBINDFAIL", "the bind failed", Later, UNKNOWN),
    row(0x0e, "ESME_RINVPASWD", "the password is wrong", Later, UNKNOWN),
    row(0x0f, "ESME_RINVSYSID", "the system id is wrong", Later, UNKNOWN),
    row(0x11, "ESME_RCANCELFAIL", "it could not be taken back", Elsewhere, UNKNOWN),
    row(0x13, "ESME_RREPLACEFAIL", "it could not be replaced", Elsewhere, UNKNOWN),
    row(0x14, "ESME_RMSGQFUL", "the queue is full", SlowDown, OVERFLOW),
    row(0x15, "ESME_RINVSERTYP", "the service type is wrong", Elsewhere, UNKNOWN),
    row(0x33, "ESME_RINVNUMDESTS", "wrong number of receivers", Elsewhere, UNKNOWN),
    row(0x34, "ESME_RINVDLNAME", "the distribution list is not known", Elsewhere, UNKNOWN),
    row(0x40, "ESME_RINVDESTFLAG", "wrong flag of the receiver", Elsewhere, UNKNOWN),
    row(0x42, "ESME_RINVSUBREP", "replacing is not possible here", Elsewhere, UNKNOWN),
    row(0x43, "ESME_RINVESMCLASS", "this kind of message is not taken", Elsewhere, UNKNOWN),
    row(0x44, "ESME_RCNTSUBDL", "no distribution lists here", Elsewhere, UNKNOWN),
    row(0x45, "ESME_RSUBMITFAIL", "the message was not taken", Later, UNKNOWN),
    row(0x48, "ESME_RINVSRCTON", "wrong type of the sender's number", Elsewhere, SENDER),
    row(0x49, "ESME_RINVSRCNPI", "wrong numbering plan of the sender", Elsewhere, SENDER),
    row(0x50, "ESME_RINVDSTTON", "wrong type of number", Elsewhere, UNKNOWN_HANDSET),
    row(0x51, "ESME_RINVDSTNPI", "wrong numbering plan", Elsewhere, UNKNOWN_HANDSET),
    row(0x53, "ESME_RINVSYSTYP", "the system type is wrong", Later, UNKNOWN),
    row(0x54, "ESME_RINVREPFLAG", "wrong flag for replacing", Elsewhere, UNKNOWN),
    row(0x55, "ESME_RINVNUMMSGS", "wrong number of messages", Elsewhere, UNKNOWN),
    row(0x58, "ESME_RTHROTTLED", "too many messages at once", SlowDown, OVERFLOW),
    row(0x61, "ESME_RINVSCHED", "wrong time of delivery", Elsewhere, UNKNOWN),
    row(0x62, "ESME_RINVEXPIRY", "wrong validity period", Elsewhere, UNKNOWN),
    row(0x63, "ESME_RINVDFTMSGID", "the canned message is not known", Elsewhere, UNKNOWN),
    row(0x64, "ESME_RX_T_APPN", "the receiver can't take it now", Later, UNKNOWN),
    row(0x65, "ESME_RX_P_APPN", "the receiver will never take it", GiveUp, UNKNOWN),
    row(0x66, "ESME_RX_R_APPN", "the receiver rejects it", GiveUp, FILTERED),
    row(0x67, "ESME_RQUERYFAIL", "it could not be asked for", Elsewhere, UNKNOWN),
    row(0xc0, "ESME_RINVOPTPARSTREAM", "broken optional parameters", Elsewhere, UNKNOWN),
    row(0xc1, "ESME_ROPTPARNOTALLWD", "an optional parameter isn't allowed", Elsewhere, UNKNOWN),
    row(0xc2, "ESME_RINVPARLEN", "a parameter has a wrong length", Elsewhere, UNKNOWN),
    row(0xc3, "ESME_RMISSINGOPTPARAM", "an optional parameter is missing", Elsewhere, UNKNOWN),
    row(0xc4, "ESME_RINVOPTPARAMVAL", "wrong optional parameter", Elsewhere, UNKNOWN),
    row(0xfe, "ESME_RDELIVERYFAILURE", "it could not be delivered", Later, UNKNOWN),
    row(0xff, "ESME_RUNKNOWNERR", "an error without a name", Later, UNKNOWN),
];

/// What a status means. Those that the standard doesn't name (0x400 to 0x4ff are the maker's own) may pass.
pub fn meaning(status: u32) -> Meaning {
    let known = TABLE.iter().find(|meaning| meaning.status == status);
    known.copied().unwrap_or(match status {
        0x0400..=0x04ff => {
            row(status, "an error of the maker's own", "see its manual", Later, UNKNOWN)
        }
        _ => row(status, "a reserved status", "not in SMPP 3.4", Later, UNKNOWN),
    })
}

/// A status for people: `the password is wrong (ESME_RINVPASWD, 0x0e)`.
pub fn explain(status: u32) -> String {
    let Meaning { name, words, .. } = meaning(status);
    format!("{words} ({name}, 0x{status:02x})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_names_each_once() {
        assert!(TABLE.is_sorted_by(|a, b| a.status < b.status));
        let mut names: Vec<&str> = TABLE.iter().map(|meaning| meaning.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), TABLE.len());
    }

    #[test]
    fn every_code_is_one_of_messages_that_went_out() {
        for meaning in TABLE {
            assert!((30_001..=30_999).contains(&meaning.code), "{}", meaning.name);
        }
    }

    #[test]
    fn statuses_lead_to_what_helps() {
        let cases = [
            (0x08, Remedy::Later, 30008),
            (0x0a, Remedy::Elsewhere, 30024),
            (0x0b, Remedy::Elsewhere, 30005),
            (0x14, Remedy::SlowDown, 30001),
            (0x58, Remedy::SlowDown, 30001),
            (0x01, Remedy::Elsewhere, 30019),
            (0x65, Remedy::GiveUp, 30008),
            (0x66, Remedy::GiveUp, 30007),
            (0x0402, Remedy::Later, 30008),
            (0x0999, Remedy::Later, 30008),
        ];
        for (status, remedy, code) in cases {
            let meaning = meaning(status);
            assert_eq!((meaning.remedy, meaning.code), (remedy, code), "{status:#x}");
        }
    }

    #[test]
    fn a_status_is_explained_with_its_name_and_number() {
        assert_eq!(explain(0x0e), "the password is wrong (ESME_RINVPASWD, 0x0e)");
        assert_eq!(explain(0x0401), "see its manual (an error of the maker's own, 0x401)");
    }
}

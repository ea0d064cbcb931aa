//! Words of a call as the application sees it: whom to invite, what a dialog reports, how it ended.
//!
//! Data only; [`crate::Dialog`] carries the commands.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::directory::Credentials;
use crate::sdp::Description;

/// Where the events of a dialog go. Called from the signalling's own threads, one event of a dialog at a time and in
/// order; it must not block, but it may give commands to dialogs.
pub type DialogSink = Arc<dyn Fn(DialogEvent) + Send + Sync>;

/// An outgoing call.
#[derive(Debug, Clone)]
pub struct Invite {
    /// Who is called.
    pub destination: Destination,
    /// Who calls: the From header.
    pub from: Address,
    /// SDP to offer.
    pub offer: String,
    /// More headers, such as `X-…`, `Diversion` or `P-Asserted-Identity`. Headers that the stack writes itself are
    /// ignored, and so are line breaks in values.
    pub headers: Vec<(String, String)>,
    /// Answers to a challenge. `None`: those of the trunk, if the destination is one.
    pub credentials: Option<Credentials>,
}

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// One registered contact of a phone, reached at the address that it registered from.
    Contact(Contact),
    /// A user, as a rule a number, at a trunk.
    Trunk {
        /// Name of the trunk in the [`crate::Directory`].
        name: String,
        /// User part of the request URI.
        user: String,
    },
    /// `sip:user@host:port;…`; UDP only.
    Uri(String),
}

/// A party's name: display name, user and host.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// Name to show.
    pub display: Option<String>,
    /// User part, unescaped.
    pub user: String,
    /// Host part without port. `None` as From: our own address.
    pub host: Option<String>,
}

/// Where a phone can be reached at the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// URI that the phone registered.
    pub uri: String,
    /// Where requests are sent: the address that its REGISTER came from, or another port there that it names, unless it
    /// stands behind a NAT.
    pub source: SocketAddr,
    /// Time left when this was read.
    pub expires_in: Duration,
    /// Its `User-Agent`.
    pub user_agent: Option<String>,
}

/// Who placed an incoming call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A phone of ours, proven by its password.
    Phone(String),
    /// A trunk, known by its source address.
    Trunk(String),
    /// Anybody else; only with [`crate::Strangers::Accept`].
    Stranger,
}

/// What happened in a dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DialogEvent {
    /// Our INVITE is under way: 180, 183 and the like.
    Progress {
        /// 101–199.
        status: u16,
        /// Early media, if offered.
        sdp: Option<Description>,
    },
    /// Our INVITE was answered; the ACK is sent.
    Answered {
        /// Their answer.
        sdp: Option<Description>,
        /// `X-…` headers of the answer.
        headers: Vec<(String, String)>,
    },
    /// Our answer arrived: their ACK is here.
    Acknowledged {
        /// Their answer, if the offer was ours (the INVITE came without SDP).
        sdp: Option<Description>,
    },
    /// They sent a re-INVITE; answer with [`crate::Dialog::answer_reoffer`].
    Reoffer {
        /// `None`: they ask us to offer.
        sdp: Option<Description>,
    },
    /// Our re-INVITE was answered.
    ReofferAnswered {
        /// Their answer, if accepted.
        sdp: Option<Description>,
        /// Final status.
        status: u16,
    },
    /// A key was pressed, told by INFO (`application/dtmf-relay` or `application/dtmf`).
    Digit(char),
    /// It is over. Exactly one for each dialog, and nothing after it.
    Ended(Ending),
}

/// How a dialog ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// Final status of the INVITE if it was not answered; `None` after an answered call.
    pub status: Option<u16>,
    /// Who ended it.
    pub by: EndedBy,
    /// Reason phrase or `Reason` header, as the peer wrote it.
    pub reason: Option<String>,
}

/// Who ended a dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndedBy {
    /// The far side: refusal, CANCEL or BYE.
    Peer,
    /// Our own reject or hang-up.
    Us,
    /// Nobody answered in time: no response, no ACK, or it rang for too long.
    Timeout,
    /// The far side broke the protocol or lost the dialog.
    Error,
}

/// How busy the signalling is, and what it turned away since the start. For metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    /// Calls at the moment.
    pub calls: usize,
    /// Transactions remembered at the moment.
    pub transactions: usize,
    /// Datagrams dropped unread, because their source sent too many.
    pub dropped: u64,
    /// Datagrams that were no SIP message.
    pub unreadable: u64,
    /// Requests answered 503, because their source or everybody together asked too much.
    pub overloaded: u64,
    /// Digest proofs with a wrong user or password.
    pub wrong_passwords: u64,
}

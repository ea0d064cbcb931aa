//! What belongs to a call underneath: its dialog, its RTP stream, and what was offered and answered (RFC 3264).
//!
//! Plain state behind the lock of [`crate::line::Line`]; it waits for nothing and tells nobody.

use media::io::{self, PlayId, Stream};
use sip::Dialog;
use sip::sdp::{self, Agreed, Description, Local};

use crate::settings::Keys;

/// What belongs to the call underneath.
#[derive(Default)]
pub(crate) struct Wiring {
    pub(crate) dialog: Option<Dialog>,
    pub(crate) stream: Option<Stream>,
    pub(crate) local: Option<Local>,
    /// Their offer in the INVITE.
    pub(crate) offered: Option<Description>,
    /// Our offer that they have yet to answer.
    pub(crate) offer: Option<Description>,
    /// We hold them.
    pub(crate) holding: bool,
    /// What was given to the stream so far, and what it says now.
    pub(crate) plays: u64,
    pub(crate) saying: Option<PlayId>,
    /// A re-INVITE that came before the dialog was known.
    pub(crate) early_reoffer: Option<Reoffer>,
}

impl Wiring {
    pub(crate) fn next_play(&mut self) -> PlayId {
        self.plays += 1;
        PlayId(self.plays)
    }

    pub(crate) fn new_offer(&self, keys: Keys) -> Option<Description> {
        let direction =
            if self.holding { sdp::Direction::SendOnly } else { sdp::Direction::SendRecv };
        let mut offer = sdp::offer(self.local.as_ref()?, direction);
        if keys == Keys::Tones {
            offer.dtmf = None;
        }
        Some(offer)
    }

    pub(crate) fn new_answer(
        &self,
        mut offered: Description,
        keys: Keys,
    ) -> Result<(Description, Agreed), sdp::NoCommonCodec> {
        if keys == Keys::Tones {
            offered.dtmf = None;
        }
        if self.holding {
            // Who holds goes on holding whatever the far side offers.
            offered.direction = match offered.direction {
                sdp::Direction::SendRecv | sdp::Direction::RecvOnly => sdp::Direction::RecvOnly,
                sdp::Direction::SendOnly | sdp::Direction::Inactive => sdp::Direction::Inactive,
            };
        }
        let local = self.local.as_ref().ok_or(sdp::NoCommonCodec)?;
        sdp::answer(&offered, local)
    }
}

/// A re-INVITE; without an offer they ask for ours.
pub(crate) struct Reoffer(pub(crate) Option<Description>);

/// Who sends, in the words of the media threads.
pub(crate) fn direction(agreed: sdp::Direction) -> io::Direction {
    match agreed {
        sdp::Direction::SendRecv => io::Direction::SendReceive,
        sdp::Direction::SendOnly => io::Direction::SendOnly,
        sdp::Direction::RecvOnly => io::Direction::ReceiveOnly,
        sdp::Direction::Inactive => io::Direction::Inactive,
    }
}

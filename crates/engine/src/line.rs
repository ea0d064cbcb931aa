//! A line: one leg of a call as signalling and audio know it.
//!
//! It turns what its SIP dialogs and its RTP stream report into a leg's inputs, and a leg's commands into theirs. An
//! outgoing line may ring several contacts of one phone: the first that answers has the call, the others are cancelled.

use std::sync::Arc;
use std::time::Duration;

use call::{Ending, LegId, LegInput, Refusal, SoundId};
use media::Prompt;
use media::io::{Audio, PlayId, RecordingId, Stream};
use model::Sid;
use sip::sdp::{self, Agreed, Description, Local};
use sip::{Dialog, DialogEvent};
use tokio_util::sync::DropGuard;

use crate::convert::{remote, sip_headers};

/// 488 Not Acceptable Here: no common codec (RFC 3261 §21.4.26).
pub(crate) const NOT_ACCEPTABLE: u16 = 488;

/// Why a call without RTP is ended.
const NO_AUDIO: &str =
    "no audio came from the far side: is RTP blocked on the way? See rtp.timeout in alo.toml";
/// "Call is terminated because of no audio received": <https://www.twilio.com/docs/api/errors/32014>.
const NO_AUDIO_CODE: u32 = 32014;

/// A line.
pub(crate) struct Line {
    pub(crate) leg: LegId,
    state: State,
    /// The far side rings; told once.
    rang: bool,
    /// What plays.
    sound: Option<SoundId>,
    /// Dropped, what is being spoken for it is spoken no further.
    speaking: Option<DropGuard>,
    /// Recordings begun, by their number.
    recordings: Vec<Tape>,
    /// The stream is closed: nothing more is heard of it.
    silent: bool,
}

/// A recording of a line.
struct Tape {
    recording: Sid,
    ended: bool,
}

enum State {
    /// The INVITEs are being sent; what comes early waits.
    Placing { early: Vec<(usize, DialogEvent)>, hang_up: bool },
    /// There is a stream, and at least one dialog.
    Open(Box<Open>),
    /// Over.
    Closed,
}

/// What an open line has.
pub(crate) struct Open {
    pub(crate) stream: Stream,
    pub(crate) local: Local,
    /// What they offered and we have not answered, or what we offered.
    pub(crate) offer: Offer,
    /// One for each INVITE; `None` once it has ended.
    pub(crate) branches: Vec<Option<Dialog>>,
    /// Which of them has the call.
    pub(crate) chosen: Option<usize>,
    /// The most telling end of those that ended.
    ending: Option<Ending>,
    /// Our offer went out in an answer; theirs has to come with the ACK.
    awaits_answer: bool,
}

impl Drop for Open {
    /// Whoever gives a line up, also by a panic, leaves no far side up.
    fn drop(&mut self) {
        for dialog in self.branches.iter().flatten() {
            dialog.hangup();
        }
    }
}

/// Who offered what.
pub(crate) enum Offer {
    /// They did, in their INVITE.
    Theirs(Description),
    /// We did, or will in our answer.
    Ours(Description),
}

impl Line {
    /// An outgoing line whose INVITEs are about to be sent.
    pub(crate) fn placing(leg: LegId) -> Line {
        Line::new(leg, State::Placing { early: Vec::new(), hang_up: false })
    }

    /// An incoming line.
    pub(crate) fn incoming(leg: LegId, open: Open) -> Line {
        Line::new(leg, State::Open(Box::new(open)))
    }

    fn new(leg: LegId, state: State) -> Line {
        let (sound, speaking, recordings) = (None, None, Vec::new());
        Line { leg, state, rang: false, sound, speaking, recordings, silent: false }
    }

    /// The INVITEs are out; gives what came meanwhile.
    pub(crate) fn placed(&mut self, open: Box<Open>) -> Vec<LegInput> {
        let State::Placing { early, hang_up } =
            std::mem::replace(&mut self.state, State::Open(open))
        else {
            return Vec::new();
        };
        let inputs = early
            .into_iter()
            .filter_map(|(branch, event)| self.dialog_event(branch, event))
            .collect();
        if hang_up {
            self.hang_up();
        }
        inputs
    }

    /// What a dialog reports, as the leg's input.
    pub(crate) fn dialog_event(&mut self, branch: usize, event: DialogEvent) -> Option<LegInput> {
        match &mut self.state {
            State::Placing { early, .. } => {
                early.push((branch, event));
                None
            }
            State::Closed => None,
            State::Open(_) => match event {
                DialogEvent::Progress { status, sdp } => self.progress(status, sdp.as_ref()),
                DialogEvent::Answered { sdp, headers } => {
                    self.answered(branch, sdp.as_ref(), &headers)
                }
                DialogEvent::Acknowledged { sdp } => {
                    self.late_answer(sdp.as_ref());
                    None
                }
                DialogEvent::Reoffer { sdp } => {
                    self.reoffer(branch, sdp.as_ref());
                    None
                }
                DialogEvent::ReofferAnswered { .. } => None,
                DialogEvent::Digit(key) => Some(LegInput::Digit(key)),
                DialogEvent::Ended(ending) => self.branch_ended(branch, ending),
            },
        }
    }

    fn open(&mut self) -> Option<&mut Open> {
        match &mut self.state {
            State::Open(open) => Some(open),
            State::Placing { .. } | State::Closed => None,
        }
    }

    /// The stream, while there is one.
    pub(crate) fn stream(&self) -> Option<&Stream> {
        match &self.state {
            State::Open(open) if !self.silent => Some(&open.stream),
            State::Open(_) | State::Placing { .. } | State::Closed => None,
        }
    }

    fn progress(&mut self, status: u16, sdp: Option<&Description>) -> Option<LegInput> {
        let open = self.open()?;
        let agreed = sdp.and_then(|answer| open.agree(answer)).filter(|_| open.branches.len() == 1);
        let early_media = agreed.is_some();
        if let Some(agreed) = agreed {
            open.connect(&agreed);
        }
        let rings = early_media || status == 180;
        if !rings || (self.rang && !early_media) {
            return None;
        }
        self.rang = true;
        Some(LegInput::Ringing { early_media })
    }

    fn answered(
        &mut self,
        branch: usize,
        sdp: Option<&Description>,
        headers: &[(String, String)],
    ) -> Option<LegInput> {
        let open = self.open()?;
        if open.chosen.is_some_and(|chosen| chosen != branch) {
            open.hang_up_branch(branch);
            return None;
        }
        open.chosen = Some(branch);
        for other in (0..open.branches.len()).filter(|other| *other != branch) {
            open.hang_up_branch(other);
        }
        if let Some(agreed) = sdp.and_then(|answer| open.agree(answer)) {
            open.ending = None;
            open.connect(&agreed);
            let dialog = open.branches.get(branch).and_then(Option::as_ref);
            let call_id =
                dialog.map(|dialog| ("SipCallId".to_owned(), dialog.call_id().to_owned()));
            return Some(LegInput::Answered(
                call_id.into_iter().chain(sip_headers(headers)).collect(),
            ));
        }
        // Answered without a codec that we offered: there is nothing to talk over.
        let reason = "answered without a common codec".to_owned();
        open.ending =
            Some(Ending { sip_status: Some(NOT_ACCEPTABLE), reason: Some(reason), alert: None });
        open.hang_up_branch(branch);
        None
    }

    fn late_answer(&mut self, sdp: Option<&Description>) {
        let Some(open) = self.open() else { return };
        let awaited = std::mem::take(&mut open.awaits_answer);
        match sdp.and_then(|answer| open.agree(answer)) {
            Some(agreed) => open.connect(&agreed),
            None if awaited => self.give_up("acknowledged without a common codec", None),
            None => {}
        }
    }

    /// Ends an answered line that can't be talked over any more.
    fn give_up(&mut self, why: &str, alert: Option<u32>) {
        if let Some(open) = self.open() {
            let alert = alert.map(|code| (code, why.to_owned()));
            open.ending = Some(Ending { sip_status: None, reason: Some(why.to_owned()), alert });
        }
        self.hang_up();
    }

    /// They hold, resume or move; or ask what we have.
    fn reoffer(&mut self, branch: usize, sdp: Option<&Description>) {
        let Some(open) = self.open() else { return };
        open.local.version += 1;
        let answer = match sdp {
            None => {
                let offer = sdp::offer(&open.local, sdp::Direction::SendRecv);
                let text = offer.to_string();
                open.offer = Offer::Ours(offer);
                open.awaits_answer = true;
                Ok(text)
            }
            Some(offer) => match sdp::answer(offer, &open.local) {
                Ok((answer, agreed)) if remote(&agreed).is_some() => {
                    open.connect(&agreed);
                    Ok(answer.to_string())
                }
                Ok(_) | Err(_) => Err(NOT_ACCEPTABLE),
            },
        };
        if let Some(Some(dialog)) = open.branches.get(branch) {
            dialog.answer_reoffer(answer);
        }
    }

    fn branch_ended(&mut self, branch: usize, ended: sip::Ending) -> Option<LegInput> {
        let open = self.open()?;
        if let Some(slot) = open.branches.get_mut(branch) {
            *slot = None;
        }
        let ending = Ending { sip_status: ended.status, reason: ended.reason, alert: None };
        let last = open.branches.iter().all(Option::is_none);
        let says = match open.chosen {
            // What ended the call is what we know already, else what the far side says.
            Some(chosen) => chosen == branch && open.ending.is_none(),
            None => open.ending.as_ref().is_none_or(|kept| says_more(&ending, kept)),
        };
        if says {
            open.ending = Some(ending);
        }
        if open.chosen != Some(branch) && !last {
            return None;
        }
        let ending = open.ending.take().unwrap_or_default();
        self.state = State::Closed;
        self.speaking = None;
        Some(LegInput::Ended(ending))
    }

    /// Lets the caller hear that it rings.
    pub(crate) fn ring(&mut self) {
        if let Some(Some(dialog)) = self.open().and_then(|open| open.branches.first()) {
            dialog.ringing();
        }
    }

    /// Picks up.
    pub(crate) fn answer(&mut self) {
        let Some(open) = self.open() else { return };
        open.chosen = Some(0);
        let text = match &open.offer {
            Offer::Ours(offer) => {
                open.awaits_answer = true;
                offer.to_string()
            }
            Offer::Theirs(offer) => match sdp::answer(offer, &open.local) {
                Ok((answer, agreed)) => {
                    open.connect(&agreed);
                    answer.to_string()
                }
                // It had a common codec when it came in.
                Err(_) => return self.reject(NOT_ACCEPTABLE, None),
            },
        };
        if let Some(Some(dialog)) = open.branches.first() {
            dialog.answer(text);
        }
    }

    /// Refuses.
    pub(crate) fn refuse(&mut self, refusal: Refusal) {
        match refusal {
            Refusal::Busy => self.reject(486, None),
            Refusal::Declined => self.reject(603, None),
            Refusal::Unavailable => self.reject(480, None),
        }
    }

    fn reject(&mut self, status: u16, reason: Option<&str>) {
        if let Some(Some(dialog)) = self.open().and_then(|open| open.branches.first()) {
            dialog.reject(status, reason);
        }
    }

    /// Ends it, whatever it does.
    pub(crate) fn hang_up(&mut self) {
        match &mut self.state {
            State::Placing { hang_up, .. } => *hang_up = true,
            State::Open(open) => {
                for dialog in open.branches.iter().flatten() {
                    dialog.hangup();
                }
            }
            State::Closed => {}
        }
    }

    /// Plays; what played before is replaced.
    pub(crate) fn play(&mut self, sound: SoundId, audio: Audio) {
        if self.sound != Some(sound) {
            return;
        }
        if let Some(stream) = self.stream() {
            stream.play(PlayId(sound.0), audio);
        }
    }

    /// Adds to what plays.
    pub(crate) fn grow(&mut self, sound: SoundId, part: Arc<Prompt>) {
        if let Some(stream) = self.stream().filter(|_| self.sound == Some(sound)) {
            stream.grow(PlayId(sound.0), part);
        }
    }

    /// Nothing is added any more to what plays.
    pub(crate) fn complete(&mut self, sound: SoundId) {
        if let Some(stream) = self.stream().filter(|_| self.sound == Some(sound)) {
            stream.complete(PlayId(sound.0));
        }
    }

    /// Sends keys.
    pub(crate) fn send_digits(&mut self, sound: SoundId, digits: &str) {
        if let Some(stream) = self.stream() {
            stream.send_digits(PlayId(sound.0), digits);
        }
    }

    /// A sound is about to play: whatever plays stops.
    pub(crate) fn expect_sound(&mut self, sound: SoundId) {
        self.stop();
        self.sound = Some(sound);
    }

    /// What it is about to play is being spoken, until this is dropped.
    pub(crate) fn speaks(&mut self, speaking: DropGuard) {
        self.speaking = Some(speaking);
    }

    /// Stops what plays, or was about to.
    pub(crate) fn stop(&mut self) {
        self.speaking = None;
        if self.sound.take().is_some()
            && let Some(stream) = self.stream()
        {
            stream.stop();
        }
    }

    /// Numbers a recording.
    pub(crate) fn number_recording(&mut self, recording: Sid) -> RecordingId {
        self.recordings.push(Tape { recording, ended: false });
        RecordingId(self.recordings.len() as u64 - 1)
    }

    /// The number of a recording.
    pub(crate) fn recording_number(&self, recording: Sid) -> Option<RecordingId> {
        let index = self.recordings.iter().position(|tape| tape.recording == recording)?;
        Some(RecordingId(index as u64))
    }

    /// What the stream reports, as the leg's inputs.
    pub(crate) fn media_event(&mut self, event: media::io::Event) -> Vec<LegInput> {
        match event {
            media::io::Event::Digit { key, .. } => vec![LegInput::Digit(key)],
            media::io::Event::PlayEnded { id } => {
                let sound = SoundId(id.0);
                self.sound.take_if(|playing| *playing == sound);
                vec![LegInput::SoundEnded(sound)]
            }
            media::io::Event::RecordingEnded { id, why, length, heard } => {
                let failure = match why {
                    media::io::RecordingEnd::Failed(text) => Some(text),
                    media::io::RecordingEnd::Stopped
                    | media::io::RecordingEnd::Silence
                    | media::io::RecordingEnd::MaxLength
                    | media::io::RecordingEnd::Closed => None,
                };
                let index = usize::try_from(id.0).unwrap_or(usize::MAX);
                let running = self.recordings.get_mut(index).filter(|tape| !tape.ended);
                running.map(|tape| tape.ends(length, heard, failure)).into_iter().collect()
            }
            media::io::Event::Lost => {
                // The far side is gone without a BYE; its end follows. Before the answer it need not send anything.
                if self.open().is_some_and(|open| open.chosen.is_some()) {
                    self.give_up(NO_AUDIO, Some(NO_AUDIO_CODE));
                }
                Vec::new()
            }
            media::io::Event::Closed { .. } => self.closed(),
            media::io::Event::FirstPacket | media::io::Event::RecordingStarted { .. } => Vec::new(),
        }
    }

    /// Nothing more comes from the stream. A recording that was ordered as it closed never began: it is empty.
    fn closed(&mut self) -> Vec<LegInput> {
        self.silent = true;
        self.speaking = None;
        self.give_up("its audio broke: please report it with the log", Some(12400));
        let running = self.recordings.iter_mut().filter(|tape| !tape.ended);
        running.map(|tape| tape.ends(Duration::ZERO, false, None)).collect()
    }
}

impl Tape {
    fn ends(&mut self, length: Duration, heard: bool, failure: Option<String>) -> LegInput {
        self.ended = true;
        LegInput::RecordingEnded { recording: self.recording, length, heard, failure }
    }
}

impl Open {
    /// One without a dialog yet.
    pub(crate) fn new(stream: Stream, local: Local, offer: Offer) -> Open {
        let (branches, chosen, ending) = (Vec::new(), None, None);
        Open { stream, local, offer, branches, chosen, ending, awaits_answer: false }
    }

    fn agree(&self, answer: &Description) -> Option<Agreed> {
        match &self.offer {
            Offer::Ours(offer) => sdp::agree(offer, answer).ok(),
            Offer::Theirs(_) => None,
        }
    }

    fn connect(&self, agreed: &Agreed) {
        if let Some(remote) = remote(agreed) {
            self.stream.connect(remote);
        }
    }

    fn hang_up_branch(&self, branch: usize) {
        if let Some(Some(dialog)) = self.branches.get(branch) {
            dialog.hangup();
        }
    }
}

/// Whether `new` tells more about why nobody answered than `kept` (RFC 3261 §16.7): busy, then other answers of
/// people, then those of machines.
fn says_more(new: &Ending, kept: &Ending) -> bool {
    let rank = |ending: &Ending| match ending.sip_status {
        // Nobody answered at all: any answer says more.
        None => 6,
        Some(600..=699) => 1,
        Some(486) => 2,
        Some(480 | 408 | 487) => 3,
        Some(400..=499) => 4,
        Some(_) => 5,
    };
    rank(new) < rank(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_refusals_the_most_telling_is_kept() {
        let ending = |sip_status| Ending { sip_status, reason: None, alert: None };
        let order = [Some(603), Some(486), Some(480), Some(404), Some(503), None];
        for (at, first) in order.iter().enumerate() {
            for second in &order[at + 1..] {
                assert!(says_more(&ending(*first), &ending(*second)), "{first:?} {second:?}");
                assert!(!says_more(&ending(*second), &ending(*first)), "{second:?} {first:?}");
            }
        }
    }

    #[test]
    fn a_recording_ordered_while_its_stream_closed_is_empty_and_told_once() {
        let mut line = Line::new(LegId(0), State::Closed);
        let recording = Sid::new(model::SidKind::Recording, 1);
        line.number_recording(recording);
        let closed = media::io::Event::Closed { statistics: media::io::Statistics::default() };
        let inputs = line.media_event(closed.clone());
        let [LegInput::RecordingEnded { length, heard: false, failure: None, .. }] = inputs[..]
        else {
            panic!("{inputs:?}");
        };
        assert!(length.is_zero());
        assert!(line.media_event(closed).is_empty());
    }
}

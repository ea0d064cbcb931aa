//! One call behind its handle: what signalling and media report is turned into state that can be waited for.
//!
//! Commands to the dialog are given without holding the lock, since the dialog's events may come at any moment.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use media::io::{self, Audio, PlayId, Remote, Statistics};
use sip::sdp::{self, Agreed, Description, Local};
use sip::{Dialog, DialogEvent, Ending};
use tokio::sync::watch;

use crate::ear::Ear;
use crate::note::{Note, What};
use crate::settings::Settings;
use crate::state::{Hold, Party, State};
use crate::wiring::{Reoffer, Wiring, direction};

/// Keys that the far side pressed and nobody asked about; the oldest is forgotten first.
const KEYS_KEPT: usize = 256;

/// What was said to its end that is remembered; more is not waited for at once.
const PLAYED_KEPT: usize = 64;

/// "Until stopped" for generated audio.
pub(crate) const UNTIL_STOPPED: Duration = Duration::from_secs(24 * 60 * 60);

/// What all calls of a phone share.
pub(crate) struct Desk {
    pub(crate) settings: Settings,
    pub(crate) sip: sip::Sip,
    pub(crate) media: media::io::Media,
}

impl Desk {
    pub(crate) fn note(&self, call: Option<u32>, what: What) {
        tracing::debug!(phone = self.settings.name, call, %what, "phone");
        if let Some(observer) = &self.settings.observer {
            observer(&Note { phone: self.settings.name.clone(), call, what });
        }
    }
}

/// One call.
pub(crate) struct Line {
    pub(crate) desk: Arc<Desk>,
    /// Which of the phone's calls, counted from 1.
    number: u32,
    pub(crate) caller: Party,
    pub(crate) called: Party,
    pub(crate) incoming: bool,
    /// Where signalling goes, for the choice of our media address.
    pub(crate) peer: SocketAddr,
    pub(crate) ear: Arc<Ear>,
    pub(crate) progress: watch::Sender<Progress>,
    wiring: Mutex<Wiring>,
}

/// What can be waited for.
pub(crate) struct Progress {
    pub(crate) state: State,
    /// The far phone rings.
    pub(crate) rings_there: bool,
    pub(crate) early_media: bool,
    /// Our answer arrived.
    pub(crate) acknowledged: bool,
    /// Headers that the far side sent.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) keys: VecDeque<char>,
    /// What was said or pressed to its end lately.
    pub(crate) played: VecDeque<PlayId>,
    /// How many of our new offers were answered, and the last answer.
    pub(crate) reoffers: u32,
    pub(crate) reoffer_status: u16,
    /// The RTP stream is closed or was never opened.
    pub(crate) silent: bool,
    pub(crate) statistics: Option<Statistics>,
}

impl Progress {
    /// Whether something was played to its end, or never will be.
    pub(crate) fn is_past(&self, id: PlayId) -> bool {
        self.played.contains(&id) || matches!(self.state, State::Ended(_))
    }
}

impl Line {
    pub(crate) fn new(
        desk: Arc<Desk>,
        number: u32,
        (caller, called): (Party, Party),
        (incoming, peer): (bool, SocketAddr),
        (offered, headers): (Option<Description>, Vec<(String, String)>),
    ) -> Arc<Self> {
        let progress = Progress {
            state: if incoming { State::Ringing } else { State::Dialling },
            rings_there: false,
            early_media: false,
            acknowledged: false,
            headers,
            keys: VecDeque::new(),
            played: VecDeque::new(),
            reoffers: 0,
            reoffer_status: 0,
            silent: true,
            statistics: None,
        };
        Arc::new(Self {
            desk,
            number,
            caller,
            called,
            incoming,
            peer,
            ear: Arc::default(),
            progress: watch::Sender::new(progress),
            wiring: Mutex::new(Wiring { offered, ..Wiring::default() }),
        })
    }

    pub(crate) fn note(&self, what: What) {
        self.desk.note(Some(self.number), what);
    }

    pub(crate) fn name(&self) -> &str {
        &self.desk.settings.name
    }

    /// The far side.
    pub(crate) fn with(&self) -> &Party {
        if self.incoming { &self.caller } else { &self.called }
    }

    pub(crate) fn state(&self) -> State {
        self.progress.borrow().state.clone()
    }

    pub(crate) fn sink(self: &Arc<Self>) -> sip::DialogSink {
        let line = Arc::clone(self);
        Arc::new(move |event| line.signalled(event))
    }

    pub(crate) fn attach(&self, dialog: &Dialog) {
        let early = {
            let mut wiring = self.wiring();
            wiring.dialog = Some(dialog.clone());
            wiring.early_reoffer.take()
        };
        if let Some(Reoffer(offer)) = early {
            self.reoffered(offer);
        }
        // The call may have ended before its dialog was known here.
        if matches!(self.state(), State::Ended(_)) {
            self.wiring().dialog = None;
        }
    }

    pub(crate) fn dialog(&self) -> Option<Dialog> {
        self.wiring().dialog.clone()
    }

    /// Opens the RTP socket and puts the ear to it.
    pub(crate) fn open(self: &Arc<Self>) -> Result<(), OpenError> {
        let line = Arc::downgrade(self);
        let sink = Box::new(move |event| {
            if let Some(line) = line.upgrade() {
                line.heard(&event);
            }
        });
        let affinity = u64::from(self.number);
        let stream = self.desk.media.open(affinity, sink).map_err(OpenError::Media)?;
        stream.tap(Some(self.ear.tap()));
        let ip = self.desk.sip.media_address(self.peer);
        let ours = SocketAddr::new(ip, stream.local_port());
        let advertised = match &self.desk.settings.detour {
            Some(detour) => detour.enter(ours).map_err(OpenError::Detour)?,
            None => ours,
        };
        let codecs = self.desk.settings.codecs.iter().map(|codec| match codec {
            media::Codec::Pcmu => sdp::Codec::Pcmu,
            media::Codec::Pcma => sdp::Codec::Pcma,
        });
        let local = Local {
            address: advertised.ip(),
            port: advertised.port(),
            codecs: codecs.collect(),
            session: u64::from(ours.port()),
            version: 1,
        };
        self.progress.send_modify(|progress| progress.silent = false);
        let mut wiring = self.wiring();
        wiring.local = Some(local);
        wiring.stream = Some(stream);
        Ok(())
    }

    /// The offer of our INVITE.
    pub(crate) fn offer(&self) -> Option<String> {
        let mut wiring = self.wiring();
        let offer = wiring.new_offer(self.desk.settings.keys)?;
        wiring.offer = Some(offer.clone());
        Some(offer.to_string())
    }

    /// The answer to the offer of their INVITE; our offer if it came without.
    pub(crate) fn answer(&self) -> Result<String, sdp::NoCommonCodec> {
        let (text, agreed) = {
            let mut wiring = self.wiring();
            let keys = self.desk.settings.keys;
            if let Some(offered) = wiring.offered.clone() {
                let (answer, agreed) = wiring.new_answer(offered, keys)?;
                (answer.to_string(), Some(agreed))
            } else {
                let offer = wiring.new_offer(keys).ok_or(sdp::NoCommonCodec)?;
                wiring.offer = Some(offer.clone());
                (offer.to_string(), None)
            }
        };
        if let Some(agreed) = agreed {
            self.connect(&agreed);
        }
        Ok(text)
    }

    /// Sends a new offer that holds or resumes; whether there is a call to do so.
    pub(crate) fn reoffer(&self, holding: bool) -> bool {
        let offer = {
            let mut wiring = self.wiring();
            wiring.holding = holding;
            if let Some(local) = &mut wiring.local {
                local.version += 1;
            }
            let Some(offer) = wiring.new_offer(self.desk.settings.keys) else { return false };
            wiring.offer = Some(offer.clone());
            offer.to_string()
        };
        let Some(dialog) = self.dialog() else { return false };
        dialog.reoffer(offer);
        true
    }

    /// Says something in place of what is said now; its number, if there is a stream.
    pub(crate) fn say(&self, audio: Audio) -> Option<PlayId> {
        let mut wiring = self.wiring();
        let id = wiring.next_play();
        wiring.stream.as_ref()?.play(id, audio);
        wiring.saying = Some(id);
        Some(id)
    }

    /// Presses keys after those that are being pressed; their number, if there is a stream.
    pub(crate) fn press(&self, keys: &str) -> Option<PlayId> {
        let mut wiring = self.wiring();
        let id = wiring.next_play();
        wiring.stream.as_ref()?.send_digits(id, keys);
        Some(id)
    }

    /// Stops talking.
    pub(crate) fn quiet(&self) {
        if let Some(stream) = &self.wiring().stream {
            stream.stop();
        }
        self.breathe();
    }

    pub(crate) fn hang_up(&self) {
        if matches!(self.state(), State::Ended(_)) {
            return;
        }
        if let Some(dialog) = self.dialog() {
            self.note(What::HangsUp);
            dialog.hangup();
        }
    }

    /// The far side refused a new offer: who held before still does.
    pub(crate) fn refused(&self, holding: bool) {
        self.wiring().holding = !holding;
    }

    fn signalled(&self, event: DialogEvent) {
        match event {
            DialogEvent::Progress { status, sdp } => self.progressed(status, sdp.as_ref()),
            DialogEvent::Answered { sdp, headers } => {
                self.answered(sdp.as_ref());
                self.progress.send_modify(|progress| progress.headers.extend(headers));
                self.note(What::Answered);
            }
            DialogEvent::Acknowledged { sdp } => {
                self.agree(sdp.as_ref());
                self.progress.send_modify(|progress| progress.acknowledged = true);
            }
            DialogEvent::Reoffer { sdp } => self.reoffered(sdp),
            DialogEvent::ReofferAnswered { sdp, status } => {
                self.agree(sdp.as_ref());
                self.progress.send_modify(|progress| {
                    progress.reoffers += 1;
                    progress.reoffer_status = status;
                });
            }
            DialogEvent::Digit(key) => self.key(key),
            DialogEvent::Ended(ending) => self.ended(ending),
        }
    }

    fn heard(&self, event: &io::Event) {
        match *event {
            io::Event::Digit { key, .. } => self.key(key),
            io::Event::PlayEnded { id } => self.said(id),
            io::Event::Lost => self.note(What::LosesAudio),
            io::Event::Closed { statistics } => {
                self.ear.close();
                self.progress.send_modify(|progress| {
                    progress.silent = true;
                    progress.statistics = Some(statistics);
                });
            }
            io::Event::FirstPacket
            | io::Event::RecordingStarted { .. }
            | io::Event::RecordingEnded { .. } => {}
        }
    }

    fn said(&self, id: PlayId) {
        self.progress.send_modify(|progress| {
            progress.played.push_back(id);
            if progress.played.len() > PLAYED_KEPT {
                progress.played.pop_front();
            }
        });
        if self.wiring().saying == Some(id) {
            self.breathe();
        }
    }

    /// Sends silence, as a phone does whose owner says nothing.
    fn breathe(&self) {
        if self.desk.settings.sends_silence {
            self.say(Audio::Silence(UNTIL_STOPPED));
        }
    }

    fn progressed(&self, status: u16, sdp: Option<&Description>) {
        self.agree(sdp);
        let early_media = sdp.is_some();
        self.note(What::Progress { status, early_media });
        self.progress.send_modify(|progress| {
            progress.rings_there |= status == 180;
            progress.early_media |= early_media;
            if progress.rings_there && progress.state == State::Dialling {
                progress.state = State::RingingThere;
            }
        });
    }

    fn answered(&self, sdp: Option<&Description>) {
        self.agree(sdp);
        self.progress.send_modify(|progress| {
            progress.state = State::Talking { hold: Hold::Nobody };
        });
    }

    pub(crate) fn answers(&self) {
        self.progress.send_modify(|progress| {
            if progress.state == State::Ringing {
                progress.state = State::Talking { hold: Hold::Nobody };
            }
        });
    }

    /// They answered our offer.
    fn agree(&self, answer: Option<&Description>) {
        let Some(answer) = answer else { return };
        let offer = self.wiring().offer.clone();
        let Some(offer) = offer else { return };
        match sdp::agree(&offer, answer) {
            Ok(agreed) => self.connect(&agreed),
            Err(error) => self.note(What::CannotTalk(error.to_string())),
        }
    }

    /// They sent a new offer, or ask for ours.
    fn reoffered(&self, offered: Option<Description>) {
        let (dialog, answer) = {
            let mut wiring = self.wiring();
            let Some(dialog) = wiring.dialog.clone() else {
                wiring.early_reoffer = Some(Reoffer(offered));
                return;
            };
            if let Some(local) = &mut wiring.local {
                local.version += 1;
            }
            let keys = self.desk.settings.keys;
            let answer = match offered {
                Some(offered) => wiring.new_answer(offered, keys).map(Some),
                None => Ok(None),
            };
            if matches!(answer, Ok(None)) {
                wiring.offer = wiring.new_offer(keys);
            }
            let offer = wiring.offer.as_ref().map(Description::to_string);
            (dialog, answer.map(|answer| (answer, offer)))
        };
        match answer {
            Ok((Some((answer, agreed)), _)) => {
                self.connect(&agreed);
                dialog.answer_reoffer(Ok(answer.to_string()));
            }
            Ok((None, offer)) => dialog.answer_reoffer(offer.ok_or(488)),
            Err(error) => {
                self.note(What::CannotTalk(error.to_string()));
                dialog.answer_reoffer(Err(488));
            }
        }
    }

    /// Sends to where they receive, and takes note of who holds whom.
    fn connect(&self, agreed: &Agreed) {
        let codec = match agreed.codec {
            sdp::Codec::Pcmu => media::Codec::Pcmu,
            sdp::Codec::Pcma => media::Codec::Pcma,
            sdp::Codec::Other(_) => return,
        };
        let (hold, is_mute) = {
            let wiring = self.wiring();
            let Some(stream) = &wiring.stream else { return };
            let ip = self.desk.sip.media_address(self.peer);
            let ours = SocketAddr::new(ip, stream.local_port());
            let address = match &self.desk.settings.detour {
                Some(detour) => detour.leave(ours, agreed.remote),
                None => agreed.remote,
            };
            stream.connect(Remote {
                address,
                codec,
                payload_type: agreed.payload_type,
                dtmf_payload_type: agreed.dtmf,
                direction: direction(agreed.direction),
            });
            let held = if wiring.holding {
                !agreed.direction.sends()
            } else {
                !agreed.direction.receives() || !agreed.direction.sends()
            };
            (Hold::of(wiring.holding, held), wiring.saying.is_none())
        };
        if is_mute {
            self.breathe();
        }
        self.holds(hold);
    }

    fn holds(&self, hold: Hold) {
        let mut before = None;
        self.progress.send_if_modified(|progress| match &mut progress.state {
            State::Talking { hold: current } if *current != hold => {
                before = Some(std::mem::replace(current, hold));
                true
            }
            _ => false,
        });
        match before {
            Some(before) if !before.by_them() && hold.by_them() => self.note(What::IsHeld),
            Some(before) if before.by_them() && !hold.by_them() => self.note(What::IsResumed),
            Some(_) | None => {}
        }
    }

    fn key(&self, key: char) {
        self.note(What::HearsKey(key));
        self.progress.send_modify(|progress| {
            progress.keys.push_back(key);
            if progress.keys.len() > KEYS_KEPT {
                progress.keys.pop_front();
            }
        });
    }

    fn ended(&self, ending: Ending) {
        self.note(What::Ended(ending.clone()));
        self.progress.send_modify(|progress| progress.state = State::Ended(ending));
        self.close();
    }

    /// Lets go of the socket and of the dialog.
    pub(crate) fn close(&self) {
        let (stream, dialog) = {
            let mut wiring = self.wiring();
            (wiring.stream.take(), wiring.dialog.take())
        };
        if stream.is_none() {
            self.ear.close();
        }
        drop((stream, dialog));
    }

    /// A poisoned lock guards nothing half-done: every change is one assignment.
    fn wiring(&self) -> MutexGuard<'_, Wiring> {
        self.wiring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why there is no RTP socket.
pub(crate) enum OpenError {
    Media(io::OpenError),
    Detour(std::io::Error),
}

//! What plays on a call's lines: got beside the call, played when it comes.
//!
//! A `<Say>` plays from its first sentence on while the others are spoken. When it is stopped, or its line ends, nothing
//! more of it is spoken; what is behind a URL is fetched to its end, and kept for the next who plays it.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use call::{LegId, LegInput, Sound, SoundId};
use media::Prompt;
use media::io::Audio;
use media::tone::{Country, Tone};
use model::{Alert, AlertLevel, SidKind};
use tokio_util::sync::CancellationToken;

use super::{Event, Task};
use crate::hub::Hub;
use crate::promise::Promise;
use crate::sids;
use crate::sounds::Unplayable;

/// What is heard where a sound can't be had: one second of the frequency of a fault.
const FAULT: Tone = Tone::Steady { hz: 425, duration: Duration::from_secs(1) };

/// "Say: Invalid voice value": <https://www.twilio.com/docs/api/errors/13512>.
const UNKNOWN_VOICE: u32 = 13512;

/// What came of a sound that is being got.
pub(crate) enum Arrival {
    /// All of it.
    Whole(Arc<Prompt>),
    /// Its first part.
    First(Arc<Prompt>),
    /// A later part.
    Next(Arc<Prompt>),
    /// There is no more.
    Last,
    /// It is of no length.
    Nothing,
    /// It can't be had.
    Failed(Unplayable),
    /// A part of it can't be had.
    Broke(Unplayable),
}

impl Task {
    pub(super) fn play(&mut self, leg: LegId, sound: SoundId, what: Sound, times: Option<u32>) {
        let Some(line) = self.lines.get_mut(&leg) else { return };
        line.expect_sound(sound);
        let at_hand = match &what {
            Sound::Digits(digits) => return line.send_digits(sound, digits),
            Sound::Beep => return line.play(sound, Audio::Tone(Tone::Beep)),
            Sound::RingBack(country) => {
                let tone = Tone::RingBack(ring_back(country.as_deref()));
                return line.play(sound, Audio::Tone(tone));
            }
            Sound::Url(url) => self.hub.sounds.at_hand(url),
            Sound::Say(say) => self.hub.sounds.said_before(say),
        };
        if let Some(prompt) = at_hand {
            return line.play(sound, whole(prompt, times));
        }
        if let Sound::Say(say) = &what {
            self.warn_of_voice(leg, say);
        }
        self.prepare(leg, sound, times, what);
    }

    /// A voice that nobody has is spoken by another; its application's owner is told once.
    fn warn_of_voice(&mut self, leg: LegId, say: &twiml::Say) {
        let Some(message) = self.hub.sounds.unknown_voice(say) else { return };
        let alert = Alert {
            sid: sids::random(SidKind::Alert),
            account: self.session.account(),
            call: self.session.call_record(leg).map(|record| record.sid),
            level: AlertLevel::Warning,
            code: UNKNOWN_VOICE,
            message,
            url: None,
            at: self.clock.now(),
        };
        self.alert(Box::new(alert));
    }

    /// Gets a sound beside the call; it comes back as [`Event::Sound`].
    fn prepare(&mut self, leg: LegId, sound: SoundId, times: Option<u32>, what: Sound) {
        let hub = Arc::clone(&self.hub);
        let event = move |arrival| Event::Sound { leg, sound, times, arrival };
        let promise = self.promise(event(Arrival::Failed(broken())));
        match what {
            Sound::Url(url) => {
                tokio::spawn(async move {
                    let arrival = match hub.sounds.fetch(&url).await {
                        Ok(prompt) => Arrival::Whole(prompt),
                        Err(error) => Arrival::Failed(error),
                    };
                    promise.keep(event(arrival)).await;
                });
            }
            Sound::Say(say) => {
                let stopped = CancellationToken::new();
                let guard = stopped.clone().drop_guard();
                self.with(leg, |line| line.speaks(guard));
                tokio::spawn(speak_until(stopped, hub, say, promise, event));
            }
            Sound::Digits(_) | Sound::Beep | Sound::RingBack(_) => {}
        }
    }

    pub(super) fn sound_arrives(
        &mut self,
        leg: LegId,
        sound: SoundId,
        times: Option<u32>,
        arrival: Arrival,
    ) {
        match arrival {
            Arrival::Whole(prompt) => self.with(leg, |line| line.play(sound, whole(prompt, times))),
            Arrival::First(first) => {
                let times = times.and_then(NonZeroU32::new);
                self.with(leg, |line| line.play(sound, Audio::Growing { first, times }));
            }
            Arrival::Next(prompt) => self.with(leg, |line| line.grow(sound, prompt)),
            Arrival::Last => self.with(leg, |line| line.complete(sound)),
            Arrival::Nothing => {
                self.with(leg, |line| line.play(sound, Audio::Silence(Duration::ZERO)));
            }
            Arrival::Failed(Unplayable { code, message }) => {
                self.tell(leg, Some(LegInput::SoundFailed { sound, code, message }));
                self.with(leg, |line| line.play(sound, Audio::Tone(FAULT)));
            }
            Arrival::Broke(Unplayable { code, message }) => {
                self.tell(leg, Some(LegInput::SoundFailed { sound, code, message }));
            }
        }
    }
}

/// Speaks until it is stopped: then a sentence that waits gives up its turn, and one that is being made is left off.
async fn speak_until(
    stopped: CancellationToken,
    hub: Arc<Hub>,
    say: twiml::Say,
    mut promise: Promise,
    event: impl Fn(Arrival) -> Event,
) {
    let last = tokio::select! {
        () = stopped.cancelled() => None,
        last = speak(&hub, &say, &mut promise, &event) => Some(last),
    };
    match last {
        Some(last) => promise.keep(event(last)).await,
        None => promise.forgo(),
    }
}

/// Speaks, and tells each sentence as it comes; what is to be told last is given back.
async fn speak(
    hub: &Hub,
    say: &twiml::Say,
    promise: &mut Promise,
    event: impl Fn(Arrival) -> Event,
) -> Arrival {
    let events = promise.events().clone();
    let mut said = hub.sounds.say(say);
    let mut failed = None;
    let first = loop {
        match said.next().await {
            Some(Ok(first)) => break first,
            Some(Err(error)) => failed = failed.or(Some(error)),
            None => return failed.map_or(Arrival::Nothing, Arrival::Failed),
        }
    };
    // What has begun to play ends whatever happens.
    promise.owe(event(Arrival::Last));
    let mut arrivals = vec![Arrival::First(first)];
    arrivals.extend(failed.map(Arrival::Broke));
    loop {
        for arrival in arrivals.drain(..) {
            // An error: the call is over, and nobody hears the rest.
            if events.send(event(arrival)).await.is_err() {
                return Arrival::Last;
            }
        }
        arrivals.push(match said.next().await {
            Some(Ok(next)) => Arrival::Next(next),
            Some(Err(error)) => Arrival::Broke(error),
            None => return Arrival::Last,
        });
    }
}

fn broken() -> Unplayable {
    let message = "a sound could not be made: please report it with the log".to_owned();
    Unplayable { code: 12400, message }
}

fn whole(prompt: Arc<Prompt>, times: Option<u32>) -> Audio {
    Audio::Prompt { prompt, times: times.and_then(NonZeroU32::new) }
}

/// Ring-back as in this country; others hear that of the US.
fn ring_back(country: Option<&str>) -> Country {
    match country {
        Some("br") => Country::Brazil,
        Some("uk") => Country::UnitedKingdom,
        Some(_) | None => Country::UnitedStates,
    }
}

#[cfg(test)]
mod tests;

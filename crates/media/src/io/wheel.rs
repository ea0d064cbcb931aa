//! What a media thread does every 20 ms: hands out what was received, sends what plays, records, and looks at the time.
//!
//! First every stream hears, then every stream sends, so that both sides of a bridge hear the same tick.

use super::leg::Leg;
use super::playing::{Performance, Playing};
use super::thread::{REPORT_TICKS, Thread};
use super::{Event, PlayId};
use crate::{FRAME, Frame, SILENCE};

impl Thread {
    /// One tick.
    pub(super) fn turn_wheel(&mut self) {
        for slot in 0..self.legs.len() {
            self.guard(slot, |thread| thread.hear(slot));
        }
        for slot in 0..self.legs.len() {
            self.guard(slot, |thread| thread.speak(slot));
        }
        self.line.flush();
    }

    /// Hands out what a stream received, and looks at its time.
    fn hear(&mut self, slot: usize) {
        let now = self.now();
        let (tick, timeout) = (self.tick, self.rtp_timeout);
        let Some(leg) = &mut self.legs[slot] else {
            return;
        };
        if leg.is_to_close() {
            return self.close(slot);
        }
        for digit in leg.inbound.tick(now).into_iter().flatten() {
            leg.tell_digit(digit);
        }
        leg.lend_ear();
        if !leg.receives() {
            leg.inbound.expect_nothing(now);
        } else if leg.inbound.is_newly_lost(timeout, now) {
            leg.tell(Event::Lost);
        }
        if tick >= leg.report_at {
            leg.report_at = tick + REPORT_TICKS;
            leg.report(tick, false);
        }
    }

    /// Sends a stream's tick, and records it.
    fn speak(&mut self, slot: usize) {
        let Some(leg) = &self.legs[slot] else {
            return;
        };
        let idle = leg.playing.is_none() && leg.dials.is_empty();
        if leg.relays || idle && !leg.tapes.are_running() && leg.bridge.is_none() {
            return;
        }
        // A copy, because both streams are in the same list.
        let bridged =
            leg.bridge.and_then(|peer| self.legs[peer].as_ref()?.inbound.heard().copied());
        let tick = self.tick;
        let Some(leg) = &mut self.legs[slot] else {
            return;
        };
        let mut changed = false;
        let sent = if leg.remote.is_none() {
            SILENCE
        } else if let Some(performance) = leg.dials.pop_front() {
            press(leg, performance, tick, &mut changed)
        } else if let Some(performance) = leg.playing.take() {
            play(leg, performance, tick, &mut changed)
        } else {
            pass_on(leg, bridged.as_ref(), tick)
        };
        if leg.tapes.are_running() {
            let received = leg.inbound.frame;
            changed |= leg.tapes.tick(&received, &sent, &mut self.line);
        }
        if changed {
            self.refresh(slot);
        }
    }
}

/// Presses keys for a tick, as events if they were agreed, else as tones; the audio of it.
fn press(leg: &mut Leg, mut performance: Performance, tick: u64, changed: &mut bool) -> Frame {
    let events = leg.remote.and_then(|remote| remote.dtmf_payload_type);
    let mut audio = SILENCE;
    match (events, &mut performance.what) {
        (Some(payload_type), Playing::Digits(dialer)) => {
            let press = dialer.tick();
            if let (Some(event), Some(_)) = (press.event(), leg.sends()) {
                leg.outbound.send_event(&leg.rtp, tick, payload_type, event, press.is_start());
            }
        }
        (Some(_) | None, what) => {
            what.next_samples(&mut audio);
            if let Some(format) = leg.sends() {
                leg.outbound.send_samples(&leg.rtp, tick, format, &audio);
            }
        }
    }
    if performance.what.is_over() {
        *changed = true;
        tell_end(leg, performance.id);
    } else {
        leg.dials.push_front(performance);
    }
    audio
}

/// Plays for a tick; the audio of it.
fn play(leg: &mut Leg, mut performance: Performance, tick: u64, changed: &mut bool) -> Frame {
    let mut audio = SILENCE;
    if !performance.what.is_over() {
        let mut encoded = [0; FRAME];
        let format = leg.sends();
        let ready = format.filter(|_| !leg.tapes.are_running());
        if let Some((codec, payload_type)) = ready
            && performance.what.next_encoded(codec, &mut encoded)
        {
            leg.outbound.send_frame(&leg.rtp, tick, payload_type, &encoded);
        } else {
            performance.what.next_samples(&mut audio);
            if let Some(format) = format {
                leg.outbound.send_samples(&leg.rtp, tick, format, &audio);
            }
        }
    }
    if performance.what.is_over() {
        *changed = true;
        tell_end(leg, performance.id);
    } else {
        leg.playing = Some(performance);
    }
    audio
}

/// Sends what the bridged stream says.
fn pass_on(leg: &mut Leg, bridged: Option<&Frame>, tick: u64) -> Frame {
    let Some(audio) = bridged else {
        return SILENCE;
    };
    if let Some(format) = leg.sends() {
        leg.outbound.send_samples(&leg.rtp, tick, format, audio);
    }
    *audio
}

fn tell_end(leg: &mut Leg, id: Option<PlayId>) {
    if let Some(id) = id {
        leg.tell(Event::PlayEnded { id });
    }
}

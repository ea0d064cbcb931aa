//! What a session wants, carried out.

use std::sync::Arc;
use std::time::Duration;

use call::{LegId, LegInput, Output, Placement, RecordingOrder, Request, Telling};
use media::io::{Channels, Recording, Source};
use model::{
    Alert, RecordingRecord, SidKind, Transcription, TranscriptionOrder, TranscriptionStatus,
};

use super::writes::Write;
use super::{Event, Task};
use crate::convert;
use crate::http::Ask;
use crate::line::Line;
use crate::lines;
use crate::place::place;
use crate::promise::Promise;
use crate::sids;

impl Task {
    pub(super) fn carry_out(&mut self, output: Output) {
        match output {
            Output::Place(placement) => self.place(*placement),
            Output::Ring(leg) => self.with(leg, Line::ring),
            Output::Answer(leg) => self.with(leg, Line::answer),
            Output::Reject(leg, refusal) => self.with(leg, |line| line.refuse(refusal)),
            Output::Hangup(leg) => self.hang_up(leg),
            Output::Play { leg, sound, what, times } => self.play(leg, sound, what, times),
            Output::Stop(leg) => self.with(leg, Line::stop),
            Output::Record(leg, order) => self.record(leg, &order),
            Output::StopRecording(leg, recording) => self.with(leg, |line| {
                if let (Some(number), Some(stream)) =
                    (line.recording_number(recording), line.stream())
                {
                    stream.stop_recording(number);
                }
            }),
            Output::Bridge(one, other) => {
                if let Some((one, other)) = self.streams(one, other) {
                    one.bridge(other);
                }
            }
            Output::Unbridge(one, other) => {
                for leg in [one, other] {
                    self.with(leg, |line| {
                        if let Some(stream) = line.stream() {
                            stream.unbridge();
                        }
                    });
                }
            }
            Output::Fetch(request) => self.fetch(*request),
            Output::Report(report) => self.report(*report),
            Output::SaveRecording { record, callback } => self.save_recording(record, callback),
            Output::DropRecording(recording) => self.writes.push(Write::DropRecording(recording)),
            Output::Alert(alert) => self.alert(alert),
            Output::Text { id, from, to, body, callback, leg: _ } => {
                let callback = callback.map(|hook| (hook.url, hook.method));
                self.text(id, from, to, body, callback);
            }
            Output::Listen { leg, id, listen } => self.listen(leg, id, listen),
            Output::StopListening(leg) => self.stop_listening(leg),
            Output::Prepare(says) => self.hub.sounds.prepare(&says),
            Output::Transcribe(order) => self.transcribe(*order),
            Output::Tell(telling) => self.tell_beside(telling),
            Output::Over | Output::Idle(_) => {}
        }
    }

    fn report(&mut self, report: call::Report) {
        let is_final = report.record.status.is_final();
        // The last leg stays until all of the call is kept: whoever sees no live call sees what became of it.
        if is_final && !self.session.live_calls().is_empty() {
            self.leave(report.record.sid);
        }
        if is_final {
            lines::left(&self.hub, report.record.sid);
        }
        let change = convert::change(report, self.clock.now());
        self.writes.push(Write::Call(Box::new(change)));
    }

    pub(super) fn alert(&mut self, alert: Box<Alert>) {
        tracing::warn!(code = alert.code, call = ?alert.call, "{}", alert.message);
        self.writes.push(Write::Alert(alert));
    }

    /// Has a recording written down, which is kept before.
    fn transcribe(&mut self, order: call::Transcribe) {
        let now = self.clock.now();
        let record = Transcription {
            sid: sids::random(SidKind::Transcription),
            account: order.account,
            recording: order.recording,
            call: order.call,
            status: TranscriptionStatus::InProgress,
            text: None,
            failure: None,
            language: self.hub.settings.transcripts_in.clone(),
            length: order.length,
            created_at: now,
            updated_at: now,
        };
        let order = TranscriptionOrder { record, callback: order.callback, params: order.params };
        self.writes.push(Write::Transcription(Box::new(order)));
    }

    /// Tells an application what is guessed at: tried once, and kept nowhere, since the next guess says more. While
    /// [`crate::hub::GUESSES`] are under way, more are left out.
    pub(super) fn tell_beside(&self, (url, method, params): Telling) {
        let Ok(turn) = Arc::clone(&self.hub.guesses).try_acquire_owned() else {
            metrics::counter!("alo_guesses_dropped_total").increment(1);
            return;
        };
        let (hub, account) = (Arc::clone(&self.hub), self.session.account());
        tokio::spawn(async move {
            let key = format!("{:032x}", crate::sids::random_bits());
            let told = match hub.token(account).await {
                Ok(token) => {
                    let ask = Ask {
                        url: &url,
                        method,
                        params: &params,
                        token: &token,
                        idempotency_key: &key,
                        cookies: None,
                    };
                    hub.http.tell(&ask).await.map_err(|error| error.to_string())
                }
                Err(error) => Err(error.to_string()),
            };
            if let Err(error) = told {
                tracing::debug!(error, "what was guessed at could not be told");
            }
            drop(turn);
        });
    }

    fn save_recording(&mut self, record: Box<RecordingRecord>, callback: Option<Telling>) {
        let now = self.clock.now();
        // A lane of its own: an application that doesn't want to hear of recordings keeps no status back.
        let callbacks = callback.into_iter().map(|(url, method, params)| {
            convert::row(record.sid, record.account, url, method, params, now)
        });
        let callbacks = callbacks.collect();
        self.writes.push(Write::Recording(record, callbacks));
    }

    pub(super) fn with(&mut self, leg: LegId, command: impl FnOnce(&mut Line)) {
        if let Some(line) = self.lines.get_mut(&leg) {
            command(line);
        }
    }

    fn streams(
        &self,
        one: LegId,
        other: LegId,
    ) -> Option<(&media::io::Stream, &media::io::Stream)> {
        Some((self.lines.get(&one)?.stream()?, self.lines.get(&other)?.stream()?))
    }

    fn place(&mut self, placement: Placement) {
        self.lines.insert(placement.leg, Line::placing(placement.leg));
        if !self.calls.contains(&placement.sid) {
            self.enter(placement.sid);
        }
        let reason = "placing the call failed: please report it with the log".to_owned();
        let alert = Some((12400, reason.clone()));
        let ending = call::Ending { sip_status: Some(500), reason: Some(reason), alert };
        let promise = self.promise(Event::NotPlaced(placement.leg, ending));
        tokio::spawn(place(Arc::clone(&self.hub), placement, self.affinity, promise));
    }

    pub(super) fn promise(&self, last_resort: Event) -> Promise {
        Promise::new(self.hub.runtime.clone(), self.events.clone(), last_resort)
    }

    fn hang_up(&mut self, leg: LegId) {
        match self.lines.get_mut(&leg) {
            Some(line) => line.hang_up(),
            // Never placed: there is nobody to tell, so it has ended.
            None => self.tell(leg, Some(LegInput::Ended(call::Ending::default()))),
        }
    }

    fn record(&mut self, leg: LegId, order: &RecordingOrder) {
        let path = self.hub.recording_path(order.recording);
        let Some(line) = self.lines.get_mut(&leg) else { return };
        let number = line.number_recording(order.recording);
        let what = Recording {
            path,
            source: if order.both { Source::Both } else { Source::Received },
            channels: if order.dual { Channels::Dual } else { Channels::Mono },
            max_length: order.max_length,
            end_on_silence: order.silence,
            trim: order.trim,
        };
        if let Some(stream) = line.stream() {
            return stream.record(number, what);
        }
        let failure = Some("the call had ended".to_owned());
        let (recording, length) = (order.recording, Duration::ZERO);
        let ended = LegInput::RecordingEnded { recording, length, heard: false, failure };
        self.tell(leg, Some(ended));
    }

    /// Sends the text of an `<Sms>` beside the call.
    fn text(
        &mut self,
        id: call::TextId,
        from: String,
        to: String,
        body: String,
        callback: Option<(String, model::Method)>,
    ) {
        let failed = |message: String| call::TextFailure { code: 12400, message };
        let broken = failed("the text could not be sent: please report it with the log".to_owned());
        let promise = self.promise(Event::Texted(id, Err(broken)));
        let (hub, account) = (Arc::clone(&self.hub), self.session.account());
        tokio::spawn(async move {
            let result = crate::texts::send_from_call(&hub, account, [&from, &to], body, callback);
            promise.keep(Event::Texted(id, result.await)).await;
        });
    }

    fn fetch(&mut self, request: Request) {
        // An application that is told of a recording may ask for it at once.
        let recorded = request.params.iter().any(|(name, _)| name == "RecordingSid");
        let kept = recorded.then(|| self.writes.flushed());
        let message = "asking the application failed: please report it with the log".to_owned();
        let failure = call::FetchFailure { code: 12400, message };
        let promise = self.promise(Event::Fetched(request.id, Err(failure)));
        let (hub, cookies) = (Arc::clone(&self.hub), Arc::clone(&self.cookies));
        tokio::spawn(async move {
            if let Some(kept) = kept {
                // An error: the task is gone, and with it whatever had to be kept first.
                let _ = kept.await;
            }
            let result = match hub.token(request.account).await {
                Ok(token) => {
                    let key = format!("{:032x}", crate::sids::random_bits());
                    let ask = Ask {
                        url: &request.url,
                        method: request.method,
                        params: &request.params,
                        token: &token,
                        idempotency_key: &key,
                        cookies: Some(&cookies),
                    };
                    hub.http.document(&ask).await
                }
                Err(error) => Err(call::FetchFailure { code: 12400, message: error.to_string() }),
            };
            metrics::counter!("alo_webhooks_total", "ok" => result.is_ok().to_string())
                .increment(1);
            promise.keep(Event::Fetched(request.id, result)).await;
        });
    }
}

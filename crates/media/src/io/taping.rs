//! The recordings of one stream: audio is gathered into blocks for the writer, and ends are told when files are complete.

use std::time::Duration;

use super::inbox::StreamId;
use super::writer::{Key, Line, Work};
use super::{Event, Recording, RecordingEnd, RecordingId};
use crate::recorder::{End, Plan, Recorder};
use crate::{FRAME, Frame};

/// Recordings of one stream at a time; the next one fails.
const MAX: usize = 4;

/// Ticks of audio that go to the writer at once: 0.4 s.
const BLOCK_TICKS: usize = 20;

/// The recordings that run or whose files are being completed.
#[derive(Debug, Default)]
pub(super) struct Tapes {
    tapes: Vec<Tape>,
    pub(super) blocks_dropped: u64,
}

#[derive(Debug)]
struct Tape {
    key: Key,
    recorder: Recorder,
    block: Vec<i16>,
    /// Set once the end is decided and the writer completes the file.
    why: Option<RecordingEnd>,
}

impl Tapes {
    /// Whether any recording wants audio.
    pub(super) fn are_running(&self) -> bool {
        self.tapes.iter().any(|tape| tape.why.is_none())
    }

    /// Whether nothing runs and no file is being completed.
    pub(super) fn are_done(&self) -> bool {
        self.tapes.is_empty()
    }

    /// Starts a recording; what to tell of it.
    pub(super) fn start(&mut self, key: Key, what: Recording, line: &mut Line) -> Event {
        let id = key.recording;
        if self.tapes.len() >= MAX || self.tapes.iter().any(|tape| tape.key == key) {
            let why = format!("a stream has at most {MAX} recordings, each with its own id");
            return failed(id, why, false);
        }
        let recorder = Recorder::new(Plan {
            source: what.source,
            channels: what.channels,
            max_length: what.max_length,
            end_on_silence: what.end_on_silence,
            trim: what.trim,
        });
        line.post(key, Work::Begin { path: what.path, channels: recorder.channels() });
        self.tapes.push(Tape { key, recorder, block: line.block(), why: None });
        Event::RecordingStarted { id }
    }

    /// Records a tick of both directions; whether a recording came to its end.
    pub(super) fn tick(&mut self, received: &Frame, sent: &Frame, line: &mut Line) -> bool {
        let mut ended = false;
        for tape in self.tapes.iter_mut().filter(|tape| tape.why.is_none()) {
            let end = tape.recorder.tick(received, sent, &mut tape.block);
            if tape.block.len() >= BLOCK_TICKS * FRAME * usize::from(tape.recorder.channels()) {
                self.blocks_dropped += tape.post_block(line);
            }
            if let Some(end) = end {
                let why = match end {
                    End::Silence => RecordingEnd::Silence,
                    End::MaxLength => RecordingEnd::MaxLength,
                };
                self.blocks_dropped += tape.end(why, line);
                ended = true;
            }
        }
        ended
    }

    /// Ends one recording, if it runs.
    pub(super) fn stop(&mut self, id: RecordingId, line: &mut Line) {
        let running = |tape: &&mut Tape| tape.key.recording == id && tape.why.is_none();
        if let Some(tape) = self.tapes.iter_mut().find(running) {
            self.blocks_dropped += tape.end(RecordingEnd::Stopped, line);
        }
    }

    /// Ends all that run, as the stream is closed.
    pub(super) fn close(&mut self, line: &mut Line) {
        for tape in self.tapes.iter_mut().filter(|tape| tape.why.is_none()) {
            self.blocks_dropped += tape.end(RecordingEnd::Closed, line);
        }
    }

    /// Takes the writer's word that a file is complete or failed; what to tell of it.
    pub(super) fn written(
        &mut self,
        id: RecordingId,
        result: Result<Duration, String>,
    ) -> Option<Event> {
        let at = self.tapes.iter().position(|tape| tape.key.recording == id)?;
        let tape = self.tapes.swap_remove(at);
        let heard = tape.recorder.heard();
        Some(match (result, tape.why) {
            (Ok(length), Some(why)) => Event::RecordingEnded { id, why, length, heard },
            // The writer completes a file only when it is asked to.
            (Ok(_), None) => failed(id, "the file was completed unasked".into(), heard),
            (Err(why), _) => failed(id, why, heard),
        })
    }
}

impl Tape {
    /// How many blocks were dropped: 0 or 1.
    fn post_block(&mut self, line: &mut Line) -> u64 {
        if self.block.is_empty() {
            return 0;
        }
        let block = std::mem::replace(&mut self.block, line.block());
        u64::from(!line.post_block(self.key, block))
    }

    fn end(&mut self, why: RecordingEnd, line: &mut Line) -> u64 {
        let dropped = self.post_block(line);
        line.post(self.key, Work::End { keep: self.recorder.kept() });
        self.why = Some(why);
        dropped
    }
}

/// The key of a stream's recording.
pub(super) const fn key(thread: usize, stream: StreamId, recording: RecordingId) -> Key {
    Key { thread, stream, recording }
}

fn failed(id: RecordingId, why: String, heard: bool) -> Event {
    Event::RecordingEnded { id, why: RecordingEnd::Failed(why), length: Duration::ZERO, heard }
}

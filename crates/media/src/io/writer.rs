//! The one thread that writes recordings to disk.
//!
//! Its queue is bounded: when it is full, blocks of audio are dropped by the sender, counted, and logged once; beginnings
//! and ends are kept and sent again at the next tick. A file is whole up to its last block at any moment. Its data is
//! handed to the operating system, not forced to the platter: a crash of the process loses nothing, a power failure may.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

use super::RecordingId;
use super::inbox::{Command, Inbox, StreamId};
use crate::wav;

/// Works that wait for the disk at most; at 0.4 s of audio each that is 3–6 MB.
const CAPACITY: usize = 512;

/// Emptied blocks that are kept for use again.
const SPARE: usize = 128;

/// Which recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) thread: usize,
    pub(super) stream: StreamId,
    pub(super) recording: RecordingId,
}

/// What the writer is asked to do.
#[derive(Debug)]
pub(super) enum Work {
    Begin {
        path: PathBuf,
        channels: u16,
    },
    Block(Vec<i16>),
    /// Complete the file, with so many samples in each channel at most.
    End {
        keep: u64,
    },
}

/// A media thread's line to the writer.
pub(super) struct Line {
    work: Sender<(Key, Work)>,
    spare: Receiver<Vec<i16>>,
    /// Beginnings and ends that found the queue full.
    waiting: VecDeque<(Key, Work)>,
    told: bool,
}

/// Starts the writer; it ends when all its lines are gone.
pub(super) fn start(inboxes: Vec<Inbox>) -> io::Result<(JoinHandle<()>, Vec<Line>)> {
    let (work, receiver) = bounded(CAPACITY);
    let (spare_sender, spare) = bounded(SPARE);
    let lines = inboxes
        .iter()
        .map(|_| Line {
            work: work.clone(),
            spare: spare.clone(),
            waiting: VecDeque::new(),
            told: false,
        })
        .collect();
    let mut writer = Writer { inboxes, files: HashMap::new(), spare: spare_sender };
    let thread = std::thread::Builder::new().name("media-writer".into()).spawn(move || {
        for (key, work) in receiver {
            writer.perform(key, work);
        }
    })?;
    Ok((thread, lines))
}

impl Line {
    /// An empty block.
    pub(super) fn block(&self) -> Vec<i16> {
        self.spare.try_recv().unwrap_or_default()
    }

    /// Posts a beginning or an end; never lost.
    pub(super) fn post(&mut self, key: Key, work: Work) {
        self.waiting.push_back((key, work));
        self.flush();
    }

    /// Posts audio; whether there was room for it.
    pub(super) fn post_block(&mut self, key: Key, block: Vec<i16>) -> bool {
        self.flush();
        let fits = self.waiting.is_empty() && self.work.try_send((key, Work::Block(block))).is_ok();
        if !fits && !self.told {
            self.told = true;
            tracing::error!("the disk doesn't keep up with the recordings: audio is left out");
        }
        fits
    }

    /// Sends what waits, as far as there is room.
    pub(super) fn flush(&mut self) {
        while let Some(work) = self.waiting.pop_front() {
            match self.work.try_send(work) {
                Ok(()) => {}
                Err(TrySendError::Full(work)) => return self.waiting.push_front(work),
                // The writer only ends when its lines are gone.
                Err(TrySendError::Disconnected(_)) => return,
            }
        }
    }
}

struct Writer {
    inboxes: Vec<Inbox>,
    files: HashMap<Key, wav::Writer<File>>,
    spare: Sender<Vec<i16>>,
}

impl Writer {
    fn perform(&mut self, key: Key, work: Work) {
        let result = match work {
            Work::Begin { path, channels } => self.begin(key, &path, channels).map(|()| None),
            Work::Block(block) => self.append(key, block).map(|()| None),
            Work::End { keep } => self.end(key, keep),
        };
        match result {
            Ok(None) => {}
            Ok(Some(length)) => self.tell(key, Ok(length)),
            Err(error) => {
                self.files.remove(&key);
                self.tell(key, Err(error.to_string()));
            }
        }
    }

    fn begin(&mut self, key: Key, path: &PathBuf, channels: u16) -> io::Result<()> {
        let file = File::create(path).map_err(|error| {
            io::Error::new(error.kind(), format!("{}: {error}", path.display()))
        })?;
        self.files.insert(key, wav::Writer::new(file, channels)?);
        Ok(())
    }

    fn append(&mut self, key: Key, mut block: Vec<i16>) -> io::Result<()> {
        // A file that failed was told of; what still comes for it is left out.
        let written = self.files.get_mut(&key).map_or(Ok(()), |file| file.write(&block));
        block.clear();
        // With enough spare ones this one is freed.
        let _ = self.spare.try_send(block);
        written
    }

    fn end(&mut self, key: Key, keep: u64) -> io::Result<Option<Duration>> {
        let Some(writer) = self.files.remove(&key) else {
            return Ok(None);
        };
        let channels = writer.channels();
        let (file, length) = writer.finish(keep)?;
        file.set_len(length)?;
        let samples = (length - wav::HEADER as u64) / (2 * u64::from(channels));
        Ok(Some(crate::duration_of(samples)))
    }

    fn tell(&self, key: Key, result: Result<Duration, String>) {
        self.inboxes[key.thread].send_patiently(Command::Written(
            key.stream,
            key.recording,
            result,
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Key = Key { thread: 0, stream: StreamId(1), recording: RecordingId(2) };

    #[test]
    fn a_slow_disk_costs_blocks_but_neither_beginnings_nor_ends() {
        let (work, disk) = bounded(2);
        let (_, spare) = bounded(1);
        let mut line = Line { work, spare, waiting: VecDeque::new(), told: false };
        line.post(KEY, Work::Begin { path: PathBuf::new(), channels: 1 });
        assert!(line.post_block(KEY, vec![1]));
        assert!(!line.post_block(KEY, vec![2]), "the queue is full");
        line.post(KEY, Work::End { keep: 1 });
        assert!(!line.post_block(KEY, vec![3]), "nothing overtakes what waits");
        let mut done = Vec::new();
        while let Ok((_, work)) = disk.try_recv() {
            done.push(format!("{work:?}"));
            line.flush();
        }
        assert_eq!(done, ["Begin { path: \"\", channels: 1 }", "Block([1])", "End { keep: 1 }"]);
    }
}

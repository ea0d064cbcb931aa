//! What was spoken, on disk: a file for each sentence, so that a restart doesn't make it again.
//!
//! A thread of its own writes, each file under another name first, and deletes what was used longest ago when the bytes
//! run out; it is the only one that changes the folder. Files that aren't ours are left alone, damaged ones of ours are
//! deleted. When the disk is full, nothing is kept any more, and calls go on.

mod file;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::SystemTime;

use crate::Speech;
use crate::key::Key;

/// Ends the name of a file of ours, after the key.
const ENDING: &str = ".speech";
/// Ends the name of a file that is being written.
const UNFINISHED: &str = ".tmp";
/// Sentences that wait to be written; those beyond are only kept in memory.
const QUEUE: usize = 64;

/// Where what was spoken is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShelfSettings {
    /// The folder; it is made where it isn't there.
    pub folder: PathBuf,
    /// Bytes that its files take at most.
    pub bytes: u64,
}

/// The folder, and the thread that changes it.
pub(crate) struct Shelf {
    folder: PathBuf,
    /// What is there; `None` until the folder was read.
    known: Arc<Mutex<Option<Known>>>,
    orders: Option<SyncSender<Order>>,
    thread: Option<JoinHandle<()>>,
}

enum Order {
    Keep(Key, Arc<Speech>),
    Used(Key),
    Damaged(Key),
    #[cfg(test)]
    Tell(SyncSender<()>),
}

/// What is in the folder, and when it was used.
#[derive(Default)]
struct Known {
    bytes: u64,
    uses: u64,
    files: HashMap<Key, File>,
    by_use: BTreeMap<u64, Key>,
}

struct File {
    bytes: u64,
    used: u64,
}

impl Shelf {
    /// Opens the folder; it is read beside, so that this takes no time.
    pub(crate) fn open(settings: ShelfSettings) -> io::Result<Shelf> {
        fs::create_dir_all(&settings.folder)?;
        let known = Arc::new(Mutex::new(None));
        let (orders, received) = sync_channel(QUEUE);
        let folder = settings.folder.clone();
        let writer = Writer { settings, known: Arc::clone(&known), complained: false };
        let thread = std::thread::Builder::new()
            .name("speech-shelf".to_owned())
            .spawn(move || writer.work(&received))?;
        Ok(Shelf { folder, known, orders: Some(orders), thread: Some(thread) })
    }

    /// Whether it may have `key`: reading it waits for the disk.
    pub(crate) fn may_have(&self, key: Key) -> bool {
        locked(&self.known).as_ref().is_none_or(|known| known.files.contains_key(&key))
    }

    /// What was spoken; waits for the disk.
    pub(crate) fn read(&self, key: Key) -> Option<Speech> {
        let speech = match fs::read(path(&self.folder, key)) {
            Ok(bytes) => file::read(&bytes),
            Err(_) => return None,
        };
        self.order(if speech.is_some() { Order::Used(key) } else { Order::Damaged(key) });
        speech
    }

    /// Has `speech` written, unless too much is waiting for that.
    pub(crate) fn keep(&self, key: Key, speech: &Arc<Speech>) {
        self.order(Order::Keep(key, Arc::clone(speech)));
    }

    fn order(&self, order: Order) {
        if let Some(orders) = &self.orders {
            // Full: it is made, or read, again one day.
            let _ = orders.try_send(order);
        }
    }

    /// Returns when everything was written that was ordered before.
    #[cfg(test)]
    pub(crate) fn settle(&self) {
        let (told, tells) = sync_channel(1);
        let orders = self.orders.as_ref().expect("it is open");
        orders.send(Order::Tell(told)).expect("the thread lives");
        tells.recv().expect("the thread lives");
    }
}

impl Drop for Shelf {
    /// What was ordered is written.
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            // It panicked: that was told already.
            let _ = thread.join();
        }
    }
}

struct Writer {
    settings: ShelfSettings,
    known: Arc<Mutex<Option<Known>>>,
    complained: bool,
}

impl Writer {
    fn work(mut self, orders: &Receiver<Order>) {
        let known = scan(&self.settings.folder).unwrap_or_else(|error| {
            self.complain(&error);
            Known::default()
        });
        *locked(&self.known) = Some(known);
        self.shrink(0);
        while let Ok(order) = orders.recv() {
            match order {
                Order::Keep(key, speech) => self.keep(key, &speech),
                Order::Used(key) => self.used(key),
                Order::Damaged(key) => self.remove(key),
                #[cfg(test)]
                Order::Tell(told) => {
                    let _ = told.send(());
                }
            }
        }
    }

    fn keep(&mut self, key: Key, speech: &Speech) {
        let bytes = file::write(speech);
        let size = bytes.len() as u64;
        if size > self.settings.bytes || self.with(|known| known.files.contains_key(&key)) {
            return;
        }
        self.shrink(size);
        match self.write(key, &bytes) {
            Ok(()) => {
                self.complained = false;
                self.with(|known| known.add(key, size));
            }
            Err(error) => self.complain(&error),
        }
    }

    fn write(&self, key: Key, bytes: &[u8]) -> io::Result<()> {
        let unfinished = self.settings.folder.join(format!("{}{UNFINISHED}", key.name()));
        let written = fs::write(&unfinished, bytes)
            .and_then(|()| fs::rename(&unfinished, path(&self.settings.folder, key)));
        if written.is_err() {
            // A full disk gets back what it took.
            let _ = fs::remove_file(&unfinished);
        }
        written
    }

    /// Its time of change says when it was used, for the next run.
    fn used(&mut self, key: Key) {
        self.with(|known| known.touch(key));
        let file = fs::File::options().append(true).open(path(&self.settings.folder, key));
        // Where it can't be marked it goes earlier than it should.
        let _ = file.and_then(|file| file.set_modified(SystemTime::now()));
    }

    /// Deletes what was used longest ago until there is room for `more` bytes.
    fn shrink(&mut self, more: u64) {
        let limit = self.settings.bytes.saturating_sub(more);
        while let Some(oldest) = self.with(|known| known.oldest_beyond(limit)) {
            self.remove(oldest);
        }
    }

    fn remove(&mut self, key: Key) {
        self.with(|known| known.forget(key));
        match fs::remove_file(path(&self.settings.folder, key)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => self.complain(&error),
            Ok(()) | Err(_) => {}
        }
    }

    /// Once until it works again.
    fn complain(&mut self, error: &io::Error) {
        if !std::mem::replace(&mut self.complained, true) {
            let folder = self.settings.folder.display();
            tracing::warn!(%folder, %error, "speech is not kept on disk");
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut Known) -> T) -> T {
        act(locked(&self.known).get_or_insert_default())
    }
}

impl Known {
    fn add(&mut self, key: Key, bytes: u64) {
        self.forget(key);
        self.uses += 1;
        self.bytes += bytes;
        self.files.insert(key, File { bytes, used: self.uses });
        self.by_use.insert(self.uses, key);
    }

    fn touch(&mut self, key: Key) {
        if let Some(bytes) = self.files.get(&key).map(|file| file.bytes) {
            self.add(key, bytes);
        }
    }

    fn forget(&mut self, key: Key) {
        if let Some(file) = self.files.remove(&key) {
            self.bytes -= file.bytes;
            self.by_use.remove(&file.used);
        }
    }

    fn oldest_beyond(&self, limit: u64) -> Option<Key> {
        let oldest = self.by_use.values().next().copied();
        oldest.filter(|_| self.bytes > limit)
    }
}

/// What is in the folder, the one used longest ago first. What an earlier run left unfinished is deleted.
fn scan(folder: &Path) -> io::Result<Known> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        if name.strip_suffix(UNFINISHED).and_then(Key::parse).is_some() {
            // It is in nobody's way if it stays.
            let _ = fs::remove_file(entry.path());
        }
        let Some(key) = name.strip_suffix(ENDING).and_then(Key::parse) else { continue };
        if let Ok(about) = entry.metadata()
            && about.is_file()
        {
            let used = about.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            found.push((used, key, about.len()));
        }
    }
    found.sort_unstable();
    let mut known = Known::default();
    for (_, key, bytes) in found {
        known.add(key, bytes);
    }
    Ok(known)
}

fn path(folder: &Path, key: Key) -> PathBuf {
    folder.join(format!("{}{ENDING}", key.name()))
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;

//! One change of a message at a time: receipts, clients and the desk take turns.

use model::Sid;
use tokio::sync::{Mutex, MutexGuard};

/// How many messages may be changed at once, at most; two that share a lock wait for each other.
const SHARDS: usize = 256;

/// The locks.
pub(crate) struct Locks {
    shards: Vec<Mutex<()>>,
}

impl Default for Locks {
    fn default() -> Locks {
        Locks { shards: (0..SHARDS).map(|_| Mutex::new(())).collect() }
    }
}

impl Locks {
    /// The lock of a message, once it is free.
    pub(crate) async fn of(&self, message: Sid) -> MutexGuard<'_, ()> {
        self.shards[(message.digits() % SHARDS as u128) as usize].lock().await
    }
}

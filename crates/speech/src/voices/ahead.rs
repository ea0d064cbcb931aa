//! What will be said soon, made while nobody waits.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::runtime::Handle;

use super::{Admission, Studio, locked};
use crate::Utterance;

/// Pieces that are to be prepared; beyond, the one that was asked for first is left out.
const LONGEST: usize = 128;

/// What is to be prepared, and whether somebody is at it.
#[derive(Default)]
pub(super) struct Ahead {
    queue: VecDeque<Utterance>,
    runs: bool,
}

pub(super) fn prepare(studio: &Arc<Studio>, utterance: &Utterance) {
    // A text that is too long is told of when it is said.
    let (Ok(runtime), Ok(pieces)) = (Handle::try_current(), studio.pieces(utterance)) else {
        return;
    };
    let mut ahead = locked(&studio.ahead);
    for piece in pieces.into_iter().filter_map(|piece| piece.said) {
        if !ahead.queue.contains(&piece) {
            if ahead.queue.len() >= LONGEST {
                ahead.queue.pop_front();
            }
            ahead.queue.push_back(piece);
        }
    }
    if !std::mem::replace(&mut ahead.runs, true) {
        let runs = Running { studio: Arc::clone(studio), ended: false };
        runtime.spawn(async move { runs.finish().await });
    }
}

/// The one who prepares, one piece at a time.
struct Running {
    studio: Arc<Studio>,
    ended: bool,
}

impl Running {
    async fn finish(mut self) {
        let studio = Arc::clone(&self.studio);
        loop {
            let turn = loop {
                if let Some(turn) = studio.spare_turn() {
                    break turn;
                }
                studio.quiet.notified().await;
            };
            let next = {
                let mut ahead = locked(&studio.ahead);
                let next = ahead.queue.pop_front();
                // Under the lock, so that what comes next begins anew.
                ahead.runs = next.is_some();
                next
            };
            let Some(piece) = next else {
                self.ended = true;
                return;
            };
            // Whoever says it in earnest is told why it can't be.
            let _ = studio.speak(&piece, Admission::Ahead, &mut Vec::new()).await;
            drop(turn);
            // Those whose turn it is go first.
            tokio::task::yield_now().await;
        }
    }
}

impl Drop for Running {
    /// Where an engine panicked, the next that is to be prepared begins anew.
    fn drop(&mut self) {
        if !self.ended {
            locked(&self.studio.ahead).runs = false;
        }
    }
}

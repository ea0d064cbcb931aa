//! What a call hears, kept for a while so that it can be asked about afterwards.
//!
//! The media thread hands in 20 ms at a time; windows of 100 ms are kept, the oldest forgotten first. Whoever listens
//! starts where the last one stopped. Judging the windows is the listener's work, never the media thread's.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use crate::sound::{Heard, WINDOW};

/// Windows that are kept of a call: a minute.
const KEPT: usize = 600;

/// 100 ms of audio.
pub(crate) type Window = Arc<[i16]>;

/// What the media thread calls with every frame.
pub(crate) type Tap = Box<dyn FnMut(&[i16]) + Send>;

/// The ear of one call.
#[derive(Default)]
pub(crate) struct Ear {
    memory: Mutex<Memory>,
    news: Notify,
}

#[derive(Default)]
struct Memory {
    windows: VecDeque<Window>,
    /// How many windows were forgotten: the number of the first that is kept.
    forgotten: u64,
    /// The first window that nobody asked about yet.
    unasked: u64,
    /// What is too short for a window yet.
    rest: Vec<i16>,
    closed: bool,
}

/// How listening ended without a verdict.
#[derive(Debug)]
pub(crate) struct Unheard {
    pub(crate) heard: Heard,
    /// Nothing came for as long as the listener allowed, before the deadline.
    pub(crate) nothing_came: bool,
}

impl Ear {
    /// What the media thread is to call with every frame.
    pub(crate) fn tap(self: &Arc<Self>) -> Tap {
        let ear = Arc::clone(self);
        Box::new(move |frame| ear.hear(frame))
    }

    /// Nothing comes any more.
    pub(crate) fn close(&self) {
        self.memory().closed = true;
        self.news.notify_waiters();
    }

    /// Forgets what came so far: the next listener starts now.
    pub(crate) fn forget(&self) {
        let mut memory = self.memory();
        memory.rest.clear();
        memory.unasked = memory.end();
    }

    /// All that is kept, in words.
    pub(crate) fn story(&self) -> Heard {
        let windows: Vec<Window> = self.memory().windows.iter().cloned().collect();
        Heard::of(&windows)
    }

    /// Shows one window after the other to a judge until it gives a verdict, for so long; also gives up if nothing at
    /// all comes for `patience`.
    pub(crate) async fn listen<T>(
        &self,
        within: Duration,
        patience: Duration,
        mut judge: impl FnMut(&[i16]) -> Option<T>,
    ) -> Result<T, Unheard> {
        let deadline = Instant::now() + within;
        let start = self.memory().unasked;
        let mut next = start;
        loop {
            let news = self.news.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            let (windows, closed) = self.memory().since(&mut next);
            let first = next - windows.len() as u64;
            for (number, window) in (first..).zip(&windows) {
                if let Some(verdict) = judge(window) {
                    self.asked(number + 1);
                    return Ok(verdict);
                }
            }
            let impatient = Instant::now() + patience;
            if closed || timeout_at(deadline.min(impatient), news).await.is_err() {
                self.asked(next);
                let nothing_came = closed || impatient < deadline;
                return Err(Unheard { heard: self.told(start, next), nothing_came });
            }
        }
    }

    fn hear(&self, frame: &[i16]) {
        let mut memory = self.memory();
        memory.rest.extend_from_slice(frame);
        let mut grown = false;
        while memory.rest.len() >= WINDOW {
            let window: Window = memory.rest.drain(..WINDOW).collect();
            memory.windows.push_back(window);
            if memory.windows.len() > KEPT {
                memory.windows.pop_front();
                memory.forgotten += 1;
            }
            grown = true;
        }
        drop(memory);
        if grown {
            self.news.notify_waiters();
        }
    }

    fn asked(&self, until: u64) {
        let mut memory = self.memory();
        memory.unasked = memory.unasked.max(until);
    }

    fn told(&self, from: u64, until: u64) -> Heard {
        let windows: Vec<Window> = {
            let memory = self.memory();
            let from = from.saturating_sub(memory.forgotten);
            let until = until.saturating_sub(memory.forgotten);
            memory
                .windows
                .iter()
                .skip(from as usize)
                .take(until.saturating_sub(from) as usize)
                .cloned()
                .collect()
        };
        Heard::of(&windows)
    }

    /// A poisoned memory is still a row of windows.
    fn memory(&self) -> std::sync::MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    fn end(&self) -> u64 {
        self.forgotten + self.windows.len() as u64
    }

    /// The windows from `next` on, which is moved behind them, and whether no more will come.
    fn since(&self, next: &mut u64) -> (Vec<Window>, bool) {
        let skip = next.saturating_sub(self.forgotten) as usize;
        let windows: Vec<Window> = self.windows.iter().skip(skip).cloned().collect();
        *next = self.end();
        (windows, self.closed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    fn loud(window: &[i16]) -> Option<i16> {
        window.first().copied().filter(|sample| *sample != 0)
    }

    #[tokio::test]
    async fn what_came_before_somebody_listens_is_heard_and_only_once() {
        let ear = Arc::new(Ear::default());
        let mut tap = ear.tap();
        tap(&[0; WINDOW]);
        tap(&[1; WINDOW]);
        tap(&[2; WINDOW]);
        assert_eq!(ear.listen(LONG, LONG, loud).await.ok(), Some(1));
        assert_eq!(ear.listen(LONG, LONG, loud).await.ok(), Some(2));
        ear.close();
        assert!(ear.listen(LONG, LONG, loud).await.is_err());
    }

    #[tokio::test]
    async fn frames_are_joined_to_windows_and_wake_the_listener() {
        let ear = Arc::new(Ear::default());
        let mut tap = ear.tap();
        let (heard, ()) = tokio::join!(ear.listen(LONG, LONG, loud), async {
            for _ in 0..5 {
                tap(&[7; 160]);
            }
        });
        assert_eq!(heard.ok(), Some(7));
    }

    #[tokio::test]
    async fn the_oldest_is_forgotten_first() {
        let ear = Arc::new(Ear::default());
        let mut tap = ear.tap();
        for number in 0..KEPT + 5 {
            tap(&[number as i16; WINDOW]);
        }
        assert_eq!(ear.listen(LONG, LONG, loud).await.ok(), Some(5));
        ear.forget();
        tap(&[9; WINDOW]);
        assert_eq!(ear.listen(LONG, LONG, loud).await.ok(), Some(9));
    }

    #[tokio::test(start_paused = true)]
    async fn a_listener_gives_up_in_time_and_tells_what_came() {
        let ear = Arc::new(Ear::default());
        let mut tap = ear.tap();
        tap(&[0; 2 * WINDOW]);
        let unheard = ear.listen(LONG, LONG, loud).await.expect_err("only silence came");
        assert_eq!(unheard.heard.to_string(), "silence for 0.2 s");
    }
}
